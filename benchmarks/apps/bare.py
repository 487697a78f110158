"""The baseline stands in the package, where `homesmith eval apps` uses it too."""

from homesmith.lab.bare import build_bare, question

__all__ = ["build_bare", "question"]
