"""Participants are added, changed and removed while the gateway runs, and stay so when it starts again."""

from pathlib import Path
from typing import Any

import pytest

from gateway.app import Gateway, running
from gateway.settings import Settings
from tests.acceptance.administrator import EGRUL, call, get, post, refused
from tests.acceptance.conftest import Start
from tests.conversation import INN_KIND, INN_REQUEST, client, example

EGRUL_REQUEST = example("fns/egrul/4.0.6", "request")
CERTIFICATE = "ab" * 32
NEW = {"mnemonic": "MYSYS", "name": "Моя система", "oktmo": "24701000", "certificate": CERTIFICATE,
       "mayRequest": [EGRUL], "provides": [EGRUL]}  # fmt: skip
UNTOLD: dict[str, object] = {"level": None, "provenance": None, "services": []}  # what only a topology tells


async def add(gateway: Gateway, **fields: object) -> Any:
    return await post(gateway, "/participants", {**NEW, **fields}, 201)


async def change(gateway: Gateway, who: str, /, **fields: object) -> Any:
    reply = await call(gateway, "PATCH", f"/participants/{who}", json=fields)
    assert reply.status == 200, reply
    return reply.body


async def test_a_participant_is_added_and_listed(gateway: Gateway) -> None:
    reply = await call(gateway, "POST", "/participants", json=NEW)
    assert (reply.status, reply.headers["Location"]) == (201, "/__admin/participants/MYSYS")
    assert reply.body == {**NEW, **UNTOLD, "simulated": False, "declared": False}
    assert await get(gateway, "/participants/MYSYS") == reply.body
    listed = (await get(gateway, "/participants"))["participants"]
    assert [each["mnemonic"] for each in listed] == ["FNS", "MYSYS"]
    assert listed[0]["declared"] is True


async def test_a_mnemonic_alone_makes_a_participant(gateway: Gateway) -> None:
    added = await post(gateway, "/participants", {"mnemonic": "BARE"}, 201)
    assert (added["name"], added["mayRequest"], added["provides"]) == ("BARE", None, [])


async def test_who_is_given_a_kind_answers_it_from_then_on(start: Start) -> None:
    gateway = await start(provide=(f"FNS={EGRUL}",))
    await add(gateway)
    async with client(gateway.url, "CITY") as city, client(gateway.url, "MYSYS") as mine:
        sent = await city.send_request(EGRUL_REQUEST)
        request = await mine.take_request()
        assert request is not None
        assert request.message_id == sent.message_id
        await change(gateway, "MYSYS", provides=[])
        await city.send_request(EGRUL_REQUEST)
        assert await mine.take_request() is None
    async with client(gateway.url, "FNS") as fns:
        assert await fns.take_request() is not None


async def test_rights_count_from_the_next_message_on(gateway: Gateway) -> None:
    await add(gateway, mayRequest=[])
    async with client(gateway.url, "MYSYS") as mine:
        await mine.send_request(INN_REQUEST)
        denied = await mine.take_response()
        assert denied is not None
        assert denied.async_status is not None
        assert "SMEV-200" in denied.async_status.details
        await change(gateway, "MYSYS", mayRequest=[INN_KIND])
        sent = await mine.send_request(INN_REQUEST)
    found = await get(gateway, f"/interactions/{sent.message_id}")
    assert found["interaction"]["status"] == "requestIsAcceptedBySmev"
    assert (await change(gateway, "MYSYS", mayRequest=None))["mayRequest"] is None


async def test_a_change_touches_only_what_it_names(gateway: Gateway) -> None:
    await add(gateway)
    assert await change(gateway, "MYSYS", name="Иначе") == {
        **NEW,
        **UNTOLD,
        "name": "Иначе",
        "simulated": False,
        "declared": False,
    }
    changed = await change(gateway, "MYSYS", mnemonic="MYSYS", oktmo=None, certificate=None)
    assert (changed["name"], changed["oktmo"], changed["certificate"]) == ("Иначе", None, None)


async def test_the_name_that_others_are_told_changes(gateway: Gateway) -> None:
    await change(gateway, "FNS", name="ФНС России")
    async with client(gateway.url, "CITY", "1.1") as city, client(gateway.url, "FNS", "1.1") as fns:
        await city.send_request(INN_REQUEST)
        request = await fns.take_request()
    assert request is not None
    names = request.element.findall(".//{*}Recipient/{*}HumanReadableName")
    assert [name.text for name in names] == ["ФНС России"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"mnemonic": "FNS"}, 409),
        ({"mnemonic": "SMEV"}, 422),
        ({"oktmo": "123"}, 422),
        ({"certificate": "AB" * 32}, 422),
        ({"mayRequest": ["no/such"]}, 422),
        ({"provides": ["no/such"]}, 422),
        ({"name": "  "}, 422),
    ],
)
async def test_who_cannot_be_is_refused_and_told_why(gateway: Gateway, fields: dict[str, object], status: int) -> None:
    problem = await refused(gateway, "POST", "/participants", status, "participant", json={**NEW, **fields})
    assert problem["detail"]
    assert len((await get(gateway, "/participants"))["participants"]) == 1


