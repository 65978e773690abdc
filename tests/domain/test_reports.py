"""Reports of rows: what is counted, how it is rounded, and that no order matters."""

import random  # noqa: TID251 - seeded
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

import pytest

from gateway.domain.cases import DecisionOutcome
from gateway.domain.clock import from_microseconds
from gateway.domain.once_only import demands, rules
from gateway.domain.once_only.rule import Rule
from gateway.domain.once_only.violation import Severity, Verdict
from gateway.domain.reports.monitoring import Monitoring, MonitoringReport, Traffic
from gateway.domain.reports.numbers import nearest_rank, percent, rounded, tenths
from gateway.domain.reports.once_only import Conduct, Offence, OnceOnly, OnceOnlyReport, offence_of
from gateway.domain.reports.period import InvalidPeriod, Period
from gateway.domain.reports.rows import Body, CaseRow, Directory, RequestRow, Standing, ViolationRow
from gateway.domain.reports.tables import By, sections_of
from gateway.domain.services import Document, DocumentClass, Level, ServicePassport
from gateway.domain.working_time import Term, TermUnit

MONDAY: Final = datetime(2013, 3, 4, 5, 0, tzinfo=UTC)
"""Nine in the morning in Moscow."""
NOW: Final = datetime(2013, 4, 1, 5, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

LEVELS: Final = {"FNS": Level.FEDERAL, "MVD": Level.FEDERAL, "DSZN": Level.REGIONAL, "CITY": Level.MUNICIPAL}
PASSPORT: Final = ServicePassport(
    "R01", "Пособие", Level.REGIONAL, "DSZN",
    (
        Document("id", "Паспорт", "Passport", DocumentClass.PERSONAL, item=1),
        Document("egrul", "Выписка", "Extract", DocumentClass.INTERAGENCY, kind="fns/egrul"),
        Document("birth", "Акт", "Act", DocumentClass.INTERAGENCY, kind="zags/birth", since=date(2018, 1, 1)),
    ),
    Term(30, TermUnit.WORKING_DAYS), name_en="Benefit",
)  # fmt: skip
KNOWN: Final = Directory(
    lambda mnemonic: Body(f"Name of {mnemonic}", LEVELS.get(mnemonic)),
    lambda kind: f"name of {kind}",
    {"R01": PASSPORT}.get,
)


def asked(
    answered: timedelta | None = None, *, consumer: str = "CITY", holder: str = "FNS", kind: str = "fns/egrul",
    sent: datetime = MONDAY, refused: bool = False,
) -> RequestRow:  # fmt: skip
    answer = None if answered is None else sent + answered
    return RequestRow(consumer, holder, kind, "R01", sent, sent + 8 * DAY, answer, refused)


def monitoring(requests: Sequence[RequestRow] = (), cases: Sequence[CaseRow] = ()) -> MonitoringReport:
    tally = Monitoring(KNOWN, NOW)
    tally.add_requests(requests)
    tally.add_cases(cases)
    return tally.report(Period())


def once_only(
    requests: Sequence[RequestRow] = (), cases: Sequence[CaseRow] = (), violations: Sequence[ViolationRow] = ()
) -> OnceOnlyReport:
    tally = OnceOnly(KNOWN, NOW)
    tally.add_requests(requests)
    tally.add_cases(cases)
    tally.add_violations(violations)
    return tally.report(Period())


def found(rule: str = "L-7-1-2", *, body: str = "CITY", refused: bool = True, **fields: Any) -> ViolationRow:
    verdict, severity = fields.get("verdict", Verdict.VIOLATION), fields.get("severity", Severity.CRITICAL)
    return ViolationRow(rule, verdict, severity, body, "R01", "fns/egrul", refused)


def line(lines: Sequence[Any], code: str) -> Any:
    [one] = [each for each in lines if each.code == code]
    return one


# --- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (0, 3, 0.0),
        (1, 3, 33.3),
        (2, 3, 66.7),
        (3, 3, 100.0),
        (1, 800, 0.1),
        (1, 2000, 0.0),
        (3, 2000, 0.2),
        (1, 0, None),
    ],
)
def test_a_share_is_an_exact_fraction_rounded_half_to_even(part: int, whole: int, expected: float | None) -> None:
    # 1/2000 is 0.05 %, 3/2000 is 0.15 %: both lie in the middle, and go to the even neighbour.
    assert percent(part, whole) == expected


