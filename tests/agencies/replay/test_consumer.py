"""Recorded consumers send again what they sent, in causal order, and say why where they cannot."""

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agencies import demo
from agencies.portal import Portal
from agencies.replay.report import Outcome, ReplayReport
from agencies.replay.run import CannotReplay, Replay
from gateway.client import FaultReceived, Outgoing
from gateway.domain.journal import JournalEvent
from gateway.exchange.recordings import recorded
from gateway.protocol.messages import SentRequest
from gateway.recording.conversation import Exchange, conversation
from gateway.recording.format import RecordedEntry, Recording
from gateway.recording.said import said
from tests.agencies.replay.playing import (
    LATER,
    MORNING,
    SCAN,
    asks,
    client,
    edited,
    first_request,
    gateway,
    replayed,
)
from tests.conversation import CONSUMER, PROVIDER, c14n, new_id

BOTH_SIDES: dict[str, Any] = {"as_provider": [PROVIDER], "as_consumer": [CONSUMER], "speed": "max"}


def outcomes(report: ReplayReport) -> list[tuple[int, Outcome]]:
    return [(step.number, step.outcome) for step in report.steps]


def requests(recording: Recording) -> list[tuple[Exchange, SentRequest]]:
    found = []
    for exchange in conversation(recording.entries).exchanges:
        data = said(exchange.request)
        assert isinstance(data, SentRequest)
        found.append((exchange, data))
    return found


def events(recording: Recording) -> list[tuple[JournalEvent, str, str]]:
    return [(each.entry.event, each.entry.participant, each.entry.status) for each in recording.entries]


async def test_requests_are_sent_again_with_new_ids_and_times(tmp_path: Path, exchanges: Recording) -> None:
    async with gateway(tmp_path) as served:
        report, again = await replayed(served, Replay.of(exchanges, **BOTH_SIDES))
    assert outcomes(report) == [(1, Outcome.ANSWERED), (2, Outcome.ANSWERED), (3, Outcome.SENT)]
    assert report.is_whole
    assert report.sent == 3
    before, after = requests(exchanges), requests(again)
    assert not {data.message_id for _, data in before} & {data.message_id for _, data in after}
    assert [c14n(data.primary_content) for _, data in after] == [c14n(data.primary_content) for _, data in before]
    assert after[1][1].reference_message_id == after[0][1].message_id
    assert (after[0][1].transaction_code, before[0][1].transaction_code) == ("37-CASE-1", "37-CASE-1")
    assert before[0][1].eol is not None
    assert after[0][1].eol == before[0][1].eol + timedelta(days=7)
    (attachment,) = after[0][0].request.attachments
    assert (attachment.content_id, again.contents[attachment.sha256]) == (SCAN[0].content_id, SCAN[1])


async def test_prefixes_that_stand_in_values_only_survive(tmp_path: Path, exchanges: Recording) -> None:
    """The element as it stands in the envelope, with every namespace that is in scope there."""
    mark = b"<ns2:SenderProvidedRequestData"
    held = edited(exchanges, first_request(exchanges), mark, mark + b' xmlns:only="urn:only"')
    async with gateway(tmp_path) as served:
        _, again = await replayed(served, Replay.of(held, **BOTH_SIDES))
    envelope = again.by_seq[first_request(again)].entry.envelope or b""
    content = envelope.partition(b"MessagePrimaryContent>")[2]
    assert b'xmlns:only="urn:only"' in content.partition(b">")[0]


async def test_two_replays_on_a_frozen_clock_are_equal(tmp_path: Path, exchanges: Recording) -> None:
    runs = []
    for folder in ("one", "two"):
        async with gateway(tmp_path / folder) as served:
            runs.append((await replayed(served, Replay.of(exchanges, **BOTH_SIDES)))[1])
    assert [each.entry for each in runs[0].entries] == [each.entry for each in runs[1].entries]
    assert len(runs[0].entries) >= 10


async def test_side_by_side_everything_is_replayed_too(tmp_path: Path, exchanges: Recording) -> None:
    async with gateway(tmp_path, serial=False, clock=None) as served:
        report, _ = await replayed(served, Replay.of(exchanges, **BOTH_SIDES), serial=False)
    assert outcomes(report) == [(1, Outcome.ANSWERED), (2, Outcome.ANSWERED), (3, Outcome.SENT)]


async def test_an_answer_that_does_not_come_is_waited_for_in_vain(tmp_path: Path, exchanges: Recording) -> None:
    replay = Replay.of(exchanges, as_consumer=[CONSUMER], speed="max")
    async with gateway(tmp_path, clock=None, serial=False) as served:
        report, _ = await replayed(served, replay, serial=False, patience=0.05)
    assert outcomes(report) == [(1, Outcome.IN_VAIN), (2, Outcome.SKIPPED), (3, Outcome.SKIPPED)] or outcomes(
        report
    ) == [(1, Outcome.IN_VAIN), (2, Outcome.IN_VAIN), (3, Outcome.SENT)]
    assert report.steps[0].reason == "ответов пришло 0, в записи их 2"
    assert not report.is_whole


