"""A SOAP message of SMEV 3 becomes what it tells of a message: that it was sent, delivered, or rejected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote

from gateway.ns import SMEV3_BY_TYPES, Smev3
from gateway.protocol.faults import SmevFault, SoapFault
from gateway.protocol.messages import Attachment, MessageType
from gateway.protocol.mtom import INCLUDE, MtomError, Package, inline
from gateway.protocol.operations import SendRequest, SendResponse
from gateway.protocol.participant_replies import (
    ProtocolError,
    ReceivedMetadata,
    read_metadata,
    read_request,
    read_response,
)
from gateway.protocol.smev3 import read_call
from gateway.protocol.soap import close_envelope, open_envelope
from gateway.recording.importing.files import NotAMessage
from gateway.recording.said import lacks_parts
from gateway.words import say
from gateway.xml import Element, XmlError, name_of, source


@dataclass(frozen=True, slots=True)
class Sent:
    """SendRequest or SendResponse, as it was sent or as a delivery repeats it (`envelope` is then made from it).

    `original` is the MessageID of the request that is answered, None where the message itself does not say it;
    `reply_to` is where answers to a delivered request go, `to` where an answer went. `rejection` is why SMEV refused
    the request: a message that SMEV wrote itself. `lost` counts attachments whose content nobody kept.
    """

    operation: str
    version: str
    message_id: str
    message_type: str
    envelope: bytes
    source: bytes | None
    attachments: tuple[Attachment, ...]
    to: str = ""
    reply_to: str = ""
    original: str | None = None
    metadata: ReceivedMetadata | None = None
    delivered: bool = False
    rejection: str = ""
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """MessageMetadata that SMEV answered a call with: who sent it to whom, and when."""

    metadata: ReceivedMetadata


def told_by(package: Package) -> Sent | Told:
    """Return what a message tells.

    Raises: NotAMessage, with the reason, for what tells nothing of a message.
    """
    try:
        child = open_envelope(package.root)
        namespace, local = name_of(child)
        smev, reader = SMEV3_BY_TYPES.get(namespace), _READERS.get(local)
        if local == "Fault":
            raise NotAMessage(say("отказ, а не сообщение", "a fault, not a message") + f": {_texts(child)}")
        if smev is None or reader is None:
            raise NotAMessage(_nothing(namespace, local))
        lost = _drop_lost_attachments(child, package)
        told = reader(child, package, smev)
    except (SoapFault, SmevFault) as error:
        raise NotAMessage(str(error.explanation)) from error
    except (ProtocolError, MtomError, XmlError, StopIteration) as error:
        raise NotAMessage(str(error) or type(error).__name__) from error
    except NotAMessage:
        raise
    except ValueError as error:  # a moment or a number that is none
        raise NotAMessage(str(error)) from error
    return replace(told, lost=lost) if isinstance(told, Sent) else told


def _texts(element: Element) -> str:
    return " ".join(text.strip() for text in element.itertext() if text.strip())[:200]


def _nothing(namespace: str, local: str) -> str:
    if namespace in SMEV3_BY_TYPES:
        return say(f"{local}: сообщения в нём нет", f"{local}: there is no message in it")
    return say(
        f"{{{namespace}}}{local}: ожидался message-exchange СМЭВ 3",
        f"{{{namespace}}}{local}: expected message-exchange of SMEV 3",
    )


def _drop_lost_attachments(child: Element, package: Package) -> int:
    """Leave out attachments whose part nobody kept: the message says enough without; return how many they were."""
    lost = 0
    for listed in child.iter("{*}AttachmentContentList"):
        for item in list(listed.iterchildren("*")):
            for include in item.iter(INCLUDE):
                if parts_named(include, package) is None:
                    listed.remove(item)
                    lost += 1
                    break
    return lost


def parts_named(include: Element, package: Package) -> str | None:
    """Return the Content-ID of the part that an xop:Include points at, None when it is not there."""
    written = include.get("href", "").removeprefix("cid:")
    return next((name for name in (written, unquote(written)) if name in package.parts), None)


def _sent(child: Element, package: Package, _: Smev3) -> Sent:
    is_complete = not lacks_parts(package.root)
    call = read_call(child, package)
    if not isinstance(call, SendRequest | SendResponse):
        raise NotAMessage(_nothing(*name_of(child)))
    content = call.data.primary_content
    return Sent(
        call.name,
        call.smev.version,
        call.data.message_id,
        "" if content is None else str(MessageType.of(content)),
        package.root,
        None if is_complete else call.data.source,
        call.attachments,
        to="" if isinstance(call, SendRequest) else call.data.to,
    )


def _answered(child: Element, package: Package, _: Smev3) -> Told:
    return Told(read_metadata(child))


def _delivered_request(child: Element, package: Package, smev: Smev3) -> Sent:
    inline(child, package)
    request = read_request(child)
    if request is None:
        raise NotAMessage(_empty())
    return Sent(
        "SendRequest",
        smev.version,
        request.message_id,
        str(request.message_type),
        _envelope("SendRequest", request.element, smev),
        None,
        request.attachments,
        reply_to=request.reply_to or "",
        metadata=request.metadata,
        delivered=True,
    )


def _delivered_response(child: Element, package: Package, smev: Smev3) -> Sent:
    inline(child, package)
    response = read_response(child)
    if response is None:
        raise NotAMessage(_empty())
    refused = response.async_status
    return Sent(
        "SendResponse",
        smev.version,
        response.message_id,
        "" if response.content is None else str(MessageType.of(response.content)),
        _envelope("SendResponse", response.element, smev),
        None,
        response.attachments,
        original=response.original_message_id,
        metadata=response.metadata,
        delivered=True,
        rejection="" if refused is None else refused.fault or refused.details or refused.category,
    )


def _envelope(operation: str, delivered: Element, smev: Smev3) -> bytes:
    """Return the call as it must have been but for its signature: the sender's element is in the delivery as it was."""
    data = next(each for each in delivered.iter("*") if name_of(each)[1].startswith("SenderProvided"))
    name = f"ns2:{operation}Request"
    return close_envelope(f'<{name} xmlns:ns2="{smev.types}">'.encode() + source(data) + f"</{name}>".encode())


def _empty() -> str:
    return say("очередь была пуста", "the queue was empty")


_Reader = Callable[[Element, Package, Smev3], Sent | Told]
_READERS: Final[Mapping[str, _Reader]] = {
    "SendRequestRequest": _sent,
    "SendResponseRequest": _sent,
    "SendRequestResponse": _answered,
    "SendResponseResponse": _answered,
    "GetRequestResponse": _delivered_request,
    "GetResponseResponse": _delivered_response,
}
"""Local name of what stands in soap:Body -> who reads it."""
