"""The region of spring 2013 runs: its bodies are told of, and each level answers over SOAP."""

from collections import Counter

from gateway.client import ReceivedResponse
from tests.acceptance.administrator import get
from tests.acceptance.conftest import Start
from tests.conversation import client, example

ASKED = {
    "FNS001": example("fns/egrul/4.0.6", "request"),
    "ZAGS01": example("zags/birth/4.0.1", "request"),
    "HROMTSOVSKOE-SP": example("municipality/housing-queue/1.0.0", "request").replace(b"24701000", b"24631406"),
}


async def test_a_body_of_each_level_answers(start: Start) -> None:
    gateway = await start(topology="ivanovo-2013", provide=())
    answered: dict[str, ReceivedResponse] = {}
    async with client(gateway.url, "EXAMPLE") as mine:
        asked = {}
        for body, content in ASKED.items():
            asked[(await mine.send_request(content)).message_id] = body
        async with mine.responses(longest_pause=0.05) as responses:
            async for response in responses:
                answered[asked[response.original_message_id]] = response
                if len(answered) == len(asked):
                    break
    assert {body: response.metadata.sender for body, response in answered.items()} == {body: body for body in ASKED}
    told = {body: response.content for body, response in answered.items()}
    assert {body for body, content in told.items() if content is not None} == {"FNS001", "ZAGS01", "HROMTSOVSKOE-SP"}


async def test_levels_provenance_and_services_are_told(start: Start) -> None:
    gateway = await start(topology="ivanovo-2013", provide=())
    listed = (await get(gateway, "/participants"))["participants"]
    assert Counter(each["level"] for each in listed) == {"federal": 17, "regional": 17, "municipal": 156, None: 1}
    village = await get(gateway, "/participants/HROMTSOVSKOE-SP")
    assert (village["oktmo"], village["level"], village["provenance"]) == ("24631406", "municipal", "sourced")
    assert "M25" in village["services"]
    assert "M21" not in village["services"]
