"""Files by reference in the exchange: checked later than the call, handed out with a login, gone after the last Ack."""

import base64
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.domain.limits import Limits
from gateway.domain.queues import Queue
from gateway.exchange.file_store import Readable
from gateway.exchange.inquiry import Inquiry
from gateway.exchange.reset import Resettable, reset_store
from gateway.protocol.faults import Explanation
from gateway.protocol.messages import RefAttachmentHeader
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.participant_replies import ReceivedFile
from gateway.storage import queues
from tests.exchange.participants import LEASE, NOTICE, START, SUBSCRIBERS, Sandbox, Speaker

CONTENT = b"PK\x03\x04" * 1000
NO_UUID = "..%2f..%2fetc"


def read(smev: Sandbox, file: ReceivedFile) -> bytes | None:
    """What the login of a delivered file leads to; None where it leads nowhere."""
    assert file.access is not None
    assert file.access.file_name == "/SignedContent.zip"
    assert (len(file.access.user_name), len(file.access.password)) == (30, 30)
    found = smev.files.readable(file.access.user_name, file.access.password)
    return None if found is None else found.path.read_bytes()


def on_disk(smev: Sandbox) -> list[str]:
    return sorted(path.name for path in smev.uploads.folder.rglob("*") if path.is_file())


async def refusal_of_request(
    smev: Sandbox, consumer: Speaker, *files: RefAttachmentHeader, fault: str = "AttachmentContentMiscoordination"
) -> Explanation:
    """Send a request that is taken and then rejected; return why."""
    sent = await consumer.sends(files=files)
    assert sent.status == "requestIsQueued"
    told = await consumer.takes_response()
    assert told is not None
    assert told.original_message_id == sent.message_id
    assert told.async_status is not None
    assert told.async_status.category == "requestIsRejectedBySmev"
    await consumer.acks(told)
    rejected = smev.journal(sent.message_id)[1]
    assert (rejected.event.value, rejected.fault) == ("rejected", fault)
    assert rejected.explanation is not None
    return rejected.explanation


async def test_files_travel_both_ways_and_go_with_the_ack(smev: Sandbox) -> None:
    consumer, fns = smev.speaker("CITY"), smev.speaker("FNS")
    asked = [consumer.uploads(CONTENT), consumer.uploads(b"", "пустой.txt")]
    await consumer.sends(files=asked)
    request = await fns.takes()
    assert request is not None
    assert [file.header for file in request.files] == asked
    assert [read(smev, file) for file in request.files] == [CONTENT, b""]
    assert len({file.access for file in request.files}) == 2
    answered = fns.uploads(CONTENT[::-1], "ответ.zip")
    await fns.answers(request, files=[answered])
    await fns.acks(request)
    assert [read(smev, file) for file in request.files] == [None, None]
    assert on_disk(smev) == ["ответ.zip"]
    response = await consumer.takes_response()
    assert response is not None
    assert [file.header for file in response.files] == [answered]
    assert read(smev, response.files[0]) == CONTENT[::-1]
    await consumer.acks(response, accepted=False)
    assert on_disk(smev) == []


@pytest.mark.parametrize(("sent_by", "read_by"), [("1.1", "1.3"), ("1.3", "1.2"), ("1.2", "1.1")])
async def test_other_versions_get_the_login_in_their_namespace(smev: Sandbox, sent_by: str, read_by: str) -> None:
    consumer = smev.speaker("CITY", sent_by)
    header = consumer.uploads(CONTENT)
    await consumer.sends(files=[replace(header, file_name="выписка.zip")])
    request = await smev.speaker("FNS", read_by).takes()
    assert request is not None
    assert request.files[0].header == header
    assert read(smev, request.files[0]) == CONTENT


async def test_the_login_spells_the_uuid_as_its_header_does(smev: Sandbox) -> None:
    consumer = smev.speaker("CITY")
    header = consumer.uploads(CONTENT, uuid=consumer.new_id().upper())
    await consumer.sends(files=[header])
    request = await smev.speaker("FNS").takes()
    assert request is not None
    assert request.files[0].access is not None
    assert request.files[0].access.uuid == header.uuid == header.uuid.upper()


