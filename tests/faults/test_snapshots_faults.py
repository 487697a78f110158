"""Snapshots against planted repositories, kills at any moment, and files that must stay."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from homesmith.core.errors import UnknownRun, WorkspaceError
from homesmith.workspace.contents import LARGEST
from homesmith.workspace.snapshots import Snapshots

pytestmark = pytest.mark.slow

WORK = """
import sys, time
from pathlib import Path
from homesmith.workspace.snapshots import Snapshots
root = Path(sys.argv[2])
line = Snapshots(Path(sys.argv[1]), root)
print("ready", flush=True)
number = 0
while True:
    number += 1
    for name in range(5):
        (root / f"file{name}").write_text(f"{number} {name}" * 100)
    taken = line.take(str(number))
    (root / "file0").write_text("between")
    line.restore(taken.id)
"""


def line_at(tmp_path: Path) -> tuple[Snapshots, Path]:
    root = tmp_path / "app"
    root.mkdir()
    return Snapshots(tmp_path / "kept", root), root


def test_a_planted_repository_is_harmless(tmp_path: Path) -> None:
    line, root = line_at(tmp_path)
    for place in (root / ".git", root / "inner" / ".git"):
        (place / "hooks").mkdir(parents=True)
        (place / "HEAD").write_text("ref: refs/heads/main\n")
        bomb = f"touch {tmp_path}/pwned"
        (place / "config").write_text(
            f'[core]\nfsmonitor = "{bomb}"\n[filter "x"]\nclean = "{bomb}"\nsmudge = "{bomb}"\n'
            f'[diff "x"]\ntextconv = "{bomb}"\ncommand = "{bomb}"\n'
        )
        for hook in ("pre-commit", "post-checkout", "reference-transaction", "post-index-change"):
            (place / "hooks" / hook).write_text(f"#!/bin/sh\n{bomb}\n")
            (place / "hooks" / hook).chmod(0o755)
    (root / ".gitattributes").write_text("* text eol=lf filter=x diff=x ident -diff\n")
    (root / ".gitignore").write_text("*\n")
    (root / "inner" / "windows.txt").write_bytes(b"one\r\ntwo\r\n$Id$\r\n")
    taken = line.take("one")
    (root / "inner" / "windows.txt").write_bytes(b"changed\r\n")
    assert "-two\r\n" in line.diff(taken.id, None)
    line.restore(taken.id)
    assert (root / "inner" / "windows.txt").read_bytes() == b"one\r\ntwo\r\n$Id$\r\n"
    assert not (tmp_path / "pwned").exists()
    assert (root / ".git" / "config").exists()


def test_what_is_not_ours_is_never_touched(tmp_path: Path) -> None:
    line, root = line_at(tmp_path)
    (root / "app.py").write_text("one")
    taken = line.take("one")
    kept = {
        root / "big.bin": b"x" * (LARGEST + 1),
        root / "node_modules" / "thing" / "index.js": b"thing",
        root / ".venv" / "file": b"venv",
        root / "__pycache__" / "app.pyc": b"compiled",
    }
    for path, data in kept.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert line.matches(taken.id)
    (root / "app.py").write_text("two")
    (root / "new.py").write_text("new")
    line.restore(taken.id)
    assert not (root / "new.py").exists()
    assert all(path.read_bytes() == data for path, data in kept.items())


def test_a_file_that_grew_large_is_still_kept(tmp_path: Path) -> None:
    line, root = line_at(tmp_path)
    (root / "data.db").write_bytes(b"small")
    small = line.take("small")
    large_bytes = os.urandom(LARGEST + 10)
    (root / "data.db").write_bytes(large_bytes)
    line.restore(small.id)
    assert (root / "data.db").read_bytes() == b"small"
    line.restore(line.list()[1].id)
    assert (root / "data.db").read_bytes() == large_bytes


def test_a_folder_in_the_way_stops_before_anything_is_lost(tmp_path: Path) -> None:
    line, root = line_at(tmp_path)
    (root / "name").write_text("a file")
    taken = line.take("one")
    (root / "name").unlink()
    (root / "name" / "node_modules").mkdir(parents=True)
    (root / "name" / "node_modules" / "x").write_text("kept")
    with pytest.raises(WorkspaceError, match="folder"):
        line.restore(taken.id)
    assert (root / "name" / "node_modules" / "x").read_text() == "kept"
    assert line.recover() is False


def test_numbers_messages_and_unknown_ids(tmp_path: Path) -> None:
    line, root = line_at(tmp_path)
    assert line.head() is None
    (root / "a").write_text("1")
    one = line.take("first line\n\nmore — ünï")
    two = line.take("second")
    assert [item.number for item in line.list()] == [1, 2]
    assert line.list()[0].message == "first line\n\nmore — ünï"
    assert line.head() == two
    assert line.diff(one.id, two.id) == ""
    for bad in ("", "HEAD", "--help", one.id[:10], "0" * 40):
        with pytest.raises(UnknownRun):
            line.restore(bad)
    with pytest.raises(WorkspaceError):
        Snapshots(root / "inside", root)


def test_stale_lock_files_are_cleared(tmp_path: Path) -> None:
    line, root = line_at(tmp_path)
    (root / "a").write_text("1")
    line.take("one")
    for name in ("index.lock", "HEAD.lock", "config.lock", "refs/heads/snapshots.lock"):
        (tmp_path / "kept" / name).touch()
    assert line.take("two").number == 2


def test_a_broken_off_restore_is_finished(tmp_path: Path) -> None:
    line, root = line_at(tmp_path)
    (root / "a").write_text("1")
    (root / "b").write_text("1")
    one = line.take("one")
    (root / "a").write_text("2")
    (root / "b").write_text("2")
    line.take("two")
    (tmp_path / "kept" / "restoring").write_text(one.id)
    (root / "a").write_text("1")
    assert line.recover()
    assert line.matches(one.id)
    assert not line.recover()


def test_kill_at_any_moment_leaves_a_usable_line(tmp_path: Path) -> None:
    line, root = line_at(tmp_path)
    chance = random.Random(7)
    for _ in range(6):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORK, str(line.git_dir), str(root)],
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert worker.stdout is not None
        worker.stdout.readline()
        time.sleep(chance.uniform(0.05, 0.6))
        os.killpg(worker.pid, signal.SIGKILL)
        worker.communicate()
        line.recover()
        head = line.head()
        if head is not None:
            line.restore(head.id)
            assert line.matches(head.id)
        assert line.take("after").number == len(line.list())
    line._repository.call("fsck", "--strict")


def test_a_step_of_several_files_that_was_broken_off_is_finished(tmp_path: Path) -> None:
    root, stage = tmp_path / "app", tmp_path / "stage"
    root.mkdir()
    stage.mkdir()
    (root / "one.txt").write_text("old")
    (root / "mine.txt").write_text("mine")
    kept = Snapshots(git_dir=tmp_path / "kept", work_tree=root)
    kept.take("before")
    for name in ("one.txt", "two.txt", "mine.txt"):
        (stage / name).write_text("new")
    step = Snapshots(git_dir=kept.git_dir, work_tree=stage).take("a step")
    with contextlib.suppress(KeyboardInterrupt), kept.following(step.id):
        (root / "two.txt").write_text("new")
        raise KeyboardInterrupt
    (root / "mine.txt").write_text("a person was here")
    assert kept.recover()
    assert (root / "one.txt").read_text() == "new"
    assert (root / "two.txt").read_text() == "new"
    assert (root / "mine.txt").read_text() == "a person was here"
    assert not kept.recover()
