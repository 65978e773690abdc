"""Parallel runs on one gateway do not see each other: each has a namespace, a gateway of its own behind an address."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from gateway.app import Gateway, running
from gateway.exchange import namespaces
from gateway.exchange.namespaces import ImpossibleNamespace, NamespaceExists, NoNamespacesHere, NoSuchNamespace
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.participant_replies import FaultReceived
from gateway.settings import Settings
from tests.acceptance.administrator import call, get, post, refused
from tests.acceptance.command_line import run
from tests.acceptance.conftest import Start
from tests.acceptance.test_admin_kinds import add
from tests.acceptance.zeep_participant import participant
from tests.conversation import (
    INN_REQUEST,
    INN_REQUEST_TYPE,
    VERSIONS,
    address,
    client,
    fetch,
    new_id,
    send_request,
    whole_exchange,
)
from tests.conversation import post as post_soap

SPRING: Final = "frozen@2013-03-01T09:00:00+04:00"


@pytest.fixture
async def two(gateway: Gateway) -> tuple[Gateway, Gateway]:
    """Two runs on one gateway."""
    return await gateway.namespaces.create("run-1"), await gateway.namespaces.create("run-2")


async def mnemonics(gateway: Gateway) -> set[str]:
    return {each["mnemonic"] for each in (await get(gateway, "/participants"))["participants"]}


# --- they do not see each other ----------------------------------------------------------------------------------


async def test_the_same_message_is_new_in_each(gateway: Gateway, two: tuple[Gateway, Gateway]) -> None:
    """The consumer sends one MessageID into both runs and into the gateway itself: nobody has seen it before."""
    message_id = new_id()
    for run_ in (*two, gateway):
        async with client(run_.url, "CITY") as consumer, client(run_.url, "FNS") as provider:
            await consumer.send_request(INN_REQUEST, message_id=message_id)
            taken = await provider.take_request(INN_REQUEST_TYPE)
            assert taken is not None
            assert taken.message_id == message_id
            assert await provider.take_request() is None
        with pytest.raises(FaultReceived, match="MessageIsAlreadySent"):
            async with client(run_.url, "CITY") as consumer:
                await consumer.send_request(INN_REQUEST, message_id=message_id)


async def test_participants_kinds_services_and_journal_are_of_one_run(
    gateway: Gateway, two: tuple[Gateway, Gateway]
) -> None:
    first, second = two
    await post(first, "/participants", {"mnemonic": "MYSYS"}, 201)
    added = await add(first)
    assert added.status == 201, added
    assert added.headers["Location"].startswith("/ns/run-1/__admin/kinds/")
    async with client(first.url, "CITY") as consumer:
        await consumer.take_response()
    kinds = [{each["id"] for each in (await get(one, "/kinds"))["kinds"]} for one in (first, second, gateway)]
    assert len(kinds[0]) == len(kinds[1]) + 1
    assert kinds[1] == kinds[2]
    assert {"MYSYS", "CITY"} <= await mnemonics(first)
    for other in (second, gateway):
        assert {"MYSYS", "CITY"}.isdisjoint(await mnemonics(other))
        assert (await get(other, "/journal"))["entries"] == []
    assert (await get(first, "/journal"))["entries"]


async def test_a_run_begins_with_the_kinds_of_the_gateway_and_keeps_them(gateway: Gateway) -> None:
    added = (await add(gateway)).body["kind"]
    run_ = await gateway.namespaces.create()
    assert added["id"] in {each["id"] for each in (await get(run_, "/kinds"))["kinds"]}
    await refused(run_, "DELETE", f"/kinds/{added['id']}", 409, "kind")
    assert (await call(gateway, "DELETE", f"/kinds/{added['id']}")).status == 200
    assert added["id"] in {each["id"] for each in (await get(run_, "/kinds"))["kinds"]}


async def test_the_token_of_the_gateway_opens_its_namespaces(start: Start) -> None:
    gateway = await start(admin_token="secret")  # noqa: S106 - of this test
    run_ = await gateway.namespaces.create()
    await refused(run_, "GET", "/health", 401, "token")
    await get(run_, "/health", headers={"Authorization": "Bearer secret"})


async def test_each_has_a_clock_and_a_store_of_its_own(gateway: Gateway) -> None:
    spring = await gateway.namespaces.create(clock=SPRING, lease=60)
    await post(spring, "/clock/advance", {"by": "2d"})
    assert (await get(spring, "/clock"))["now"].startswith("2013-03-03")
    assert (await get(gateway, "/clock"))["mode"] == "real"
    assert (await get(spring, "/health"))["store"].startswith("sqlite")
    assert spring.settings.lease == 60


async def test_runs_at_the_same_time_take_nothing_from_each_other(two: tuple[Gateway, Gateway]) -> None:
    async def work(one: Gateway) -> None:
        for _ in range(5):
            await whole_exchange(one.url)  # at its end every queue is empty

    await asyncio.gather(*map(work, two))
    for one in two:
        assert len((await get(one, "/interactions"))["interactions"]) == 5


async def test_simulated_agencies_answer_in_each(gateway: Gateway) -> None:
    run_ = await gateway.namespaces.create(topology="minimal", clock=SPRING)
    kind = next(each for each in (await get(run_, "/kinds"))["kinds"] if each["providers"])
    sample = run_.library.examples_of(next(each for each in run_.library.catalogue if each.id == kind["id"]))[0]
    async with client(run_.url, "CITY") as consumer:
        await consumer.send_request(sample.request or b"")
        await run_.nodes.settle()
        await post(run_, "/clock/advance", {"by": "1d"})
        assert await consumer.take_response() is not None


# --- a namespace is addressed as a gateway is --------------------------------------------------------------------


async def test_the_wsdl_leads_back_into_the_namespace(two: tuple[Gateway, Gateway]) -> None:
    for version in VERSIONS:
        service = address(two[0].url, "CITY", version)
        wsdl = await fetch(f"{service}?wsdl")
        assert f'location="{service}"'.encode() in wsdl.body
        assert (await fetch(f"{two[0].url}/smev/v{version}/ws?wsdl")).status == 200


async def test_a_soap_library_follows_the_wsdl(gateway: Gateway, two: tuple[Gateway, Gateway]) -> None:
    def conversation() -> None:
        with participant(two[0].url, "CITY", "1.2") as consumer:
            consumer.send_request(INN_REQUEST)

    await asyncio.to_thread(conversation)
    assert len((await get(two[0], "/interactions"))["interactions"]) == 1
    assert (await get(gateway, "/interactions"))["interactions"] == []


async def test_a_refusal_is_explained_where_it_happened(two: tuple[Gateway, Gateway]) -> None:
    async with client(two[0].url, "CITY") as consumer:
        with pytest.raises(FaultReceived) as caught:
            await consumer.send_request(INN_REQUEST, Outgoing(), message_id="none")
        assert caught.value.explain is not None
        assert caught.value.explain.startswith("/ns/run-1/__admin/journal/")
        explanation = await consumer.explanation_of(caught.value)
    assert explanation is not None
    assert explanation.check == "message_id_is_well_formed"
    by_hand = await refused(
        two[0], "POST", "/participants/CITY/send", 422, "refused", json={"content": "<a/>", "messageId": "none"}
    )
    assert (await fetch(two[0].url.removesuffix("/ns/run-1") + by_hand["journal"])).status == 200


async def test_links_and_hints_carry_the_prefix(two: tuple[Gateway, Gateway]) -> None:
    first = two[0]
    page = (await fetch(f"{first.url}/")).body.decode()
    assert 'href="/ns/run-1/__admin/health"' in page
    assert 'href="/__admin' not in page
    assert (await get(first, "/openapi.json"))["servers"] == [{"url": "/ns/run-1"}]
    assert "/ns/run-1/__admin/docs" in (await refused(first, "GET", "/nothing", 404, "not-found"))["hint"]
    added = await call(first, "POST", "/participants", json={"mnemonic": "MYSYS"})
    assert added.headers["Location"] == "/ns/run-1/__admin/participants/MYSYS"
    for probe in ("/livez", "/readyz"):
        assert (await fetch(first.url + probe)).status == 200
    async with client(first.url, "CITY") as consumer:
        await consumer.send_request(INN_REQUEST)
        await consumer.send_request(INN_REQUEST)
    following = (await get(first, "/interactions?limit=1"))["next"]
    assert following.startswith("/ns/run-1/__admin/interactions?")


async def test_no_name_confuses_the_client(gateway: Gateway) -> None:
    for name in ("wsx", "as", "smev"):
        await whole_exchange((await gateway.namespaces.create(name)).url)
    with pytest.raises(ImpossibleNamespace):
        await gateway.namespaces.create("ws")


async def test_a_large_body_is_asked_for_once(two: tuple[Gateway, Gateway]) -> None:
    reply = await post_soap(address(two[0].url, "CITY"), send_request(), {"Expect": "100-continue"})
    assert reply.status == 200


# --- begun, listed, ended ----------------------------------------------------------------------------------------


async def test_a_namespace_is_begun_listed_and_ended_by_rest(gateway: Gateway) -> None:
    made = await call(gateway, "POST", "/namespaces", json={"topology": "none", "seed": 1, "onceOnly": "observe"})
    assert made.status == 201
    name = made.body["name"]
    assert made.headers["Location"] == f"/__admin/namespaces/{name}"
    assert made.body["url"] == f"{gateway.url}/ns/{name}"
    await whole_exchange(made.body["url"])
    (listed,) = (await get(gateway, "/namespaces"))["namespaces"]
    assert (listed["name"], listed["url"], listed["messages"]) == (name, made.body["url"], 2)
    assert (await call(gateway, "DELETE", f"/namespaces/{name}")).body == {"removed": [name]}
    assert (await get(gateway, "/namespaces"))["namespaces"] == []
    again = await post(gateway, "/namespaces", {"name": name}, 201)
    assert again["messages"] == 0


async def test_those_that_nobody_calls_are_removed_together(gateway: Gateway, two: tuple[Gateway, Gateway]) -> None:
    assert (await call(gateway, "DELETE", "/namespaces?idle=3600")).body == {"removed": []}
    assert (await call(gateway, "DELETE", "/namespaces?idle=0")).body == {"removed": ["run-1", "run-2"]}
    assert gateway.namespaces.list() == ()


async def test_a_kept_namespace_goes_on_after_the_gateway(start: Start, tmp_path: Path) -> None:
    settings = Settings(port=0, data=tmp_path, store="sqlite://", topology="none", provide=("FNS=fns/inn-by-person",))
    async with running(settings) as gateway:
        kept = await gateway.namespaces.create("kept", kept=True)
        await whole_exchange(kept.url)
    async with running(settings) as gateway:
        kept = await gateway.namespaces.create("kept", kept=True)
        assert len((await get(kept, "/interactions"))["interactions"]) == 1
        await gateway.namespaces.remove("kept")
        assert not (tmp_path / "namespaces" / "kept").exists()


async def test_a_stream_and_a_call_under_way_end_with_the_namespace(
    gateway: Gateway, two: tuple[Gateway, Gateway]
) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{two[0].url}/__admin/journal/stream") as stream:
        await gateway.namespaces.remove("run-1")
        assert await stream.content.read() == b""
    assert [each.name for each in gateway.namespaces.list()] == ["run-2"]


async def test_python_has_the_same(gateway: Gateway) -> None:
    made = await gateway.namespaces.create(topology="none", seed=7)
    assert made.settings.seed == 7
    with pytest.raises(NoNamespacesHere):
        await made.namespaces.create()
    await gateway.namespaces.create("one")
    with pytest.raises(NamespaceExists):
        await gateway.namespaces.create("one")
    with pytest.raises(ImpossibleNamespace) as caught:
        await gateway.namespaces.create(port=1)
    assert caught.value.field == "port"
    with pytest.raises(NoSuchNamespace):
        await gateway.namespaces.remove("two")


# --- bad input ---------------------------------------------------------------------------------------------------

BAD: Final[dict[str, tuple[dict[str, Any], int, str]]] = {
    "name-with-slash": ({"name": "a/b"}, 422, "body"),
    "name-of-dots": ({"name": ".."}, 422, "body"),
    "name-ws": ({"name": "ws"}, 422, "namespace"),
    "unknown-field": ({"port": 1}, 422, "body"),
    "unknown-topology": ({"topology": "atlantis"}, 422, "namespace"),
    "bad-clock": ({"clock": "backwards"}, 422, "namespace"),
    "unknown-snapshot": ({"from": "nothing"}, 422, "namespace"),
    "snapshot-traversal": ({"from": "../smev"}, 422, "namespace"),
    "unknown-kind": ({"provide": ["FNS=no/kind"]}, 422, "namespace"),
    "name-taken": ({"name": "run-1"}, 409, "namespace"),
}


async def test_namespaces_that_cannot_be_are_refused(gateway: Gateway, two: tuple[Gateway, Gateway]) -> None:
    for wanted, status, kind in BAD.values():
        await refused(gateway, "POST", "/namespaces", status, kind, json=wanted)
    assert [each.name for each in gateway.namespaces.list()] == ["run-1", "run-2"]


def test_the_reference_has_every_bad_input() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/namespaces.md").read_text(encoding="utf-8")
    assert [id_ for id_ in BAD if f"`{id_}`" not in page] == []


async def test_a_namespace_inside_a_namespace_is_refused(two: tuple[Gateway, Gateway]) -> None:
    problem = await refused(two[0], "POST", "/namespaces", 409, "namespace", json={})
    assert problem["hint"]
    await refused(two[0], "DELETE", "/namespaces/run-2", 404, "namespace")


async def test_there_are_so_many_and_no_more(
    gateway: Gateway, two: tuple[Gateway, Gateway], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespaces, "MOST", 2)
    await refused(gateway, "POST", "/namespaces", 409, "namespace", json={})


async def test_an_unknown_namespace_is_told_in_the_words_of_the_caller(
    gateway: Gateway, two: tuple[Gateway, Gateway]
) -> None:
    """A SOAP client hears a SOAP fault, an administrator a problem; both hear which there are."""
    soap = await post_soap(address(f"{gateway.url}/ns/run-3", "CITY"), send_request())
    assert (soap.status, soap.fault) == (404, "soap:Client")
    assert "run-1, run-2" in (soap.child.findtext("faultstring") or "")
    told = await fetch(f"{gateway.url}/ns/run-3/__admin/health")
    assert told.status == 404
    assert "run-1, run-2" in json.loads(told.body)["hint"]


# --- the command line --------------------------------------------------------------------------------------------


async def test_the_command_line_begins_one(gateway: Gateway) -> None:
    made = await run("namespace", "create", "ci", "--clock", SPRING, "--url", gateway.url)
    assert made.output.strip() == f"{gateway.url}/ns/ci", made
    assert (await get(gateway.namespaces.list()[0].gateway, "/clock"))["mode"] == "frozen"
