"""What a person does with what is remembered of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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
    assert line("memory", "forget", "1", stdin=b"no\n", watched=True).code == 5
    receipt = line("memory", "forget", "1", "--yes", "--json").lines[0]
    assert receipt["removed"]["passages"] == 1
    assert receipt["remains"] == []
    gone = line("memory", "show", "1")
    assert (gone.code, "There is no memory 1" in gone.err) == (2, True)


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
    assert line("memory", "undo", "human").code == 0
    assert line("memory", "show", "human").out == "Likes tea.\n"
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


def test_without_the_embedding_model_it_says_what_to_do(line: Line) -> None:
    line("memory", "add", "tea")
    ended = line("memory", "index")
    assert (ended.code, "hint: homesmith memory index --fetch" in ended.err) == (3, True)
