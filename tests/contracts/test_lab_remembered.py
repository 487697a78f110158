"""The engine that remembers gives back the very answer, and only to the very request."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homesmith.core.engines import fold
from homesmith.core.errors import EngineCrashed
from homesmith.core.messages import user
from homesmith.core.models import Sampling
from homesmith.core.requests import Request
from homesmith.engines.scripted import SCRIPTED, ScriptedEngine
from homesmith.lab.ledger import Ledger
from homesmith.lab.remembered import RememberedEngine, exact

WARM = Sampling(temperature=0.7)
ASKED = Request(model=SCRIPTED, messages=(user("How many?"),), max_tokens=9, sampling=WARM)
OTHERS: list[dict[str, Any]] = [
    {"messages": (user("How many now?"),)},
    {"max_tokens": 8},
    {"sampling": Sampling(temperature=0.8)},
    {"seed": 1},
    {"prefill": "a"},
    {"stop": ("x",)},
    {"json_schema": {"type": "string"}},
    {"repeat_limit": 3},
]


def engine(folder: Path, *tape: Any, identity: str = "w1") -> RememberedEngine:
    return RememberedEngine(
        ScriptedEngine(tape), Ledger(folder / "answers.jsonl"), identity=identity
    )


async def test_the_same_request_has_the_same_answer_at_its_own_cost(tmp_path: Path) -> None:
    first = engine(tmp_path, "one two three")
    made = await fold(first.stream(ASKED))
    again = engine(tmp_path)
    assert await fold(again.stream(ASKED)) == made
    assert (first.recalled, again.recalled) == (0, 1)
    assert again.spared >= 0


@pytest.mark.parametrize("change", OTHERS)
async def test_any_other_request_is_asked(tmp_path: Path, change: dict[str, Any]) -> None:
    await fold(engine(tmp_path, "one").stream(ASKED))
    again = engine(tmp_path, '"two"')
    assert "two" in (await fold(again.stream(replace(ASKED, **change)))).text
    other = engine(tmp_path, "three", identity="w2")
    assert (await fold(other.stream(ASKED))).text == "three"


async def test_what_failed_or_was_left_is_not_kept(tmp_path: Path) -> None:
    broken = engine(tmp_path, EngineCrashed("gone"), "one two three")
    with pytest.raises(EngineCrashed):
        await fold(broken.stream(ASKED))
    left = broken.stream(ASKED)
    async for _ in left:
        break
    await left.aclose()
    assert (await fold(engine(tmp_path, "new").stream(ASKED))).text == "new"


async def test_lines_that_are_no_answers_are_passed_over(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "answers.jsonl")
    ledger.add({"request": exact("w1", ASKED), "text": "x"})
    ledger.add({"request": exact("w1", ASKED), "text": "x", "usage": {"no": 1}, "seconds": 1})
    assert (await fold(engine(tmp_path, "new").stream(ASKED))).text == "new"


@given(st.integers(0, 99), st.integers(0, 99))
def test_a_greedy_answer_has_no_dice(one: int, two: int) -> None:
    greedy = replace(ASKED, sampling=Sampling())
    assert exact("w", replace(greedy, seed=one)) == exact("w", replace(greedy, seed=two))
    warm = exact("w", replace(ASKED, seed=one)) == exact("w", replace(ASKED, seed=two))
    assert warm == (one == two)
