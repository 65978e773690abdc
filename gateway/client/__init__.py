"""A participant's SMEV 3 client, for the simulated agencies and for users: `docs/how-to/client.md`.

async with Smev3Client("http://127.0.0.1:8630", "MYSYSTEM") as smev:
    sent = await smev.send_request(content)
    async with smev.responses() as responses:
        async for response in responses:
            ...
"""

from gateway.client.by_reference import FileNotTransferred, FilePlace
from gateway.client.files import AnyAttachment, save_attachments
from gateway.client.smev3 import NoAnswer, SentMessage, Smev3Client
from gateway.client.taking import Taking
from gateway.client.transport import EXPLAIN_HEADER, Direct, Door, Http, Transport
from gateway.client.untrusted import Untrusted
from gateway.protocol.messages import AttachmentHeader, MessageType, Rejection, RequestStatus
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.participant_replies import (
    AsyncStatus,
    FaultReceived,
    ProtocolError,
    ReceivedFile,
    ReceivedRequest,
    ReceivedResponse,
)
from gateway.protocol.statuses import RejectCode

__all__ = [
    "EXPLAIN_HEADER",
    "AnyAttachment",
    "AsyncStatus",
    "AttachmentHeader",
    "Direct",
    "Door",
    "FaultReceived",
    "FileNotTransferred",
    "FilePlace",
    "Http",
    "MessageType",
    "NoAnswer",
    "Outgoing",
    "ProtocolError",
    "ReceivedFile",
    "ReceivedRequest",
    "ReceivedResponse",
    "RejectCode",
    "Rejection",
    "RequestStatus",
    "SentMessage",
    "Smev3Client",
    "Taking",
    "Transport",
    "Untrusted",
    "save_attachments",
]
