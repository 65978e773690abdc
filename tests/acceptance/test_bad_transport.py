"""Bodies that are too long, come too slowly, or stop coming: told on a raw socket."""

import asyncio
import gzip
import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from gateway.app import Gateway
from gateway.domain.journal import JournalEvent
from gateway.storage import journal
from tests.acceptance.bad_input import BadInput, assert_refused, assert_still_works
from tests.acceptance.conftest import Start
from tests.conversation import CONSUMER, Answer, address, post, send_request

LIMIT = 200_000


@dataclass
class Socket:
    """A connection on which a test says byte by byte what it means."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def to(cls, gateway: Gateway) -> "Socket":
        url = urlsplit(gateway.url)
        return cls(*await asyncio.open_connection(url.hostname, url.port))

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def announce(self, *headers: str) -> None:
        lines = [f"POST /as/{CONSUMER}/smev/v1.2/ws HTTP/1.1", "Host: mock", "Content-Type: text/xml", *headers]
        await self.say("\r\n".join([*lines, "", ""]).encode())

    async def hear(self) -> Answer:
        """Read one answer; the gateway must not wait for more of the body."""
        async with asyncio.timeout(5):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name: value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            body = await self.reader.readexactly(int(headers["Content-Length"]))
        return Answer(int(head[0].split()[1]), headers, body)

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


async def refused_at(gateway: Gateway, socket: Socket, id_: str, status: int) -> None:
    """The answer comes while the body does not, and explains itself as every refusal does."""

    async def send(_: Gateway) -> Answer:
        return await socket.hear()

    await assert_refused(gateway, BadInput(id_, "soap:Client", "body", send, status))
    await socket.close()
    await assert_still_works(gateway)


async def test_body_over_the_limit_announced(start: Start) -> None:
    gateway = await start(max_body=LIMIT)
    socket = await Socket.to(gateway)
    await socket.announce(f"Content-Length: {LIMIT + 1}")
    await socket.say(b"<a>")
    await refused_at(gateway, socket, "body-over-the-limit-announced", 413)


async def test_body_over_the_limit_in_chunks(start: Start) -> None:
    gateway = await start(max_body=LIMIT)
    socket = await Socket.to(gateway)
    await socket.announce("Transfer-Encoding: chunked")
    for _ in range(LIMIT // 10_000 + 1):  # the last chunk, the one of length 0, never comes
        await socket.say(b"2710\r\n" + b"a" * 10_000 + b"\r\n")
    await refused_at(gateway, socket, "body-over-the-limit-in-chunks", 413)


async def test_body_over_the_limit_unpacked(start: Start) -> None:
    gateway = await start(max_body=LIMIT)
    packed = gzip.compress(b" " * LIMIT * 50)
    assert len(packed) < LIMIT / 10

    async def send(gateway: Gateway) -> Answer:
        return await post(address(gateway.url, CONSUMER), packed, {"Content-Encoding": "gzip"})

    row = BadInput("body-over-the-limit-unpacked", "soap:Client", "body", send, 413)
    await assert_refused(gateway, row)
    await assert_still_works(gateway)


async def test_body_that_never_comes(start: Start) -> None:
    gateway = await start(body_timeout=0.2)
    socket = await Socket.to(gateway)
    await socket.announce("Content-Length: 1000")
    await socket.say(send_request()[:500])
    await refused_at(gateway, socket, "body-that-never-comes", 408)


@pytest.mark.parametrize("header", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
async def test_body_that_breaks_off(gateway: Gateway, header: str, caplog: pytest.LogCaptureFixture) -> None:
    socket = await Socket.to(gateway)
    await socket.announce(header)
    await socket.say(b"64\r\n" + send_request()[:50])
    await asyncio.sleep(0.05)  # the gateway is reading by now
    await socket.close()
    await until_refused(gateway)
    await assert_still_works(gateway)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def until_refused(gateway: Gateway) -> None:
    """Wait until the journal has a refusal."""
    async with asyncio.timeout(5):
        while True:
            entries = await gateway.store.run(journal.read)
            if any(stored.entry.event is JournalEvent.REFUSED for stored in entries):
                return
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "head",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # somebody speaks TLS
        b"POST /as/A/smev/v1.2/ws HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /as/A/smev/v1.2/ws HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    ],
)
async def test_no_http(gateway: Gateway, head: bytes) -> None:
    socket = await Socket.to(gateway)
    await socket.say(head)
    async with asyncio.timeout(5):
        line = await socket.reader.readline()
    assert line.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), line
    await socket.close()
    await assert_still_works(gateway)


async def test_a_big_body_below_the_limit_is_read(start: Start) -> None:
    gateway = await start()
    content = b'<Hello xmlns="urn:nobody">' + b"a" * 5_000_000 + b"</Hello>"
    answer = await post(address(gateway.url, CONSUMER), send_request(content=content))
    assert answer.status == 200, answer.body[:1000]
