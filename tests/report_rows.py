"""Rows that reports are made from, put straight into a store, and a small month of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert

from gateway.domain.cases import Origin
from gateway.domain.clock import to_microseconds
from gateway.storage.database import Database
from gateway.storage.tables import CASE_EVENTS, CASES, INTERACTIONS, MESSAGES, VIOLATIONS

MONDAY: Final = datetime(2013, 3, 4, 5, 0, tzinfo=UTC)
"""Nine in the morning in Moscow, where it was four hours later than in Greenwich."""
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
NOW: Final = datetime(2013, 4, 1, 5, 0, tzinfo=UTC)

HOSTILE: Final = '=HYPERLINK("http://x")<script>alert(1)</script>&"'
"""The name of a body that nobody should have."""


@dataclass(frozen=True)
class Row:
    """A row for one of the tables."""

    table: Any
    values: dict[str, Any]


def request(
    consumer: str = "CITY", holder: str = "FNS", kind: str = "fns/egrul", sent: datetime = MONDAY,
    answered: datetime | None = None, *, case: str | None = None, due: timedelta | None = 8 * DAY,
    refused: bool = False,
) -> Row:  # fmt: skip
    outcome = None if answered is None else "refused" if refused else "data"
    values = {
        "status": "requestIsAccepted", "kind": kind, "consumer": consumer, "provider": holder, "message_type": "{u}A",
        "sent_at": to_microseconds(sent), "due": None if due is None else to_microseconds(sent + due),
        "answered_at": None if answered is None else to_microseconds(answered), "outcome": outcome, "case_number": case,
    }  # fmt: skip
    return Row(INTERACTIONS, values)


def case(
    number: str, *, body: str = "CITY", service: str = "R01", opened: datetime = MONDAY,
    outcome: str | None = "granted", own: Sequence[str] = (), required: Sequence[str] = (),
) -> Row:  # fmt: skip
    documents = [{"code": code, "origin": Origin.OWN_INITIATIVE} for code in own]
    documents += [{"code": code, "origin": Origin.REQUIRED} for code in required]
    values = {
        "number": number, "service": service, "body": body, "level": "municipal", "state": "closed",
        "opened_at": to_microseconds(opened), "outcome": outcome, "particulars": json.dumps({"documents": documents}),
    }  # fmt: skip
    return Row(CASES, values)


def document(case_number: str, code: str, origin: str = "own-initiative") -> Row:
    details = json.dumps({"code": code, "origin": origin, "medium": "paper"})
    values = {"case_number": case_number, "moment": to_microseconds(MONDAY), "event": "document", "details": details}
    return Row(CASE_EVENTS, values)


def demand(case_number: str, code: str) -> Row:
    details = json.dumps({"documents": [{"code": code, "medium": "paper"}], "refused": True})
    values = {"case_number": case_number, "moment": to_microseconds(MONDAY), "event": "demand", "details": details}
    return Row(CASE_EVENTS, values)


def violation(
    rule: str = "L-7-1-2", *, body: str = "TOWN", verdict: str = "violation", severity: str = "critical",
    at: datetime = MONDAY, refused: bool = True,
) -> Row:  # fmt: skip
    values = {
        "moment": to_microseconds(at), "rule": rule, "verdict": verdict, "severity": severity, "body": body,
        "service": "R01", "kind": "fns/egrul", "refused": refused, "details": "",
    }  # fmt: skip
    return Row(VIOLATIONS, values)


def fill(store: Database, rows: Sequence[Row]) -> None:
    """Put rows into a store in this order."""

    def work(connection: Connection) -> None:
        for number, row in enumerate(rows, 1):
            values = row.values
            if row.table is INTERACTIONS:
                message = {
                    "message_id": f"{number:036}", "version": "1.2", "wire_type": "REQUEST", "source": b"<A/>",
                    "has_attachments": False, "sender": values["consumer"], "message_type": "{u}A",
                    "sent_at": values["sent_at"],
                }  # fmt: skip
                key = connection.execute(insert(MESSAGES).values(message).returning(MESSAGES.c.id)).scalar()
                values = {**values, "id": key}
            connection.execute(insert(row.table).values(values))

    store.run_now(work)


def march() -> list[Row]:
    """A month: CITY keeps the law, TOWN does not, MVD is late and silent."""
    return [
        case("c1", required=["egrul"]),
        case("c2", body="TOWN", own=["egrul"]),
        case("c3", body="TOWN"),
        case("c4", outcome=None),
        case("old", opened=MONDAY - 30 * DAY, own=["egrul"]),
        document("c3", "egrul"),
        document("c1", "passport", "required"),
        demand("c3", "egrul"),
        request(case="c1", answered=MONDAY + 3 * HOUR),
        request(case="c1", answered=MONDAY + 26 * HOUR, refused=True),
        request("CITY", "MVD", "mvd/passport", case="c1", answered=MONDAY + 9 * DAY),
        request("CITY", "MVD", "mvd/passport"),
        request("TOWN", "DSZN", "dszn/benefit", case="c2", answered=MONDAY + 2 * HOUR),
        request("TOWN", "OTHER", "x/y", sent=NOW - DAY),
        request("TOWN", "FNS", sent=MONDAY - 30 * DAY),
        request("PORTAL", "CITY", "applicant/application", due=None),
        violation(),
        violation(refused=False),
        violation("L-7-1-2-REFUSE"),
        violation("L-7-2-3", body="MVD", severity="major", refused=False),
        violation("L-7-2-DUP", body="CITY", verdict="warning", severity="info", refused=False),
        violation(at=MONDAY - 30 * DAY),
    ]
