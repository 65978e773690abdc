"""SMEV fails on purpose: over a real socket, by REST, by command; and the same run fails in the same places."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.app import Gateway, running
from gateway.client import NoAnswer, Smev3Client
from gateway.client.transport import Direct
from gateway.domain.disruption import FIELDS, read_disruption
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.machine import SystemClock, new_ids
from gateway.protocol.participant_replies import FaultReceived
from gateway.settings import Settings
from gateway.storage import journal
from gateway.transports.admin.faults import FaultRule
from tests.acceptance.administrator import call, get, post, refused
from tests.acceptance.command_line import run
from tests.acceptance.conftest import Start
from tests.conversation import INN_KIND, INN_REQUEST, INN_RESPONSE, client, whole_exchange
from tests.docs.pages import ROOT, read

FROZEN: Final = "frozen@2013-03-01T09:00:00.000+04:00"
PAGE: Final = ROOT / "docs" / "reference" / "faults.md"
BAD_RULES: Final = re.findall(r"^\| (F\d+) \| `(\{.*\})` \| `(\w+)`", read(PAGE), re.MULTILINE)


@pytest.fixture
async def spring(start: Start) -> Gateway:
    """A gateway on which it is nine o'clock of 2013-03-01 in Moscow."""
    return await start(clock=FROZEN)


def stubborn(gateway: Gateway, mnemonic: str, retries: int = 1) -> Smev3Client:
    """A client that calls again at once when it got no answer."""
    return Smev3Client(gateway.url, mnemonic, SystemClock(), new_ids(), pauses=(0.0,) * retries)


async def breaks(gateway: Gateway, does: str, **fields: Any) -> Any:
    """Let a rule hold; once, unless it says otherwise."""
    rule = {"name": "rule", "does": does, "count": 1, **fields}
    return await post(gateway, "/faults", rule, 201)


async def disrupted(gateway: Gateway) -> list[Any]:
    return list((await get(gateway, f"/journal?event={JournalEvent.DISRUPTED}"))["entries"])


# --- over a real socket ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("does", ["cut-response", "half-response"])
async def test_a_message_whose_answer_was_lost_is_there_and_is_sent_again_once(gateway: Gateway, does: str) -> None:
    await breaks(gateway, does, operation="SendRequest", participant="CITY")
    async with stubborn(gateway, "CITY") as consumer, client(gateway.url, "FNS") as provider:
        sent = await consumer.send_request(INN_REQUEST)
        assert sent.metadata is None  # only the retry learnt that it had been taken
        request = await provider.take_request()
        assert request is not None
        assert request.message_id == sent.message_id
        await provider.ack(request.metadata.message_id)
        assert await provider.take_request() is None
    (entry,) = await disrupted(gateway)
    assert (entry["participant"], entry["status"], entry["fault"]) == ("CITY", "rule", does)
    assert entry["messageId"] == sent.message_id
    await whole_exchange(gateway.url)


async def test_who_does_not_call_again_got_no_answer(gateway: Gateway) -> None:
    await breaks(gateway, "cut-response")
    async with stubborn(gateway, "CITY", retries=0) as consumer:
        with pytest.raises(NoAnswer):
            await consumer.send_request(INN_REQUEST)


async def test_a_delivery_that_was_cut_comes_again_after_its_lease(spring: Gateway) -> None:
    async with client(spring.url, "CITY") as consumer, stubborn(spring, "FNS") as provider:
        sent = await consumer.send_request(INN_REQUEST)
        await breaks(spring, "half-response", share=0.9, kind=INN_KIND, operation="GetRequest")
        assert await provider.take_request() is None  # the retry: the first try holds the lease
        (entry,) = await disrupted(spring)
        assert (entry["messageId"], entry["counterpart"]) == (sent.message_id, "CITY")
        await post(spring, "/clock/advance", {"by": "15m"})
        request = await provider.take_request()
        assert request is not None
        await provider.ack(request.metadata.message_id)


async def test_a_slow_answer_comes_whole(gateway: Gateway) -> None:
    await breaks(gateway, "slow-response", delay="PT0.01S")
    await whole_exchange(gateway.url)
    assert [entry["fault"] for entry in await disrupted(gateway)] == ["slow-response"]


async def test_a_refusal_made_on_purpose_explains_itself(gateway: Gateway) -> None:
    await breaks(gateway, "fault", fault="AccessDenied", text="SMEV-200: учения")
    async with client(gateway.url, "CITY") as consumer:
        with pytest.raises(FaultReceived, match="учения") as told:
            await consumer.send_request(INN_REQUEST)
        assert told.value.name == "AccessDenied"
        why = await consumer.explanation_of(told.value)
    assert why is not None
    assert (why.check, why.rule) == ("disruption", "rule")
    assert "mock-smev faults remove rule" in why.advice
    await whole_exchange(gateway.url)


