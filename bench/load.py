"""A load generator that costs little beside the server it loads: bytes out, bytes in, no parsing of XML."""

import asyncio
import re
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, cast

_LENGTH: Final = re.compile(rb"[Cc]ontent-[Ll]ength: (\d+)")


class Refused(Exception):
    """The server answered with something else than 200."""


class Connection(asyncio.Protocol):
    """One keep-alive HTTP/1.1 connection; one call at a time."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bytes] | None = None

    @classmethod
    async def open(cls, port: int) -> "Connection":
        _, connection = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("closed"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._buffer, 0, end)
        total = end + 4 + int(length[1] if length else 0)
        if len(self._buffer) >= total and self._answer is not None:
            head, body = bytes(self._buffer[:end]), bytes(self._buffer[end + 4 : total])
            del self._buffer[:total]
            if head.startswith(b"HTTP/1.1 200"):
                self._answer.set_result(body)
            else:
                self._answer.set_exception(Refused(head.split(b"\r\n")[0].decode() + " " + body[:2000].decode()))

    async def post(self, path: bytes, body: bytes) -> bytes:
        """Send one call, return the body of the answer.

        Raises: Refused, ConnectionError.
        """
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(
            b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml; charset=utf-8\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (path, len(body), body)
        )
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@dataclass(slots=True)
class Measured:
    """What one run came to: units done, seconds taken, seconds of each call."""

    units: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.units / self.seconds

    def percentile(self, share: float) -> float:
        """Return the latency (milliseconds) below which `share` of the calls stayed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


Unit = Callable[["Worker"], Awaitable[None]]


@dataclass(slots=True)
class Worker:
    """One of the concurrent clients."""

    connection: Connection
    measured: Measured

    async def post(self, path: bytes, body: bytes) -> bytes:
        started = time.perf_counter()
        answer = await self.connection.post(path, body)
        self.measured.latencies.append(time.perf_counter() - started)
        return answer


async def measure(port: int, unit: Unit, seconds: float, workers: int, most: int = sys.maxsize) -> Measured:
    """Run `unit` over and over in `workers` concurrent clients for `seconds`, at most `most` times in all."""
    measured = Measured()
    connections = [await Connection.open(port) for _ in range(workers)]
    started = time.perf_counter()
    begun = 0

    async def work(connection: Connection) -> None:
        nonlocal begun
        worker = Worker(connection, measured)
        while begun < most and time.perf_counter() - started < seconds:
            begun += 1
            await unit(worker)
            measured.units += 1

    async with asyncio.TaskGroup() as tasks:
        for connection in connections:
            tasks.create_task(work(connection))
    measured.seconds = time.perf_counter() - started
    for connection in connections:
        connection.close()
    return measured
