"""A function of a page's script that is left to the model, with what it answers for above it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from homesmith.builder.mentions import Said
from homesmith.builder.outline import Part, comment


def function(
    called: str, argument: str, lines: Iterable[str], about: tuple[str, ...], *, first: str = ""
) -> Part:
    """A function below the `lines` of the request that it answers; `first` begins its body."""
    return Part(
        name=called,
        opening=f"{comment(lines)}function {called}({argument}) {{\n{first}",
        ending="\n}\n\n",
        stop=("\n}",),
        about=about,
    )


def answering_for(
    called: str, argument: str, told: Sequence[Said], about: tuple[str, ...], *, first: str = ""
) -> Part:
    """A function that answers for the names `about`."""
    lines = [said.text for said in told if set(about) & set(said.about)]
    return function(called, argument, lines, about, first=first)
