"""Ids and chance as arguments: whoever needs a new MessageID is given an IdSource."""

from datetime import datetime
from random import Random  # noqa: TID251 - the type; the generator itself is seeded by whoever builds the source
from threading import Lock
from typing import Protocol

from gateway.protocol.message_id import time_based


class IdSource(Protocol):
    """Where MessageIDs of messages that this side writes come from."""

    def message_id(self, moment: datetime) -> str:
        """Return a new version 1 UUID that carries `moment`."""


class SeededIds:
    """Version 1 UUIDs from one generator: the same seed and moments give the same ids.

    Several ids at one moment differ in their 100 ns ticks and, after ten of them, in the clock sequence; so do ids
    of a moment before the last one.
    """

    def __init__(self, chance: Random) -> None:
        self._node = chance.getrandbits(48) | 0x0100_0000_0000  # multicast bit: no real card's address, RFC 4122 4.5
        self._sequence = chance.getrandbits(14)
        self._last: datetime | None = None
        self._tick = 0
        self._lock = Lock()  # SMEV's own messages are written in the store's threads

    def message_id(self, moment: datetime) -> str:
        with self._lock:
            return self._next(moment)

    def _next(self, moment: datetime) -> str:
        if self._last is not None and (moment < self._last or (moment == self._last and self._tick == 9)):
            # The clock went back, or its moment has no ticks left: RFC 4122, 4.2.1.
            self._sequence, self._tick = (self._sequence + 1) & 0x3FFF, 0
        else:
            self._tick = self._tick + 1 if moment == self._last else 0
        self._last = moment
        return time_based(moment, self._tick, self._sequence, self._node)
