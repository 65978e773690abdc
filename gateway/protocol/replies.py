"""SMEV's replies as bytes, spliced together from stored bytes and escaped text, in the real framing.

The Body child declares the default namespace basic, ns2 types and ns3 faults, as every real reply does
(clients exist that look for these prefixes). Who gives `sign` has SMEVSignature put into its place (spec §9).
"""

import base64
from collections.abc import Callable
from typing import Final, TypeAlias

from gateway.ns import SMEV3_1_1, SMEV3_1_2, XOP, Smev3
from gateway.protocol import moments, operations
from gateway.protocol.messages import Attachment, DeliveredRequest, DeliveredResponse, FSAttachment, Metadata
from gateway.protocol.statuses import WireMessageType, status_for
from gateway.values import value
from gateway.xml import escape

BY_SMEV: Final = "SIGNED_BY_SMEV"
_SIGNED: Final = f' Id="{BY_SMEV}"'

Sign: TypeAlias = Callable[[bytes, str], bytes]
"""Signs an element that declares its own namespaces: (its bytes, its Id) -> the ds:Signature over it."""


@value
class Encoded:
    """A Body child, and the parts that it points at when the reply is a multipart package."""

    body_child: bytes
    parts: tuple[tuple[str, bytes], ...] = ()


def encode(reply: operations.Reply, smev: Smev3, operation: str, *, xop: bool, sign: Sign | None = None) -> Encoded:
    """Return the reply to `operation`; with `xop` attachments become parts, without it base64 text."""
    declarations = f' xmlns="{smev.basic}" xmlns:ns2="{smev.types}" xmlns:ns3="{smev.faults}"'
    content, parts = _content(reply, smev, xop, _Signer(sign, declarations.encode()))
    name = f"ns2:{operation}Response"
    if not content:
        return Encoded(f"<{name}{declarations}/>".encode())
    return Encoded(b"".join((f"<{name}{declarations}>".encode(), content, f"</{name}>".encode())), parts)


@value
class _Signer:
    """Signs elements of a reply whose Body child has these declarations; `sign` is None where nothing is signed."""

    sign: Sign | None
    declarations: bytes

    def signature(self, element: bytes) -> bytes:
        """Return SMEVSignature over an element that has the Id SIGNED_BY_SMEV, nothing when nothing is signed."""
        if self.sign is None:
            return b""
        name_end = element.index(b" ")  # its first attribute is the Id, or a declaration
        own = b"" if element.startswith(b" xmlns", name_end) else self.declarations
        alone = b"".join((element[:name_end], own, element[name_end:]))
        return b"".join((b"<ns2:SMEVSignature>", self.sign(alone, BY_SMEV), b"</ns2:SMEVSignature>"))


def _content(
    reply: operations.Reply, smev: Smev3, xop: bool, signer: _Signer
) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    match reply:
        case operations.Sent(metadata):
            told = _metadata(metadata, smev, _SIGNED).encode()
            return told + signer.signature(told), ()
        case operations.RequestReply(DeliveredRequest() as message):
            listed, parts = _attachments(message.attachments, smev, xop)
            request = _request(message, smev)
            return _wrap("RequestMessage", request, listed, signer.signature(request)), parts
        case operations.ResponseReply(DeliveredResponse() as message):
            listed, parts = _attachments(message.attachments, smev, xop)
            response = _response(message, smev)
            return _wrap("ResponseMessage", response, listed, signer.signature(response)), parts
        case operations.StatusReply(message) if message is not None:
            return _wrap("SmevAsyncProcessingMessage", message.source, signer.signature(message.source)), ()
        case operations.QueueStatistics(queues):
            return _statistics(queues), ()
        case _:
            return b"", ()


def _wrap(name: str, *content: bytes) -> bytes:
    return b"".join((f"<ns2:{name}>".encode(), *content, f"</ns2:{name}>".encode()))


def _request(message: DeliveredRequest, smev: Smev3) -> bytes:
    tail = [_metadata(message.metadata, smev, ""), _files(message.files, smev)]
    if message.reply_to is not None:
        tail.append(f"<ns2:ReplyTo>{escape(message.reply_to)}</ns2:ReplyTo>")
    elif smev is SMEV3_1_1:
        # 1.1 requires ReplyTo; a broadcast, which nobody can answer, carries an empty one (spec §6).
        tail.append("<ns2:ReplyTo/>")
    return b"".join(
        (
            f"<ns2:Request{_SIGNED}>".encode(),
            message.source,
            "".join(tail).encode(),
            _sender_signature(message.sender_signature),
            b"</ns2:Request>",
        )
    )


