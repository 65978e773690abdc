"""Starts the nodes of a topology. The gateway loads this module by name and knows nothing else of agencies."""

import asyncio
import importlib
from collections.abc import Mapping

import aiohttp

from agencies.node import Node, NodeContext
from agencies.registers import World
from gateway.client import Smev3Client
from gateway.domain.clock import Clock
from gateway.domain.ids import IdSource
from gateway.domain.participants import Participants
from gateway.library import Library
from gateway.protocol.moments import MOSCOW
from gateway.topology import NodeSpec
from gateway.words import say


class UnknownNode(Exception):
    """A topology names a node class that cannot be loaded."""


class Nodes:
    """The nodes of one gateway: one world, one client each, SOAP over loopback as any other participant."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a composition root hands over
        self,
        specs: tuple[NodeSpec, ...],
        participants: Participants,
        library: Library,
        clock: Clock,
        ids: IdSource,
        seed: int,
    ) -> None:
        """Raises: UnknownNode."""
        self._specs, self._participants, self._library = specs, participants, library
        self._clock, self._ids = clock, ids
        self.world = World(seed, clock.now().astimezone(MOSCOW).date())
        self._factories = {spec.mnemonic: _factory(spec.factory) for spec in specs}
        self._session: aiohttp.ClientSession | None = None
        self.by_mnemonic: Mapping[str, Node] = {}

    def connect(self, url: str) -> None:
        """Make every node, to speak to the gateway at `url`; called in the event loop that will run them."""
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self.by_mnemonic = {spec.mnemonic: self._build(spec, url, self._session) for spec in self._specs}

    async def run(self) -> None:
        """Run every node until cancelled."""
        assert self._session is not None, "connect comes first"  # noqa: S101
        async with self._session, asyncio.TaskGroup() as tasks:
            for mnemonic, node in self.by_mnemonic.items():
                tasks.create_task(node.run(), name=f"node {mnemonic}")

    def _build(self, spec: NodeSpec, url: str, session: aiohttp.ClientSession) -> Node:
        client = Smev3Client(url, spec.mnemonic, self._clock, self._ids, session=session)
        agency = self._participants.by_mnemonic[spec.mnemonic]
        node: Node = self._factories[spec.mnemonic](
            NodeContext(agency, client, self._library, self.world, self._clock, dict(spec.options))
        )
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
