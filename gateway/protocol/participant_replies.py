"""A participant's side of message-exchange, listening: replies and faults read. Counterpart of `replies`."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.ns import SOAP_ENVELOPE
from gateway.protocol import moments
from gateway.protocol.messages import Attachment, MessageType, Rejection, RequestStatus
from gateway.protocol.mtom import Package, inline
from gateway.protocol.soap import open_envelope
from gateway.protocol.statuses import RejectCode
from gateway.xml import Element, name_of, source

_FAULT: Final = f"{{{SOAP_ENVELOPE}}}Fault"


class ProtocolError(ValueError):
    """The reply is no reply to the call: another element, or one without the blocks it must have."""


class FaultReceived(Exception):
    """SMEV refused the call.

    `name` is the local name of the fault element ("" for a plain SOAP fault), `code` and `description` its
    children, `detail` the serialised fault element, `attempts` how often the call was made until then,
    `explain` where this sandbox explains the refusal (a path; None of any other SMEV).
    """

    def __init__(self, name: str, code: str, description: str, detail: bytes) -> None:
        self.name, self.code, self.description, self.detail = name, code, description, detail
        self.attempts = 1
        self.explain: str | None = None
        super().__init__(f"{name or 'soap:Fault'}: {description}")


@dataclass(frozen=True, slots=True)
class ReceivedMetadata:
    """types:MessageMetadata as read."""

    message_id: str
    message_type: str
    sender: str
    sent_at: datetime
    recipient: str | None
    delivered_at: datetime | None
    status: str


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


def open_reply(package: Package, operation: str) -> Element:
    """Return the reply element of `operation` with XOP parts inlined.

    Raises: FaultReceived when SMEV refused, ProtocolError when it is no reply to this call, SoapFault when it
    is no envelope, MtomError.
    """
    child = open_envelope(package.root)
    if child.tag == _FAULT:
        raise _fault(child)
    if name_of(child)[1] != f"{operation}Response":
        raise ProtocolError(f"expected {operation}Response, found {child.tag!r}")
    inline(child, package)
    return child


def _fault(element: Element) -> FaultReceived:
    text = element.findtext("faultstring") or ""
    detail = element.find("detail")
    refused = next((item for item in detail if isinstance(item.tag, str)), None) if detail is not None else None
    if refused is None:
        return FaultReceived("", element.findtext("faultcode") or "", text, b"")
    return FaultReceived(
        name_of(refused)[1], _below(refused, "Code") or "", _below(refused, "Description") or text, source(refused)
    )


def read_metadata(reply: Element) -> ReceivedMetadata:
    """Read MessageMetadata, a child of `reply`."""
    metadata = _child(reply, "MessageMetadata")
    sender, recipient = _find(metadata, "Sender"), _find(metadata, "Recipient")
    delivered_at = _below(metadata, "DeliveryTimestamp")
    return ReceivedMetadata(
        message_id=_below(metadata, "MessageId") or "",
        message_type=_below(metadata, "MessageType") or "",
        sender="" if sender is None else _below(sender, "Mnemonic") or "",
        sent_at=moments.read(_below(metadata, "SendingTimestamp") or ""),
        recipient=None if recipient is None else _below(recipient, "Mnemonic"),
        delivered_at=None if delivered_at is None else moments.read(delivered_at),
        status=_below(metadata, "Status") or "",
    )


def read_request(reply: Element) -> ReceivedRequest | None:
    """Read GetRequestResponse; None for an empty queue."""
    message = _find(reply, "RequestMessage")
    if message is None:
        return None
    request = _child(message, "Request")
    data = _child(request, "SenderProvidedRequestData")
    return ReceivedRequest(
        metadata=read_metadata(request),
        message_id=_below(data, "MessageID") or "",
        reference_message_id=_below(data, "ReferenceMessageID"),
        transaction_code=_below(data, "TransactionCode"),
        reply_to=_below(request, "ReplyTo") or None,
        content=_only_element(_child(data, "MessagePrimaryContent")),
        test_message=_find(data, "TestMessage") is not None,
        attachments=_read_attachments(message),
        element=message,
    )


def read_response(reply: Element) -> ReceivedResponse | None:
    """Read GetResponseResponse; None for an empty queue."""
    message = _find(reply, "ResponseMessage")
    if message is None:
        return None
    response = _child(message, "Response")
    data = _child(response, "SenderProvidedResponseData")
    content = _find(data, "MessagePrimaryContent")
    status, asynchronous = _find(data, "RequestStatus"), _find(data, "AsyncProcessingStatus")
    return ReceivedResponse(
        metadata=read_metadata(response),
        message_id=_below(data, "MessageID") or "",
        original_message_id=_below(response, "OriginalMessageId") or "",
        original_transaction_code=_below(response, "OriginalTransactionCode"),
        reference_message_id=_below(response, "ReferenceMessageID"),
        content=None if content is None else _only_element(content),
        rejections=tuple(
            Rejection(
                _reject_code(_below(item, "RejectionReasonCode")), _below(item, "RejectionReasonDescription") or ""
            )
            for item in data
            if _local(item) == "RequestRejected"
        ),
        status=None if status is None else _read_status(status),
        async_status=None if asynchronous is None else _read_async_status(asynchronous),
        attachments=_read_attachments(message),
        element=message,
    )


def read_async_status(reply: Element) -> AsyncStatus | None:
    """Read GetStatusResponse; None for an empty queue."""
    message = _find(reply, "SmevAsyncProcessingMessage")
    if message is None:
        return None
    return _read_async_status(_child(_child(message, "AsyncProcessingStatusData"), "AsyncProcessingStatus"))


def read_queue_statistics(reply: Element) -> dict[str, int]:
    """Read GetIncomingQueueStatisticsResponse: queue name -> messages pending."""
    return {
        item.get("queueName", ""): int(item.get("pendingMessageNumber", "0"))
        for item in reply
        if _local(item) == "QueueStatistics"
    }


def _read_status(status: Element) -> RequestStatus:
    parameters = tuple(
        (_below(item, "Key") or "", _below(item, "Value") or "") for item in status if _local(item) == "StatusParameter"
    )
    return RequestStatus(
        int(_below(status, "StatusCode") or "0"), _below(status, "StatusDescription") or "", parameters
    )


def _read_async_status(status: Element) -> AsyncStatus:
    fault = _find(status, "SmevFault")
    return AsyncStatus(
        original_message_id=_below(status, "OriginalMessageId") or "",
        category=_below(status, "StatusCategory") or "",
        details=_below(status, "StatusDetails") or "",
        fault="" if fault is None else " ".join(text.strip() for text in fault.itertext() if text.strip()),
    )


def _reject_code(text: str | None) -> RejectCode:
    try:
        return RejectCode(text or "")
    except ValueError:
        raise ProtocolError(f"expected a RejectCode, found {text!r}") from None


def _read_attachments(message: Element) -> tuple[Attachment, ...]:
    listed = _find(message, "AttachmentContentList")
    if listed is None:
        return ()
    return tuple(
        Attachment(_below(item, "Id") or "", base64.b64decode(_below(item, "Content") or ""))
        for item in listed
        if isinstance(item.tag, str)
    )


def _local(element: Element) -> str:
    return name_of(element)[1] if isinstance(element.tag, str) else ""


def _find(element: Element, local: str) -> Element | None:
    return next((child for child in element if _local(child) == local), None)


def _child(element: Element, local: str) -> Element:
    child = _find(element, local)
    if child is None:
        raise ProtocolError(f"expected {local} in {_local(element)}, found none")
    return child


def _below(element: Element, local: str) -> str | None:
    child = _find(element, local)
    return None if child is None else (child.text or "").strip()


def _only_element(holder: Element) -> Element:
    return next(child for child in holder if isinstance(child.tag, str))