# --- REST -----------------------------------------------------------------------------------------------------


async def test_rules_are_added_listed_and_taken_back(spring: Gateway) -> None:
    rule = {"name": "slow-fns", "does": "late", "delay": "5m", "kind": INN_KIND, "count": 3, "lasts": "10m", "seed": 7}
    reply = await call(spring, "POST", "/faults", json=rule)
    assert (reply.status, reply.headers["Location"]) == (201, "/__admin/faults/slow-fns")
    (listed,) = (await get(spring, "/faults"))["faults"]
    assert listed == reply.body == await get(spring, "/faults/slow-fns")
    assert listed == {
        "rule": {**rule, "probability": 1.0}, "state": "active", "reverted": None, "asked": 0, "hits": 0, "left": 3,
        "since": "2013-03-01T09:00:00.000+04:00", "until": "2013-03-01T09:10:00.000+04:00",
    }  # fmt: skip
    async with client(spring.url, "CITY") as consumer, client(spring.url, "FNS") as provider:
        await consumer.send_request(INN_REQUEST)
        assert await provider.take_request() is None
        (queue,) = (await get(spring, "/queues/FNS"))["queues"][:1]
        assert (queue["free"], queue["leased"]) == (0, 0)
        advanced = await post(spring, "/clock/advance", {"toNext": True})
        assert advanced["to"] == "2013-03-01T09:05:00.000+04:00"
        assert await provider.take_request() is not None
    await post(spring, "/clock/advance", {"by": "5m"})
    ended = await get(spring, "/faults/slow-fns")
    assert (ended["state"], ended["reverted"], ended["hits"], ended["left"]) == ("reverted", "time", 1, 2)
    assert (await call(spring, "DELETE", "/faults/slow-fns")).body == {"removed": 1}
    assert (await refused(spring, "DELETE", "/faults/slow-fns", 404, "fault"))["detail"] == "slow-fns"
    await breaks(spring, "lost")
    assert (await call(spring, "DELETE", "/faults")).body == {"removed": 1}
    assert await get(spring, "/faults") == {"faults": []}
    assert spring.disruptions.list() == ()


async def test_a_reset_takes_rules_back_where_they_are_named(gateway: Gateway) -> None:
    await breaks(gateway, "lost")
    await post(gateway, "/reset", {})
    assert len((await get(gateway, "/faults"))["faults"]) == 1
    assert await post(gateway, "/reset", {"what": ["disruptions"]}) == {"removed": {"disruptions": 1}}
    await whole_exchange(gateway.url)


async def test_a_bad_rule_is_told_by_its_field(gateway: Gateway) -> None:
    await breaks(gateway, "lost", name="taken", participant="NOBODY")
    assert len(BAD_RULES) == 16
    for row, rule, field in BAD_RULES:
        status = 409 if row == "F16" else 422
        told = await refused(gateway, "POST", "/faults", status, "fault", json=json.loads(rule))
        (error,) = told["errors"]
        assert error["where"] == field, row
        assert error["expected"], row
        assert error["found"], row
    nearest = {"F2": "lost", "F4": "probability", "F9": "AccessDenied"}
    for row, rule, _ in BAD_RULES:
        if row in nearest:
            told = await refused(gateway, "POST", "/faults", 422, "fault", json=json.loads(rule))
            assert nearest[row] in told["hint"]
    await refused(gateway, "POST", "/faults", 422, "body", json=[])
    assert [fault["rule"]["name"] for fault in (await get(gateway, "/faults"))["faults"]] == ["taken"]


def test_the_openapi_has_every_field_of_a_rule() -> None:
    assert tuple(FaultRule.model_json_schema()["properties"]) == FIELDS


# --- the command line -----------------------------------------------------------------------------------------


async def test_the_command_line_adds_lists_and_takes_back(gateway: Gateway) -> None:
    url = ("--url", gateway.url)
    added = await run(
        "faults", "add", "slow", "--does", "late", "--delay", "5m", "--kind", INN_KIND, "--probability", "1",
        "--count", "3", "--for", "10m", "--seed", "7", *url,
    )  # fmt: skip
    assert (added.code, added.errors) == (0, "")
    async with client(gateway.url, "CITY") as consumer:
        await consumer.send_request(INN_REQUEST)
    listed = await run("faults", *url)
    assert re.search(rf"slow +late +{INN_KIND} +1 из 1 +2 +\d{{4}}-", listed.output), listed
    as_json = json.loads((await run("faults", "--json", *url)).output)
    assert as_json["faults"][0]["rule"]["lasts"] == "10m"
    assert (await run("faults", "remove", "slow", *url)).output == "убрано правил: 1\n"
    assert "правил нет" in (await run("faults", *url)).output
    again = await run("faults", "remove", "slow", *url)
    assert (again.code, "Такого правила нет" in again.errors) == (1, True)
    assert (await run("faults", "remove", *url)).code == 2


