"""A recording read for a comparison: its exchanges, on whose behalf each was sent, what each message says, masked."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final, NamedTuple

from gateway.domain.catalogue import Catalogue, DataKind
from gateway.domain.journal import JournalEvent
from gateway.protocol.messages import MessageType, RequestStatus, SentRequest, SentResponse
from gateway.recording.conversation import Exchange, causes, conversation
from gateway.recording.format import RecordedEntry, Recording
from gateway.recording.masks import MARK, Masks, Node, masked, renamed
from gateway.recording.said import Unreadable, content_of, said
from gateway.xml import Element, XmlError, parse

MasksOf = Callable[[MessageType], Masks]

_OF_SMEV: Final = re.compile(rb"(<(?:[\w.-]+:)?(?:EOL|To|ReferenceMessageID|TransactionCode)(?:\s[^>]*)?>)[^<]*")
"""What SMEV needs to find its way, and is no part of what is said; it stands before the content."""
_CONTENT: Final = b"PrimaryContent"
_DATA: Final = b"SenderProvidedRe"
_NO_METADATA: Final = Node("BusinessProcessMetadata", (), "", ())


class Digest(NamedTuple):
    """A hash of a masked content; `names_messages` when it holds MessageIDs, which all read the same in it."""

    value: int
    names_messages: bool


@dataclass(frozen=True, slots=True)
class KindMasks:
    """Masks of each kind of a catalogue, and further ones: for every kind under "", else by the kind's id."""

    catalogue: Catalogue
    further: Mapping[str, Masks]

    def __call__(self, message_type: MessageType) -> Masks:
        """Return the masks of the contents with this root."""
        masks = self.further.get("", Masks())
        kind = self.kind_of(message_type)
        return masks if kind is None else masks | Masks(kind.volatile, kind.unordered) | self.of_id(kind.id)

    def kind_of(self, message_type: MessageType) -> DataKind | None:
        """Return the kind that a root belongs to."""
        return self.catalogue.by_request(message_type) or self.catalogue.by_response(message_type)

    def of_id(self, kind_id: str) -> Masks:
        """Return the further masks of one kind."""
        return self.further.get(kind_id, Masks())


class Run:
    """A recording as it is compared. Contents are read when they are asked for, and are not kept: they may be many."""

    def __init__(self, recording: Recording, masks_of: MasksOf) -> None:
        self.recording: Final = recording
        self._masks_of: MasksOf = cache(masks_of)
        told = conversation(recording.entries)
        self.exchanges: Final = told.exchanges
        self.apart: Final = told.apart
        self._ids = _Marks(dict.fromkeys(_message_ids(told.exchanges), MARK))
        self._texts: dict[int, bytes] = {}
        self._digests: dict[int, Digest] = {}

    @cached_property
    def violations(self) -> Mapping[str, tuple[RecordedEntry, ...]]:
        """The violations that were found, by the MessageID that they are about."""
        found: dict[str, tuple[RecordedEntry, ...]] = {}
        for each in self.recording.entries:
            if each.entry.event is JournalEvent.VIOLATION:
                about = each.entry.message_id
                found[about] = (*found.get(about, ()), each)
        return found

    @cached_property
    def parents(self) -> Mapping[int, Exchange]:
        """The exchange on whose behalf each one was sent, by number; nothing of those that somebody began with."""
        of = {each.message_id: each for each in self.exchanges}
        found: dict[int, Exchange] = {}
        because = causes(self.recording.entries)
        for exchange in self.exchanges:
            delivery = self.recording.by_seq.get(because.get(exchange.request.seq, 0))
            cause = None if delivery is None else of.get(delivery.entry.original_message_id)
            if delivery is not None and cause is not None and delivery.entry.operation != "GetRequest":
                # It went on after an answer: to a question of its own, asked for the same request as this one.
                cause = found.get(cause.number)
            if cause is not None:
                found[exchange.number] = cause
        return found

    def text(self, recorded: RecordedEntry) -> bytes:
        """Return a hash of what was sent as it was written, but for SMEV's ids and the signature.

        Equal ones say the same; most messages of two runs of one system need not be read for more.
        """
        found = self._texts.get(recorded.seq)
        if found is None:
            found = self._texts[recorded.seq] = hashlib.blake2b(_bare(recorded), digest_size=16).digest()
        return found

    def has(self, message_id: str) -> bool:
        """Tell whether a message of this id was taken."""
        return message_id.lower() in self._ids

    def digest(self, recorded: RecordedEntry) -> "Digest":
        """Return a hash of what a message says, by which equal contents are found among many."""
        found = self._digests.get(recorded.seq)
        if found is None:
            self._ids.used = False
            value = hash(self.content(recorded))
            found = self._digests[recorded.seq] = Digest(value, self._ids.used)
        return found

    def content(self, recorded: RecordedEntry, names: Mapping[str, str] | None = None) -> Node:
        """Return what a message says: its masked content, or a rejection, a status.

        `names` says what to read for a MessageID of the run, by default one thing for all.
        """
        ids = self._ids if names is None else names
        try:
            content = _primary(recorded)
            if content is not None:
                return masked(content, self._masks_of(MessageType.of(content)), ids)
            return renamed(_outcome(said(recorded)), ids)
        except (Unreadable, XmlError) as error:
            return Node("unreadable", (), f"{error} {hashlib.sha256(_written(recorded)).hexdigest()[:16]}", ())

    def metadata(self, recorded: RecordedEntry, names: Mapping[str, str]) -> Node:
        """Return BusinessProcessMetadata of a request, without children where there are none."""
        if b"BusinessProcessMetadata" not in _written(recorded):
            return _NO_METADATA
        try:
            data = said(recorded)
        except Unreadable:
            data = None
        found = data.business_process_metadata if isinstance(data, SentRequest) else ()
        return _NO_METADATA._replace(children=tuple(masked(each, names=names) for each in found))


