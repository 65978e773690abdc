"""Replies of every shape, and how each side hears the other."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from gateway.ns import SMEV3_VERSIONS, Smev3
from gateway.protocol import mtom, operations
from gateway.protocol.faults import (
    AttachmentSizeLimitExceeded,
    BusinessDataTypeIsNotSupported,
    DestinationOverflow,
    Explanation,
    InvalidContent,
    PersonalAccessDenied,
    QuoteLimitExceeded,
    SignatureVerificationFault,
    SmevFault,
)
from gateway.protocol.messages import (
    Attachment,
    DeliveredRequest,
    DeliveredResponse,
    DeliveredStatus,
    Metadata,
    Rejection,
    RequestStatus,
)
from gateway.protocol.replies import encode
from gateway.protocol.smev3 import read_call
from gateway.protocol.smev_messages import rejected_request, rejected_response
from gateway.protocol.soap import close_envelope, open_envelope
from gateway.protocol.statuses import InteractionStatus, RejectCode, SignatureFailure, WireMessageType
from gateway.xml import Element
from tests.conversation import INN_RESPONSE, send_request, send_response

SENT_AT: Final = datetime(2013, 3, 21, 6, 0, 0, 123000, tzinfo=UTC)
REQUEST_ID: Final = "5f1c1a52-84d4-11e2-9e96-0800200c9a66"
RESPONSE_ID: Final = "6a9ce1f0-9204-11e2-9e96-0800200c9a66"
TO: Final = "eyJzaWQiOjF9 + / ="
WHY: Final = Explanation("a check", "one thing", "another")
SIGNATURE: Final = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignatureValue>c2ln</ds:SignatureValue></ds:Signature>'
ATTACHMENTS: Final = (Attachment("a.zip", b"PK\x03\x04\x00"), Attachment("b.pdf", b""))

REJECTIONS: Final = (
    Rejection(RejectCode.NO_DATA, "нет <данных>"),
    Rejection(RejectCode.ACCESS_DENIED, "и прав"),
)
INTERIM: Final = RequestStatus(2, "в работе", (("срок", "5 & дней"), ("шаг", "1")))


def hear(envelope: bytes, parts: tuple[tuple[str, bytes], ...] = ()) -> operations.Call:
    """What SMEV hears of a call."""
    package = mtom.unpack(*mtom.pack(envelope, parts)) if parts else mtom.Package(envelope)
    call = read_call(open_envelope(package.root), package)
    package.check_all_used()
    return call


def heard_request(version: str, envelope: bytes | None = None) -> operations.SendRequest:
    call = hear(envelope or send_request(version, REQUEST_ID))
    assert isinstance(call, operations.SendRequest)
    return call


def heard_response(
    version: str, answer: bytes | tuple[Rejection, ...] | RequestStatus = INN_RESPONSE
) -> operations.SendResponse:
    call = hear(send_response(TO, version, RESPONSE_ID, answer))
    assert isinstance(call, operations.SendResponse)
    return call


def metadata(message_id: str, message_type: WireMessageType, status: InteractionStatus) -> Metadata:
    return Metadata(
        message_id=message_id,
        message_type=message_type,
        sender="MYSYSTEM",
        sender_name="Администрация <Иваново>",
        sent_at=SENT_AT,
        recipient="FNS",
        recipient_name="ФНС",
        status=status,
    )


def delivered_request(version: str) -> DeliveredRequest:
    known = metadata(REQUEST_ID, WireMessageType.REQUEST, InteractionStatus.MESSAGE_IS_DELIVERED)
    return DeliveredRequest(heard_request(version).data.source, replace(known, delivered_at=SENT_AT), TO)


def delivered_response(version: str, source: bytes | None = None) -> DeliveredResponse:
    known = metadata(RESPONSE_ID, WireMessageType.RESPONSE, InteractionStatus.MESSAGE_IS_DELIVERED)
    return DeliveredResponse(
        source or heard_response(version).data.source,
        replace(known, delivered_at=SENT_AT),
        original_message_id=REQUEST_ID,
        original_transaction_code="код & <код>",
        reference_message_id=REQUEST_ID,
    )


def replies(version: str) -> dict[str, tuple[str, operations.Reply]]:
    """Operation and reply, by what a person would call the reply."""
    smev = SMEV3_VERSIONS[version]
    sent = metadata(REQUEST_ID, WireMessageType.REQUEST, InteractionStatus.REQUEST_IS_QUEUED)
    request, response = delivered_request(version), delivered_response(version)
    broadcast = replace(request.metadata, message_type=WireMessageType.BROADCAST)
    rejected = rejected_request(invalid_content(), REQUEST_ID, RESPONSE_ID, TO, smev)
    found: dict[str, tuple[str, operations.Reply]] = {
        "request sent": ("SendRequest", operations.Sent(sent)),
        "response sent": ("SendResponse", operations.Sent(replace(sent, message_type=WireMessageType.RESPONSE))),
        "broadcast sent": (
            "SendRequest",
            operations.Sent(replace(sent, message_type=WireMessageType.BROADCAST, recipient=None)),
        ),
        "sent to nobody": ("SendRequest", operations.Sent(replace(sent, recipient=None))),
        "no request": ("GetRequest", operations.RequestReply(None)),
        "request": ("GetRequest", operations.RequestReply(request)),
        "signed request": ("GetRequest", operations.RequestReply(replace(request, sender_signature=SIGNATURE))),
        "request with attachments": ("GetRequest", operations.RequestReply(replace(request, attachments=ATTACHMENTS))),
        "broadcast": ("GetRequest", operations.RequestReply(replace(request, metadata=broadcast, reply_to=None))),
        "no response": ("GetResponse", operations.ResponseReply(None)),
        "response": ("GetResponse", operations.ResponseReply(response)),
        "signed response": ("GetResponse", operations.ResponseReply(replace(response, sender_signature=SIGNATURE))),
        "response with attachments": (
            "GetResponse",
            operations.ResponseReply(replace(response, attachments=ATTACHMENTS)),
        ),
        "response to a plain request": (
            "GetResponse",
            operations.ResponseReply(replace(response, original_transaction_code=None, reference_message_id=None)),
        ),
        "rejections": (
            "GetResponse",
            operations.ResponseReply(delivered_response(version, heard_response(version, REJECTIONS).data.source)),
        ),
        "interim status": (
            "GetResponse",
            operations.ResponseReply(delivered_response(version, heard_response(version, INTERIM).data.source)),
        ),
        "refused by validation": ("GetResponse", operations.ResponseReply(delivered_response(version, rejected))),
        "no status": ("GetStatus", operations.StatusReply(None)),
        "status": (
            "GetStatus",
            operations.StatusReply(DeliveredStatus(rejected_response(invalid_content(), RESPONSE_ID, smev))),
        ),
        "acknowledged": ("Ack", operations.Acknowledged()),
    }
    if version == "1.1":
        statistics = operations.QueueStatistics((("delivery.FNS._REQUEST_", 3), ('"<&>', 0)))
        found["queue statistics"] = ("GetIncomingQueueStatistics", statistics)
        found["no queue statistics"] = ("GetIncomingQueueStatistics", operations.QueueStatistics(()))
    return found


def said(reply: operations.Reply, smev: Smev3, operation: str, *, xop: bool = False) -> mtom.Package:
    """What SMEV says, as it arrives at a participant."""
    encoded = encode(reply, smev, operation, xop=xop)
    envelope = close_envelope(encoded.body_child)
    return mtom.unpack(*mtom.pack(envelope, encoded.parts)) if xop else mtom.Package(envelope)


def body_child(package: mtom.Package) -> Element:
    child = open_envelope(package.root)
    mtom.inline(child, package)
    package.check_all_used()
    return child


def invalid_content() -> InvalidContent:
    errors = ["/Request/ОГРН: cvc-pattern-valid: <1> & 2", "вторая"]
    return InvalidContent.of_business_data(WHY, errors, REQUEST_ID)


def every_fault() -> dict[str, SmevFault]:
    """One fault of each class, with words in all its places."""
    special: list[SmevFault] = [
        invalid_content(),
        SignatureVerificationFault(WHY, SignatureFailure.NO_SIGNATURE_FOUND, "Отсутствует ЭП-ОВ"),
        BusinessDataTypeIsNotSupported(WHY, "urn:<&>", "Root"),
        AttachmentSizeLimitExceeded(WHY, 5, 6),
        QuoteLimitExceeded(WHY, 1, 2),
        DestinationOverflow(WHY, "delivery.FNS._REQUEST_"),
    ]
    known = {type(fault) for fault in special}
    words = {"message_id": REQUEST_ID, "message_type": "{urn:t}Root", "mnemonic": "MYSYSTEM"}
    plain = [fault(WHY, **words) for fault in SmevFault.__subclasses__() if fault not in known]
    return {fault.name: fault for fault in (*special, *plain)}


def faults_of(version: str) -> dict[str, SmevFault]:
    """The faults that a version knows."""
    return {
        name: fault
        for name, fault in every_fault().items()
        if version == "1.3" or not isinstance(fault, PersonalAccessDenied)
    }


REPLIES: Final = [(version, name) for version in SMEV3_VERSIONS for name in replies(version)]
