"""Cases by hand that cannot be: docs/reference/bad-input.md has a row for each test."""

import pytest

from gateway.app import Gateway
from tests.acceptance.administrator import call, get, refused
from tests.acceptance.case_work import (
    EGRN,
    EXTRACT,
    NUMBER,
    PAPER,
    SPRING,
    case_of,
    city_with_a_case,
    demand_refused,
    opened,
    rules_of,
    spoken,
)
from tests.acceptance.conftest import Start
from tests.conversation import address
from tests.conversation import post as post_envelope


@pytest.fixture
async def city(start: Start) -> Gateway:
    return await city_with_a_case(start)


@pytest.mark.parametrize(
    ("changed", "kind", "near"),
    [
        ({"service": "m07"}, "service", "M07"),
        ({"service": "<b>"}, "service", ""),
        ({"body": "CITTY"}, "body", "CITY"),
    ],
)
async def test_case_of_nothing_known(city: Gateway, changed: dict[str, str], kind: str, near: str) -> None:
    problem = await refused(city, "POST", "/cases", 422, kind, json=case_of(number="new", **changed))
    assert near in problem["hint"]
    assert (await call(city, "GET", "/cases/new")).status == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"number": " 7"},
        {"number": "a\nb"},
        {"number": "7" * 101},
        {"applicant": {"snils": "952-147-714 14"}},
        {"applicant": {"birthDate": "вчера"}},
        {"applicant": {"birthDate": 7}},
        {"documents": [{"code": ""}]},
        {"documents": [{"code": "passport", "origin": "stolen"}]},
        {"parameters": {"Кадастр": "1"}},
        {"applicant": None},
        {"state": "closed"},
    ],
    ids=str,
)
async def test_case_without_sense(city: Gateway, changed: dict[str, object]) -> None:
    await refused(city, "POST", "/cases", 422, "body", json={**case_of(number="new"), **changed})


async def test_case_opened_twice(city: Gateway) -> None:
    await refused(city, "POST", "/cases", 409, "case", json=case_of())


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("demands", EXTRACT),
        ("decisions", {"outcome": "granted"}),
        ("refused-documents", {"documents": ["x"]}),
        ("documents", {"documents": [{"code": "x"}]}),
        ("inquiries", PAPER),
        ("complaints", {"about": "other"}),
        ("complaints/1/answer", {}),
        ("explanation", None),
    ],
)
async def test_case_unknown(city: Gateway, what: str, body: object) -> None:
    method = "GET" if body is None else "POST"
    problem = await refused(city, method, f"/cases/37-0/{what}", 404, "case", json=body)
    assert "'37-0'" in problem["detail"]


async def test_demand_of_an_unknown_document(city: Gateway) -> None:
    problem = await demand_refused(city, "family-tree")
    assert (rules_of(problem), problem["offers"]) == (["L-7-1-1"], [])
    assert "own-papers" in problem["hint"]


async def test_case_that_is_over(city: Gateway) -> None:
    await spoken(city, "decisions", {"outcome": "granted"})
    case = await get(city, f"/cases/{NUMBER}")
    assert (case["state"], case["terms"]) == ("closed", [])
    for what, body in (
        ("decisions", {"outcome": "refused"}),
        ("demands", EXTRACT),
        ("documents", {"documents": [{"code": "own-papers"}]}),
    ):
        problem = await refused(city, "POST", f"/cases/{NUMBER}/{what}", 409, "case", json=body)
        assert "закрыто" in problem["detail"]
    problem = await spoken(city, "inquiries", PAPER, 409)
    assert "L-7-1-NEED" in rules_of(problem)


async def test_paper_request_of_an_unknown_kind(city: Gateway) -> None:
    body = {**PAPER, "kind": "rosreestr/egrn-statment"}
    problem = await refused(city, "POST", f"/cases/{NUMBER}/inquiries", 422, "kind", json=body)
    assert EGRN in problem["hint"]


HOSTILE = '<x/>&"[bold]'


async def test_hostile_texts_in_a_case(start: Start) -> None:
    gateway = await start(**SPRING)
    person = {"snils": "95214771414", "familyName": HOSTILE, "firstName": "]]>"}
    case = await opened(gateway, number=HOSTILE, applicant=person)
    assert case["applicant"]["familyName"] == HOSTILE
    number = "%3Cx%2F%3E%26%22%5Bbold%5D"
    problem = await demand_refused(gateway, "egrn-extract", HOSTILE, number=number)
    assert sorted(rules_of(problem)) == ["L-7-1-1", "L-7-1-2"]
    [offer] = problem["offers"]
    answer = await post_envelope(address(gateway.url, "CITY"), offer["envelope"].encode())
    assert answer.status == 200, answer.body
    [inquiry] = (await get(gateway, f"/cases/{number}"))["inquiries"]
    assert inquiry["messageId"] == offer["messageId"]


async def test_characters_that_are_not_xml_in_a_case(start: Start) -> None:
    gateway = await start(**SPRING)
    await opened(gateway, number="\ufffe")
    [offer] = (await demand_refused(gateway, "egrn-extract", number="%EF%BF%BE"))["offers"]
    assert (offer["envelope"], bool(offer["obstacle"])) == (None, True)
