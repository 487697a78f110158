"""One running child: started, spoken to over loopback, and ended for certain.

It knows the server's wire format and nothing of prompts, profiles or retries; errors of the
transport leave here as typed errors.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import secrets
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2

from homesmith.core.errors import (
    EngineCrashed,
    EngineError,
    EngineOutOfMemory,
    EngineTimeout,
    EngineUnavailable,
    HomesmithError,
    PromptTooLong,
    UsageError,
)
from homesmith.engines.machine import EnginePlan

SCRIPT = Path(__file__).with_name("llamacpp_child.py")
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT")
PASSED_ON_PREFIXES = ("OMP_", "GOMP_", "GGML_", "CUDA_", "HIP_", "LD_LIBRARY", "DYLD_LIBRARY")
NO_MEMORY = ("failed to allocate", "cannot allocate memory", "out of memory", "bad_alloc")
STOP_SECONDS = 0.8
"""A slot still busy this long after its consumer left costs the child its life: the promise of
one second holds on any machine, at the price of a reload where batches are slower than planned."""
CONNECT_SECONDS = 15.0
"""On loopback it takes a millisecond, unless the machine is so busy that nobody gets a turn."""

SPIN_COUNT = "3000"
"""Turns an OpenMP thread spins at a barrier before it sleeps.

Measured with smollm2:135m on two cores that another program was using: libgomp's default of
300,000 wrote 0.8 tokens/s, 20,000 wrote 7, 3,000 wrote 20, 300 wrote 30.
"""


class Child:
    """A server process with its HTTP client; `Child.start` makes one, `end` is final."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        client: httpx2.AsyncClient,
        last_words: deque[str],
    ) -> None:
        self._process = process
        self._client = client
        self._last_words = last_words

    @classmethod
    async def start(
        cls,
        path: Path,
        plan: EnginePlan,
        *,
        start_seconds: float,
        stall_seconds: float,
        saved: Path | None = None,
    ) -> Child:
        """Load the model and wait until it answers. `saved`: where slots may be kept.

        Raises EngineOutOfMemory, EngineTimeout or EngineUnavailable; leaves no process behind.
        """
        key = secrets.token_urlsafe(32)
        process = await _spawn()
        last_words: deque[str] = deque(maxlen=40)
        drain = asyncio.create_task(_drain(process, last_words))
        try:
            async with asyncio.timeout(start_seconds):
                reply = await _configure(process, _configuration(path, plan, key, saved))
                if "url" not in reply:
                    await drain
        except TimeoutError as error:
            await _end(process)
            raise EngineTimeout(
                f"the model did not load within {start_seconds:.0f} seconds",
                remedy="try again when the machine is less busy, or choose a smaller model",
            ) from error
        except BaseException:
            await _end(process)
            raise
        if "url" not in reply:
            await _end(process)
            raise _load_failure(path, process.returncode, [*last_words, reply.get("error", "")])
        client = httpx2.AsyncClient(
            base_url=reply["url"],
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx2.Timeout(stall_seconds, connect=CONNECT_SECONDS),
            # A connection for each request: the server closes idle ones after five seconds, and a
            # request that meets the closing would look like the death of the child.
            limits=httpx2.Limits(max_keepalive_connections=0),
            trust_env=False,
        )
        return cls(process, client, last_words)

    @property
    def alive(self) -> bool:
        """Asked of the system each time: the event loop hears of a death only some time later."""
        return _alive(self._process)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def tokenize(self, text: str, *, special: bool, first: bool) -> list[int]:
        """The model's tokens for `text`; `first` adds what the model wants before everything."""
        body = {"content": text, "parse_special": special, "add_special": first}
        reply = await self._ask("POST", "/tokenize", body)
        tokens: list[int] = reply["tokens"]
        return tokens

    async def busy(self, slot: int) -> bool:
        """Is this slot still working?"""
        reply = await self._ask("GET", "/slots")
        return bool(reply[slot]["is_processing"])

    async def save(self, slot: int, name: str) -> None:
        """Write the KV cache of a slot to a file of this name in the folder given at the start."""
        await self._ask("POST", f"/slots/{slot}?action=save", {"filename": name})

    async def restore(self, slot: int, name: str) -> int:
        """Load such a file into a slot; how many tokens it held."""
        reply = await self._ask("POST", f"/slots/{slot}?action=restore", {"filename": name})
        return int(reply["n_restored"])

    async def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Take a prompt into the KV cache without answering it; the server's timings."""
        timings: dict[str, Any] = (await self._ask("POST", "/completion", body))["timings"]
        return timings

    async def complete(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """The server's own stream of JSON objects. Closing it early tells the server to stop."""
        with self._typed_errors():
            async with self._client.stream("POST", "/completion", json=body) as response:
                if response.status_code != 200:
                    await response.aread()
                    raise _refusal(response)
                async for line in response.aiter_lines():
                    if line.startswith("data: {"):
                        chunk = json.loads(line[6:])
                        if "error" in chunk:
                            raise EngineError("the engine broke off", why=str(chunk["error"]))
                        yield chunk
                    elif line.startswith("error: "):
                        raise EngineError("the engine broke off", why=line[7:])

    async def stop(self, chunks: AsyncGenerator[Any, None], slot: int) -> None:
        """Close a stream and wait until its slot is idle; a child that stays busy is killed."""
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await chunks.aclose()
                while self.alive:
                    if not await self.busy(slot):
                        return
                    await asyncio.sleep(0.02)
        except (TimeoutError, EngineError):
            self.kill()

    async def end(self) -> None:
        """End the process, at once and for certain, also when it hangs."""
        await self._client.aclose()
        await _end(self._process)

    def kill(self) -> None:
        """Tell the process to end without waiting for it."""
        _kill(self._process)

    async def _ask(self, method: str, path: str, body: object = None) -> Any:
        with self._typed_errors():
            response = await self._client.request(method, path, json=body)
            if response.status_code != 200:
                raise _refusal(response)
            return response.json()

    @contextlib.contextmanager
    def _typed_errors(self) -> Iterator[None]:
        try:
            yield
        except httpx2.TimeoutException as error:
            raise EngineTimeout(
                "the engine has not answered within the time allowed",
                why=type(error).__name__,
                remedy="try again; if it happens often, choose a smaller model",
            ) from error
        except (httpx2.TransportError, httpx2.StreamError, json.JSONDecodeError) as error:
            raise EngineCrashed(
                "the engine died while it was answering",
                why="; ".join([*list(self._last_words)[-3:], str(error) or type(error).__name__]),
                remedy="try again: the next request starts it anew",
            ) from error


async def _spawn() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        str(SCRIPT),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(os.environ),
    )


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Only what a program needs to run: keys and tokens of ours are none of its business."""
    kept = {
        name: value
        for name, value in ours.items()
        if name in PASSED_ON or name.startswith(PASSED_ON_PREFIXES)
    }
    if not {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"} & kept.keys():
        kept["GOMP_SPINCOUNT"] = SPIN_COUNT
    return kept


def _configuration(path: Path, plan: EnginePlan, key: str, saved: Path | None) -> dict[str, object]:
    found = importlib.util.find_spec("xllamacpp")
    places = (found.submodule_search_locations or []) if found else []
    return {
        "parent": os.getpid(),
        "key": key,
        "model": str(path),
        "window": plan.window,
        "parallel": plan.parallel,
        "threads": plan.threads,
        "cache_mib": plan.cache_mib,
        "talks": plan.talks,
        "saved": f"{saved}{os.sep}" if saved else "",
        "import_from": [str(Path(place).parent) for place in places],
    }


async def _configure(
    process: asyncio.subprocess.Process, configuration: Mapping[str, object]
) -> dict[str, str]:
    """Send the configuration, wait for the one line that answers it; empty when the child died."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(json.dumps(configuration).encode() + b"\n")
        await process.stdin.drain()
    line = await process.stdout.readline()
    reply: dict[str, str] = json.loads(line) if line.endswith(b"\n") else {}
    if "url" not in reply:
        await process.wait()
    return reply


