"""The composition root: settings become a running gateway. The only file that knows every floor."""

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version as package_version
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import web
from sqlalchemy.exc import DBAPIError

from gateway import library, machine, topology
from gateway.data_files import added_kinds, added_services, data_folder
from gateway.domain.clock import Clock, ClockGoesBack, ClockSetting
from gateway.domain.ids import IdSource
from gateway.domain.participants import InvalidMnemonic, Participant, Participants, checked_mnemonic
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
from gateway.library.passports import PassportError, Passports, load_passports
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

_LOG: Final = logging.getLogger(__name__)
NODE_RUNNER: Final = "agencies.runner"
"""Loaded by name: the gateway does not know its agencies."""
SIGNATURE_MODE: Final = "off"
_JOURNAL_SECONDS: Final = 1.0
_SHUTDOWN_SECONDS: Final = 1.0


class CannotStart(Exception):
    """The gateway cannot start; the text says why and where, for the person who starts it."""


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
    ids = ids or machine.new_ids(settings.seed)
    shelf = _load_kinds(settings)
    chosen = load_topology(settings, shelf)
    insisted = _insisted(settings, shelf)
    participants = _participants(settings, chosen, insisted)
    kinds = Kinds(shelf, participants, added_kinds(settings.data), insisted=[kind for _, kind in insisted])
    services = Services(_load_passports(settings, shelf), shelf, added_services(settings.data))
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(_open_store(settings))
        doorbell, timekeeper = Doorbell(), await _timekeeper(settings, store, clock or machine.SystemClock())
        clock = timekeeper.clock
        make_nodes = partial(_build_nodes, settings, chosen, participants, shelf)
        make_nodes = partial(make_nodes, passports=services.passports, serial=serial)
        nodes = make_nodes(clock=clock, ids=ids, agenda=timekeeper, doorbell=doorbell)
        timekeeper.on_settle(nodes.settle)
        appoint, simulated = kinds.appoint, partial(getattr, nodes, "by_mnemonic")
        roster = Roster(participants, shelf, store, clock, appoint=appoint, simulated=simulated, insisted=insisted)
        await roster.recall()
        law = Law(services.passports, settings.once_only, settings.unattributed)
        rules = await _rules(settings, store, shelf, participants, timekeeper, law=law)
        exchange = MessageExchange(store, rules, clock, ids, doorbell=doorbell, refuse_early=settings.refuse_early)
        timekeeper.watch(exchange.supervision)
        callers, refusals = Callers(participants, settings.registration, store, clock), Refusals(store, clock)
        token = _admin_token(settings)
        application = web.Application(client_max_size=settings.max_body)
        calls = Smev3Soap(exchange, callers, refusals, always_multipart=settings.always_multipart)
        endpoint = Smev3Endpoint(calls, ServiceDescription(rules.wire_schemas), body_timeout=settings.body_timeout)
        application.add_routes(endpoint.routes())
        admin.mount(
            application,
            admin.Administration(
                health=lambda: _health(settings, store, exchange, timekeeper, len(participants.by_mnemonic)),
                inquiry=Inquiry(store),
                roster=roster,
                library=shelf,
                kinds=kinds,
                services=services,
                cases=Cases(store, law, shelf, participants, clock, ids=ids, supervision=exchange.supervision),
                remedies=Remedies(law, shelf, participants, clock, ids),
                by_hand=ByHand(exchange, callers, refusals, clock, ids),
                timekeeper=timekeeper,
                guard=Guard(settings.host, token),
                limits=settings.limits,
                body_timeout=settings.body_timeout,
                nodes=nodes,
                closing=asyncio.Event(),
            ),
        )
        url = await stack.enter_async_context(_listening(application, settings))
        nodes.connect(calls.answer if serial else url)
        background = await stack.enter_async_context(_Background())
        await background.begin(
            journal=_bound_journal(exchange, settings.journal_limit),
            wire_schemas=asyncio.to_thread(rules.wire_schemas.compile),
            timekeeper=timekeeper.run(),
            nodes=nodes.run(others_write=store.is_shared),
        )
        yield Gateway(settings, url, store, exchange, participants, shelf, nodes, timekeeper, SIGNATURE_MODE, token)


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


def _load_kinds(settings: Settings) -> library.Library:
    folders = [Path(folder) for folder in settings.kinds]
    added = added_kinds(settings.data)
    if added.is_dir():
        folders.append(added)
    try:
        return library.load(*folders, shipped=data_folder("schemas") / "kinds")
    except library.KindError as error:
        raise CannotStart(str(error)) from error


def _load_passports(settings: Settings, kinds: library.Library) -> Passports:
    folders = [Path(folder) for folder in settings.services]
    added = added_services(settings.data)
    if added.is_dir():
        folders.append(added)
    try:
        return load_passports(*folders, library=kinds, shipped=data_folder("agencies") / "services")
    except PassportError as error:
        raise CannotStart(str(error)) from error


def load_topology(settings: Settings, kinds: library.Library) -> Topology:
    """Return the topology that the settings name: `none`, one that ships, or a file.

    Raises: CannotStart.
    """
    if settings.topology == "none":
        return Topology()
    shipped = data_folder("agencies") / "topologies"
    path = Path(settings.topology)
    if path.suffix != ".toml":
        path = shipped / f"{settings.topology}.toml"
        if not path.is_file():
            names = ", ".join(["none", *sorted(file.stem for file in shipped.glob("*.toml"))])
            raise CannotStart(
                say(
                    f"топологии {settings.topology!r} нет; есть {names} или путь к файлу .toml",
                    f"no topology {settings.topology!r}; there are {names}, or the path of a .toml file",
                )
            )
    try:
        return topology.load(path, frozenset(kind.id for kind in (*kinds.catalogue, *kinds.replaced)))
    except topology.TopologyError as error:
        raise CannotStart(str(error)) from error


def _insisted(settings: Settings, kinds: library.Library) -> tuple[tuple[str, str], ...]:
    """Return (mnemonic, kind) of each --provide."""
    insisted = []
    for text in settings.provide:
        mnemonic, separator, kind_id = text.partition("=")
        if not separator or kinds.catalogue.by_id(kind_id) is None:
            ids = ", ".join(sorted(kind.id for kind in kinds.catalogue))
            raise CannotStart(
                say(
                    f"--provide {text}: ожидалось МНЕМОНИКА=вид, где вид — один из: {ids}",
                    f"--provide {text}: expected MNEMONIC=kind, where kind is one of: {ids}",
                )
            )
        insisted.append((mnemonic, kind_id))
    return tuple(insisted)


def _participants(settings: Settings, chosen: Topology, insisted: Iterable[tuple[str, str]]) -> Participants:
    participants = Participants.of(chosen.participants, chosen.providers)
    try:
        for text in settings.participant:
            mnemonic, _, name = text.partition("=")
            known = participants.named(checked_mnemonic(mnemonic))
            participants.add(known or Participant(mnemonic, name or mnemonic))
        for mnemonic, kind_id in insisted:
            participants.provide(checked_mnemonic(mnemonic), kind_id)
    except InvalidMnemonic as error:
        raise CannotStart(str(error)) from error
    return participants


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