async def test_the_command_line_says_what_is_wrong_with_a_rule() -> None:
    wrong = await run("faults", "add", "x", "--does", "late", "--delay", "5m", "--for", "soon")
    assert wrong.code == 2
    assert wrong.errors.startswith("mock-smev: --for: ")
    wrong = await run("faults", "add", "x", "--does", "lots")
    assert "возможно, lost" in wrong.errors
    listed = json.loads((await run("faults", "kinds", "--json")).output)["kinds"]
    assert {kind["does"] for kind in listed} >= {"late", "half-response", "bad-signature"}


async def test_the_command_line_loads_a_file_of_rules_or_none_of_it(gateway: Gateway, tmp_path: Path) -> None:
    file, url = tmp_path / "faults.yaml", ("--url", gateway.url)
    for row, text, told in (
        ("L1", "- {name: a", "faults.yaml"),
        ("L2", "name: a", "найдено: {'name': 'a'}"),
        ("L2", "[]", "найдено: []"),
        ("L3", "- {name: a, does: lost}\n- {name: b, does: lost, probability: 2}", "правило 2: probability"),
        ("L3", "- lost", "'lost'"),
    ):
        assert f"| {row} |" in read(PAGE)
        file.write_text(text, encoding="utf-8")
        refusal = await run("faults", "load", str(file), *url)
        assert (refusal.code, told in refusal.errors) == (2, True), refusal
    assert (await run("faults", "load", str(tmp_path / "none.yaml"), *url)).code == 2
    assert gateway.disruptions.list() == ()
    file.write_text("- {name: a, does: lost}\n- name: b\n  does: late\n  delay: 5m\n", encoding="utf-8")
    assert (await run("faults", "load", str(file), *url)).output == "добавлено правил: 2\n"
    assert [standing.rule.name for standing in gateway.disruptions.list()] == ["a", "b"]


# --- without sockets ------------------------------------------------------------------------------------------


async def journal_of_a_run(folder: Path, seed: int) -> list[JournalEntry]:
    """A consumer of this process asks a provider of this process, twelve times, while SMEV breaks what it can."""
    settings = Settings(
        port=0, data=folder, store="sqlite://", topology="none", provide=(f"FNS={INN_KIND}",), seed=1, clock=FROZEN
    )
    async with running(settings, serial=True) as gateway:
        for does, fields in {
            "cut-response": {}, "half-response": {}, "slow-response": {"delay": "10m"}, "late": {"delay": "3m"},
            "duplicated": {}, "reordered": {}, "expired-lease": {},
        }.items():  # fmt: skip
            rule = {"name": does, "does": does, "probability": 0.3, "seed": seed, **fields}
            gateway.disruptions.add(read_disruption(rule))
        clock = gateway.timekeeper.clock
        consumer, provider = (
            Smev3Client(Direct(gateway.door, name), name, clock, new_ids(number), pauses=(0.0,) * 20)
            for number, name in enumerate(("CITY", "FNS"), 1)
        )
        for _ in range(12):
            await consumer.send_request(INN_REQUEST)
        answered = set()
        for _ in range(8):
            await gateway.timekeeper.advance(by=timedelta(minutes=15))
            while (request := await provider.take_request()) is not None:
                await provider.send_response(request.reply_to or "", INN_RESPONSE)
                await acknowledged(provider, request.metadata.message_id)
            while (response := await consumer.take_response()) is not None:
                answered.add(response.original_message_id)
                await acknowledged(consumer, response.metadata.message_id)
        assert len(answered) == 12
        entries = await gateway.store.run(lambda connection: journal.read(connection, 0, 100_000))
        return [each.entry for each in entries]


async def acknowledged(taker: Smev3Client, message_id: str) -> None:
    """Acknowledge; a lease that has expired on purpose is no more."""
    try:
        await taker.ack(message_id)
    except FaultReceived as fault:
        if fault.name != "TargetMessageIsNotFound":
            raise


async def test_with_one_seed_the_same_run_breaks_in_the_same_places(tmp_path: Path) -> None:
    first, again, other = [
        await journal_of_a_run(tmp_path / str(number), seed) for number, seed in enumerate((7, 7, 8))
    ]
    assert again == first
    places = [(entry.status, entry.message_id) for entry in first if entry.event is JournalEvent.DISRUPTED]
    assert {name for name, _ in places} == {
        "cut-response", "half-response", "slow-response", "late", "duplicated", "reordered", "expired-lease",
    }  # fmt: skip
    assert places != [(entry.status, entry.message_id) for entry in other if entry.event is JournalEvent.DISRUPTED]
