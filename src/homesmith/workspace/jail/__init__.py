"""jail: the launcher that runs in front of generated code and locks the door behind itself.

It runs as a plain script (`python -I -S`), so it uses nothing but the standard library and its
own modules, by relative import. It knows nothing of workspaces, builds or the host's plans:
all it does stands in one JSON object, the order (see launch.py).
"""