def test_hours_are_rounded_as_shares_are() -> None:
    assert [tenths(each) for each in (0.25, 0.75, 1.04)] == [0.2, 0.8, 1.0]
    chance = random.Random(1)  # noqa: S311 - no secret
    for hours in (chance.random() * 100 for _ in range(1000)):
        assert tenths(hours) == rounded(Fraction(hours))


@pytest.mark.parametrize(
    ("values", "percentile", "expected"),
    [
        ([], 50, None),
        ([7.0], 50, 7.0),
        ([1.0, 2.0], 50, 1.0),
        ([1.0, 2.0, 3.0], 50, 2.0),
        ([float(each) for each in range(1, 21)], 95, 19.0),
        ([float(each) for each in range(1, 22)], 95, 20.0),
        ([1.0, 2.0], 100, 2.0),
    ],
)
def test_a_percentile_is_a_value_that_occurs(values: list[float], percentile: int, expected: float | None) -> None:
    assert nearest_rank(Counter(values), percentile) == expected


# --- period ------------------------------------------------------------------------------------------------------


def test_a_period_has_both_its_days_in_moscow() -> None:
    period = Period(date(2013, 3, 1), date(2013, 3, 31))
    assert period.since is not None
    assert period.until is not None
    assert from_microseconds(period.since) == datetime(2013, 2, 28, 20, 0, tzinfo=UTC)
    assert from_microseconds(period.until) == datetime(2013, 3, 31, 20, 0, tzinfo=UTC)
    now = Period(date(2026, 1, 1), date(2026, 1, 1))
    assert now.since is not None
    assert from_microseconds(now.since) == datetime(2025, 12, 31, 21, 0, tzinfo=UTC)


def test_a_period_may_have_no_end_and_any_day_there_is() -> None:
    assert (Period().since, Period().until) == (None, None)
    all_days = Period(date.min, date.max)
    assert all_days.until is None
    assert all_days.since is not None


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(InvalidPeriod, match="2013-03-02"):
        Period(date(2013, 3, 2), date(2013, 3, 1))


# --- monitoring --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "standing"),
    [
        (asked(8 * DAY), Standing.IN_TIME),
        (asked(8 * DAY + timedelta(microseconds=1)), Standing.LATE),
        (asked(), Standing.SILENT),
        (asked(sent=NOW - 8 * DAY), Standing.WAITING),
        (asked(sent=NOW - 8 * DAY - timedelta(microseconds=1)), Standing.SILENT),
    ],
)
def test_a_request_has_one_standing(row: RequestRow, standing: Standing) -> None:
    assert row.standing(NOW) is standing


def test_requests_are_counted_by_level_and_standing() -> None:
    rows = [
        asked(2 * HOUR), asked(HOUR, refused=True), asked(9 * DAY, holder="MVD", kind="mvd/passport"), asked(),
        asked(3 * HOUR, holder="DSZN"), asked(HOUR, holder="CITY", consumer="TOWN"),
        asked(holder="NOBODY", consumer="TOWN", sent=NOW - DAY),
    ]  # fmt: skip
    report = monitoring(rows)
    city: Traffic = line(report.bodies, "CITY")
    assert (city.requests, city.federal, city.regional, city.municipal, city.other) == (5, 4, 1, 0, 0)
    assert (city.in_time, city.late, city.silent, city.waiting, city.refused) == (3, 1, 1, 0, 1)
    assert (city.name, city.level, city.in_time_share) == ("Name of CITY", "municipal", 60.0)
    town: Traffic = line(report.bodies, "TOWN")
    assert (town.municipal, town.other, town.waiting, town.in_time_share) == (1, 1, 1, 100.0)
    assert (town.level, line(report.holders, "MVD").late) == (None, 1)
    assert line(report.kinds, "mvd/passport").name == "name of mvd/passport"
    assert line(report.services, "R01").level == "regional"
    assert report.total.requests == 7
    for lines in (report.bodies, report.services, report.kinds, report.holders):
        assert sum(each.requests for each in lines) == 7
        assert [each.code for each in lines] == sorted(each.code for each in lines)


def test_answer_times_are_working_hours_by_nearest_rank() -> None:
    # Friday at nine, answered on Monday at ten: eight hours of Friday, one of Monday, none of the weekend.
    friday = MONDAY + 11 * DAY
    report = monitoring([asked(HOUR), asked(2 * HOUR), asked(3 * DAY + HOUR, sent=friday), asked()])
    assert (report.total.median_hours, report.total.p95_hours) == (2.0, 9.0)
    nobody_answered = monitoring([asked()]).total
    assert (nobody_answered.median_hours, nobody_answered.p95_hours, nobody_answered.in_time_share) == (None, None, 0.0)


