"""Reports of one store, made while it is at work: rows are read in slices, and calls get their turn between two."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from sqlalchemy import Connection

from gateway.domain.catalogue import Catalogue
from gateway.domain.participants import Participant
from gateway.domain.reports.monitoring import Monitoring, MonitoringReport
from gateway.domain.reports.once_only import OnceOnly, OnceOnlyReport
from gateway.domain.reports.period import Period
from gateway.domain.reports.rows import Body, CaseRow, Directory
from gateway.domain.services import ServicePassport
from gateway.exchange.inquiry import Inquiry
from gateway.storage import interactions, reports
from gateway.words import say

_KEYS: Final = 2_000
"""Keys of interactions or findings that one transaction looks at: some ten milliseconds."""
_CASES: Final = 500

Rows = TypeVar("Rows")


def directory(
    participants: Iterable[Participant], kinds: Catalogue, passport: Callable[[str], ServicePassport | None]
) -> Directory:
    """Return what a gateway knows behind codes, as it is now."""
    bodies = {each.mnemonic: Body(each.name, each.level) for each in participants}

    def name_of_kind(kind_id: str) -> str:
        kind = kinds.by_id(kind_id)
        return kind_id if kind is None else say(kind.name, kind.name_en)

    return Directory(lambda mnemonic: bodies.get(mnemonic) or Body(mnemonic), name_of_kind, passport)


_Reading = Callable[[Connection, range, Period], list[Rows]]


class Reports:
    """Makes reports of one store. Everything here raises StoreError."""

    def __init__(self, inquiry: Inquiry, known: Directory) -> None:
        self._inquiry, self._directory = inquiry, known

    async def monitoring(self, period: Period, now: datetime) -> MonitoringReport:
        """Return the report of `period` as it stands at `now`."""
        tally = Monitoring(self._directory, now)
        async for requests in self._by_keys(interactions.newest_key, reports.requests, period):
            await asyncio.to_thread(tally.add_requests, requests)
        async for cases in self._cases(period):
            await asyncio.to_thread(tally.add_cases, cases)
        return await asyncio.to_thread(tally.report, period)

    async def once_only(self, period: Period, now: datetime) -> OnceOnlyReport:
        """Return the report of `period` as it stands at `now`."""
        tally = OnceOnly(self._directory, now)
        async for requests in self._by_keys(interactions.newest_key, reports.requests, period):
            await asyncio.to_thread(tally.add_requests, requests)
        async for cases in self._cases(period):
            await asyncio.to_thread(tally.add_cases, cases)
        async for violations in self._by_keys(reports.newest_violation, reports.violations, period):
            await asyncio.to_thread(tally.add_violations, violations)
        return await asyncio.to_thread(tally.report, period)

    async def _by_keys(
        self, newest: Callable[[Connection], int], read: _Reading[Rows], period: Period
    ) -> AsyncIterator[list[Rows]]:
        last = await self._inquiry.aside(newest)
        for first in range(1, last + 1, _KEYS):
            keys = range(first, min(first + _KEYS, last + 1))
            rows = await self._inquiry.aside(partial(_read, read, keys, period))
            if rows:
                yield rows

    async def _cases(self, period: Period) -> AsyncIterator[list[CaseRow]]:
        rows, following = await self._inquiry.aside(partial(reports.cases, period=period, after=None, limit=_CASES))
        while rows:
            yield rows
            if following is None:
                break
            read = partial(reports.cases, period=period, after=following, limit=_CASES)
            rows, following = await self._inquiry.aside(read)


def _read(read: _Reading[Rows], keys: range, period: Period, connection: Connection) -> list[Rows]:
    return read(connection, keys, period)
