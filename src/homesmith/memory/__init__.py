"""memory: remember.

What was asked, and what came of it, derived from the run log. It keeps nothing of its own.
"""
