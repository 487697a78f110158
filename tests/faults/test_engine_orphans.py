"""No engine outlives the process that started it, however that one ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from homesmith.engines import llamacpp_process
from homesmith.engines.machine import EnginePlan

pytestmark = [pytest.mark.slow, pytest.mark.model]

PLAN = EnginePlan(threads=1, window=2048, batch=64, cache_mib=0)

OWNER = """
import asyncio, sys, json
from pathlib import Path
from homesmith.core.messages import user
from homesmith.core.models import ModelId
from homesmith.core.requests import Request
from homesmith.engines.catalogue import load_catalogue
from homesmith.engines.llamacpp import LlamaCppEngine
from homesmith.engines.machine import EnginePlan

async def main():
    plan = EnginePlan(threads=1, window=2048, batch=64, cache_mib=0)
    engine = LlamaCppEngine(load_catalogue().find("smollm2:135m"), Path(sys.argv[1]), plan)
    await engine.count(Request(model=engine.model, messages=(user("hi"),), max_tokens=1))
    print(engine.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_no_orphan_survives_a_killed_parent(smollm2_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(smollm2_path)], stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.kill()
    assert gone(pid, 2.0)


def test_the_child_ends_when_its_input_closes(smollm2_path: Path) -> None:
    """The way that also works where the kernel sends no signal."""
    configuration = llamacpp_process._configuration(smollm2_path, PLAN, "key", None)
    with subprocess.Popen(
        [sys.executable, "-P", str(llamacpp_process.SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(configuration).encode() + b"\n")
        child.stdin.flush()
        assert "url" in json.loads(child.stdout.readline())
        child.stdin.close()
        assert child.wait(timeout=2) == 0
