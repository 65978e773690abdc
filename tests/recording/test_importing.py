"""Folders of other people's logs become recordings: whatever way the messages were written down."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from gateway.domain.journal import JournalEvent
from gateway.protocol import mtom, participant_replies
from gateway.protocol.messages import AttachmentHeader
from gateway.protocol.mtom import Package
from gateway.recording.conversation import conversation
from gateway.recording.format import read, write
from gateway.recording.importing import Imported, import_folder
from gateway.recording.importing.files import NotAMessage, packages_in
from gateway.recording.said import content_of
from gateway.xml import Element, parse
from tests.conversation import c14n, send_request, send_response, with_attachments
from tests.exchange.participants import INN, START, Sandbox, Speaker, example, request_type

ZIP: Final = b"PK\x03\x04 \x00\xff\r\n--not a boundary"
SENT, DELIVERED, REJECTED = JournalEvent.SENT, JournalEvent.DELIVERED, JournalEvent.REJECTED


@pytest.fixture
def store_url() -> str:
    return "sqlite://"


class Log:
    """What somebody's program logs: each call and each answer, as they were on the wire."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: list[str] = []

    def note(self, name: str, content: bytes) -> None:
        self.written.append(f"{len(self.written):02} {name}.xml")
        (self.folder / self.written[-1]).write_bytes(content)

    def keep(self, *names: str) -> None:
        """Lose every file but those whose name ends so."""
        for file in self.folder.iterdir():
            if not file.stem.endswith(names):
                file.unlink()

    def imported(self, **options: str) -> Imported:
        return import_folder(self.folder, **options)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    folder = tmp_path / "log"
    folder.mkdir()
    kept = Log(folder)
    call, opened = Speaker.call, participant_replies.open_reply

    async def logged(
        self: Speaker, operation: str, envelope: bytes, parts: tuple[tuple[str, bytes], ...] = ()
    ) -> Element:
        kept.note(operation, mtom.pack(envelope, parts)[1] if parts else envelope)
        return await call(self, operation, envelope, parts)

    def heard(package: Package, operation: str) -> Element:
        kept.note(f"{operation}Reply", package.root)
        return opened(package, operation)

    monkeypatch.setattr(Speaker, "call", logged)
    monkeypatch.setattr(participant_replies, "open_reply", heard)
    return kept


async def whole_exchange(consumer: Speaker, fns: Speaker) -> str:
    """A minute passes between any two steps."""
    clock = consumer.sandbox.clock
    sent = await consumer.sends(INN, attachments=[(AttachmentHeader("a.zip", "application/zip"), ZIP)])
    clock.advance(timedelta(minutes=1))
    request = await fns.takes(request_type(INN))
    await fns.acks(request)
    clock.advance(timedelta(minutes=1))
    await fns.answers(request)
    clock.advance(timedelta(minutes=1))
    await consumer.acks(await consumer.takes_response())
    assert await consumer.takes_response() is None
    return sent.message_id


def steps(imported: Imported) -> list[tuple[JournalEvent, str, str, float]]:
    return [
        (each.entry.event, each.entry.participant, each.entry.counterpart, (each.entry.moment - START).total_seconds())
        for each in imported.recording.entries
    ]


WHOLE: Final = [
    (SENT, "CITY", "FNS", 0.0),
    (DELIVERED, "FNS", "CITY", 60.0),
    (SENT, "FNS", "CITY", 120.0),
    (DELIVERED, "CITY", "FNS", 180.0),
]


