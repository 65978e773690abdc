"""A participant's side of message-exchange, speaking: calls as bytes. Counterpart of `smev3`, SMEV's ear.

Who is given `sign` writes the CallerInformationSystemSignature of the call; without it the call goes unsigned.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from gateway.ns import SMEV3_1_1, SMEV3_1_3, XOP, Smev3
from gateway.protocol import moments
from gateway.protocol.messages import AttachmentHeader, RefAttachmentHeader, Rejection, RequestStatus, Selector
from gateway.protocol.soap import close_envelope
from gateway.xml import escape

Sign: TypeAlias = Callable[[bytes, str], bytes]
"""Signs an element that declares its own namespaces: (its bytes, its Id) -> the ds:Signature over it."""

BY_CONSUMER: Final = "SIGNED_BY_CONSUMER"
BY_PROVIDER: Final = "SIGNED_BY_PROVIDER"
BY_CALLER: Final = "SIGNED_BY_CALLER"
"""Ids of what is signed, as real clients write them (spec §2)."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Common optional blocks of SendRequest. `business_process_metadata` is written as it is."""

    reference_message_id: str | None = None
    transaction_code: str | None = None
    node_id: str | None = None
    eol: datetime | None = None
    test_message: bool = False
    business_process_metadata: bytes | None = None


def send_request(  # noqa: PLR0913 - the blocks of the call
    smev: Smev3,
    message_id: str,
    content: bytes,
    options: Outgoing = Outgoing(),
    attachments: Sequence[tuple[AttachmentHeader, bytes]] = (),
    *,
    ref_attachments: Sequence[RefAttachmentHeader] = (),
    personal_signature: bytes | None = None,
    sign: Sign | None = None,
) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    """Return the envelope of SendRequest and the XOP parts of its attachments.

    The files of `ref_attachments` have been uploaded by then (spec §8); `personal_signature` is a ds:Signature over
    `content`.
    """
    eol = None if options.eol is None else moments.write(options.eol)
    head = "".join(
        (
            f'<ns2:SenderProvidedRequestData{_declarations(smev)} Id="{BY_CONSUMER}">',
            _leaf("ns2:MessageID", message_id),
            _leaf("ns2:ReferenceMessageID", options.reference_message_id),
            _leaf("ns2:TransactionCode", options.transaction_code),
            _leaf("ns2:NodeID", options.node_id),
            _leaf("ns2:EOL", eol),
        )
    ).encode()
    data = (
        head,
        _wrapped("MessagePrimaryContent", content),
        _wrapped("ns2:PersonalSignature", personal_signature),
        _attachment_headers(attachments),
        _ref_attachment_headers(ref_attachments, smev),
        _wrapped("ns2:BusinessProcessMetadata", options.business_process_metadata),
        b"<ns2:TestMessage/>" if options.test_message else b"",
        b"</ns2:SenderProvidedRequestData>",
    )
    listed, parts = _attachment_contents(attachments)
    return _call(smev, "SendRequest", b"".join(data), BY_CONSUMER, sign, between=listed), parts


def send_response(  # noqa: PLR0913 - the blocks of the call
    smev: Smev3,
    message_id: str,
    to: str,
    answer: bytes | Sequence[Rejection] | RequestStatus,
    attachments: Sequence[tuple[AttachmentHeader, bytes]] = (),
    *,
    ref_attachments: Sequence[RefAttachmentHeader] = (),
    personal_signature: bytes | None = None,
    sign: Sign | None = None,
) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    """Return the envelope of SendResponse: business content, rejections, or an intermediate status.

    The files of `ref_attachments` have been uploaded by then (spec §8); `personal_signature` is a ds:Signature over
    the content.
    """
    data = (
        f'<ns2:SenderProvidedResponseData{_declarations(smev)} Id="{BY_PROVIDER}">'.encode(),
        f"{_leaf('ns2:MessageID', message_id)}{_leaf('ns2:To', to)}".encode(),
        _answer(answer),
        _wrapped("ns2:PersonalSignature", personal_signature),
        _attachment_headers(attachments),
        _ref_attachment_headers(ref_attachments, smev),
        b"</ns2:SenderProvidedResponseData>",
    )
    listed, parts = _attachment_contents(attachments)
    return _call(smev, "SendResponse", b"".join(data), BY_PROVIDER, sign, between=listed), parts


def _answer(answer: bytes | Sequence[Rejection] | RequestStatus) -> bytes:
    if isinstance(answer, bytes):
        return b"<MessagePrimaryContent>" + answer + b"</MessagePrimaryContent>"
    if isinstance(answer, RequestStatus):
        parameters = "".join(
            f"<ns2:StatusParameter>{_leaf('ns2:Key', key)}{_leaf('ns2:Value', value)}</ns2:StatusParameter>"
            for key, value in answer.parameters
        )
        return (
            f"<ns2:RequestStatus>{_leaf('ns2:StatusCode', str(answer.code))}{parameters}"
            f"{_leaf('ns2:StatusDescription', answer.description)}</ns2:RequestStatus>"
        ).encode()
    return "".join(
        f"<ns2:RequestRejected>{_leaf('ns2:RejectionReasonCode', rejection.code.value)}"
        f"{_leaf('ns2:RejectionReasonDescription', rejection.description)}</ns2:RequestRejected>"
        for rejection in answer
    ).encode()


