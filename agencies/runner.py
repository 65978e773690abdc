"""Starts the nodes of a topology. The gateway loads this module by name and knows nothing else of agencies."""

import asyncio
import importlib
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import aiohttp

from agencies.conduct import InvalidConduct
from agencies.kept_world import KeptWorld, WorldOptions, WorldUnusable
from agencies.node import Node, NodeContext
from agencies.world import World
from gateway.client import Direct, Door, NoAnswer, Smev3Client
from gateway.domain.clock import Agenda, Clock
from gateway.domain.ids import IdSource
from gateway.domain.participants import Participant, Participants
from gateway.exchange.doorbell import Doorbell
from gateway.exchange.law import NoPassports, Passports
from gateway.library import Library
from gateway.protocol.moments import MOSCOW
from gateway.protocol.participant_replies import FaultReceived
from gateway.topology import NodeSpec
from gateway.words import say

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
    ) -> None:
        """With `serial` exactly one node works at a time, in the order of the rings; else each in a task of its own.

        Raises: UnknownNode, WorldUnusable.
        """
        self._specs, self._participants, self._library = specs, participants, library
        self._clock, self._ids, self._agenda = clock, ids, agenda
        self._doorbell, self._serial = doorbell, serial
        self._passports = passports or NoPassports()
        self.kept_world: Final = KeptWorld(options, clock.now().astimezone(MOSCOW).date())
        self._factories = {spec.mnemonic: _factory(spec.factory) for spec in specs}
        self._gateway: str | Door = ""
        self._session: aiohttp.ClientSession | None = None
        self._by_mnemonic: dict[str, Node] = {}

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

    @staticmethod
    def admin_routes() -> Mapping[str, str]:
        """Return what the agencies add to the admin API: path below its prefix -> `module:View`."""
        return {
            "/world": "agencies.admin:WorldView",
            "/world/fixtures": "agencies.admin:FixturesView",
            "/world/{number}": "agencies.admin:SubjectView",
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
                self._by_mnemonic[spec.mnemonic] = self._build(spec, self._factories[spec.mnemonic])
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
        node, failures = self._by_mnemonic[mnemonic], 0
        try:
            while rings > 0 and failures < _MOST_FAILURES:
                try:
                    if not await node.turn():
                        return
                except (FaultReceived, NoAnswer) as error:
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
                    self._by_mnemonic[mnemonic] = self._build(NodeSpec(mnemonic, _AUTOMATIC), _factory(_AUTOMATIC))
                    self._doorbell.listen(mnemonic)
            seen = catalogue
            await asyncio.sleep(_LOOK_SECONDS)

    def _build(self, spec: NodeSpec, factory: type) -> Node:
        gateway = self._gateway if isinstance(self._gateway, str) else Direct(self._gateway, spec.mnemonic)
        client = Smev3Client(gateway, spec.mnemonic, self._clock, self._ids, session=self._session)
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
        )
        try:
            node: Node = factory(context)
        except InvalidConduct as error:
            raise UnknownNode(f"{spec.mnemonic}: {error}") from error
        except KeyError as error:
            needs = f"{spec.mnemonic}: options.{error.args[0]}"
            raise UnknownNode(say(f"узлу нужно {needs}", f"the node needs {needs}")) from error
        return node


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
