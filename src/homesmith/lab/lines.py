"""Files of one task a line: where they are, and their lines, packed by gzip or not."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from homesmith.core.errors import InvalidSettings


def located(suite: str, names: Sequence[str], folder: Path, inside: Sequence[str] = ()) -> Path:
    """The first of these files in `folder` or in `folder/SUITE`. Raises InvalidSettings.

    Files `inside` are called too commonly to be this suite's but in a folder called SUITE.
    """
    found = place(suite, names, folder, inside)
    if found is None:
        raise InvalidSettings(
            f"the suite {suite} is not in {folder}",
            why=f"{names[0]} was not found there",
            remedy=f"put the publisher's {names[0]} (or .gz) there, or name its folder: --data DIR",
        )
    return found


def place(
    suite: str, names: Sequence[str], folder: Path, inside: Sequence[str] = ()
) -> Path | None:
    """The same; None where there is none."""
    every, named = (*names, *inside), folder.resolve().name == suite
    places = [*_packed(folder, every if named else names), *_packed(folder / suite, every)]
    return next((one for one in places if one.is_file()), None)


def _packed(folder: Path, names: Sequence[str]) -> list[Path]:
    return [folder / each for name in names for each in (name, f"{name}.gz")]


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Every line that is not empty, with its number from 1. Raises InvalidSettings."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise InvalidSettings(
            f"{path} cannot be read",
            why=getattr(error, "strerror", None) or str(error),
            remedy="fetch the file again",
        ) from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


def whole(path: Path, tasks: Sequence[object], broken: Sequence[str]) -> None:
    """Raises InvalidSettings when a file holds no task at all."""
    if not tasks:
        raise InvalidSettings(
            f"{path} holds no task",
            why="; ".join(broken[:1]) or "it is empty",
            remedy="fetch the file again",
        )
