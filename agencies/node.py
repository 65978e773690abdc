"""What every simulated agency is made of: a client of the gateway, a world, and turns that it takes when it is rung."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from agencies.node_client import NodeClient
from agencies.world import World
from gateway.client import Smev3Client
from gateway.domain.clock import Agenda, Clock
from gateway.domain.participants import Participant
from gateway.exchange.law import NoPassports, Passports
from gateway.library import Library


class InvalidOptions(Exception):
    """The options of a node cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Original:
    """The node that another one stands in for; its client takes only what it is handed."""

    node: "Node"
    client: NodeClient


@dataclass(frozen=True, slots=True)
class NodeContext:
    """What a node is given. `agency` is who it acts for, `options` stand in the topology.

    What it wants to do later it puts down in `agenda`. `serial` says that nothing may happen beside it, so that the
    same seed gives the same run: no threads, no tasks of its own. `passports` say what the services need. `original`
    is the node in whose place it was put while the gateway ran.
    """

    agency: Participant
    client: Smev3Client
    library: Library
    world: World
    clock: Clock
    agenda: Agenda
    options: dict[str, Any] = field(default_factory=dict)
    serial: bool = False
    passports: Passports = field(default_factory=NoPassports)
    original: Original | None = None


class Node(Protocol):
    """A simulated agency. It sleeps until something has come into one of its queues."""

    async def turn(self) -> bool:
        """Take one message from each of its queues and deal with it; return False when there was none.

        Raises: FaultReceived, NoAnswer. It is then called again; a message that it took comes again after its lease.
        """
