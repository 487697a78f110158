"""The whole story of one fact: said, learned while idle, recalled, corrected, forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from homesmith.core.requests import Request
from homesmith.engines.scripted import ScriptedEngine
from homesmith.runtime.conversation.texts import SUMMARISE, text_of
from tests.journeys.conftest import Typing

if TYPE_CHECKING:
    from tests.journeys.conftest import Line

FACTS, EDITS, SUMMARY = "You keep the memory", "You keep the notes", "You sum up"
HOME = re.compile(r"^(\d+)\. person: I live in (\w+)", re.MULTILINE)
BREAD = re.compile(r"^(\d+)\. assistant: (Lyon has good bread\.)", re.MULTILINE)
GARDEN = " ".join(f"In the garden bed {number} there are beans and peas." for number in range(5))


def learn(request: Request) -> str:
    """Where the person lives, from the lines that say it; and what the assistant said of it."""
    talk = request.messages[-1].text
    told = [(f"The person lives in {place}.", line) for line, place in HOME.findall(talk)]
    told += [(text, line) for line, text in BREAD.findall(talk)]
    rows = [{"text": text, "from": [int(line)], "replaces": 0} for text, line in told]
    return json.dumps({"facts": rows})


def note(request: Request) -> str:
    """The block's only line, as the newest fact says it."""
    place = re.findall(r"- The person lives in (\w+)\.", request.messages[-1].text)[0]
    action = "replace" if "1. Lives in" in request.messages[-1].text else "insert"
    line = int(action == "replace")
    row = {"block": "human", "line": line, "action": action, "text": f"Lives in {place}."}
    return json.dumps({"edits": [row]})


@pytest.fixture
def keys() -> Iterator[Typing]:
    typing = Typing()
    yield typing
    typing.close()


@pytest.fixture
def talking(line: Line) -> Line:
    """A person who has a model, and is thought to be away as soon as they stop writing."""
    line.with_weights()
    line.environ = {"HOMESMITH_IDLE_SECONDS": "0.01"}
    return line


def voice(typed: Typing, *lines: str) -> ScriptedEngine:
    """A model that learns; at the end of its first lesson the person types these lines."""

    def summed(_request: Request) -> str:
        typed.say(*lines)
        return json.dumps({"summary": "The person has a garden bed."})

    return ScriptedEngine(
        rules=[
            (FACTS, learn),
            (EDITS, note),
            (SUMMARY, summed),
            (text_of(SUMMARISE)[:20], "They talked of a garden."),
            ("", lambda request: _answer(request.messages[-1].text)),
        ],
        window=2000,
    )


def _answer(said: str) -> str:
    if said.endswith("live?"):
        return "You live there."
    return "Lyon has good bread." if said.endswith("I live in Lyon.") else "I see."


def test_a_fact_from_the_first_word_to_the_last(talking: Line, keys: Typing) -> None:
    said = ["/memory human:", "I live in Lyon.", *[GARDEN] * 17]
    talking.engine = voice(keys, "Where do I live?", "/explain", "/memory", "/quit")
    assert talking("chat", stdin="\n".join(said).encode()).code == 0

    home = talking("chat", stdin=keys)
    assert home.code == 0
    assert home.out == "You live there.\n"
    assert "Learned while you were away (facts: 1, proposals: 1, blocks rewritten: 1)" in home.err
    sources = [row for row in home.err.splitlines() if "kept" in row]
    assert any("(fact, " in row for row in sources), "the words themselves have left the prompt"
    assert any("what is known changed since the head was written" in row for row in sources)
    assert "They talked of a garden." not in talking("memory", "show", "--last", "99").out
    assert "human (version 1)\nLives in Lyon." in home.err
    assert "The person lives in Lyon." in home.err
    assert "These wait for you: /confirm NUMBER, or /refuse NUMBER" in home.err
    [bread] = talking("memory", "proposals", "--json").lines
    refused = talking("chat", "--json", stdin=f"/refuse {bread['id']}\n/refuse x\n".encode())
    assert refused.lines[0] == {"event": "refused", "numbers": [bread["id"]]}
    assert (refused.code, refused.lines[-1]["error"]["code"]) == (2, "usage")

    assert talking("chat", stdin=b"We moved.\nI live in Porto now.").code == 0
    assert talking("memory", "consolidate").code == 0
    facts = [one for one in talking("chat", "--json", stdin=b"/memory").lines if "kind" in one]
    assert [one["text"] for one in facts] == ["The person lives in Porto."]
    past, now = talking("memory", "history", str(facts[0]["number"]), "--json").lines
    assert (past["text"], past["until"]) == ("The person lives in Lyon.", now["at"])
    corrected = talking("ask", "--agent", "default", "Where do I live?", "--explain", "--json")
    told = [one["why"] for one in corrected.lines if one.get("source") == "note"]
    assert told == ["what is known changed since the head was written"]

    receipt = talking("memory", "forget", "--containing", "Porto", "--yes", "--json").lines[0]
    assert receipt["removed"].items() >= {"messages": 1, "facts": 1, "prompts": 1}.items()
    assert receipt["remains"] == []
    assert "Porto" not in talking("memory", "show", "--last", "99").out
    store = talking.home / "data" / "store"
    assert b"Porto" not in b"".join(path.read_bytes() for path in store.rglob("*.sqlite*"))


def test_learning_stops_for_a_person_who_is_back(talking: Line, keys: Typing) -> None:
    """The lesson would take a minute; the person is answered, and it is learned the next time."""
    talking.engine = ScriptedEngine(rules=[("", "I see.")])
    said = "\n".join(["I live in Lyon.", *["And so on."] * 12])
    assert talking("chat", stdin=said.encode()).code == 0

    def lesson(_request: Request) -> str:
        keys.say("I am back.", "/quit")
        return "word " * 600

    slow = ScriptedEngine(rules=[(FACTS, lesson), ("", "Hello.")], seconds_per_token=0.1)
    talking.engine = slow
    ended = talking("chat", stdin=keys)
    assert (ended.code, ended.out) == (0, "Hello.\n")
    assert "Learned" not in ended.err
    waits = talking("memory", "consolidate", "--status", "--json").lines[0]["standing"]
    assert (waits["open"], waits["facts"]) == (1, 0)


def test_a_chat_that_shall_not_learn_does_not(talking: Line, keys: Typing) -> None:
    talking.environ = {"HOMESMITH_IDLE_SECONDS": "0"}
    talking.engine = ScriptedEngine(rules=[("", "I see.")])
    said = "\n".join(["I live in Lyon.", *["And so on."] * 12])
    assert talking("chat", stdin=said.encode()).code == 0
    keys.say("Hello.", "/quit")
    assert talking("chat", stdin=keys).out == "I see.\n"
    waits = talking("memory", "consolidate", "--status", "--json").lines[0]["standing"]
    assert (waits["open"], waits["done"], waits["waiting"]) == (0, 0, 28)
