"""What every Sandbox must keep generated code from, as the person who runs us and as another user.

The attacks are real programs; run without a sandbox they succeed, which is tested too.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from homesmith.core.sandboxes import Execution
from homesmith.workspace.interpreter import python_environment
from homesmith.workspace.sandbox import candidates

pytestmark = pytest.mark.slow

DATA = Path(__file__).parent / "data" / "sandbox"
SOURCE = Path(__file__).parents[2] / "src"
SYSTEM_PYTHON = Path("/usr/bin/python3")
PLAIN_USER = 12345
ATTEMPTS = (
    "read_secret", "list_home", "write_outside", "link_to_secret", "tcp", "udp",
    "abstract_socket", "path_socket", "datagram_pair", "signal_victim", "see_victim",
    "victim_environment", "trace_victim", "lower_limits_of_victim", "new_user_namespace",
    "key_in_environment", "open_descriptor",
)  # fmt: skip
HARMLESS_OUTSIDE = {"open_descriptor"}
"""Attempts that find nothing even without a sandbox, unless the sandbox itself leaks."""


@dataclass(frozen=True)
class Subject:
    """A kind of sandbox, run by a user. `abi` lowers Landlock to an older kernel's."""

    sandbox: str
    user: int
    abi: int = 0

    def __str__(self) -> str:
        return f"{self.sandbox}{self.abi or ''}-uid{self.user}"


USERS = (os.getuid(), PLAIN_USER) if os.getuid() == 0 else (os.getuid(),)
SUBJECTS = [
    Subject(sandbox, user, abi)
    for sandbox, abi in (("Bubblewrap", 0), ("Jailed", 0), ("Jailed", 4))
    for user in USERS
]
STRONGEST = [subject for subject in SUBJECTS if not subject.abi]