async def _drain(process: asyncio.subprocess.Process, last_words: deque[str]) -> None:
    """Keep the end of what the child complains about; a full pipe would stop it."""
    assert process.stderr is not None
    while chunk := await process.stderr.read(1 << 16):
        last_words.extend(chunk.decode("utf-8", errors="replace").splitlines())


def _alive(process: asyncio.subprocess.Process) -> bool:
    if process.returncode is not None:
        return False
    if sys.platform == "win32":
        return True
    try:
        look = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, process.pid, look) is None
    except ChildProcessError:
        return False


def _kill(process: asyncio.subprocess.Process) -> None:
    if not _alive(process):
        return
    if sys.platform == "win32":
        process.kill()
        return
    # Not process.kill(): that may collect the child's status before asyncio does, which then
    # complains aloud about a process it does not know.
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)


async def _end(process: asyncio.subprocess.Process) -> None:
    _kill(process)
    if process.stdin is not None:
        process.stdin.close()
    await process.wait()


def _load_failure(path: Path, code: int | None, words: list[str]) -> HomesmithError:
    why = "; ".join(word.strip() for word in words[-4:] if word.strip())
    killed = code is not None and -code == signal.SIGKILL
    if killed or any(sign in " ".join(words).lower() for sign in NO_MEMORY):
        return EngineOutOfMemory(
            f"{path.name} did not fit into the free memory",
            why=why or "the system ended the process",
            remedy="choose a smaller model (homesmith models list) or close other programs",
        )
    return EngineUnavailable(
        f"{path.name} could not be loaded",
        why=why or f"the engine ended with status {code}",
        remedy="check the file with: homesmith models show --verify, or pull it again",
    )


def _refusal(response: httpx2.Response) -> HomesmithError:
    try:
        error = response.json()["error"]
        kind, why = str(error.get("type", "")), str(error.get("message", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        kind, why = "", response.text[:300]
    if kind == "exceed_context_size_error":
        return PromptTooLong("the prompt does not fit the window", why=why, remedy="shorten it")
    if response.status_code == 400:
        return UsageError("the engine cannot do what was asked", why=why)
    return EngineError(f"the engine answered with status {response.status_code}", why=why)
