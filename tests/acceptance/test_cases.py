"""Cases by HTTP: what an applicant may not be asked for is refused with the lawful way, and that way works."""

import pytest

from gateway.app import Gateway
from gateway.client import Smev3Client
from tests.acceptance.administrator import call, get, post, refused
from tests.acceptance.case_work import (
    EGRN,
    EGRN_FOLDER,
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
from tests.conversation import address, example
from tests.conversation import post as post_envelope


@pytest.fixture
async def city(start: Start) -> Gateway:
    """A gateway where the city has a case."""
    return await city_with_a_case(start)


# --- opened ----------------------------------------------------------------------------------------------------------


async def test_a_case_is_opened_and_its_terms_begin(start: Start) -> None:
    gateway = await start(**SPRING)
    case = await opened(gateway, documents=[{"code": "own-papers", "certified": True}])
    assert (case["number"], case["state"], case["level"]) == (NUMBER, "open", "municipal")
    assert case["serviceName"].startswith("Согласование переустройства")
    assert [document["code"] for document in case["documents"]] == ["own-papers"]
    assert [(term["what"], term["due"][:10]) for term in case["terms"]] == [
        ("sending", "2013-03-06"),
        ("service", "2013-04-18"),
    ]
    assert await get(gateway, f"/cases/{NUMBER}") == case


async def test_the_terms_of_a_case_end_though_nobody_asks(city: Gateway) -> None:
    await post(city, "/clock/advance", {"by": "3d"})
    [violation] = (await get(city, "/violations?rule=L-SEND-TERM&case=" + NUMBER))["violations"][-1:]
    assert (violation["body"], violation["refused"]) == ("CITY", False)
    assert await get(city, f"/violations/{violation['key']}") == violation


async def test_a_case_without_a_number_is_given_one(start: Start) -> None:
    gateway = await start(**SPRING)
    numbers = {(await post(gateway, "/cases", {**case_of(), "number": None}, 201))["number"] for _ in range(15)}
    assert len(numbers) == 15
    listed = await get(gateway, "/cases?body=CITY&service=M07&state=open&limit=10")
    following = await get(gateway, listed["next"].removeprefix("/__admin"))
    assert {case["number"] for case in (*listed["cases"], *following["cases"])} == numbers
    assert following["next"] is None
    assert (await get(gateway, "/cases?state=closed"))["cases"] == []


# --- asked of the applicant ------------------------------------------------------------------------------------------


async def test_a_demand_is_refused_and_the_offer_fetches_the_data(city: Gateway) -> None:
    problem = await demand_refused(city, "egrn-extract")
    [violation] = problem["violations"]
    assert (violation["rule"], violation["document"], violation["holder"], violation["kind"]) == (
        "L-7-1-2", "egrn-extract", "Росреестр", EGRN,
    )  # fmt: skip
    assert "ст. 7 ч. 1 п. 2" in violation["article"]
    assert violation["confidence"]
    assert "ст. 7 ч. 1 п. 2" in problem["detail"]
    [offer] = problem["offers"]
    assert (offer["kind"], offer["sender"], offer["recipient"], offer["obstacle"]) == (EGRN, "CITY", "RR", None)
    assert "37:24:993953:103" in offer["envelope"]
    assert (await get(city, f"/cases/{NUMBER}"))["demands"] == []

    answer = await post_envelope(address(city.url, "CITY"), offer["envelope"].encode())
    assert answer.status == 200, answer.body
    async with Smev3Client(city.url, "RR") as holder:
        request = await holder.take_request()
        assert request is not None
        assert request.message_id == offer["messageId"]
        await holder.send_response(request.reply_to or "", example(EGRN_FOLDER, "response"))
    async with Smev3Client(city.url, "CITY") as body:
        response = await body.take_response()
        assert response is not None
        assert response.content is not None

    case = await get(city, f"/cases/{NUMBER}")
    [inquiry] = case["inquiries"]
    assert (inquiry["messageId"], inquiry["kind"], inquiry["outcome"]) == (offer["messageId"], EGRN, "data")
    assert inquiry["due"].startswith("2013-03-12T23:59:59")
    broken = [violation["rule"] for violation in case["violations"] if violation["verdict"] == "violation"]
    assert broken == ["L-7-1-2"]
    explained = await get(city, f"/cases/{NUMBER}/explanation")
    assert [(each["envelope"], "получены" in each["obstacle"]) for each in explained["offers"]] == [(None, True)]


async def test_every_violation_is_explained_and_every_kind_is_offered_once(city: Gateway) -> None:
    for _ in range(2):
        await demand_refused(city, "egrn-extract", "cadastral-passport")
    explained = await get(city, f"/cases/{NUMBER}/explanation")
    assert rules_of(explained) == ["L-7-1-2"] * 4
    assert NUMBER in explained["state"]
    assert "нарушений 4" in explained["state"]
    kinds = [offer["kind"] for offer in explained["offers"]]
    assert sorted(kinds) == ["rosreestr/cadastre-and-rights", EGRN]
    assert len({offer["messageId"] for offer in explained["offers"]}) == 2
    entries = (await get(city, "/journal?event=violation"))["entries"]
    assert [(entry["participant"], entry["status"]) for entry in entries] == [("CITY", "L-7-1-2")] * 4


async def test_what_only_the_applicant_has_may_be_asked_for(city: Gateway) -> None:
    told = await spoken(city, "demands", {"documents": [{"code": "own-papers", "medium": "paper"}]})
    assert (told["violations"], told["offers"]) == ([], [])
    [demand] = (await get(city, f"/cases/{NUMBER}"))["demands"]
    assert [(each["code"], each["medium"]) for each in demand["documents"]] == [("own-papers", "paper")]


async def test_in_mode_observe_a_demand_is_only_noted(start: Start) -> None:
    gateway = await start(**SPRING, once_only="observe")
    await opened(gateway)
    told = await spoken(gateway, "demands", EXTRACT)
    assert (rules_of(told), [offer["kind"] for offer in told["offers"]]) == (["L-7-1-2"], [EGRN])
    case = await get(gateway, f"/cases/{NUMBER}")
    assert len(case["demands"]) == 1
    assert [violation["refused"] for violation in case["violations"]] == [False]


async def test_consent_and_actions_are_judged_too(city: Gateway) -> None:
    told = await spoken(city, "demands", {"wantsConsent": True})
    assert [(each["rule"], each["verdict"]) for each in told["violations"]] == [("L-4-CONSENT", "warning")]
    problem = await spoken(city, "demands", {"actions": ["visit-the-notary"]}, 409)
    assert (rules_of(problem), problem["offers"]) == (["L-7-1-3"], [])


# --- decided, brought, complained ------------------------------------------------------------------------------------


async def test_nothing_is_refused_for_lack_of_what_others_hold(city: Gateway) -> None:
    ground = {"reason": "missing-document", "document": "egrn-extract"}
    problem = await spoken(city, "decisions", {"outcome": "refused", "grounds": [ground]}, 409)
    assert "L-7-1-2-REFUSE" in rules_of(problem)
    assert problem["offers"][0]["kind"] == EGRN
    case = await get(city, f"/cases/{NUMBER}")
    assert (case["state"], case["decisions"]) == ("open", [])


async def test_a_second_denial_rests_on_the_first(start: Start) -> None:
    gateway = await start(**{**SPRING, "clock": "frozen@2019-03-04T09:00:00+03:00"})
    await opened(gateway)
    first = {"outcome": "refused", "grounds": [{"reason": "defective-document", "document": "own-papers"}]}
    again = {"outcome": "refused", "grounds": [{"reason": "defective-document", "document": "title-documents"}]}
    await spoken(gateway, "decisions", first)
    problem = await spoken(gateway, "decisions", again, 409)
    assert "L-7-1-4" in rules_of(problem)
    case = await get(gateway, f"/cases/{NUMBER}")
    assert (case["state"], len(case["decisions"])) == ("closed", 1)


async def test_what_the_applicant_brings_himself_has_to_be_taken(city: Gateway) -> None:
    problem = await spoken(city, "refused-documents", {"documents": ["egrn-extract"]}, 409)
    assert rules_of(problem) == ["L-7-1-2-VOL"]
    brought = {"documents": [{"code": "egrn-extract", "origin": "own-initiative", "validUntil": "2013-06-01"}]}
    case = await spoken(city, "documents", brought)
    assert case["documents"][-1]["validUntil"] == "2013-06-01"
    told = await spoken(city, "refused-documents", {"documents": ["own-papers"]})
    assert told["violations"] == []


async def test_a_complaint_is_answered_in_time_or_is_a_violation(city: Gateway) -> None:
    first = await spoken(city, "complaints", {"about": "intake-refusal"})
    second = await spoken(city, "complaints", {"about": "other"})
    assert (first["number"], second["number"]) == ("1", "2")
    answered = await spoken(city, "complaints/1/answer", {})
    assert answered["answeredAt"]
    await spoken(city, "complaints/1/answer", {}, 409)
    await spoken(city, "complaints/9/answer", {}, 404)
    await post(city, "/clock/advance", {"by": "30d"})
    found = (await get(city, "/violations?rule=l-11-complaint"))["violations"]
    assert [violation["caseNumber"] for violation in found] == [NUMBER]
    assert "жалоба 2" in found[0]["found"]


# --- asked on paper --------------------------------------------------------------------------------------------------


async def test_a_request_on_paper_has_to_say_everything(city: Gateway) -> None:
    told = await spoken(city, "inquiries", PAPER)
    assert told["violations"] == []
    [inquiry] = (await get(city, f"/cases/{NUMBER}"))["inquiries"]
    assert (inquiry["messageId"], inquiry["kind"], inquiry["holder"], inquiry["overdue"]) == (None, EGRN, "RR", False)
    bare = {"kind": EGRN, "isComplete": False}
    found = (await call(city, "POST", f"/cases/{NUMBER}/inquiries", json=bare)).body["violations"]
    assert {"L-7-2-1-1", "L-7-2-1-5", "L-7-2-1-8"} <= {violation["rule"] for violation in found}


async def test_a_request_on_paper_for_what_the_service_does_not_need_is_refused(city: Gateway) -> None:
    problem = await spoken(city, "inquiries", {**PAPER, "kind": "fns/egrul"}, 409)
    assert "L-7-1-NEED" in rules_of(problem)
    assert problem["offers"] == []
    assert (await get(city, f"/cases/{NUMBER}"))["inquiries"] == []


# --- messages --------------------------------------------------------------------------------------------------------


async def test_a_message_that_breaks_the_law_is_explained_with_an_offer(start: Start) -> None:
    gateway = await start(**{**SPRING, "provide": (f"RR={EGRN}", "PORTAL=applicant/demand")})
    await opened(gateway)
    content = (
        '<DemandRequest xmlns="urn://mock-smev/applicant/demand/1.0.0">'
        f"<CaseNumber>{NUMBER}</CaseNumber><Document><Code>egrn-extract</Code><Medium>paper</Medium></Document>"
        "</DemandRequest>"
    )
    async with Smev3Client(gateway.url, "CITY", clock=gateway.timekeeper.clock) as city:
        sent = await city.send_request(content.encode())
    explained = await get(gateway, f"/interactions/{sent.message_id}/explanation")
    assert [each["fault"] for each in explained["explanations"]] == ["AccessDenied"]
    assert rules_of(explained) == ["L-7-1-2"]
    assert [(offer["kind"], offer["recipient"]) for offer in explained["offers"]] == [(EGRN, "RR")]


async def test_a_message_that_was_only_warned_about_is_explained_too(start: Start) -> None:
    gateway = await start(**SPRING)
    async with Smev3Client(gateway.url, "CITY", clock=gateway.timekeeper.clock) as city:
        sent = await city.send_request(example(EGRN_FOLDER, "request"))
    explained = await get(gateway, f"/interactions/{sent.message_id}/explanation")
    assert (explained["explanations"], rules_of(explained), explained["offers"]) == ([], ["L-7-1-NEED"], [])


async def test_violations_that_are_not_there_are_not_found(city: Gateway) -> None:
    assert (await get(city, "/violations?case=none"))["violations"] == []
    await refused(city, "GET", "/violations/999", 404, "violation")
    await refused(city, "GET", "/violations?verdict=guilty", 400, "query")


# --- back to the beginning -------------------------------------------------------------------------------------------


async def test_cases_go_with_their_interactions(city: Gateway) -> None:
    await demand_refused(city, "egrn-extract")
    assert await post(city, "/reset", {"what": ["interactions"]}) == {
        "removed": {"queues": 0, "interactions": 0, "cases": 1}
    }
    assert (await get(city, "/cases"))["cases"] == []
    assert (await get(city, "/violations"))["violations"] == []
    await opened(city)


async def test_cases_alone_leave_the_messages(city: Gateway) -> None:
    [offer] = (await demand_refused(city, "egrn-extract"))["offers"]
    await post_envelope(address(city.url, "CITY"), offer["envelope"].encode())
    assert await post(city, "/reset", {"what": ["cases"]}) == {"removed": {"cases": 1}}
    assert [each["messageId"] for each in (await get(city, "/interactions"))["interactions"]] == [offer["messageId"]]
    case = await opened(city)
    assert (case["inquiries"], case["violations"]) == ([], [])
    await post(city, "/clock/advance", {"by": "30d"})
    found = (await get(city, "/violations"))["violations"]
    assert {violation["body"] for violation in found} == {"CITY"}  # the forgotten request is not overdue