async def test_the_same_login_after_a_lease_and_after_a_restart(smev: Sandbox) -> None:
    if smev.url == "sqlite://":
        pytest.skip("nothing is left of a store in memory")
    consumer = smev.speaker("CITY")
    await consumer.sends(files=[consumer.uploads(CONTENT)])
    first = await smev.speaker("FNS").takes()
    smev.restart()
    smev.clock.advance(LEASE)
    second = await smev.speaker("FNS").takes()
    assert first is not None
    assert second is not None
    assert first.files == second.files
    assert read(smev, second.files[0]) == CONTENT


async def test_nobody_reads_with_another_password_or_name(smev: Sandbox) -> None:
    consumer = smev.speaker("CITY")
    await consumer.sends(files=[consumer.uploads(CONTENT), consumer.uploads(b"other")])
    request = await smev.speaker("FNS").takes()
    assert request is not None
    one, other = (file.access for file in request.files)
    assert one is not None
    assert other is not None
    assert isinstance(smev.files.readable(one.user_name, one.password), Readable)
    for user, password in (
        (one.user_name, other.password),
        (one.user_name, ""),
        (one.user_name, "я\ud800"),
        ("", ""),
        ("anonymous", "smev"),
        (one.user_name.swapcase(), one.password),
    ):
        assert smev.files.readable(user, password) is None


async def test_a_broadcast_keeps_its_files_until_the_last_reader(smev: Sandbox) -> None:
    operator = smev.speaker("OPERATOR")
    await operator.sends(NOTICE, files=[operator.uploads(CONTENT)])
    for left, mnemonic in enumerate(reversed(SUBSCRIBERS)):
        reader = smev.speaker(mnemonic)
        taken = await reader.takes()
        assert taken is not None
        assert read(smev, taken.files[0]) == CONTENT
        await reader.acks(taken)
        assert len(on_disk(smev)) == (left < len(SUBSCRIBERS) - 1)


async def test_files_go_when_the_life_of_their_request_ends(smev: Sandbox) -> None:
    consumer = smev.speaker("CITY")
    await consumer.sends(options=Outgoing(eol=START + timedelta(hours=1)), files=[consumer.uploads(CONTENT)])
    smev.clock.advance(timedelta(hours=1))
    assert await smev.speaker("FNS").takes() is None
    assert on_disk(smev) == []


async def test_what_was_purged_or_reset_is_tidied_up(smev: Sandbox) -> None:
    consumer = smev.speaker("CITY")
    await consumer.sends(files=[consumer.uploads(CONTENT, "purged")])
    await smev.files.tidy()
    assert on_disk(smev) == ["purged"]
    smev.store.run_now(lambda connection: queues.purge(connection, "FNS", Queue.REQUESTS))
    await smev.files.tidy()
    assert on_disk(smev) == []
    await consumer.sends(files=[consumer.uploads(CONTENT, "reset")])
    await reset_store(Inquiry(smev.store), [Resettable.INTERACTIONS])
    assert on_disk(smev) == ["reset"]
    for folder in (smev.uploads.kept("main")).iterdir():
        os.utime(folder, (1, 1))
        os.utime(folder / "reset", (1, 1))
    await smev.files.tidy()
    assert on_disk(smev) == []


def without_file(consumer: Speaker) -> RefAttachmentHeader:
    return RefAttachmentHeader(consumer.new_id(), "", "application/zip")


def with_two_files(consumer: Speaker) -> RefAttachmentHeader:
    first = consumer.uploads(CONTENT, "one.zip")
    return consumer.uploads(CONTENT, "two.zip", first.uuid)


def still_written(consumer: Speaker) -> RefAttachmentHeader:
    header = consumer.uploads(CONTENT)
    consumer.sandbox.uploads.begin(header.uuid, "выписка.zip", None)
    return header


def with_hash(change: Callable[[bytes], str]) -> Callable[[Speaker], RefAttachmentHeader]:
    def changed(consumer: Speaker) -> RefAttachmentHeader:
        header = consumer.uploads(CONTENT)
        return replace(header, hash=change(base64.b64decode(header.hash)))

    return changed


