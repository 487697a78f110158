"""Start a locked-up process tree, watch it, read it, and end all of it.

It does not know what locks the tree up: an arrangement (bubblewrap.py, jailed.py) says what to
start on the host and what order to give the launcher inside.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from homesmith.core.errors import SandboxUnavailable
from homesmith.core.sandboxes import Command, EndedBy, Execution, Serving
from homesmith.workspace.cgroups import Group, group
from homesmith.workspace.jail.launch import READY
from homesmith.workspace.jail.supervise import below
from homesmith.workspace.mounts import TEMPORARY
from homesmith.workspace.output import Clipped
from homesmith.workspace.sizes import folder_size, memory, unlinked

TICK, QUICK_TICK = 0.25, 0.05
START_SECONDS = 30.0
END_SECONDS = 10.0
CHUNK = 1 << 16
KILLED = 128 + signal.SIGKILL


@dataclass(slots=True, kw_only=True)
class Descriptors:
    """Open descriptors that the child inherits; all are closed here once it has started."""

    numbers: list[int] = field(default_factory=list)

    def data(self, content: bytes) -> int:
        """A descriptor that reads `content`."""
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.flush()
            file.seek(0)
            return self.keep(os.dup(file.fileno()))

    def keep(self, number: int) -> int:
        self.numbers.append(number)
        return number

    def close(self) -> None:
        while self.numbers:
            os.close(self.numbers.pop())


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """What to start on the host, and the order for the launcher.

    `information` is where bubblewrap reports the first process inside, if there is one.
    """

    before: tuple[str, ...]
    order: dict[str, Any]
    information: int | None = None


Arrange = Callable[[Command, Descriptors, Path], Arrangement]
"""How a kind of sandbox arranges a command. The path is a private scratch folder on the host."""


@dataclass(slots=True, kw_only=True)
class Tree:
    """A running process tree as the host sees it."""

    process: asyncio.subprocess.Process
    group: Group
    scratch: Path
    init: int | None = None
    """A pidfd of the first process of a private pid namespace: when it is gone, all are."""

    def kill(self) -> None:
        """Tell everything in the tree to die, without waiting."""
        if self.init is not None:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self.init, signal.SIGKILL)
        elif self.process.returncode is None:
            # The supervisor outside the lock ends the tree below it, then itself.
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)

    async def end(self) -> None:
        """Kill the tree and wait until nothing of it is left."""
        self.kill()
        await asyncio.shield(self._gone())

    async def _gone(self) -> None:
        try:
            async with asyncio.timeout(END_SECONDS):
                await self.process.wait()
                if self.init is not None:
                    await _readable(self.init)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        if self.init is not None:
            os.close(self.init)
            self.init = None


@contextlib.asynccontextmanager
async def launched(
    arrange: Arrange, command: Command, listener: tuple[socket.socket, int] | None = None
) -> AsyncIterator[Tree]:
    """The command's tree while the context is open; when it closes nothing of it is alive.

    `listener`: a unix socket to forward to the app's port. Raises SandboxUnavailable when the
    protection could not be put up, before the command has run.
    """
    with scratch_folder() as scratch, group(command.limits) as cage:
        tree = await _start(arrange, command, listener, scratch, cage)
        try:
            yield tree
        finally:
            await tree.end()


async def execute(arrange: Arrange, command: Command) -> Execution:
    """Run to the end, within the limits."""
    began = time.monotonic()
    limits = command.limits
    out, err = Clipped(limits.output), Clipped(limits.output)
    async with launched(arrange, command) as tree, asyncio.TaskGroup() as tasks:
        tasks.create_task(_feed(tree.process.stdin, command.stdin))
        tasks.create_task(_drain(tree.process.stdout, out))
        tasks.create_task(_drain(tree.process.stderr, err))
        ended_by = await _until_over(tree, command)
        await tree.end()
        if tree.group.ran_out_of_memory():
            ended_by = "memory"
    code = tree.process.returncode or 0
    code = 128 - code if code < 0 else code
    if ended_by == "itself":
        ended_by = _by_exit_code(code)
    elif ended_by in ("time", "size", "memory"):
        code = KILLED
    return Execution(
        exit_code=code,
        stdout=out.value(),
        stderr=err.value(),
        seconds=time.monotonic() - began,
        ended_by=ended_by,
    )


@contextlib.asynccontextmanager
async def serving(arrange: Arrange, command: Command, port: int) -> AsyncIterator[Serving]:
    """Keep the command running; its log holds the first `limits.output` bytes it printed."""
    with scratch_folder() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "app.sock"))
        listener.listen(128)
        log = folder / "log"
        async with launched(arrange, command, (listener, port)) as tree:
            listener.close()
            with log.open("wb", buffering=0) as file:
                kept = _Log(file.write, command.limits.output)
                tasks = [
                    asyncio.create_task(_feed(tree.process.stdin, command.stdin)),
                    asyncio.create_task(_drain(tree.process.stdout, kept)),
                    asyncio.create_task(_drain(tree.process.stderr, kept)),
                    asyncio.create_task(_guard(tree, command)),
                ]
                try:
                    yield Serving(socket=folder / "app.sock", pid=tree.process.pid, log=log)
                finally:
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A private folder with a path short enough for a unix socket, removed at the end."""
    place = tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else str(TEMPORARY)
    folder = Path(tempfile.mkdtemp(prefix="homesmith-", dir=place)).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _start(
    arrange: Arrange,
    command: Command,
    listener: tuple[socket.socket, int] | None,
    scratch: Path,
    cage: Group,
) -> Tree:
    child = Descriptors()
    status, status_end = os.pipe()
    information, information_end = os.pipe()
    try:
        child.keep(status_end)
        child.keep(information_end)
        plan = arrange(command, child, scratch)
        order = plan.order | {"status": status_end, "parent": os.getpid(), "forward": None}
        if listener is not None:
            order["forward"] = [child.keep(os.dup(listener[0].fileno())), listener[1]]
            order["limits"] |= {"cpu": 0}
        number = child.data(json.dumps(order).encode())
        names = {"{order}": str(number), "{information}": str(information_end)}
        argv = cage.entering(tuple(names.get(word, word) for word in plan.before))
        process = await _spawn(argv, child)
        child.close()
        tree = Tree(process=process, group=cage, scratch=scratch)
        try:
            await _ready(status, tree)
            if plan.information is not None:
                tree.init = _first_process(information)
        except BaseException:
            await tree.end()
            raise
        return tree
    finally:
        child.close()
        os.close(status)
        os.close(information)


