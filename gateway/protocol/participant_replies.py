"""A participant's side of message-exchange, listening: replies and faults read. Counterpart of `replies`."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.ns import SOAP_ENVELOPE
from gateway.protocol import moments
from gateway.protocol.messages import (
    Attachment,
    AttachmentHeader,
    FSAttachment,
    MessageType,
    RefAttachmentHeader,
    Rejection,
    RequestStatus,
)
from gateway.protocol.mtom import Package, inline
from gateway.protocol.soap import open_envelope
from gateway.protocol.statuses import RejectCode
from gateway.values import value
from gateway.xml import Element, name_of, source

_FAULT: Final = f"{{{SOAP_ENVELOPE}}}Fault"


class ProtocolError(ValueError):
    """The reply is no reply to the call: another element, or one without the blocks it must have."""


class FaultReceived(Exception):
    """SMEV refused the call.

    `name` is the local name of the fault element ("" for a plain SOAP fault), `code` and `description` its
    children, `detail` the serialised fault element, `failure` what is wrong with the signature where it is a
    SignatureVerificationFault ("" of others), `attempts` how often the call was made until then, `explain` where this
    sandbox explains the refusal (a path; None of any other SMEV).
    """

    def __init__(self, name: str, code: str, description: str, detail: bytes) -> None:
        self.name, self.code, self.description, self.detail = name, code, description, detail
        self.failure = ""
        self.attempts = 1
        self.explain: str | None = None
        super().__init__(f"{name or 'soap:Fault'}: {description}")


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that came by reference: its header in the sender's block, and SMEV's login that gets it (spec §8).

    `access` is None where SMEV gave none for the uuid of the header.
    """

    header: RefAttachmentHeader
    access: FSAttachment | None


@value
class ReceivedMetadata:
    """types:MessageMetadata as read."""

    message_id: str
    message_type: str
    sender: str
    sent_at: datetime
    recipient: str | None
    delivered_at: datetime | None
    status: str


@value
class ReceivedRequest:
    """types:Request as a provider reads it. `content` is the business root element."""

    metadata: ReceivedMetadata
    message_id: str
    reference_message_id: str | None
    transaction_code: str | None
    reply_to: str | None
    content: Element
    test_message: bool
    attachments: tuple[Attachment, ...]
    element: Element
    files: tuple[ReceivedFile, ...] = ()
    attachment_headers: tuple[AttachmentHeader, ...] = ()

    @property
    def message_type(self) -> MessageType:
        return MessageType.of(self.content)


@dataclass(frozen=True, slots=True)
class AsyncStatus:
    """types:AsyncProcessingStatus: SMEV refused a message after it had taken it."""

    original_message_id: str
    category: str
    details: str
    fault: str


@value
class ReceivedResponse:
    """types:Response as a consumer reads it: exactly one of content, rejections, status and async_status."""

    metadata: ReceivedMetadata
    message_id: str
    original_message_id: str
    original_transaction_code: str | None
    reference_message_id: str | None
    content: Element | None
    rejections: tuple[Rejection, ...]
    status: RequestStatus | None
    async_status: AsyncStatus | None
    attachments: tuple[Attachment, ...]
    element: Element
    files: tuple[ReceivedFile, ...] = ()
    attachment_headers: tuple[AttachmentHeader, ...] = ()


@value
class Signed:
    """An element that a signature has to be over, and the ds:Signature; None where there is none."""

    target: Element
    signature: Element | None


def open_reply(package: Package, operation: str) -> Element:
    """Return the reply element of `operation` with XOP parts inlined.

    Raises: FaultReceived when SMEV refused, ProtocolError when it is no reply to this call, SoapFault when it
    is no envelope, MtomError.
    """
    child = open_envelope(package.root)
    if child.tag == _FAULT:
        raise fault_of(child)
    if name_of(child)[1] != f"{operation}Response":
        raise ProtocolError(f"expected {operation}Response, found {child.tag!r}")
    inline(child, package)
    return child


def fault_of(element: Element) -> FaultReceived:
    """Read a soap:Fault.

    Raises: ProtocolError.
    """
    text = element.findtext("faultstring") or ""
    detail = element.find("detail")
    refused = next((item for item in detail if isinstance(item.tag, str)), None) if detail is not None else None
    if refused is None:
        return FaultReceived("", element.findtext("faultcode") or "", text, b"")
    said = _Block(refused)
    fault = FaultReceived(
        name_of(refused)[1], said.text("Code") or "", said.text("Description") or text, source(refused)
    )
    fault.failure = said.text("SignatureVerificationFault") or ""
    return fault