async def test_a_certificate_is_that_of_one_participant(gateway: Gateway) -> None:
    await add(gateway)
    problem = await refused(
        gateway, "PATCH", "/participants/FNS", 409, "participant", json={"certificate": CERTIFICATE}
    )
    assert "MYSYS" in problem["detail"]
    await change(gateway, "MYSYS", certificate=None)
    await change(gateway, "FNS", certificate=CERTIFICATE)


async def test_a_mnemonic_does_not_change(gateway: Gateway) -> None:
    await refused(gateway, "PATCH", "/participants/FNS", 422, "participant", json={"mnemonic": "FNS2"})


async def test_a_stranger_is_not_found(gateway: Gateway) -> None:
    for method in ("GET", "DELETE"):
        await refused(gateway, method, "/participants/NOBODY", 404, "participant")
    await refused(gateway, "PATCH", "/participants/NOBODY", 404, "participant", json={})


# --- removed -----------------------------------------------------------------------------------------------------


async def test_a_participant_is_removed(gateway: Gateway) -> None:
    await add(gateway)
    assert (await call(gateway, "DELETE", "/participants/MYSYS")).body == {"mnemonic": "MYSYS", "removedMessages": 0}
    await refused(gateway, "GET", "/participants/MYSYS", 404, "participant")
    assert EGRUL not in [kind for kind, providers in gateway.participants.providers.items() if providers]
    await add(gateway)


async def test_who_has_messages_is_removed_by_force_only(gateway: Gateway) -> None:
    await add(gateway)
    async with client(gateway.url, "CITY") as city:
        await city.send_request(EGRUL_REQUEST)
    problem = await refused(gateway, "DELETE", "/participants/MYSYS", 409, "participant")
    assert "force" in problem["hint"]
    reply = await call(gateway, "DELETE", "/participants/MYSYS?force=true")
    assert reply.body["removedMessages"] == 1
    assert all(queue["participant"] != "MYSYS" for queue in (await get(gateway, "/queues"))["queues"])


async def test_who_the_gateway_was_started_with_stays(gateway: Gateway) -> None:
    problem = await refused(gateway, "DELETE", "/participants/FNS?force=true", 409, "participant")
    assert "--provide" in problem["hint"]


async def test_a_simulated_agency_stays(tmp_path: Path) -> None:
    topology = tmp_path / "one.toml"
    topology.write_text('[[participants]]\nmnemonic = "ROBOT"\nnode = "agencies.portal:Portal"\n')
    settings = Settings(port=0, data=tmp_path / "data", topology=str(topology))
    async with running(settings) as gateway:
        assert (await get(gateway, "/participants/ROBOT"))["simulated"] is True
        problem = await refused(gateway, "DELETE", "/participants/ROBOT?force=true", 409, "participant")
        assert "provides" in problem["hint"]


# --- after a restart ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
async def test_what_was_changed_is_there_after_a_restart(
    store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{store}_url")
    topology = tmp_path / "one.toml"
    topology.write_text(f'[[participants]]\nmnemonic = "FNS"\nname = "ФНС"\nprovides = ["{EGRUL}", "{INN_KIND}"]\n')
    settings = Settings(port=0, data=tmp_path, store=url, topology=str(topology))
    async with running(settings) as gateway:
        added = await add(gateway)
        renamed = await change(gateway, "FNS", name="ФНС России")
        await post(gateway, "/participants", {"mnemonic": "GONE", "provides": [INN_KIND]}, 201)
        assert (await call(gateway, "DELETE", "/participants/GONE")).status == 200
    async with running(settings) as gateway:
        assert await get(gateway, "/participants/MYSYS") == added
        assert await get(gateway, "/participants/FNS") == renamed
        await refused(gateway, "GET", "/participants/GONE", 404, "participant")
        assert gateway.participants.providers == {EGRUL: ("MYSYS", "FNS"), INN_KIND: ("FNS",)}
        assert gateway.participants.with_certificate(CERTIFICATE) is not None
    insisting = settings.model_copy(update={"provide": (f"OTHER={EGRUL}",)})
    async with running(insisting) as gateway:
        assert gateway.participants.providers[EGRUL] == ("OTHER",)


async def test_who_registered_by_calling_can_be_changed(start: Start) -> None:
    gateway = await start()
    async with client(gateway.url, "CITY") as city:
        await city.take_response()
    assert (await change(gateway, "CITY", oktmo="24701000"))["declared"] is False
    again = await start()
    assert (await get(again, "/participants/CITY"))["oktmo"] == "24701000"
