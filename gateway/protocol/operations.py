"""The operations of message-exchange as values: what a caller asks, what SMEV replies.

Signatures are opaque bytes here (DESIGN: protocol and signature do not know each other): they are kept,
forwarded and spliced, never looked into.
"""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Call:
    """Base of the calls: the version spoken and CallerInformationSystemSignature as it came."""

    name: ClassVar[str] = ""

    smev: Smev3
    caller_signature: bytes | None


@dataclass(frozen=True, slots=True)
class SendRequest(Call):
    name: ClassVar[str] = "SendRequest"

    data: SentRequest
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class SendResponse(Call):
    name: ClassVar[str] = "SendResponse"

    data: SentResponse
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class GetRequest(Call):
    name: ClassVar[str] = "GetRequest"

    selector: Selector


@dataclass(frozen=True, slots=True)
class GetResponse(Call):
    name: ClassVar[str] = "GetResponse"

    selector: Selector


@dataclass(frozen=True, slots=True)
class GetStatus(Call):
    name: ClassVar[str] = "GetStatus"

    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Ack(Call):
    name: ClassVar[str] = "Ack"

    message_id: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class GetIncomingQueueStatistics(Call):
    """Version 1.1 only."""

    name: ClassVar[str] = "GetIncomingQueueStatistics"

    node_id: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """Reply to SendRequest and SendResponse."""

    metadata: Metadata


@dataclass(frozen=True, slots=True)
class RequestReply:
    """Reply to GetRequest; no message means an empty queue."""

    message: DeliveredRequest | None


@dataclass(frozen=True, slots=True)
class ResponseReply:
    """Reply to GetResponse."""

    message: DeliveredResponse | None


@dataclass(frozen=True, slots=True)
class StatusReply:
    """Reply to GetStatus."""

    message: DeliveredStatus | None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Reply to Ack."""


@dataclass(frozen=True, slots=True)
class QueueStatistics:
    """Reply to GetIncomingQueueStatistics: (queue name, messages pending)."""

    queues: tuple[tuple[str, int], ...]


Reply = Sent | RequestReply | ResponseReply | StatusReply | Acknowledged | QueueStatistics
