"""What one gateway is made of: settings become a store, rules, nodes, an application, and what runs beside it.

The gateway of a process and each of its namespaces are composed here, in the same way; they differ in where their
application is published.
"""

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any, Final, Self

from aiohttp import web

from gateway import library, machine
from gateway.background import Background, bound_journal
from gateway.client import Door
from gateway.client.identities import Identities
from gateway.data_files import added_kinds, added_services, data_folder
from gateway.domain.clock import Clock, ClockGoesBack, ClockSetting
from gateway.domain.disruptions import Disruptions
from gateway.domain.ids import IdSource
from gateway.domain.participants import Participants
from gateway.domain.routing import ReplyAddresses
from gateway.domain.signature_mode import SignatureMode
from gateway.exchange.arrival import Rules
from gateway.exchange.by_hand import ByHand
from gateway.exchange.callers import Callers
from gateway.exchange.cases import Cases
from gateway.exchange.doorbell import Doorbell
from gateway.exchange.examination import Examiner
from gateway.exchange.file_store import FileStore
from gateway.exchange.inquiry import Inquiry
from gateway.exchange.kinds import Kinds
from gateway.exchange.law import Law
from gateway.exchange.live_recordings import LiveRecordings
from gateway.exchange.message_exchange import MessageExchange
from gateway.exchange.namespaces import Namespaces
from gateway.exchange.recordings import Selection
from gateway.exchange.refusals import Refusals
from gateway.exchange.remedies import Remedies
from gateway.exchange.roster import Roster
from gateway.exchange.services import Services
from gateway.exchange.signatures import Signatures
from gateway.exchange.snapshots import SnapshotFolder, Snapshots
from gateway.exchange.timekeeping import Timekeeper, open_clock
from gateway.file_service import Files, file_store_of
from gateway.inventory import (
    CannotStart,
    add_own_kinds,
    add_own_passports,
    all_participants,
    insisted_providers,
    load_kinds,
    load_topology,
    open_keyring,
    open_store,
    read_passports,
    refuse_unknown_services,
    topology_name,
)
from gateway.keyring import Keyring
from gateway.library.passports import Passports
from gateway.library.wire_schema import WireSchemas
from gateway.recording.format import Header
from gateway.settings import Settings
from gateway.signature.diagnosis import Judge
from gateway.signature.gost import back_ends
from gateway.storage import registry
from gateway.storage.database import Database, StoreError
from gateway.topology import Topology
from gateway.transports import admin
from gateway.transports.admin.guard import Guard, is_loopback
from gateway.transports.attachments import AttachmentsEndpoint
from gateway.transports.smev3 import Smev3Endpoint, Smev3Soap
from gateway.transports.wsdl import ServiceDescription
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)
NODE_RUNNER: Final = "agencies.runner"
"""Loaded by name: the gateway does not know its agencies."""

Publish = Callable[[web.Application], AbstractAsyncContextManager[str]]
"""Makes an application answer at an address, which it yields, until the block ends."""


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
    recordings: LiveRecordings
    signatures: Signatures
    """The mode, and the keys by which this gateway signs and verifies."""
    identities: Identities | None
    """What participants of this process sign with; None where signatures are off."""
    admin_token: str | None
    """What requests to the admin API have to carry, None when they need not."""
    snapshots: Snapshots
    namespaces: "Namespaces[Gateway]"
    """Gateways of their own behind this one's address; a namespace has none."""
    door: Door
    """Where a participant of this process speaks SOAP without sockets (`gateway.client.Direct`)."""
    cases: Cases
    remedies: Remedies
    ftp: str | None
    """Where files by reference are taken and given by FTP; None where they are not."""

    @property
    def disruptions(self) -> Disruptions:
        """The rules that break this gateway's exchange on purpose."""
        return self.exchange.disruptions


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the gateways of one process have in common: the machine's clock, what ships, the token of the admin API."""

    clock: Clock
    kinds: library.Library
    passports: Passports
    wire_schemas: WireSchemas
    token: str | None
    snapshots: SnapshotFolder
    keyring: Keyring
    """The certification authority of the process, SMEV's key and those of its participants."""
    serial: bool
    files: Files

    @classmethod
    def of(cls, settings: Settings, clock: Clock, files: Files, *, serial: bool) -> Self:
        """Read what the settings name.

        Raises: CannotStart.
        """
        kinds = load_kinds(settings)
        schemas = WireSchemas(data_folder("schemas") / "smev3")
        passports, token = read_passports(settings, kinds), _admin_token(settings)
        snapshots = SnapshotFolder(settings.data / "snapshots")
        return cls(clock, kinds, passports, schemas, token, snapshots, open_keyring(settings), serial, files)

    def keyring_for(self, mode: SignatureMode) -> Keyring | None:
        """Return the keyring where signatures are not off."""
        return None if mode is SignatureMode.OFF else self.keyring

    def of_namespace(self, data: Path) -> Self:
        """Return the same for a gateway whose kinds and passports change by themselves; its own are below `data`.

        Raises: CannotStart.
        """
        kinds = add_own_kinds(self.kinds.copy(), data)
        return replace(self, kinds=kinds, passports=add_own_passports(self.passports.copy(kinds), data))


