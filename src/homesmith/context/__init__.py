"""context: fit the window.

Pure functions that choose what a model reads: rank, outline, cut to a budget. No files, no
network, no clock, and no idea of what the text is for.
"""
