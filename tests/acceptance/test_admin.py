"""Probes, health, and the journal by HTTP: what an operator and a test read of a gateway."""

from typing import Any

import aiohttp
import pytest

from gateway.app import Gateway
from gateway.client import Smev3Client
from gateway.machine import SystemClock, new_ids


async def fetch(gateway: Gateway, path: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(gateway.url + path) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_the_probes_say_ok_while_the_gateway_serves(gateway: Gateway) -> None:
    assert await fetch(gateway, "/livez") == (200, {"status": "ok"})
    assert await fetch(gateway, "/readyz") == (200, {"status": "ok"})


async def test_health_tells_how_the_gateway_was_started(gateway: Gateway) -> None:
    status, health = await fetch(gateway, "/__admin/health")
    assert status == 200
    assert (health["signatures"], health["registration"], health["topology"]) == ("off", "open", "none")
    assert health["durability"] == "synchronous=FULL"


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


@pytest.mark.parametrize(
    "query", ["after=x", "limit=0", "limit=1001", "after=-1", f"after={2**63}", "messageId=nope", "messageId=%00"]
)
async def test_a_bad_query_is_a_problem_with_a_hint(gateway: Gateway, query: str) -> None:
    status, problem = await fetch(gateway, f"/__admin/journal?{query}")
    assert status == 400
    assert problem["hint"]
    assert problem["status"] == 400


async def test_an_entry_that_is_not_there_is_a_problem(gateway: Gateway) -> None:
    status, problem = await fetch(gateway, "/__admin/journal/999999")
    assert (status, problem["type"]) == (404, "urn:mock-smev:problem:journal-entry")
