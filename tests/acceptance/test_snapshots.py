"""A gateway is saved, goes on, and is put back: as though nothing had happened since."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.app import Gateway, running
from gateway.domain.disruption import read_disruption
from gateway.protocol.participant_replies import FaultReceived
from gateway.settings import Settings
from tests.acceptance.administrator import call, get, post, refused
from tests.acceptance.command_line import run
from tests.acceptance.test_admin_reset import Traffic
from tests.conversation import INN_REQUEST, INN_RESPONSE, client, new_id, whole_exchange

SPRING: Final = "frozen@2013-03-01T09:00:00+04:00"


@asynccontextmanager
async def gateway_on(store: str | None, data: Path, **settings: Any) -> AsyncIterator[Gateway]:
    chosen = {"topology": "none", "provide": ("FNS=fns/inn-by-person",), **settings}
    async with running(Settings(port=0, data=data, store=store, **chosen)) as gateway:
        yield gateway


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway in memory, on which it is nine o'clock of 2013-03-01 in Moscow."""
    async with gateway_on("sqlite://", tmp_path, clock=SPRING) as gateway:
        yield gateway


@pytest.fixture(params=["file", "memory", "postgresql"])
async def any_gateway(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Gateway]:
    """The same on a store of each kind."""
    urls = {"file": None, "memory": "sqlite://"}
    url = urls[request.param] if request.param in urls else request.getfixturevalue("postgresql_url")
    async with gateway_on(url, tmp_path, clock=SPRING) as gateway:
        yield gateway


async def state(gateway: Gateway) -> Any:
    """Everything that the admin API tells of what has happened."""
    told = [await get(gateway, path) for path in ("/interactions", "/queues", "/journal", "/participants", "/clock")]
    return json.loads(json.dumps(told))


# --- saved and put back ------------------------------------------------------------------------------------------


async def test_everything_is_as_it_was(any_gateway: Gateway) -> None:
    """A message waits, another is leased; then both are dealt with, people come, time passes; then back."""
    gateway = any_gateway
    async with client(gateway.url, "CITY") as city, client(gateway.url, "FNS") as fns:
        await city.send_request(INN_REQUEST)
        await city.send_request(INN_REQUEST)
        leased = await fns.take_request()
        assert leased is not None
        saved = await post(gateway, "/snapshots", {"name": "before"}, 201)
        assert (saved["messages"], saved["clock"]) == (2, "frozen@2013-03-01T09:00:00+04:00")
        before = await state(gateway)

        later = new_id()
        await city.send_request(INN_REQUEST, message_id=later)
        await fns.send_response(leased.reply_to or "", INN_RESPONSE)
        await fns.ack(leased.message_id)
        await post(gateway, "/participants", {"mnemonic": "MYSYS"}, 201)
        async with client(gateway.url, "STRANGER") as stranger:
            await stranger.take_response()
        await post(gateway, "/clock/advance", {"by": "3d"})
        assert await state(gateway) != before

        await post(gateway, "/snapshots/before/restore", {})
        assert await state(gateway) == before
        # The lease goes on: its message can be acknowledged, the other one be taken, the answer be sent.
        await fns.send_response(leased.reply_to or "", INN_RESPONSE)
        await fns.ack(leased.message_id)
        waiting = await fns.take_request()
        assert waiting is not None
        assert waiting.message_id not in {leased.message_id, later}
        await fns.ack(waiting.message_id)
        response = await city.take_response()
        assert response is not None
        assert response.original_message_id == leased.message_id
        await city.ack(response.message_id)
        # What came after the snapshot has never been there: its id is new.
        await city.send_request(INN_REQUEST, message_id=later)
        taken = await fns.take_request()
        assert taken is not None
        assert taken.message_id == later
        await fns.ack(later)
    await whole_exchange(gateway.url)


async def test_a_lease_that_was_saved_ends_by_the_clock_that_was_saved(gateway: Gateway) -> None:
    async with client(gateway.url, "CITY") as city, client(gateway.url, "FNS") as fns:
        await city.send_request(INN_REQUEST)
        taken = await fns.take_request()
        assert taken is not None
        await post(gateway, "/snapshots", {"name": "leased"}, 201)
        for _ in range(2):
            assert await fns.take_request() is None
            assert (await post(gateway, "/clock/advance", {"by": "15m"}))["events"] == 1
            again = await fns.take_request()
            assert again is not None
            await fns.ack(again.message_id)
            await post(gateway, "/snapshots/leased/restore", {})


