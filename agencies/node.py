"""What every simulated agency is made of: a client of the gateway, a world, and a loop that polls."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from agencies.world import World
from gateway.client import NoAnswer, Smev3Client
from gateway.domain.clock import Clock
from gateway.domain.participants import Participant
from gateway.library import Library
from gateway.protocol.participant_replies import FaultReceived

_LOG: Final = logging.getLogger(__name__)

_SHORTEST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 1.0
_GROWTH: Final = 1.6


@dataclass(frozen=True, slots=True)
class NodeContext:
    """What a node is given. `agency` is who it acts for, `options` stand in the topology."""

    agency: Participant
    client: Smev3Client
    library: Library
    world: World
    clock: Clock
    options: dict[str, Any] = field(default_factory=dict)


class Node(Protocol):
    """A simulated agency."""

    async def run(self) -> None:
        """Work until cancelled."""


async def poll(*steps: Callable[[], Awaitable[bool]]) -> None:
    """Run `steps` in turn until cancelled, at once while any of them finds work, ever slower while none does.

    A refusal or a silent gateway is logged, and the loop goes on: the message comes again after its lease.
    """
    pause = _SHORTEST_PAUSE
    while True:
        busy = False
        for step in steps:
            try:
                busy = await step() or busy
            except (FaultReceived, NoAnswer) as error:
                _LOG.warning("node: %s", error)
        pause = _SHORTEST_PAUSE if busy else min(pause * _GROWTH, _LONGEST_PAUSE)
        await asyncio.sleep(0 if busy else pause)
