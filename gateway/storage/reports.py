"""What reports are made from, read in slices: no slice looks at more rows than it was given, so none takes long."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from gateway.domain.cases import DecisionOutcome, Origin, Outcome
from gateway.domain.clock import from_microseconds
from gateway.domain.once_only.violation import Severity, Verdict
from gateway.domain.reports.period import Period
from gateway.domain.reports.rows import CaseRow, RequestRow, ViolationRow
from gateway.storage.tables import CASE_EVENTS, CASES, INTERACTIONS, VIOLATIONS

_I: Final = INTERACTIONS.c
_C: Final = CASES.c
_E: Final = CASE_EVENTS.c
_V: Final = VIOLATIONS.c

_REQUESTS: Final = select(
    _I.consumer, _I.provider, _I.kind, _C.service, _I.sent_at, _I.due, _I.answered_at, _I.outcome
).outerjoin_from(INTERACTIONS, CASES, _C.number == _I.case_number)
_HAS_REQUESTS: Final = (
    select(_I.id)
    .where(_I.case_number == _C.number, _I.due.is_not(None))
    .correlate(CASES)
    .exists()
    .label("has_requests")
)
_CASES: Final = select(_C.number, _C.body, _C.service, _C.opened_at, _C.outcome, _C.particulars, _HAS_REQUESTS)
_VIOLATIONS: Final = select(
    _V.rule, _V.verdict, _V.severity, _V.body, _V.service, _V.kind, _V.refused, _V.details
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CasePlace:
    """Where a slice of cases ended: the moment at which the last one was opened, and its number."""

    opened_at: int
    number: str


def requests(connection: Connection, keys: range, period: Period) -> list[RequestRow]:
    """Return the inter-agency requests of `period` (by the moment of sending) whose keys are in `keys`.

    A request without a term to answer is none: those of our own kinds, broadcasts, rejected ones.
    """
    query = _REQUESTS.where(
        _I.id >= keys.start, _I.id < keys.stop, _I.due.is_not(None), *_within(_I.sent_at, period)
    )  # fmt: skip
    return [
        RequestRow(
            consumer=row[0],
            holder=row[1] or "",
            kind=row[2] or "",
            service=row[3] or "",
            sent_at=from_microseconds(row[4]),
            due=from_microseconds(row[5]),
            answered_at=None if row[6] is None else from_microseconds(row[6]),
            refused=row[7] == Outcome.REFUSED,
        )
        for row in connection.execute(query)
    ]


def newest_violation(connection: Connection) -> int:
    """Return the key of the newest finding, 0 in a store without one."""
    return connection.execute(select(func.max(_V.id))).scalar() or 0


def violations(connection: Connection, keys: range, period: Period) -> list[ViolationRow]:
    """Return the findings of `period` whose keys are in `keys`."""
    query = _VIOLATIONS.where(_V.id >= keys.start, _V.id < keys.stop, *_within(_V.moment, period))
    return [
        ViolationRow(
            rule=row[0],
            verdict=Verdict(row[1]),
            severity=Severity(row[2]),
            body=row[3],
            service=row[4] or "",
            kind=row[5] or "",
            refused=bool(row[6]),
        )
        for row in connection.execute(query)
    ]


def cases(
    connection: Connection, period: Period, after: CasePlace | None, limit: int
) -> tuple[list[CaseRow], CasePlace | None]:
    """Return up to `limit` cases opened in `period`, and where to go on; None at the end."""
    query = _CASES.where(*_within(_C.opened_at, period)).order_by(_C.opened_at, _C.number).limit(limit)
    if after is not None:
        later = or_(_C.opened_at > after.opened_at, and_(_C.opened_at == after.opened_at, _C.number > after.number))
        query = query.where(_C.opened_at >= after.opened_at, later)  # the first one is what an index can be read by
    found = connection.execute(query).all()
    added = _added_documents(connection, [row[0] for row in found])
    rows = [_case(row, added.get(row[0], ())) for row in found]
    return rows, CasePlace(found[-1][3], found[-1][0]) if len(found) == limit else None


def _case(row: Any, added: Sequence[Any]) -> CaseRow:
    documents = [*json.loads(row[5]).get("documents", ()), *added]
    return CaseRow(
        body=row[1],
        service=row[2],
        opened_at=from_microseconds(row[3]),
        outcome=None if row[4] is None else DecisionOutcome(row[4]),
        own_initiative=frozenset(each["code"] for each in documents if each["origin"] == Origin.OWN_INITIATIVE),
        has_requests=bool(row[6]),
    )


def _added_documents(connection: Connection, numbers: Sequence[str]) -> dict[str, list[Any]]:
    """Return the documents that came to the cases after the application."""
    added: defaultdict[str, list[Any]] = defaultdict(list)
    if numbers:
        query = select(_E.case_number, _E.details).where(_E.case_number.in_(numbers), _E.event == "document")
        for number, details in connection.execute(query):
            added[number].append(json.loads(details))
    return added


def _within(moment: ColumnElement[int], period: Period) -> list[ColumnElement[bool]]:
    bounds = []
    if period.since is not None:
        bounds.append(moment >= period.since)
    if period.until is not None:
        bounds.append(moment < period.until)
    return bounds
