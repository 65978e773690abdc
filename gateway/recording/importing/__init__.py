"""A folder of SOAP messages from the logs of a real system becomes a recording.

What is told is put together by MessageID and OriginalMessageId: a call, the metadata that SMEV answered it with, and
its delivery are one message. Who took part is known from the metadata, or from whoever imports; when, from the
metadata, the UUID in the MessageID, or the time of the file.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol.message_id import is_time_based, moment_of
from gateway.protocol.mtom import INCLUDE, Package
from gateway.protocol.participant_replies import ReceivedMetadata
from gateway.protocol.statuses import InteractionStatus
from gateway.recording.format import Header, RecordedAttachment, RecordedEntry, Recording
from gateway.recording.importing.files import LARGEST, NotAMessage, packages_in
from gateway.recording.importing.messages import Sent, Told, told_by
from gateway.words import say
from gateway.xml import XmlError, parse

CONSUMER: Final = "CONSUMER"
PROVIDER: Final = "PROVIDER"
"""Who asked and who answered where neither the messages nor the importer say it."""
_SMEV: Final = "SMEV"
_FIRST_UUID: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""UUIDs that were made earlier were made by no clock."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or one message in it, that says nothing of a message; or what is missing of one that was taken."""

    file: Path
    why: str


@dataclass(frozen=True, slots=True)
class Imported:
    """The recording, and everything that is not in it."""

    recording: Recording
    skipped: tuple[Skipped, ...]


@dataclass(slots=True)
class _Message:
    """Everything that is known of one message."""

    message_id: str
    files: list[Path] = field(default_factory=list)
    sent: Sent | None = None
    delivery: Sent | None = None
    metadata: ReceivedMetadata | None = None

    @property
    def best(self) -> Sent:
        """The call itself rather than what a delivery repeats of it."""
        found = self.sent or self.delivery
        assert found is not None  # noqa: S101 - others are left out
        return found

    @property
    def moment(self) -> datetime:
        """When it was sent."""
        if self.metadata is not None:
            return self.metadata.sent_at
        moment = moment_of(self.message_id) if is_time_based(self.message_id) else None
        if moment is not None and moment >= _FIRST_UUID:
            return moment
        return datetime.fromtimestamp(self.files[0].stat().st_mtime, UTC)


def import_folder(folder: Path, *, consumer: str = "", provider: str = "") -> Imported:
    """Read every file below `folder`. `consumer` and `provider` are who took part where the messages do not say it.

    Raises: OSError for a folder that cannot be read.
    """
    skipped: list[Skipped] = []
    messages = _gathered(folder, skipped)
    for message in messages.values():
        if message.sent is None and message.delivery is None:
            why = say("только ответ СМЭВ на вызов, самого вызова нет", "what SMEV answered to a call that is not there")
            skipped += [Skipped(file, why) for file in message.files]
    known = [each for each in messages.values() if each.sent is not None or each.delivery is not None]
    contents: dict[str, bytes] = {}
    steps = _Steps(known, consumer or CONSUMER, provider or PROVIDER, contents, skipped)
    entries = tuple(RecordedEntry(seq, *step) for seq, step in enumerate(steps.in_order(), start=1))
    newest = max((each.entry.moment for each in entries), default=_FIRST_UUID)
    header = Header(f"import {folder.resolve().name}", newest, "import")
    return Imported(Recording(header, entries, contents=contents), tuple(skipped))


def _gathered(folder: Path, skipped: list[Skipped]) -> dict[str, _Message]:
    """Return what the files say by MessageID."""
    messages: dict[str, _Message] = {}
    for file in sorted(_files(folder)):
        for package in _packages(file):
            try:
                if isinstance(package, NotAMessage):
                    raise package
                _look_beside(file, package)
                told = told_by(package)
            except NotAMessage as error:
                skipped.append(Skipped(file, str(error)))
                continue
            _note(messages, file, told)
            if isinstance(told, Sent) and told.lost:
                lost = say(f"{told.message_id}: нет содержимого вложений: {told.lost}",
                           f"{told.message_id}: the content of attachments is missing: {told.lost}")  # fmt: skip
                skipped.append(Skipped(file, lost))
    return messages


