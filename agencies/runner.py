"""Starts the nodes of a topology. The gateway loads this module by name and knows nothing else of agencies."""

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from agencies.conduct import InvalidConduct
from agencies.kept_world import KeptWorld, WorldOptions, WorldUnusable
from agencies.node import InvalidOptions, Node, NodeContext, Original
from agencies.node_client import NodeClient
from agencies.world import World
from gateway.client import Direct, Door, NoAnswer
from gateway.domain.clock import Agenda, Clock
from gateway.domain.ids import IdSource
from gateway.domain.participants import Participant, Participants
from gateway.exchange.doorbell import Doorbell
from gateway.exchange.gate import Gate
from gateway.exchange.law import NoPassports, Passports
from gateway.library import Library
from gateway.protocol.messages import MessageType
from gateway.protocol.moments import MOSCOW
from gateway.protocol.participant_replies import FaultReceived, ProtocolError
from gateway.topology import NodeSpec
from gateway.words import say

if TYPE_CHECKING:
    from gateway.client.identities import Identities

__all__ = ["Nodes", "UnknownNode", "WorldOptions", "WorldUnusable"]

_LOG: Final = logging.getLogger(__name__)
_AUTOMATIC: Final = "agencies.provider:Provider"
_LOOK_SECONDS: Final = 0.1
_ROUND_SECONDS: Final = 30.0
"""How often each node looks by itself when others may put something into the store: of that no bell rings here."""
_MOST_FAILURES: Final = 3
_REST: Final = timedelta(seconds=1)
"""After that many failures in a row, on the gateway's clock."""
_MOST_CONNECTIONS: Final = 32
"""Of all nodes together: each costs memory on both sides, and calls are short."""


class UnknownNode(Exception):
    """A topology names a node class that cannot be loaded."""


@dataclass(frozen=True, slots=True)
class _Substituted:
    """What `restore` puts back: the node that was there, and who provided what (kind id -> before, since)."""

    original: Original | None
    providers: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]


