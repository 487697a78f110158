"""Fetch one file over HTTP: resumed where it stopped, given up quickly where nobody answers."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from homesmith.core.errors import DownloadFailed, WeightsCorrupt
from homesmith.engines.progress import Meter

CONNECT_SECONDS = 4.0
"""A source that is not reachable from here must not keep the person from the next one."""

SILENCE_SECONDS = 30.0
TRIES = 5
_DIGEST = re.compile(r'"?([0-9a-f]{64})"?')


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came: `sha256` is the source's own claim, empty when it makes none."""

    size: int
    sha256: str


def hugging_face_url(repository: str, file: str, environment: Mapping[str, str]) -> str:
    """Where the hub, or the mirror the person set by HF_ENDPOINT, keeps this file."""
    endpoint = environment.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    return f"{endpoint}/{repository}/resolve/main/{file}"


async def fetch(url: str, part: Path, meter: Meter, *, most: int, token: str = "") -> Fetched:
    """Bring `part` to the whole of `url`, going on from what it already holds.

    `most` is how many bytes may come at all; a source that sends more is not believed.
    A connection that breaks is taken up again, up to five times in a row without a new byte.
    Raises DownloadFailed; what has come stays in `part`.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    failures = 0
    async with httpx2.AsyncClient(
        follow_redirects=True, timeout=timeout, headers=headers
    ) as client:
        while True:
            had = _size(part)
            try:
                return await _attempt(client, url, part, meter, most)
            except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.InvalidURL) as error:
                raise _failed(
                    url, f"not reachable ({str(error) or type(error).__name__})"
                ) from error
            except httpx2.HTTPError as error:
                failures = 1 if _size(part) > had else failures + 1
                if failures >= TRIES:
                    raise _failed(url, str(error) or type(error).__name__) from error
                await asyncio.sleep(0.5 * (failures - 1))


async def _attempt(
    client: httpx2.AsyncClient, url: str, part: Path, meter: Meter, most: int
) -> Fetched:
    have = _size(part)
    # Without compression a range of the answer is a range of the file.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    async with client.stream("GET", url, headers=headers) as response:
        if response.status_code == 416:
            # What we hold is as long as the file, or longer: begin again unless it fits exactly.
            if response.headers.get("content-range") == f"bytes */{have}":
                return Fetched(size=have, sha256=_claimed(response))
            part.unlink(missing_ok=True)
            raise httpx2.ReadError("the file at the source has changed")
        if response.status_code not in (200, 206):
            raise _failed(url, f"status {response.status_code}")
        resumed = response.status_code == 206 and _starts_at(response) == have
        if response.status_code == 206 and not resumed:
            part.unlink(missing_ok=True)
            raise httpx2.ReadError("the source sent another range than was asked for")
        await _write(response, part, have if resumed else 0, meter, most)
        return Fetched(size=_size(part), sha256=_claimed(response))


async def _write(
    response: httpx2.Response, part: Path, place: int, meter: Meter, most: int
) -> None:
    with part.open("ab" if place else "wb") as file:
        # Raw and unbuffered: what has arrived when the connection breaks is not lost.
        async for chunk in response.aiter_raw():
            place += len(chunk)
            if place > most:
                raise WeightsCorrupt(
                    f"{response.url.host} sent more than the file's {most} bytes",
                    remedy="try again later",
                )
            file.write(chunk)
            meter.at(place)
        file.flush()
        os.fsync(file.fileno())


def _starts_at(response: httpx2.Response) -> int:
    found = re.match(r"bytes (\d+)-", response.headers.get("content-range", ""))
    return int(found[1]) if found else -1


def _claimed(response: httpx2.Response) -> str:
    """The hub names the SHA-256 of a large file in a header of its first answer."""
    for one in (*response.history, response):
        found = _DIGEST.fullmatch(one.headers.get("x-linked-etag", ""))
        if found:
            return found[1]
    return ""


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _failed(url: str, why: str) -> DownloadFailed:
    return DownloadFailed(
        f"{urlsplit(url).netloc} did not deliver",
        why=why,
        remedy="check the connection and try again",
    )
