"""SMEV's side of message-exchange 1.1, 1.2 and 1.3: a Body child becomes a call, a reply becomes bytes.

Shapes: `schemas/smev3/*/smev-message-exchange-types-*.xsd`. The reader takes the children by name and leaves
order, lengths and patterns to the schema check; what it cannot do without is refused here.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from gateway.ns import SMEV3_1_1, SMEV3_BY_TYPES, SMEV3_VERSIONS, Smev3
from gateway.protocol import moments, operations
from gateway.protocol.faults import Explanation, InvalidContent, SoapFault
from gateway.protocol.messages import (
    Attachment,
    AttachmentHeader,
    MessageType,
    RefAttachmentHeader,
    Rejection,
    RequestStatus,
    Selector,
    SentRequest,
    SentResponse,
)
from gateway.protocol.mtom import INCLUDE, Package, inline
from gateway.protocol.statuses import RejectCode
from gateway.words import say
from gateway.xml import Element, name_of, path_of, source


def read_call(body_child: Element, package: Package) -> operations.Call:
    """Return the call in `body_child`; XOP parts of `package` are inlined into it first.

    Raises: SoapFault when it is no operation, InvalidContent when a mandatory block is missing, MtomError.
    """
    namespace, local = name_of(body_child)
    smev = SMEV3_BY_TYPES.get(namespace)
    if smev is None:
        types = ", ".join(known.types for known in SMEV3_VERSIONS.values())
        raise _unknown(say(f"пространство имён {types}", f"the namespace {types}"), namespace, local)
    reader = _READERS.get(local)
    if reader is None or (local == "GetIncomingQueueStatisticsRequest" and smev is not SMEV3_1_1):
        version, names = smev.version, ", ".join(_READERS)
        expected = say(
            f"одна из операций версии {version}: {names}", f"one of the operations of version {version}: {names}"
        )
        raise _unknown(expected, namespace, local)
    return reader(_Block(body_child, smev, package))


def _unknown(expected: str, namespace: str, local: str) -> SoapFault:
    return SoapFault(Explanation("operation", expected, f"{{{namespace}}}{local}", where="/Envelope/Body"))


class _Block:
    """Children of one element by local name, whatever of the SMEV namespaces they are in.

    types:CallerInformationSystemSignature and basic:MessageTypeSelector never share a local name, so the local
    name identifies the child; a wrong namespace is what the schema check reports.
    """

    def __init__(self, element: Element, smev: Smev3, package: Package) -> None:
        self.element, self.smev, self.package = element, smev, package
        self.children: dict[str, Element] = {}
        for child in element.iterchildren("*"):
            namespace, local = name_of(child)
            if namespace.startswith(_SMEV_TYPES):
                self.children.setdefault(local, child)

    def required(self, local: str) -> Element:
        child = self.children.get(local)
        if child is None:
            path = path_of(self.element)
            raise InvalidContent.of_envelope(
                Explanation("envelope", say(f"блок {local}", f"the block {local}"), say("его нет", "none"), where=path),
                (f"Блок {local} отсутствует либо пуст.",),
            )
        return child

    def text(self, local: str) -> str | None:
        child = self.children.get(local)
        return None if child is None else (child.text or "").strip()

    def required_text(self, local: str) -> str:
        text = (self.required(local).text or "").strip()
        if not text:
            raise _invalid(self.required(local), "", "непустое значение", "a value that is not empty")
        return text

    def block(self, local: str) -> "_Block":
        return _Block(self.required(local), self.smev, self.package)

    def signing(self, target: Element) -> operations.Signing:
        """Return the caller's signature with what it has to cover: `target`, a child of this block."""
        return operations.Signing(target, self.signature("CallerInformationSystemSignature"))

    def signature(self, local: str) -> Element | None:
        """Return the ds:Signature in the block `local`; GetStatus needs one, and unsigned it stands there empty."""
        holder = self.children.get(local)
        found = None if holder is None else next(holder.iterchildren("*"), None)
        if found is not None:
            inline(found, self.package)  # CXF makes parts of all that is base64, SignatureValue too
        return found

    def each(self, list_name: str) -> list["_Block"]:
        holder = self.children.get(list_name)
        if holder is None:
            return []
        return [_Block(item, self.smev, self.package) for item in holder if isinstance(item.tag, str)]


