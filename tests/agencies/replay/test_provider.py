"""A recorded provider answers live requests as it answered when it was recorded."""

import dataclasses
import logging
from pathlib import Path
from typing import Any

import pytest

from agencies.provider import Provider
from agencies.replay.aside import Aside
from agencies.replay.casting import Cast, begin
from agencies.replay.provider import OnMiss, RecordedProvider
from agencies.replay.recorded import Recorded
from agencies.runner import UnknownNode
from gateway.app import Gateway
from gateway.client import ReceivedResponse, RejectCode
from gateway.protocol.messages import MessageType
from gateway.recording.format import Recording
from gateway.recording.matching import MissReason, Reuse
from gateway.xml import parse
from tests.agencies.replay.playing import PAPER, PAUSE, asks, client, edited, gateway, takes_all
from tests.conversation import CONSUMER, INN_KIND, INN_RESPONSE, PROVIDER, c14n


async def play(served: Gateway, recording: Recording, **options: Any) -> RecordedProvider:
    """Have the gateway answer for FNS from a recording."""
    await begin(served.nodes, Recorded(recording), Cast((PROVIDER,), **options))
    node = served.nodes.by_mnemonic[PROVIDER]
    assert isinstance(node, RecordedProvider)
    return node


async def ask(served: Gateway, content: bytes) -> list[ReceivedResponse]:
    """Ask, and take what comes while nothing else happens."""
    consumer = client(served, CONSUMER)
    await consumer.send_request(content)
    await served.nodes.settle()
    return await takes_all(consumer)


async def test_statuses_content_and_attachments_come_again_under_new_ids(tmp_path: Path, exchanges: Recording) -> None:
    async with gateway(tmp_path) as served:
        node = await play(served, exchanges)
        status, answer = await ask(served, asks())
        assert status.status is not None
        assert (status.status.code, status.status.description) == (5, "ищем")
        assert answer.content is not None
        assert c14n(answer.content) == c14n(parse(INN_RESPONSE))
        assert [(each.content_id, each.content) for each in answer.attachments] == [(PAPER[0].content_id, PAPER[1])]
        assert answer.message_id not in {each.entry.message_id for each in exchanges.entries}
        assert (node.tally["answered"], list(node.misses)) == (1, [])
        assert await client(served, PROVIDER).take_request() is None  # it was acknowledged


async def test_a_rejection_comes_again_and_silence_stays_silence(tmp_path: Path, exchanges: Recording) -> None:
    async with gateway(tmp_path) as served:
        node = await play(served, exchanges)
        (rejected,) = await ask(served, asks("1970-01-01"))
        assert [(each.code, each.description) for each in rejected.rejections] == [(RejectCode.NO_DATA, "нет такого")]
        assert await ask(served, asks("1980-01-01")) == []
        assert node.tally["answered"] == 2


async def test_at_recorded_pace_an_answer_takes_as_long_as_it_took(tmp_path: Path, exchanges: Recording) -> None:
    async with gateway(tmp_path) as served:
        await play(served, exchanges, speed=2.0)
        (status,) = await ask(served, asks())
        assert status.status is not None
        await served.timekeeper.advance(by=PAUSE / 2)
        (answer,) = await takes_all(client(served, CONSUMER))
        assert answer.content is not None


async def test_a_miss_is_answered_by_nobody_or_with_no_data_and_explained(
    tmp_path: Path, exchanges: Recording, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)  # a command that another test has run here may have raised it
    async with gateway(tmp_path) as served:
        node = await play(served, exchanges, on_miss=OnMiss.NO_DATA)
        (rejected,) = await ask(served, asks("1970-01-02"))
        (rejection,) = rejected.rejections
        (missed,) = node.misses
        assert rejection.code is RejectCode.NO_DATA
        assert rejection.description == missed.miss.say()
        assert (missed.sender, missed.miss.reason) == (CONSUMER, MissReason.DIFFERS)
        assert missed.miss.closest is not None
        assert [(each.old, each.new) for each in missed.miss.differences] == [("1967-03-10", "1970-01-02")]
        assert missed.miss.say() in caplog.text
        node = await play(served, exchanges, on_miss=OnMiss.SILENT)
        assert await ask(served, asks("1970-01-02")) == []
        assert node.tally["missed"] == 1


