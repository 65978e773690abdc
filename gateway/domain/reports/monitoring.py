"""The report `monitoring`: how much bodies ask each other, and how fast they are answered.

The ministry's monitoring of regions counted requests to federal bodies and the share answered in time. Its formula of
2013 was not found; the one of the ranking is ours, and the report says so.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from gateway.domain.cases import DecisionOutcome
from gateway.domain.reports.numbers import MEDIAN, P95, nearest_rank, percent, rounded, tenths
from gateway.domain.reports.period import Period
from gateway.domain.reports.rows import CaseRow, Directory, RequestRow, Standing
from gateway.domain.services import Level
from gateway.domain.working_time import working_hours
from gateway.protocol.moments import write
from gateway.words import say

OTHER: Final = "other"
"""Stands in the place of the level of a body whose level nobody tells."""
PROVIDED: Final = frozenset({DecisionOutcome.GRANTED, DecisionOutcome.REFUSED})
"""A service has been provided when it was decided on, either way."""
HALF: Final = 50
"""What each of the two indicators gives to the score at most."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Inter-agency requests of one body, service, kind or holder; `code` of the total is "".

    `requests` = `federal` + `regional` + `municipal` + `other` by the level of the holder = `in_time` + `late` +
    `silent` + `waiting`. `refused` are those of the answered ones that were refused. `in_time_share` is in per cent of
    those that are not waiting; hours are working hours. `with_requests` and `without_requests` count the services
    provided, None where there is no such thing.
    """

    code: str
    name: str
    level: str | None
    requests: int
    federal: int
    regional: int
    municipal: int
    other: int
    in_time: int
    late: int
    silent: int
    waiting: int
    refused: int
    in_time_share: float | None
    median_hours: float | None
    p95_hours: float | None
    with_requests: int | None
    without_requests: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """A body in the ranking; `score` is 0 to 100."""

    place: int
    code: str
    name: str
    level: str | None
    federal: int
    in_time_share: float | None
    score: float


@dataclass(frozen=True, slots=True)
class MonitoringReport:
    """Everything in the order of codes, the ranking in that of places."""

    period: Period
    now: str
    formula: str
    total: Traffic
    ranking: tuple[Place, ...]
    bodies: tuple[Traffic, ...]
    services: tuple[Traffic, ...]
    kinds: tuple[Traffic, ...]
    holders: tuple[Traffic, ...]


def formula() -> str:
    """Return in words how the ranking is reckoned."""
    return say(
        "Формула мониторинга 2013 года не найдена, эта — наша: балл = 50 × (запросы органа к федеральным органам ÷ "
        "наибольшее такое число среди органов) + 50 × (доля его запросов, на которые ответили в срок; без тех, чей "
        "срок ещё идёт). При равном балле порядок — по мнемонике.",
        "The formula of the monitoring of 2013 was not found, this one is ours: score = 50 × (the body's requests to "
        "federal bodies ÷ the largest such number among the bodies) + 50 × (the share of its requests that were "
        "answered in time, without those whose term still runs). Equal scores are ordered by mnemonic.",
    )


class _Tally:
    """Counts the requests of one line."""

    def __init__(self) -> None:
        self.levels: Counter[str] = Counter()
        self.standings: Counter[Standing] = Counter()
        self.refused = 0
        self.provided: Counter[bool] = Counter()
        self.hours: Counter[float] = Counter()

    @property
    def in_time(self) -> tuple[int, int]:
        """How many were answered in time, of how many that had to be answered by now."""
        return self.standings[Standing.IN_TIME], self.standings.total() - self.standings[Standing.WAITING]


class Monitoring:
    """Takes in rows, gives the report. Needs memory for its lines, not for the rows."""

    def __init__(self, directory: Directory, now: datetime) -> None:
        self._directory, self._now = directory, now
        self._total = _Tally()
        self._bodies: defaultdict[str, _Tally] = defaultdict(_Tally)
        self._services: defaultdict[str, _Tally] = defaultdict(_Tally)
        self._kinds: defaultdict[str, _Tally] = defaultdict(_Tally)
        self._holders: defaultdict[str, _Tally] = defaultdict(_Tally)

    def add_requests(self, rows: Iterable[RequestRow]) -> None:
        """Take in inter-agency requests."""
        for row in rows:
            level = self._directory.level(row.holder) or OTHER
            standing = row.standing(self._now)
            hours = None if row.answered_at is None else tenths(working_hours(row.sent_at, row.answered_at))
            for tally in (
                self._total,
                self._bodies[row.consumer],
                self._services[row.service],
                self._kinds[row.kind],
                self._holders[row.holder],
            ):
                tally.levels[level] += 1
                tally.standings[standing] += 1
                tally.refused += row.refused
                if hours is not None:
                    tally.hours[hours] += 1

    def add_cases(self, rows: Iterable[CaseRow]) -> None:
        """Take in cases; only those count whose service has been provided."""
        for row in rows:
            if row.outcome in PROVIDED:
                for tally in (self._total, self._bodies[row.body], self._services[row.service]):
                    tally.provided[row.has_requests] += 1

    def report(self, period: Period) -> MonitoringReport:
        """Return what the rows come to; they are those of `period`."""
        bodies, directory = sorted(self._bodies.items()), self._directory
        return MonitoringReport(
            period=period,
            now=write(self._now),
            formula=formula(),
            total=_traffic("", "", None, self._total),
            ranking=self._ranking(),
            bodies=tuple(self._of_body(code, tally) for code, tally in bodies),
            services=tuple(
                _traffic(code, directory.service(code), directory.level_of_service(code), tally)
                for code, tally in sorted(self._services.items())
            ),
            kinds=tuple(
                _traffic(code, directory.kind(code), None, tally, counts_services=False)
                for code, tally in sorted(self._kinds.items())
            ),
            holders=tuple(
                self._of_body(code, tally, counts_services=False) for code, tally in sorted(self._holders.items())
            ),
        )

    def _of_body(self, code: str, tally: _Tally, *, counts_services: bool = True) -> Traffic:
        name, level = self._directory.body(code).name, self._directory.level(code)
        return _traffic(code, name, level, tally, counts_services=counts_services)

    def _ranking(self) -> tuple[Place, ...]:
        most = max((tally.levels[Level.FEDERAL] for tally in self._bodies.values()), default=0)
        scored = sorted((-_score(tally, most), code) for code, tally in self._bodies.items())
        return tuple(self._place(number, code, -score) for number, (score, code) in enumerate(scored, 1))

    def _place(self, place: int, code: str, score: Fraction) -> Place:
        tally = self._bodies[code]
        return Place(
            place=place,
            code=code,
            name=self._directory.body(code).name,
            level=self._directory.level(code),
            federal=tally.levels[Level.FEDERAL],
            in_time_share=percent(*tally.in_time),
            score=rounded(score),
        )


def _score(tally: _Tally, most: int) -> Fraction:
    in_time, over = tally.in_time
    volume = Fraction(tally.levels[Level.FEDERAL], most) if most else Fraction(0)
    return HALF * volume + HALF * (Fraction(in_time, over) if over else Fraction(0))


def _traffic(code: str, name: str, level: str | None, tally: _Tally, *, counts_services: bool = True) -> Traffic:
    levels, standings = tally.levels, tally.standings
    return Traffic(
        code=code,
        name=name,
        level=level,
        requests=standings.total(),
        federal=levels[Level.FEDERAL],
        regional=levels[Level.REGIONAL],
        municipal=levels[Level.MUNICIPAL],
        other=levels[OTHER],
        in_time=standings[Standing.IN_TIME],
        late=standings[Standing.LATE],
        silent=standings[Standing.SILENT],
        waiting=standings[Standing.WAITING],
        refused=tally.refused,
        in_time_share=percent(*tally.in_time),
        median_hours=nearest_rank(tally.hours, MEDIAN),
        p95_hours=nearest_rank(tally.hours, P95),
        with_requests=tally.provided[True] if counts_services else None,
        without_requests=tally.provided[False] if counts_services else None,
    )