def _response(message: DeliveredResponse, smev: Smev3) -> bytes:
    head = [
        f"<ns2:Response{_SIGNED}><ns2:OriginalMessageId>{escape(message.original_message_id)}</ns2:OriginalMessageId>"
    ]
    if message.original_transaction_code is not None:
        code = escape(message.original_transaction_code)
        head.append(f"<ns2:OriginalTransactionCode>{code}</ns2:OriginalTransactionCode>")
    if message.reference_message_id is not None:
        reference = escape(message.reference_message_id)
        head.append(f"<ns2:ReferenceMessageID>{reference}</ns2:ReferenceMessageID>")
    return b"".join(
        (
            "".join(head).encode(),
            message.source,
            _metadata(message.metadata, smev, "").encode(),
            _files(message.files, smev).encode(),
            _sender_signature(message.sender_signature),
            b"</ns2:Response>",
        )
    )


def _sender_signature(signature: bytes | None) -> bytes:
    if signature is None:
        return b""
    return b"".join((b"<ns2:SenderInformationSystemSignature>", signature, b"</ns2:SenderInformationSystemSignature>"))


def _metadata(metadata: Metadata, smev: Smev3, id_attribute: str) -> str:
    """types:MessageMetadata. 1.1 has more, 1.2 fewest fields (spec §3)."""
    parts = [
        f"<ns2:MessageMetadata{id_attribute}><ns2:MessageId>{escape(metadata.message_id)}</ns2:MessageId>",
        f"<ns2:MessageType>{metadata.message_type.value}</ns2:MessageType>",
        _party("Sender", metadata.sender, metadata.sender_name, smev),
        f"<ns2:SendingTimestamp>{moments.write(metadata.sent_at)}</ns2:SendingTimestamp>",
    ]
    if smev is SMEV3_1_1:
        parts.append("<ns2:DestinationName>unknown</ns2:DestinationName>")
    if metadata.recipient is not None and (metadata.message_type is not WireMessageType.BROADCAST or smev is SMEV3_1_1):
        parts.append(_party("Recipient", metadata.recipient, metadata.recipient_name, smev))
    if smev is SMEV3_1_1:
        parts.append(
            "<ns2:SupplementaryData><ns2:DetectedContentTypeName>not detected</ns2:DetectedContentTypeName>"
            "<ns2:InteractionType>NotDetected</ns2:InteractionType></ns2:SupplementaryData>"
        )
    if metadata.delivered_at is not None:
        parts.append(f"<ns2:DeliveryTimestamp>{moments.write(metadata.delivered_at)}</ns2:DeliveryTimestamp>")
    parts.append(f"<ns2:Status>{status_for(metadata.status, smev).value}</ns2:Status></ns2:MessageMetadata>")
    return "".join(parts)


def _party(role: str, mnemonic: str, name: str, smev: Smev3) -> str:
    readable = "" if smev is SMEV3_1_2 else f"<ns2:HumanReadableName>{escape(name)}</ns2:HumanReadableName>"
    return f"<ns2:{role}><ns2:Mnemonic>{escape(mnemonic)}</ns2:Mnemonic>{readable}</ns2:{role}>"


def _attachments(
    attachments: tuple[Attachment, ...], smev: Smev3, xop: bool
) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    if not attachments:
        return b"", ()
    items: list[str] = []
    parts: list[tuple[str, bytes]] = []
    for number, attachment in enumerate(attachments, 1):
        if xop:
            content_id = f"attachment-{number}@mock-smev"
            parts.append((content_id, attachment.content))
            content = f'<xop:Include xmlns:xop="{XOP}" href="cid:{content_id}"/>'
        else:
            content = base64.b64encode(attachment.content).decode("ascii")
        items.append(
            f"<AttachmentContent><Id>{escape(attachment.content_id)}</Id><Content>{content}</Content></AttachmentContent>"
        )
    listed = f'<AttachmentContentList xmlns="{smev.basic}">{"".join(items)}</AttachmentContentList>'
    return listed.encode(), tuple(parts)


def _files(files: tuple[FSAttachment, ...], smev: Smev3) -> str:
    if not files:
        return ""
    items = "".join(
        f"<FSAttachment><uuid>{escape(file.uuid)}</uuid><UserName>{escape(file.user_name)}</UserName>"
        f"<Password>{escape(file.password)}</Password><FileName>{escape(file.file_name)}</FileName></FSAttachment>"
        for file in files
    )
    return f'<FSAttachmentsList xmlns="{smev.basic}">{items}</FSAttachmentsList>'


def _statistics(queues: tuple[tuple[str, int], ...]) -> bytes:
    return "".join(
        f'<ns2:QueueStatistics queueName="{escape(name)}" pendingMessageNumber="{pending}"/>'
        for name, pending in queues
    ).encode()