async def test_the_log_of_both_sides_becomes_the_exchange(
    smev: Sandbox, consumer: Speaker, fns: Speaker, log: Log, tmp_path: Path
) -> None:
    message_id = await whole_exchange(consumer, fns)
    imported = log.imported()
    assert steps(imported) == WHOLE
    write(imported.recording, tmp_path / "it.jsonl")
    recording = read(tmp_path / "it.jsonl")
    [exchange] = conversation(recording.entries).exchanges
    assert (exchange.message_id, exchange.consumer, exchange.provider) == (message_id, "CITY", "FNS")
    # The very bytes of the call, rather than what the delivery repeats of it.
    assert exchange.request.entry.envelope == smev.journal()[0].envelope
    assert exchange.message_type == request_type(INN)
    [attachment] = exchange.request.attachments
    assert (attachment.content_id, recording.content(attachment)) == ("a.zip", ZIP)
    content = content_of(exchange.answers[0])
    assert content is not None
    assert c14n(content) == c14n(parse(example(INN, "response")))
    # What tells nothing of a message is named, each.
    skipped = {each.file.stem.split()[1] for each in imported.skipped}
    assert skipped == {"GetRequest", "GetResponse", "Ack", "AckReply", "GetResponseReply"}
    assert any("очередь была пуста" in each.why for each in imported.skipped)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (("SendRequest", "GetResponseReply"), WHOLE[0:1] + WHOLE[2:]),
        (("GetRequestReply", "SendResponse"), WHOLE[0:3]),
        (("GetRequestReply", "GetResponseReply"), WHOLE),
        (("SendRequest", "SendRequestReply"), WHOLE[0:1]),
    ],
    ids=["the consumer's", "the provider's", "what was delivered", "what was sent"],
)
async def test_the_log_of_one_side_says_enough(
    consumer: Speaker, fns: Speaker, log: Log, kept: tuple[str, ...], expected: list[object]
) -> None:
    message_id = await whole_exchange(consumer, fns)
    log.keep(*kept)
    imported = log.imported()
    assert [step[:3] for step in steps(imported)] == [step[:3] for step in expected]  # type: ignore[index]
    [exchange] = conversation(imported.recording.entries).exchanges
    assert exchange.message_id == message_id
    for each in (exchange.request, *exchange.answers):
        assert content_of(each) is not None
    assert [each.content_id for each in exchange.request.attachments] == ["a.zip"]


async def test_a_rejection_by_smev_is_told_of_the_request(consumer: Speaker, log: Log) -> None:
    sent = await consumer.sends(example(INN).replace("НаимОрг".encode(), "НаимОpг".encode()))
    await consumer.takes_response()
    imported = log.imported()
    assert [step[:2] for step in steps(imported)] == [(SENT, "CITY"), (REJECTED, "CITY"), (DELIVERED, "CITY")]
    [exchange] = conversation(imported.recording.entries).exchanges
    assert (exchange.message_id, exchange.status) == (sent.message_id, "requestIsRejectedBySmev")
    assert exchange.faults[0].entry.fault


# --- how a message may be written down -----------------------------------------------------------------------------

ENVELOPE: Final = send_request(message_id="0c11f8a0-8490-11e2-8000-000000000001")
WITH_ZIP, PARTS = with_attachments({"a.zip": ZIP}, message_id="0c11f8a0-8490-11e2-8000-000000000001")
CONTENT_TYPE, MTOM = mtom.pack(WITH_ZIP, PARTS)
POST: Final = b"POST /ws HTTP/1.1\r\nHost: smev\r\nContent-Type: "
CXF_OLD: Final = (
    b"Mar 04, 2013 10:00:00 AM org.apache.cxf.interceptor.LoggingInInterceptor\nINFO: Inbound Message\n"
    b"----------------------------\nID: 1\nEncoding: UTF-8\nContent-Type: %s\nHeaders: {accept=[*/*]}\n"
    b"Payload: %s\n--------------------------------------\n"
)
CXF_NEW: Final = b"2013-03-04 INFO REQ_OUT\n    Address: http://smev\n    Content-Type: %s\n    Payload: %s\n"


@pytest.mark.parametrize(
    "content",
    [
        ENVELOPE,
        b"\xef\xbb\xbf" + b'<?xml version="1.0" encoding="utf-8"?>\n' + ENVELOPE,
        POST + b"text/xml\r\n\r\n" + ENVELOPE,
        b"Content-Type: text/xml\nX: y\n\n" + ENVELOPE + b"\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + ENVELOPE,
        MTOM,
        MTOM.lstrip(),
        MTOM.replace(b"\r\n", b"\n"),
        POST + CONTENT_TYPE.encode() + b"\r\n\r\n" + MTOM,
        b"Content-Type: multipart/related;\r\n boundary=other\r\n\r\n" + MTOM,
        CXF_OLD % (b"text/xml", ENVELOPE),
        CXF_OLD % (CONTENT_TYPE.encode(), MTOM.lstrip()),
        CXF_NEW % (b"text/xml", ENVELOPE),
        CXF_NEW % (CONTENT_TYPE.encode(), MTOM.lstrip()) + CXF_NEW % (b"text/xml", ENVELOPE),
    ],
    ids=range(14),
)
def test_a_message_is_found_however_it_was_written_down(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "it").write_bytes(content)
    imported = import_folder(tmp_path, consumer="CITY", provider="FNS")
    assert imported.skipped == ()
    [sent] = imported.recording.entries
    assert (sent.entry.participant, sent.entry.counterpart) == ("CITY", "FNS")
    assert content_of(sent) is not None
    if b"PK\x03" in content and b"\r\n" in content:
        assert [imported.recording.content(each) for each in sent.attachments] == [ZIP]


