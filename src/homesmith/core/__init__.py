"""core: the words every room shares.

Frozen values, protocols and the error tree. Standard library only, no input or output;
it knows nothing of files, networks, databases or any particular model.
"""