async def test_the_reply_address_of_a_message_that_is_gone_leads_nowhere(gateway: Gateway) -> None:
    """The key of the lost request is given to another one; the answer to the lost one does not go there."""
    await post(gateway, "/snapshots", {"name": "empty"}, 201)
    async with client(gateway.url, "CITY") as city, client(gateway.url, "FNS") as fns:
        await city.send_request(INN_REQUEST)
        lost = await fns.take_request()
        assert lost is not None
        await post(gateway, "/snapshots/empty/restore", {})
        await city.send_request(INN_REQUEST)
        with pytest.raises(FaultReceived, match="RecipientIsNotFound"):
            await fns.send_response(lost.reply_to or "", INN_RESPONSE)
        assert await city.take_response() is None


async def test_a_restored_store_outlives_the_gateway(tmp_path: Path) -> None:
    async with gateway_on(None, tmp_path) as gateway:
        await whole_exchange(gateway.url)
        await gateway.snapshots.save("one")
        await whole_exchange(gateway.url)
        await gateway.snapshots.restore("one")
    async with gateway_on(None, tmp_path) as gateway:
        assert len((await get(gateway, "/interactions"))["interactions"]) == 1
        await whole_exchange(gateway.url)


async def test_the_clock_goes_as_it_went_then(gateway: Gateway) -> None:
    await post(gateway, "/snapshots", {"name": "frozen"}, 201)
    await post(gateway, "/clock/real", {})
    await post(gateway, "/snapshots", {"name": "real"}, 201)
    await post(gateway, "/snapshots/frozen/restore", {})
    clock = await get(gateway, "/clock")
    assert (clock["mode"], clock["now"]) == ("frozen", "2013-03-01T09:00:00.000+04:00")
    await post(gateway, "/snapshots/real/restore", {})
    assert (await get(gateway, "/clock"))["mode"] == "real"


async def test_agencies_begin_anew(tmp_path: Path) -> None:
    """An agency puts down work for later; after the restore that work is gone, and the agency answers once."""
    async with gateway_on("sqlite://", tmp_path, topology="minimal", provide=(), clock=SPRING) as gateway:
        await gateway.nodes.settle()
        nodes = dict(gateway.nodes.by_mnemonic)
        await gateway.snapshots.save("start")
        provider = next(iter(gateway.participants.providers.items()))
        kind = gateway.library.catalogue.by_id(provider[0])
        assert kind is not None
        sample = gateway.library.examples_of(kind)[0].request or b""
        done = []

        async def work() -> None:
            done.append("work of a state that is gone")

        gateway.timekeeper.at(gateway.timekeeper.clock.now(), work)
        await gateway.snapshots.restore("start")
        assert gateway.nodes.by_mnemonic.keys() == nodes.keys()
        assert all(gateway.nodes.by_mnemonic[mnemonic] is not node for mnemonic, node in nodes.items())
        async with client(gateway.url, "CITY") as city:
            await city.send_request(sample)
            await gateway.nodes.settle()
            await gateway.timekeeper.advance(to=None, by=None)
            await gateway.nodes.settle()
            assert await city.take_response() is not None
            assert await city.take_response() is None


async def test_faults_on_purpose_go(gateway: Gateway) -> None:
    await gateway.snapshots.save("calm")
    gateway.disruptions.add(read_disruption({"name": "storm", "does": "smev-failure"}))
    async with client(gateway.url, "CITY") as city:
        with pytest.raises(FaultReceived):
            await city.send_request(INN_REQUEST)
        await gateway.snapshots.restore("calm")
        await city.send_request(INN_REQUEST)


async def test_traffic_goes_on(any_gateway: Gateway) -> None:
    """Consumers and providers work all the while: they are refused by SMEV's own words at most, and all ends well."""
    gateway = any_gateway
    await gateway.snapshots.save("start")
    traffic = Traffic(gateway.url)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(2):
            tasks.create_task(traffic.consume())
            tasks.create_task(traffic.provide())
        for number in range(3):
            await post(gateway, "/snapshots", {"name": f"s{number}"}, 201)
            await post(gateway, f"/snapshots/s{number // 2}/restore", {})
        traffic.over = True
    assert traffic.met <= {"TargetMessageIsNotFound", "RecipientIsNotFound"}
    assert traffic.sent > 3
    await gateway.snapshots.restore("start")
    await whole_exchange(gateway.url)


# --- forks -------------------------------------------------------------------------------------------------------


async def test_one_state_goes_on_in_several_ways(any_gateway: Gateway) -> None:
    gateway = any_gateway
    async with client(gateway.url, "CITY") as city, client(gateway.url, "FNS") as fns:
        await city.send_request(INN_REQUEST)
        taken = await fns.take_request()
        assert taken is not None
    before = await state(gateway)
    await post(gateway, "/snapshots", {"name": "fork"}, 201)
    await post(gateway, "/clock/advance", {"by": "1d"})
    forks = [await gateway.namespaces.create(name, snapshot="fork", kept=name == "b") for name in ("a", "b")]
    for fork in forks:
        assert await state(fork) == before
        async with client(fork.url, "FNS") as fns, client(fork.url, "CITY") as city:
            await fns.send_response(taken.reply_to or "", INN_RESPONSE)
            assert await city.take_response() is not None
    async with client(gateway.url, "CITY") as city:
        assert await city.take_response() is None
    again = await post(gateway, "/namespaces", {"from": "fork", "clock": "frozen@2014-01-01T00:00:00+04:00"}, 201)
    assert again["messages"] == 1


