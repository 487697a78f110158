"""Files that go along with a question: read them, and say what the model saw of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from homesmith.core.errors import InvalidText, UsageError
from homesmith.doors.cli.terminal import Terminal

if TYPE_CHECKING:
    from homesmith.context.compression.packing import Material, Packed
    from homesmith.context.compression.values import Editable

LARGEST = 64 << 20
"""Bytes of one file; more takes minutes to look through."""


def read_materials(
    to_read: Sequence[str], whole: Sequence[str], stdin: BinaryIO
) -> tuple[Material | Editable, ...]:
    """The files as texts, `-` is standard input. What is not UTF-8 is read as far as it is.

    Raises UsageError when one cannot be read, InvalidText when it is too large.
    """
    if not to_read and not whole:
        return ()
    from homesmith.context.compression.packing import Material
    from homesmith.context.compression.values import Editable

    return (
        *(Material(source=_name(one), text=_text(one, stdin)) for one in to_read),
        *(Editable(source=_name(one), text=_text(one, stdin)) for one in whole),
    )


def tell_materials(terminal: Terminal, packed: Packed) -> None:
    """One line for each file: whole, shortened, or left out, and how to see the rest."""
    for piece in packed.context.slices:
        if terminal.json:
            terminal.record(
                {
                    "event": "material",
                    "source": piece.source,
                    "tokens": piece.tokens,
                    "kept": piece.kept,
                    "why": piece.why,
                }
            )
        else:
            state = piece.why if piece.kept else f"left out: {piece.why}"
            terminal.note(f"{piece.source}: {state}")
    for one in packed.shortened:
        terminal.note(f"  the whole of it: homesmith expand {one.handle}")


def _name(file: str) -> str:
    return "standard input" if file == "-" else file


def _text(file: str, stdin: BinaryIO) -> str:
    try:
        if file == "-":
            content = stdin.read(LARGEST + 1)
        else:
            with Path(file).open("rb") as opened:
                content = opened.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"The file {file} cannot be read",
            why=getattr(error, "strerror", None) or str(error),
            remedy="check its name",
        ) from error
    if len(content) > LARGEST:
        raise InvalidText(
            f"{_name(file)} is too long",
            why=f"at most {LARGEST >> 20} MiB are looked through",
            remedy="give the part of it that matters",
        )
    return content.decode("utf-8", "replace").removeprefix("\ufeff")
