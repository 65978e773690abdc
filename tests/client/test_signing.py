"""The client signs what spec §2 wants signed, and takes nothing whose signature does not hold."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from lxml import etree

from gateway import machine
from gateway.client import AttachmentHeader, Smev3Client, Untrusted
from gateway.domain.clock import ManualClock
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol import mtom, operations, participant_replies
from gateway.protocol.messages import Attachment, FSAttachment
from gateway.protocol.participant_replies import ReceivedFile
from gateway.protocol.smev3 import read_call
from gateway.protocol.soap import Answer, close_envelope, open_envelope
from gateway.signature import cms, xmldsig
from gateway.signature.keys import Signer
from gateway.xml import Element, parse, source
from tests.client.keys import KEYRING, signer_of
from tests.conversation import INN_REQUEST, INN_RESPONSE, below, swap
from tests.protocol.samples import REQUEST_ID, TO, delivered_request, delivered_response, replies, said

NOW: Final = datetime(2013, 3, 21, 6, 30, tzinfo=UTC)
CITY, OFFICIAL, FNS = (signer_of(name) for name in ("CITY", "OFFICIAL", "FNS"))
SMEV: Final = KEYRING.smev
SCAN: Final = (AttachmentHeader("scan.pdf", "application/pdf"), b"%PDF-1.4 scan")
SIGNED: Final = ("MessageMetadata", "Request", "Response", "AsyncProcessingStatusData")


class Smev:
    """Answers every call with one reply, signed by `signer` (None: not at all), and keeps what it was asked."""

    def __init__(self, name: str = "request sent", signer: Signer | None = SMEV) -> None:
        self.operation, self.reply = replies("1.2")[name]
        self.signer = signer
        self.asked: list[tuple[operations.Call, Element]] = []
        self.spoil: Callable[[bytes], bytes] = bytes

    async def post(self, operation: str, content_type: str, body: bytes) -> Answer:
        package = mtom.unpack(content_type, body)
        child = open_envelope(package.root)
        self.asked.append((read_call(child, package), child))
        package = said(self.reply, SMEV3_VERSIONS["1.2"], operation)
        return Answer(200, "text/xml", self.spoil(self._signed(package.root)))

    def _signed(self, envelope: bytes) -> bytes:
        if self.signer is None:
            return envelope
        child = open_envelope(envelope)
        signed = participant_replies.signed_by_smev(child)
        assert signed is not None
        block = signed.target.getparent()
        assert block is not None
        holder = etree.SubElement(block, f"{{{SMEV3_VERSIONS['1.2'].types}}}SMEVSignature")
        holder.append(parse(xmldsig.sign(signed.target, "SIGNED_BY_SMEV", self.signer)))
        return close_envelope(source(child))

    async def explanation(self, path: str) -> Mapping[str, Any] | None:
        return None

    async def close(self) -> None:
        """Nothing is open."""


def client(smev: Smev, **keys: Any) -> Smev3Client:
    """The client of the city; it trusts SMEV's certificate unless `keys` say otherwise."""
    chosen = {"signer": CITY, "smev_certificates": [SMEV.certificate], **keys}
    return Smev3Client(smev, "CITY", ManualClock(NOW), machine.new_ids(1), **chosen)


# --- it signs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "call", "local"),
    [
        ("request sent", lambda city: city.send_request(INN_REQUEST), "SenderProvidedRequestData"),
        ("response sent", lambda city: city.send_response(TO, INN_RESPONSE), "SenderProvidedResponseData"),
        ("no request", lambda city: city.take_request(), "MessageTypeSelector"),
        ("no response", lambda city: city.take_response(), "MessageTypeSelector"),
        ("no status", lambda city: city.take_status(), "Timestamp"),
        ("acknowledged", lambda city: city.ack(REQUEST_ID, accepted=False), "AckTargetMessage"),
    ],
)
async def test_every_call_is_signed_by_the_system(reply: str, call: Callable[[Smev3Client], Any], local: str) -> None:
    smev = Smev(reply, SMEV if reply.endswith("sent") else None)
    await call(client(smev))
    [(heard, child)] = smev.asked
    assert heard.caller_signature is not None
    verified = xmldsig.verify(parse(heard.caller_signature), below(child, local))
    assert verified.certificate == CITY.certificate


