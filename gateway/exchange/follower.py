"""Follows the journal: entries come as they are committed, in order, each once.

The store is asked four times a second, which also finds what another process wrote. A follower holds one batch at a
time: whoever reads slowly finds the rest still in the store.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from gateway.exchange.inquiry import Inquiry
from gateway.storage import journal
from gateway.storage.journal import Horizon, Sought, StoredEntry

PAUSE_SECONDS: Final = 0.25
BATCH: Final = 100


class Frontier:
    """How far one reader may go so that nothing appears behind it later (`Horizon`)."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._undecided: Horizon | None = None
        self.decided = 0
        """The journal is whole up to this seq."""

    async def look(self) -> int:
        """Look again; return the newest seq that there is, decided or not.

        Raises: StoreError.
        """
        now = await self._inquiry.aside(journal.horizon)
        if now.running == now.next:
            self.decided, self._undecided = now.newest, None
        elif self._undecided is None:
            self._undecided = now
        elif now.running >= self._undecided.next:
            self.decided, self._undecided = self._undecided.newest, now
        return now.newest


class Follower:
    """One reader of the journal, who starts after the entry `after` (None: at the end). Envelopes are left out."""

    def __init__(self, inquiry: Inquiry, sought: Sought, after: int | None, end: asyncio.Event) -> None:
        """`end` makes `batches` end."""
        self._inquiry, self._sought, self._after, self._end = inquiry, sought, after, end
        self._frontier = Frontier(inquiry)

    async def begin(self) -> None:
        """Settle where to start: whatever is committed after this returns will be found.

        Raises: StoreError.
        """
        await self._look_ahead()

    async def batches(self) -> AsyncIterator[list[StoredEntry]]:
        """Yield entries as they come; an empty list tells that the journal has been looked at in vain.

        Raises: StoreError.
        """
        while not self._end.is_set():
            after = await self._look_ahead()
            decided = self._frontier.decided
            page = await self._inquiry.journal(self._sought, after, BATCH, up_to=decided)
            yield list(page.entries)
            self._after = page.following or max(after, decided)
            if page.following is None:
                await pause(self._end)

    async def _look_ahead(self) -> int:
        """Learn up to which seq the journal is whole; return the seq after which to read."""
        newest = await self._frontier.look()
        # A journal that went back to a snapshot gives its seqs again.
        if self._after is None or newest < self._after:
            self._after = newest
        return self._after


async def pause(end: asyncio.Event) -> None:
    """Wait until the journal is worth another look, or `end` is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PAUSE_SECONDS):
            await end.wait()
