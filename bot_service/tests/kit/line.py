"""A TCP line to a server that can be cut, as a network can."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit


@dataclass
class Line:
    """Forwards connections to a server. ``url`` is the server's, by way of this line."""

    host: str
    port: int
    url: str = ""
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _is_cut: bool = False
    _flowing: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str) -> AsyncIterator["Line"]:
        """A line to the server of ``url``, open while in the block."""
        parts = urlsplit(url)
        line = cls(parts.hostname or "", parts.port or 0)
        line._flowing.set()
        server = await asyncio.start_server(line._connect, "127.0.0.1", 0)
        own_port = server.sockets[0].getsockname()[1]
        login = parts.netloc.rpartition("@")[0]
        line.url = urlunsplit(
            parts._replace(netloc=f"{login}@127.0.0.1:{own_port}" if login else f"127.0.0.1:{own_port}")
        )
        try:
            yield line
        finally:
            server.close()
            line.cut()

    def cut(self) -> None:
        """Break every connection and refuse new ones."""
        self._is_cut = True
        for writer in self._writers:
            writer.transport.abort()

    def stall(self) -> None:
        """Connections stay, nothing comes through."""
        self._flowing.clear()

    def mend(self) -> None:
        """All as before."""
        self._is_cut = False
        self._flowing.set()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(self.host, self.port)
        self._writers |= {writer, far_writer}
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await self._flowing.wait()
                target.write(data)
                await target.drain()
        finally:
            target.close()
