"""Who waits for messages in this process is rung when one has come, and need not look every second.

A ring is a hint, not a message: it comes after the commit that put one into a queue of the recipient, and says nothing
of which. Whoever was rung three times finds nothing at the fourth look, and need not look.
"""

import asyncio
import math


class Doorbell:
    """The bells of one gateway. Whoever is listened for is asleep, rung, awake, or awake and rung again."""

    def __init__(self) -> None:
        self._listening: set[str] = set()
        self._rung: dict[str, float] = {}  # how often; in the order of the first rings
        self._awake: set[str] = set()
        self._ready, self._silence = asyncio.Event(), asyncio.Event()
        self._silence.set()

    def listen(self, mnemonic: str) -> None:
        """Let rings of `mnemonic` count from now on; it is to look at once for what has been waiting."""
        self._listening.add(mnemonic)
        self.rouse(mnemonic)

    def ring(self, mnemonic: str) -> None:
        """Say that a message has come for `mnemonic`. Nothing happens when nobody in this process listens for it."""
        if mnemonic in self._listening:
            self._ring(mnemonic, 1)

    def rouse(self, mnemonic: str) -> None:
        """Have `mnemonic` look until it finds nothing more: nobody knows how many messages wait for it."""
        self._ring(mnemonic, math.inf)

    def _ring(self, mnemonic: str, times: float) -> None:
        self._rung[mnemonic] = self._rung.get(mnemonic, 0) + times
        self._silence.clear()
        self._ready.set()

    async def next(self) -> tuple[str, float]:
        """Return who was rung first, and how often, as soon as somebody was. For one caller.

        Whoever was rung is awake then, until `asleep`.
        """
        while True:
            # Who is awake and rung again ends its round first.
            for mnemonic in self._rung:
                if mnemonic not in self._awake:
                    self._awake.add(mnemonic)
                    return mnemonic, self._rung.pop(mnemonic)
            self._ready.clear()
            await self._ready.wait()

    def asleep(self, mnemonic: str) -> None:
        """Say that `mnemonic` has done what it was rung for. A ring that came meanwhile wakes it again."""
        self._awake.discard(mnemonic)
        if self._rung:
            self._ready.set()
        elif not self._awake:
            self._silence.set()

    async def quiet(self) -> None:
        """Return when nobody is awake and no ring is pending. Whoever is awake itself would wait forever."""
        while self._rung or self._awake:
            await self._silence.wait()
