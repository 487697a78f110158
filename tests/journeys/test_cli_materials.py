"""A person gives long files along with a question, sees what became of them, and expands them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from homesmith.context.compression.packing import Material
from homesmith.context.compression.values import Editable
from homesmith.core.errors import PromptTooLong
from homesmith.core.messages import user
from homesmith.core.requests import Request
from homesmith.engines.echo import EchoEngine
from homesmith.runtime.attaching import attach
from homesmith.store.database import open_store

if TYPE_CHECKING:
    from tests.journeys.conftest import Line

LOG = "".join(f"2026-01-02 03:04:{n % 60:02} INFO job {n} done\n" for n in range(900))
FAILED = "2026-01-02 03:05:00 ERROR disk full on /var\n"
EDIT = "def total(a, b):\n    return a + b\n"


def test_a_long_log_is_shortened_told_and_kept(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    log = LOG + FAILED + LOG
    (tmp_path / "build.log").write_text(log)
    (tmp_path / "app.py").write_text(EDIT)
    ended = line(
        *("ask", "why did it stop?", "--with", "build.log", "--whole", "app.py"),
        *("--material-tokens", "400"),
    )
    assert ended.code == 0
    assert FAILED in ended.out
    assert f"app.py:\n{EDIT.rstrip()}" in ended.out
    assert ended.out.rstrip().endswith("why did it stop?")
    assert len(ended.out) < len(log) / 20
    assert re.search(r"build\.log: log: \d+ tokens shortened to \d+", ended.err)
    assert "app.py: to be edited, so it stays whole" in ended.err
    (handle,) = re.findall(r"homesmith expand (\w+)", ended.err)
    assert f"[shortened: expand {handle}]" in ended.out
    assert line("expand", handle).out == log
    assert line("expand", f"{handle}:901").out == FAILED
    beyond = line("expand", f"{handle}:9000-9001")
    assert (beyond.code, beyond.out) == (2, "")
    assert beyond.err.splitlines() == [
        f"{handle} has no line 9000",
        "  it has 1801 lines",
        f"hint: homesmith expand {handle}:1-1801",
    ]
    (found,) = line("expand", f"{handle}:1-2", "--json").lines
    assert found["text"] == "\n".join(LOG.split("\n")[:2])


def test_standard_input_is_material_too_and_json_tells_it(line: Line) -> None:
    line.with_weights()
    asked = ("ask", "what failed?", "--with", "-", "--json", "--material-tokens", "300")
    events = line(*asked, stdin=(LOG + FAILED).encode()).lines
    assert events[0]["event"] == "material"
    assert (events[0]["source"], events[0]["kept"]) == ("standard input", True)
    said = "".join(event["text"] for event in events if event["event"] == "delta")
    assert "disk full" in said
    short = line("ask", "what failed?", "--with", "-", stdin=b"one line")
    assert short.out == "standard input:\none line\n\nwhat failed?\n"
    assert "standard input: whole" in short.err


def test_what_cannot_be_is_refused_in_three_lines(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    (tmp_path / "big.py").write_text(EDIT * 1000)
    for words in (
        ("ask", "change it", "--whole", "big.py"),
        ("ask", "change it", "--with", "none.py"),
        ("ask", "change it", "--improve", "auto", "--with", "big.py"),
        ("expand", "no handle"),
    ):
        ended = line(*words)
        assert (ended.code, len(ended.err.splitlines())) == (2, 3), words
    unknown = line("expand", "0123456789")
    assert (unknown.code, len(unknown.err.splitlines())) == (1, 3)


def test_the_limit_that_is_too_small_is_the_one_that_is_named(line: Line, tmp_path: Path) -> None:
    line.with_weights()
    (tmp_path / "app.py").write_text(EDIT * 20)
    asked = ("ask", "change it", "--whole", "app.py", "--material-tokens")
    small = line(*asked, "60")
    assert small.code == 2
    what, why, hint = small.err.splitlines()
    (needed,) = re.findall(r"What shall stay whole needs (\d+) tokens", what)
    assert why.startswith("  --material-tokens allows 60; ")
    assert hint == f"hint: --material-tokens {needed}, or give less of it"
    assert line(*asked, str(int(needed) - 1)).code == 2
    assert line(*asked, needed).code == 0
    (tmp_path / "app.py").write_text(EDIT * 20_000)
    large = line(*asked, "60")
    assert (large.code, "--material-tokens" in large.err) == (2, False)
    assert "larger window" in large.err.splitlines()[2]


def test_a_handle_of_two_texts_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        hashes = [store.blobs.put(str(number).encode()) for number in range(40)]
        first = next(one[0] for one in hashes if sum(it[0] == one[0] for it in hashes) > 1)
        with pytest.raises(Exception, match="Several") as caught:
            store.blobs.find(first)
        assert getattr(caught.value, "remedy", "")
        assert store.blobs.find(hashes[7][:20]) == b"7"
        with pytest.raises(Exception, match="No text"):
            store.blobs.find("%")


class Wordy(EchoEngine):
    """An engine whose tokenizer needs far more tokens than the estimate thinks."""

    async def count(self, request: Request) -> int:
        return 3 * await super().count(request)


async def test_originals_are_kept_before_the_prompt_exists_and_the_window_is_never_passed() -> None:
    engine = Wordy(window=700)
    kept: list[bytes] = []

    def keep(content: bytes) -> str:
        kept.append(content)
        return ""

    def build(text: str) -> Request:
        return Request(model=engine.model, messages=(user(text),), max_tokens=100)

    prose = "\n".join(f"Line {number} is long enough." for number in range(2000))
    made = await attach(engine, build, "what?", [Material(source="x", text=prose)], 9000, keep)
    assert kept == [prose.encode()]
    assert made.tokens + 100 <= engine.window
    assert made.tokens == await engine.count(made.request)
    with pytest.raises(PromptTooLong):
        await attach(engine, build, "what?", [Editable(source="y", text=prose)], 9000, keep)