def test_services_are_provided_with_requests_and_without() -> None:
    cases = [
        CaseRow("CITY", "R01", MONDAY, DecisionOutcome.GRANTED, has_requests=True),
        CaseRow("CITY", "R01", MONDAY, DecisionOutcome.REFUSED),
        CaseRow("CITY", "R01", MONDAY, DecisionOutcome.SUSPENDED, has_requests=True),
        CaseRow("CITY", "R01", MONDAY, None),
    ]
    report = monitoring(cases=cases)
    for counted in (report.total, line(report.bodies, "CITY"), line(report.services, "R01")):
        assert (counted.with_requests, counted.without_requests) == (1, 1)
    assert monitoring([asked()]).kinds[0].with_requests is None


def test_the_ranking_follows_its_formula_and_equal_scores_the_mnemonics() -> None:
    rows = [
        *[asked(HOUR, consumer="B")] * 4,
        *[asked(HOUR, consumer="C", holder="DSZN")] * 9,
        *[asked(HOUR, consumer="A"), asked(consumer="A")],
        asked(HOUR, consumer="E", holder="DSZN"),
        asked(consumer="D", holder="DSZN"),
    ]
    report = monitoring(rows, [CaseRow("F", "R01", MONDAY, DecisionOutcome.GRANTED)])
    # A: 50 × 2/4 + 50 × 1/2 = 50; C and E ask no federal body, and are answered: 50 as well.
    assert [(each.place, each.code, each.score) for each in report.ranking] == [
        (1, "B", 100.0), (2, "A", 50.0), (3, "C", 50.0), (4, "E", 50.0), (5, "D", 0.0), (6, "F", 0.0),
    ]  # fmt: skip
    assert "наша" in report.formula
    assert "не найдена" in report.formula


# --- the once-only rule ------------------------------------------------------------------------------------------


def test_findings_are_told_apart_by_what_they_forbid() -> None:
    report = once_only(
        violations=[
            found(), found(), found(refused=False), found("L-9-FEE"), found("L-7-1-2-REFUSE"),
            found("L-SEND-TERM", severity=Severity.MINOR, refused=False),
            found("L-7-2-DUP", verdict=Verdict.WARNING, severity=Severity.INFO, refused=False),
            found("L-7-2-LIAB", verdict=Verdict.RECORD, severity=Severity.INFO, refused=False),
        ]
    )  # fmt: skip
    for counted in (report.total, report.bodies[0], report.services[0], report.kinds[0]):
        assert (counted.demands_refused, counted.demands_recorded) == (3, 1)
        assert (counted.refusals_refused, counted.refusals_recorded) == (1, 0)
        assert (counted.other_violations, counted.warnings) == (1, 1)
        assert [(each.rule, each.refused, each.recorded) for each in counted.rules[:2]] == [
            ("L-7-1-2", 2, 1), ("L-7-1-2-REFUSE", 1, 0),
        ]  # fmt: skip
    assert [(each.verdict, each.severity, each.refused, each.recorded) for each in report.weights] == [
        ("violation", "critical", 4, 1), ("violation", "minor", 0, 1), ("warning", "info", 0, 1),
        ("record", "info", 0, 1),
    ]  # fmt: skip


def test_a_rule_has_its_article_in_the_language_of_who_reads() -> None:
    rows = [found(), found("L-OF-ANOTHER-RELEASE")]
    assert [each.article for each in once_only(violations=rows).total.rules] == ["210-ФЗ, ст. 7 ч. 1 п. 2", ""]


def test_every_rule_about_demands_is_counted_among_them() -> None:
    of_demands = {rule.id for rule in vars(demands).values() if isinstance(rule, Rule)}
    assert of_demands == {rule.id for rule in rules() if offence_of(rule.id) is Offence.DEMAND}
    assert len(of_demands) > 4
    assert offence_of("L-7-1-2-REFUSE") is Offence.REFUSAL


