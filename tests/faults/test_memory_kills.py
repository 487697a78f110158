"""Memory under kill -9 and two writers: what was acknowledged stays, whole."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from homesmith.context.estimate import estimate
from homesmith.core.memories import Block
from homesmith.engines.echo import EchoEngine
from homesmith.memory.agent import Agent
from homesmith.settings import load
from homesmith.store.backups import problem_of
from homesmith.store.database import FILE, open_store
from homesmith.studio.house import House

KILLS = int(os.environ.get("KILLS", "6"))
WRITER = """
import sys
from pathlib import Path
from homesmith.context.estimate import estimate
from homesmith.memory.agent import Agent
from homesmith.store.database import open_store
folder, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with open_store(folder) as store:
    agent = Agent(store, "ada", count=estimate)
    print("ready", flush=True)
    for number in range(count):
        agent.remember(f"{name} {number} asks " + "cats " * 300, f"{name} {number} answers")
        agent.edit("log", lambda value: f"{value}{name} {number}\\n")
        print(number, flush=True)
"""


def writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", WRITER, str(folder), name, str(count)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def begin(folder: Path) -> None:
    with open_store(folder) as store:
        ada = Agent(store, "ada", count=estimate)
        ada.create_block(Block(label="log", limit=1_000_000))


def test_no_acknowledged_turn_is_lost_by_kill_9_and_none_is_torn(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    begin(folder)
    chance = random.Random(3)
    acknowledged = 0
    for attempt in range(KILLS):
        name = f"writer{attempt}"
        with writer(folder, name, 10_000) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(0.05 + chance.random() * 0.3)
            child.kill()
            said = child.stdout.read()
        done = len(re.findall(r"^\d+\n", said, re.MULTILINE))
        acknowledged += done
        with open_store(folder) as store:
            ada = Agent(store, "ada", count=estimate)
            mine = [one for one in ada.messages(100_000) if one.text.startswith(f"{name} ")]
            asked = [one.text.split()[1] for one in mine if one.speaker == "user"]
            answered = [one.text.split()[1] for one in mine if one.speaker == "assistant"]
            assert asked == answered == [str(number) for number in range(len(asked))]
            assert done <= len(asked) <= done + 1
            logged = ada.block("log").value.count(f"{name} ")
            assert done <= logged <= len(asked)
            if done:
                found = ada.recall(f"{name} {done - 1} answers", 20).found
                assert any(one.piece.text == f"{name} {done - 1} answers" for one in found)
    assert acknowledged > 0
    assert problem_of(folder / FILE) == ""


def test_two_processes_write_one_memory_and_no_edit_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    begin(folder)
    with writer(folder, "one", 25) as one, writer(folder, "two", 25) as two:
        said = [child.communicate(timeout=120) for child in (one, two)]
    assert [child.returncode for child in (one, two)] == [0, 0], said
    with open_store(folder) as store:
        ada = Agent(store, "ada", count=estimate)
        assert len(ada.messages(1000)) == 100
        lines = ada.block("log").value.splitlines()
        assert sorted(lines) == sorted(
            f"{name} {at}" for name in ("one", "two") for at in range(25)
        )
        assert [edit.number for edit in ada.history("log")] == list(range(1, 51))


@pytest.mark.slow
def test_a_kill_while_forgetting_forgets_all_or_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    forget = (
        "import sys; from pathlib import Path\n"
        "from homesmith.context.estimate import estimate\n"
        "from homesmith.memory.agent import Agent\n"
        "from homesmith.store.database import open_store\n"
        "with open_store(Path(sys.argv[1])) as store:\n"
        "    agent = Agent(store, 'ada', count=estimate)\n"
        "    print('ready', flush=True)\n"
        "    agent.forget_words('secret')\n"
        "    print('done', flush=True)\n"
    )
    chance = random.Random(5)
    for _ in range(5):
        with open_store(folder) as store:
            ada = Agent(store, "ada", count=estimate)
            before = len(ada.messages(100_000))
            for number in range(60):
                ada.remember(f"a secret {number}", "kept")
        argv = [sys.executable, "-c", forget, str(folder)]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(chance.random() * 0.1)
            child.kill()
            done = child.stdout.read() == "done\n"
        with open_store(folder) as store:
            ada = Agent(store, "ada", count=estimate)
            left = [one for one in ada.messages(100_000) if "secret" in one.text]
            found = ada.recall("secret", 100, tokens=100_000).found
            words = {one.piece.memory.id for one in found}
            assert {one.id for one in left} <= words | {one.id for one in left[:-100]}
            assert len(left) in ((0,) if done else (0, 60))
            ada.forget_words("secret")
            assert len(ada.messages(100_000)) == before + 60
    assert problem_of(folder / FILE) == ""


DYING = (
    "import os, sys; from pathlib import Path\n"
    "from homesmith.context.estimate import estimate\n"
    "from homesmith.memory.agent import Agent\n"
    "from homesmith.store.database import open_store\n"
    "with open_store(Path(sys.argv[1])) as store:\n"
    "    agent = Agent(store, 'ada', count=estimate, let_go=lambda _: os._exit(9))\n"
    "    agent.forget_words('xylophone')\n"
)
"""Its rows are gone when it dies; words, log, backups and what engines keep are still there."""


def house_of(home: Path) -> House:
    return House(settings=load({}, {"HOMESMITH_HOME": str(home)}), engine=lambda _: EchoEngine())


async def opened(house: House) -> None:
    async with house.closing:
        assert house.store.memories.agent("ada") == 1


def begin_to_forget(home: Path) -> Path:
    """The folder of a store with a backup, in which a forgetting died after its rows went."""
    folder = house_of(home).settings.places.store
    with open_store(folder) as store:
        Agent(store, "ada", count=estimate).remember("The xylophone is in the attic.", "I see.")
    open_store(folder).close()  # makes the day's backup
    assert holding(folder)
    argv = [sys.executable, "-c", DYING, str(folder)]
    assert subprocess.run(argv, check=False, timeout=60).returncode == 9
    assert holding(folder), "the text is still in files"
    return folder


def holding(folder: Path) -> list[str]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file.name for file in files if b"xylophon" in file.read_bytes().lower()]


async def test_a_forgetting_that_was_killed_is_completed_when_the_store_is_opened(
    tmp_path: Path,
) -> None:
    folder = begin_to_forget(tmp_path)
    house = house_of(tmp_path)
    house.read.mkdir(parents=True)
    (house.read / "conversation-1.kv").write_bytes(b"the xylophone")
    await opened(house)
    assert (holding(folder), list(house.read.iterdir())) == ([], [])
    [backup] = (folder / "backups").iterdir()
    await opened(house_of(tmp_path))
    assert list((folder / "backups").iterdir()) == [backup], "it is done once"


def test_a_forgetting_that_was_killed_is_completed_by_the_next_one(tmp_path: Path) -> None:
    folder = begin_to_forget(tmp_path)
    gone: list[str] = []

    def let_go(conversation: str) -> int:
        gone.append(conversation)
        return 1

    with open_store(folder) as store:
        ada = Agent(store, "ada", count=estimate, let_go=let_go)
        receipt = ada.forget_words("xylophone")
    assert dict(receipt.removed) == {"files of the KV cache": 1, "backups": 1}
    assert (receipt.remains, gone, holding(folder)) == ((), [""], [])


async def test_backups_that_cannot_be_renewed_are_told_and_removed_later(tmp_path: Path) -> None:
    folder = begin_to_forget(tmp_path)
    (folder / "backups" / "unfinished").mkdir()
    with open_store(folder) as store:
        receipt = Agent(store, "ada", count=estimate).forget([1])
    assert receipt.remains == ("1 backup: there is no room to write a new one",)
    (folder / "backups" / "unfinished").rmdir()
    await opened(house_of(tmp_path))
    assert holding(folder) == []
