"""Carry bytes between a unix socket and the port an app listens on.

It does not read what it carries. A connection made before the app listens is held for a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
HOLD_SECONDS = 10.0
CHUNK = 1 << 16


def forward(listener: int, port: int) -> None:
    """Accept on the listening unix socket `listener` and join each to 127.0.0.1:port; for ever."""
    asyncio.run(_serve(socket.socket(fileno=listener), port))


async def join(one: Streams, two: Streams) -> None:
    """Carry bytes both ways until both sides have ended, then close both."""
    try:
        await asyncio.gather(_pump(one[0], two[1]), _pump(two[0], one[1]))
    finally:
        for _, writer in (one, two):
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()


async def _serve(listener: socket.socket, port: int) -> None:
    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        app = await _reach(port)
        if app is None:
            writer.close()
            return
        await join((reader, writer), app)

    server = await asyncio.start_unix_server(carry, sock=listener)
    await server.serve_forever()


async def _reach(port: int) -> Streams | None:
    """Connect to the app, waiting for it to listen; None when it does not in time."""
    until = time.monotonic() + HOLD_SECONDS
    while True:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.monotonic() > until:
                return None
            await asyncio.sleep(0.05)
