"""What travels inside the operations: values, and the source XML that they index.

Names follow the XSD of message-exchange (types and basic); a signed element is never rebuilt from these
fields, its `source` is what is stored and delivered.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from gateway.protocol.statuses import InteractionStatus, RejectCode, WireMessageType
from gateway.values import value
from gateway.xml import Element


@dataclass(frozen=True, slots=True, order=True)
class MessageType:
    """Full name of the root element of the business content (полное имя корневого элемента)."""

    namespace: str
    root: str

    def __str__(self) -> str:
        return f"{{{self.namespace}}}{self.root}"

    @classmethod
    def from_tag(cls, tag: str) -> "MessageType":
        """Read Clark notation, `{namespace}root` or `root`."""
        return _message_type(tag)

    @classmethod
    def of(cls, element: Element) -> "MessageType":
        """The type that `element` is the root of."""
        return cls.from_tag(str(element.tag))


@lru_cache(1024)  # a gateway sees few types, each several times a call
def _message_type(tag: str) -> MessageType:
    namespace, separator, root = tag.removeprefix("{").rpartition("}")
    return MessageType(namespace, root) if separator else MessageType("", tag)


@dataclass(frozen=True, slots=True)
class AttachmentHeader:
    """basic:AttachmentHeaderType: describes content that comes in the same call (MTOM).

    `signature` is a CMS over the content (SignaturePKCS7, DER).
    """

    content_id: str
    mime_type: str
    signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """basic:AttachmentContentType: the content itself. `content_id` is its child Id, often no NCName."""

    content_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class RefAttachmentHeader:
    """basic:RefAttachmentHeaderType: describes a file in the file store, where `uuid` names its directory.

    `hash` is base64 of the digest of its content, `signature` a CMS over it (SignaturePKCS7, DER), `file_name` is said
    by 1.3 only (spec §8).
    """

    uuid: str
    hash: str
    mime_type: str
    signature: bytes | None = None
    file_name: str | None = None


@dataclass(frozen=True, slots=True)
class FSAttachment:
    """basic:FSAuthInfo: where a reader gets the file of the header with this `uuid` (spec §8).

    `file_name` is relative to the root of the login, with a leading slash.
    """

    uuid: str
    user_name: str
    password: str
    file_name: str


@value
class SentRequest:
    """types:SenderProvidedRequestData. `source` is the element as it came.

    `business_process_metadata` are the children of that block: any elements of other namespaces. `personal_signature`
    is a ds:Signature over `primary_content` (ЭП-СП).
    """

    message_id: str
    reference_message_id: str | None
    transaction_code: str | None
    node_id: str | None
    eol: datetime | None
    primary_content: Element
    attachment_headers: tuple[AttachmentHeader, ...]
    ref_attachment_headers: tuple[RefAttachmentHeader, ...]
    test_message: bool
    source: bytes
    business_process_metadata: tuple[Element, ...] = ()
    personal_signature: Element | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """One types:RequestRejected."""

    code: RejectCode
    description: str


@dataclass(frozen=True, slots=True)
class RequestStatus:
    """types:RequestStatus, an intermediate business status."""

    code: int
    description: str
    parameters: tuple[tuple[str, str], ...] = ()


@value
class SentResponse:
    """types:SenderProvidedResponseData: exactly one of content, rejections and status. `source` as it came.

    `personal_signature` is a ds:Signature over `primary_content` (ЭП-СП).
    """

    message_id: str
    to: str
    primary_content: Element | None
    rejections: tuple[Rejection, ...]
    status: RequestStatus | None
    attachment_headers: tuple[AttachmentHeader, ...]
    ref_attachment_headers: tuple[RefAttachmentHeader, ...]
    source: bytes
    personal_signature: Element | None = None


@value
class Selector:
    """basic:MessageTypeSelector: no type means any."""

    message_type: MessageType | None = None
    node_id: str | None = None


@value
class Metadata:
    """types:MessageMetadata, the union of the versions."""

    message_id: str
    message_type: WireMessageType
    sender: str
    sender_name: str
    sent_at: datetime
    recipient: str | None
    recipient_name: str
    status: InteractionStatus
    delivered_at: datetime | None = None


@value
class DeliveredRequest:
    """What a provider gets: types:Request with the sender's element embedded as `source`."""

    source: bytes
    metadata: Metadata
    reply_to: str | None
    sender_signature: bytes | None = None
    attachments: tuple[Attachment, ...] = ()
    files: tuple[FSAttachment, ...] = ()


@value
class DeliveredResponse:
    """What a consumer gets: types:Response with the provider's element embedded as `source`."""

    source: bytes
    metadata: Metadata
    original_message_id: str
    original_transaction_code: str | None
    reference_message_id: str | None
    sender_signature: bytes | None = None
    attachments: tuple[Attachment, ...] = ()
    files: tuple[FSAttachment, ...] = ()


@value
class DeliveredStatus:
    """What a provider reads about its rejected response: types:AsyncProcessingStatusData as `source`."""

    source: bytes
