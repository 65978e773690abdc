"""A recording with look-alikes in place of the people."""

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.protocol.faults import Explanation
from gateway.recording.format import RecordedAttachment, RecordedEntry, Recording
from gateway.recording.pseudonyms.documents import Documents, UnknownField
from gateway.recording.pseudonyms.lookalikes import LookAlikes
from gateway.recording.pseudonyms.rules import FieldRules
from gateway.recording.pseudonyms.secret import Secret
from gateway.words import say


@dataclass(frozen=True)
class Pseudonymized:
    """What came of it. `unknown` are fields that no rule names: in them only what is known by its looks was replaced.

    `replaced` counts the values that another stands for, each time it is there.
    """

    recording: Recording
    unknown: tuple[UnknownField, ...]
    replaced: int


def pseudonymize(
    recording: Recording, key: str, fields: FieldRules | None = None, *, keep_attachments: bool = False
) -> Pseudonymized:
    """Replace the people of a recording by look-alikes, the same by the same key; `fields` None are the shipped rules.

    Attachments that are neither XML nor plain text become placeholders, unless `keep_attachments`.

    Raises: ValueError for an empty key; RecordingError for an attachment that is missing.
    """
    look = LookAlikes(Secret(key), _message_ids(recording))
    documents = Documents(look, fields or FieldRules.shipped(), keep_attachments=keep_attachments)
    attachments = {each.sha256: recording.content(each) for entry in recording.entries for each in entry.attachments}
    for content in (*_envelopes(recording), *attachments.values()):
        documents.learn(content)
    look.replaced = 0
    changed = {sha256: documents.attachment(content) for sha256, content in attachments.items()}
    entries = tuple(_entry(each, documents, look, changed) for each in recording.entries)
    selection = {name: look.in_text(value) for name, value in recording.header.selection.items()}
    made = Recording(
        header=dataclasses.replace(recording.header, pseudonymized=True, selection=selection),
        entries=entries,
        path=recording.path,
        notes=(*recording.notes, *_notes(documents)),
        contents={hashlib.sha256(content).hexdigest(): content for content in changed.values()},
    )
    return Pseudonymized(made, documents.unknown, look.replaced)


def _message_ids(recording: Recording) -> frozenset[str]:
    return frozenset(
        message_id
        for each in recording.entries
        for message_id in (each.entry.message_id, each.entry.original_message_id)
        if message_id
    )


def _envelopes(recording: Recording) -> Iterator[bytes]:
    for each in recording.entries:
        yield from (content for content in (each.entry.envelope, each.source) if content is not None)


def _entry(
    recorded: RecordedEntry, documents: Documents, look: LookAlikes, changed: Mapping[str, bytes]
) -> RecordedEntry:
    entry = recorded.entry
    return dataclasses.replace(
        recorded,
        entry=dataclasses.replace(
            entry,
            envelope=None if entry.envelope is None else documents.replaced(entry.envelope),
            explanation=None if entry.explanation is None else _explanation(entry.explanation, look),
        ),
        source=None if recorded.source is None else documents.replaced(recorded.source),
        attachments=tuple(_attachment(each, look, changed[each.sha256]) for each in recorded.attachments),
        edited=False,
    )


def _explanation(explanation: Explanation, look: LookAlikes) -> Explanation:
    quoting = ("expected", "found", "where", "advice", "nearest")
    texts = {name: look.in_text(getattr(explanation, name)) for name in quoting}
    return dataclasses.replace(explanation, **texts, others=tuple(map(look.in_text, explanation.others)))


def _attachment(recorded: RecordedAttachment, look: LookAlikes, content: bytes) -> RecordedAttachment:
    name = look.of("file-name", recorded.content_id)
    return RecordedAttachment(name, hashlib.sha256(content).hexdigest(), len(content))


def _notes(documents: Documents) -> Iterator[str]:
    yield say(
        "люди заменены похожими; подписи в конвертах больше не сходятся",
        "look-alikes stand for the people; signatures in the envelopes no longer hold",
    )
    if documents.placeholders:
        count = len(documents.placeholders)
        yield say(
            f"заменено заглушками: {count} (вложения, что не XML и не текст)",
            f"replaced by placeholders: {count} (attachments that are neither XML nor plain text)",
        )
    if documents.texts:
        count = len(documents.texts)
        yield say(
            f"простой текст во вложениях и base64: {count}; заменено только то, что известно или узнаётся по виду",
            f"plain text in attachments and base64: {count}; only what is known, or known by its looks, was replaced",
        )