async def test_a_kind_that_smev_does_not_know_is_refused_and_the_rest_goes_on(
    tmp_path: Path, exchanges: Recording
) -> None:
    unknown = edited(exchanges, first_request(exchanges), b"FNSINNSingularRequest", b"FNSINNPluralRequest")
    async with gateway(tmp_path) as served:
        report, _ = await replayed(served, Replay.of(unknown, **BOTH_SIDES))
    assert outcomes(report) == [(1, Outcome.REFUSED), (2, Outcome.ANSWERED), (3, Outcome.SENT)]
    assert "не зарегистрирован" in report.steps[0].reason


async def test_what_cannot_be_sent_says_why(tmp_path: Path, exchanges: Recording) -> None:
    async with gateway(tmp_path, clock=MORNING) as served:
        with pytest.raises(FaultReceived):
            await client(served, CONSUMER).send_request(asks(), message_id="no-uuid")
        (refused,) = (each for each in (await recorded(served.store)).entries if each.entry.fault)
    broken = edited(exchanges, first_request(exchanges), b"</ns2:MessageID>", b"<ns2:MessageID>")
    last = RecordedEntry(exchanges.entries[-1].seq + 1, refused.entry)
    lacking = dataclasses.replace(broken, entries=(*broken.entries, last), contents={}, path=tmp_path / "lost")
    async with gateway(tmp_path) as served:
        report, _ = await replayed(served, Replay.of(lacking, **BOTH_SIDES))
    assert outcomes(report)[0] == (1, Outcome.SKIPPED)
    assert "line" in report.steps[0].reason
    assert report.steps[-1].number == 0
    assert report.steps[-1].reason.startswith("вызов был отклонён и сообщением не стал: InvalidMessageId")


async def test_an_attachment_that_is_missing_skips_its_step(tmp_path: Path, exchanges: Recording) -> None:
    lacking = dataclasses.replace(exchanges, contents={}, path=tmp_path / "lost.jsonl")
    async with gateway(tmp_path) as served:
        report, _ = await replayed(served, Replay.of(lacking, **BOTH_SIDES))
    assert report.steps[0].outcome is Outcome.SKIPPED
    assert "нет вложения 'scan.pdf'" in report.steps[0].reason


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({}, "никто не назван: отвечали FNS; спрашивали MYSYSTEM"),
        ({"as_consumer": [PROVIDER]}, "FNS: в записи .* не спрашивает; есть MYSYSTEM"),
        ({"as_provider": ["NOBODY"]}, "NOBODY: в записи .* не отвечает; есть FNS"),
        ({"as_provider": [PROVIDER], "speed": "0"}, "скорость: ожидалось число больше 0 или max, найдено '0'"),
    ],
)
def test_what_cannot_be_played_is_refused(exchanges: Recording, chosen: dict[str, Any], why: str) -> None:
    with pytest.raises(CannotReplay, match=why):
        Replay.of(exchanges, **chosen)


# --- many parties ----------------------------------------------------------------------------------------------------


async def demonstration(folder: Path) -> Recording:
    """A citizen applies; the municipality asks four holders, itself among them, and decides."""
    async with gateway(folder, topology="minimal", provide=(), clock=MORNING) as served:
        story, _ = demo.stories(served.nodes)
        portal = served.nodes.by_mnemonic[demo.PORTAL]
        assert isinstance(portal, Portal)
        assert (await portal.apply(story.application)).granted
        await served.nodes.settle()
        return await recorded(served.store)


@pytest.mark.parametrize(
    ("providers", "consumers"),
    [(["all"], ["all"]), ([], ["EPGU01"]), (["MVD001", "RR0001"], ["EPGU01"]), (["IVN001"], ["EPGU01", "IVN001"])],
    ids=["everybody", "the portal", "two holders", "the municipality on both sides"],
)
async def test_any_mix_of_replayed_and_simulated_gives_the_same_conversation(
    tmp_path: Path, providers: list[str], consumers: list[str]
) -> None:
    before = await demonstration(tmp_path / "before")
    replay = Replay.of(before, as_provider=providers, as_consumer=consumers, speed="max")
    async with gateway(tmp_path / "after", topology="minimal", provide=(), clock=MORNING) as served:
        report, after = await replayed(served, replay)
        provided = replay.provided(served.nodes)
    assert report.is_whole, report.steps
    assert all(not misses for _, misses, _ in provided.values())
    assert sorted(events(after)) == sorted(events(before))
    assert len(after.entries) > 50


async def test_what_follows_from_an_answer_that_did_not_come_is_skipped(tmp_path: Path) -> None:
    before = await demonstration(tmp_path / "before")
    replay = Replay.of(before, as_consumer=["IVN001"], as_provider=["IVN001"], speed="max")
    async with gateway(tmp_path / "after", topology="minimal", provide=(), clock=LATER) as served:
        report, _ = await replayed(served, replay)
    reasons = {step.reason for step in report.steps if step.outcome is Outcome.SKIPPED}
    assert "запрос обмена 1, из которого это следует, не пришёл" in reasons
    assert not report.is_whole


async def test_transaction_codes_that_are_ids_are_new_and_stay_together(tmp_path: Path) -> None:
    code = new_id()
    async with gateway(tmp_path / "before", clock=MORNING) as served:
        consumer = client(served, CONSUMER)
        for _ in range(2):
            await consumer.send_request(asks(), Outgoing(transaction_code=code))
        before = await recorded(served.store)
    async with gateway(tmp_path / "after") as served:
        _, after = await replayed(served, Replay.of(before, as_consumer=[CONSUMER], speed="max"))
    first, second = (data.transaction_code for _, data in requests(after))
    assert first == second
    assert first != code
