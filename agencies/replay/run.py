"""A replay as the command line runs it: read the names, put nodes in place, send, say what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from agencies.node import InvalidOptions
from agencies.replay.casting import Cast, begin, end
from agencies.replay.consumer import Replayer, Surroundings
from agencies.replay.provider import Missed, OnMiss, RecordedProvider, read_speed
from agencies.replay.recorded import Recorded, listed
from agencies.replay.report import ReplayReport
from agencies.runner import Nodes, UnknownNode
from gateway.client import Door
from gateway.recording.format import Recording
from gateway.recording.matching import Reuse

__all__ = ["EVERYBODY", "CannotReplay", "Replay", "Surroundings"]

EVERYBODY = "all"
"""Stands for every provider, or consumer, of a recording."""


class CannotReplay(Exception):
    """The recording cannot be replayed as was asked for; the text says why."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A recording and whose part of it is played."""

    recorded: Recorded
    cast: Cast

    @classmethod
    def of(  # noqa: PLR0913 - what a person chooses
        cls,
        recording: Recording,
        *,
        as_provider: Sequence[str] = (),
        as_consumer: Sequence[str] = (),
        on_miss: str = OnMiss.SIMULATED,
        reuse: str = Reuse.LAST,
        speed: str = "1",
    ) -> Self:
        """Read what was chosen; mnemonics may be `all`.

        Raises: CannotReplay.
        """
        recorded = Recorded(recording)
        providers, consumers = (
            tuple(sorted(known)) if list(named) == [EVERYBODY] else listed(named)
            for named, known in ((as_provider, recorded.providers), (as_consumer, recorded.consumers))
        )
        try:
            cast = Cast(providers, consumers, OnMiss(on_miss), Reuse(reuse), read_speed(speed))
            cast.refuse_impossible(recorded)
        except (InvalidOptions, ValueError) as error:
            raise CannotReplay(str(error)) from error
        return cls(recorded, cast)

    async def begin(self, nodes: Nodes, door: Door | None = None) -> None:
        """Put the nodes in place; with `door` they speak to the gateway without sockets.

        Raises: CannotReplay.
        """
        try:
            await begin(nodes, self.recorded, self.cast, door)
        except (InvalidOptions, UnknownNode) as error:
            raise CannotReplay(str(error)) from error

    def end(self, nodes: Nodes) -> None:
        """Put back whoever was there."""
        end(nodes, self.cast)

    async def send(self, around: Surroundings) -> ReplayReport:
        """Send what the consumers sent, and wait for what comes of it."""
        return await Replayer(self.recorded, self.cast, around).run()

    def as_json(self) -> dict[str, Any]:
        """Return what `POST /__admin/replays` takes, without the recording."""
        cast = self.cast
        return {
            "asProvider": list(cast.providers),
            "asConsumer": list(cast.consumers),
            "onMiss": cast.on_miss.value,
            "reuse": cast.reuse.value,
            "speed": cast.speed,
        }

    def provided(self, nodes: Nodes) -> dict[str, tuple[dict[str, int], list[Missed], list[str]]]:
        """Return what each recorded provider of a gateway has done: its tally, its misses, its troubles."""
        return {
            mnemonic: (dict(node.tally), list(node.misses), list(node.troubles))
            for mnemonic, node in nodes.substitutes.items()
            if isinstance(node, RecordedProvider)
        }
