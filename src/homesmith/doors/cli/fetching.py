"""Have a model's weights on this machine, asking first where that is due, and show how it goes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from homesmith.core.errors import NotAllowed
from homesmith.core.models import Model, ModelId
from homesmith.doors.cli.telling import duration
from homesmith.doors.cli.terminal import Terminal

if TYPE_CHECKING:
    from homesmith.engines.progress import Progress
    from homesmith.studio import Studio

EVERY = 10.0
"""Seconds between two lines when nobody watches."""


async def have_weights(terminal: Terminal, studio: Studio, model: ModelId, *, yes: bool) -> None:
    """Fetch the weights if they are not here. Raises UnknownModel, NotAllowed, WeightsError."""
    if studio.model(model).id not in studio.installed():
        await fetch(terminal, studio, model, yes=yes, ask=True)


async def fetch(
    terminal: Terminal, studio: Studio, model: ModelId, *, yes: bool, ask: bool = False
) -> None:
    """Fetch and verify. Asks when `ask`, or when the licence wants it; `yes` answers that."""
    known = studio.model(model)
    if (ask or known.ask_first) and not yes:
        _agree(terminal, known)
    shown = 0.0
    async for step in studio.pull(known.id, accept_licence=True):
        now = time.monotonic()
        if now - shown >= (0.2 if terminal.watched else EVERY):
            shown = now
            _tell(terminal, step)
    if terminal.watched:
        terminal.stderr.write("\r\x1b[K")
    _end(terminal, known)


def size(count: int) -> str:
    """Bytes as a person reads them; "?" when nobody knows."""
    if count <= 0:
        return "?"
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _agree(terminal: Terminal, model: Model) -> None:
    """The person's yes. Raises NotAllowed."""
    licence = f" Its licence: {model.licence}." if model.ask_first else ""
    reply = terminal.confirm(f"{model.id} is not here yet. Fetch {size(model.size)}?{licence}")
    if reply:
        return
    raise NotAllowed(
        f"The model {model.id} was not fetched",
        why="you said no" if reply is False else "there is nobody to ask",
        remedy=f"homesmith models pull {model.id}"
        + (" --accept-licence" if model.ask_first else ""),
    )


def _tell(terminal: Terminal, step: Progress) -> None:
    share = step.done / step.total if step.total else 0.0
    left = f"{duration(step.eta)} left" if step.eta is not None else step.stage
    if terminal.json:
        plain = {"model": step.model, "bytes": step.done, "total": step.total}
        terminal.record({"event": "fetching", **plain, "stage": step.stage, "source": step.source})
        return
    text = f"{step.model}  {share:.0%} of {size(step.total)}  {step.speed / 1e6:.1f} MB/s  {left}"
    if terminal.watched:
        terminal.stderr.write(f"\r\x1b[K{text}")
        terminal.stderr.flush()
    else:
        terminal.note(text)


def _end(terminal: Terminal, model: Model) -> None:
    if terminal.json:
        terminal.record({"event": "fetched", "model": model.id, "bytes": model.size})
    else:
        terminal.note(f"{model.id} is here and verified ({size(model.size)})")
