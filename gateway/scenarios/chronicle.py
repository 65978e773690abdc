"""The journal of a run as steps look at it: who was delivered what, and what is true of such a message."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.exchange.recordings import Selection, recorded
from gateway.library import Library
from gateway.protocol.messages import MessageType, Rejection, RequestStatus, SentResponse
from gateway.recording.format import RecordedEntry, Recording
from gateway.recording.said import Unreadable, said
from gateway.storage.database import Database
from gateway.xml import Element

OPERATIONS: Final = {"GetRequest": "request", "GetResponse": "answer", "GetStatus": "status"}


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that was delivered: the entry of its delivery, that of its sending (None of SMEV's own), its fault."""

    delivery: RecordedEntry
    sent: RecordedEntry | None
    rejection: RecordedEntry | None
    kind: str

    @property
    def entry(self) -> JournalEntry:
        return self.delivery.entry

    @property
    def message(self) -> str:
        """request, answer or status."""
        return OPERATIONS.get(self.entry.operation, "")

    @property
    def content(self) -> Element | None:
        """The root of the business content, None where there is none."""
        try:
            return None if self.sent is None else said(self.sent).primary_content
        except Unreadable:
            return None

    @property
    def rejections(self) -> tuple[Rejection, ...]:
        """RequestRejected of an answer."""
        response = self._response()
        return () if response is None else response.rejections

    @property
    def status(self) -> RequestStatus | None:
        """RequestStatus of an answer."""
        response = self._response()
        return None if response is None else response.status

    def _response(self) -> SentResponse | None:
        try:
            data = None if self.sent is None else said(self.sent)
        except Unreadable:
            return None
        return data if isinstance(data, SentResponse) else None

    @property
    def fault(self) -> str:
        """The name of the fault that SMEV tells of; "" of what participants say."""
        return "" if self.rejection is None else self.rejection.entry.fault

    def __str__(self) -> str:
        """Return the message in a line: what, of which kind, from whom, saying what."""
        root = MessageType.from_tag(self.entry.message_type).root
        told = (
            *(f"{each.code}: {each.description}" for each in self.rejections),
            f"RequestStatus {self.status.code}" if self.status else "",
            self.fault,
        )
        parts = (self.message, self.kind or root, f"← {self.entry.counterpart}", *told, self.entry.message_id)
        return " ".join(filter(None, parts))


class Chronicle:
    """Reads the journal of a run on as it grows."""

    def __init__(self, store: Database, library: Library) -> None:
        self._store, self._library = store, library
        self.entries: list[RecordedEntry] = []
        self._sent: dict[str, RecordedEntry] = {}
        self._rejected: dict[str, RecordedEntry] = {}
        self._kinds: dict[str, str] = {}
        self._roots: dict[str, str] = {}

    async def read_on(self) -> list[RecordedEntry]:
        """Return what is new since the last time. Raises: StoreError."""
        after = self.entries[-1].seq if self.entries else 0
        new = list((await recorded(self._store, Selection(after=after))).entries)
        for each in new:
            self._index(each)
        self.entries += new
        return new

    def _index(self, each: RecordedEntry) -> None:
        entry = each.entry
        if entry.event is JournalEvent.SENT:
            self._sent[entry.message_id] = each
            if entry.operation == "SendRequest":
                self._kinds[entry.message_id] = self.kind_of(entry.message_type)
        elif entry.fault and entry.event in (JournalEvent.REJECTED, JournalEvent.EXPIRED):
            self._rejected[entry.message_id] = each

    def kind_of(self, message_type: str) -> str:
        """Return the id of the kind whose root a message has; "" for none."""
        if message_type not in self._roots:
            root = MessageType.from_tag(message_type)
            found = next((kind.id for kind in self._library.catalogue if root in kind.roots), "")
            self._roots[message_type] = found
        return self._roots[message_type]

    def arrived(self, at: str) -> Iterator[Arrived]:
        """Yield what has been delivered to a participant, in order."""
        for each in self.entries:
            entry = each.entry
            if entry.event is JournalEvent.DELIVERED and entry.participant == at:
                yield self.arrival(each)

    def arrival(self, delivery: RecordedEntry) -> Arrived:
        """Return the message of a delivery."""
        entry = delivery.entry
        sent = self._sent.get(entry.message_id)
        # SMEV tells of a rejection in a message of its own, or (GetStatus) under the MessageID of what was rejected.
        rejected = self._rejected.get(entry.message_id if entry.operation == "GetStatus" else entry.original_message_id)
        is_smevs = sent is None or entry.operation == "GetStatus"
        kind = self.kind_of(entry.message_type) or self._kinds.get(entry.original_message_id, "")
        return Arrived(delivery, None if is_smevs else sent, rejected if is_smevs else None, kind)

    def last_faults(self, most: int = 3) -> list[JournalEntry]:
        """Return the last entries that explain themselves, newest first."""
        return [each.entry for each in reversed(self.entries) if each.entry.explanation is not None][:most]

    async def recording(self) -> Recording:
        """Return the whole of it. Raises: StoreError."""
        return await recorded(self._store)
