"""What every client of examples/ is tested by: one consumer, one provider, in text and in MTOM, happy and refused.

A test file of a client is a class below `Conversations` that names its `client`; pytest finds the tests in it.
"""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest

from gateway.app import Gateway
from gateway.client import Smev3Client
from gateway.protocol.messages import AttachmentHeader, MessageType
from gateway.protocol.participant_replies import ReceivedRequest
from gateway.xml import name_of
from tests.clients.conftest import Start
from tests.clients.example_client import EXAMPLES, ExampleClient, Framing, Ran
from tests.clients.wire import Wire
from tests.conversation import INN_KIND, INN_REQUEST, INN_RESPONSE_TYPE, client, example, fetch

MNEMONIC: Final = "MYCITY"
"""Who the example is."""
OTHER: Final = "OTHER1"
"""Whom it speaks with, where that is no simulated agency."""

OGRN: Final = "1083799231834"
"""The firm that the consumers ask for: it lives in the simulated register."""
EGRUL_KIND: Final = "fns/egrul"
EGRUL_REQUEST_TYPE: Final = MessageType("urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6", "FNSVipULRequest")
EGRUL_RESPONSE: Final = example("fns/egrul/4.0.6", "response")

EVERY_BYTE: Final = bytes(range(256))
"""The attachment that the examples send: no byte may get lost or changed on the way."""
GIVEN: Final = {"passport.pdf": b"%PDF\r\n--\r\n\x00\xff", "second.bin": EVERY_BYTE[::-1] * 300}
"""The attachments that the examples receive."""

_FRAMINGS: Final = pytest.mark.parametrize("framing", ["text", "mtom"])
_POLL_SECONDS: Final = 0.05
_PATIENCE_SECONDS: Final = 60


