"""Probes, health, and the journal by HTTP: what an operator and a test read of a gateway."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from gateway.app import Gateway
from gateway.client import Smev3Client
from gateway.machine import SystemClock, new_ids
from tests.acceptance.administrator import call, get, refused
from tests.acceptance.conftest import Start


async def fetch(gateway: Gateway, path: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(gateway.url + path) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_the_probes_say_ok_while_the_gateway_serves(gateway: Gateway) -> None:
    assert await fetch(gateway, "/livez") == (200, {"status": "ok"})
    assert await fetch(gateway, "/readyz") == (200, {"status": "ok"})


async def test_a_gateway_without_its_store_lives_and_is_not_ready(gateway: Gateway) -> None:
    gateway.store.close()
    assert await fetch(gateway, "/livez") == (200, {"status": "ok"})
    status, problem = await fetch(gateway, "/readyz")
    assert (status, problem["type"]) == (503, "urn:mock-smev:problem:store")


async def test_health_tells_how_the_gateway_was_started(gateway: Gateway) -> None:
    health = await get(gateway, "/health")
    assert (health["signatures"], health["registration"], health["topology"]) == ("lenient", "open", "none")
    assert health["durability"] == "synchronous=FULL"


# --- the journal -------------------------------------------------------------------------------------------------


async def test_the_journal_of_a_rejected_request_explains_the_rejection(gateway: Gateway) -> None:
    async with Smev3Client(gateway.url, "CITY", SystemClock(), new_ids()) as city:
        sent = await city.send_request(b'<unheard xmlns="urn:of"/>')
        await city.send_request(b'<other xmlns="urn:of"/>')
    status, journal = await fetch(gateway, f"/__admin/journal?messageId={sent.message_id}")
    assert status == 200
    assert [entry["event"] for entry in journal["entries"]] == ["sent", "rejected"]
    assert journal["entries"][1]["fault"] == "BusinessDataTypeIsNotSupported"
    assert journal["entries"][1]["explanation"]["found"] == "{urn:of}unheard"


async def test_the_journal_is_paged_by_seq(gateway: Gateway) -> None:
    async with Smev3Client(gateway.url, "CITY", SystemClock(), new_ids()) as city:
        await city.send_request(b'<unheard xmlns="urn:of"/>')
    _, first = await fetch(gateway, "/__admin/journal?limit=1")
    _, rest = await fetch(gateway, f"/__admin/journal?after={first['entries'][0]['seq']}")
    events = [entry["event"] for entry in first["entries"] + rest["entries"]]
    assert events == ["registered", "sent", "rejected"]
    assert (await fetch(gateway, first["next"]))[1]["entries"] == rest["entries"][:1]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("filters", "events"),
    [
        ("event=rejected", ["rejected", "rejected"]),
        ("participant=CITY", ["registered", "sent", "rejected"]),
        ("participant=TOWN&event=sent", ["sent"]),
        ("fault=BusinessDataTypeIsNotSupported&limit=1", ["rejected"]),
        ("fault=AccessDenied", []),
        ("messageType={urn:of}town", ["sent", "rejected"]),
        ("since=2000-01-01T00:00:00%2B03:00&event=registered", ["registered", "registered"]),
        ("since=2000-01-01T00:00:00+03:00&event=registered", ["registered", "registered"]),
        ("until=2000-01-01T00:00:00Z", []),
    ],
)
async def test_the_journal_is_filtered(gateway: Gateway, filters: str, events: list[str]) -> None:
    for name in ("city", "town"):
        async with Smev3Client(gateway.url, name.upper(), SystemClock(), new_ids()) as client:
            await client.send_request(f'<{name} xmlns="urn:of"/>'.encode())
    page = await get(gateway, f"/journal?{filters}")
    assert [entry["event"] for entry in page["entries"]] == events


@pytest.mark.parametrize(
    "query",
    [
        "after=x", "limit=0", "limit=1001", "after=-1", f"after={2**63}", "messageId=nope", "messageId=%00",
        "event=shouted", "since=yesterday", "participant=", "participant=%00", "limit=1&limit=2", "event=",
        "mesageId=x",
    ],
)  # fmt: skip
async def test_a_bad_query_is_a_problem_with_a_hint(gateway: Gateway, query: str) -> None:
    await refused(gateway, "GET", f"/journal?{query}", 400, "query")


async def test_a_misspelt_filter_is_told_the_names_that_there_are(gateway: Gateway) -> None:
    problem = await refused(gateway, "GET", "/journal?mesageId=x", 400, "query")
    assert "'mesageId'" in problem["detail"]
    assert "messageId" in problem["hint"]


async def test_messages_of_any_id_are_looked_up_where_any_id_is_taken(start: Start) -> None:
    gateway = await start(any_message_id=True)
    assert (await get(gateway, "/journal?messageId=nope"))["entries"] == []


async def test_an_entry_that_is_not_there_is_a_problem(gateway: Gateway) -> None:
    await refused(gateway, "GET", "/journal/999999", 404, "journal-entry")


async def test_a_journal_of_large_envelopes_comes_in_smaller_pages(gateway: Gateway) -> None:
    content = b'<large xmlns="urn:of">' + b"x" * 900_000 + b"</large>"
    async with Smev3Client(gateway.url, "CITY", SystemClock(), new_ids()) as city:
        for _ in range(30):
            await city.send_request(content)
    first = await get(gateway, "/journal?event=sent")
    assert 0 < len(first["entries"]) < 30
    assert first["next"].startswith(f"/__admin/journal?event=sent&after={first['entries'][-1]['seq']}")


# --- what every endpoint has in common ---------------------------------------------------------------------------


async def test_an_unknown_address_is_a_problem(gateway: Gateway) -> None:
    for path in ("/nothing", "/participants/A/B", "/journal/1/2", "/"):
        await refused(gateway, "GET", path, 404, "not-found")


async def test_another_method_is_told_which_there_are(gateway: Gateway) -> None:
    reply = await call(gateway, "PUT", "/participants")
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, POST")
    assert "GET, POST" in reply.body["hint"]


async def test_head_answers_as_get_does_without_a_body(gateway: Gateway) -> None:
    reply = await call(gateway, "HEAD", "/health")
    assert (reply.status, reply.body, reply.media_type) == (200, "", "application/json")
    assert (await call(gateway, "HEAD", "/journal/stream")).status == 405


@pytest.mark.parametrize(
    ("body", "content_type", "status", "kind"),
    [
        (b"{}", "text/plain", 415, "media-type"),
        (b"{", "application/json", 400, "json"),
        (b"\xff\xfe", "application/json", 400, "json"),
        (b'{"mnemonic": NaN}', "application/json", 400, "json"),
        (b"[" * 100_000, "application/json", 400, "json"),
        (b"9" * 10_000, "application/json", 400, "json"),
        (b"[]", "application/json", 422, "body"),
        (b'{"mnemonic": "A", "nom": 1}', "application/json", 422, "body"),
        (b'{"mnemonic": "\\ud800"}', "application/json", 422, "body"),
        (b'{"mnemonic": "A", "name": "\\u0000"}', "application/json", 422, "body"),
        (b"", "application/json", 422, "body"),
    ],
)
async def test_a_bad_body_is_a_problem(
    gateway: Gateway, body: bytes, content_type: str, status: int, kind: str
) -> None:
    headers = {"Content-Type": content_type}
    await refused(gateway, "POST", "/participants", status, kind, data=body, headers=headers)
    assert (await get(gateway, "/participants"))["participants"][0]["mnemonic"] == "FNS"


async def test_what_is_wrong_in_a_body_is_told_field_by_field(gateway: Gateway) -> None:
    body = {"mnemonic": "Я", "provides": [1], "extra": True}
    problem = await refused(gateway, "POST", "/participants", 422, "body", json=body)
    told = {error["where"]: error["found"] for error in problem["errors"]}
    assert told == {"mnemonic": "'Я'", "provides.0": "1", "extra": "True"}
    assert all(error["expected"] for error in problem["errors"])


async def test_a_body_over_the_limit_is_a_problem(start: Start) -> None:
    gateway = await start(max_body=1000)
    problem = await refused(gateway, "POST", "/participants", 413, "too-large", json={"mnemonic": "A" * 2000})
    assert "--max-body" in problem["hint"]


async def test_a_body_that_never_comes_is_a_problem(start: Start) -> None:
    gateway = await start(body_timeout=0.1)
    host, port = gateway.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = ["POST /__admin/reset HTTP/1.1", f"Host: {host}", "Content-Type: application/json", "Content-Length: 9"]
    writer.write("\r\n".join([*head, "", "{"]).encode())
    async with asyncio.timeout(10):
        answer = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line[16:]) for line in answer.split("\r\n") if line.startswith("Content-Length: "))
        problem = json.loads(await reader.readexactly(length))
    writer.close()
    assert answer.startswith("HTTP/1.1 408")
    assert problem["type"] == "urn:mock-smev:problem:timeout"


async def test_a_store_that_fails_is_a_problem(gateway: Gateway) -> None:
    gateway.store.close()
    await refused(gateway, "GET", "/interactions", 503, "store")


async def test_the_pages_load_nothing_from_anywhere(gateway: Gateway) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/", "/__admin", "/__admin/docs"):
            async with session.get(gateway.url + path) as answer:
                assert (answer.status, answer.content_type) == (200, "text/html")
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
                html = await answer.text()
            assert "<script" not in html
            assert "//" not in html.replace(gateway.url, ""), path
            assert 'href="/__admin/docs"' in html or "/__admin/participants" in html


@pytest.mark.parametrize("host", ["<b>", "[::1", "a b", '"><script>'])
async def test_a_page_shows_any_host_as_it_is_and_escaped(gateway: Gateway, host: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(gateway.url, headers={"Host": host}) as answer:
        assert answer.status == 200
        html = await answer.text()
    assert host.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;") in html
    assert "<script" not in html