async def test_a_snapshot_of_a_namespace_is_restored_elsewhere(gateway: Gateway) -> None:
    one, other = await gateway.namespaces.create("one"), await gateway.namespaces.create("other")
    async with client(one.url, "CITY") as city:
        await city.send_request(INN_REQUEST)
    await post(one, "/snapshots", {"name": "from-one"}, 201)
    await post(other, "/snapshots/from-one/restore", {})
    assert await state(other) == await state(one)
    async with client(other.url, "FNS") as fns, client(one.url, "FNS") as original:
        here, there = await fns.take_request(), await original.take_request()
        assert here is not None
        assert there is not None
        await fns.send_response(there.reply_to or "", INN_RESPONSE)  # the secret of reply addresses came along


# --- listed, removed, refused ------------------------------------------------------------------------------------


async def test_snapshots_are_listed_replaced_and_removed(gateway: Gateway) -> None:
    first = await post(gateway, "/snapshots", {"name": "a"}, 201)
    await whole_exchange(gateway.url)
    assert (await post(gateway, "/snapshots", {"name": "a", "replace": True}, 201))["messages"] == 2
    await post(gateway, "/snapshots", {"name": "b"}, 201)
    listed = (await get(gateway, "/snapshots"))["snapshots"]
    assert [(each["name"], each["messages"]) for each in listed] == [("a", 2), ("b", 2)]
    assert first["messages"] == 0
    assert (await get(gateway, "/snapshots/a"))["bytes"] == listed[0]["bytes"]
    assert (await call(gateway, "DELETE", "/snapshots/a")).body == {"removed": "a"}
    assert [each["name"] for each in (await get(gateway, "/snapshots"))["snapshots"]] == ["b"]


BAD: Final[dict[str, tuple[str, str, Any, int, str]]] = {
    "name-traversal": ("POST", "/snapshots", {"name": "../smev"}, 422, "snapshot"),
    "name-empty": ("POST", "/snapshots", {"name": ""}, 422, "body"),
    "name-taken": ("POST", "/snapshots", {"name": "there"}, 409, "snapshot"),
    "unknown": ("POST", "/snapshots/nothing/restore", None, 404, "snapshot"),
    "unknown-removed": ("DELETE", "/snapshots/nothing", None, 404, "snapshot"),
    "traversal-removed": ("DELETE", "/snapshots/..%2Fsmev", None, 422, "snapshot"),
    "no-snapshot": ("POST", "/snapshots/text/restore", None, 409, "snapshot"),
    "other-database": ("POST", "/snapshots/other/restore", None, 409, "snapshot"),
    "newer-version": ("POST", "/snapshots/newer/restore", None, 409, "snapshot"),
}


async def test_what_cannot_be_is_refused_and_changes_nothing(gateway: Gateway, tmp_path: Path) -> None:
    await whole_exchange(gateway.url)
    for name in ("there", "newer"):
        await gateway.snapshots.save(name)
    folder = tmp_path / "snapshots"
    (folder / "text.db").write_text("no database")
    for name, statement in (
        ("other", "CREATE TABLE something (x)"),
        ("newer", "UPDATE alembic_version SET version_num = '9999'"),
    ):
        with closing(sqlite3.connect(folder / f"{name}.db")) as connection, connection:
            connection.execute(statement)
    before = await state(gateway)
    for method, path, body, status, kind in BAD.values():
        await refused(gateway, method, path, status, kind, **({} if body is None else {"json": body}))
        assert await state(gateway) == before
    assert [each["name"] for each in (await get(gateway, "/snapshots"))["snapshots"]] == ["there"]
    await whole_exchange(gateway.url)


def test_the_reference_has_every_bad_input() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/snapshots.md").read_text(encoding="utf-8")
    assert [id_ for id_ in BAD if f"`{id_}`" not in page] == []


async def test_the_command_line_saves_and_restores(gateway: Gateway) -> None:
    assert (await run("snapshot", "save", "cli", "--url", gateway.url)).code == 0
    await whole_exchange(gateway.url)
    assert "cli" in (await run("snapshot", "list", "--url", gateway.url)).output
    assert (await run("snapshot", "restore", "cli", "--url", gateway.url)).code == 0
    assert (await get(gateway, "/interactions"))["interactions"] == []
    assert (await run("snapshot", "remove", "cli", "--url", gateway.url)).code == 0
    failed = await run("snapshot", "restore", "cli", "--url", gateway.url)
    assert failed.code == 1
    assert "cli" in failed.errors