def get(smev: Smev3, operation: str, selector: Selector, now: datetime, sign: Sign | None = None) -> bytes:
    """Return the envelope of GetRequest or GetResponse."""
    chosen = selector.message_type
    named = (
        "" if chosen is None else _leaf("NamespaceURI", chosen.namespace) + _leaf("RootElementLocalName", chosen.root)
    )
    selected = (
        f'<MessageTypeSelector xmlns="{smev.basic}" Id="{BY_CALLER}">{named}'
        f"{_leaf('Timestamp', moments.write(now))}{_leaf('NodeID', selector.node_id)}</MessageTypeSelector>"
    )
    return _call(smev, operation, selected.encode(), BY_CALLER, sign)


def get_status(smev: Smev3, now: datetime, sign: Sign | None = None) -> bytes:
    """Return the envelope of GetStatus."""
    # The schema requires the signature element here and only here; unsigned, it stands with an empty ds:Signature.
    return _call(smev, "GetStatus", _timestamp(smev, now), BY_CALLER, sign or _nothing_signed)


def _nothing_signed(_: bytes, __: str) -> bytes:
    return b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'


def ack(smev: Smev3, message_id: str, *, accepted: bool = True, sign: Sign | None = None) -> bytes:
    """Return the envelope of Ack."""
    flag = "true" if accepted else "false"
    target = (
        f'<AckTargetMessage xmlns="{smev.basic}" Id="{BY_CALLER}" accepted="{flag}">'
        f"{escape(message_id)}</AckTargetMessage>"
    )
    return _call(smev, "Ack", target.encode(), BY_CALLER, sign)


def get_incoming_queue_statistics(now: datetime, node_id: str | None = None, sign: Sign | None = None) -> bytes:
    """Return the envelope of GetIncomingQueueStatistics (1.1 only)."""
    node = _leaf("ns2:NodeID", node_id).encode()
    return _call(SMEV3_1_1, "GetIncomingQueueStatistics", _timestamp(SMEV3_1_1, now), BY_CALLER, sign, before=node)


def _timestamp(smev: Smev3, now: datetime) -> bytes:
    return f'<Timestamp xmlns="{smev.basic}" Id="{BY_CALLER}">{moments.write(now)}</Timestamp>'.encode()


def _call(  # noqa: PLR0913 - what stands in a call, in order
    smev: Smev3,
    operation: str,
    signed: bytes,
    identifier: str,
    sign: Sign | None,
    *,
    before: bytes = b"",
    between: bytes = b"",
) -> bytes:
    """Return a call whose element `signed` is what the signature covers; the rest stands around it."""
    name = f"ns2:{operation}Request"
    signature = b""
    if sign is not None:
        signature = _wrapped("ns2:CallerInformationSystemSignature", sign(signed, identifier))
    opening, closing = f"<{name}{_declarations(smev)}>".encode(), f"</{name}>".encode()
    return close_envelope(b"".join((opening, before, signed, between, signature, closing)))


def _wrapped(name: str, content: bytes | None) -> bytes:
    return b"" if content is None else b"".join((f"<{name}>".encode(), content, f"</{name}>".encode()))


def _declarations(smev: Smev3) -> str:
    return f' xmlns="{smev.basic}" xmlns:ns2="{smev.types}"'


def _leaf(name: str, text: str | None) -> str:
    return "" if text is None else f"<{name}>{escape(text)}</{name}>"


def _attachment_headers(attachments: Sequence[tuple[AttachmentHeader, bytes]]) -> bytes:
    if not attachments:
        return b""
    items = "".join(
        f"<AttachmentHeader>{_leaf('contentId', header.content_id)}{_leaf('MimeType', header.mime_type)}"
        f"{_leaf('SignaturePKCS7', _base64(header.signature))}</AttachmentHeader>"
        for header, _ in attachments
    )
    return f"<AttachmentHeaderList>{items}</AttachmentHeaderList>".encode()


def _ref_attachment_headers(headers: Sequence[RefAttachmentHeader], smev: Smev3) -> bytes:
    if not headers:
        return b""
    items = "".join(
        f"<RefAttachmentHeader>{_leaf('uuid', header.uuid)}"
        f"{_leaf('FileName', header.file_name) if smev is SMEV3_1_3 else ''}"
        f"{_leaf('Hash', header.hash)}{_leaf('MimeType', header.mime_type)}"
        f"{_leaf('SignaturePKCS7', _base64(header.signature))}</RefAttachmentHeader>"
        for header in headers
    )
    return f"<RefAttachmentHeaderList>{items}</RefAttachmentHeaderList>".encode()


def _base64(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode("ascii")


def _attachment_contents(
    attachments: Sequence[tuple[AttachmentHeader, bytes]],
) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    if not attachments:
        return b"", ()
    items: list[str] = []
    parts: list[tuple[str, bytes]] = []
    for number, (header, content) in enumerate(attachments, 1):
        content_id = f"content-{number}@participant"
        parts.append((content_id, content))
        items.append(
            f"<AttachmentContent>{_leaf('Id', header.content_id)}<Content>"
            f'<xop:Include xmlns:xop="{XOP}" href="cid:{content_id}"/></Content></AttachmentContent>'
        )
    return f"<AttachmentContentList>{''.join(items)}</AttachmentContentList>".encode(), tuple(parts)
