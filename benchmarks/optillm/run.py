"""The same tasks through a running optillm proxy, judged as ours are, with the tokens counted.

    run.py --suite humanevalplus --data DIR --limit 40 --approach bon,moa --ledger optillm.jsonl

optillm stands between this program and this program: it is asked at --proxy, and asks the model's
server through a relay that this program keeps at --relay and that counts what the server wrote
(optillm's own counts are incomplete). So start optillm with --base-url http://127.0.0.1:RELAY/v1.
An attempt that the ledger holds is not made again. With --parallel N so many tasks are under way
at once, and seconds say nothing. See docs/optillm.md.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2

from homesmith.core.errors import HomesmithError
from homesmith.core.models import Profile
from homesmith.core.sandboxes import Sandbox
from homesmith.engines.catalogue import load_catalogue
from homesmith.engines.profiles import profile_for
from homesmith.lab.attempts import Attempt, attempts, scores
from homesmith.lab.ledger import Ledger
from homesmith.lab.problems import ANSWER_TOKENS, Problem, judged, question
from homesmith.lab.suites import Problems, load
from homesmith.workspace.sandbox import detect

LONGEST = 1800.0
"""Seconds for one request: the largest approaches make dozens of calls."""

PATIENCE = 120.0
"""Seconds to wait for optillm, which wants the relay to be there before it."""


@dataclass(slots=True)
class Count:
    """What the server wrote since this was last taken."""

    calls: int = 0
    answer_tokens: int = 0
    prompt_tokens: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, body: bytes, length: Callable[[str], int | None]) -> None:
        """One answer of the server, plain or a stream of events; `length` counts tokens.

        llama.cpp states the tokens of the first of several choices only, so others are counted.
        """
        usage = _usage(body)
        first = int(usage.get("completion_tokens") or 0)
        more = [first if (known := length(text)) is None else known for text in _others(body)]
        with self.lock:
            self.calls += 1
            self.answer_tokens += first + sum(more)
            self.prompt_tokens += int(usage.get("prompt_tokens") or 0)

    def take(self) -> tuple[int, int, int]:
        """Calls, tokens written and tokens read; back to nothing."""
        with self.lock:
            taken = self.calls, self.answer_tokens, self.prompt_tokens
            self.calls = self.answer_tokens = self.prompt_tokens = 0
        return taken


def _usage(body: bytes) -> dict[str, Any]:
    """The usage that an answer states; of a stream the last one."""
    rows = [row.removeprefix(b"data: ") for row in body.split(b"\n") if row.startswith(b"data: ")]
    for row in reversed(rows or [body]):
        try:
            usage = json.loads(row)["usage"]
        except (ValueError, TypeError, LookupError):
            continue
        if isinstance(usage, dict):
            return usage
    return {}


def _others(body: bytes) -> list[str]:
    """The texts of an answer's choices after the first."""
    try:
        return [str(one["message"]["content"] or "") for one in json.loads(body)["choices"][1:]]
    except (ValueError, TypeError, LookupError):
        return []


class Counts(dict[str, Count]):
    """A count for each name of a model that was asked for."""

    def __missing__(self, name: str) -> Count:
        return self.setdefault(name, Count())


def _asked(body: bytes) -> str:
    """The name of the model that a request is for."""
    try:
        return str(json.loads(body)["model"])
    except (ValueError, TypeError, LookupError):
        return ""


