"""A personal context that is damaged, in the way or killed: never fatal, never lost."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from homesmith.core.errors import (
    FolderNotEmpty,
    HomesmithError,
    UsageError,
    WorkspaceBusy,
    WorkspaceError,
)
from homesmith.memory.personal.values import Entry
from homesmith.runtime.personal import Repository
from homesmith.runtime.reading import AGENTS, LARGEST_AGENTS, project_file

KILLS = int(os.environ.get("KILLS", "12"))
WRITER = (
    "import sys; from pathlib import Path; from homesmith.runtime.personal import Repository\n"
    "for n in range(1000):\n"
    "    Repository(Path(sys.argv[1])).rule(f'rule {n}')\n"
    "    print(n, flush=True)\n"
)
ENTRY = Entry(at="2026-01-01T00:00:00Z", kind="build", asked="a", outcome="works", app="a")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "context")
    made.init({("tone", ""): "dry"})
    return made


def test_what_is_no_plain_file_is_left_out_and_said(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("a key")
    notes = repository.folder / "knowledge"
    notes.mkdir()
    (notes / "link.md").symlink_to(tmp_path / "secret.md")
    os.mkfifo(notes / "pipe.md")
    (notes / "folder.md").mkdir()
    (notes / "large.md").write_text("word " * 2_100_000)
    (notes / "binary.md").write_bytes(bytes(range(256)))
    (notes / "good.md").write_text("Fine.")
    personal = repository.read()
    assert [note.file for note in personal.notes] == ["knowledge/good.md"]
    assert {trouble.file for trouble in personal.troubles} == {
        f"knowledge/{name}.md" for name in ("link", "pipe", "folder", "large", "binary")
    }
    assert all(trouble.error().remedy for trouble in personal.troubles)
    assert personal.prefers("tone", "") == "dry"


def test_a_link_in_the_place_of_a_folder_is_not_followed(
    repository: Repository, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x.md").write_text("not mine")
    (repository.folder / "knowledge").symlink_to(tmp_path / "other")
    assert repository.read().notes == ()
    with pytest.raises(HomesmithError):
        repository.note("x", "y", tags=(), when="")
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["x.md"]


@pytest.mark.parametrize("kind", ["none", "link", "pipe", "large", "binary", "empty", "folder"])
def test_a_projects_file_that_cannot_be_read_is_none(tmp_path: Path, kind: str) -> None:
    place = tmp_path / AGENTS
    if kind == "link":
        (tmp_path / "secret").write_text("a key")
        place.symlink_to(tmp_path / "secret")
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    elif kind != "none":
        content = {"large": b"a" * (LARGEST_AGENTS + 1), "binary": b"a\0b", "empty": b" \n"}
        place.write_bytes(content[kind])
    assert project_file(tmp_path) is None
    assert project_file(tmp_path / "nowhere") is None


def test_a_broken_day_is_not_written_over(repository: Repository) -> None:
    repository.remember(ENTRY)
    (day,) = (repository.folder / "history").iterdir()
    day.write_text("{")
    with pytest.raises(HomesmithError, match="history/"):
        repository.remember(ENTRY)
    assert day.read_text() == "{"
    assert len(repository.read().history) == 1


def test_a_damaged_history_of_versions_stops_no_reading(repository: Repository) -> None:
    (repository.folder / ".git" / "HEAD").write_text("rubbish")
    (repository.folder / "projects.json").write_text("{")
    personal = repository.read()
    assert personal.prefers("tone", "") == "dry"
    assert [trouble.instead for trouble in personal.troubles] == ["left out"]
    with pytest.raises(WorkspaceError):
        repository.rule("Be kind.")


def test_no_branch_and_a_borrowed_git_are_said(repository: Repository, tmp_path: Path) -> None:
    git = ["git", "-C", str(repository.folder)]
    subprocess.run([*git, "checkout", "-q", "--detach"], check=True)
    with pytest.raises(WorkspaceError) as caught:
        repository.rule("Be kind.")
    assert "switch main" in caught.value.remedy
    subprocess.run([*git, "switch", "-q", "main"], check=True)
    assert repository.rule("Be kind.") is not None
    other = Repository(tmp_path / "borrowed")
    other.folder.mkdir()
    (other.folder / ".git").write_text("gitdir: ../context/.git\n")
    with pytest.raises(WorkspaceError, match="another git repository"):
        other.init({})


def test_a_clone_of_ones_own_goes_on_from_its_branch(
    repository: Repository, tmp_path: Path
) -> None:
    clone = Repository(tmp_path / "clone")
    words = ["git", "clone", "-q", str(repository.folder), str(clone.folder)]
    subprocess.run(words, check=True)
    assert clone.read().prefers("tone", "") == "dry"
    clone.rule("Be kind.")
    assert [step.message for step in clone.versions.log()] == [
        "The beginning",
        "Begun",
        "Add: Be kind.",
    ]
    clone.versions.undo()
    assert (clone.folder / "preferences.json").read_bytes() == (
        repository.folder / "preferences.json"
    ).read_bytes()


def plain_git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=p", "-c", "user.email=p@localhost")
    told = subprocess.run(["git", "-C", str(folder), *who, *words], capture_output=True, check=True)
    return told.stdout.decode()


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("preferences", ["", '{"tone": "dry"}', "{"])
def test_a_git_repository_of_other_things_is_not_touched(tmp_path: Path, preferences: str) -> None:
    folder = tmp_path / "dotfiles"
    folder.mkdir()
    plain_git(folder, "init", "-q")
    (folder / ".gitignore").write_text("secret\n")
    (folder / "bashrc").write_text("alias l=ls\n")
    if preferences:
        (folder / "preferences.json").write_text(preferences)
    plain_git(folder, "add", ".")
    plain_git(folder, "commit", "-qm", "Mine")
    (folder / "secret").write_text("a key")
    (folder / "vimrc").write_text("set nu\n")
    plain_git(folder, "add", "vimrc")
    before = everything_in(folder)
    repository = Repository(folder)
    assert repository.read().prefers("tone", "") == ("dry" if "dry" in preferences else None)
    for refused in (
        lambda: repository.rule("Be kind."),
        lambda: repository.undo(None),
        repository.log,
    ):
        with pytest.raises(FolderNotEmpty, match="holds other things"):
            refused()
    with contextlib.suppress(UsageError):
        repository.remember(ENTRY)
    assert everything_in(folder) == before


def test_other_things_put_in_later_are_kept_and_a_clone_goes_on(
    repository: Repository, tmp_path: Path
) -> None:
    (repository.folder / "poems.txt").write_text("Tea.\n")
    assert repository.rule("Be kind.") is not None
    assert plain_git(repository.folder, "ls-files", "poems.txt") == "poems.txt\n"
    clone = Repository(tmp_path / "clone")
    plain_git(tmp_path, "clone", "-q", str(repository.folder), str(clone.folder))
    assert len(clone.log()) == len(repository.log())
    assert clone.rule("Be brief.") is not None
    clone.undo(None)
    assert (clone.folder / "poems.txt").read_text() == "Tea.\n"


def test_a_commit_that_the_person_is_writing_is_not_broken(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("homesmith.workspace.git.PATIENCE", 0.2)
    editor, opened, done = (tmp_path / name for name in ("editor", "opened", "done"))
    editor.write_text(
        f'#!/bin/sh\necho Mine > "$1"\ntouch {opened}\nwhile [ ! -e {done} ]; do sleep 0.05; done\n'
    )
    editor.chmod(0o755)
    (repository.folder / "preferences.json").write_text('{"tone": "merry"}')
    who = ("-c", "user.name=p", "-c", "user.email=p@localhost")
    words = ["git", "-C", str(repository.folder), *who, "commit", "-qa"]
    with subprocess.Popen(words, env=os.environ | {"GIT_EDITOR": str(editor)}) as writing:
        while not opened.exists():
            assert writing.poll() is None
            time.sleep(0.05)
        with pytest.raises(WorkspaceBusy, match="git is at work"):
            repository.rule("Be kind.")
        done.touch()
        assert writing.wait() == 0
    assert repository.rule("Be kind.") is not None
    assert [step.message.strip() for step in repository.log()][-2:] == ["Mine", "Add: Be kind."]


def test_locks_of_a_killed_writer_are_cleared_and_no_others(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("homesmith.workspace.git.PATIENCE", 0.2)
    git = repository.folder / ".git"
    locks = [git / name for name in ("index.lock", "refs/heads/main.lock")]
    for lock in locks:
        lock.touch()
    before = (repository.folder / "preferences.json").read_bytes()
    with pytest.raises(WorkspaceBusy) as caught:
        repository.rule("Be kind.")
    assert str(git) in caught.value.remedy
    assert (repository.folder / "preferences.json").read_bytes() == before
    for lock in locks:
        lock.unlink()
    (git / "writing").write_text("1")
    for lock in locks:
        lock.touch()
    assert repository.rule("Be kind.") is not None
    assert not any(lock.exists() for lock in locks)


def test_a_commit_made_at_the_same_moment_is_not_dropped(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, programs = shutil.which("git"), tmp_path / "bin"
    programs.mkdir()
    (programs / "git").write_text(
        "#!/bin/sh\n"
        f'case " $* " in *" fast-import "*) if [ ! -e {tmp_path}/once ]; then\n'
        f"touch {tmp_path}/once\n"
        f"{real} -c user.name=p -c user.email=p@localhost commit -q --allow-empty -m Mine\n"
        f'fi;; esac\nexec {real} "$@"\n'
    )
    (programs / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    assert repository.rule("Be kind.") is not None
    assert [step.message.strip() for step in repository.log()][-2:] == ["Mine", "Add: Be kind."]


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_torn_and_nothing_acknowledged_is_lost(
    tmp_path: Path,
) -> None:
    moments = random.Random(7)
    for number in range(KILLS):
        folder = tmp_path / f"context-{number}"
        words = [sys.executable, "-c", WRITER, str(folder)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as writer:
            time.sleep(0.3 + moments.random() * 0.7)
            writer.send_signal(signal.SIGKILL)
            told = writer.communicate()[0].split()
        repository = Repository(folder)
        acknowledged = int(told[-1]) + 1 if told else 0
        rules = []
        if (folder / "preferences.json").exists():
            rules = json.loads((folder / "preferences.json").read_text())["rules"]
        assert len(rules) in (acknowledged, acknowledged + 1)
        repository.rule("after")
        assert repository.read().troubles == ()
        assert repository.versions.log()[-1].message == "Add: after"
        repository.versions.undo()
        if rules:
            assert json.loads((folder / "preferences.json").read_text())["rules"] == rules
