"""The operations of message-exchange as values: what a caller asks, what SMEV replies.

Signatures are opaque here (protocol and signature do not know each other): they are kept, forwarded and spliced,
never looked into.
"""

from dataclasses import field
from datetime import datetime
from typing import ClassVar

from gateway.ns import Smev3
from gateway.protocol.messages import (
    Attachment,
    DeliveredRequest,
    DeliveredResponse,
    DeliveredStatus,
    Metadata,
    Selector,
    SentRequest,
    SentResponse,
)
from gateway.values import value
from gateway.xml import Element


@value
class Signing:
    """What a signature is asked about: the element that it has to cover, and the ds:Signature; None: there is none.

    `target` is the very element that was read, with XOP parts inlined; whatever else stands in the message was not.
    """

    target: Element
    signature: Element | None


@value
class Call:
    """Base of the calls: the version spoken, CallerInformationSystemSignature as it came, and what it has to cover."""

    name: ClassVar[str] = ""

    smev: Smev3
    caller_signature: bytes | None
    signing: Signing | None = field(default=None, compare=False, kw_only=True)


@value
class SendRequest(Call):
    name: ClassVar[str] = "SendRequest"

    data: SentRequest
    attachments: tuple[Attachment, ...]


@value
class SendResponse(Call):
    name: ClassVar[str] = "SendResponse"

    data: SentResponse
    attachments: tuple[Attachment, ...]


@value
class GetRequest(Call):
    name: ClassVar[str] = "GetRequest"

    selector: Selector


@value
class GetResponse(Call):
    name: ClassVar[str] = "GetResponse"

    selector: Selector


@value
class GetStatus(Call):
    name: ClassVar[str] = "GetStatus"

    timestamp: datetime


@value
class Ack(Call):
    name: ClassVar[str] = "Ack"

    message_id: str
    accepted: bool


@value
class GetIncomingQueueStatistics(Call):
    """Version 1.1 only."""

    name: ClassVar[str] = "GetIncomingQueueStatistics"

    node_id: str | None


@value
class Sent:
    """Reply to SendRequest and SendResponse."""

    metadata: Metadata


@value
class RequestReply:
    """Reply to GetRequest; no message means an empty queue."""

    message: DeliveredRequest | None


@value
class ResponseReply:
    """Reply to GetResponse."""

    message: DeliveredResponse | None


@value
class StatusReply:
    """Reply to GetStatus."""

    message: DeliveredStatus | None


@value
class Acknowledged:
    """Reply to Ack."""


@value
class QueueStatistics:
    """Reply to GetIncomingQueueStatistics: (queue name, messages pending)."""

    queues: tuple[tuple[str, int], ...]


Reply = Sent | RequestReply | ResponseReply | StatusReply | Acknowledged | QueueStatistics
