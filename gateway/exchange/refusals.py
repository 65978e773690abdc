"""Every refusal is journaled with its explanation before the fault leaves (ADR 0002)."""

import logging
from typing import Final

from gateway.domain.clock import Clock
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.protocol import operations
from gateway.protocol.faults import SmevFault, SoapFault
from gateway.storage import journal
from gateway.storage.database import Database, StoreError

_LOG: Final = logging.getLogger(__name__)
_LONGEST_ENVELOPE: Final = 1024 * 1024
"""Bytes of a refused envelope that the journal keeps: what is refused may be anything."""


class Refusals:
    """Writes refusals into the journal and the log."""

    def __init__(self, store: Database, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def record(
        self, fault: SmevFault | SoapFault, caller: str, call: operations.Call | None, envelope: bytes
    ) -> int | None:
        """Journal the refusal; return the seq of the entry, None when even that fails."""
        name = fault.name if isinstance(fault, SmevFault) else fault.faultcode
        _LOG.warning("refused %s of %s: %s: %s", call.name if call else "call", caller or "?", name, fault.explanation)
        data = call.data if isinstance(call, operations.SendRequest | operations.SendResponse) else None
        entry = JournalEntry(
            self._clock.now(),
            JournalEvent.REFUSED,
            participant=_fitting(caller),
            operation=call.name if call else "",
            version=call.smev.version if call else "",
            message_id=data.message_id if data else call.message_id if isinstance(call, operations.Ack) else "",
            fault=name,
            explanation=fault.explanation,
            envelope=envelope[:_LONGEST_ENVELOPE],
        )
        try:
            return await self._store.run(lambda connection: journal.append_refusal(connection, entry))
        except StoreError as error:
            _LOG.error("the refusal could not be journaled: %s", error)
            return None


def _fitting(caller: str) -> str:
    # Who calls may be anything as long as nobody has checked it; the column holds 50, PostgreSQL no NUL.
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in caller[:50])