_SMEV_TYPES: Final = "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/"


def _invalid(element: Element, found: str, expected: str, english: str | None = None) -> InvalidContent:
    # What was expected in both languages, if they differ: the sentence on the wire stays Russian.
    where = path_of(element)
    return InvalidContent.of_envelope(
        Explanation("envelope", say(expected, english or expected), repr(found), where=where),
        (f"{where}: ожидалось {expected}, найдено {found!r}",),
    )


def _send_request(call: _Block) -> operations.SendRequest:
    data = call.block("SenderProvidedRequestData")
    inline(data.element, call.package)
    eol = data.text("EOL")
    try:
        end_of_life = None if eol is None else moments.read(eol)
    except ValueError:
        raise _invalid(data.required("EOL"), eol or "", "xs:dateTime") from None
    signing = call.signing(data.element)
    return operations.SendRequest(
        call.smev,
        _as_it_came(signing),
        SentRequest(
            message_id=data.required_text("MessageID"),
            reference_message_id=data.text("ReferenceMessageID"),
            transaction_code=data.text("TransactionCode"),
            node_id=data.text("NodeID"),
            eol=end_of_life,
            primary_content=_primary_content(data.required("MessagePrimaryContent")),
            attachment_headers=_headers(data),
            ref_attachment_headers=_ref_headers(data),
            test_message="TestMessage" in data.children,
            source=source(data.element),
            business_process_metadata=_business_process_metadata(data),
            personal_signature=data.signature("PersonalSignature"),
        ),
        _attachments(call),
        signing=signing,
    )


def _as_it_came(signing: operations.Signing) -> bytes | None:
    return None if signing.signature is None else source(signing.signature)


def _business_process_metadata(data: _Block) -> tuple[Element, ...]:
    block = data.children.get("BusinessProcessMetadata")
    return () if block is None else tuple(block.iterchildren("*"))


def _send_response(call: _Block) -> operations.SendResponse:
    data = call.block("SenderProvidedResponseData")
    inline(data.element, call.package)
    content = data.children.get("MessagePrimaryContent")
    rejections = tuple(
        Rejection(_reject_code(_Block(item, call.smev, call.package)), _text_below(item, "RejectionReasonDescription"))
        for item in data.element
        if isinstance(item.tag, str) and item.tag.endswith("}RequestRejected")
    )
    status = data.children.get("RequestStatus")
    if content is None and not rejections and status is None:
        # AsyncProcessingStatus is the schema's fourth choice, but only SMEV itself writes it.
        data.required("MessagePrimaryContent")
    signing = call.signing(data.element)
    return operations.SendResponse(
        call.smev,
        _as_it_came(signing),
        SentResponse(
            message_id=data.required_text("MessageID"),
            to=data.text("To") or "",
            primary_content=None if content is None else _primary_content(content),
            rejections=rejections,
            status=None if status is None else _request_status(_Block(status, call.smev, call.package)),
            attachment_headers=_headers(data),
            ref_attachment_headers=_ref_headers(data),
            source=source(data.element),
            personal_signature=data.signature("PersonalSignature"),
        ),
        _attachments(call),
        signing=signing,
    )


def _primary_content(holder: Element) -> Element:
    elements = [child for child in holder if isinstance(child.tag, str)]
    if len(elements) != 1:
        raise _invalid(holder, f"{len(elements)}", "ровно один корневой элемент", "exactly one root element")
    return elements[0]


def _reject_code(rejection: _Block) -> RejectCode:
    text = rejection.required_text("RejectionReasonCode")
    try:
        return RejectCode(text)
    except ValueError:
        codes, place = ", ".join(RejectCode), rejection.required("RejectionReasonCode")
        raise _invalid(place, text, f"одно из {codes}", f"one of {codes}") from None


def _text_below(element: Element, local: str) -> str:
    return next((child.text or "" for child in element if str(child.tag).endswith("}" + local)), "")


def _request_status(status: _Block) -> RequestStatus:
    code = status.required_text("StatusCode")
    try:
        number = int(code)
    except ValueError:
        raise _invalid(status.required("StatusCode"), code, "xs:int") from None
    parameters = tuple(
        (_text_below(item, "Key"), _text_below(item, "Value"))
        for item in status.element
        if str(item.tag).endswith("}StatusParameter")
    )
    return RequestStatus(number, status.text("StatusDescription") or "", parameters)