class Nodes:
    """The nodes of one gateway: one world, one client each. A node sleeps until its bell is rung.

    Beside those of the topology there is a provider for each kind that asks to be answered automatically, from the
    moment when the kind is there.
    """

    def __init__(  # noqa: PLR0913 - what a composition root hands over
        self,
        specs: tuple[NodeSpec, ...],
        participants: Participants,
        library: Library,
        options: WorldOptions,
        *,
        clock: Clock,
        ids: IdSource,
        agenda: Agenda,
        doorbell: Doorbell,
        passports: Passports | None = None,
        serial: bool = False,
        data: Path = Path(),
        identities: "Identities | None" = None,
    ) -> None:
        """With `serial` exactly one node works at a time, in the order of the rings; else each in a task of its own.

        `data` is the folder in which recordings lie (`recordings/`), and those that were sent here (`replays/`). With
        `identities` every node signs as who it is.

        Raises: UnknownNode, WorldUnusable.
        """
        self._specs, self._participants, self._library = specs, participants, library
        self._clock, self._ids, self._agenda = clock, ids, agenda
        self._doorbell, self._serial = doorbell, serial
        self._passports, self._identities = passports or NoPassports(), identities
        self.kept_world: Final = KeptWorld(options, clock.now().astimezone(MOSCOW).date())
        self._factories = {spec.mnemonic: _factory(spec.factory) for spec in specs}
        self._gateway: str | Door = ""
        self._session: aiohttp.ClientSession | None = None
        self._by_mnemonic: dict[str, Node] = {}
        self._clients: dict[str, NodeClient] = {}
        self._substituted: dict[str, _Substituted] = {}
        self.data: Final = data
        self._gate = Gate()

    @property
    def library(self) -> Library:
        """The data kinds that the gateway knows."""
        return self._library

    @property
    def world(self) -> World:
        """The world that they all answer from."""
        return self.kept_world.world

    @property
    def passports(self) -> Passports:
        """What the services need."""
        return self._passports

    @property
    def by_mnemonic(self) -> Mapping[str, Node]:
        """The nodes that run."""
        return self._by_mnemonic

    @property
    def substitutes(self) -> Mapping[str, Node]:
        """The nodes that were put in the place of others."""
        return {mnemonic: self._by_mnemonic[mnemonic] for mnemonic in self._substituted}

    @staticmethod
    def admin_routes() -> Mapping[str, str]:
        """Return what the agencies add to the admin API: path below its prefix -> `module:View`."""
        return {
            "/world": "agencies.admin:WorldView",
            "/world/fixtures": "agencies.admin:FixturesView",
            "/world/{number}": "agencies.admin:SubjectView",
            "/replays": "agencies.replay.admin:ReplaysView",
            "/replays/{mnemonic}": "agencies.replay.admin:ReplayView",
        }

    async def reset_world(self) -> int:
        """Forget the fixtures that came by REST; return of how many subjects it was.

        Raises: OSError.
        """
        return self.kept_world.forget()

    def connect(self, gateway: str | Door) -> None:
        """Make every node; called in the event loop that will run them.

        They speak to the gateway at a URL, SOAP over loopback as any other participant, or straight to its door.

        Raises: UnknownNode when the options of one are wrong.
        """
        self._gateway = gateway
        if isinstance(gateway, str):
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=_MOST_CONNECTIONS))
        try:
            for spec in self._specs:
                self._install(spec.mnemonic, *self._build(spec, self._factories[spec.mnemonic]))
        except UnknownNode:
            if self._session is not None:
                self._session.detach()  # nobody will run, and close it
            raise

    async def run(self, *, others_write: bool = False) -> None:
        """Run every node until cancelled. `others_write` says that other processes put messages into the store."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for mnemonic in self._by_mnemonic:
                    self._doorbell.listen(mnemonic)
                tasks.create_task(self._serve(), name="nodes")
                if others_write:
                    tasks.create_task(self._go_round(), name="round of the nodes")
                await self._add_automatic()
        finally:
            if self._session is not None:
                await self._session.close()

    async def settle(self) -> None:
        """Return when every node sleeps and no bell is pending. No node may wait for this in its turn."""
        await self._doorbell.quiet()

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Let no node take a turn until the block ends; turns that are being taken are finished before."""
        async with self._gate.closed():
            yield

    def begin_again(self) -> None:
        """Make every node anew: what they remember was of a state that is gone. Substitutes go.

        Only while `paused`.
        """
        for mnemonic in tuple(self._substituted):
            self.restore(mnemonic)
        specs = {spec.mnemonic: spec for spec in self._specs}
        for mnemonic in self._by_mnemonic:
            spec = specs.get(mnemonic) or NodeSpec(mnemonic, _AUTOMATIC)
            self._install(mnemonic, *self._build(spec, _factory(spec.factory)))
            self._doorbell.rouse(mnemonic)

    # --- nodes exchanged at run time ---------------------------------------------------------------------------------

    def substitute(  # noqa: PLR0913 - who, by what, and how it is let in
        self,
        mnemonic: str,
        factory: str | type,
        options: Mapping[str, Any],
        *,
        answers: Iterable[MessageType] = (),
        hears: bool = True,
        door: Door | None = None,
    ) -> Node:
        """Put another node in the place of the one that `mnemonic` has, or has not; return it.

        A turn that is being taken ends; the next one is the new node's. A participant that is not there is added, and
        is made the provider of the kinds whose requests have the types `answers`. The node that was there lives on as
        the new one's `original`; with `hears` it still takes the answers to requests of its own. What was put in
        before is taken out first. With `door` the new one speaks straight to the gateway, without sockets. Nothing of
        this outlives the process.

        Raises: UnknownNode.
        """
        made = _factory(factory) if isinstance(factory, str) else factory
        self.restore(mnemonic)
        there = self._by_mnemonic.get(mnemonic)
        original = None if there is None else Original(there, self._clients[mnemonic])
        node, client = self._build(NodeSpec(mnemonic, made.__name__, dict(options)), made, original, door)
        if self._participants.named(mnemonic) is None:
            self._participants.add(Participant(mnemonic, mnemonic))
        if original is not None:
            original.client.step_aside(hears=hears)
        self._substituted[mnemonic] = _Substituted(original, self._appoint(mnemonic, answers))
        self._install(mnemonic, node, client)
        self._doorbell.listen(mnemonic)
        return node

    def restore(self, mnemonic: str) -> bool:
        """Put back what `substitute` replaced; return False when it replaced nothing."""
        kept = self._substituted.pop(mnemonic, None)
        if kept is None:
            return False
        for kind, (before, since) in kept.providers.items():
            if self._participants.providers.get(kind) == since:  # nobody has changed it meanwhile
                self._participants.providers[kind] = before
        del self._by_mnemonic[mnemonic], self._clients[mnemonic]
        if kept.original is not None:
            kept.original.client.step_back()
            self._install(mnemonic, kept.original.node, kept.original.client)
            self._doorbell.rouse(mnemonic)
        return True

    def _install(self, mnemonic: str, node: Node, client: NodeClient) -> None:
        self._by_mnemonic[mnemonic], self._clients[mnemonic] = node, client

    def _appoint(
        self, mnemonic: str, types: Iterable[MessageType]
    ) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """Make a provider of the kinds that have these types; return who provided them before, and since."""
        providers, changed = self._participants.providers, {}
        for message_type in types:
            kind = self._library.catalogue.by_request(message_type)
            if kind is None or mnemonic in providers.get(kind.id, ()):
                continue
            before = providers.get(kind.id, ())
            # Of a kind that is routed by its content the others stay, each for its own.
            since = (mnemonic, *before) if kind.route_by else (mnemonic,)
            changed[kind.id], providers[kind.id] = (before, since), since
        return changed

    # --- turns -------------------------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        """Let whoever is rung take its turns."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                mnemonic, rings = await self._doorbell.next()
                if self._serial:
                    await self._take_turns(mnemonic, rings)
                else:
                    tasks.create_task(self._take_turns(mnemonic, rings), name=f"node {mnemonic}")

    async def _take_turns(self, mnemonic: str, rings: float) -> None:
        """Let a node take a turn for each ring, fewer when it finds nothing; after failures it looks again later."""
        failures = 0
        try:
            while rings > 0 and failures < _MOST_FAILURES:
                try:
                    async with self._gate:
                        node = self._by_mnemonic.get(mnemonic)  # another one as soon as it was substituted
                        if node is None or not await node.turn():
                            return
                except (FaultReceived, NoAnswer, ProtocolError) as error:  # the last: a delivery was damaged on purpose
                    _LOG.warning("node %s: %s", mnemonic, error)
                    failures += 1
                else:
                    rings, failures = rings - 1, 0
                await asyncio.sleep(0)  # a call to a store in memory never waits, and others want their turn
            if failures:
                self._agenda.at(self._clock.now() + _REST, lambda: self._rouse(mnemonic))
        finally:
            self._doorbell.asleep(mnemonic)

    async def _rouse(self, mnemonic: str) -> None:
        self._doorbell.rouse(mnemonic)

    async def _go_round(self) -> None:
        while True:
            for mnemonic in tuple(self._by_mnemonic) or (None,):
                await asyncio.sleep(_ROUND_SECONDS / max(1, len(self._by_mnemonic)))
                if mnemonic is not None:
                    self._doorbell.rouse(mnemonic)

    async def _add_automatic(self) -> None:
        """Start a provider for whoever is to answer automatically and has no node yet; look again after a change."""
        seen = None
        while True:
            catalogue = self._library.catalogue
            wanted = [] if catalogue is seen else [kind.provided_by for kind in catalogue if kind.auto]
            for mnemonic in wanted:
                if mnemonic is not None and mnemonic not in self._by_mnemonic:
                    self._install(mnemonic, *self._build(NodeSpec(mnemonic, _AUTOMATIC), _factory(_AUTOMATIC)))
                    self._doorbell.listen(mnemonic)
            seen = catalogue
            await asyncio.sleep(_LOOK_SECONDS)

    def _build(
        self, spec: NodeSpec, factory: type, original: Original | None = None, door: Door | None = None
    ) -> tuple[Node, NodeClient]:
        chosen = door or self._gateway
        gateway = chosen if isinstance(chosen, str) else Direct(chosen, spec.mnemonic)
        signed = {} if self._identities is None else self._identities.of(spec.mnemonic)
        client = NodeClient(gateway, spec.mnemonic, self._clock, self._ids, session=self._session, **signed)
        agency = self._participants.named(spec.mnemonic) or Participant(spec.mnemonic, spec.mnemonic)
        context = NodeContext(
            agency,
            client,
            self._library,
            self.world,
            self._clock,
            self._agenda,
            dict(spec.options),
            self._serial,
            self._passports,
            original,
        )
        try:
            node: Node = factory(context)
        except (InvalidConduct, InvalidOptions) as error:
            raise UnknownNode(f"{spec.mnemonic}: {error}") from error
        except KeyError as error:
            needs = f"{spec.mnemonic}: options.{error.args[0]}"
            raise UnknownNode(say(f"узлу нужно {needs}", f"the node needs {needs}")) from error
        return node, client


def _factory(dotted: str) -> type:
    module, _, name = dotted.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise UnknownNode(
            say(f"узел {dotted!r} не загрузить: {error}", f"cannot load the node {dotted!r}: {error}")
        ) from error
    if not isinstance(found, type):
        raise UnknownNode(say(f"узел {dotted!r}: ожидался класс", f"node {dotted!r}: expected a class"))
    return found
