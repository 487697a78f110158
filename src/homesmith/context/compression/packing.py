"""Several texts into one budget: what must stay whole, then what is wanted, then what is nice.

Within a level they share what is left by how well they answer the question: see `sharing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from homesmith.context.compression.compress import compress
from homesmith.context.compression.kinds import SAMPLE, detect
from homesmith.context.compression.scoring import bags, shares
from homesmith.context.compression.sharing import Claim, share
from homesmith.context.compression.values import Compressed, Count, Editable, Kind
from homesmith.context.estimate import estimate
from homesmith.context.fit import fit
from homesmith.context.slices import SEPARATOR, Context, Slice, joined

Level = Literal["pinned", "wanted", "nice"]
BASE: dict[Level, float] = {"pinned": 2.0, "wanted": 1.0, "nice": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A text to read, from one source. A pinned one is never shortened, as an Editable is not."""

    source: str
    text: str
    level: Level = "wanted"
    kind: Kind | Literal["auto"] = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What the model reads, and every text that was looked at for it.

    The originals of `shortened` must be kept before `context.text` is shown to anybody.
    """

    context: Context
    compressed: tuple[Compressed, ...]

    @property
    def shortened(self) -> tuple[Compressed, ...]:
        return tuple(one for one in self.compressed if one.shortened)


def pack(
    materials: Sequence[Material | Editable],
    query: str,
    budget: int,
    *,
    count: Count = estimate,
    best_last: bool = False,
) -> Packed:
    """The texts, each under the name of its source, in at most `budget` tokens.

    Their order is kept, or with `best_last` turned so that what answers the question best stands
    nearest to it. Every slice says why it is whole, shortened or left out. Raises PromptTooLong
    when what must stay whole does not fit.
    """
    level = [_level(one) for one in materials]
    likeness = _likeness(query, [one.text for one in materials])
    claims = [_claim(one, count) for one in materials]
    room = [claim.need for claim in claims]
    left = budget - sum(
        count(_named(one.source, one.text) + SEPARATOR)
        for at, one in enumerate(materials)
        if level[at] == "pinned"
    )
    for name in ("wanted", "nice"):
        some = [at for at, of in enumerate(level) if of == name]
        shared = share([claims[at] for at in some], query, left, count)
        for at, given in zip(some, shared, strict=True):
            room[at] = given
            left -= given + claims[at].frame if given >= 0 else 0
    pieces: list[tuple[Slice, str]] = []
    compressed: list[Compressed] = []
    spare: dict[Level, int] = dict.fromkeys(BASE, 0)
    for at, one in enumerate(materials):
        given = room[at] + spare[level[at]] if room[at] >= 0 else -1
        piece, made, why = _piece(one, query, given, count)
        if made:  # what it did not need is for those of its level that follow
            compressed.append(made)
            spare[level[at]] = max(0, given - made.tokens)
        worth = BASE[level[at]] + likeness[at]
        pieces.append((replace(piece, worth=worth, pinned=level[at] == "pinned"), why))
    if best_last:
        pieces.sort(key=lambda pair: pair[0].worth)
    context = fit([piece for piece, _ in pieces if piece.text], budget, count)
    return Packed(context=_told(context, pieces), compressed=tuple(compressed))


def least(materials: Sequence[Material | Editable], *, count: Count = estimate) -> int:
    """The tokens of those that must stay whole, without which nothing can be packed."""
    whole = tuple(_slice(one.source, one.text) for one in materials if _level(one) == "pinned")
    return count(joined(whole)) if whole else 0


def _level(one: Material | Editable) -> Level:
    return "pinned" if isinstance(one, Editable) else one.level


def _claim(one: Material | Editable, count: Count) -> Claim:
    """What a text wants; one that is binary only the line that says so."""
    frame = count(f"{_named(one.source, '')}{SEPARATOR}")
    kind = one.kind if isinstance(one, Material) else "prose"
    if (detect(one.text[:SAMPLE]) if kind == "auto" else kind) == "binary":
        told = compress(one.text, "", count(one.text), "binary", count=count)
        return Claim(text="", need=told.tokens, frame=frame)
    return Claim(text=one.text, need=count(one.text), frame=frame)


def _named(source: str, text: str) -> str:
    return f"{source}:\n{text.rstrip()}"


def _likeness(query: str, texts: Sequence[str]) -> list[float]:
    stems, runs = shares(bags(query, texts)) if query.strip() else ([0.0] * len(texts),) * 2
    return [min(1.0, sum(pair) / 4) for pair in zip(stems, runs, strict=True)]


def _piece(
    one: Material | Editable, query: str, room: int, count: Count
) -> tuple[Slice, Compressed | None, str]:
    """The slice of one text, how it was shortened, and why."""
    if isinstance(one, Editable):
        return _slice(one.source, one.text), None, "to be edited, so it stays whole"
    if one.level == "pinned":
        return _slice(one.source, one.text), None, "pinned, so it stays whole"
    if room < 0:
        return Slice(source=one.source, text=""), None, "no room for any of it"
    made = compress(one.text, query, room, one.kind, count=count)
    why = "whole"
    if made.shortened:
        why = f"{made.kind}: {made.before} tokens shortened to {made.tokens}, {made.handle}"
    return _slice(one.source, made.text), made, why


def _slice(source: str, text: str) -> Slice:
    return Slice(source=source, text=_named(source, text))


def _told(context: Context, pieces: Sequence[tuple[Slice, str]]) -> Context:
    """The context with the reasons, and with the texts for which there was no room at all."""
    fitted = iter(context.slices)
    told = []
    for piece, why in pieces:
        if piece.text:
            one = next(fitted)
            told.append(replace(one, why=why if one.kept else one.why))
        else:
            told.append(replace(piece, kept=False, why=why))
    return replace(context, slices=tuple(told))
