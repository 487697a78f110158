"""Numbers of things as people read them: 1 block, 2 blocks."""

from __future__ import annotations


def counted(number: int, things: str) -> str:
    """So many of them. The first word of `things` is a regular noun in the plural."""
    return f"{number} {noun(number, things)}"


def noun(number: int, things: str) -> str:
    """What so many of `things` are called: of one, the first word loses its ending."""
    if number != 1:
        return things
    first, space, rest = things.partition(" ")
    if first.endswith("ies"):
        one = first.removesuffix("ies") + "y"
    elif first.endswith(("ches", "shes", "sses", "xes")):
        one = first.removesuffix("es")
    else:
        one = first.removesuffix("s")
    return one + space + rest
