"""compression: the same evidence in fewer tokens, when a text arrives and never afterwards.

Pure functions. What is left out stands behind a handle; the caller keeps the original under it.
"""