def _files(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():  # rglob says nothing of a folder that cannot be read
        if entry.is_dir() and not entry.is_symlink():
            yield from _files(entry)
        elif entry.is_file():
            yield entry


def _packages(file: Path) -> Iterable[Package | NotAMessage]:
    try:
        if file.stat().st_size > LARGEST:
            too_large = say(f"больше {LARGEST} байтов", f"more than {LARGEST} bytes")
            return [NotAMessage(too_large)]
        return packages_in(file.read_bytes())
    except OSError as error:
        return [NotAMessage(error.strerror or str(error))]


def _look_beside(file: Path, package: Package) -> None:
    """Take the parts that an envelope points at, and that are not with it, from files of that name in its folder."""
    if b"Include" not in package.root:
        return
    try:
        root = parse(package.root)
    except XmlError:
        return  # whoever reads it says so
    parts = dict(package.parts)
    for include in root.iter(INCLUDE):
        written = include.get("href", "").removeprefix("cid:")
        for name in (written, unquote(written)):
            beside = file.parent / Path(name).name
            if name not in parts and beside.name == name and beside != file and beside.is_file():
                parts[name] = beside.read_bytes()
    package.parts = parts


def _note(messages: dict[str, _Message], file: Path, told: Sent | Told) -> None:
    message_id = told.metadata.message_id if isinstance(told, Told) else told.message_id
    message = messages.setdefault(message_id, _Message(message_id))
    message.files.append(file)
    # What is told twice (a log of both sides) counts once.
    if isinstance(told, Sent) and told.delivered:
        message.delivery = message.delivery or told
    elif isinstance(told, Sent):
        message.sent = message.sent or told
    message.metadata = message.metadata or told.metadata


_Step = tuple[JournalEntry, tuple[RecordedAttachment, ...], int, bool, bytes | None]
"""What a RecordedEntry has beside its seq."""


class _Steps:
    """Messages put together to requests with their answers, and these to journal entries."""

    def __init__(
        self,
        messages: list[_Message],
        consumer: str,
        provider: str,
        contents: dict[str, bytes],
        skipped: list[Skipped],
    ) -> None:
        self._consumer, self._provider = consumer, provider
        self._contents, self._skipped = contents, skipped
        self._requests = {each.message_id: each for each in messages if each.best.operation == "SendRequest"}
        self._answers: dict[str, list[_Message]] = {}
        for each in messages:
            if each.best.operation != "SendRequest":
                self._answers.setdefault(self._original_of(each), []).append(each)

    def _original_of(self, answer: _Message) -> str:
        """Return the MessageID of the request that a message answers, "" where nothing says it."""
        told = self._of(answer, None)
        if told:
            return told
        to = answer.best.to
        for request in self._requests.values():
            if request.delivery is not None and to and request.delivery.reply_to == to:
                return request.message_id
        folder = answer.files[0].parent
        near = [each for each in self._requests.values() if folder in {file.parent for file in each.files}]
        if len(near) == 1:
            return near[0].message_id  # an exchange has a folder of its own
        self._skipped.append(
            Skipped(
                answer.files[0],
                say(
                    f"{answer.message_id}: на какой запрос это ответ, не сказано; он стоит отдельно",
                    f"{answer.message_id}: nothing says which request it answers; it stands apart",
                ),
            )
        )
        return ""

    def in_order(self) -> list[_Step]:
        """Return the steps: by moment, but never an answer before what it answers."""
        timed: list[tuple[datetime, _Step]] = []
        for original in dict.fromkeys((*self._requests, *self._answers)):
            request = self._requests.get(original)
            answers = sorted(self._answers.get(original, ()), key=lambda each: each.moment)
            latest = datetime.min.replace(tzinfo=UTC)
            for message in ([request] if request else []) + answers:
                for step in self._steps(message, request, answers):
                    latest = max(latest, step[0].moment)
                    timed.append((latest, step))
        return [step for _, step in sorted(timed, key=lambda each: each[0])]

    def _steps(self, message: _Message, request: _Message | None, answers: list[_Message]) -> Iterator[_Step]:
        consumer, provider = self._sides(request, answers)
        is_request, best = message is request, message.best
        sender, recipient = (consumer, provider) if is_request else (provider, consumer)
        sent = JournalEntry(
            message.moment,
            JournalEvent.SENT,
            sender,
            recipient,
            best.operation,
            version=best.version,
            message_id=message.message_id,
            original_message_id=self._of(message, request),
            message_type=best.message_type,
            status=InteractionStatus.REQUEST_IS_QUEUED.value,
            envelope=best.envelope,
        )
        if best.rejection:
            sent = replace(sent, participant=_SMEV)
            yield _step(_rejection(sent, best.rejection))
        else:
            yield sent, self._attached(message), 0, False, best.source
        if message.delivery is not None and message.delivery.metadata is not None:
            yield _step(_delivery(sent, message.delivery.metadata.delivered_at))

    def _of(self, message: _Message, request: _Message | None) -> str:
        if request is not None:
            return request.message_id
        return next((each.original for each in (message.delivery, message.sent) if each and each.original), "")

    def _sides(self, request: _Message | None, answers: list[_Message]) -> tuple[str, str]:
        """Return who asked and who answered, of the exchange."""
        consumer = provider = ""
        if request is not None and request.metadata is not None:
            consumer, provider = request.metadata.sender, request.metadata.recipient or ""
        for answer in answers:
            if answer.metadata is not None and not answer.best.rejection:
                provider, consumer = provider or answer.metadata.sender, consumer or answer.metadata.recipient or ""
        return consumer or self._consumer, provider or self._provider

    def _attached(self, message: _Message) -> tuple[RecordedAttachment, ...]:
        kept = message.best.attachments or (message.delivery.attachments if message.delivery else ())
        listed = []
        for each in kept:
            digest = hashlib.sha256(each.content).hexdigest()
            self._contents[digest] = each.content
            listed.append(RecordedAttachment(each.content_id, digest, len(each.content)))
        return tuple(listed)


def _rejection(sent: JournalEntry, why: str) -> JournalEntry:
    """Return that SMEV rejected the request, as it told the consumer by a response of its own."""
    return replace(
        sent,
        event=JournalEvent.REJECTED,
        participant=sent.counterpart,
        counterpart="",
        operation="SendRequest",
        message_id=sent.original_message_id,
        status=InteractionStatus.REQUEST_IS_REJECTED_BY_SMEV.value,
        fault=why,
        envelope=None,
    )


def _delivery(sent: JournalEntry, moment: datetime | None) -> JournalEntry:
    """Return that the recipient took a message."""
    return replace(
        sent,
        moment=moment or sent.moment,
        event=JournalEvent.DELIVERED,
        participant=sent.counterpart,
        counterpart=sent.participant,
        operation=sent.operation.replace("Send", "Get"),
        status="attempt 1",
        envelope=None,
    )


def _step(entry: JournalEntry) -> _Step:
    return entry, (), 0, False, None
