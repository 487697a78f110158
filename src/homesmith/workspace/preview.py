"""Let the person's browser reach an app that runs in a sandbox: a port of the host's loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from homesmith.core.errors import WorkspaceError
from homesmith.core.sandboxes import Serving
from homesmith.workspace.jail.forward import join


@contextlib.asynccontextmanager
async def expose(serving: Serving, host_port: int = 0) -> AsyncIterator[int]:
    """Carry 127.0.0.1:`host_port` to the app while the context is open; yields the port.

    0 picks a free port. Raises WorkspaceError when the port is taken. Nothing outside this
    machine can connect, and the app still reaches nothing.
    """
    carried: dict[asyncio.StreamWriter, asyncio.Event] = {}

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carried[writer] = ended = asyncio.Event()
        try:
            app = await asyncio.open_unix_connection(str(serving.socket))
        except OSError:
            writer.close()
        else:
            carried[app[1]] = ended
            await join((reader, writer), app)
            del carried[app[1]]
        del carried[writer]
        ended.set()

    try:
        server = await asyncio.start_server(carry, "127.0.0.1", host_port)
    except OSError as error:
        raise WorkspaceError(
            f"Port {host_port} cannot be used.", why=str(error.strerror), remedy="--port 0"
        ) from error
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        # Breaking the connections lets each carrier end by itself.
        for writer, ended in tuple(carried.items()):
            writer.transport.abort()
            await ended.wait()
