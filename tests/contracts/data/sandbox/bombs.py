"""Uses up one thing without end; prints how far it came."""

import os
import signal
import sys
import time
from pathlib import Path


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def fork() -> None:
    made = 0
    try:
        for _ in range(400):
            if os.fork() == 0:
                time.sleep(20)
                os._exit(0)
            made += 1
    except OSError:
        say(str(made))
    else:
        say("not stopped")
        time.sleep(20)


def memory() -> None:
    kept = []
    for _ in range(64):
        kept.append(bytearray(b"x" * (32 << 20)))
        say(str(len(kept)))


def memory_in_children() -> None:
    for _ in range(8):
        if os.fork() == 0:
            kept = [bytearray(b"x" * (20 << 20)) for _ in range(6)]
            time.sleep(20)
            os._exit(len(kept))
    time.sleep(20)


def disk() -> None:
    for number in range(10_000):
        Path(f"{number}.bin").write_bytes(os.urandom(1 << 20))


def deleted_files() -> None:
    kept = []
    for number in range(10_000):
        kept.append(os.open(f"{number}.bin", os.O_WRONLY | os.O_CREAT))
        Path(f"{number}.bin").unlink()
        os.write(kept[-1], os.urandom(1 << 20))


def one_file() -> None:
    with Path("big.bin").open("wb", buffering=0) as file:
        file.writelines(bytes(1 << 20) for _ in range(1000))


def processor() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(60)


def daemon() -> None:
    """A child that leaves the session, ignores signals and would outlive everything."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            for descriptor in range(3):
                os.close(descriptor)
            time.sleep(60)
        os._exit(0)
    os.wait()
    say("started")


def daemon_and_sleep() -> None:
    daemon()
    sleep()


def talk() -> None:
    sys.stdout.write("begin" + "x" * 3_000_000 + "end")


globals()[sys.argv[1]]()