def symbolic_link(consumer: Speaker) -> RefAttachmentHeader:
    header = consumer.uploads(CONTENT)
    path = consumer.sandbox.uploads.directory(header.uuid) / "выписка.zip"
    path.unlink()
    path.symlink_to("/etc/passwd")
    return header


def written_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    ("make", "found", "advice"),
    [
        pytest.param(without_file, "ни одного", "/attachments/", id="header without a file"),
        pytest.param(lambda _: RefAttachmentHeader(NO_UUID, "", "application/zip"), "ни одного", "UUID", id="no uuid"),
        pytest.param(
            lambda _: RefAttachmentHeader("x" * 5000, "", "application/zip"), "ни одного", "UUID", id="a long uuid"
        ),
        pytest.param(with_two_files, "one.zip, two.zip", "новым UUID", id="two files in the directory"),
        pytest.param(still_written, "ещё передаётся", "226", id="an upload that has not ended"),
        pytest.param(symbolic_link, "ни одного", "", id="a symbolic link"),
        pytest.param(with_hash(lambda _: ""), "''", "0 байт", id="no hash"),
        pytest.param(with_hash(lambda _: "!!rubbish!!"), "!!rubbish!!", "0 байт", id="a hash that is rubbish"),
        pytest.param(with_hash(lambda digest: digest.hex()), "", "шестнадцатерично", id="a hash in hexadecimal"),
        pytest.param(with_hash(lambda digest: written_base64(digest[::-1])), "", "обратном", id="a hash reversed"),
        pytest.param(with_hash(lambda _: written_base64(bytes(64))), "", "64 байт", id="a hash of 512 bits"),
        pytest.param(with_hash(lambda _: written_base64(bytes(32))), "", "TYPE I", id="a hash of something else"),
    ],
)
async def test_a_header_that_does_not_describe_one_file(
    smev: Sandbox, make: Callable[[Speaker], RefAttachmentHeader], found: str, advice: str
) -> None:
    consumer = smev.speaker("CITY")
    header = make(consumer)
    explanation = await refusal_of_request(smev, consumer, header)
    assert explanation.check == "files_are_as_described"
    assert found in explanation.found
    assert advice in explanation.advice
    assert explanation.where.startswith("RefAttachmentHeaderList/RefAttachmentHeader[1]/")
    assert await smev.speaker("FNS").takes() is None


async def test_a_hash_may_be_wrapped_into_lines(smev: Sandbox) -> None:
    consumer = smev.speaker("CITY")
    header = consumer.uploads(CONTENT)
    await consumer.sends(files=[replace(header, hash=f"\n {header.hash[:20]}\r\n{header.hash[20:]} ")])
    assert await smev.speaker("FNS").takes() is not None


async def test_two_headers_of_one_file(smev: Sandbox) -> None:
    consumer = smev.speaker("CITY")
    header = consumer.uploads(CONTENT)
    explanation = await refusal_of_request(smev, consumer, header, replace(header, uuid=header.uuid.upper()))
    assert header.uuid in explanation.found


async def test_a_file_that_another_message_names(smev: Sandbox) -> None:
    consumer, fns = smev.speaker("CITY"), smev.speaker("FNS")
    header = consumer.uploads(CONTENT)
    first = await consumer.sends(files=[header])
    explanation = await refusal_of_request(smev, consumer, header)
    assert explanation.check == "file_is_of_one_message"
    assert first.message_id in explanation.found
    request = await fns.takes()
    assert request is not None
    assert read(smev, request.files[0]) == CONTENT


async def test_the_same_message_again_is_taken_once(smev: Sandbox) -> None:
    consumer, fns = smev.speaker("CITY"), smev.speaker("FNS")
    header, message_id = consumer.uploads(CONTENT), consumer.new_id()
    await consumer.sends(files=[header], message_id=message_id)
    with smev.refuses("MessageIsAlreadySent"):
        await consumer.sends(files=[header], message_id=message_id)
    request = await fns.takes()
    assert request is not None
    assert read(smev, request.files[0]) == CONTENT
    await fns.acks(request)
    with smev.refuses("MessageIsAlreadySent"):  # also when its file has gone
        await consumer.sends(files=[header], message_id=message_id)