async def _spawn(argv: tuple[str, ...], child: Descriptors) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=child.numbers,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxUnavailable(
            "The sandbox could not be started.",
            why=f"{argv[0]}: {error.strerror}",
            remedy="homesmith doctor",
        ) from error


async def _ready(status: int, tree: Tree) -> None:
    """Wait for the launcher's word that the lock holds and the command comes next."""
    try:
        async with asyncio.timeout(START_SECONDS):
            await _readable(status)
        said = os.read(status, len(READY))
    except TimeoutError:
        said = b""
    if said == READY:
        return
    await tree.end()
    reader = tree.process.stderr
    words = (await reader.read()).decode(errors="replace").strip() if reader else ""
    raise SandboxUnavailable(
        "The sandbox could not be put up, so nothing was run.",
        why=words[-500:],
        remedy="homesmith doctor",
    )


def _first_process(information: int) -> int | None:
    """A pidfd of the process bubblewrap says is the first inside; None if it is gone already."""
    number = int(json.loads(os.read(information, CHUNK))["child-pid"])
    try:
        return os.pidfd_open(number)
    except ProcessLookupError:
        return None


async def _readable(descriptor: int) -> None:
    """Wait until there is something to read; of a pidfd, until its process is gone."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(descriptor, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)


async def _until_over(tree: Tree, command: Command) -> EndedBy:
    """Wait for the command, its limits or its time; says which came first."""
    over = asyncio.create_task(tree.process.wait())
    watch = asyncio.create_task(_watch(tree, command))
    try:
        done, _ = await asyncio.wait(
            {over, watch},
            timeout=command.limits.seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if over in done:
            return "itself"
        return watch.result() if watch in done else "time"
    finally:
        over.cancel()
        watch.cancel()


async def _guard(tree: Tree, command: Command) -> None:
    await _watch(tree, command)
    tree.kill()


async def _watch(tree: Tree, command: Command) -> EndedBy:
    """Return when the tree has outgrown its disk, memory or number of processes."""
    limits = command.limits
    folders = (tree.scratch, command.workspace, *command.writable)
    counts = os.geteuid() == 0 and not tree.group.bounds_processes
    device = command.workspace.stat().st_dev
    while True:
        processes = below(tree.process.pid)
        if counts and len(processes) > limits.processes:
            return "signal"
        if memory(processes) > limits.memory:
            return "memory"
        size = await asyncio.to_thread(lambda: sum(map(folder_size, folders)))
        if size + unlinked(processes, device) > limits.workspace:
            return "size"
        await asyncio.sleep(QUICK_TICK if counts else TICK)


def _by_exit_code(code: int) -> EndedBy:
    match code - 128:
        case signal.SIGXCPU:
            return "time"
        case signal.SIGXFSZ:
            return "size"
        case number if number in set(signal.Signals):
            return "signal"
        case _:
            return "itself"


@dataclass(slots=True)
class _Log:
    """Writes until its room is used up; the rest is read and dropped."""

    write: Callable[[bytes], object]
    room: int

    def add(self, data: bytes) -> None:
        if self.room > 0:
            self.write(data[: self.room])
            self.room -= len(data)


async def _drain(stream: asyncio.StreamReader | None, into: Clipped | _Log) -> None:
    while stream is not None and (data := await stream.read(CHUNK)):
        into.add(data)


async def _feed(stream: asyncio.StreamWriter | None, data: bytes) -> None:
    if stream is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stream.write(data)
        await stream.drain()
        stream.close()
        await stream.wait_closed()
