"""The hidden tests run as `homesmith eval apps` runs them."""

from homesmith.lab.app_tests import hidden_tests, hidden_tests_of_all

__all__ = ["hidden_tests", "hidden_tests_of_all"]
