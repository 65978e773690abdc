"""The world as testers see and change it: by REST, by the command line, in files; every agency then says the same."""

import json
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from agencies import fns, mvd
from gateway.app import CannotStart, Gateway
from gateway.client import ReceivedResponse, Smev3Client
from gateway.xml import Element
from tests.acceptance.command_line import run
from tests.acceptance.conftest import Start

DEBTOR: Final = "95000001729"
NEWCOMER: Final[dict[str, Any]] = {
    "snils": "90000000008",
    "inn": "379000000015",
    "family_name": "Тестова",
    "first_name": "Ольга",
    "patronymic": None,
    "sex": "female",
    "birth_date": "1980-02-29",
    "passports": [
        {"series": "2490", "number": "123456", "issuer_code": "370-001", "issuer_name": "УВД", "issued": "2010-03-01"}
    ],
}


async def ask(gateway: Gateway, content: Element) -> ReceivedResponse:
    async with Smev3Client(gateway.url, "CITY") as city:
        sent = await city.send_request(content)
        async with city.responses(longest_pause=0.05) as responses:
            async for response in responses:
                if response.original_message_id == sent.message_id:
                    return response
    raise AssertionError("the iteration has no end")


async def rest(gateway: Gateway, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{gateway.url}/__admin{path}", json=body) as answer,
    ):
        return answer.status, await answer.json(content_type=None)


async def test_a_person_added_by_rest_is_known_to_every_agency_and_after_a_restart(
    start: Start, tmp_path: Path
) -> None:
    first = await start(topology="minimal", provide=())
    passport = mvd.dossier_request("2490", "123456")
    assert (await ask(first, passport)).content is None
    status, applied = await rest(first, "POST", "/world/fixtures", {"person": [NEWCOMER]})
    assert (status, applied["applied"]) == (200, 1)
    for gateway in (
        first,
        await start(topology="minimal", provide=(), data=tmp_path, store=f"sqlite:///{tmp_path}/2.db"),
    ):
        answer = await ask(gateway, passport)
        assert answer.content is not None
        assert "Тестова" in [node.text for node in answer.content.iter("{*}lastName")]
        status, subject = await rest(gateway, "GET", f"/world/{NEWCOMER['snils']}")
        assert (status, subject["family_name"], subject["birth_date"]) == (200, "Тестова", "1980-02-29")


async def test_wrong_check_digits_are_a_warning_and_kept(start: Start) -> None:
    gateway = await start(topology="minimal", provide=())
    wrong = {**NEWCOMER, "snils": "90000000000"}
    status, applied = await rest(gateway, "POST", "/world/fixtures", {"person": [wrong]})
    assert (status, applied["applied"]) == (200, 1)
    assert any("90000000000" in warning for warning in applied["warnings"])
    assert (await rest(gateway, "GET", "/world/90000000000"))[0] == 200


async def test_fixtures_are_forgotten_by_a_reset(start: Start) -> None:
    gateway = await start(topology="minimal", provide=())
    await rest(gateway, "POST", "/world/fixtures", {"person": [{"snils": DEBTOR, "family_name": "Иной"}]})
    assert (await rest(gateway, "GET", f"/world/{DEBTOR}"))[1]["family_name"] == "Иной"
    assert (await rest(gateway, "POST", "/reset", {"what": ["world"]})) == (200, {"removed": {"world": 1}})
    assert (await rest(gateway, "GET", f"/world/{DEBTOR}"))[1]["family_name"] == "Уваров"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"person": [{"snils": DEBTOR, "surname": "X"}]}, "surname"),
        ({"person": [{"snils": DEBTOR, "birth_date": "вчера"}]}, "birth_date"),
        ({"people": []}, "people"),
        ([], ""),
    ],
)
async def test_fixtures_that_say_nothing_known_are_refused_with_the_place(start: Start, body: Any, said: str) -> None:
    gateway = await start(topology="minimal", provide=())
    status, problem = await rest(gateway, "POST", "/world/fixtures", body)
    assert status in (400, 422)
    assert said in json.dumps(problem, ensure_ascii=False)
    assert problem["hint"]


async def test_a_number_that_nobody_has_is_explained(gateway: Gateway) -> None:
    for number in ("90000000000", "abc", "37:24:000000:1"):
        status, problem = await rest(gateway, "GET", f"/world/{number}")
        assert (status, bool(problem["hint"])) == (404, True)


async def test_unknown_people_are_invented_where_that_is_wanted(start: Start) -> None:
    gateway = await start(topology="minimal", provide=(), invent_unknown=True)
    request = fns.egrul_request("1027700132195", "5f1c1a52-84d4-11e2-9e96-0800200c9a66", "1")
    answers = [await ask(gateway, request) for _ in range(2)]
    names = {str(fns.read_egrul(answer.content)) for answer in answers if answer.content is not None}
    assert len(names) == 1
    assert "None" not in names


async def test_a_file_of_fixtures_that_is_wrong_stops_the_start_with_its_place(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "fixtures.json"
    file.write_text('{"person": [{"snils": "95000001729", "birth": "x"}]}', encoding="utf-8")
    with pytest.raises(CannotStart, match=r"fixtures\.json.*person\[0\]\.birth"):
        await start(fixtures=(str(file),))


async def test_the_command_line_shows_lists_and_adds(start: Start, tmp_path: Path) -> None:
    gateway = await start(topology="minimal", provide=())
    at = ("--url", gateway.url)
    file = tmp_path / "fixtures.toml"
    file.write_text('[[person]]\nsnils = "95000001729"\nbirth_date = 1974-06-19\n', encoding="utf-8")
    added = await run("world", "add", str(file), *at)
    assert (added.code, added.output, added.errors) == (0, "применено: 1\n", "")
    listed = await run("world", "list", "--case", "debtor", *at)
    assert listed.output.split()[:3] == ["debtor", DEBTOR, "1974-06-19"]
    shown = await run("world", "show", "950-000-017 29", *at)
    assert shown.output.startswith("Уваров Сергей Павлович\n")
    assert "enforcements (2)" in shown.output
    as_json = await run("world", "show", DEBTOR, "--json", *at)
    assert json.loads(as_json.output)["snils"] == DEBTOR
    nobody = await run("world", "show", "123", *at)
    assert nobody.code == 1
    assert "неизвестный вид номера" in nobody.errors
    unknown = await run("world", "list", "--case", "rich", *at)
    assert (unknown.code, "debtor" in unknown.errors) == (1, True)
