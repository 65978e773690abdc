"""The composition root: settings become a running gateway. The only file that knows every floor."""

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version as package_version
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import web
from sqlalchemy.exc import DBAPIError

from gateway import library, machine
from gateway.data_files import added_kinds, added_services, data_folder
from gateway.domain.clock import Clock, ClockGoesBack, ClockSetting
from gateway.domain.ids import IdSource
from gateway.domain.participants import Participants
from gateway.domain.routing import ReplyAddresses
from gateway.exchange.arrival import Rules
from gateway.exchange.by_hand import ByHand
from gateway.exchange.callers import Callers
from gateway.exchange.cases import Cases
from gateway.exchange.doorbell import Doorbell
from gateway.exchange.inquiry import Inquiry
from gateway.exchange.kinds import Kinds
from gateway.exchange.law import Law
from gateway.exchange.message_exchange import MessageExchange
from gateway.exchange.refusals import Refusals
from gateway.exchange.remedies import Remedies
from gateway.exchange.roster import Roster
from gateway.exchange.services import Services
from gateway.exchange.timekeeping import Timekeeper, open_clock
from gateway.inventory import (
    CannotStart,
    all_participants,
    insisted_providers,
    load_kinds,
    load_topology,
    read_passports,
    refuse_unknown_services,
    topology_name,
)
from gateway.library.wire_schema import WireSchemas
from gateway.settings import Settings
from gateway.storage import registry, schema
from gateway.storage.database import Database, StoreError, StoreUnusable, open_database
from gateway.topology import Topology
from gateway.transports import admin
from gateway.transports.admin.guard import Guard, is_loopback
from gateway.transports.smev3 import Smev3Endpoint, Smev3Soap
from gateway.transports.wsdl import ServiceDescription
from gateway.words import say

__all__ = ["CannotStart", "Gateway", "running"]

