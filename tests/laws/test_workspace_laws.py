"""Files stay inside, and going back is the identity, whatever the names and bytes."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homesmith.core.errors import UnsafePath, WorkspaceBusy, WorkspaceError
from homesmith.workspace.beneath import FOLDER, walk
from homesmith.workspace.files import open_workspace
from homesmith.workspace.locks import lock
from homesmith.workspace.output import Clipped
from homesmith.workspace.snapshots import Snapshots

BAD_PATHS = (
    "", "/", "/etc/passwd", "..", "../x", "a/../../x", "a/..", ".", "./a", "a//b", "a/", "//a",
    "a\\b", "..\\x", "C:\\x", "C:x", "a\0b", "a\nb", "a\rb", "\x7f", "con", "CON", "nul.txt",
    "a/Aux.py", "com1", "lpt9.log", "COM¹", "conin$", "x" * 256, "é" * 128, "a/" + "y" * 300,
    "name.", "name ", "file:stream", "\ud800", "a/./b",
)  # fmt: skip

names = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12
).filter(lambda name: name not in {".", ".."} and len(name.encode()) < 100)
special = st.sampled_from([".gitignore", ".gitattributes", "a", "b", 'quo"te', "back\\slash"])
paths = st.lists(names | special, min_size=1, max_size=3)
entries = st.tuples(paths, st.binary(max_size=60), st.sampled_from(["file", "program", "link"]))
trees = st.lists(entries, max_size=8)

FEW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def grow(root: Path, tree: list[tuple[list[str], bytes, str]]) -> None:
    for parts, data, kind in tree:
        path = root.joinpath(*parts)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_symlink() or path.exists():
                continue
            if kind == "link":
                path.symlink_to("/nowhere/" + data.hex())
            else:
                path.write_bytes(data)
                path.chmod(0o755 if kind == "program" else 0o644)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            continue


def seen(root: Path) -> dict[str, tuple[str, bytes]]:
    found = {}
    for folder, folders, files in os.walk(root):
        for name in (*files, *(n for n in folders if Path(folder, n).is_symlink())):
            path = Path(folder, name)
            status = path.lstat()
            if stat.S_ISLNK(status.st_mode):
                value = ("link", os.fsencode(path.readlink()))
            else:
                value = ("x" if status.st_mode & stat.S_IXUSR else "-", path.read_bytes())
            found[path.relative_to(root).as_posix()] = value
    return found


@FEW
@given(first=trees, second=trees)
def test_going_back_is_the_identity_and_can_be_undone(
    first: list[tuple[list[str], bytes, str]], second: list[tuple[list[str], bytes, str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "app"
        root.mkdir()
        line = Snapshots(Path(folder) / "kept", root)
        grow(root, first)
        one, one_seen = line.take("one"), seen(root)
        shutil.rmtree(root)
        root.mkdir()
        grow(root, second)
        two_seen = seen(root)
        line.restore(one.id)
        assert seen(root) == one_seen
        assert line.matches(one.id)
        before = [item for item in line.list() if item.message == "Before going back"]
        if before:
            line.restore(before[-1].id)
            assert seen(root) == two_seen


@pytest.mark.parametrize("path", BAD_PATHS)
def test_bad_paths_are_refused_everywhere(path: str, tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path)
    for call in (workspace.read_text, workspace.read_bytes, workspace.exists, workspace.remove):
        with pytest.raises(UnsafePath):
            call(path)
    with pytest.raises(UnsafePath):
        workspace.write_text(path, "x")
    assert list(tmp_path.iterdir()) == []


@FEW
@given(path=st.text(max_size=40), text=st.text(max_size=200))
def test_a_path_is_refused_or_stays_inside(path: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "outer" / "app"
        root.mkdir(parents=True)
        workspace = open_workspace(root)
        try:
            workspace.write_text(path, text)
        except WorkspaceError:
            pass
        else:
            assert workspace.read_text(path) == text
            assert workspace.list() == (path,)
            assert workspace.size() == len(text.encode())
        assert list(root.parent.iterdir()) == [root]


@pytest.mark.parametrize("kind", ["file", "folder", "inner", "fifo", "directory"])
def test_links_and_special_files_are_refused(kind: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    root = tmp_path / "app"
    root.mkdir()
    path = "there"
    match kind:
        case "file":
            (root / "there").symlink_to(outside / "secret")
        case "inner":
            (root / "real").write_text("x")
            (root / "there").symlink_to("real")
        case "folder":
            (root / "link").symlink_to(outside)
            path = "link/secret"
        case "fifo":
            os.mkfifo(root / "there")
        case _:
            (root / "there").mkdir()
    workspace = open_workspace(root)
    calls = [workspace.read_bytes, workspace.remove, lambda name: workspace.write_text(name, "x")]
    for call in calls if kind == "directory" else [*calls, workspace.exists]:
        with pytest.raises(UnsafePath):
            call(path)
    assert (outside / "secret").read_text() == "secret"
    assert not set(workspace.list()) - {"real"}


def test_the_walk_without_openat2_refuses_links_too(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_text("inside")
    (tmp_path / "link").symlink_to("a")
    root = os.open(tmp_path, FOLDER)
    try:
        file = walk(root, ("a", "file"), os.O_RDONLY)
        assert os.read(file, 10) == b"inside"
        os.close(file)
        with pytest.raises(OSError, match=r"Not a directory|symbolic links"):
            walk(root, ("link", "file"), os.O_RDONLY)
    finally:
        os.close(root)


def test_writing_keeps_the_mode_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("old")
    (tmp_path / "tool").chmod(0o755)
    workspace = open_workspace(tmp_path)
    workspace.write_text("tool", "new")
    workspace.write_text("deep/er/file", "x")
    assert stat.S_IMODE((tmp_path / "tool").stat().st_mode) == 0o755
    assert workspace.list() == ("deep/er/file", "tool")
    workspace.remove("tool")
    assert not workspace.exists("tool")
    assert list(tmp_path.iterdir()) == [tmp_path / "deep"]


def test_one_folder_has_one_builder(tmp_path: Path) -> None:
    with lock(tmp_path, tmp_path / "state"):
        with (
            pytest.raises(WorkspaceBusy) as caught,
            lock(tmp_path / "." / "x" / "..", tmp_path / "state"),
        ):
            pass
        assert str(os.getpid()) in caught.value.why
    with lock(tmp_path, tmp_path / "state"):
        pass


@given(pieces=st.lists(st.binary(max_size=50)), limit=st.integers(0, 100))
def test_clipping_keeps_both_ends(pieces: list[bytes], limit: int) -> None:
    clipped = Clipped(limit)
    for piece in pieces:
        clipped.add(piece)
    whole = b"".join(pieces)
    if len(whole) <= limit:
        assert clipped.value() == whole
    else:
        assert clipped.value().startswith(whole[: limit // 2])
        assert clipped.value().endswith(whole[len(whole) - (limit - limit // 2) :])
        assert f"[{len(whole) - limit} bytes cut]".encode() in clipped.value()
