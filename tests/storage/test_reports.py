"""What reports read from a store: only what belongs to them, in slices, and the same whatever came first."""

import json
import random  # noqa: TID251 - seeded
import tracemalloc
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import pytest
from sqlalchemy import Connection, text

from gateway.domain.catalogue import Catalogue
from gateway.domain.participants import Participant
from gateway.domain.reports.period import Period
from gateway.domain.reports.rows import CaseRow
from gateway.domain.services import Document, DocumentClass, Level, ServicePassport
from gateway.domain.working_time import Term, TermUnit
from gateway.exchange import reports as use_case
from gateway.exchange.inquiry import Inquiry
from gateway.exchange.reports import Reports, directory
from gateway.storage import interactions, reports
from gateway.storage.database import Database, open_database
from gateway.storage.reports import CasePlace
from gateway.transports.admin.report_formats import as_csv, as_json, read_back
from gateway.transports.admin.report_page import as_html
from tests.report_rows import DAY, MONDAY, NOW, case, fill, march, request
from tests.stores import empty

MARCH: Final = Period(date(2013, 3, 1), date(2013, 3, 31))
PASSPORT: Final = ServicePassport(
    "R01", "Пособие", Level.REGIONAL, "DSZN",
    (Document("egrul", "Выписка", "Extract", DocumentClass.INTERAGENCY, kind="fns/egrul"),),
    Term(30, TermUnit.WORKING_DAYS),
)  # fmt: skip
BODIES: Final = (
    Participant("FNS", "ФНС России", level=Level.FEDERAL),
    Participant("MVD", "МВД России", level=Level.FEDERAL),
    Participant("DSZN", "Департамент", level=Level.REGIONAL),
    Participant("CITY", "Город", level=Level.MUNICIPAL),
)


def of(store: Database) -> Reports:
    return Reports(Inquiry(store), directory(BODIES, Catalogue([]), {"R01": PASSPORT}.get))


async def everything(store: Database, period: Period = MARCH) -> tuple[str, str]:
    made = of(store)
    return as_json(await made.monitoring(period, NOW)), as_json(await made.once_only(period, NOW))


def all_cases(store: Database, limit: int, period: Period = MARCH) -> list[CaseRow]:
    found: list[CaseRow] = []
    after: CasePlace | None = None
    while True:
        rows, after = store.run_now(partial(reports.cases, period=period, after=after, limit=limit))
        found += rows
        if after is None:
            return found


def test_only_requests_with_a_term_are_read(store: Database) -> None:
    fill(store, march())
    keys = range(1, store.run_now(interactions.newest_key) + 1)
    rows = store.run_now(lambda c: reports.requests(c, keys, MARCH))
    assert sorted((row.consumer, row.holder) for row in rows) == [
        ("CITY", "FNS"), ("CITY", "FNS"), ("CITY", "MVD"), ("CITY", "MVD"), ("TOWN", "DSZN"), ("TOWN", "OTHER"),
    ]  # fmt: skip
    assert sorted(row.service for row in rows) == ["", "", "R01", "R01", "R01", "R01"]
    assert sum(row.refused for row in rows) == 1
    assert len(store.run_now(lambda c: reports.requests(c, keys, Period()))) == 7
    assert store.run_now(lambda c: reports.requests(c, range(1, 1), Period())) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_cases_come_in_slices_each_once(store: Database, limit: int) -> None:
    fill(store, march())
    rows = all_cases(store, limit)
    assert sorted((row.body, row.has_requests, sorted(row.own_initiative)) for row in rows) == [
        ("CITY", False, []), ("CITY", True, []), ("TOWN", False, ["egrul"]), ("TOWN", True, ["egrul"]),
    ]  # fmt: skip
    assert len(all_cases(store, limit, Period())) == 5


def test_a_case_that_was_only_asked_by_our_own_kinds_has_no_requests(store: Database) -> None:
    fill(store, [case("c1"), request("PORTAL", "CITY", case="c1", due=None), request(case="c10")])
    assert [row.has_requests for row in all_cases(store, 10)] == [False]


def test_days_are_of_moscow(store: Database) -> None:
    midnight = MONDAY - timedelta(hours=9)  # four hours ahead of Greenwich in 2013
    instant = timedelta(microseconds=1)
    fill(store, [request("A", sent=midnight - instant), request("B", sent=midnight), request("C", sent=midnight + DAY)])
    monday = Period(date(2013, 3, 4), date(2013, 3, 4))
    assert [row.consumer for row in store.run_now(lambda c: reports.requests(c, range(1, 100), monday))] == ["B"]


async def test_a_month_has_its_report(store: Database) -> None:
    fill(store, march())
    monitoring = await of(store).monitoring(MARCH, NOW)
    total = monitoring.total
    assert (total.requests, total.federal, total.regional, total.municipal, total.other) == (6, 4, 1, 0, 1)
    assert (total.in_time, total.late, total.silent, total.waiting, total.refused) == (3, 1, 1, 1, 1)
    assert (total.with_requests, total.without_requests) == (2, 1)
    assert [place.code for place in monitoring.ranking] == ["CITY", "TOWN"]
    once_only = await of(store).once_only(MARCH, NOW)
    assert (once_only.total.demands_refused, once_only.total.demands_recorded) == (1, 1)
    assert (once_only.total.refusals_refused, once_only.total.other_violations, once_only.total.warnings) == (1, 1, 1)
    assert (once_only.total.wanted, once_only.total.own_initiative) == (4, 2)
    assert [keeper.code for keeper in once_only.keepers] == ["CITY", "DSZN", "FNS", "OTHER"]


async def test_the_same_store_gives_the_same_bytes(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, march())
    before = await everything(store)
    assert await everything(store) == before
    rows = march()
    for seed in range(3):
        random.Random(seed).shuffle(rows)  # noqa: S311 - no secret
        empty(store)
        fill(store, rows)
        assert await everything(store) == before
    monkeypatch.setattr(use_case, "_KEYS", 1)
    monkeypatch.setattr(use_case, "_CASES", 1)
    assert await everything(store) == before


async def test_a_report_that_is_read_back_is_written_the_same(store: Database) -> None:
    fill(store, march())
    made = of(store)
    for report in (await made.monitoring(MARCH, NOW), await made.once_only(MARCH, NOW)):
        again = read_back(json.loads(as_json(report)))
        assert again == report
        assert as_html(again) == as_html(report)


async def test_an_empty_store_is_reported(store: Database) -> None:
    monitoring, once_only = await of(store).monitoring(Period(), NOW), await of(store).once_only(Period(), NOW)
    assert (monitoring.total.requests, once_only.total.requests) == (0, 0)
    assert "<svg viewBox" not in as_html(monitoring)
    assert as_csv(()) == ""


async def test_memory_does_not_grow_with_the_rows(sqlite_url: str) -> None:
    """Lines are kept, and a slice of rows."""
    store = open_database(sqlite_url)
    fill(store, [request()])
    count = 30_000
    many = """
        WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
        INSERT INTO interactions (id, status, kind, consumer, provider, message_type, sent_at, due, answered_at)
        SELECT i, status, kind, 'BODY' || (i % 150), provider, message_type, sent_at, due, sent_at + i * 1000
        FROM n, interactions WHERE id = 1
    """

    def work(connection: Connection) -> Any:
        return connection.execute(text(many), {"count": count})

    store.run_now(work)
    made = of(store)
    await made.monitoring(MARCH, NOW)  # what is imported and cached at first is not of the rows
    tracemalloc.start()
    report = await made.monitoring(MARCH, NOW)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    store.close()
    assert report.total.requests == count
    assert peak < 5 * 1024 * 1024
