"""What the store tells people: interactions found, one of them in full, queues, journal entries, explanations.

A search goes through the store in slices of keys: no slice takes long, whatever is sought and however much there is,
and SMEV calls get their turn between two of them. A page that has looked at many slices and found little ends early;
its `following` says where to go on.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from sqlalchemy import Connection

from gateway.domain.queues import Queue
from gateway.storage import interactions, journal, queues
from gateway.storage.database import Database
from gateway.storage.interactions import Found, StoredMessage
from gateway.storage.journal import StoredEntry
from gateway.storage.queues import Depth, Waiting

SLICE: Final = 5_000
"""Keys that one transaction looks at: a few milliseconds."""
MOST_SLICES: Final = 200
"""Slices of one page: a search through a million interactions."""
MOST_EXPLANATIONS: Final = 100
_MOST_ENVELOPES: Final = 16 * 1024 * 1024
"""Bytes of envelopes in one page of the journal; an entry may hold a megabyte."""
_JOURNAL_CHUNK: Final = 20

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class InteractionPage:
    """Interactions, newest first; `following` is the key below which to go on, None at the end."""

    found: tuple[Found, ...]
    following: int | None


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Journal entries in order; `following` is the seq after which to go on, None at the end of the journal."""

    entries: tuple[StoredEntry, ...]
    following: int | None


@dataclass(frozen=True, slots=True)
class WholeInteraction:
    """An interaction with its messages (the request first), its history, and what still waits in queues."""

    found: Found
    messages: tuple[StoredMessage, ...]
    history: tuple[StoredEntry, ...]
    waiting: tuple[Waiting, ...]


class Inquiry:
    """Reads one store. Everything here raises StoreError."""

    def __init__(self, store: Database) -> None:
        self._store = store

    async def aside(self, work: Callable[[Connection], Result]) -> Result:
        """Run `work` in another thread: on SQLite `Database.run` would hold the event loop for as long as it takes."""
        return await asyncio.to_thread(self._store.run_now, work)

    def commits(self) -> AbstractContextManager[asyncio.Event]:
        """Return a context with an event that is set when something may have been committed (`Database.listening`)."""
        return self._store.listening()

    async def interactions(self, sought: interactions.Sought, before: int | None, limit: int) -> InteractionPage:
        """Return up to `limit` interactions with keys below `before`."""
        below = before if before is not None else 1 + await self.aside(interactions.newest_key)
        found: list[Found] = []
        for _ in range(MOST_SLICES):
            if below <= 1 or len(found) == limit:
                break
            keys = range(max(1, below - SLICE), below)
            wanted = limit - len(found)
            some = await self.aside(partial(interactions.search, sought=sought, keys=keys, limit=wanted))
            found += some
            below = some[-1].key if len(some) == wanted else keys.start
        return InteractionPage(tuple(found), below if below > 1 else None)

    async def whole(self, message_id: str) -> WholeInteraction | None:
        """Return the interaction of a message, be it the request or an answer."""

        def work(connection: Connection) -> WholeInteraction | None:
            message = interactions.find(connection, message_id)
            if message is None:
                return None
            key = message.key if message.interaction is None else message.interaction
            found = interactions.found(connection, key)
            if found is None:
                return None
            messages = interactions.messages_of(connection, key)
            history = journal.read(connection, message_id=found.message_id)
            waiting = queues.deliveries_of(connection, [item.message_id for item in messages])
            return WholeInteraction(found, tuple(messages), tuple(history), tuple(waiting))

        return await self.aside(work)

    async def explanations(self, message_id: str) -> list[StoredEntry]:
        """Return the refusals and rejections of one message, newest first; also of one that was never taken."""
        return await self.aside(lambda connection: journal.explained(connection, message_id, MOST_EXPLANATIONS))

    async def refusals(self, limit: int) -> list[StoredEntry]:
        """Return the last refusals and rejections, newest first."""
        return await self.aside(lambda connection: journal.refusals(connection, limit))

    async def entry(self, seq: int) -> StoredEntry | None:
        """Return one journal entry."""
        return await self.aside(lambda connection: journal.read_one(connection, seq))

    async def journal(self, sought: journal.Sought, after: int, limit: int, *, up_to: int | None = None) -> JournalPage:
        """Return up to `limit` entries with seqs above `after`; with `up_to` no further, and without envelopes."""
        newest = (await self.aside(journal.horizon)).newest if up_to is None else up_to
        entries: list[StoredEntry] = []
        envelopes = 0
        for _ in range(MOST_SLICES):
            if after >= newest or len(entries) >= limit or envelopes > _MOST_ENVELOPES:
                break
            # By MessageID an index leads to the few entries that there are.
            last = newest if sought.message_id is not None else min(newest, after + SLICE)
            seqs, wanted = range(after + 1, last + 1), min(_JOURNAL_CHUNK, limit - len(entries))
            some = await self.aside(
                partial(journal.search, sought=sought, seqs=seqs, limit=wanted, envelopes=up_to is None)
            )
            entries += some
            envelopes += sum(len(stored.entry.envelope or b"") for stored in some)
            after = some[-1].seq if len(some) == wanted else last
        return JournalPage(tuple(entries), after if after < newest else None)

    async def depths(self, recipient: str | None = None) -> list[Depth]:
        """Return the queues that hold messages."""
        return await self.aside(lambda connection: queues.depths(connection, recipient))

    async def purge(self, recipient: str, queue: Queue) -> int:
        """Remove every message from a queue; return how many."""
        return await self.aside(lambda connection: queues.purge(connection, recipient, queue))