_BY_SMEV: Final = {
    "MessageMetadata": (),
    "Request": ("RequestMessage",),
    "Response": ("ResponseMessage",),
    "AsyncProcessingStatusData": ("SmevAsyncProcessingMessage",),
}
"""What SMEV signs in its replies, and the block in which the signature stands beside it (spec §9)."""


def signed_by_smev(reply: Element) -> Signed | None:
    """Return what SMEV signs in a reply, with SMEVSignature; None where it signs nothing (Ack, an empty queue)."""
    for target, way in _BY_SMEV.items():
        block: _Block | None = _Block(reply)
        for step in way:
            found = None if block is None else block.children.get(step)
            block = None if found is None else _Block(found)
        if block is not None and target in block.children:
            return Signed(block.children[target], _first_element(block.children.get("SMEVSignature")))
    return None


def signed_by_sender(message: "ReceivedRequest | ReceivedResponse") -> Signed:
    """Return what the sender of a delivered message signed, with SenderInformationSystemSignature.

    Raises: ProtocolError.
    """
    is_request = isinstance(message, ReceivedRequest)
    delivered = _Block(message.element).block("Request" if is_request else "Response")
    data = delivered.child("SenderProvidedRequestData" if is_request else "SenderProvidedResponseData")
    return Signed(data, _first_element(delivered.children.get("SenderInformationSystemSignature")))


def _first_element(holder: Element | None) -> Element | None:
    return None if holder is None else next(holder.iterchildren("*"), None)


def read_metadata(reply: Element) -> ReceivedMetadata:
    """Read MessageMetadata, a child of `reply`."""
    return _metadata(_Block(reply).block("MessageMetadata"))


def _metadata(metadata: "_Block") -> ReceivedMetadata:
    delivered_at = metadata.text("DeliveryTimestamp")
    return ReceivedMetadata(
        message_id=metadata.text("MessageId") or "",
        message_type=metadata.text("MessageType") or "",
        sender=_mnemonic(metadata, "Sender") or "",
        sent_at=moments.read(metadata.text("SendingTimestamp") or ""),
        recipient=_mnemonic(metadata, "Recipient"),
        delivered_at=None if delivered_at is None else moments.read(delivered_at),
        status=metadata.text("Status") or "",
    )


def _mnemonic(metadata: "_Block", role: str) -> str | None:
    return metadata.block(role).text("Mnemonic") if role in metadata.children else None


def read_request(reply: Element) -> ReceivedRequest | None:
    """Read GetRequestResponse; None for an empty queue."""
    taken = _Block(reply).children.get("RequestMessage")
    if taken is None:
        return None
    message = _Block(taken)
    request = message.block("Request")
    data = request.block("SenderProvidedRequestData")
    return ReceivedRequest(
        metadata=_metadata(request.block("MessageMetadata")),
        message_id=data.text("MessageID") or "",
        reference_message_id=data.text("ReferenceMessageID"),
        transaction_code=data.text("TransactionCode"),
        reply_to=request.text("ReplyTo") or None,
        content=_only_element(data.child("MessagePrimaryContent")),
        test_message="TestMessage" in data.children,
        attachments=_read_attachments(message),
        element=taken,
        files=_read_files(data, request),
        attachment_headers=_read_headers(data),
    )


def read_response(reply: Element) -> ReceivedResponse | None:
    """Read GetResponseResponse; None for an empty queue."""
    taken = _Block(reply).children.get("ResponseMessage")
    if taken is None:
        return None
    message = _Block(taken)
    response = message.block("Response")
    data = response.block("SenderProvidedResponseData")
    content, status = data.children.get("MessagePrimaryContent"), data.children.get("RequestStatus")
    asynchronous = data.children.get("AsyncProcessingStatus")
    return ReceivedResponse(
        metadata=_metadata(response.block("MessageMetadata")),
        message_id=data.text("MessageID") or "",
        original_message_id=response.text("OriginalMessageId") or "",
        original_transaction_code=response.text("OriginalTransactionCode"),
        reference_message_id=response.text("ReferenceMessageID"),
        content=None if content is None else _only_element(content),
        rejections=tuple(map(_rejection, data.each("RequestRejected"))),
        status=None if status is None else _read_status(_Block(status)),
        async_status=None if asynchronous is None else _read_async_status(_Block(asynchronous)),
        attachments=_read_attachments(message),
        element=taken,
        files=_read_files(data, response),
        attachment_headers=_read_headers(data),
    )


