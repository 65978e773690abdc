"""The same conversation over HTTP and straight into a gateway of this process: the same bytes, the same faults."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway import machine
from gateway.client import Direct, FaultReceived, Http, Outgoing, RequestStatus, Smev3Client, Transport
from gateway.domain.participants import Registration
from gateway.exchange.callers import Callers
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol import mtom, participant_calls
from gateway.protocol.messages import AttachmentHeader
from gateway.protocol.soap import Answer
from gateway.transports.smev3 import Smev3Endpoint, Smev3Soap
from gateway.transports.wsdl import ServiceDescription
from tests.conversation import INN_REQUEST, INN_RESPONSE, INVALID_INN_RESPONSE
from tests.exchange.participants import Sandbox, wire_schemas
from tests.stores import SqliteStores

TEXT: Final = "text/xml; charset=utf-8"


class Recorder:
    """A transport that writes down every answer."""

    def __init__(self, inner: Transport, answers: list[tuple[str, Answer]]) -> None:
        self._inner, self._answers = inner, answers

    async def post(self, operation: str, content_type: str, body: bytes) -> Answer:
        answer = await self._inner.post(operation, content_type, body)
        self._answers.append((operation, answer))
        return answer

    async def explanation(self, path: str) -> Mapping[str, Any] | None:
        return await self._inner.explanation(path)

    async def close(self) -> None:
        await self._inner.close()


@asynccontextmanager
async def gateway_of(sandbox: Sandbox, *, direct: bool, always_multipart: bool = False) -> AsyncIterator[Any]:
    """Serve the sandbox; yield what makes a transport for a participant in a version."""
    callers = Callers(sandbox.participants, Registration.CLOSED, sandbox.store, sandbox.clock)
    calls = Smev3Soap(sandbox.exchange, callers, sandbox.refusals, always_multipart=always_multipart)
    if direct:
        yield lambda mnemonic, version: Direct(calls.answer, mnemonic, version)
        return
    application = web.Application()
    application.add_routes(Smev3Endpoint(calls, ServiceDescription(wire_schemas())).routes())
    async with TestServer(application) as server:
        yield lambda mnemonic, version: Http(str(server.make_url(f"/as/{mnemonic}/smev/v{version}/ws")))


async def conversation(consumer: Smev3Client, provider: Smev3Client) -> None:
    """Every operation, with and without something to bring."""
    assert await provider.take_request() is None
    attachment = (AttachmentHeader("plan.txt", "text/plain"), b"plan")
    sent = await consumer.send_request(INN_REQUEST, Outgoing(transaction_code="1"), attachments=[attachment])
    request = await provider.take_request()
    assert request is not None
    assert [each.content for each in request.attachments] == [b"plan"]
    assert request.reply_to is not None
    await provider.send_response(request.reply_to, RequestStatus(1, "принято"))
    await provider.send_response(request.reply_to, INVALID_INN_RESPONSE)
    status = await provider.take_status()
    assert status is not None
    await provider.send_response(request.reply_to, INN_RESPONSE)
    await provider.ack(request.metadata.message_id)
    for _ in range(2):
        response = await consumer.take_response()
        assert response is not None
        assert response.original_message_id == sent.message_id
        await consumer.ack(response.metadata.message_id)
    assert await consumer.take_response() is None


async def refusals(consumer: Smev3Client, stranger: Smev3Client) -> None:
    """What is refused: by the store, by a check, by whoever does not know the caller."""
    sent = await consumer.send_request(INN_REQUEST)
    for call in (
        consumer.send_request(INN_REQUEST, message_id=sent.message_id),
        consumer.ack(sent.message_id),
        consumer.send_request(b"<Unknown/>", message_id="no-id"),
        stranger.take_request(),
    ):
        with pytest.raises(FaultReceived) as refused:
            await call
        assert refused.value.explain is not None


async def nonsense(transport: Transport, sandbox: Sandbox) -> None:
    """Calls that are none."""
    of_another_version = participant_calls.get_status(SMEV3_VERSIONS["1.3"], sandbox.clock.now())
    content_type, package = mtom.pack(b"<Envelope/>", [("lost", b"part")])
    for kind, body in (
        (TEXT, b""),
        (TEXT, b"no XML"),
        (TEXT, of_another_version),
        (content_type, package),
        (content_type, package[:100]),
        ("multipart/related", package),
    ):
        answer = await transport.post("GetStatus", kind, body)
        assert answer.status == 500


async def everything_said(sandbox: Sandbox, *, direct: bool, always_multipart: bool) -> list[tuple[str, Answer]]:
    """Have every conversation; return every answer."""
    said: list[tuple[str, Answer]] = []
    ids = machine.new_ids(7)
    async with gateway_of(sandbox, direct=direct, always_multipart=always_multipart) as carries:

        def client(mnemonic: str, version: str = "1.2") -> Smev3Client:
            transport = Recorder(carries(mnemonic, version), said)
            return Smev3Client(transport, mnemonic, sandbox.clock, ids, version=version)

        clients = [client("CITY"), client("FNS"), client("FNS", "1.3"), client("NOBODY"), client("FNS", "1.1")]
        consumer, provider, newer, stranger, older = clients
        await conversation(consumer, provider)
        await conversation(consumer, newer)
        assert await older.queue_statistics()
        await refusals(consumer, stranger)
        raw = Recorder(carries("CITY", "1.2"), said)
        await nonsense(raw, sandbox)
        for each in clients:
            await each.close()
        await raw.close()
    return said


@pytest.mark.parametrize("always_multipart", [False, True])
async def test_both_transports_bring_the_same_bytes(
    sqlite_stores: SqliteStores, tmp_path: Path, *, always_multipart: bool
) -> None:
    said = []
    for direct in (False, True):
        folder = tmp_path / f"{direct}"
        folder.mkdir()
        sandbox = Sandbox(sqlite_stores.new(folder))
        said.append(await everything_said(sandbox, direct=direct, always_multipart=always_multipart))
        sandbox.close()
    over_http, straight = said
    assert straight == over_http
    operations = {operation for operation, _ in straight}
    assert operations == {
        *("SendRequest", "SendResponse", "GetRequest", "GetResponse", "GetStatus", "Ack"),
        "GetIncomingQueueStatistics",
    }
    assert {answer.status for _, answer in straight} == {200, 500}
