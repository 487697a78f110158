"""inside: the programs that run in the sandbox, next to the app they look at.

Standard library, `homesmith.core` and Playwright only. They read one JSON job from standard
input and write one JSON report into a folder; the host trusts neither.
"""
