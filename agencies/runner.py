"""Starts the nodes of a topology. The gateway loads this module by name and knows nothing else of agencies."""

import asyncio
import importlib
from collections.abc import Mapping
from typing import Final

import aiohttp

from agencies.kept_world import KeptWorld, WorldOptions, WorldUnusable
from agencies.node import Node, NodeContext
from agencies.world import World
from gateway.client import Smev3Client
from gateway.domain.clock import Clock
from gateway.domain.ids import IdSource
from gateway.domain.participants import Participant, Participants
from gateway.library import Library
from gateway.protocol.moments import MOSCOW
from gateway.topology import NodeSpec
from gateway.words import say

__all__ = ["Nodes", "UnknownNode", "WorldOptions", "WorldUnusable"]

_AUTOMATIC: Final = "agencies.provider:Provider"
_LOOK_SECONDS: Final = 0.1


class UnknownNode(Exception):
    """A topology names a node class that cannot be loaded."""


class Nodes:
    """The nodes of one gateway: one world, one client each, SOAP over loopback as any other participant.

    Beside those of the topology there is a provider for each kind that asks to be answered automatically, from the
    moment when the kind is there.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a composition root hands over
        self,
        specs: tuple[NodeSpec, ...],
        participants: Participants,
        library: Library,
        clock: Clock,
        ids: IdSource,
        options: WorldOptions,
    ) -> None:
        """Raises: UnknownNode, WorldUnusable."""
        self._specs, self._participants, self._library = specs, participants, library
        self._clock, self._ids = clock, ids
        self.kept_world: Final = KeptWorld(options, clock.now().astimezone(MOSCOW).date())
        self._factories = {spec.mnemonic: _factory(spec.factory) for spec in specs}
        self._url = ""
        self._session: aiohttp.ClientSession | None = None
        self._by_mnemonic: dict[str, Node] = {}

    @property
    def world(self) -> World:
        """The world that they all answer from."""
        return self.kept_world.world

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

    def connect(self, url: str) -> None:
        """Make every node, to speak to the gateway at `url`; called in the event loop that will run them."""
        self._url = url
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        for spec in self._specs:
            self._by_mnemonic[spec.mnemonic] = self._build(spec, self._factories[spec.mnemonic], self._session)

    async def run(self) -> None:
        """Run every node until cancelled."""
        assert self._session is not None, "connect comes first"  # noqa: S101
        async with self._session, asyncio.TaskGroup() as tasks:
            for mnemonic, node in self._by_mnemonic.items():
                tasks.create_task(node.run(), name=f"node {mnemonic}")
            await self._add_automatic(tasks, self._session)

    async def _add_automatic(self, tasks: asyncio.TaskGroup, session: aiohttp.ClientSession) -> None:
        """Start a provider for whoever is to answer automatically and has no node yet; look again after a change."""
        seen = None
        while True:
            catalogue = self._library.catalogue
            wanted = [] if catalogue is seen else [kind.provided_by for kind in catalogue if kind.auto]
            for mnemonic in wanted:
                if mnemonic is not None and mnemonic not in self._by_mnemonic:
                    node = self._build(NodeSpec(mnemonic, _AUTOMATIC), _factory(_AUTOMATIC), session)
                    self._by_mnemonic[mnemonic] = node
                    tasks.create_task(node.run(), name=f"node {mnemonic}")
            seen = catalogue
            await asyncio.sleep(_LOOK_SECONDS)

    def _build(self, spec: NodeSpec, factory: type, session: aiohttp.ClientSession) -> Node:
        client = Smev3Client(self._url, spec.mnemonic, self._clock, self._ids, session=session)
        agency = self._participants.named(spec.mnemonic) or Participant(spec.mnemonic, spec.mnemonic)
        node: Node = factory(NodeContext(agency, client, self._library, self.world, self._clock, dict(spec.options)))
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
