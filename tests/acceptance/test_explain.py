"""`mock-smev explain`: a refusal in full, whoever it was told to and whenever."""

import json

from gateway.app import Gateway
from gateway.client import FaultReceived, Smev3Client
from tests.acceptance.test_command_line import run
from tests.conversation import INVALID_INN_REQUEST


async def test_the_last_refusal_is_explained(gateway: Gateway) -> None:
    at = ("--url", gateway.url)
    nothing = await run("explain", "last", *at)
    assert (nothing.code, nothing.errors) == (3, "mock-smev: отказов ещё не было\n")
    async with Smev3Client(gateway.url, "CITY") as city:
        sent = await city.send_request(INVALID_INN_REQUEST)
        await city.send_request(b'<FNSINNSingularReqest xmlns="urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1"/>')
    last = await run("explain", *at)
    assert last.code == 0
    assert "BusinessDataTypeIsNotSupported" in last.output
    assert "ближайшее  fns/inn-by-person 4.0.1" in last.output
    assert "mock-smev kinds add" in last.output
    named = await run("explain", sent.message_id, *at)
    assert "InvalidContent" in named.output
    assert "/FNSINNSingularRequest/СведФЛ/@ДатаРожд" in named.output
    assert "'вчера'" in named.output
    as_json = await run("explain", sent.message_id, "--json", *at)
    assert json.loads(as_json.output)[0]["explanation"]["check"] == "content_follows_schema"


async def test_what_was_refused_at_once_is_explained_too(gateway: Gateway) -> None:
    async with Smev3Client(gateway.url, "CITY") as city:
        refused = ""
        try:
            await city.ack("c52b69fe-e771-11f1-89a7-f3a752e6b438")
        except FaultReceived as fault:
            refused = fault.name
    assert refused == "TargetMessageIsNotFound"
    ended = await run("explain", "c52b69fe-e771-11f1-89a7-f3a752e6b438", "--url", gateway.url)
    assert (ended.code, refused in ended.output) == (0, True)


async def test_a_message_that_was_not_refused_is_said_to_be_so(gateway: Gateway) -> None:
    ended = await run("explain", "c52b69fe-e771-11f1-89a7-f3a752e6b438", "--url", gateway.url)
    assert ended.code == 1
    assert "что делать" in ended.errors
