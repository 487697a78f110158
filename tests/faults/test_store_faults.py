"""The store under kills, a full disk, two writers, damage, and files of other programs."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from homesmith.core.errors import DiskFull, StoreError
from homesmith.core.runs import RunId, RunStarted, Warned
from homesmith.store import backups
from homesmith.store.backups import newest_first, problem_of
from homesmith.store.connection import Database
from homesmith.store.database import FILE, Store, open_store
from homesmith.store.schema import APPLICATION, SCHEMA, metadata

pytestmark = pytest.mark.slow

KILLS = 25
WRITER = """
import sys
from pathlib import Path
from homesmith.core.runs import RunId, Warned
from homesmith.store.database import open_store
folder, run, count, size = Path(sys.argv[1]), RunId(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
with open_store(folder) as store:
    print("ready", flush=True)
    for number in range(count):
        text = f"{number} " + "x" * size
        store.blobs.put(text.encode())
        print(store.runs.append(run, Warned(message=text)).number, flush=True)
"""
FILLER = """
import resource, sys
from pathlib import Path
from homesmith.core.errors import DiskFull
from homesmith.core.runs import RunId, Warned
from homesmith.store.database import open_store
folder, run = Path(sys.argv[1]), RunId(sys.argv[2])
with open_store(folder) as store:
    if sys.argv[3] == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
    kept = len(store.runs.entries(run))
    try:
        while True:
            store.runs.append(run, Warned(message="y" * 9000))
            kept += 1
    except DiskFull as error:
        assert error.remedy
        assert len(store.runs.entries(run)) == kept
        if sys.argv[3] == "limit":
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        else:
            (folder.parent / "ballast").unlink()
        store.runs.append(run, Warned(message="there is room again"))
        print("kept", kept + 1)
"""


def begin(store: Store) -> RunId:
    return store.runs.create(RunStarted(kind="build", prompt="p", root="/app", model="m"))


def made(folder: Path) -> RunId:
    """A closed store with one run of eleven entries, and a backup of it."""
    with open_store(folder) as store:
        run = begin(store)
        for number in range(10):
            store.runs.append(run, Warned(message=str(number)))
    with open_store(folder):
        pass
    return run


def messages(store: Store, run: RunId) -> list[str]:
    return [
        entry.event.message for entry in store.runs.entries(run) if isinstance(entry.event, Warned)
    ]


def write(folder: Path, run: RunId, count: int, size: int) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", WRITER, str(folder), run, str(count), str(size)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_no_acknowledged_event_is_lost_by_kill_9(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with open_store(folder) as store:
        run = begin(store)
    chance = random.Random(7)
    known = 1
    for _ in range(KILLS):
        with write(folder, run, 10_000, chance.choice([10, 5_000, 50_000])) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(chance.random() * 0.12)
            child.kill()
            said = child.stdout.read()
        acknowledged = max([known, *map(int, re.findall(r"^(\d+)\n", said, re.MULTILINE))])
        assert (folder / "in-use").exists()
        with open_store(folder) as store:
            kept = store.runs.entries(run)
            for message in messages(store, run)[known - 1 :]:
                number, filling = message.split(" ")
                assert set(filling) == {"x"}, number
                assert len(filling) in (10, 5_000, 50_000)
        assert acknowledged <= len(kept) <= acknowledged + 1
        assert [entry.number for entry in kept] == list(range(1, len(kept) + 1))
        known = len(kept)
    assert known > KILLS
    assert problem_of(folder / FILE) == ""


def test_two_processes_write_one_store_without_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with open_store(folder) as store:
        runs = [begin(store), begin(store)]
        with write(folder, runs[0], 100, 100) as one, write(folder, runs[1], 100, 100) as two:
            said = [child.communicate(timeout=60) for child in (one, two)]
        assert [(one.returncode, two.returncode)] == [(0, 0)], said
        assert [len(store.runs.entries(run)) for run in runs] == [101, 101]


def test_several_processes_open_a_new_store_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    code = (
        "import sys; from pathlib import Path; from homesmith.store.database import open_store\n"
        "from homesmith.core.runs import RunStarted\n"
        "with open_store(Path(sys.argv[1])) as store:\n"
        "    store.runs.create(RunStarted(kind='ask', prompt='', root='', model=''))"
    )
    children = [subprocess.Popen([sys.executable, "-c", code, str(folder)]) for _ in range(4)]
    assert [child.wait(timeout=60) for child in children] == [0] * 4
    with open_store(folder) as store:
        assert len(store.runs.summaries()) == 4


def test_a_size_limit_is_a_full_disk_and_room_again_is_enough(tmp_path: Path) -> None:
    run = made(tmp_path / "store")
    argv = [sys.executable, "-c", FILLER, str(tmp_path / "store"), run, "limit"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    with open_store(tmp_path / "store") as store:
        assert f"kept {len(store.runs.entries(run))}\n" == done.stdout


def test_a_full_file_system_loses_nothing(tmp_path: Path) -> None:
    disk, copy = tmp_path / "disk", tmp_path / "copy"
    disk.mkdir()
    run = made(tmp_path / "store")
    script = (
        f"mount -t tmpfs -o size=3m none {disk} || exit 77\n"
        f"cp -a {tmp_path}/store {disk}/store && head -c 1000000 /dev/zero >{disk}/ballast\n"
        f'"$0" -c "$1" {disk}/store {run} disk && cp -a {disk}/store {copy}'
    )
    argv = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, sys.executable, FILLER]
    if shutil.which("unshare") is None:
        pytest.skip("no unshare on this machine")
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode == 77 or done.stderr.startswith("unshare:"):
        pytest.skip("this machine does not let a test mount a small disk")
    assert done.returncode == 0, done.stderr
    with open_store(copy) as store:
        assert f"kept {len(store.runs.entries(run))}\n" == done.stdout


@pytest.mark.parametrize("damage", ["header", "empty", "half", "middle", "missing"])
def test_a_damaged_file_is_kept_aside_and_its_backup_restored(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "store"
    run = made(folder)
    file = folder / FILE
    good = file.read_bytes()
    match damage:
        case "header":
            bad = b"not a database!!" + good[16:]
        case "empty":
            bad = b""
        case "half":
            bad = good[: len(good) // 2]
        case _:
            bad = good[:4096] + b"\xff" * 4096 + good[8192:]
    file.write_bytes(bad)
    if damage == "missing":
        file.unlink()
    with pytest.raises(StoreError) as caught:
        open_store(folder)
    assert "backup" in caught.value.remedy
    aside = [path.read_bytes() for path in folder.glob(f"{FILE}.damaged-*")]
    assert aside == ([] if damage == "missing" else [bad])
    with open_store(folder) as store:
        assert messages(store, run) == [str(number) for number in range(10)]


def test_without_a_whole_backup_the_person_is_told_before_anything_is_empty(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "store"
    made(folder)
    for backup in newest_first(folder / FILE, folder / "backups"):
        backup.write_bytes(b"damaged too")
    (folder / FILE).write_bytes(b"garbage")
    with pytest.raises(StoreError, match="is damaged") as caught:
        open_store(folder)
    assert "empty" in caught.value.remedy
    with open_store(folder) as store:
        assert store.runs.summaries() == ()
    assert [path.read_bytes() for path in folder.glob(f"{FILE}.damaged-*")] == [b"garbage"]


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    made(folder)
    pragma(folder / FILE, f"user_version = {SCHEMA + 1}")
    before = (folder / FILE).read_bytes()
    with pytest.raises(StoreError, match="newer") as caught:
        open_store(folder)
    assert "upgrade" in caught.value.remedy
    assert (folder / FILE).read_bytes() == before
    pragma(folder / FILE, f"user_version = {SCHEMA}")
    with open_store(folder) as store:
        assert len(store.runs.summaries()) == 1


def test_a_file_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    made(folder)
    pragma(folder / FILE, f"application_id = {APPLICATION + 1}")
    with pytest.raises(StoreError, match="not a store of Homesmith"):
        open_store(folder)
    assert list(folder.glob("*.damaged-*")) == []


def pragma(file: Path, setting: str) -> None:
    database = Database(file)
    with database.writing() as connection:
        connection.exec_driver_sql(f"PRAGMA {setting}")
    database.close()


def test_an_older_schema_is_migrated_after_a_backup(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    made(folder)
    older = Database(folder / FILE)
    with older.writing() as connection:
        ours = [table.name for table in reversed(metadata.sorted_tables)]
        for table in (*ours, "chunks_fts", "alembic_version"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("PRAGMA user_version = 0")
    older.close()
    before = len(newest_first(folder / FILE, folder / "backups"))
    with open_store(folder) as store:
        begin(store)
    kept = newest_first(folder / FILE, folder / "backups")
    assert len(kept) == before + 1
    assert problem_of(kept[0]) == ""


def test_a_migration_that_fails_leaves_the_older_schema(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    run = made(folder)
    older = Database(folder / FILE)
    with older.writing() as connection:
        connection.exec_driver_sql("DROP TABLE blobs")
        connection.exec_driver_sql("DROP TABLE alembic_version")
        connection.exec_driver_sql("PRAGMA user_version = 0")
    older.close()
    with pytest.raises(StoreError, match="did not take"):  # the first step meets its own tables
        open_store(folder)
    database = Database(folder / FILE)
    with database.reading() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_schema").scalars().all()
        version = connection.exec_driver_sql("PRAGMA user_version").scalar()
        entries = connection.exec_driver_sql("SELECT count(*) FROM entries").scalar()
    database.close()
    assert (version, entries) == (0, 11), run
    assert "alembic_version" not in tables


def test_backups_are_few_and_daily(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    made(folder)
    file, kept = folder / FILE, folder / "backups"
    assert len(newest_first(file, kept)) == 1
    assert not backups.due(file, kept)
    newest_first(file, kept)[0].rename(kept / "homesmith-20200101T000000000000Z.sqlite")
    assert backups.due(file, kept)
    for _ in range(backups.KEPT + 2):
        backups.make(file, kept)
    names = [path.name for path in newest_first(file, kept)]
    assert len(names) == backups.KEPT
    assert "homesmith-20200101T000000000000Z.sqlite" not in names
    assert sorted(path.name for path in kept.iterdir()) == sorted(names)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be used") as caught:
        open_store(tmp_path / "file" / "store")
    assert caught.value.remedy
    with pytest.raises((StoreError, DiskFull)):
        open_store(Path("/proc/homesmith"))
