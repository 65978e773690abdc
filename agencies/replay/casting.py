"""Who of a recording is played by what, in a running gateway: nodes put in the place of others, and taken out."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from agencies.node import InvalidOptions
from agencies.replay.aside import Aside
from agencies.replay.provider import OnMiss, RecordedProvider
from agencies.replay.recorded import Recorded
from agencies.runner import Nodes, UnknownNode
from gateway.client import Door
from gateway.recording.matching import Matcher, Reuse
from gateway.words import say


@dataclass(frozen=True, slots=True)
class Cast:
    """Whose part is replayed: `providers` answer as recorded, `consumers` send as recorded, from outside the gateway.

    Who is both does both from outside: its node stands aside. `speed` None is: at once.
    """

    providers: tuple[str, ...] = ()
    consumers: tuple[str, ...] = ()
    on_miss: OnMiss = OnMiss.SIMULATED
    reuse: Reuse = Reuse.LAST
    speed: float | None = None

    @property
    def both(self) -> frozenset[str]:
        """Whoever answers and sends."""
        return frozenset(self.providers) & frozenset(self.consumers)

    def refuse_impossible(self, recorded: Recorded) -> None:
        """Raises: InvalidOptions when nobody is named, or somebody who is not in the recording."""
        if not self.providers and not self.consumers:
            have_providers, have_consumers = (
                ", ".join(sorted(who)) for who in (recorded.providers, recorded.consumers)
            )
            raise InvalidOptions(
                say(
                    f"никто не назван: отвечали {have_providers}; спрашивали {have_consumers}",
                    f"nobody was named: {have_providers} answered; {have_consumers} asked",
                )
            )
        recorded.refuse_unknown(self.providers, self.consumers)


async def begin(nodes: Nodes, recorded: Recorded, cast: Cast, door: Door | None = None) -> None:
    """Put the nodes of a replay in place; all or none. With `door` they need no sockets.

    Raises: InvalidOptions, UnknownNode.
    """
    cast.refuse_impossible(recorded)
    answering = [each for each in cast.providers if each not in cast.both]

    def prepare() -> dict[str, Matcher]:
        return {each: recorded.matcher(each, nodes.library, cast.reuse) for each in answering}

    # Thousands of recorded requests are read for it.
    matchers = await asyncio.to_thread(prepare)
    try:
        _put_in_place(nodes, recorded, cast, matchers, door)
    except UnknownNode:
        end(nodes, cast)
        raise


def _put_in_place(
    nodes: Nodes, recorded: Recorded, cast: Cast, matchers: Mapping[str, Matcher], door: Door | None
) -> None:
    common = {"recording": recorded, "on_miss": cast.on_miss, "reuse": cast.reuse, "speed": cast.speed}
    for mnemonic, matcher in matchers.items():
        options = {**common, "matcher": matcher}
        nodes.substitute(mnemonic, RecordedProvider, options, answers=recorded.types_of(mnemonic), door=door)
    for mnemonic in cast.consumers:
        both = mnemonic in cast.both
        options = {"recording": recorded, "requests": not both}
        types = recorded.types_of(mnemonic) if both else ()
        nodes.substitute(mnemonic, Aside, options, answers=types, hears=False)


def end(nodes: Nodes, cast: Cast) -> None:
    """Put back whoever was there before."""
    for mnemonic in (*cast.providers, *cast.consumers):
        nodes.restore(mnemonic)