class Conversations:
    """The tests of one client. In MTOM the programs send EVERY_BYTE as "every-byte.bin", in text no attachment."""

    client: ClassVar[ExampleClient]
    code: ClassVar = "soap:Server"
    """How the code of a fault begins that the program prints: of faultcode, or of Code where its library hides that."""

    @pytest.fixture(autouse=True)
    async def installed(self) -> None:
        await self.client.check_installed()

    @_FRAMINGS
    async def test_the_consumer_asks_the_simulated_tax_service(self, start: Start, framing: Framing) -> None:
        gateway, wire = await start()
        ran = await self.client.asks(wire.url, MNEMONIC, framing)
        assert ran.code == 0, ran
        assert OGRN in ran.line("answer: ")
        assert ran.line("refused: ").startswith(f"MessageIsAlreadySent, {self.code}")
        assert ", SMEV-301:" in ran.line("refused: ")
        self._passed(wire, framing)

        sent, *others = await self._journal(gateway, MNEMONIC)
        assert ran.line("sent: ") == f"{sent['messageId']} requestIsQueued"
        assert (sent["event"], sent["counterpart"], sent["version"]) == ("sent", "FNS001", "1.2")
        assert [(entry["event"], entry["operation"]) for entry in others] == [
            ("accepted", "SendRequest"),
            ("delivered", "GetResponse"),
            ("acknowledged", "Ack"),
            ("refused", "SendRequest"),
        ]
        assert ran.line("acknowledged: ") == others[2]["messageId"]
        assert (others[3]["fault"], others[3]["messageId"]) == ("MessageIsAlreadySent", sent["messageId"])
        async with client(gateway.url, MNEMONIC) as consumer:
            assert await consumer.take_response() is None

    async def test_attachments_go_both_ways_with_the_consumer(self, start: Start) -> None:
        gateway, wire = await start(topology="none", provide=(f"{OTHER}={EGRUL_KIND}",))
        async with client(gateway.url, OTHER) as provider, asyncio.TaskGroup() as group:
            running = group.create_task(self.client.asks(wire.url, MNEMONIC, "mtom"))
            request = await _next_request(provider, running)
            assert {item.content_id: item.content for item in request.attachments} == {"every-byte.bin": EVERY_BYTE}
            assert request.reply_to is not None
            await provider.send_response(request.reply_to, EGRUL_RESPONSE, attachments=_given())
            ran = await running
        assert ran.code == 0, ran
        assert "1043799978210" in ran.line("answer: ")
        _was_told_the_given(ran)

    async def test_a_call_in_text_takes_the_multipart_reply_of_the_real_smev(self, start: Start) -> None:
        _, wire = await start(always_multipart=True)
        ran = await self.client.asks(wire.url, MNEMONIC, "text")
        assert ran.code == (0 if self.client.text_takes_multipart else 1), ran
        assert {call.reply_content_type[:18] for call in wire.calls} == {"multipart/related;"}

    async def test_the_consumer_fails_when_its_request_is_rejected(self, start: Start) -> None:
        _, wire = await start(topology="none")  # nobody provides fns/egrul
        ran = await self.client.asks(wire.url, MNEMONIC, "text")
        assert ran.code == 1, ran
        assert "requestIsRejectedBySmev" in ran.complaints

    def test_the_readme_shows_both_commands(self) -> None:
        page = (EXAMPLES / Path(self.client.folder).name / "README.md").read_text(encoding="utf-8")
        for command in (self.client.consumer, self.client.provider):
            assert f"\n{' '.join(command)} http://127.0.0.1:8630 {MNEMONIC} text" in page

    @_FRAMINGS
    async def test_the_provider_answers_a_request(self, start: Start, framing: Framing) -> None:
        gateway, wire = await start(participant=(MNEMONIC,), provide=(f"{MNEMONIC}={INN_KIND}",))
        async with client(gateway.url, OTHER) as consumer:
            sent = await consumer.send_request(INN_REQUEST, attachments=_given())
            ran = await self.client.answers(wire.url, MNEMONIC, framing)
            assert ran.code == 0, ran
            response = await consumer.take_response(INN_RESPONSE_TYPE)
        assert response is not None
        assert response.original_message_id == sent.message_id
        assert response.content is not None  # and valid: it was accepted
        assert name_of(response.content)[1] == "FNSINNSingularResponse"
        assert response.content.get("ИдЗапрос") == "5f1c1a52-84d4-11e2-9e96-0800200c9a66"
        received = {item.content_id: item.content for item in response.attachments}
        assert received == ({"every-byte.bin": EVERY_BYTE} if framing == "mtom" else {})

        assert ran.line("request: ") == f"{sent.message_id} from {OTHER}: Смирнов Иван Дмитриевич"
        _was_told_the_given(ran)
        assert ran.line("sent: ") == f"{response.metadata.message_id} requestIsQueued"
        assert ran.line("acknowledged: ") == sent.message_id
        assert ran.line("refused: ").startswith(f"RecipientIsNotFound, {self.code}")
        assert ", SMEV-203:" in ran.line("refused: ")
        self._passed(wire, framing)

        journal = await self._journal(gateway, MNEMONIC)
        assert [(entry["event"], entry["operation"], entry["fault"]) for entry in journal] == [
            ("delivered", "GetRequest", ""),
            ("sent", "SendResponse", ""),
            ("accepted", "SendResponse", ""),
            ("acknowledged", "Ack", ""),
            ("refused", "SendResponse", "RecipientIsNotFound"),
        ]
        assert {entry["originalMessageId"] for entry in journal[:4]} == {sent.message_id}

    def _passed(self, wire: Wire, framing: Framing) -> None:
        """The client read the WSDL, and spoke as it was told to; so did the gateway, in faults too."""
        media_type = {"text": "text/xml", "mtom": "multipart/related"}[framing]
        for call in wire.calls:
            assert call.target == f"/as/{MNEMONIC}/smev/v1.2/ws"
            assert call.content_type.lower().startswith(media_type), call
            assert call.reply_content_type.startswith(media_type), call
        assert [call.status for call in wire.calls].count(500) == 1
        as_parts = [call for call in wire.calls if b"Include" in call.body and EVERY_BYTE in call.body]
        assert bool(as_parts) == (framing == "mtom")  # its bytes, not their base64
        if self.client.reads_wsdl:
            assert f"/as/{MNEMONIC}/smev/v1.2/ws?wsdl".lower() in wire.fetched

    async def _journal(self, gateway: Gateway, participant: str) -> list[dict[str, Any]]:
        """What the participant did, in order; that it registered is left out."""
        answer = await fetch(f"{gateway.url}/__admin/journal?limit=1000")
        entries: list[dict[str, Any]] = json.loads(answer.body)["entries"]
        return [entry for entry in entries if entry["participant"] == participant and entry["event"] != "registered"]


async def _next_request(provider: Smev3Client, running: asyncio.Task[Ran]) -> ReceivedRequest:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while (request := await provider.take_request(EGRUL_REQUEST_TYPE)) is None:
            assert not running.done(), running.result()
            await asyncio.sleep(_POLL_SECONDS)  # a queue can only be polled
    return request


def _given() -> list[tuple[AttachmentHeader, bytes]]:
    return [(AttachmentHeader(name, "application/octet-stream"), content) for name, content in GIVEN.items()]


def _was_told_the_given(ran: Ran) -> None:
    for name, content in GIVEN.items():
        told = f"{len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}"
        assert ran.line(f"attachment: {name}, ") == told