_LOG: Final = logging.getLogger(__name__)
NODE_RUNNER: Final = "agencies.runner"
"""Loaded by name: the gateway does not know its agencies."""
SIGNATURE_MODE: Final = "off"
_JOURNAL_SECONDS: Final = 1.0
_SHUTDOWN_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that serves. `url` is its root."""

    settings: Settings
    url: str
    store: Database
    exchange: MessageExchange
    participants: Participants
    library: library.Library
    nodes: Any
    """The nodes of the topology and of automatic kinds (`agencies.runner.Nodes`)."""
    timekeeper: Timekeeper
    signature_mode: str
    admin_token: str | None
    """What requests to the admin API have to carry, None when they need not."""


@asynccontextmanager
async def running(
    settings: Settings, clock: Clock | None = None, ids: IdSource | None = None, *, serial: bool = False
) -> AsyncIterator[Gateway]:
    """Run a gateway, with the nodes of its topology, until the block ends.

    With `serial` a run can be repeated: the nodes work one at a time, in the order in which they are rung, and their
    SOAP goes straight into the gateway, without sockets.

    Raises: CannotStart.
    """
    async with AsyncExitStack() as stack:
        made = await _make(
            stack, settings, clock or machine.SystemClock(), ids or machine.new_ids(settings.seed), serial
        )
        token, nodes = _admin_token(settings), made.nodes
        calls = Smev3Soap(made.exchange, made.callers, made.refusals, always_multipart=settings.always_multipart)
        application = web.Application(client_max_size=settings.max_body)
        described = ServiceDescription(made.rules.wire_schemas)
        application.add_routes(Smev3Endpoint(calls, described, body_timeout=settings.body_timeout).routes())
        admin.mount(application, _administration(settings, made, token))
        url = await stack.enter_async_context(_listening(application, settings))
        _connect(nodes, calls.answer if serial else url)
        background = await stack.enter_async_context(_Background())
        await background.begin(
            journal=_bound_journal(made.exchange, settings.journal_limit),
            wire_schemas=asyncio.to_thread(made.rules.wire_schemas.compile),
            timekeeper=made.timekeeper.run(),
            nodes=nodes.run(others_write=made.store.is_shared),
        )
        yield Gateway(
            settings,
            url,
            made.store,
            made.exchange,
            made.rules.participants,
            made.rules.library,
            nodes,
            made.timekeeper,
            SIGNATURE_MODE,
            token,
        )


@dataclass(frozen=True, slots=True)
class _Made:
    """What a gateway is made of, before it listens."""

    store: Database
    timekeeper: Timekeeper
    nodes: Any
    rules: Rules
    exchange: MessageExchange
    callers: Callers
    refusals: Refusals
    kinds: Kinds
    services: Services
    roster: Roster
    ids: IdSource


async def _make(stack: AsyncExitStack, settings: Settings, machine_clock: Clock, ids: IdSource, serial: bool) -> _Made:
    shelf = load_kinds(settings)
    chosen = load_topology(settings, shelf)
    insisted = insisted_providers(settings, shelf)
    participants = all_participants(settings, chosen, insisted)
    kinds = Kinds(shelf, participants, added_kinds(settings.data), insisted=[kind for _, kind in insisted])
    passports = read_passports(settings, shelf)
    refuse_unknown_services(settings, chosen, passports)
    store = await stack.enter_async_context(_open_store(settings))
    doorbell, timekeeper = Doorbell(), await _timekeeper(settings, store, machine_clock)
    clock = timekeeper.clock
    make_nodes = partial(_build_nodes, settings, chosen, participants, shelf, passports=passports, serial=serial)
    nodes = make_nodes(clock=clock, ids=ids, agenda=timekeeper, doorbell=doorbell)
    timekeeper.on_settle(nodes.settle)
    simulated = partial(getattr, nodes, "by_mnemonic")
    roster = Roster(participants, shelf, store, clock, appoint=kinds.appoint, simulated=simulated, insisted=insisted)
    await roster.recall()
    await store.run(lambda connection: registry.note_topology(connection, topology_name(settings)))
    law = Law(passports, settings.once_only, settings.unattributed)
    rules = await _rules(settings, store, shelf, participants, timekeeper, law=law)
    exchange = MessageExchange(store, rules, clock, ids, doorbell=doorbell, refuse_early=settings.refuse_early)
    timekeeper.watch(exchange.supervision)
    return _Made(
        store=store,
        timekeeper=timekeeper,
        nodes=nodes,
        rules=rules,
        exchange=exchange,
        callers=Callers(participants, settings.registration, store, clock),
        refusals=Refusals(store, clock),
        kinds=kinds,
        services=Services(passports, shelf, added_services(settings.data)),
        roster=roster,
        ids=ids,
    )


def _administration(settings: Settings, made: _Made, token: str | None) -> admin.Administration:
    rules, clock, ids, exchange = made.rules, made.timekeeper.clock, made.ids, made.exchange
    law, shelf, participants = rules.law, rules.library, rules.participants
    return admin.Administration(
        health=lambda: _health(settings, made.store, exchange, made.timekeeper, len(participants.by_mnemonic)),
        inquiry=Inquiry(made.store),
        roster=made.roster,
        library=shelf,
        kinds=made.kinds,
        services=made.services,
        cases=Cases(made.store, law, shelf, participants, clock, ids=ids, supervision=exchange.supervision),
        remedies=Remedies(law, shelf, participants, clock, ids),
        by_hand=ByHand(exchange, made.callers, made.refusals, clock, ids),
        timekeeper=made.timekeeper,
        guard=Guard(settings.host, token),
        limits=settings.limits,
        body_timeout=settings.body_timeout,
        nodes=made.nodes,
        closing=asyncio.Event(),
    )


def _connect(nodes: Any, gateway: Any) -> None:
    runner = importlib.import_module(NODE_RUNNER)
    try:
        nodes.connect(gateway)
    except runner.UnknownNode as error:
        raise CannotStart(str(error)) from error


class _Background:
    """Tasks that end with the block; a defect in one of them ends the block."""

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()
        self._tasks: list[asyncio.Task[Any]] = []

    async def begin(self, **works: Coroutine[Any, Any, Any]) -> None:
        """Start `works`; each has begun then, and so closes what it holds even when the block ends at once."""
        self._tasks += [self._group.create_task(work, name=name) for name, work in works.items()]
        await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        if error is not None and not isinstance(error, asyncio.CancelledError):
            kind = error = traceback = None  # the block's own error goes on as it is, not wrapped in a group
        try:
            await self._group.__aexit__(kind, error, traceback)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None


def _admin_token(settings: Settings) -> str | None:
    if settings.admin_token is not None or is_loopback(settings.host):
        return settings.admin_token
    return machine.token()


def _build_nodes(
    settings: Settings, chosen: Topology, participants: Participants, kinds: library.Library, **given: Any
) -> Any:
    """Return `agencies.runner.Nodes`; `given` is what else they take."""
    runner = importlib.import_module(NODE_RUNNER)
    fixtures = tuple(Path(file) for file in settings.fixtures)
    options = runner.WorldOptions(
        settings.seed or 0, settings.data / "world.json", fixtures, invent_unknown=settings.invent_unknown
    )
    try:
        return runner.Nodes(chosen.nodes, participants, kinds, options, **given)
    except (runner.UnknownNode, runner.WorldUnusable) as error:
        raise CannotStart(str(error)) from error


def _open_store(settings: Settings) -> Database:
    try:
        store = open_database(settings.store_url)
    except StoreUnusable as error:
        raise CannotStart(str(error)) from error
    try:
        schema.upgrade(store.engine)
    except Exception as error:
        store.close()
        if isinstance(error, schema.StoreTooNew | schema.StoreLocked | DBAPIError):
            raise CannotStart(f"{say('хранилище', 'store')} {store.name}: {error}") from error
        raise
    return store


async def _timekeeper(settings: Settings, store: Database, machine_clock: Clock) -> Timekeeper:
    wanted = None if settings.clock is None else ClockSetting.parse(settings.clock)
    try:
        return Timekeeper(await open_clock(store, machine_clock, wanted), store)
    except ClockGoesBack as error:
        hint = say(
            "без --clock часы пойдут дальше как шли; для более раннего времени нужно другое хранилище (--data)",
            "without --clock the clock goes on as it went; an earlier time needs another store (--data)",
        )
        raise CannotStart(f"--clock {settings.clock}: {error}; {hint}") from error
    except StoreError as error:
        raise CannotStart(f"{say('хранилище', 'store')} {store.name}: {error}") from error


async def _rules(  # noqa: PLR0913 - what the checks of one gateway compare with
    settings: Settings,
    store: Database,
    kinds: library.Library,
    participants: Participants,
    timekeeper: Timekeeper,
    *,
    law: Law,
) -> Rules:
    return Rules(
        kinds,
        WireSchemas(data_folder("schemas") / "smev3"),
        participants,
        await _reply_addresses(store, settings),
        settings.limits,
        clock_is_real=lambda: not timekeeper.clock.is_virtual,
        law=law,
    )


async def _reply_addresses(store: Database, settings: Settings) -> ReplyAddresses:
    fresh = machine.secret(settings.seed)
    return ReplyAddresses(await store.run(lambda c: registry.setting(c, "reply-address secret", fresh)))


@asynccontextmanager
async def _listening(application: web.Application, settings: Settings) -> AsyncIterator[str]:
    """Serve until the block ends; yield the root address."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as error:
            port, host = settings.port, settings.host
            raise CannotStart(
                say(
                    f"порт {port} на {host} не занять: {error.strerror}",
                    f"cannot listen on port {port} of {host}: {error.strerror}",
                )
            ) from error
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _bound_journal(exchange: MessageExchange, journal_limit: int) -> None:
    while True:
        try:
            await exchange.supervision.bound_journal(journal_limit)
        except StoreError as error:
            _LOG.error("journal: %s", error)
        await asyncio.sleep(_JOURNAL_SECONDS)


def _health(
    settings: Settings, store: Database, exchange: MessageExchange, timekeeper: Timekeeper, participants: int
) -> Mapping[str, object]:
    return {
        "status": "ok",
        "version": package_version("mock-smev"),
        "store": store.name,
        "durability": "synchronous=FULL" if store.engine.dialect.name == "sqlite" else "synchronous_commit",
        "signatures": SIGNATURE_MODE,
        "clock": str(timekeeper.clock.setting),
        "registration": settings.registration.value,
        "topology": settings.topology,
        "participants": participants,
        "journalEvicted": exchange.supervision.evicted,
    }
