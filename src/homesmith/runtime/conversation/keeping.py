"""A conversation's prompt as text and back, so that the next process goes on byte for byte."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from homesmith.context.prompt.ledger import Segment, Sent
from homesmith.context.prompt.values import Example, Exchange, Layout, Passage, Standing, Turn

FORM = 1
"""Raised when the text is written otherwise; another form is laid out anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The prompt as it stands, what was last sent of it, and to which model."""

    layout: Layout
    sent: Sent = field(default_factory=Sent)
    model: str = ""


def written(kept: Kept) -> str:
    """The same value gives the same text."""
    plain = {"form": FORM, **asdict(kept)}
    return json.dumps(plain, ensure_ascii=True, separators=(",", ":"))


def read(text: str) -> Kept | None:
    """What `written` wrote; None when there is nothing, or it cannot be read."""
    try:
        plain = json.loads(text) if text else {}
        if plain.get("form") != FORM:
            return None
        return Kept(
            layout=_layout(plain["layout"]), sent=_sent(plain["sent"]), model=plain["model"]
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def with_turn(kept: Kept, turn: Turn) -> Kept:
    """The prompt with one more turn at its end, wherever it stands by now."""
    layout = kept.layout
    return replace(
        kept,
        layout=replace(
            layout,
            turns=(*layout.turns, turn),
            day=turn.day or layout.day,
            last=max(layout.last, *turn.memories),
        ),
    )


def _layout(plain: dict[str, Any]) -> Layout:
    return Layout(
        **{
            **plain,
            "standing": tuple(Standing(**one) for one in plain["standing"]),
            "told": tuple(Standing(**one) for one in plain["told"]),
            "turns": tuple(_turn(one) for one in plain["turns"]),
        }
    )


def _turn(plain: dict[str, Any]) -> Turn:
    return Turn(
        **{
            **plain,
            "notes": tuple(plain["notes"]),
            "passages": tuple(Passage(**one) for one in plain["passages"]),
            "examples": tuple(Example(**one) for one in plain.get("examples", ())),
            "memories": tuple(plain["memories"]),
            "calls": tuple(_exchange(one) for one in plain.get("calls", ())),
        }
    )


def _exchange(plain: dict[str, Any]) -> Exchange:
    return Exchange(**{**plain, "told": tuple(plain["told"])})


def _sent(plain: dict[str, Any]) -> Sent:
    return Sent(**{**plain, "segments": tuple(Segment(**one) for one in plain["segments"])})