async def test_a_miss_is_simulated_by_the_node_that_was_there(tmp_path: Path, exchanges: Recording) -> None:
    async with gateway(tmp_path, topology="minimal", provide=()) as served:
        original = served.nodes.by_mnemonic["FNS001"]
        recorded, types = Recorded(exchanges), Recorded(exchanges).types_of(PROVIDER)
        options = {"recording": recorded, "provider": PROVIDER}
        served.nodes.substitute("FNS001", RecordedProvider, options, answers=types)
        (simulated,) = await ask(served, asks("1990-05-05"))
        assert simulated.content is not None or simulated.rejections
        assert not any(each.description == "нет такого" for each in simulated.rejections)
        assert len(await ask(served, asks())) == 2  # as recorded
        assert served.nodes.restore("FNS001")
        assert served.nodes.by_mnemonic["FNS001"] is original
        assert isinstance(original, Provider)
        assert len(await ask(served, asks())) == 1


async def test_a_miss_without_a_node_is_answered_automatically(tmp_path: Path, exchanges: Recording) -> None:
    async with gateway(tmp_path) as served:
        node = await play(served, exchanges)
        assert len(await ask(served, asks("1990-05-05"))) == 1
        assert [each.done for each in node.misses] == [OnMiss.SIMULATED]


async def test_answers_are_used_once_and_then_the_miss_says_so(tmp_path: Path, exchanges: Recording) -> None:
    async with gateway(tmp_path) as served:
        node = await play(served, exchanges, reuse=Reuse.NEVER, on_miss=OnMiss.SILENT)
        assert len(await ask(served, asks())) == 2
        assert await ask(served, asks()) == []
        assert [each.miss.reason for each in node.misses] == [MissReason.USED_UP]


async def test_a_missing_attachment_is_an_explained_failure(tmp_path: Path, exchanges: Recording) -> None:
    lacking = dataclasses.replace(exchanges, contents={}, path=tmp_path / "lost.jsonl")
    async with gateway(tmp_path) as served:
        node = await play(served, lacking)
        status, failed = await ask(served, asks())
        assert status.status is not None
        (rejection,) = failed.rejections
        assert rejection.code is RejectCode.FAILURE
        assert "нет вложения 'paper.xml'" in rejection.description
        assert node.tally["troubled"] == 1


async def test_an_answer_that_cannot_be_read_is_an_explained_failure(tmp_path: Path, exchanges: Recording) -> None:
    seq = [each.seq for each in exchanges.entries if each.entry.operation == "SendResponse" and each.entry.envelope][1]
    broken = edited(exchanges, seq, b"</", b"<")
    async with gateway(tmp_path) as served:
        node = await play(served, broken)
        failed = (await ask(served, asks()))[-1]
        assert [each.code for each in failed.rejections] == [RejectCode.FAILURE]
        assert "записанный ответ не повторить" in node.troubles[0]


async def test_a_participant_that_is_not_there_is_added_and_provides(tmp_path: Path, exchanges: Recording) -> None:
    async with gateway(tmp_path, provide=()) as served:
        assert served.participants.named(PROVIDER) is None
        await play(served, exchanges)
        assert served.participants.provides(PROVIDER, INN_KIND)
        assert len(await ask(served, asks())) == 2
        assert served.nodes.restore(PROVIDER)
        assert not served.participants.provides(PROVIDER, INN_KIND)
        assert not served.nodes.restore(PROVIDER)


async def test_who_stands_aside_leaves_everything_in_the_queue(tmp_path: Path) -> None:
    async with gateway(tmp_path, topology="minimal", provide=()) as served:
        served.nodes.substitute("FNS001", Aside, {}, hears=False)
        assert await ask(served, asks()) == []
        mine = await client(served, "FNS001").take_request()
        assert mine is not None
        assert mine.message_type.root == "FNSINNSingularRequest"


async def test_options_that_cannot_be_used_are_refused(tmp_path: Path, exchanges: Recording) -> None:
    rows: tuple[tuple[dict[str, object], str], ...] = (
        ({}, "узлу нужно FNS: options.recording"),
        ({"recording": "nowhere.jsonl"}, "nowhere.jsonl: "),
        ({"provider": "NOBODY"}, "NOBODY: в записи .* не отвечает; есть FNS"),
        ({"speed": -1}, "скорость: ожидалось число больше 0 или max, найдено -1"),
        ({"on_miss": "loud"}, "'loud' is not a valid OnMiss"),
    )
    async with gateway(tmp_path) as served:
        for options, why in rows:
            given = {"recording": Recorded(exchanges), **options} if options else {}
            with pytest.raises(UnknownNode, match=why):
                served.nodes.substitute(PROVIDER, RecordedProvider, given)
            assert PROVIDER not in served.nodes.by_mnemonic


def test_the_recording_knows_who_answered_what(exchanges: Recording) -> None:
    recorded = Recorded(exchanges)
    assert (set(recorded.providers), set(recorded.consumers)) == ({PROVIDER}, {CONSUMER})
    (asked,) = recorded.types_of(PROVIDER)
    assert asked == MessageType.of(parse(asks()))