@asynccontextmanager
async def composed(  # noqa: PLR0913 - what makes one gateway another than the next
    settings: Settings,
    grounds: Grounds,
    ids: IdSource,
    publish: Publish,
    namespaces: Namespaces[Gateway],
    *,
    prefix: str = "",
    origin: Path | None = None,
) -> AsyncIterator[Gateway]:
    """Run one gateway, with the nodes of its topology, until the block ends.

    Every address begins with `prefix`; its store begins as the snapshot `origin`.

    Raises: CannotStart.
    """
    async with AsyncExitStack() as stack:
        made = await _make(stack, settings, grounds, ids, origin, prefix=prefix)
        nodes = made.nodes
        calls = Smev3Soap(
            made.exchange,
            made.callers,
            made.refusals,
            sign=made.rules.signatures.sign,
            always_multipart=settings.always_multipart,
            prefix=prefix,
        )
        application = web.Application(client_max_size=settings.max_body)
        described = ServiceDescription(made.rules.wire_schemas)
        attachments = AttachmentsEndpoint(grounds.files.folder, made.files, body_timeout=settings.body_timeout)
        application.add_routes(attachments.routes(prefix))
        application.add_routes(Smev3Endpoint(calls, described, body_timeout=settings.body_timeout).routes(prefix))
        administration = _administration(settings, made, grounds, namespaces, prefix=prefix)
        admin.mount(application, administration)
        url = await stack.enter_async_context(publish(application))
        _connect(nodes, calls.answer if grounds.serial else url)
        background = await stack.enter_async_context(Background())
        await background.begin(
            journal=bound_journal(made.exchange, settings.journal_limit),
            wire_schemas=asyncio.to_thread(made.rules.wire_schemas.compile),
            timekeeper=made.timekeeper.run(),
            recordings=made.recordings.run(),
            files=made.files.run(),
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
            made.recordings,
            made.rules.signatures,
            made.identities,
            grounds.token,
            made.snapshots,
            namespaces,
            calls.answer,
            administration.cases,
            administration.remedies,
            grounds.files.ftp,
        )


@dataclass(frozen=True, slots=True)
class _Made:
    """What a gateway is made of, before it listens."""

    store: Database
    timekeeper: Timekeeper
    nodes: Any
    identities: Identities | None
    rules: Rules
    exchange: MessageExchange
    callers: Callers
    refusals: Refusals
    kinds: Kinds
    services: Services
    roster: Roster
    snapshots: Snapshots
    recordings: LiveRecordings
    ids: IdSource
    files: FileStore


async def _make(  # noqa: PLR0913 - what makes one gateway another than the next
    stack: AsyncExitStack, settings: Settings, grounds: Grounds, ids: IdSource, origin: Path | None, *, prefix: str
) -> _Made:
    shelf, passports = grounds.kinds, grounds.passports
    chosen = load_topology(settings, shelf)
    insisted = insisted_providers(settings, shelf)
    participants = all_participants(settings, chosen, insisted)
    kinds = Kinds(shelf, participants, added_kinds(settings.data), insisted=[kind for _, kind in insisted])
    refuse_unknown_services(settings, chosen, passports)
    store = await stack.enter_async_context(open_store(settings, origin))
    doorbell, timekeeper = Doorbell(), await _timekeeper(settings, store, grounds.clock)
    clock = timekeeper.clock
    make_nodes = partial(
        _build_nodes, settings, chosen, participants, shelf, passports=passports, serial=grounds.serial
    )
    keyring = grounds.keyring_for(settings.signatures)
    identities = None if keyring is None else Identities.among(participants, keyring, settings.signatures)
    nodes = make_nodes(clock=clock, ids=ids, agenda=timekeeper, doorbell=doorbell, identities=identities)
    timekeeper.on_settle(nodes.settle)
    simulated = partial(getattr, nodes, "by_mnemonic")
    roster = Roster(participants, shelf, store, clock, appoint=kinds.appoint, simulated=simulated, insisted=insisted)
    await roster.recall()
    await store.run(lambda connection: registry.note_topology(connection, topology_name(settings)))
    law = Law(passports, settings.once_only, settings.unattributed)
    files = await file_store_of(settings, store, grounds.files, grounds.clock, prefix)
    stack.enter_context(grounds.files.readers.open(files))
    stack.callback(files.end)
    signatures = Signatures(settings.signatures, keyring, participants)
    rules = await _rules(
        settings, store, grounds, participants, timekeeper, law=law, files=files, signatures=signatures
    )
    exchange = MessageExchange(store, rules, clock, ids, doorbell=doorbell, refuse_early=settings.refuse_early)
    timekeeper.watch(exchange.supervision)
    callers = Callers(participants, settings.registration, store, clock, signatures)
    snapshots = Snapshots(
        grounds.snapshots,
        store,
        timekeeper,
        roster,
        rules.addresses,
        calls=callers.door,
        nodes=nodes,
        afresh=(exchange.supervision.start_over, exchange.disruptions.clear, nodes.begin_again),
    )
    return _Made(
        store=store,
        timekeeper=timekeeper,
        nodes=nodes,
        identities=identities,
        rules=rules,
        exchange=exchange,
        callers=callers,
        refusals=Refusals(store, clock),
        kinds=kinds,
        services=Services(passports, shelf, added_services(settings.data)),
        roster=roster,
        snapshots=snapshots,
        recordings=LiveRecordings(Inquiry(store), settings.data / "recordings", partial(_header, settings, clock)),
        ids=ids,
        files=files,
    )


