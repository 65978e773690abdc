"""What happens by itself as time passes: leases end, lives end, the journal stays bounded."""

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection

from gateway.domain.clock import from_microseconds, to_microseconds
from gateway.domain.ids import IdSource
from gateway.domain.interaction import Event
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.exchange.arrival import Rules
from gateway.exchange.doorbell import Doorbell
from gateway.exchange.once_only import terms
from gateway.exchange.rejections import Rejected, tell_consumer
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol import faults
from gateway.protocol.faults import Explanation
from gateway.protocol.statuses import InteractionStatus
from gateway.storage import interactions, journal, queues, ref_attachments
from gateway.storage.database import Database
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class Supervision:
    """Knows the next moment when something becomes due, so that nobody asks the store before it."""

    def __init__(self, store: Database, rules: Rules, ids: IdSource, doorbell: Doorbell) -> None:
        self._store, self._rules, self._ids, self._doorbell = store, rules, ids, doorbell
        self._due: float = -math.inf  # a restarted gateway asks the store first
        self._expected: float = math.inf
        self._catching_up = asyncio.Lock()
        self.sooner: Callable[[], None] = lambda: None
        """Called whenever the next due moment has come nearer."""
        self.evicted = 0

    @property
    def what(self) -> str:
        """What becomes due here, for people."""
        return say("конец аренды, срока жизни или срока ответа", "the end of a lease, a life or a term to answer")

    def expect(self, moment: int) -> None:
        """Something becomes due at `moment` (microseconds since 1970)."""
        self._expected = min(self._expected, moment)
        if moment < self._due:
            self._due = moment
            self.sooner()

    def start_over(self) -> None:
        """Know nothing of what becomes due any more: the store has become another one."""
        self._due, self._expected = -math.inf, math.inf
        self.sooner()

    async def look(self) -> None:
        """Ask the store what becomes due next: what was expected may have been acknowledged since.

        Raises: StoreError.
        """
        async with self._catching_up:
            self._expected = math.inf
            due = await self._store.run(_next_due)
            self._due = min(self._expected, due)

    def next_due(self) -> datetime | None:
        """Return when something next becomes due, or an earlier moment; one long past when only the store knows."""
        if self._due == math.inf:
            return None
        return _LONG_AGO if self._due == -math.inf else from_microseconds(int(self._due))

    async def catch_up(self, now: datetime) -> None:
        """Do what has become due by `now`, or wait until another call has done it.

        Raises: StoreError.
        """
        if to_microseconds(now) < self._due:
            return
        async with self._catching_up:
            if to_microseconds(now) < self._due:
                return
            self._expected = math.inf  # what others expect from here on lowers it again
            done = await self._store.run(lambda connection: self._work(connection, now))
            self._due = min(self._expected, done.next_due)
        for recipient in done.recipients:
            self._doorbell.ring(recipient)
        if self._rules.files is not None:
            await self._rules.files.remove(done.files)

    def _work(self, connection: Connection, now: datetime) -> "_Done":
        released = queues.release_ended_leases(connection, now)
        entries = [
            JournalEntry(
                now,
                JournalEvent.LEASE_ENDED,
                participant=each.recipient,
                message_id=each.message_id,
                original_message_id=each.original_message_id,
            )
            for each in released
            if each.attempts  # the others were held back by SMEV: nobody had them
        ]
        recipients, files = [each.recipient for each in released], list[str]()
        for ended in queues.remove_expired(connection, now):
            entry = self._expire(connection, ended, now)
            entries.append(entry)
            recipients.append(entry.counterpart)  # whoever sent it may be told of it
            files += ref_attachments.release(connection, ended.message)
        entries += terms.note_ended(connection, now, self._rules.law)
        if entries:
            journal.append(connection, entries)
        return _Done(recipients, files, _next_due(connection))

    def _expire(self, connection: Connection, ended: queues.Ended, now: datetime) -> JournalEntry:
        message = interactions.load(connection, ended.message)
        recipient = ended.recipient
        fault = faults.EndOfLifeReached(
            Explanation(
                "end_of_life",
                say(f"{recipient} заберёт запрос до EOL", f"{recipient} takes the request before its EOL"),
                say("запрос остался в очереди", "the request stayed in the queue"),
                where="EOL",
            ),
            message_id=ended.message_id,
        )
        status = None
        if ended.interaction is not None:  # nobody waits for the answer to a broadcast
            status = interactions.move(connection, ended.interaction, Event.REQUEST_EXPIRED)
            interactions.end_term(connection, ended.interaction)
        if status is InteractionStatus.REQUEST_IS_REJECTED_BY_SMEV:  # else it was answered, only never acknowledged
            smev = SMEV3_VERSIONS[message.version]
            rejected = Rejected(
                message.key,
                message.message_id,
                message.sender,
                smev,
                message.message_type,
                fault,
                now,
                message.node_id,
            )
            tell_consumer(connection, rejected, self._rules, self._ids)
        return JournalEntry(
            now,
            JournalEvent.EXPIRED,
            participant=ended.recipient,
            counterpart=message.sender,
            version=message.version,
            message_id=message.message_id,
            original_message_id=message.message_id,
            message_type=message.message_type,
            status="" if status is None else status.value,
            fault=fault.name,
            explanation=fault.explanation,
        )

    async def bound_journal(self, keep: int) -> None:
        """Drop the oldest journal entries beyond `keep`, and count them.

        Raises: StoreError.
        """
        dropped = await self._store.run(lambda connection: journal.trim(connection, keep))
        if dropped:
            self.evicted += dropped
            _LOG.info("journal: dropped %d oldest entries, %d since start", dropped, self.evicted)


@dataclass(frozen=True, slots=True)
class _Done:
    """Who finds something in a queue again, or for the first time; when something becomes due next (microseconds).

    `files` are the uuids of those that nobody will read any more.
    """

    recipients: list[str]
    files: list[str]
    next_due: float


def _next_due(connection: Connection) -> float:
    """Return when something next becomes due (microseconds); infinity when nothing does."""
    dues = [due for due in (queues.next_due(connection), terms.next_end(connection)) if due is not None]
    return min(dues, default=math.inf)
