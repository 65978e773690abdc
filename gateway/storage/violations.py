"""What the rules found, in the store: appended in the transaction of what was judged, read by message and by case."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select

from gateway.domain.clock import from_microseconds, to_microseconds
from gateway.domain.once_only import evaluate
from gateway.domain.once_only.events import InquirySent
from gateway.domain.once_only.inquiries import NEED
from gateway.domain.once_only.violation import Severity, Verdict, Violation
from gateway.storage.prepared import Prepared
from gateway.storage.tables import VIOLATIONS
from gateway.values import value

_V: Final = VIOLATIONS.c
_UNWRITTEN: Final = ""
"""Stands for the details of a request without a case: columns and rule say all there is."""
_APPEND: Final = Prepared(insert(VIOLATIONS), [column.name for column in VIOLATIONS.c if column.name != "id"])


@value
class StoredViolation:
    """A violation, when it was found, and whether the message was refused for it. `key` only grows."""

    key: int
    at: datetime
    violation: Violation
    refused: bool


@value
class Sought:
    """Which violations are listed; None is any."""

    rule: str | None = None
    body: str | None = None
    case_number: str | None = None
    message_id: str | None = None
    verdict: Verdict | None = None


def append(connection: Connection, at: datetime, violations: Iterable[Violation], *, refused: bool) -> None:
    """Keep `violations`; `refused` tells whether what was judged was refused, which only a refusing one can do."""
    rows = [_row(at, violation, refused=refused and violation.refuses) for violation in violations]
    if rows:
        _APPEND.many(connection, rows)


def _row(at: datetime, violation: Violation, *, refused: bool) -> dict[str, Any]:
    return {
        "moment": to_microseconds(at),
        "rule": violation.rule,
        "verdict": violation.verdict.value,
        "severity": violation.severity.value,
        "body": violation.body,
        "case_number": violation.case_number or None,
        "service": violation.service or None,
        "kind": violation.kind or None,
        "document": violation.document or None,
        "message_id": violation.message_id or None,
        "refused": refused,
        "details": json.dumps(asdict(violation), ensure_ascii=False),
    }


def append_unattributed(connection: Connection, at: datetime, body: str, kind: str, message_id: str) -> None:
    """Keep that a request serves no case; the warning itself is made when somebody reads it."""
    row = {
        "moment": to_microseconds(at), "rule": NEED.id, "verdict": Verdict.WARNING.value,
        "severity": NEED.severity.value, "body": body, "case_number": None, "service": None, "kind": kind,
        "document": None, "message_id": message_id, "refused": False, "details": _UNWRITTEN,
    }  # fmt: skip
    _APPEND.many(connection, [row])


def search(connection: Connection, sought: Sought, limit: int, before: int | None = None) -> list[StoredViolation]:
    """Return up to `limit` violations, newest first; with `before` those with smaller keys."""
    wanted: dict[ColumnElement[Any], Any] = {
        _V.rule: sought.rule,
        _V.body: sought.body,
        _V.case_number: sought.case_number,
        _V.message_id: sought.message_id,
        _V.verdict: sought.verdict and sought.verdict.value,
    }
    query = _query().where(*(column == sought_for for column, sought_for in wanted.items() if sought_for is not None))
    if before is not None:
        query = query.where(_V.id < before)
    return [_stored(row) for row in connection.execute(query.order_by(_V.id.desc()).limit(limit))]


def of_message(connection: Connection, message_id: str) -> list[StoredViolation]:
    """Return what was found in one message, in order."""
    query = _query().where(_V.message_id == message_id).order_by(_V.id)
    return [_stored(row) for row in connection.execute(query)]


def find(connection: Connection, key: int) -> StoredViolation | None:
    """Return the violation `key`."""
    row = connection.execute(_query().where(_V.id == key)).first()
    return None if row is None else _stored(row)


def _query() -> Select[Any]:
    return select(_V.id, _V.moment, _V.refused, _V.details, _V.body, _V.kind, _V.message_id)


def _stored(row: Any) -> StoredViolation:
    at = from_microseconds(row[1])
    if row[3] == _UNWRITTEN:
        (violation,) = evaluate(None, None, InquirySent(row[4], "", row[5], row[6]), at)
    else:
        kept = json.loads(row[3])
        violation = Violation(**{**kept, "verdict": Verdict(kept["verdict"]), "severity": Severity(kept["severity"])})
    return StoredViolation(row[0], at, violation, bool(row[2]))


def clear(connection: Connection) -> int:
    """Remove everything that was found; return how much it was."""
    count = connection.execute(select(func.count()).select_from(VIOLATIONS)).scalar() or 0
    connection.execute(delete(VIOLATIONS))
    return count
