"""Fit a text into a budget of tokens when it arrives, so that what matters for a question stays.

What it does not do: change a text that fits, or one that is to be edited; ask a model; keep
anything. The caller keeps `original` under `handle` before it shows `text`.
"""

from __future__ import annotations

from typing import Literal

from homesmith.context.compression import logs, pages, prose, records, sources
from homesmith.context.compression.choosing import Layout, choose
from homesmith.context.compression.handles import handle_of
from homesmith.context.compression.kinds import detect
from homesmith.context.compression.values import Compressed, Count, Editable, Embed, Kind
from homesmith.context.estimate import estimate
from homesmith.context.slices import Slice
from homesmith.core.errors import NotAllowed

WHOLE = "the whole text"


def compress(
    text: str,
    query: str,
    budget: int,
    kind: Kind | Literal["auto"] = "auto",
    *,
    count: Count = estimate,
    embed: Embed | None = None,
) -> Compressed:
    """The text in at most `budget` tokens, as `count` measures them, for the question `query`.

    A text that fits comes back as it is, unless it is binary. Of a longer one the pieces of most
    worth stay, in their order, with a mark wherever something is missing and the handle of the
    original in the first line. The same input gives the same output. `kind` is found by content
    unless it is given; `embed` adds meaning to words, for measurements: it costs too much to be
    used (docs/measurements.md, 8). Raises NotAllowed for Editable.
    """
    _refuse_editable(text)
    before = count(text)
    found = detect(text) if kind == "auto" else kind
    handle = handle_of(text)
    if before <= budget and found != "binary":
        whole = Slice(source=WHOLE, text=text, tokens=before)
        shown, slices = text, [whole]
    else:
        layout = _lay_out(found, text, query, count, embed)
        shown, slices = choose(layout, budget, count, head_of(handle))
    return Compressed(
        text=shown,
        kind=found,
        handle=handle,
        original=text,
        slices=tuple(slices),
        before=before,
        tokens=count(shown),
        budget=budget,
    )


def head_of(handle: str) -> str:
    """The line that names what a shortened text was made from."""
    return f"[shortened: expand {handle}]\n"


def _lay_out(kind: Kind, text: str, query: str, count: Count, embed: Embed | None) -> Layout:
    match kind:
        case "json":
            return records.lay_out(text, query, count, embed)
        case "log":
            return logs.lay_out(text, query)
        case "html":
            return prose.lay_out(pages.text_of(text), query, count, embed)
        case "python" | "javascript" | "typescript":
            return sources.lay_out(text, query, kind)
        case "binary":
            told = Slice(source=WHOLE, text=f"[{len(text):,} characters that are no text]")
            return Layout(slices=(told,), gap=lambda _first, _last: "")
        case "prose" | "empty":
            return prose.lay_out(text, query, count, embed)


def _refuse_editable(text: object) -> None:
    """What the types forbid already, for a caller that is not checked."""
    if isinstance(text, Editable):
        raise NotAllowed(
            f"{text.source} is not shortened",
            why="it is to be edited, and an edit needs every character",
            remedy="give the model less to edit at once, or use one with a larger window",
        )