def _headers(data: _Block) -> tuple[AttachmentHeader, ...]:
    return tuple(
        AttachmentHeader(header.required_text("contentId"), header.text("MimeType") or "", _signature_of_file(header))
        for header in data.each("AttachmentHeaderList")
    )


def _ref_headers(data: _Block) -> tuple[RefAttachmentHeader, ...]:
    return tuple(
        RefAttachmentHeader(
            header.required_text("uuid"),
            header.text("Hash") or "",
            header.text("MimeType") or "",
            _signature_of_file(header),
            header.text("FileName"),
        )
        for header in data.each("RefAttachmentHeaderList")
    )


def _signature_of_file(header: _Block) -> bytes | None:
    signature = header.children.get("SignaturePKCS7")
    return None if signature is None else _content(signature, header.package)


def _attachments(call: _Block) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(item.required_text("Id"), _content(item.required("Content"), call.package))
        for item in call.each("AttachmentContentList")
    )


def _content(content: Element, package: Package) -> bytes:
    include = content.find(INCLUDE)
    if include is not None:
        return package.part(include)
    try:
        return base64.b64decode("".join((content.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise _invalid(content, (content.text or "")[:40], "base64") from None


def _selector(call: _Block) -> Selector:
    selector = call.block("MessageTypeSelector")
    root = selector.text("RootElementLocalName")
    namespace = selector.text("NamespaceURI")
    node_id = selector.text("NodeID") or None
    if root is None and namespace is None:
        return Selector(None, node_id)
    if not root or namespace is None:
        raise _invalid(
            selector.element,
            f"{namespace=}, {root=}",
            "NamespaceURI и RootElementLocalName вместе",
            "NamespaceURI and RootElementLocalName together",
        )
    return Selector(MessageType(namespace, root), node_id)


def _get_request(call: _Block) -> operations.GetRequest:
    signing = call.signing(call.required("MessageTypeSelector"))
    return operations.GetRequest(call.smev, _as_it_came(signing), _selector(call), signing=signing)


def _get_response(call: _Block) -> operations.GetResponse:
    signing = call.signing(call.required("MessageTypeSelector"))
    return operations.GetResponse(call.smev, _as_it_came(signing), _selector(call), signing=signing)


def _get_status(call: _Block) -> operations.GetStatus:
    signing = call.signing(call.required("Timestamp"))
    return operations.GetStatus(call.smev, _as_it_came(signing), _timestamp(call), signing=signing)


def _timestamp(call: _Block) -> datetime:
    text = call.required_text("Timestamp")
    try:
        return moments.read(text)
    except ValueError:
        raise _invalid(call.required("Timestamp"), text, "xs:dateTime") from None


def _ack(call: _Block) -> operations.Ack:
    target = call.required("AckTargetMessage")
    # accepted is optional from 1.2 on; whoever leaves it out has accepted.
    accepted = target.get("accepted", "true").strip()
    if accepted not in ("true", "false", "1", "0"):
        raise _invalid(target, accepted, "accepted = true или false", "accepted = true or false")
    signing, message_id = call.signing(target), call.required_text("AckTargetMessage")
    return operations.Ack(call.smev, _as_it_came(signing), message_id, accepted in ("true", "1"), signing=signing)


def _queue_statistics(call: _Block) -> operations.GetIncomingQueueStatistics:
    _timestamp(call)
    signing = call.signing(call.required("Timestamp"))
    return operations.GetIncomingQueueStatistics(call.smev, _as_it_came(signing), call.text("NodeID"), signing=signing)


_READERS: Final[Mapping[str, Callable[[_Block], operations.Call]]] = {
    "SendRequestRequest": _send_request,
    "SendResponseRequest": _send_response,
    "GetRequestRequest": _get_request,
    "GetResponseRequest": _get_response,
    "GetStatusRequest": _get_status,
    "AckRequest": _ack,
    "GetIncomingQueueStatisticsRequest": _queue_statistics,
}
"""Every operation that a caller may name: local name of Body's child -> reader."""
