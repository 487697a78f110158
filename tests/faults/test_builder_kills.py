"""kill -9 at any moment of a build: a whole log, a folder that is some snapshot, a way on."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from homesmith.core.runs import Finished
from homesmith.settings import load
from homesmith.studio import Studio

pytestmark = pytest.mark.slow
PROGRAM = Path(__file__).parent / "data" / "builds_until_killed.py"
KILLS = int(os.environ.get("KILLS", "5"))


def child(home: Path, root: Path, *rest: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, str(PROGRAM), str(home), str(root), *rest]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def until_killed(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Kill the build `seconds` after its log began."""
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", range(KILLS))
async def test_a_killed_build_is_whole_and_goes_on(tmp_path: Path, number: int) -> None:
    home, root = tmp_path / "home", tmp_path / "app"
    whole = child(tmp_path / "home-0", tmp_path / "app-0")
    assert whole.stdout is not None
    whole.stdout.readline()
    began = time.monotonic()
    output, errors = whole.communicate(timeout=300)
    assert whole.returncode == 0, (output, errors)
    until_killed(child(home, root), random.Random(number).random() * (time.monotonic() - began))
    async with Studio(load({"home": str(home)}, {})) as studio:
        (summary,) = studio.runs()
        entries = studio.entries(summary.id)
        assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        kept = studio.snapshots(root)
        files = [path for path in root.rglob("*") if path.is_file()]
        assert not files or any(studio._house.snapshots(root).matches(one.id) for one in kept)
    if isinstance(entries[-1].event, Finished):
        return
    resumed = child(home, root, summary.id)
    output, errors = resumed.communicate(timeout=300)
    assert resumed.returncode == 0, (output, errors)
    for name in ("one.txt", "two.txt", "three.txt"):
        written = (root / name).read_text().splitlines()
        assert written == [f"{name} line {number}" for number in range(40)]