async def test_a_key_is_asked_for_when_it_is_first_needed() -> None:
    asked = []

    def key() -> Signer:
        asked.append("CITY")
        return CITY

    city = client(Smev(), signer=key)
    assert asked == []
    await city.send_request(INN_REQUEST)
    assert asked == ["CITY"]


async def test_files_are_signed_by_the_system_or_by_an_official() -> None:
    for keys in ({}, {"personal_signer": OFFICIAL}):
        smev = Smev()
        content = INN_REQUEST.replace(b" ", b' Id="PERSONAL_SIGNATURE" ', 1)
        await client(smev, **keys).send_request(content, attachments=[SCAN])
        [(call, child)] = smev.asked
        assert isinstance(call, operations.SendRequest)
        [header] = call.data.attachment_headers
        assert header.signature is not None
        cms.verify(header.signature, SCAN[1])
        assert header == replace(SCAN[0], signature=header.signature)
        personal = child.findall(".//{*}PersonalSignature/*")
        assert len(personal) == len(keys)
        for signature in personal:
            root = below(child, "FNSINNSingularRequest")
            assert xmldsig.verify(signature, root).certificate == OFFICIAL.certificate


async def test_an_official_cannot_sign_a_content_without_an_id() -> None:
    with pytest.raises(ValueError, match="Id"):
        await client(Smev(), personal_signer=OFFICIAL).send_request(INN_REQUEST)
    with pytest.raises(ValueError, match="personal_signer"):
        client(Smev(), signer=None, personal_signer=OFFICIAL)


async def test_a_header_that_is_signed_already_stays_as_it_is() -> None:
    smev = Smev()
    header = replace(SCAN[0], signature=b"\x30\x00")
    await client(smev).send_request(INN_REQUEST, attachments=[(header, SCAN[1])])
    assert isinstance(smev.asked[0][0], operations.SendRequest)
    assert smev.asked[0][0].data.attachment_headers == (header,)


# --- it verifies -----------------------------------------------------------------------------------------------------

TAKEN: Final[Mapping[str, Callable[[Smev3Client], Any]]] = {
    "request sent": lambda city: city.send_request(INN_REQUEST, message_id=REQUEST_ID),
    "response sent": lambda city: city.send_response(TO, INN_RESPONSE),
    "request": lambda city: city.take_request(),
    "response": lambda city: city.take_response(),
    "refused by validation": lambda city: city.take_response(),
    "status": lambda city: city.take_status(),
}


@pytest.mark.parametrize("name", TAKEN)
async def test_what_smev_has_signed_is_taken(name: str) -> None:
    assert await TAKEN[name](client(Smev(name))) is not None


@pytest.mark.parametrize("name", TAKEN)
async def test_what_smev_has_not_signed_is_not_taken(name: str) -> None:
    with pytest.raises(Untrusted, match="SMEV: подписи нет") as refused:
        await TAKEN[name](client(Smev(name, None)))
    assert refused.value.whose == "SMEV"
    assert len(refused.value.message_id) == len(REQUEST_ID)
    await TAKEN[name](client(Smev(name, None), smev_certificates=None))


@pytest.mark.parametrize("name", TAKEN)
async def test_what_was_changed_on_its_way_is_not_taken(name: str) -> None:
    smev = Smev(name)
    smev.spoil = lambda envelope: swap(envelope, "0800200c9a66", "0800200c9a67")
    with pytest.raises(Untrusted, match="SMEV"):
        await TAKEN[name](client(smev))


async def test_a_signature_of_somebody_else_is_not_smevs() -> None:
    with pytest.raises(Untrusted, match="FNS"):
        await client(Smev("request", FNS)).take_request()


