"""Where the signatures of a call and of a reply stand: what is handed out to be signed is what is found there."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from lxml import etree

from gateway.ns import SMEV3_VERSIONS, Smev3
from gateway.protocol import operations, participant_calls, participant_replies
from gateway.protocol.messages import AttachmentHeader, MessageType, RefAttachmentHeader, Selector
from gateway.protocol.participant_calls import Sign
from gateway.protocol.soap import open_envelope
from gateway.xml import Element, name_of, parse
from tests.conversation import INN_REQUEST, INN_RESPONSE, VERSIONS, below, c14n
from tests.protocol.samples import REQUEST_ID, SIGNATURE, TO, hear, replies, said

NOW: Final = datetime(2013, 3, 21, 6, 30, tzinfo=UTC)
ZIP: Final = (AttachmentHeader("a.zip", "application/zip", b"\x30\x82 CMS"), b"PK\x03\x04")
LARGE: Final = RefAttachmentHeader("5f1c1a52-84d4-11e2-9e96-0800200c9a66", "aGFzaA==", "application/zip", b"\x30 CMS")
BESIDE: Final[dict[str, Any]] = {"ref_attachments": [LARGE], "personal_signature": SIGNATURE}

Call = Callable[[Smev3, Sign | None], bytes]
CALLS: Final[Mapping[str, Call]] = {
    "SendRequest": lambda smev, sign: participant_calls.send_request(
        smev, REQUEST_ID, INN_REQUEST, attachments=[ZIP], **BESIDE, sign=sign
    )[0],
    "SendResponse": lambda smev, sign: participant_calls.send_response(
        smev, REQUEST_ID, TO, INN_RESPONSE, [ZIP], **BESIDE, sign=sign
    )[0],
    "GetRequest": lambda smev, sign: participant_calls.get(
        smev, "GetRequest", Selector(MessageType("urn:t", "Root"), "node"), NOW, sign
    ),
    "GetResponse": lambda smev, sign: participant_calls.get(smev, "GetResponse", Selector(), NOW, sign),
    "GetStatus": lambda smev, sign: participant_calls.get_status(smev, NOW, sign),
    "Ack": lambda smev, sign: participant_calls.ack(smev, REQUEST_ID, sign=sign),
}
SIGNED: Final = {
    "SendRequest": ("SenderProvidedRequestData", "SIGNED_BY_CONSUMER"),
    "SendResponse": ("SenderProvidedResponseData", "SIGNED_BY_PROVIDER"),
    "GetRequest": ("MessageTypeSelector", "SIGNED_BY_CALLER"),
    "GetResponse": ("MessageTypeSelector", "SIGNED_BY_CALLER"),
    "GetStatus": ("Timestamp", "SIGNED_BY_CALLER"),
    "Ack": ("AckTargetMessage", "SIGNED_BY_CALLER"),
    "GetIncomingQueueStatistics": ("Timestamp", "SIGNED_BY_CALLER"),
}
"""The table of spec §2: what each operation signs, under which Id."""


class Notary:
    """Signs everything in the same way, and remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[bytes, str]] = []

    def __call__(self, element: bytes, identifier: str) -> bytes:
        self.shown.append((element, identifier))
        return SIGNATURE


def check(operation: str, envelope: bytes, notary: Notary) -> None:
    """The element that was shown is, by its C14N, the one in the call; the signature stands last."""
    local, identifier = SIGNED[operation]
    [(shown, named)] = notary.shown
    call = open_envelope(envelope)
    stands = below(call, local)
    assert stands.getparent() is call
    assert named == identifier == stands.get("Id")
    assert c14n(parse(shown)) == c14n(stands)
    last = list(call)[-1]
    assert name_of(last)[1] == "CallerInformationSystemSignature"
    assert c14n(last[0]) == c14n(parse(SIGNATURE))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("operation", CALLS)
def test_a_participant_signs_what_the_operation_wants_signed(operation: str, version: str) -> None:
    notary = Notary()
    check(operation, CALLS[operation](SMEV3_VERSIONS[version], notary), notary)


