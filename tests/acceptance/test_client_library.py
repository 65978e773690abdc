"""The client that users get: it loses nothing, acknowledges what was dealt with, and carries files."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from gateway.app import Gateway
from gateway.client import FaultReceived, NoAnswer, RejectCode, Rejection, Smev3Client, save_attachments
from gateway.protocol.messages import Attachment
from tests.conversation import INN_REQUEST as REQUEST
from tests.conversation import INN_RESPONSE as ANSWER
from tests.conversation import PROVIDER


@asynccontextmanager
async def two_sides(gateway: Gateway, version: str = "1.2") -> AsyncIterator[tuple[Smev3Client, Smev3Client]]:
    """A consumer and the provider, both of one version."""
    async with (
        Smev3Client(gateway.url, "CITY", version=version) as city,
        Smev3Client(gateway.url, PROVIDER, version=version) as fns,
    ):
        yield city, fns


@pytest.mark.parametrize("version", ["1.1", "1.2", "1.3"])
async def test_a_provider_answers_what_it_takes_one_after_the_other(gateway: Gateway, version: str) -> None:
    async with two_sides(gateway, version) as (city, fns):
        sent = [(await city.send_request(REQUEST)).message_id for _ in range(3)]
        async with fns.requests(until_empty=True) as requests:
            async for request in requests:
                assert request.reply_to is not None
                await fns.send_response(request.reply_to, ANSWER)
        assert await fns.take_request() is None
        async with city.responses(until_empty=True) as responses:
            assert [response.original_message_id async for response in responses] == sent


async def test_a_message_whose_handling_failed_is_not_acknowledged(gateway: Gateway) -> None:
    async with two_sides(gateway) as (city, fns):
        first, second = [(await city.send_request(REQUEST)).message_id for _ in range(2)]
        dealt_with: list[str] = []

        async def deal_with_one_only() -> None:
            async with fns.requests() as requests:
                async for request in requests:
                    if dealt_with:
                        raise ArithmeticError
                    dealt_with.append(request.message_id)

        with pytest.raises(ArithmeticError):
            await deal_with_one_only()
        assert dealt_with == [first]
        with pytest.raises(FaultReceived, match="TargetMessageIsNotFound"):
            await fns.ack(first)
        await fns.ack(second)


async def test_leaving_the_loop_acknowledges_what_was_dealt_with(gateway: Gateway) -> None:
    async with two_sides(gateway) as (city, fns):
        sent = (await city.send_request(REQUEST)).message_id
        async with fns.requests() as requests:
            async for _ in requests:
                break
        with pytest.raises(FaultReceived, match="TargetMessageIsNotFound"):
            await fns.ack(sent)


async def test_an_empty_queue_is_asked_again_until_something_comes(gateway: Gateway) -> None:
    async with two_sides(gateway) as (city, fns), fns.requests(longest_pause=0.01) as requests:
        (request, sent) = await asyncio.gather(anext(requests), city.send_request(REQUEST))
        assert request.message_id == sent.message_id


@asynccontextmanager
async def dropping_answers(gateway: Gateway, lost: int) -> AsyncIterator[str]:
    """A way to the gateway on which the first `lost` answers get lost after the call has arrived."""
    dropped = 0

    async def forward(call: web.Request) -> web.Response:
        nonlocal dropped
        async with (
            aiohttp.ClientSession() as session,
            session.post(gateway.url + call.path, data=await call.read(), headers=call.headers) as answer,
        ):
            body = await answer.read()
        if dropped < lost:
            dropped += 1
            assert call.transport is not None
            call.transport.abort()
        return web.Response(body=body, status=answer.status, headers={"Content-Type": answer.headers["Content-Type"]})

    application = web.Application()
    application.router.add_post("/{path:.*}", forward)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_lost_answer_costs_no_message_and_makes_no_second_one(gateway: Gateway) -> None:
    async with (
        dropping_answers(gateway, 2) as url,
        Smev3Client(url, "CITY", pauses=(0, 0, 0)) as city,
        Smev3Client(gateway.url, PROVIDER) as fns,
    ):
        sent = await city.send_request(REQUEST)
        assert sent.metadata is None  # only the third try learnt that the first had arrived
        taken = await fns.take_request()
        assert taken is not None
        assert taken.message_id == sent.message_id
        assert await fns.take_request() is None


async def test_content_may_begin_with_an_xml_declaration(gateway: Gateway) -> None:
    async with two_sides(gateway) as (city, fns):
        await city.send_request(b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?>\n" + REQUEST)
        assert await fns.take_request() is not None


async def test_silence_ends_in_an_error_that_names_the_address(gateway: Gateway) -> None:
    async with dropping_answers(gateway, 9) as url, Smev3Client(url, "CITY", pauses=(0,)) as city:
        with pytest.raises(NoAnswer, match="CITY/smev"):
            await city.send_request(REQUEST)


async def test_files_go_out_and_come_in(gateway: Gateway, tmp_path: Path) -> None:
    scan = tmp_path / "Скан паспорта.pdf"
    scan.write_bytes(b"%PDF-1.4 \x00\xff")
    async with two_sides(gateway) as (city, fns):
        await city.send_request(REQUEST, attachments=[scan])
        taken = await fns.take_request()
    assert taken is not None
    (saved,) = save_attachments(taken.attachments, tmp_path / "in")
    assert (saved.name, saved.read_bytes()) == ("Скан паспорта.pdf", b"%PDF-1.4 \x00\xff")
    assert [node.text for node in taken.element.iter("{*}MimeType")] == ["application/pdf"]


@pytest.mark.parametrize(
    ("content_id", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("..", "attachment"),
        ("", "attachment"),
        ("a\x00b<c>.xml", "a_b_c_.xml"),
        ("x" * 300 + ".xml", "x" * 96 + ".xml"),
    ],
)
def test_a_senders_name_cannot_leave_the_folder(tmp_path: Path, content_id: str, name: str) -> None:
    first, second = save_attachments([Attachment(content_id, b"1"), Attachment(content_id, b"2")], tmp_path / "in")
    assert first == tmp_path / "in" / name
    assert second.parent == first.parent
    assert (first.read_bytes(), second.read_bytes()) == (b"1", b"2")


async def test_a_fault_is_explained_to_who_asks(gateway: Gateway) -> None:
    async with two_sides(gateway) as (_, fns):
        with pytest.raises(FaultReceived) as refused:
            await fns.send_response("made up", (Rejection(RejectCode.NO_DATA, "нет"),))
        explanation = await fns.explanation_of(refused.value)
    assert explanation is not None
    assert (explanation.check, explanation.where) == ("reply_address_is_genuine", "To")
