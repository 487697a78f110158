"""Which relative paths may name a file of a workspace; text only, no disk."""

from __future__ import annotations

from homesmith.core.errors import UnsafePath

LONGEST_NAME = 255
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{name}{digit}" for name in ("com", "lpt") for digit in "0123456789¹²³"}
)
"""Names that are devices on Windows, with any extension."""


def parts_of(path: str) -> tuple[str, ...]:
    """The names along a relative posix path. Raises UnsafePath for every other kind of path."""
    reason = _objection(path)
    if reason:
        raise UnsafePath(f"The path {path[:200]!r} is not allowed.", why=reason)
    return tuple(path.split("/"))


def _objection(path: str) -> str:
    if not path:
        return "it is empty"
    if path.startswith("/"):
        return "it is absolute"
    if "\\" in path or any(ord(letter) < 32 or letter == "\x7f" for letter in path):
        return "it has a backslash or a control character"
    for name in path.split("/"):
        reason = _objection_to_name(name)
        if reason:
            return reason
    return ""


def _objection_to_name(name: str) -> str:
    if name in {"", ".", ".."}:
        return "it has an empty name, a dot or two dots in it"
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return "a name is not valid Unicode"
    if size > LONGEST_NAME:
        return f"a name is longer than {LONGEST_NAME} bytes"
    if (
        ":" in name
        or name.endswith((" ", "."))
        or name.split(".", maxsplit=1)[0].strip().lower() in RESERVED
    ):
        return "a name means something else on Windows"
    return ""
