"""What a person does with what is remembered of them."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from homesmith.context.estimate import estimate
from homesmith.engines.scripted import ScriptedEngine
from homesmith.memory.agent import Agent
from homesmith.store.database import open_store
from homesmith.studio import Studio

if TYPE_CHECKING:
    from tests.journeys.conftest import Line


def test_add_search_show_and_forget(line: Line) -> None:
    assert "memory add" in line("memory", "list").err
    kept = line("memory", "add", "My cat is called Tom.", "--tag", "pets", "--json")
    assert (kept.code, kept.lines[0]["number"]) == (0, 1)
    assert line("memory", "add", "-", stdin=b"The bins go out on Friday.").code == 0
    [agent] = line("memory", "list", "--json").lines
    assert (agent["name"], agent["passages"]) == ("default", 2)
    found = line("memory", "search", "what is my cat called?", "--json").lines
    assert (found[0]["text"], found[0]["number"]) == ("My cat is called Tom.", 1)
    assert found[0]["why"]
    shown = line("memory", "search", "what is my cat called?")
    assert "worth 1.00" in shown.out
    assert "words only: " in shown.err
    assert line("memory", "show", "2").out == "The bins go out on Friday.\n"
    refused = line("memory", "forget", "1", "--json")
    assert (refused.code, refused.lines[-1]["error"]["code"]) == (5, "not_allowed")
    asked = line("memory", "forget", "1", stdin=b"\n", watched=True)
    assert (asked.code, "[y/N]" in asked.err) == (5, True), "Enter alone is no yes"
    assert line("memory", "forget", "1", stdin=b"no\n", watched=True).code == 5
    receipt = line("memory", "forget", "1", "--yes", "--json").lines[0]
    assert receipt["removed"]["passages"] == 1
    assert receipt["remains"] == []
    gone = line("memory", "show", "1")
    assert (gone.code, "There is no memory 1" in gone.err) == (2, True)


def test_each_change_of_a_block_names_what_takes_it_back(line: Line) -> None:
    assert line("memory", "add", "Tea.", "--agent", "bob").code == 0
    made = line("memory", "edit", "me", "--description", "Who I am").err
    assert "Undo this: homesmith memory forget --block me --agent default" in made
    assert "No edit of me is kept" in line("memory", "history", "me").err
    shared = line("memory", "edit", "me", "--share", "bob", "--limit", "50", "--read-only").err
    undone = [one.partition("Undo this: ")[2] for one in shared.splitlines() if "Undo" in one]
    assert undone == [
        "homesmith memory edit me --limit 2000 --agent default",
        "homesmith memory edit me --writable --agent default",
        "homesmith memory forget --block me --agent bob",
    ]
    for command in undone:
        assert line(*command.split()[1:], *(["--yes"] if "forget" in command else [])).code == 0
    [block] = line("memory", "show", "me", "--json").lines
    assert (block["limit"], block["read_only"], block["shared_by"]) == (2000, False, ["default"])
    wrong = line("memory", "confirm", "7", "--agent", "bob").err
    assert "homesmith memory proposals --agent bob" in wrong


def test_each_hint_names_the_agent_and_can_be_pasted(line: Line, tmp_path: Path) -> None:
    name, of = "Ada B/..", "--agent 'Ada B/..'"
    kept = line("memory", "add", "Tea.", "--agent", name)
    assert f"undo: homesmith memory forget 1 {of}" in kept.err
    file = tmp_path / "two words.jsonl"
    hints = {
        ("edit", "my self"): f"homesmith memory edit 'my self' {of} --value \"TEXT\"",
        ("edit", "me", "--value", "x", "--append", "y"): f"memory edit me {of} --append LINE",
        ("edit", "me", "--value", "x" * 9, "--limit", "5"): f"memory edit me --limit 9 {of}",
        ("show", "my self"): f"homesmith memory edit 'my self' --value TEXT {of}",
        ("show", "99"): f"homesmith memory search WORDS {of}",
        ("forget",): f"homesmith memory search WORDS {of}",
        ("confirm",): f"homesmith memory proposals {of}",
        ("confirm", "9"): f"homesmith memory proposals {of}",
        ("history", "99"): f"homesmith memory show {of}",
        ("index",): f"homesmith memory index --fetch {of}",
        ("add", "-"): f'homesmith memory add "I prefer tabs" {of}',
        ("export", str(file)): f"back: homesmith memory import '{file}'",
    }
    for words, hint in hints.items():
        assert hint in line("memory", *words, "--agent", name, stdin=b"").err, words
    made = line("memory", "import", str(file), "--as", "Bad Name/..")
    undo = "homesmith memory forget --everything --agent 'Bad Name/..'"
    assert f"Undo this: {undo}\n" in made.err
    assert "0 blocks and 1 memory\n" in made.err


@pytest.mark.parametrize("made", [(), ("edit", "me", "--value", "Old.", "--agent", "ada")])
def test_an_edit_that_cannot_be_shared_changes_nothing(line: Line, made: tuple[str, ...]) -> None:
    assert line("memory", "edit", "me", "--value", "Bob's own.", "--agent", "bob").code == 0
    if made:
        line("memory", *made)
    before = [(one["name"], one["blocks"]) for one in line("memory", "list", "--json").lines]
    change = ("memory", "edit", "me", "--value", "New.", "--agent", "ada", "--share")
    nobody = line(*change, "nobody")
    assert (nobody.code, "There is no agent 'nobody'" in nobody.err) == (2, True)
    taken = line(*change, "bob")
    assert (taken.code, "me" in taken.err) == (2, True)
    itself = line(*change, "ada")
    assert (itself.code, "ada cannot share 'me' with itself" in itself.err) == (2, True)
    after = [(one["name"], one["blocks"]) for one in line("memory", "list", "--json").lines]
    assert after == before
    assert line("memory", "show", "me", "--agent", "ada").out == ("Old.\n" if made else "")


def test_a_block_is_edited_looked_back_on_and_undone(line: Line) -> None:
    assert line("memory", "edit", "human", "--value", "Likes tea.").code == 0
    edited = line("memory", "edit", "human", "--append", "Has a cat.", "--description", "Who I am")
    assert "Undo this: homesmith memory undo human" in edited.err
    assert line("memory", "show", "human").out == "Likes tea.\nHas a cat.\n"
    assert "Who I am" in line("memory", "show").out
    assert [row["after"] for row in line("memory", "history", "human", "--json").lines] == [
        "Likes tea.",
        "Likes tea.\nHas a cat.",
    ]
    undone = line("memory", "undo", "human")
    assert line("memory", "show", "human").out == "Likes tea.\n"
    back = undone.err.partition("Undo this: homesmith ")[2].split()
    assert line(*back).code == 0
    assert line("memory", "show", "human").out == "Likes tea.\nHas a cat.\n"
    assert "Undo this" not in line("memory", "undo", "human", "2").err, "it stands there already"
    assert line("memory", "undo", "human", "1").code == 0
    assert line("memory", "undo", "human", "2").code == 0
    assert line("memory", "show", "human").out == "Likes tea.\nHas a cat.\n"
    assert line("memory", "edit", "human", "--read-only").code == 0
    refused = line("memory", "edit", "human", "--append", "x")
    assert (refused.code, "--writable" in refused.err) == (5, True)
    assert line("memory", "edit", "human", "--writable", "--append", "x").code == 0
    assert line("memory", "edit", "human", "--limit", "3").code == 2
    assert line("memory", "edit", "human").code == 2
    assert line("memory", "history", "persona").code == 2
    assert line("memory", "forget", "--block", "human", "--yes").code == 0
    assert line("memory", "show", "human").code == 2


def test_an_edit_that_is_refused_changes_nothing(line: Line) -> None:
    line("memory", "edit", "human", "--value", "Ann", "--limit", "10", "--read-only")
    long = ("--value", "far more than ten letters", "--description", "Who I am")
    assert line("memory", "edit", "human", "--writable", *long).code == 2
    assert line("memory", "edit", "new", "--limit", "10", *long).code == 2
    [block] = line("memory", "show", "human", "--json").lines
    assert (block["value"], block["read_only"], block["description"]) == ("Ann", True, "")
    assert line("memory", "show", "new").code == 2
    assert line("memory", "edit", "human", "--writable", "--limit", "30", *long).code == 0


def test_an_export_that_fails_leaves_nothing_behind(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line("memory", "add", "The bins go out on Friday.")
    full = tmp_path / "full"
    full.mkdir()

    def refused(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("homesmith.doors.cli.memory_moves.os.replace", refused)
    ended = line("memory", "export", str(full / "ada.jsonl"))
    assert (ended.code, "No space left on device" in ended.err) == (1, True)
    assert list(full.iterdir()) == []


def test_an_agent_moves_house(line: Line, tmp_path: Path) -> None:
    line("memory", "add", "The bins go out on Friday.", "--agent", "ada")
    line("memory", "edit", "human", "--value", "Ann", "--agent", "ada")
    file = tmp_path / "ada.jsonl"
    assert line("memory", "export", str(file), "--agent", "ada").code == 0
    assert line("memory", "export", str(file), "--agent", "ada").code == 2
    assert file.read_text() == line("memory", "export", "--agent", "ada").out
    assert line("memory", "import", str(file)).code == 2
    made = line("memory", "import", str(file), "--as", "bob", "--json").lines[0]
    assert (made["agent"], made["blocks"], made["memories"]) == ("bob", 1, 1)
    assert line("memory", "show", "human", "--agent", "bob").out == "Ann\n"
    piped = line("memory", "import", "-", "--as", "eve", stdin=file.read_bytes())
    assert piped.code == 0
    file.write_bytes(b"\xff\n")
    assert line("memory", "import", str(file), "--as", "x").code == 2
    assert line("memory", "import", str(tmp_path / "none"), "--as", "x").code == 2
    names = [agent["name"] for agent in line("memory", "list", "--json").lines]
    assert names == ["ada", "bob", "eve"]
    assert line("memory", "forget", "--everything", "--agent", "eve", "--yes").code == 0
    assert line("memory", "show", "--agent", "eve").code == 2


def test_a_cut_export_is_refused(line: Line, tmp_path: Path) -> None:
    line("memory", "add", "The bins go out on Friday.", "--agent", "ada")
    line("memory", "edit", "human", "--value", "Ann", "--agent", "ada")
    lines = line("memory", "export", "--agent", "ada").out.splitlines(keepends=True)
    cut = tmp_path / "cut.jsonl"
    cut.write_text("".join(lines[:2]))
    ended = line("memory", "import", str(cut), "--as", "cut")
    assert (ended.code, "Lines of the exported memory are missing" in ended.err) == (2, True)
    assert [one["name"] for one in line("memory", "list", "--json").lines] == ["ada"]


def test_what_nothing_contains_is_told_and_nothing_is_touched(line: Line) -> None:
    line("memory", "add", "The bins go out on Friday.")
    line("memory", "list")  # makes today's backup
    backups = line.home / "data" / "store" / "backups"
    before = sorted(backups.iterdir())
    none = line("memory", "forget", "--containing", "nosuchtext", "--yes")
    assert (none.code, none.out) == (0, "")
    assert "Nothing contains 'nosuchtext'; nothing was touched" in none.err
    again = line("memory", "forget", "--containing", "nosuchtext", "--yes", "--json").lines[0]
    assert (again["removed"], again["remains"]) == ({}, [])
    assert sorted(backups.iterdir()) == before
    gone = line("memory", "forget", "--containing", "Friday", "--yes").out.splitlines()
    assert gone == ["     1  piece in the index", "     1  passage", "     1  backup"]


def test_names_are_checked_where_an_agent_is_made(ready: Line, tmp_path: Path) -> None:
    for name in ("", " ", "a\nb", "x" * 61):
        for command in (
            ("ask", "--agent", name, "Hi"),
            ("chat", "--agent", name),
            ("memory", "add", "Tea.", "--agent", name),
        ):
            ended = ready(*command, stdin=b"Hi\n")
            assert (ended.code, ended.out, "cannot be a name" in ended.err) == (2, "", True)
    file = tmp_path / "ada.jsonl"
    assert ready("ask", "--agent", "Zo\u00eb B", "Hi").code == 0
    assert ready("memory", "export", str(file), "--agent", "Zo\u00eb B").code == 0
    assert ready("memory", "import", str(file), "--as", "a\nb").code == 2
    assert [one["name"] for one in ready("memory", "list", "--json").lines] == ["Zo\u00eb B"]


def test_to_look_in_a_chat_makes_no_agent(ready: Line) -> None:
    looked = ready("chat", "--agent", "nobody", stdin=b"/history\n/memory\n/memory tea\n/undo\n")
    assert looked.code == 0, looked.err
    assert ready("memory", "list", "--json").lines == []
    assert ready("chat", "--agent", "nobody", stdin=b"Hi\n/memory human: Ann\n").code == 0
    [agent] = ready("memory", "list", "--json").lines
    assert (agent["name"], agent["messages"], agent["blocks"]) == ("nobody", 2, 1)


def test_without_the_embedding_model_it_says_what_to_do(line: Line) -> None:
    line("memory", "add", "tea")
    ended = line("memory", "index")
    assert (ended.code, "hint: homesmith memory index --fetch" in ended.err) == (3, True)


def test_the_embedding_model_can_be_fetched_before_the_first_conversation(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[Studio] = []

    async def fetch(studio: Studio) -> None:
        fetched.append(studio)

    monkeypatch.setattr(Studio, "fetch_embedder", fetch)
    ended = line("memory", "index", "--fetch")
    assert (ended.code, len(fetched)) == (0, 1), ended.err
    assert "0 pieces read, 0 left" in ended.err
    assert line("memory", "index", "--fetch", "--agent", "nobody").code == 2


def test_what_was_said_is_learned_shown_confirmed_and_forgotten(line: Line) -> None:
    folder = line.home / "data" / "store"
    with open_store(folder) as store:
        ada = Agent(store, "ada", count=estimate)
        ada.record([("user", "I live in Lyon."), ("assistant", "Lyon has good bread.")])
        ada.record([("user", "I live in Porto now."), ("assistant", "Oh!")], session="later")
    waits = line("memory", "consolidate", "--status", "--agent", "ada", "--json").lines[0]
    assert waits["standing"]["waiting"] == 4
    told = [
        {"text": "The person lives in Lyon.", "from": [1], "replaces": 0},
        {"text": "Lyon has good bread.", "from": [2], "replaces": 0},
    ]
    moved = [{"text": "The person lives in Porto.", "from": [1], "replaces": 1}]
    line.engine = ScriptedEngine([json.dumps({"facts": told}), json.dumps({"facts": moved})])
    assert line("context", "init", "--yes").code == 0
    done = line("memory", "consolidate", "--agent", "ada")
    assert done.code == 0
    assert "1 fact (1 no longer true), 0 summaries, 1 proposal waiting\n" in done.out
    assert "0 messages waiting, 0 stretches open, 2 done\n" in done.out
    assert "     1  fact replaced\n" in done.out
    assert "stretch 1: 1 fact, 1 proposal\n" in done.err
    assert "stretch 2: no summary\n" in done.err
    assert "nothing is left to do; 2 answers of the model" in done.err
    message = line("memory", "history", "1", "--agent", "ada")
    assert (message.code, "1 is a message, and no fact" in message.err) == (2, True)
    assert "hint: homesmith memory show 1 --agent ada\n" in message.err
    assert "learning" in line("context", "log", "--json").out.lower()
    assert "The person lives in Porto." in line("memory", "show", "--agent", "ada").out
    [fact] = [
        one
        for one in line("memory", "show", "--agent", "ada", "--json").lines
        if one.get("kind") == "fact"
    ]
    number = str(fact["number"])
    assert "rests on 3, user" in line("memory", "show", number, "--agent", "ada").err
    past, now = line("memory", "history", number, "--agent", "ada", "--json").lines
    assert (past["text"], past["until"]) == ("The person lives in Lyon.", now["at"])
    assert "until" in line("memory", "history", number, "--agent", "ada").out.lower()
    [proposal] = line("memory", "proposals", "--agent", "ada", "--json").lines
    assert (proposal["origin"], proposal["text"]) == ("assistant", "Lyon has good bread.")
    assert "assistant" in line("memory", "proposals", "--agent", "ada").out
    assert line("memory", "confirm", "--agent", "ada").code == 2
    assert line("memory", "confirm", "99", "--agent", "ada").code == 2
    confirmed = line("memory", "confirm", str(proposal["id"]), "--agent", "ada")
    assert "1 confirmed, kept as " in confirmed.err
    undo = confirmed.err.partition("undo: homesmith ")[2].split()
    shown = line("memory", "show", undo[2], "--agent", "ada", "--json").lines[0]
    assert (shown["kind"], shown["text"]) == ("fact", proposal["text"])
    assert undo == ["memory", "forget", str(shown["number"]), "--agent", "ada"]
    assert line(*undo, "--yes").code == 0
    assert line("memory", "history", undo[2], "--agent", "ada").code == 2
    assert "Nothing waits" in line("memory", "proposals", "--agent", "ada").err
    assert line("memory", "refuse", "--all", "--agent", "ada", "--json").lines[0]["refused"] == 0
    found = line("memory", "search", "where do I live?", "--agent", "ada", "--json").lines
    assert found[0]["text"] in ("The person lives in Porto.", "I live in Porto now.")
    assert any("no longer true" in one["why"] for one in found)
    receipt = line("memory", "forget", "1", "--yes", "--agent", "ada", "--json").lines[0]
    assert receipt["removed"]["facts"] == 1
    assert line("memory", "history", "3", "--agent", "ada").code == 2


def test_consolidation_says_what_is_missing(line: Line) -> None:
    assert line("memory", "consolidate", "--agent", "nobody").code == 2
    line("memory", "add", "tea")
    line.engine = ScriptedEngine([])
    ended = line("memory", "consolidate", "--minutes", "0")
    assert (ended.code, "nothing is left to do" in ended.err) == (0, True)
