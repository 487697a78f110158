"""Tries everything a sandbox must prevent; prints what each attempt came to, as JSON.

"got: …" is a success of the attacker. Run without a sandbox, every attempt succeeds.
"""

import ctypes
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

TRIES: dict[str, Callable[[], object]] = {}
VICTIM: dict[str, str] = json.loads(sys.argv[1])
FOLDER = Path(VICTIM["folder"])
PID = int(VICTIM["pid"])


def attempt(function: Callable[[], object]) -> Callable[[], object]:
    TRIES[function.__name__] = function
    return function


@attempt
def read_secret() -> object:
    return (FOLDER / "home" / "secret").read_text()


@attempt
def list_home() -> object:
    return [path.name for path in (FOLDER / "home").iterdir()]


@attempt
def write_outside() -> object:
    return (FOLDER / "escaped").write_text("escaped")


@attempt
def link_to_secret() -> object:
    os.link(FOLDER / "home" / "secret", "linked")
    return Path("linked").read_text()


def ask(family: int, kind: int, address: tuple[str, int] | str) -> object:
    with socket.socket(family, kind) as made:
        made.settimeout(1)
        made.connect(address)
        made.send(b"?")
        return made.recv(20) or None


@attempt
def tcp() -> object:
    return ask(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", int(VICTIM["tcp"])))


@attempt
def udp() -> object:
    return ask(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", int(VICTIM["udp"])))


@attempt
def abstract_socket() -> object:
    return ask(socket.AF_UNIX, socket.SOCK_STREAM, f"\0victim-{PID}")


@attempt
def path_socket() -> object:
    return ask(socket.AF_UNIX, socket.SOCK_STREAM, str(FOLDER / "stream.sock"))


@attempt
def datagram_pair() -> object:
    one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return one.sendto(b"?", str(FOLDER / "datagram.sock"))


@attempt
def signal_victim() -> object:
    os.kill(PID, 0)
    return "delivered"


@attempt
def see_victim() -> object:
    return (
        Path(f"/proc/{PID}/comm").read_text() and Path("/proc", str(PID)) in Path("/proc").iterdir()
    ) or None


@attempt
def victim_environment() -> object:
    return b"VICTIM_KEY" in Path(f"/proc/{PID}/environ").read_bytes() or None


def library(name: str, *arguments: int) -> object:
    called = getattr(ctypes.CDLL(None, use_errno=True), name)
    if called(*arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return "done"


@attempt
def trace_victim() -> object:
    library("ptrace", 0x4206, PID, 0, 0)
    return library("ptrace", 17, PID, 0, 0)


@attempt
def lower_limits_of_victim() -> object:
    import resource

    return resource.prlimit(PID, resource.RLIMIT_NOFILE)


@attempt
def new_user_namespace() -> object:
    child = os.fork()
    if child == 0:
        try:
            library("unshare", 0x10000000)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 or None


@attempt
def key_in_environment() -> object:
    return os.environ["PERSONS_KEY"]


@attempt
def open_descriptor() -> object:
    found = []
    for number in range(3, 100):
        try:
            found.append((number, os.fstat(number).st_mode))
        except OSError:
            continue
    return found or None


def outcome(function: Callable[[], object]) -> str:
    try:
        got = function()
    except (OSError, KeyError) as error:
        return f"{type(error).__name__}: {error}"
    return "nothing" if got is None else f"got: {got!r}"


sys.stdout.write(json.dumps({name: outcome(function) for name, function in TRIES.items()}))
