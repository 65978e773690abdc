"""What runs beside the calls of a gateway, and ends with it."""

import asyncio
import logging
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Final, Self

from gateway.exchange.message_exchange import MessageExchange
from gateway.storage.database import StoreError

_LOG: Final = logging.getLogger(__name__)
_JOURNAL_SECONDS: Final = 1.0


class Background:
    """Tasks that end with the block; a defect in one of them ends the block."""

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()
        self._tasks: list[asyncio.Task[Any]] = []

    async def begin(self, **works: Coroutine[Any, Any, Any]) -> None:
        """Start `works`; each has begun then, and so closes what it holds even when the block ends at once."""
        self._tasks += [self._group.create_task(work, name=name) for name, work in works.items()]
        await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        if error is not None and not isinstance(error, asyncio.CancelledError):
            kind = error = traceback = None  # the block's own error goes on as it is, not wrapped in a group
        try:
            await self._group.__aexit__(kind, error, traceback)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None


async def bound_journal(exchange: MessageExchange, journal_limit: int) -> None:
    """Keep the journal of a gateway at so many entries, until cancelled."""
    while True:
        try:
            await exchange.supervision.bound_journal(journal_limit)
        except StoreError as error:
            _LOG.error("journal: %s", error)
        await asyncio.sleep(_JOURNAL_SECONDS)
