"""What a recording holds for a replay: who asked and who answered in it, what was answered, with which contents."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Final, TypeAlias

from lxml import etree

from agencies.node import InvalidOptions
from gateway.domain.journal import JournalEvent
from gateway.library import Library
from gateway.protocol.messages import AttachmentHeader, MessageType, Rejection, RequestStatus, SentRequest, SentResponse
from gateway.protocol.statuses import RejectCode
from gateway.recording.conversation import Conversation, Exchange, conversation
from gateway.recording.format import RecordedEntry, Recording, RecordingError
from gateway.recording.masks import Masks
from gateway.recording.matching import Matcher, Reuse
from gateway.recording.said import Unreadable, said
from gateway.words import say
from gateway.xml import Element, source

_UUID: Final = re.compile(rb"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_UNKNOWN_TYPE: Final = "application/octet-stream"

Body: TypeAlias = bytes | tuple[Rejection, ...] | RequestStatus
Files: TypeAlias = tuple[tuple[AttachmentHeader, bytes], ...]


class NotToBeSent(Exception):
    """A recorded message cannot be sent again; the text says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider said then: `after` the request had come to it, `body`, `files`.

    `note` says why it cannot be said as it was: of the last one `body` is a rejection that says so, too, of another
    one it is None, and nothing is said.
    """

    recorded: RecordedEntry
    after: timedelta
    body: Body | None
    files: Files = ()
    note: str = ""

    @property
    def message_id(self) -> str:
        """The MessageID that it had."""
        return self.recorded.entry.message_id

    def renamed(self, names: Mapping[str, str]) -> Body | None:
        """Return the body with other MessageIDs: old (lower case) -> new."""
        return renamed(self.body, names) if isinstance(self.body, bytes) else self.body


class Recorded:
    """One recording, put together."""

    def __init__(self, recording: Recording) -> None:
        self.recording: Final = recording

    @cached_property
    def conversation(self) -> Conversation:
        """Its exchanges."""
        return conversation(self.recording.entries)

    @cached_property
    def providers(self) -> frozenset[str]:
        """Mnemonics of who was asked or answered."""
        return frozenset(each.provider for each in self.conversation.exchanges) - {""}

    @cached_property
    def consumers(self) -> frozenset[str]:
        """Mnemonics of who asked, be it that no request of theirs was ever taken."""
        refused = {
            each.entry.participant
            for each in self.conversation.apart
            if each.entry.event is JournalEvent.REFUSED and each.entry.operation == "SendRequest"
        }
        return (frozenset(each.consumer for each in self.conversation.exchanges) | refused) - {""}

    def answered_by(self, mnemonic: str) -> list[Exchange]:
        """Return the exchanges in which `mnemonic` was asked, in order."""
        return [each for each in self.conversation.exchanges if each.provider == mnemonic]

    def types_of(self, mnemonic: str) -> tuple[MessageType, ...]:
        """Return the types that `mnemonic` was asked with, sorted."""
        return tuple(sorted({each.message_type for each in self.answered_by(mnemonic)}))

    def matcher(self, mnemonic: str, library: Library, reuse: Reuse = Reuse.LAST) -> Matcher:
        """Return what finds the exchanges that `mnemonic` answered; the kinds of `library` say what not to compare."""
        return Matcher(self.answered_by(mnemonic), masks_of(library), reuse)

    def refuse_unknown(self, providers: Iterable[str], consumers: Iterable[str]) -> None:
        """Raises: InvalidOptions when somebody named does not answer, or ask, in this recording."""
        for wanted, known, verb in (
            (providers, self.providers, say("не отвечает", "answers nobody")),
            (consumers, self.consumers, say("не спрашивает", "asks nobody")),
        ):
            for mnemonic in wanted:
                if mnemonic not in known:
                    have = ", ".join(sorted(known)) or say("никого", "nobody")
                    name = self.recording.path.name or self.recording.header.run
                    raise InvalidOptions(
                        say(
                            f"{mnemonic}: в записи {name} {verb}; есть {have}",
                            f"{mnemonic}: {verb} in the recording {name}; there are {have}",
                        )
                    )

    @staticmethod
    def is_acknowledged_first(exchange: Exchange) -> bool:
        """Whether the provider acknowledged the request before its last answer, or never answered."""
        done = next((each for each in exchange.entries if _is_acknowledged(each, exchange.message_id)), None)
        return not exchange.answers or (done is not None and done.seq < exchange.answers[-1].seq)

    def replies(self, exchange: Exchange) -> list[Reply]:
        """Return what was answered, in order, each after as long as it took then."""
        taken = next((each for each in exchange.entries if _is_taken(each)), exchange.request)
        answers = exchange.answers
        return [
            self._reply(each, each.entry.moment - taken.entry.moment, is_last=each is answers[-1]) for each in answers
        ]

    def _reply(self, recorded: RecordedEntry, after: timedelta, *, is_last: bool) -> Reply:
        try:
            data = said(recorded)
            if not isinstance(data, SentResponse):
                raise NotToBeSent(f"{recorded.entry.operation}: SendResponse?")
            return Reply(recorded, after, _body(data), self.files(recorded, data))
        except (Unreadable, NotToBeSent) as error:
            note = say(f"записанный ответ не повторить: {error}", f"the recorded answer cannot be given again: {error}")
            instead = (Rejection(RejectCode.FAILURE, note[:1000]),) if is_last else None
            return Reply(recorded, after, instead, note=note)

    def files(self, recorded: RecordedEntry, data: SentRequest | SentResponse) -> Files:
        """Return the attachments of a message as they go by MTOM.

        Raises: NotToBeSent when the content of one is missing, or is not in the recording at all.
        """
        if data.ref_attachment_headers:
            listed = ", ".join(each.uuid for each in data.ref_attachment_headers)
            raise NotToBeSent(
                say(
                    f"вложения из файлового хранилища в запись не входят: {listed}",
                    f"attachments of the file store are not in a recording: {listed}",
                )
            )
        types = {each.content_id: each.mime_type for each in data.attachment_headers}
        there = {each.content_id for each in recorded.attachments}
        lacking = [name for name in types if name not in there]
        if lacking:
            raise NotToBeSent(
                say(
                    f"нет вложений в записи: {', '.join(lacking)}",
                    f"attachments are not in the recording: {', '.join(lacking)}",
                )
            )
        try:
            return tuple(
                (
                    AttachmentHeader(each.content_id, types.get(each.content_id, _UNKNOWN_TYPE)),
                    self.recording.content(each),
                )
                for each in recorded.attachments
            )
        except RecordingError as error:
            raise NotToBeSent(str(error)) from error


def masks_of(library: Library) -> "_KindMasks":
    """Return what tells how requests of the kinds of `library` are compared."""
    return _KindMasks(library)


class _KindMasks:
    def __init__(self, library: Library) -> None:
        self._library = library

    def __call__(self, message_type: MessageType) -> Masks:
        catalogue = self._library.catalogue
        kind = catalogue.by_request(message_type) or catalogue.by_response(message_type)
        return Masks() if kind is None else Masks(kind.volatile, kind.unordered)


def content_bytes(content: Element) -> bytes:
    """Return a business content as it stood, every namespace of its envelope in scope.

    Raises: NotToBeSent when a part of it came as a MIME part of its own, which no journal keeps.
    """
    for comment in content.iter(etree.Comment):
        if (comment.text or "").startswith("cid:"):
            raise NotToBeSent(
                say(
                    f"часть содержимого пришла отдельной частью MIME ({comment.text}), в журнале её нет",
                    f"a part of the content came as a MIME part of its own ({comment.text}), which the journal lacks",
                )
            )
    return source(content)


def renamed(content: bytes, names: Mapping[str, str]) -> bytes:
    """Return `content` with other MessageIDs wherever one of `names` (old in lower case -> new) stands in it."""

    def new(found: re.Match[bytes]) -> bytes:
        name = names.get(found[0].decode().lower())
        return found[0] if name is None else name.encode()

    return _UUID.sub(new, content) if names else content


def _body(data: SentResponse) -> Body:
    if data.primary_content is not None:
        return content_bytes(data.primary_content)
    if data.status is not None:
        return data.status
    return data.rejections


def _is_taken(recorded: RecordedEntry) -> bool:
    return recorded.entry.event is JournalEvent.DELIVERED and recorded.entry.operation == "GetRequest"


def _is_acknowledged(recorded: RecordedEntry, message_id: str) -> bool:
    return recorded.entry.event is JournalEvent.ACKNOWLEDGED and recorded.entry.message_id == message_id


def listed(mnemonics: Sequence[str]) -> tuple[str, ...]:
    """Return mnemonics once each, in the order given."""
    return tuple(dict.fromkeys(mnemonics))