def read_async_status(reply: Element) -> AsyncStatus | None:
    """Read GetStatusResponse; None for an empty queue."""
    message = _Block(reply).children.get("SmevAsyncProcessingMessage")
    if message is None:
        return None
    return _read_async_status(_Block(message).block("AsyncProcessingStatusData").block("AsyncProcessingStatus"))


def read_queue_statistics(reply: Element) -> dict[str, int]:
    """Read GetIncomingQueueStatisticsResponse: queue name -> messages pending."""
    return {
        block.element.get("queueName", ""): int(block.element.get("pendingMessageNumber", "0"))
        for block in _Block(reply).each("QueueStatistics")
    }


def _rejection(rejected: "_Block") -> Rejection:
    return Rejection(
        _reject_code(rejected.text("RejectionReasonCode")), rejected.text("RejectionReasonDescription") or ""
    )


def _read_status(status: "_Block") -> RequestStatus:
    parameters = tuple((item.text("Key") or "", item.text("Value") or "") for item in status.each("StatusParameter"))
    return RequestStatus(int(status.text("StatusCode") or "0"), status.text("StatusDescription") or "", parameters)


def _read_async_status(status: "_Block") -> AsyncStatus:
    fault = status.children.get("SmevFault")
    return AsyncStatus(
        original_message_id=status.text("OriginalMessageId") or "",
        category=status.text("StatusCategory") or "",
        details=status.text("StatusDetails") or "",
        fault="" if fault is None else " ".join(text.strip() for text in fault.itertext() if text.strip()),
    )


def _reject_code(text: str | None) -> RejectCode:
    try:
        return RejectCode(text or "")
    except ValueError:
        raise ProtocolError(f"expected a RejectCode, found {text!r}") from None


def _read_attachments(message: "_Block") -> tuple[Attachment, ...]:
    if "AttachmentContentList" not in message.children:
        return ()
    items = map(_Block, message.child("AttachmentContentList").iterchildren("*"))
    return tuple(Attachment(item.text("Id") or "", base64.b64decode(item.text("Content") or "")) for item in items)


def _read_headers(data: "_Block") -> tuple[AttachmentHeader, ...]:
    if "AttachmentHeaderList" not in data.children:
        return ()
    headers = map(_Block, data.child("AttachmentHeaderList").iterchildren("*"))
    return tuple(
        AttachmentHeader(header.text("contentId") or "", header.text("MimeType") or "", _pkcs7(header))
        for header in headers
    )


def _pkcs7(header: "_Block") -> bytes | None:
    signature = header.text("SignaturePKCS7")
    return None if signature is None else base64.b64decode(signature)


def _read_files(data: "_Block", delivered: "_Block") -> tuple[ReceivedFile, ...]:
    """Pair the headers that the sender wrote with the logins that SMEV gave, by uuid."""
    if "RefAttachmentHeaderList" not in data.children:
        return ()
    given = {}
    if "FSAttachmentsList" in delivered.children:
        for item in map(_Block, delivered.child("FSAttachmentsList").iterchildren("*")):
            uuid = item.text("uuid") or ""
            words = (item.text(name) or "" for name in ("UserName", "Password", "FileName"))
            given[uuid.lower()] = FSAttachment(uuid, *words)
    headers = map(_ref_header, map(_Block, data.child("RefAttachmentHeaderList").iterchildren("*")))
    return tuple(ReceivedFile(header, given.get(header.uuid.lower())) for header in headers)


def _ref_header(header: "_Block") -> RefAttachmentHeader:
    return RefAttachmentHeader(
        header.text("uuid") or "",
        header.text("Hash") or "",
        header.text("MimeType") or "",
        _pkcs7(header),
        header.text("FileName"),
    )


class _Block:
    """Children of one element by local name, of several the first: looked through once, not once for each name."""

    __slots__ = ("children", "element")

    def __init__(self, element: Element) -> None:
        self.element = element
        self.children: dict[str, Element] = {}
        for child in element.iterchildren("*"):
            self.children.setdefault(str(child.tag).rpartition("}")[2], child)

    def child(self, local: str) -> Element:
        found = self.children.get(local)
        if found is None:
            raise ProtocolError(f"expected {local} in {name_of(self.element)[1]}, found none")
        return found

    def block(self, local: str) -> "_Block":
        return _Block(self.child(local))

    def text(self, local: str) -> str | None:
        found = self.children.get(local)
        return None if found is None else (found.text or "").strip()

    def each(self, local: str) -> "list[_Block]":
        if local not in self.children:
            return []
        return [_Block(child) for child in self.element.iterchildren("*") if name_of(child)[1] == local]


def _only_element(holder: Element) -> Element:
    return next(holder.iterchildren("*"))