@contextmanager
def relay(port: int, server: str, counts: Counts) -> Iterator[int]:
    """Pass everything on to the model's server, and count. The value is the port."""

    class Passing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass("GET", b"")

        def do_POST(self) -> None:
            self._pass("POST", self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def _pass(self, method: str, body: bytes) -> None:
            url = server.removesuffix("/v1") + self.path
            try:
                answer = client.request(
                    method, url, content=body, headers={"Content-Type": "application/json"}
                )
                status, said = answer.status_code, answer.content
                kind = answer.headers.get("Content-Type", "application/json")
            except httpx2.HTTPError as error:
                status, kind = 502, "application/json"
                said = json.dumps({"error": {"message": str(error)}}).encode()
            if method == "POST" and status == 200:
                counts[_asked(body)].add(said, length)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    def length(text: str) -> int | None:
        """Tokens of a text and of its end; None where the server does not tell."""
        try:
            url = server.removesuffix("/v1") + "/tokenize"
            return len(client.post(url, json={"content": text}).json()["tokens"]) + 1
        except (httpx2.HTTPError, ValueError, TypeError, LookupError):
            return None

    with (
        httpx2.Client(timeout=LONGEST, trust_env=False) as client,
        ThreadingHTTPServer(("127.0.0.1", port), Passing) as listener,
    ):
        thread = threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield listener.server_port
        finally:
            listener.shutdown()
            thread.join()


async def attempt(
    problem: Problem,
    approach: str,
    arguments: argparse.Namespace,
    profile: Profile,
    sandbox: Sandbox,
    counts: Counts,
    alone: asyncio.Lock,
) -> Attempt:
    """Ask optillm once and judge what comes back. Raises httpx2.TransportError when it is gone.

    The server does not mind by which name it is asked, and the relay counts by it.
    """
    asked = question(problem, profile)
    name = f"{arguments.server_model}.{problem.id.replace('/', '.')}"
    count = counts[name]
    body = {
        "model": f"{approach}-{name}",
        "messages": [{"role": one.role, "content": one.text} for one in asked.messages],
        "max_tokens": ANSWER_TOKENS,
        "temperature": 0.0 if approach == "none" else 0.7,
    }
    count.take()
    began, answer, trouble = time.monotonic(), "", ""
    async with httpx2.AsyncClient(timeout=LONGEST, trust_env=False) as client:
        try:
            response = await client.post(f"{arguments.proxy}/chat/completions", json=body)
            answer = str(response.json()["choices"][0]["message"]["content"] or "")
        except httpx2.TimeoutException:
            trouble = f"no answer within {LONGEST:.0f} s"
        except (ValueError, TypeError, LookupError) as error:
            trouble = f"no answer: {type(error).__name__} {response.text[:200]}"
    seconds = time.monotonic() - began
    calls, written, read = count.take()
    async with alone:
        judgement = await judged(sandbox, problem, asked, answer)
    return Attempt(
        suite=problem.suite,
        task=problem.id,
        kind=asked.kind,
        strategy=f"optillm-{approach}",
        model=arguments.model,
        seed=0,
        verdict=judgement.verdict,
        why=trouble or judgement.why,
        answer_tokens=written,
        prompt_tokens=read,
        seconds=round(seconds, 3),
        candidates=calls,
        stopped="optillm",
    )


async def answering(address: str) -> None:
    """Wait until something answers there; any answer counts. Raises httpx2.TransportError."""
    until = time.monotonic() + PATIENCE
    async with httpx2.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
        while True:
            try:
                await client.get(f"{address}/models")
            except httpx2.TransportError:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.5)
            else:
                return


async def work(arguments: argparse.Namespace) -> int:
    """Every task with every approach, and a line for each."""
    suite = load(arguments.suite, [arguments.data])
    if not isinstance(suite, Problems):
        raise SystemExit("optillm answers questions; it builds no apps")
    profile = profile_for(load_catalogue().find(arguments.model))
    sandbox, ledger, counts, alone = detect(), Ledger(arguments.ledger), Counts(), asyncio.Lock()
    with ledger.alone(), relay(arguments.relay, arguments.server, counts) as port:
        known = {one.key for one in attempts(ledger)}
        print(f"relay at http://127.0.0.1:{port}/v1", flush=True)
        await answering(arguments.proxy)
        waiting = deque(suite.problems[: arguments.limit])

        async def in_turn() -> None:
            while waiting:
                problem = waiting.popleft()
                for approach in arguments.approach.split(","):
                    key = (problem.suite, problem.id, f"optillm-{approach}", arguments.model, 0)
                    if key not in known:
                        made = await attempt(
                            problem, approach, arguments, profile, sandbox, counts, alone
                        )
                        ledger.add(asdict(made))
                        _tell(made)

        await asyncio.gather(*(in_turn() for _ in range(arguments.parallel)))
    for score in scores(attempts(ledger)):
        print(
            f"{score.suite} {score.strategy}: {score.passed} of {score.total} "
            f"({100 * score.low:.1f} to {100 * score.high:.1f} %), {score.answer_tokens} tokens, "
            f"{score.seconds:.0f} s"
        )
    return 0


def _tell(made: Attempt) -> None:
    print(
        f"{made.task:16} {made.strategy:24} {made.verdict:8} {made.answer_tokens:6} "
        f"tokens {made.seconds:7.1f} s {made.candidates:3} calls  {made.why[:80]}",
        flush=True,
    )


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--suite", default="humanevalplus")
    parser.add_argument("--data", type=Path, default=Path())
    parser.add_argument("--limit", type=int, default=40)
    parser.add_argument("--approach", default="none,bon,self_consistency,moa,plansearch")
    parser.add_argument("--model", default="qwen2.5-coder:1.5b", help="our name of the model")
    parser.add_argument("--server-model", default="qwen", help="the server's name of it")
    parser.add_argument("--proxy", default="http://127.0.0.1:8000/v1", help="where optillm listens")
    parser.add_argument("--server", default="http://127.0.0.1:8080/v1", help="the model's server")
    parser.add_argument("--relay", type=int, default=8081, metavar="PORT")
    parser.add_argument("--parallel", type=int, default=1, help="tasks at once")
    parser.add_argument("--ledger", type=Path, required=True, metavar="FILE")
    return parser.parse_args(words)


def main() -> int:
    """0 when every task was tried; an error's own code otherwise."""
    try:
        return asyncio.run(work(parse(sys.argv[1:])))
    except HomesmithError as error:
        print(error.message, error.why, f"hint: {error.remedy}", sep="\n", file=sys.stderr)
        return error.exit_code
    except httpx2.TransportError as error:
        print(
            "optillm does not answer",
            f"  {error}",
            "hint: see docs/optillm.md",
            sep="\n",
            file=sys.stderr,
        )
        return 3
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
