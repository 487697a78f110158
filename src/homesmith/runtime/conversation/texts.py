"""The texts that a model reads in a conversation, one file each beside this module."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

INSTRUCTIONS, SUMMARISE, TOOLS = "head", "summary", "tools"


@cache
def text_of(name: str) -> str:
    """The text without outer blank space."""
    folder = files("homesmith.runtime.conversation")
    return (folder / f"{name}.md").read_text(encoding="utf-8").strip()