@dataclass(frozen=True)
class Range:
    """A place to fire at: files for each user, and a way to run things as that user."""

    folder: Path

    def python(self, user: int) -> tuple[Path, tuple[Path, ...]]:
        if user == os.getuid():
            return Path(sys.executable), python_environment()
        return SYSTEM_PYTHON, ()

    def place(self, user: int) -> Path:
        made = Path(tempfile.mkdtemp(dir=self.folder))
        made.chmod(0o755)
        if os.getuid() == 0:
            os.chown(made, user, user)
        return made

    def start(self, user: int, *argv: str) -> subprocess.Popen[str]:
        other = None if user == os.getuid() else user
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.folder / "src")}
        return subprocess.Popen(
            [str(self.python(user)[0]), *argv],
            env=environment | {"VICTIM_KEY": "key", "PERSONS_KEY": "key", "HOME": "/nonexistent"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            user=other,
            group=other,
            extra_groups=None if other is None else [],
        )

    def run(
        self, subject: Subject, *argv: str, reach: str = "nothing", **limits: float
    ) -> Execution:
        workspace = self.place(subject.user)
        for script in ("attempts.py", "bombs.py"):
            shutil.copy(DATA / script, workspace / script)
            (workspace / script).chmod(0o644)
        python, readable = self.python(subject.user)
        asked = {
            "argv": [str(python), *argv],
            "workspace": str(workspace),
            "reach": reach,
            "limits": {"seconds": 30} | limits,
            "readable": list(map(str, readable)),
            "sandbox": subject.sandbox,
            "abi": subject.abi,
        }
        told = self.start(subject.user, str(self.folder / "run_as.py"), json.dumps(asked))
        code, out, err, seconds, ended_by = json.loads(told.communicate()[0])
        return Execution(
            exit_code=code,
            stdout=out.encode(),
            stderr=err.encode(),
            seconds=seconds,
            ended_by=ended_by,
        )

    @contextlib.contextmanager
    def victim(self, user: int) -> Iterator[dict[str, str]]:
        victim = self.start(user, str(self.folder / "victim.py"), str(self.place(user)))
        try:
            assert victim.stdout is not None
            yield json.loads(victim.stdout.readline())
        finally:
            victim.communicate()


@pytest.fixture(scope="module")
def field() -> Iterator[Range]:
    """Under /tmp and open to all, because another user works there too."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(SOURCE / "homesmith" / "core", folder / "src" / "homesmith" / "core")
        shutil.copytree(
            SOURCE / "homesmith" / "workspace", folder / "src" / "homesmith" / "workspace"
        )
        for script in DATA.glob("*.py"):
            shutil.copy(script, folder)
        for path in (*folder.rglob("*"),):
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield Range(folder)


@pytest.fixture(scope="module", params=SUBJECTS, ids=str)
def subject(request: pytest.FixtureRequest) -> Subject:
    return available(request.param)


@pytest.fixture(params=STRONGEST, ids=str)
def strongest(request: pytest.FixtureRequest) -> Subject:
    return available(request.param)


def available(wanted: Subject) -> Subject:
    found, reasons = candidates()
    if wanted.sandbox not in {type(item).__name__ for item in found}:
        pytest.skip(f"{wanted.sandbox}: {'; '.join(reasons)}")
    if wanted.user != os.getuid() and not SYSTEM_PYTHON.exists():
        pytest.skip(f"another user needs {SYSTEM_PYTHON}")
    return wanted


@pytest.fixture(scope="module")
def attacked(subject: Subject, field: Range) -> dict[str, dict[str, str]]:
    """What every attempt came to, by reach, beside a running victim of the same user."""
    results = {}
    for reach in ("nothing", "loopback"):
        with field.victim(subject.user) as victim:
            done = field.run(subject, "attempts.py", json.dumps(victim), reach=reach)
        assert done.ok, done
        results[reach] = json.loads(done.stdout)
        assert not Path(victim["folder"], "datagram.mark").exists()
        assert not Path(victim["folder"], "escaped").exists()
    return results


@pytest.mark.sandbox
@pytest.mark.parametrize("reach", ["nothing", "loopback"])
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_sandbox_stops(attempt: str, reach: str, attacked: dict[str, dict[str, str]]) -> None:
    assert not attacked[reach][attempt].startswith("got:"), attacked[reach][attempt]


@pytest.mark.parametrize("user", USERS)
def test_every_attempt_succeeds_without_a_sandbox(user: int, field: Range) -> None:
    if user != os.getuid() and not SYSTEM_PYTHON.exists():
        pytest.skip(f"another user needs {SYSTEM_PYTHON}")
    with field.victim(user) as victim:
        place = field.place(user)
        script = str(field.folder / "attempts.py")
        code = f"import os; os.chdir({str(place)!r}); exec(open({script!r}).read())"
        told = field.start(user, "-c", code, json.dumps(victim))
        results = json.loads(told.communicate()[0])
    blocked = {name for name, came in results.items() if not came.startswith("got:")}
    assert set(results) == set(ATTEMPTS)
    # Some machines forbid user namespaces or tracing to everybody.
    assert blocked - {"new_user_namespace", "trace_victim"} <= HARMLESS_OUTSIDE, results


@pytest.mark.sandbox
def test_a_fork_bomb_is_stopped(strongest: Subject, field: Range) -> None:
    done = field.run(strongest, "bombs.py", "fork", processes=60)
    assert done.ended_by == "signal" or 10 < int(done.stdout) < 80, done


@pytest.mark.sandbox
def test_memory_is_bounded(strongest: Subject, field: Range) -> None:
    done = field.run(strongest, "bombs.py", "memory", memory=256 << 20)
    assert not done.ok
    assert len(done.stdout.split()) < 9


@pytest.mark.sandbox
def test_memory_of_all_processes_together_is_bounded(strongest: Subject, field: Range) -> None:
    done = field.run(strongest, "bombs.py", "memory_in_children", memory=256 << 20, seconds=15)
    assert done.ended_by == "memory", done


@pytest.mark.sandbox
@pytest.mark.parametrize("bomb", ["disk", "deleted_files"])
def test_the_size_of_the_workspace_is_bounded(bomb: str, strongest: Subject, field: Range) -> None:
    done = field.run(strongest, "bombs.py", bomb, workspace=64 << 20)
    assert done.ended_by == "size", done


@pytest.mark.sandbox
def test_one_file_is_bounded(strongest: Subject, field: Range) -> None:
    done = field.run(strongest, "bombs.py", "one_file", file=4 << 20)
    assert not done.ok
    assert b"File too large" in done.stderr or done.ended_by == "size"


@pytest.mark.sandbox
def test_processor_time_is_bounded(strongest: Subject, field: Range) -> None:
    done = field.run(strongest, "bombs.py", "processor", cpu_seconds=1)
    assert done.ended_by == "time"


@pytest.mark.sandbox
def test_wall_time_is_bounded(strongest: Subject, field: Range) -> None:
    done = field.run(strongest, "bombs.py", "sleep", seconds=1)
    assert done.ended_by == "time"
    assert done.exit_code == 137


@pytest.mark.sandbox
@pytest.mark.parametrize("bomb", ["daemon", "daemon_and_sleep"])
def test_nothing_outlives_the_run(bomb: str, strongest: Subject, field: Range) -> None:
    mark = f"mark-{strongest}-{bomb}"
    done = field.run(strongest, "bombs.py", bomb, mark, seconds=2)
    assert done.stdout == b"started\n"
    assert done.ended_by == ("itself" if bomb == "daemon" else "time")
    assert alive(mark) == []


@pytest.mark.sandbox
def test_long_output_is_cut_in_the_middle(strongest: Subject, field: Range) -> None:
    done = field.run(strongest, "bombs.py", "talk", output=1000)
    assert done.stdout.startswith(b"beginx")
    assert done.stdout.endswith(b"xend")
    assert b"bytes cut]" in done.stdout
    assert len(done.stdout) < 1100


def alive(mark: str) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if mark.encode() in words and b"run_as.py" not in b"".join(words):
                found.append(int(folder.name))
    return found
