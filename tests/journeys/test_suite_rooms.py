"""`homesmith eval memory`, `compression` and `prefix`, without a model and with one."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from homesmith.context.estimate import estimate
from homesmith.engines.echo import EchoEngine
from homesmith.lab import longmemeval
from homesmith.lab.distractors import FILE
from homesmith.lab.remembering import pooled
from homesmith.memory.agent import Agent
from homesmith.store.database import open_store

if TYPE_CHECKING:
    from tests.journeys.conftest import Line

PETS = {
    "Ada": "cat",
    "Ben": "dog",
    "Cleo": "parrot",
    "Dan": "horse",
    "Eva": "rabbit",
    "Finn": "frog",
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Six talks with a question each, and sixty documents."""
    entries = [
        {
            "question_id": f"q{number}",
            "question_type": "single-session-user",
            "question": f"What pet does {name} have?",
            "answer": pet,
            "question_date": "2023/05/30 (Tue) 10:00",
            "answer_session_ids": [f"s{number}"],
            "haystack_session_ids": [f"s{number}"],
            "haystack_dates": [f"2023/05/{number + 10} (Sat) 10:00"],
            "haystack_sessions": [
                [
                    {"role": "user", "content": f"My friend {name} has a {pet} as a pet."},
                    {"role": "assistant", "content": "How nice."},
                ]
            ],
        }
        for number, (name, pet) in enumerate(PETS.items())
    ]
    folder = tmp_path / "suites"
    folder.mkdir()
    (folder / "longmemeval_dev.json").write_text(json.dumps(entries), encoding="utf-8")
    with gzip.open(folder / FILE, "wt", encoding="utf-8") as file:
        for number in range(60):
            text = (
                f"The bridge of Town{number} is old. Builder{number} made it. " + "It is long. " * 9
            )
            row = {
                "question": f"who made the bridge of Town{number}?",
                "answers": [f"Builder{number}"],
                "ctxs": [{"title": f"Town{number}", "text": text}],
            }
            file.write(json.dumps(row) + "\n")
    return folder


def finished(ended: Any) -> dict[str, Any]:
    assert ended.code == 0, ended.out + ended.err
    return next(one for one in ended.lines if one["event"] == "finished")


def scores(told: dict[str, Any]) -> dict[tuple[str, str], float]:
    return {(one["suite"], one["strategy"]): one["share"] for one in told["scores"]}


def test_rooms_are_measured_without_a_model(line: Line, data: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    words = ("eval", "memory", "compression", "prefix", "--data", str(data))
    ended = line(*words, "--limit", "12", "--html", str(page))
    assert ended.code == 0, ended.err
    for row in ("memory any@5", "compression 3x", "prefix", "from the cache, all turns"):
        assert row in ended.out
        assert row in page.read_text(encoding="utf-8")
    assert "by words only" in ended.err
    told = finished(line(*words, "--limit", "12", "--json"))
    shares = scores(told)
    assert shares["memory any@5", "words"] == 1.0
    assert shares["compression 2x", "ours"] > shares["compression 2x", "cut in the middle"]
    assert shares["prefix", "ours"] == 1.0
    values = {(one["suite"], one["way"], one["name"]): one["value"] for one in told["figures"]}
    cached = "from the cache, all turns"
    assert values["prefix", "ours", cached] > values["prefix", "usual", cached]
    assert values["memory", "words", "tokens recalled, most"] <= 2000
    assert {pair["suite"] for pair in told["pairs"]} >= {
        "compression 2x",
        "compression 3x",
        "prefix",
    }


def test_what_a_model_said_is_not_asked_for_again(line: Line, data: Path) -> None:
    line.with_weights()
    model = ("--model", "qwen2.5-coder:1.5b", "--json", "--data", str(data))
    line.engine = EchoEngine()
    first = scores(finished(line("eval", "memory", "compression", *model, "--limit", "3")))
    recall = ("memory answers", "recall, 2000 tokens")
    assert first[recall] == 1.0, "an echo says what was recalled"
    line.engine = EchoEngine(reply="I do not know.")
    again = finished(line("eval", "memory", "compression", *model, "--limit", "3"))
    assert scores(again) == first
    assert ("compression answers", "3x, as files") in first


def test_a_conversation_that_was_stopped_goes_on(line: Line) -> None:
    line.with_weights()
    line.engine = EchoEngine(window=4096, reply="I see.")
    words = ("eval", "prefix", "--model", "qwen2.5-coder:1.5b", "--json", "--limit")
    finished(line(*words, "6"))
    ended = line(*words, "9")
    told = finished(ended)
    trials = [one for one in ended.lines if one["event"] == "trial"]
    assert [one["task"] for one in trials if one["strategy"] == "ours"] == [
        f"turn {turn}" for turn in range(2, 10) if turn != 7
    ], "the seventh is the first after the restart"
    assert scores(told)["prefix", "ours"] == 1.0
    kept = line.home / "data" / "eval" / "rooms" / "prefix-ours-echo.jsonl"
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 9
    plain = [word for word in words if word != "--json"]
    assert "ours: 9 turns kept" in line(*plain, "9").err


def test_a_conversation_of_other_code_or_weights_is_begun_anew(line: Line) -> None:
    line.with_weights()
    line.engine = EchoEngine(window=4096, reply="I see.")
    words = ("eval", "prefix", "--model", "qwen2.5-coder:1.5b", "--limit", "6")
    first = scores(finished(line(*words, "--json")))
    kept = line.home / "data" / "eval" / "rooms" / "prefix-ours-echo.jsonl"
    rows = [json.loads(row) for row in kept.read_text(encoding="utf-8").splitlines()]
    assert len(rows[0]["code"]) == 12
    older = [{key: row[key] for key in row if key not in ("code", "identity")} for row in rows]
    kept.write_text("".join(json.dumps(row) + "\n" for row in older), encoding="utf-8")
    assert "ours: begun anew, 6 turns were kept of other code" in line(*words).err
    assert scores(finished(line(*words, "--json"))) == first
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 12
    line.engine = EchoEngine(window=2048, reply="I see.")
    assert "ours: begun anew, 12 turns" in line(*words).err
    line.engine = EchoEngine(window=4096, reply="I see.")
    assert "ours: 6 turns kept" in line(*words).err


def test_sessions_that_were_half_written_are_written_once(data: Path, tmp_path: Path) -> None:
    sessions, _ = longmemeval.read(data / "longmemeval_dev.json")
    with open_store(tmp_path / "store") as store:
        agent = Agent(store, "pool", count=estimate)
        longmemeval.fill(agent, sessions[:2])
        agent.record([sessions[2].said[0]], at=sessions[2].at, session=sessions[2].id)
        assert pooled(agent, sessions) == 2 * 4
        said = [one.text for one in agent.messages(100)]
        assert said == [text for session in sessions for _, text in session.said]
        assert pooled(agent, sessions) == 0


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("eval", "memory", "humaneval"), "try no strategies"),
        (("eval", "memory", "--data", "."), "longmemeval*.json"),
        (("eval", "compression", "--data", "."), FILE),
    ],
)
def test_what_cannot_be_measured_is_told(line: Line, words: tuple[str, ...], part: str) -> None:
    ended = line(*words)
    assert ended.code == 2
    assert part in ended.err
    assert "hint:" in ended.err
