"""What an envelope says, read for people who compare, replay and search: the values beside the XML that they index."""

from functools import lru_cache

from lxml import etree

from gateway.domain.journal import JournalEvent
from gateway.ns import SMEV3_BY_TYPES
from gateway.protocol.faults import SmevFault, SoapFault
from gateway.protocol.messages import MessageType, SentRequest, SentResponse
from gateway.protocol.mtom import INCLUDE, MtomError, Package
from gateway.protocol.operations import SendRequest, SendResponse
from gateway.protocol.smev3 import read_call
from gateway.protocol.soap import open_envelope
from gateway.recording.format import RecordedEntry
from gateway.xml import Element, XmlError, name_of, parse

_LISTED = "AttachmentContentList"


class Unreadable(ValueError):
    """An envelope says nothing that could be read; the text says what was wrong with it."""


def said(recorded: RecordedEntry) -> SentRequest | SentResponse:
    """Return what a sent message says: its data, with `primary_content` as an element.

    Where SMEV's own `source` was recorded beside the envelope, its data are read: they are complete. The contents of
    attachments are not looked at: the entry names them. Do not change the elements: they are shared.

    Raises: Unreadable for an entry without an envelope, or with one that is no SendRequest or SendResponse.
    """
    if recorded.entry.envelope is None:
        raise Unreadable(f"{recorded.entry.event.value}: no envelope")
    return _said(recorded.entry.envelope, recorded.source)


def content_of(recorded: RecordedEntry) -> Element | None:
    """Return the root of the business content; None of an answer that has none (a rejection, a status).

    Raises: Unreadable.
    """
    return said(recorded).primary_content


def is_message(recorded: RecordedEntry) -> bool:
    """Tell whether an entry is of a message that was taken: SendRequest or SendResponse."""
    return recorded.entry.event is JournalEvent.SENT


def type_of(recorded: RecordedEntry) -> MessageType:
    """Return the full name of the root that an entry names."""
    return MessageType.from_tag(recorded.entry.message_type)


@lru_cache(256)  # one reader after the other asks for the same few
def _said(envelope: bytes, source: bytes | None) -> SentRequest | SentResponse:
    try:
        child = open_envelope(envelope)
        if source is not None:
            _complete(child, parse(source))
        _leave_out_attachments(child)
        call = read_call(child, Package(envelope))
    except (SoapFault, SmevFault) as error:
        raise Unreadable(str(error.explanation)) from error
    except (MtomError, XmlError) as error:
        raise Unreadable(str(error)) from error
    if not isinstance(call, SendRequest | SendResponse):
        raise Unreadable(f"{call.name}: no message")
    return call.data


def lacks_parts(envelope: bytes) -> bool:
    """Tell whether an envelope points at parts that stand for content of the message itself, not for attachments.

    Such an envelope is not all that was said: the journal keeps the root part only.
    """
    if b"Include" not in envelope:
        return False
    try:
        child = open_envelope(envelope)
    except (SoapFault, SmevFault):
        return False
    for listed in list(child.iterchildren(f"{{*}}{_LISTED}")):
        child.remove(listed)
    return next(child.iter(INCLUDE), None) is not None


def _complete(call: Element, data: Element) -> None:
    """Put the recorded element in the place of the one in the call."""
    for child in call.iterchildren("*"):
        if name_of(child)[1] == name_of(data)[1]:
            call.replace(child, data)
            return


def _leave_out_attachments(call: Element) -> None:
    """Their parts are not in the envelope, and who reads it asks for the data only."""
    if name_of(call)[0] not in SMEV3_BY_TYPES:
        return
    for child in list(call.iterchildren(f"{{*}}{_LISTED}")):
        call.remove(child)
    for include in list(call.iter(INCLUDE)):
        # Binary content inside the business content that came as a part of its own, which the journal does not keep.
        holder = include.getparent()
        if holder is not None:
            holder.replace(include, etree.Comment(include.get("href", "")))