async def test_a_rejected_request_may_be_corrected_without_another_upload(smev: Sandbox) -> None:
    consumer, fns = smev.speaker("CITY"), smev.speaker("FNS")
    header = consumer.uploads(CONTENT)
    await refusal_of_request(smev, consumer, replace(header, hash=""))
    await consumer.sends(files=[header])
    request = await fns.takes()
    assert request is not None
    assert read(smev, request.files[0]) == CONTENT


async def test_what_a_killed_process_has_left_is_found_again(smev: Sandbox) -> None:
    consumer = smev.speaker("CITY")
    header = consumer.uploads(CONTENT)
    smev.uploads.kept("main").mkdir(parents=True)
    smev.uploads.directory(header.uuid).rename(smev.uploads.kept("main") / header.uuid)
    await consumer.sends(files=[header])
    request = await smev.speaker("FNS").takes()
    assert request is not None
    assert read(smev, request.files[0]) == CONTENT


async def test_files_together_over_the_limit(smev: Sandbox) -> None:
    smev.set_up(Limits(max_ref_attachments=5000))
    consumer = smev.speaker("CITY")
    one, two = consumer.uploads(CONTENT), consumer.uploads(CONTENT)
    explanation = await refusal_of_request(smev, consumer, one, two, fault="AttachmentSizeLimitExceeded")
    assert ("5000" in explanation.expected, "8000" in explanation.found) == (True, True)
    await consumer.sends(files=[one])


async def test_a_quota_counts_what_waits_for_its_readers(smev: Sandbox) -> None:
    smev.set_up(Limits(attachments_quota=6000))
    consumer, fns = smev.speaker("CITY"), smev.speaker("FNS")
    await consumer.sends(files=[consumer.uploads(CONTENT)])
    header = consumer.uploads(CONTENT)
    explanation = await refusal_of_request(smev, consumer, header, fault="QuoteLimitExceeded")
    assert ("2000" in explanation.expected, "4000" in explanation.found) == (True, True)
    other = smev.speaker("TOWN")
    await other.sends(files=[other.uploads(CONTENT)])
    await fns.acks(await fns.takes())
    await consumer.sends(files=[header])


async def test_a_response_with_a_wrong_hash_is_told_by_status(smev: Sandbox) -> None:
    consumer, fns = smev.speaker("CITY"), smev.speaker("FNS")
    await consumer.sends()
    request = await fns.takes()
    header = fns.uploads(CONTENT)
    sent = await fns.answers(request, files=[replace(header, hash="")])
    status = await fns.takes_status()
    assert status is not None
    assert (status.original_message_id, status.category) == (sent.message_id, "responseIsRejectedBySmev")
    assert "SMEV-406" in status.fault
    assert await consumer.takes_response() is None
    await fns.answers(request, files=[header])
    response = await consumer.takes_response()
    assert response is not None
    assert read(smev, response.files[0]) == CONTENT


async def test_refused_early_all_of_it_is_told_at_once(smev: Sandbox) -> None:
    smev.set_up(Limits(attachments_quota=6000), refuse_early=True)
    consumer = smev.speaker("CITY")
    with smev.refuses("AttachmentContentMiscoordination", "files_are_as_described"):
        await consumer.sends(files=[without_file(consumer)])
    header = consumer.uploads(CONTENT)
    await consumer.sends(files=[header])
    with smev.refuses("AttachmentContentMiscoordination", "file_is_of_one_message"):
        await consumer.sends(files=[header])
    with smev.refuses("QuoteLimitExceeded", "files_fit_the_quota") as refusal:
        await consumer.sends(files=[consumer.uploads(CONTENT)])
    assert refusal.fault is not None
    assert b"<ns3:RemainedTotalQuoteSize>2000<" in refusal.fault.detail
    assert b"<ns3:RealTotalAttachmentSize>4000<" in refusal.fault.detail
