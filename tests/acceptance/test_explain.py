"""`mock-smev explain`: a refusal in full, whoever it was told to and whenever."""

import json
from pathlib import Path

from gateway.app import Gateway
from gateway.client import FaultReceived, Smev3Client
from gateway.ns import SOAP_ENVELOPE
from gateway.xml import name_of, parse
from tests.acceptance.case_work import EGRN, NUMBER, SPRING, case_of, demand_refused, opened
from tests.acceptance.command_line import run
from tests.acceptance.conftest import Start
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
    assert json.loads(as_json.output)["explanations"][0]["explanation"]["check"] == "content_follows_schema"


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


async def test_a_case_is_explained_and_its_offer_can_be_sent(start: Start, tmp_path: Path) -> None:
    gateway = await start(**SPRING)
    await opened(gateway)
    await demand_refused(gateway, "egrn-extract")
    at, file = ("--url", gateway.url), str(tmp_path / "request.xml")
    told = await run("explain", NUMBER, *at)
    for words in ("L-7-1-2", "ст. 7 ч. 1 п. 2", "общие знания", "CITY", "Росреестр", EGRN, "нарушений 1"):
        assert words in told.output
    assert f"mock-smev explain {NUMBER} --offer request.xml --url {gateway.url}" in told.output
    assert f"mock-smev send request.xml --as CITY --url {gateway.url}" in told.output
    assert (await run("explain", *at)).output == told.output
    written = await run("explain", NUMBER, "--offer", file, *at)
    assert (written.code, written.output) == (0, "")
    sent = await run("send", file, "--as", "CITY", *at)
    assert (sent.code, "requestIsQueued" in sent.output) == (0, True)
    assert "уже запрошено" in (await run("explain", NUMBER, *at)).output
    again = await run("explain", NUMBER, "--offer", "-", *at)
    assert (again.code, "уже запрошено" in again.errors) == (1, True)


async def test_of_several_offers_one_is_chosen(start: Start) -> None:
    gateway = await start(**SPRING)
    await opened(gateway)
    await demand_refused(gateway, "egrn-extract", "cadastral-passport")
    at = ("--url", gateway.url)
    assert f"--kind {EGRN} --offer" in (await run("explain", NUMBER, *at)).output
    which = await run("explain", NUMBER, "--offer", "-", *at)
    assert (which.code, "--kind" in which.errors, which.output) == (1, True, "")
    chosen = await run("explain", NUMBER, "--offer", "-", "--kind", EGRN, *at)
    assert name_of(parse(chosen.output.encode())) == (SOAP_ENVELOPE, "Envelope")
    none = await run("explain", NUMBER, "--offer", "-", "--kind", "fns/egrul", *at)
    assert none.code == 1


async def test_neither_a_case_nor_a_message(gateway: Gateway) -> None:
    ended = await run("explain", "37-0", "--url", gateway.url)
    assert (ended.code, "нет дела '37-0'" in ended.errors) == (1, True)


async def test_cases_on_the_command_line(start: Start, tmp_path: Path) -> None:
    gateway = await start(**SPRING)
    at, file = ("--url", gateway.url), tmp_path / "case.json"
    assert "дел нет" in (await run("cases", "list", *at)).output
    assert "нарушений нет" in (await run("violations", *at)).output
    file.write_text(json.dumps(case_of(applicant={"familyName": "[bold]Ы\\"})), encoding="utf-8")
    assert NUMBER in (await run("cases", "open", str(file), *at)).output
    assert (await run("cases", "open", str(file), *at)).code == 1
    refused = await run("cases", "demand", NUMBER, "egrn-extract", *at)
    assert (refused.code, "L-7-1-2" in refused.output, refused.errors.count("\n")) == (1, True, 1)
    assert "own-papers" in (await run("cases", "demand", NUMBER, "own-papers", *at)).output
    shown = await run("cases", "show", NUMBER, *at, MOCK_SMEV_LANG="en")
    for words in ("[bold]Ы\\", "own-papers", "L-7-1-2  violation, refused", "cadastral_number 37:24:993953:103"):
        assert words in shown.output
    assert NUMBER in (await run("cases", "list", "--body", "CITY", *at)).output
    assert "L-7-1-2" in (await run("violations", "--case", NUMBER, *at)).output
    assert (await run("cases", "demand", "37-0", "x", *at)).code == 1
    assert (await run("cases", "open", str(tmp_path / "none.json"), *at)).code == 2
