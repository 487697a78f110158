"""What the store promises about runs: ids, states, lists, and who works on one."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from homesmith.core.errors import StoreError, UnknownRun, WorkspaceBusy
from homesmith.core.runs import (
    Finished,
    Resumed,
    RunEvent,
    RunFailed,
    RunId,
    RunStarted,
    RunState,
    Warned,
)
from homesmith.store.database import FILE, Store, open_store

HOLDER = """
import sys, time
from pathlib import Path
from homesmith.core.runs import RunId
from homesmith.store.database import open_store
with open_store(Path(sys.argv[1])) as store, store.runs.hold(RunId(sys.argv[2])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store") as opened:
        yield opened


def begin(store: Store, root: str = "/app") -> RunId:
    return store.runs.create(RunStarted(kind="build", prompt="a clock", root=root, model="m"))


def test_ids_are_short_sortable_and_distinct(store: Store) -> None:
    ids = [begin(store) for _ in range(50)]
    assert {len(run) for run in ids} == {12}
    assert len(set(ids)) == 50
    assert ids[0][:8] <= ids[-1][:8]


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (Finished(passed=False, root="/app"), "finished"),
        (RunFailed(code="cancelled", message=""), "stopped"),
        (RunFailed(code="budget_spent", message=""), "stopped"),
        (RunFailed(code="engine_crashed", message=""), "failed"),
        (Warned(message="late"), "interrupted"),
    ],
)
def test_the_state_is_read_from_the_end_of_the_log(
    store: Store, end: RunEvent, state: RunState
) -> None:
    run = begin(store)
    store.runs.append(run, end)
    assert store.runs.summary(run).state == state
    if state != "interrupted":
        with pytest.raises(StoreError, match="is over"):
            store.runs.append(run, Warned(message="too late"))
        store.runs.append(run, Resumed(reason="again"))
        assert store.runs.summary(run).state == "interrupted"


def test_a_held_run_is_running_until_it_is_let_go(store: Store) -> None:
    run = begin(store)
    with store.runs.hold(run):
        assert store.runs.summary(run).state == "running"
        with pytest.raises(WorkspaceBusy), store.runs.hold(run):
            pass
        assert store.runs.summary(run).state == "running"
    assert store.runs.summary(run).state == "interrupted"
    with store.runs.hold(run):
        pass
    assert list((store.folder / "locks").iterdir()) == []


def test_a_killed_holder_leaves_an_interrupted_run_that_can_be_held(store: Store) -> None:
    run = begin(store)
    argv = [sys.executable, "-c", HOLDER, str(store.folder), run]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        assert store.runs.summary(run).state == "running"
        child.kill()
    assert store.runs.summary(run).state == "interrupted"
    with store.runs.hold(run):
        assert store.runs.summary(run).state == "running"


def test_lists_are_newest_first_and_can_be_of_one_app(store: Store) -> None:
    roots = ["/a", "/b", "/a", "/ä\udcff"]
    ids = [begin(store, root) for root in roots]
    assert [summary.id for summary in store.runs.summaries()] == ids[::-1]
    assert [summary.id for summary in store.runs.summaries(limit=2)] == ids[:-3:-1]
    assert [summary.id for summary in store.runs.summaries(root="/a")] == [ids[2], ids[0]]
    assert [summary.root for summary in store.runs.summaries(root="/ä\udcff")] == ["/ä\udcff"]
    assert store.runs.summaries(root="/%") == ()


def test_a_run_is_found_by_the_beginning_of_its_id(store: Store) -> None:
    first = begin(store)
    assert store.runs.find(first) == first
    assert store.runs.find(first[:3].upper()) == first
    begin(store)
    with pytest.raises(UnknownRun, match="Several"):
        store.runs.find(first[:2])
    for nothing in ("", "zz", "%", "_", "' or 1=1 --", "\udcff", first + "0"):
        with pytest.raises(UnknownRun) as caught:
            store.runs.find(nothing)
        assert caught.value.remedy


def test_an_unknown_run_is_refused_everywhere(store: Store) -> None:
    nobody = RunId("000000000000")
    with pytest.raises(UnknownRun):
        store.runs.append(nobody, Warned(message=""))
    with pytest.raises(UnknownRun):
        store.runs.entries(nobody)
    with pytest.raises(UnknownRun):
        store.runs.summary(nobody)
    with pytest.raises(UnknownRun), store.runs.hold(nobody):
        pass


def test_only_the_person_can_read_the_files(store: Store) -> None:
    begin(store)
    files = [store.folder, *store.folder.rglob("*")]
    assert store.folder / FILE in files
    assert [path for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_threads_of_one_process_share_a_store(store: Store) -> None:
    run = begin(store)

    def write() -> None:
        for number in range(20):
            store.runs.append(run, Warned(message=str(number)))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.number for entry in store.runs.entries(run)] == list(range(1, 82))


def test_a_changed_entry_is_found_when_it_is_read(store: Store) -> None:
    run = begin(store)
    with store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE entries SET body = replace(body, 'clock', 'bomb')")
    with pytest.raises(StoreError, match="Entry 1"):
        store.runs.entries(run)


def test_a_missing_text_is_an_error(store: Store) -> None:
    with pytest.raises(StoreError, match="is kept"):
        store.blobs.get("0" * 64)
