"""Sequence diagrams as people ask for them: by HTTP, and by `mock-smev diagram`, of a gateway and of a recording."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.app import Gateway, running
from gateway.exchange.recordings import recorded
from gateway.recording.format import Header, write
from gateway.settings import Settings
from gateway.xml import parse
from tests.acceptance.administrator import call, post, refused
from tests.acceptance.case_work import NUMBER, SPRING, case_of, demand_refused
from tests.acceptance.command_line import run
from tests.acceptance.conftest import Start
from tests.conversation import INN_KIND, INN_REQUEST, INN_RESPONSE, PROVIDER, client


@pytest.fixture
async def spoken(tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway in which the city has asked the tax service, and was answered; another city has only asked."""
    settings = Settings(port=0, data=tmp_path, topology="none", provide=(f"{PROVIDER}={INN_KIND}",), store="sqlite://")
    async with running(settings) as gateway:
        async with client(gateway.url, "CITY") as city, client(gateway.url, "FNS") as fns:
            await city.send_request(INN_REQUEST)
            request = await fns.take_request()
            assert request is not None
            await fns.ack(request.metadata.message_id)
            await fns.send_response(request.reply_to or "", INN_RESPONSE)
            await city.take_response()
        async with client(gateway.url, "TOWN") as town:
            await town.send_request(INN_REQUEST)
        yield gateway


async def drawn(gateway: Gateway, query: str = "") -> str:
    reply = await call(gateway, "GET", f"/diagram?{query}")
    assert (reply.status, reply.media_type) == (200, "text/plain")
    return str(reply.body)


async def newest(gateway: Gateway) -> str:
    page = await call(gateway, "GET", "/interactions?limit=1")
    return str(page.body["interactions"][0]["messageId"])


async def test_a_diagram_is_of_everything_or_of_what_is_asked_for(spoken: Gateway) -> None:
    whole = await drawn(spoken)
    assert [line.partition(" as ")[2].partition("<")[0] for line in whole.splitlines() if "participant" in line] == [
        "CITY", "TOWN", "СМЭВ", "FNS",
    ]  # fmt: skip
    assert "FNSINNSingularRequest" not in whole  # kinds go by their names
    assert "TOWN" not in await drawn(spoken, "participant=CITY")
    assert (await drawn(spoken, f"messageId={await newest(spoken)}")).count("->>") == 1
    assert "ничего не было" in await drawn(spoken, "since=2999-01-01T00:00:00Z")
    assert "Ack" in await drawn(spoken, "acks=true")
    assert "… и ещё" in await drawn(spoken, "most=2")


async def test_svg_and_page_come_with_headers_that_keep_them_harmless(spoken: Gateway) -> None:
    for form, media_type in (("svg", "image/svg+xml"), ("html", "text/html")):
        reply = await call(spoken, "GET", f"/diagram?format={form}")
        assert (reply.status, reply.media_type) == (200, media_type)
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        if form == "svg":
            assert parse(reply.body.encode()).get("role") == "img"
        else:
            assert "<tbody>" in reply.body


async def test_a_case_has_its_violations_and_what_was_refused_in_it(start: Start) -> None:
    gateway = await start(**SPRING)
    await post(gateway, "/cases", case_of(), 201)
    assert "ничего не было" in await drawn(gateway, f"case={NUMBER}")
    await demand_refused(gateway, "egrn-extract")
    text = await drawn(gateway, f"case={NUMBER}")
    assert f"Дело {NUMBER}" in text
    assert "нарушение L-7-1-2" in text
    assert "210-ФЗ" in text


async def test_what_is_not_there_is_said(spoken: Gateway) -> None:
    await refused(spoken, "GET", "/diagram?case=none", 404, "case")
    await refused(spoken, "GET", "/diagram?participant=NOBODY", 404, "participant")
    await refused(spoken, "GET", f"/diagram?messageId={'0' * 8}-0000-1000-8000-{'0' * 12}", 404, "message")
    await refused(spoken, "GET", "/diagram?format=png", 400, "query")
    await refused(spoken, "GET", "/diagram?most=0", 400, "query")
    await refused(spoken, "GET", "/diagram?kind=x", 400, "query")


# --- the command line --------------------------------------------------------------------------------------------


async def test_the_command_draws_a_running_gateway(spoken: Gateway, tmp_path: Path) -> None:
    ended = await run("diagram", "--url", spoken.url)  # the last interaction
    assert (ended.code, ended.errors) == (0, "")
    assert ended.output == await drawn(spoken, f"messageId={await newest(spoken)}")
    ended = await run("diagram", await newest(spoken), "--out", str(tmp_path / "a.svg"), "--url", spoken.url)
    assert (ended.code, ended.output) == (0, "")
    assert parse((tmp_path / "a.svg").read_bytes()).get("role") == "img"
    ended = await run("diagram", "unheard-of", "--url", spoken.url)
    assert ended.code == 1
    assert "Такого дела нет" in ended.errors


async def test_the_command_draws_a_recording(spoken: Gateway, tmp_path: Path) -> None:
    file = tmp_path / "flow.jsonl"
    header = Header("run", datetime(2013, 3, 4, tzinfo=UTC))
    write(await recorded(spoken.store, header=header), file)
    ended = await run("diagram", str(file), "--acks")
    assert ended.code == 0
    assert ended.output.startswith("sequenceDiagram\n    title: flow.jsonl\n")
    assert ended.output.count("Ack") == 1
    ended = await run("diagram", str(file), "--out", str(tmp_path / "flow.html"))
    assert ended.code == 0
    assert "<!DOCTYPE html>" in (tmp_path / "flow.html").read_text(encoding="utf-8")
    file.write_text("something else\n", encoding="utf-8")
    ended = await run("diagram", str(file))
    assert ended.code == 1
    assert "это не запись mock-smev" in ended.errors
    assert (await run("diagram", str(tmp_path / "none.jsonl"))).code == 1