def test_a_participant_of_1_1_signs_how_long_its_queues_are() -> None:
    notary = Notary()
    envelope = participant_calls.get_incoming_queue_statistics(NOW, "node", notary)
    check("GetIncomingQueueStatistics", envelope, notary)


@pytest.mark.parametrize("operation", [name for name in CALLS if name != "GetStatus"])
def test_whoever_does_not_sign_writes_no_block_for_it(operation: str) -> None:
    assert b"CallerInformationSystemSignature" not in CALLS[operation](SMEV3_VERSIONS["1.2"], None)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_goes_with_a_content_is_heard_with_its_signatures(version: str) -> None:
    smev = SMEV3_VERSIONS[version]
    envelope, parts = participant_calls.send_request(smev, REQUEST_ID, INN_REQUEST, attachments=[ZIP], **BESIDE)
    call = hear(envelope, parts)
    assert isinstance(call, operations.SendRequest)
    assert call.data.attachment_headers == (ZIP[0],)
    assert call.data.ref_attachment_headers == (LARGE,)
    assert c14n(below(parse(call.data.source), "PersonalSignature")[0]) == c14n(parse(SIGNATURE))


# --- SMEV signs, the participant finds it ----------------------------------------------------------------------------

BY_SMEV: Final = {
    "request sent": ("SendRequest", "MessageMetadata"),
    "response sent": ("SendResponse", "MessageMetadata"),
    "signed request": ("GetRequest", "Request"),
    "response with attachments": ("GetResponse", "Response"),
    "refused by validation": ("GetResponse", "Response"),
    "status": ("GetStatus", "AsyncProcessingStatusData"),
}
BY_NOBODY: Final = ("no request", "no response", "no status", "acknowledged")


def signed_reply(version: str, name: str) -> Element:
    """The reply with a SMEVSignature beside what SMEV signs."""
    operation, reply = replies(version)[name]
    child = participant_replies.open_reply(said(reply, SMEV3_VERSIONS[version], operation), operation)
    target = below(child, BY_SMEV[name][1])
    block = target.getparent()
    assert block is not None
    etree.SubElement(block, f"{{{SMEV3_VERSIONS[version].types}}}SMEVSignature").append(parse(SIGNATURE))
    return child


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", BY_SMEV)
def test_a_participant_finds_what_smev_has_signed(name: str, version: str) -> None:
    child = signed_reply(version, name)
    found = participant_replies.signed_by_smev(child)
    assert found is not None
    assert found.target is below(child, BY_SMEV[name][1])
    assert found.signature is not None
    assert c14n(found.signature) == c14n(parse(SIGNATURE))


@pytest.mark.parametrize("name", BY_SMEV)
def test_a_reply_without_a_signature_says_what_should_have_been_signed(name: str) -> None:
    operation, reply = replies("1.2")[name]
    child = participant_replies.open_reply(said(reply, SMEV3_VERSIONS["1.2"], operation), operation)
    found = participant_replies.signed_by_smev(child)
    assert found is not None
    assert name_of(found.target)[1] == BY_SMEV[name][1]
    assert found.signature is None


@pytest.mark.parametrize("name", BY_NOBODY)
def test_smev_signs_nothing_where_there_is_nothing(name: str) -> None:
    operation, reply = replies("1.2")[name]
    child = participant_replies.open_reply(said(reply, SMEV3_VERSIONS["1.2"], operation), operation)
    assert participant_replies.signed_by_smev(child) is None


@pytest.mark.parametrize(
    ("name", "local"),
    [("signed request", "SenderProvidedRequestData"), ("signed response", "SenderProvidedResponseData")],
)
def test_a_reader_finds_what_the_sender_has_signed(name: str, local: str) -> None:
    operation, reply = replies("1.2")[name]
    child = participant_replies.open_reply(said(reply, SMEV3_VERSIONS["1.2"], operation), operation)
    read = participant_replies.read_request if operation == "GetRequest" else participant_replies.read_response
    message = read(child)
    assert message is not None
    found = participant_replies.signed_by_sender(message)
    assert found.target is below(child, local)
    assert found.signature is not None
    assert c14n(found.signature) == c14n(parse(SIGNATURE))
