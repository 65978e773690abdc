"""What happens by itself as time passes: leases end, lives end, the journal stays bounded."""

import logging
import math
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from gateway.domain.clock import to_microseconds
from gateway.domain.ids import IdSource
from gateway.domain.interaction import Event
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.exchange.arrival import Rules
from gateway.exchange.rejections import Rejected, tell_consumer
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol import faults
from gateway.protocol.faults import Explanation
from gateway.protocol.statuses import InteractionStatus
from gateway.storage import interactions, journal, queues
from gateway.storage.database import Database
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)


class Supervision:
    """Knows the next moment when something becomes due, so that nobody asks the store before it."""

    def __init__(self, store: Database, rules: Rules, ids: IdSource) -> None:
        self._store, self._rules, self._ids = store, rules, ids
        self._due: float = -math.inf  # a restarted gateway asks the store first
        self.evicted = 0

    def expect(self, moment: int) -> None:
        """Something becomes due at `moment` (microseconds since 1970)."""
        self._due = min(self._due, moment)

    async def catch_up(self, now: datetime) -> None:
        """Do what has become due by `now`.

        Raises: StoreError.
        """
        if to_microseconds(now) < self._due:
            return
        self._due = math.inf  # what others expect from here on lowers it again
        try:
            due = await self._store.run(lambda connection: self._work(connection, now))
        except BaseException:
            self._due = -math.inf
            raise
        self.expect_at_most(due)

    def expect_at_most(self, due: int | None) -> None:
        """Lower the next due moment to `due`, unless nothing is due."""
        if due is not None:
            self.expect(due)

    def _work(self, connection: Connection, now: datetime) -> int | None:
        entries = [
            JournalEntry(
                now,
                JournalEvent.LEASE_ENDED,
                participant=released.recipient,
                message_id=released.message_id,
                original_message_id=released.original_message_id,
            )
            for released in queues.release_ended_leases(connection, now)
        ]
        entries += [self._expire(connection, ended, now) for ended in queues.remove_expired(connection, now)]
        if entries:
            journal.append(connection, entries)
        return queues.next_due(connection)

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