@pytest.mark.parametrize(
    "span", [(NOW - timedelta(days=9), NOW - timedelta(days=1)), (NOW + timedelta(days=1), NOW + timedelta(days=9))]
)
async def test_a_certificate_has_to_be_valid_today(span: tuple[datetime, datetime]) -> None:
    signer = signer_of("GATEWAY", since=span[0], until=span[1])
    with pytest.raises(Untrusted, match=f"{span[0]:%Y-%m-%d}"):
        await client(Smev("request", signer), smev_certificates=[signer.certificate]).take_request()


def delivered(name: str, signer: Signer, **fields: Any) -> Smev:
    """A delivery that carries its sender's signature."""
    smev = Smev(name)
    is_request = name == "request"
    message: Any = delivered_request("1.2") if is_request else delivered_response("1.2")
    signature = xmldsig.sign(
        parse(message.source), "SIGNED_BY_CONSUMER" if is_request else "SIGNED_BY_PROVIDER", signer
    )
    message = replace(message, sender_signature=signature, **fields)
    smev.reply = operations.RequestReply(message) if is_request else operations.ResponseReply(message)
    return smev


@pytest.mark.parametrize("name", ["request", "response"])
async def test_the_signature_of_the_sender_holds_at_the_reader(name: str) -> None:
    assert await TAKEN[name](client(delivered(name, FNS))) is not None


@pytest.mark.parametrize("name", ["request", "response"])
async def test_a_message_that_its_sender_did_not_write_so_is_not_taken(name: str) -> None:
    smev = delivered(name, FNS)
    message: Any = smev.reply.message  # type: ignore[union-attr]
    changed = replace(message, source=swap(message.source, "0800200c9a66", "0800200c9a67"))
    smev.reply = type(smev.reply)(changed)  # type: ignore[call-arg]
    with pytest.raises(Untrusted) as refused:
        await TAKEN[name](client(smev))
    assert refused.value.whose == "sender"


async def test_an_attachment_that_was_changed_is_not_taken() -> None:
    sent = Smev()
    await client(sent).send_request(INN_REQUEST, attachments=[SCAN])
    data = sent.asked[0][0].data  # type: ignore[attr-defined]
    for content in (SCAN[1], SCAN[1] + b" more"):
        smev = Smev("request")
        message = replace(delivered_request("1.2"), source=data.source, attachments=(Attachment("scan.pdf", content),))
        smev.reply = operations.RequestReply(message)
        if content == SCAN[1]:
            assert await client(smev).take_request() is not None
        else:
            with pytest.raises(Untrusted, match=r"scan\.pdf") as refused:
                await client(smev).take_request()
            assert refused.value.whose == "scan.pdf"


# --- files by reference ----------------------------------------------------------------------------------------------


class Place:
    """A place of files in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    async def upload(self, uuid: str, name: str, file: Path | bytes) -> None:
        self.files[uuid] = file if isinstance(file, bytes) else await asyncio.to_thread(file.read_bytes)

    async def download(self, access: FSAttachment, target: Path) -> None:
        await asyncio.to_thread(target.write_bytes, self.files[access.uuid])

    async def close(self) -> None:
        """Nothing is open."""


async def test_files_by_reference_are_signed_and_verified_without_being_read_at_once(tmp_path: Path) -> None:
    smev, place, scan = Smev(), Place(), tmp_path / "scan.pdf"
    scan.write_bytes(SCAN[1])
    city = client(smev, files=place, by_reference_above=1)
    await city.send_request(INN_REQUEST, attachments=[scan])
    [(call, _)] = smev.asked
    assert isinstance(call, operations.SendRequest)
    [header] = call.data.ref_attachment_headers
    assert header.signature is not None
    assert cms.verify(header.signature, SCAN[1]).certificate == CITY.certificate
    received = ReceivedFile(header, FSAttachment(header.uuid, "user", "password", "scan.pdf"))
    fetched = await city.fetch(received, tmp_path / "fetched.pdf")
    assert fetched.read_bytes() == SCAN[1]
    other = replace(header, signature=cms.sign(b"another file", FNS, NOW))
    with pytest.raises(Untrusted) as refused:
        await city.fetch(replace(received, header=other), tmp_path / "other.pdf")
    assert refused.value.whose == header.uuid