def test_late_answers_and_silence_are_those_of_the_holder() -> None:
    report = once_only([asked(HOUR), asked(9 * DAY), asked(), asked(9 * DAY, kind="fns/egrip"), asked(sent=NOW)])
    fns: Conduct = line(report.bodies, "FNS")
    assert (fns.requests, fns.late, fns.silent) == (5, 2, 1)
    assert (line(report.bodies, "CITY").requests, line(report.kinds, "fns/egrip").late) == (0, 1)
    assert [(each.kind, each.in_time, each.late, each.silent, each.waiting) for each in report.holders] == [
        ("fns/egrip", 0, 1, 0, 0), ("fns/egrul", 1, 1, 1, 1),
    ]  # fmt: skip


def test_who_kept_the_law_broke_no_rule_and_answered_in_time() -> None:
    report = once_only(
        [asked(HOUR), asked(9 * DAY, holder="MVD")],
        [CaseRow("TOWN", "R01", MONDAY)],
        [found(body="VILLAGE"), found("L-7-2-DUP", body="TOWN", verdict=Verdict.WARNING, refused=False)],
    )
    assert [each.code for each in report.keepers] == ["CITY", "FNS", "TOWN"]
    assert {each.code for each in report.bodies} == {"CITY", "FNS", "TOWN", "VILLAGE", "MVD"}


@pytest.mark.parametrize(
    ("brought", "cases", "suspected"), [(9, 9, False), (10, 10, True), (9, 10, True), (17, 20, False), (18, 20, True)]
)
def test_a_body_whose_applicants_bring_nearly_everything_is_suspicious(
    brought: int, cases: int, suspected: bool
) -> None:
    rows = [
        CaseRow("CITY", "R01", MONDAY, own_initiative=frozenset({"egrul", "id"} if number < brought else {"birth"}))
        for number in range(cases)
    ]
    report = once_only(cases=rows)
    city: Conduct = line(report.bodies, "CITY")
    # The act of birth is no inter-agency document yet in 2013, and nobody but the applicant has the passport.
    assert (city.wanted, city.own_initiative) == (cases, brought)
    assert line(report.kinds, "fns/egrul").own_initiative_share == percent(brought, cases)
    assert [each.code for each in report.suspects] == (["CITY"] if suspected else [])


def test_a_service_without_a_passport_wants_nothing_known() -> None:
    report = once_only(cases=[CaseRow("CITY", "R99", MONDAY, own_initiative=frozenset({"egrul"}))])
    assert (report.total.wanted, report.total.own_initiative_share) == (0, None)
    assert line(report.services, "R99").name == "R99"


# --- both --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_no_order_of_rows_matters(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    requests = [asked(each * HOUR, consumer=f"B{each % 3}", refused=each % 5 == 0) for each in range(40)]
    cases = [
        CaseRow(f"B{each % 3}", "R01", MONDAY, DecisionOutcome.GRANTED, frozenset({"egrul"})) for each in range(40)
    ]
    violations = [found(body=f"B{each % 3}", refused=each % 2 == 0) for each in range(40)]
    before = (monitoring(requests, cases), once_only(requests, cases, violations))
    for rows in (requests, cases, violations):
        chance.shuffle(rows)
    assert (monitoring(requests, cases), once_only(requests, cases, violations)) == before


def test_an_empty_store_has_a_report() -> None:
    assert (monitoring().ranking, monitoring().total.requests) == ((), 0)
    assert (once_only().keepers, once_only().weights) == ((), ())
    for report in (monitoring(), once_only()):
        assert sections_of(report)[0].id == "total"


@pytest.mark.parametrize(
    ("chosen", "of_monitoring", "of_once_only"),
    [
        (By.BODY, ["total", "ranking", "bodies"],
         ["total", "weights", "rules", "bodies", "body_rules", "suspects", "keepers"]),
        (By.SERVICE, ["total", "services"], ["total", "weights", "rules", "services", "service_rules"]),
        (By.KIND, ["total", "kinds"], ["total", "weights", "rules", "kinds", "kind_rules"]),
        (By.HOLDER, ["total", "holders"], ["total", "weights", "rules", "holders"]),
    ],
)  # fmt: skip
def test_tables_are_chosen_by_what_they_are_about(
    chosen: By, of_monitoring: list[str], of_once_only: list[str]
) -> None:
    assert [section.id for section in sections_of(monitoring(), [chosen])] == of_monitoring
    assert [section.id for section in sections_of(once_only(), [chosen])] == of_once_only
    everything = {section.id for section in sections_of(once_only())}
    assert everything == {section.id for section in sections_of(once_only(), By)}