def test_attachments_may_lie_beside(tmp_path: Path) -> None:
    (tmp_path / "request.xml").write_bytes(WITH_ZIP)
    imported = import_folder(tmp_path)
    assert "нет содержимого вложений: 1" in imported.skipped[0].why
    assert len(imported.recording.entries) == 1
    [(name, content)] = PARTS
    (tmp_path / name).write_bytes(content)
    [sent] = import_folder(tmp_path).recording.entries
    assert [each.content_id for each in sent.attachments] == ["a.zip"]


def test_a_reference_leads_out_of_no_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(ZIP)
    (tmp_path / "log").mkdir()
    [(name, _)] = PARTS
    for written in ("../secret", "%2e%2e/secret", str(tmp_path / "secret"), "..", "."):
        (tmp_path / "log" / "request.xml").write_bytes(WITH_ZIP.replace(name.encode(), written.encode()))
        [sent] = import_folder(tmp_path / "log").recording.entries
        assert sent.attachments == ()


# --- who, when, and which request ----------------------------------------------------------------------------------


def test_the_time_is_in_the_message_id_or_that_of_the_file(tmp_path: Path) -> None:
    at = datetime(2014, 5, 6, tzinfo=UTC)
    for number, message_id in enumerate(("0c11f8a0-8490-11e2-8000-000000000001", "1" * 8, "0" * 14 + "1" + "0" * 21)):
        (tmp_path / f"{number}.xml").write_bytes(send_request(message_id=message_id))
        os.utime(tmp_path / f"{number}.xml", (at.timestamp(), at.timestamp()))
    moments = {each.entry.message_id: each.entry.moment for each in import_folder(tmp_path).recording.entries}
    assert moments["0c11f8a0-8490-11e2-8000-000000000001"].year == 2013
    assert moments["1" * 8] == at


def test_an_exchange_that_has_a_folder_of_its_own_is_put_together(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "response.xml").write_bytes(send_response("opaque"))
        (tmp_path / name / "request.xml").write_bytes(send_request())
    imported = import_folder(tmp_path)
    first, second = conversation(imported.recording.entries).exchanges
    assert [len(first.answers), len(second.answers)] == [1, 1]
    assert first.request.seq < first.answers[0].seq
    (tmp_path / "two" / "other.xml").write_bytes(send_request())
    unclear = import_folder(tmp_path)
    assert len(conversation(unclear.recording.entries).apart) == 1
    assert "на какой запрос" in unclear.skipped[0].why


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "файл пуст"),
        (b"plain text", "ожидался XML или multipart"),
        (os.urandom(0) + b"\x00\xff\xfe", "ожидался XML или multipart"),
        (b"<a/>", "Envelope"),
        (b"<a", "line 1"),
        (b"<!DOCTYPE a><a/>", "DOCTYPE"),
        (b"--boundary\r\nno end", "expected"),
        (MTOM[:-60], "truncated"),
        (ENVELOPE[:-30], "line 7"),
        (CXF_NEW % (b"text/xml", b"(message truncated to 49152 bytes)"), "ожидался XML или multipart"),
        (ENVELOPE.replace(b"MessageID", b"Message"), "MessageID"),
    ],
    ids=range(11),
)
def test_what_says_nothing_is_listed_with_the_reason(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "it").write_bytes(content)
    imported = import_folder(tmp_path)
    assert imported.recording.entries == ()
    [skipped] = imported.skipped
    assert skipped.file == tmp_path / "it"
    assert why in skipped.why


def test_a_log_with_a_broken_message_says_the_rest(tmp_path: Path) -> None:
    broken, whole = CXF_NEW % (b"text/xml", ENVELOPE[:-30]), CXF_NEW % (b"text/xml", ENVELOPE)
    first, second = packages_in(broken + whole)
    assert isinstance(first, Package)  # its end is missing, which whoever reads the XML finds out
    assert isinstance(second, Package)
    assert not any(isinstance(each, NotAMessage) for each in (first, second))
    (tmp_path / "cxf.log").write_bytes(broken + whole)
    imported = import_folder(tmp_path)
    assert (len(imported.recording.entries), len(imported.skipped)) == (1, 1)
