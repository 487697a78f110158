"""A process with everything an attacker wants; it answers whoever reaches it."""

import json
import os
import socket
import sys
import threading
from pathlib import Path

ANSWER = b"reached"


def stream(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        connection.recv(1)
        connection.sendall(ANSWER)
        connection.close()


def datagrams(listener: socket.socket, mark: Path | None) -> None:
    while True:
        _, sender = listener.recvfrom(100)
        if mark is not None:
            mark.write_text("reached")
        if sender:
            listener.sendto(ANSWER, sender)


def main() -> None:
    folder = Path(sys.argv[1])
    kinds: dict[str, tuple[int, int, tuple[str, int] | str]] = {
        "tcp": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        "udp": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
        "abstract": (socket.AF_UNIX, socket.SOCK_STREAM, f"\0victim-{os.getpid()}"),
        "path": (socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "stream.sock")),
        "datagram": (socket.AF_UNIX, socket.SOCK_DGRAM, str(folder / "datagram.sock")),
    }
    sockets = {}
    for name, (family, kind, address) in kinds.items():
        sockets[name] = made = socket.socket(family, kind)
        made.bind(address)
        if kind == socket.SOCK_STREAM:
            made.listen()
            threading.Thread(target=stream, args=(made,), daemon=True).start()
        else:
            mark = folder / "datagram.mark" if name == "datagram" else None
            threading.Thread(target=datagrams, args=(made, mark), daemon=True).start()
    secret = folder / "home" / "secret"
    secret.parent.mkdir()
    secret.write_text("the secret")
    about = {"folder": str(folder), "pid": os.getpid()}
    about |= {name: str(sockets[name].getsockname()[1]) for name in ("tcp", "udp")}
    sys.stdout.write(json.dumps(about) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


main()