class _Marks(dict[str, str]):
    """MessageIDs that all read the same; `used` once one was found in a content."""

    used = False

    def get(self, key: str, default: Any = None, /) -> Any:
        """Return what to read for an id."""
        found = super().get(key)
        self.used = self.used or found is not None
        return default if found is None else found


def _message_ids(exchanges: Iterable[Exchange]) -> list[str]:
    return [
        each.entry.message_id.lower()
        for exchange in exchanges
        for each in (exchange.request, *exchange.answers)
        if each.entry.message_id
    ]


def _bare(recorded: RecordedEntry) -> bytes:
    written, entry = _written(recorded), recorded.entry
    end = written.rfind(_DATA)  # what follows is a signature
    start = max(written.find(_CONTENT), 0)
    bare = _OF_SMEV.sub(rb"\1", written[:start]) + written[start : end if end > start else None]
    for message_id, mark in ((entry.message_id, b"\0own"), (entry.original_message_id, b"\0asked")):
        bare = bare.replace(message_id.encode(), mark) if message_id else bare
    return bare


def _primary(recorded: RecordedEntry) -> Element | None:
    """Return the root of the content without reading the rest of the call; None where it takes more than that."""
    written = _written(recorded)
    if b"Include" in written:
        return content_of(recorded)
    if _CONTENT not in written:
        return None
    holder = next(parse(written).iter("{*}MessagePrimaryContent"), None)
    return None if holder is None else next(holder.iterchildren("*"), None)


def _written(recorded: RecordedEntry) -> bytes:
    return recorded.source or recorded.entry.envelope or b""


def _outcome(data: SentRequest | SentResponse) -> Node:
    if isinstance(data, SentRequest):
        return Node("nothing", (), "", ())
    if data.status is not None:
        return _status(data.status)
    reasons = [
        Node("Reason", (), "", (_leaf("RejectionReasonCode", each.code.value), _leaf("Description", each.description)))
        for each in data.rejections
    ]
    return Node("RequestRejected", (), "", tuple(reasons))


def _status(status: RequestStatus) -> Node:
    given = tuple(_leaf(name, value) for name, value in status.parameters)
    told = (_leaf("StatusCode", str(status.code)), _leaf("StatusDescription", status.description))
    return Node("RequestStatus", (), "", (*told, *given))


def _leaf(tag: str, text: str) -> Node:
    return Node(tag, (), text.strip(), ())
