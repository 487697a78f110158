"""The optillm runner against stand-ins for optillm and the model's server, all on loopback."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from homesmith.core.errors import SandboxUnavailable
from homesmith.lab.attempts import attempts
from homesmith.lab.ledger import Ledger
from homesmith.workspace.sandbox import detect

PATH = Path(__file__).parents[2] / "benchmarks" / "optillm" / "run.py"
Body = dict[str, Any]


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    try:
        detect()
    except SandboxUnavailable as error:
        pytest.skip(error.why)
    specification = importlib.util.spec_from_file_location("optillm_run", PATH)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


@contextmanager
def listening(answer: Callable[[Body], bytes]) -> Iterator[str]:
    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = answer(body)
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()


def completion(text: str, tokens: int) -> bytes:
    usage = {"completion_tokens": tokens, "prompt_tokens": 2}
    return json.dumps({"choices": [{"message": {"content": text}}], "usage": usage}).encode()


def free_port() -> int:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return server.server_port


def suite(folder: Path) -> Path:
    rows = [
        {
            "task_id": f"HumanEval/{number}",
            "prompt": f"def f{number}(x):\n",
            "entry_point": f"f{number}",
            "canonical_solution": "    return x\n",
            "test": "def check(candidate):\n    assert candidate(3) == 3\n",
        }
        for number in range(3)
    ]
    (folder / "HumanEval.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


@pytest.mark.parametrize("parallel", [1, 3])
async def test_every_call_behind_the_proxy_is_counted(
    runner: ModuleType, tmp_path: Path, parallel: int
) -> None:
    port = free_port()

    def server(body: Body) -> bytes:
        return completion("    return x" if "f1" not in str(body["messages"]) else "sorry", 10)

    def proxy(body: Body) -> bytes:
        """As optillm does: several calls for one, and counts that cannot be trusted."""
        approach, _, name = body["model"].partition("-")
        calls, body = 3 if approach == "bon" else 1, {**body, "model": name}
        for _ in range(calls):
            asked = urllib.request.Request(
                f"http://127.0.0.1:{port}/v1/chat/completions",
                data=json.dumps(body).encode(),
                headers={"Content-Type": "application/json"},
            )
            with urllib.request.urlopen(asked) as response:
                text = json.load(response)["choices"][0]["message"]["content"]
        return b"broken" if "f2" in str(body["messages"]) else completion(text, 0)

    ledger = tmp_path / "optillm.jsonl"
    with listening(server) as model, listening(proxy) as optillm:
        arguments = runner.parse(
            [
                *("--suite", "humaneval", "--data", str(suite(tmp_path)), "--approach", "none,bon"),
                *("--ledger", str(ledger), "--proxy", optillm, "--server", model),
                *("--relay", str(port), "--limit", "3", "--parallel", str(parallel)),
            ]
        )
        assert await runner.work(arguments) == 0
        lines = ledger.read_text()
        assert await runner.work(arguments) == 0
    assert ledger.read_text() == lines
    made = {(one.task, one.strategy): one for one in attempts(Ledger(ledger))}
    right = made["HumanEval/0", "optillm-bon"]
    assert (right.passed, right.answer_tokens, right.candidates) == (True, 30, 3)
    plain = made["HumanEval/0", "optillm-none"]
    assert (plain.passed, plain.answer_tokens, plain.prompt_tokens) == (True, 10, 2)
    assert made["HumanEval/1", "optillm-bon"].verdict == "raised"
    assert made["HumanEval/2", "optillm-bon"].verdict == "empty"
    assert len(made) == 6


def test_streams_are_counted_by_their_last_usage(runner: ModuleType) -> None:
    count = runner.Count()
    chunk = json.dumps({"usage": {"completion_tokens": 7}})
    events = f'data: {{"usage": null}}\n\ndata: {chunk}\n\ndata: [DONE]\n\n'
    count.add(events.encode(), len)
    count.add(b"not json", len)
    assert count.take() == (2, 7, 0)
    assert count.take() == (0, 0, 0)


def test_every_choice_of_an_answer_is_counted(runner: ModuleType) -> None:
    """llama.cpp states the tokens of the first one only."""
    said = [{"message": {"content": text}} for text in ("one", "four", None)]
    body = json.dumps({"usage": {"completion_tokens": 9}, "choices": said}).encode()
    count = runner.Count()
    count.add(body, len)
    assert count.take() == (1, 9 + 4 + 0, 0)
    count.add(body, lambda _text: None)
    assert count.take() == (1, 27, 0)


def test_the_relay_asks_the_server_how_long_other_choices_are(runner: ModuleType) -> None:
    def server(body: Body) -> bytes:
        if "content" in body:
            return json.dumps({"tokens": [0] * len(body["content"])}).encode()
        said = [{"message": {"content": text}} for text in ("one", "four")]
        return json.dumps({"usage": {"completion_tokens": 9}, "choices": said}).encode()

    counts = runner.Counts()
    with listening(server) as model, runner.relay(0, model, counts) as port:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/chat/completions", data=b'{"model": "qwen", "n": 2}'
        )
        with urllib.request.urlopen(asked) as response:
            assert len(json.load(response)["choices"]) == 2
    assert counts["qwen"].take() == (1, 9 + 4 + 1, 0)