def _administration(
    settings: Settings, made: _Made, grounds: Grounds, namespaces: Namespaces[Gateway], *, prefix: str
) -> admin.Administration:
    token, ftp = grounds.token, grounds.files.ftp
    rules, clock, ids, exchange = made.rules, made.timekeeper.clock, made.ids, made.exchange
    law, shelf, participants = rules.law, rules.library, rules.participants
    return admin.Administration(
        health=lambda: {**_health(settings, made, len(participants.by_mnemonic)), "ftp": ftp},
        inquiry=Inquiry(made.store),
        roster=made.roster,
        library=shelf,
        kinds=made.kinds,
        services=made.services,
        cases=Cases(made.store, law, shelf, participants, clock, ids=ids, supervision=exchange.supervision),
        remedies=Remedies(law, shelf, participants, clock, ids),
        by_hand=ByHand(exchange, made.callers, made.refusals, clock, ids, rules.signatures),
        examiner=Examiner(shelf, rules.wire_schemas, _judge(rules.signatures, clock)),
        signatures=rules.signatures,
        signer_of=None if made.identities is None else made.identities.signer_of,
        timekeeper=made.timekeeper,
        disruptions=exchange.disruptions,
        recordings=made.recordings,
        guard=Guard(settings.host, token),
        limits=settings.limits,
        body_timeout=settings.body_timeout,
        nodes=made.nodes,
        closing=asyncio.Event(),
        namespaces=namespaces,
        snapshots=made.snapshots,
        prefix=prefix,
    )


def _header(settings: Settings, clock: Clock, run: str, selection: Selection) -> Header:
    by = f"mock-smev {package_version('mock-smev')}"
    return Header(run, clock.now(), by, topology_name(settings), selection.told())


def _connect(nodes: Any, gateway: Any) -> None:
    runner = importlib.import_module(NODE_RUNNER)
    try:
        nodes.connect(gateway)
    except runner.UnknownNode as error:
        raise CannotStart(str(error)) from error


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
        return runner.Nodes(chosen.nodes, participants, kinds, options, data=settings.data, **given)
    except (runner.UnknownNode, runner.WorldUnusable) as error:
        raise CannotStart(str(error)) from error


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
    grounds: Grounds,
    participants: Participants,
    timekeeper: Timekeeper,
    *,
    law: Law,
    files: FileStore,
    signatures: Signatures,
) -> Rules:
    return Rules(
        grounds.kinds,
        grounds.wire_schemas,
        participants,
        await _reply_addresses(store, settings),
        settings.limits,
        clock_is_real=lambda: not timekeeper.clock.is_virtual,
        law=law,
        files=files,
        signatures=signatures,
    )


async def _reply_addresses(store: Database, settings: Settings) -> ReplyAddresses:
    fresh = machine.secret(settings.seed)
    return ReplyAddresses(await store.run(lambda c: registry.reply_secret(c, fresh)))


def _judge(signatures: Signatures, clock: Clock) -> Judge | None:
    """Return what says of certificates what they are worth on the gateway's clock; None where signatures are off."""
    if signatures.mode is SignatureMode.OFF:
        return None
    return lambda certificate: signatures.standing_of(certificate, clock.now())


def _health(settings: Settings, made: _Made, participants: int) -> Mapping[str, object]:
    store, smev = made.store, made.rules.signatures.certificate
    return {
        "status": "ok",
        "version": package_version("mock-smev"),
        "store": store.name,
        "durability": "synchronous=FULL" if store.engine.dialect.name == "sqlite" else "synchronous_commit",
        "signatures": settings.signatures.value,
        "cryptography": str(back_ends()),
        "smevCertificate": None if smev is None else smev.fingerprint,
        "clock": str(made.timekeeper.clock.setting),
        "registration": settings.registration.value,
        "topology": settings.topology,
        "participants": participants,
        "journalEvicted": made.exchange.supervision.evicted,
    }
