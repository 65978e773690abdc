"""The report `once-only`: who demands what others hold, who is silent, who keeps the law (210-FZ, Art. 7)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.domain.once_only import decisions, demands, rule_of
from gateway.domain.once_only.violation import Severity, Verdict
from gateway.domain.reports.monitoring import PROVIDED
from gateway.domain.reports.numbers import percent
from gateway.domain.reports.period import Period
from gateway.domain.reports.rows import CaseRow, Directory, RequestRow, Standing, ViolationRow
from gateway.domain.services import Document
from gateway.protocol.moments import MOSCOW, write

SUSPICIOUS_PERCENT: Final = 90
SUSPICIOUS_CASES: Final = 10
"""Who is brought a document "on own initiative" in so many of at least so many cases demands it, perhaps."""


class Offence(StrEnum):
    """What a rule forbids."""

    DEMAND = "demand"
    """Documents, actions or the like are demanded of the applicant against the law."""
    REFUSAL = "refusal"
    """A refusal for lack of a document that another body holds."""
    OTHER = "other"


_OF_DEMANDS: Final = (
    demands.UNLISTED,
    demands.PAYMENT_PROOF,
    demands.HELD_ELSEWHERE,
    demands.UNLISTED_ACTION,
    demands.PAPER_AGAIN,
    demands.CONSENT_OF_THE_APPLICANT,
)
_OFFENCES: Final = {
    **{rule.id: Offence.DEMAND for rule in _OF_DEMANDS},
    decisions.REFUSED_FOR_LACK.id: Offence.REFUSAL,
}


def offence_of(rule: str) -> Offence:
    """Return what the rule of this id forbids."""
    return _OFFENCES.get(rule, Offence.OTHER)


def _article_of(rule_id: str) -> str:
    rule = rule_of(rule_id)
    return "" if rule is None else rule.citation()  # a rule of another release


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule was broken; `refused` are the times when the message was refused, `recorded` the others."""

    rule: str
    article: str
    offence: str
    verdict: str
    severity: str
    refused: int
    recorded: int


@dataclass(frozen=True, slots=True)
class Conduct:
    """How one body, service or kind stands with the law; `code` of the total is "".

    Demands, refusals and other violations are findings of the verdict "violation", one for each document; `warnings`
    are those of the verdict "warning". `requests`, `late` and `silent` are of a body as the holder that has to answer.
    `wanted` counts the inter-agency documents that the passports of the cases want, `own_initiative` those of them
    that the applicants brought. `with_requests` and `without_requests` count the services provided, None for a kind.
    """

    code: str
    name: str
    level: str | None
    demands_refused: int
    demands_recorded: int
    refusals_refused: int
    refusals_recorded: int
    other_violations: int
    warnings: int
    requests: int
    late: int
    silent: int
    wanted: int
    own_initiative: int
    own_initiative_share: float | None
    with_requests: int | None
    without_requests: int | None
    rules: tuple[RuleCount, ...]


@dataclass(frozen=True, slots=True)
class HolderOfKind:
    """How a holder answers requests for one kind."""

    holder: str
    name: str
    level: str | None
    kind: str
    kind_name: str
    requests: int
    in_time: int
    late: int
    silent: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Suspect:
    """A body whose applicants bring nearly all documents of a kind on own initiative: are they told to?"""

    code: str
    name: str
    kind: str
    kind_name: str
    wanted: int
    own_initiative: int
    own_initiative_share: float | None


@dataclass(frozen=True, slots=True)
class Keeper:
    """A body that broke no rule and answered everything in time."""

    code: str
    name: str
    level: str | None


@dataclass(frozen=True, slots=True)
class Weight:
    """How many findings have this verdict and this severity."""

    verdict: str
    severity: str
    refused: int
    recorded: int


@dataclass(frozen=True, slots=True)
class OnceOnlyReport:
    """Everything in the order of codes, `weights` from heavy to light."""

    period: Period
    now: str
    total: Conduct
    weights: tuple[Weight, ...]
    bodies: tuple[Conduct, ...]
    services: tuple[Conduct, ...]
    kinds: tuple[Conduct, ...]
    holders: tuple[HolderOfKind, ...]
    suspects: tuple[Suspect, ...]
    keepers: tuple[Keeper, ...]


_Rule = tuple[str, Verdict, Severity]


class _Tally:
    """Counts what belongs to one line."""

    def __init__(self) -> None:
        self.findings: Counter[tuple[_Rule, bool]] = Counter()
        self.standings: Counter[Standing] = Counter()
        self.wanted = self.own_initiative = 0
        self.provided: Counter[bool] = Counter()

    def found(self, offence: Offence, *, refused: bool | None = None) -> int:
        """Count the violations of this sort, those refused, those not refused, or (None) all."""
        return sum(
            count
            for ((rule, verdict, _), was_refused), count in self.findings.items()
            if verdict is Verdict.VIOLATION and offence_of(rule) is offence and refused in (None, was_refused)
        )

    def of_verdict(self, verdict: Verdict) -> int:
        """Count the findings of one verdict."""
        return sum(count for ((_, found, _), _), count in self.findings.items() if found is verdict)

    @property
    def is_lawful(self) -> bool:
        overdue = self.standings[Standing.LATE] + self.standings[Standing.SILENT]
        return not overdue and not self.of_verdict(Verdict.VIOLATION)


class OnceOnly:
    """Takes in rows, gives the report. Needs memory for its lines, not for the rows."""

    def __init__(self, directory: Directory, now: datetime) -> None:
        self._directory, self._now = directory, now
        self._total = _Tally()
        self._bodies: defaultdict[str, _Tally] = defaultdict(_Tally)
        self._services: defaultdict[str, _Tally] = defaultdict(_Tally)
        self._kinds: defaultdict[str, _Tally] = defaultdict(_Tally)
        self._holders: defaultdict[tuple[str, str], Counter[Standing]] = defaultdict(Counter)
        self._brought: defaultdict[tuple[str, str], Counter[bool]] = defaultdict(Counter)

    def add_requests(self, rows: Iterable[RequestRow]) -> None:
        """Take in inter-agency requests."""
        for row in rows:
            standing = row.standing(self._now)
            self._holders[row.holder, row.kind][standing] += 1
            for tally in (self._total, self._bodies[row.holder], self._services[row.service], self._kinds[row.kind]):
                tally.standings[standing] += 1
            _ = self._bodies[row.consumer]  # whoever asks is somebody who may have kept the law

    def add_cases(self, rows: Iterable[CaseRow]) -> None:
        """Take in cases."""
        for row in rows:
            tallies = (self._total, self._bodies[row.body], self._services[row.service])
            if row.outcome in PROVIDED:
                for tally in tallies:
                    tally.provided[row.has_requests] += 1
            for document in self._to_fetch(row):
                kind, brought = document.kind or "", document.code in row.own_initiative
                self._brought[row.body, kind][brought] += 1
                for tally in (*tallies, self._kinds[kind]):
                    tally.wanted += 1
                    tally.own_initiative += brought

    def _to_fetch(self, row: CaseRow) -> tuple[Document, ...]:
        passport = self._directory.passport(row.service)
        return () if passport is None else passport.to_fetch(row.opened_at.astimezone(MOSCOW).date())

    def add_violations(self, rows: Iterable[ViolationRow]) -> None:
        """Take in findings."""
        for row in rows:
            tallies = [self._total, self._bodies[row.body]]
            tallies += [self._services[row.service]] if row.service else []
            tallies += [self._kinds[row.kind]] if row.kind else []
            for tally in tallies:
                tally.findings[(row.rule, row.verdict, row.severity), row.refused] += 1

    def report(self, period: Period) -> OnceOnlyReport:
        """Return what the rows come to; they are those of `period`."""
        directory = self._directory
        return OnceOnlyReport(
            period=period,
            now=write(self._now),
            total=self._conduct("", "", None, self._total),
            weights=self._weights(),
            bodies=tuple(self._of_body(code, tally) for code, tally in sorted(self._bodies.items())),
            services=tuple(self._of_service(code, tally) for code, tally in sorted(self._services.items())),
            kinds=tuple(
                self._conduct(code, directory.kind(code), None, tally, counts_services=False)
                for code, tally in sorted(self._kinds.items())
            ),
            holders=tuple(self._holder(*key, standings) for key, standings in sorted(self._holders.items())),
            suspects=self._suspects(),
            keepers=tuple(
                Keeper(code, directory.body(code).name, directory.level(code))
                for code, tally in sorted(self._bodies.items())
                if tally.is_lawful
            ),
        )

    def _of_body(self, code: str, tally: _Tally) -> Conduct:
        return self._conduct(code, self._directory.body(code).name, self._directory.level(code), tally)

    def _of_service(self, code: str, tally: _Tally) -> Conduct:
        return self._conduct(code, self._directory.service(code), self._directory.level_of_service(code), tally)

    def _conduct(
        self, code: str, name: str, level: str | None, tally: _Tally, *, counts_services: bool = True
    ) -> Conduct:
        standings = tally.standings
        return Conduct(
            code=code,
            name=name,
            level=level,
            demands_refused=tally.found(Offence.DEMAND, refused=True),
            demands_recorded=tally.found(Offence.DEMAND, refused=False),
            refusals_refused=tally.found(Offence.REFUSAL, refused=True),
            refusals_recorded=tally.found(Offence.REFUSAL, refused=False),
            other_violations=tally.found(Offence.OTHER),
            warnings=tally.of_verdict(Verdict.WARNING),
            requests=standings.total(),
            late=standings[Standing.LATE],
            silent=standings[Standing.SILENT],
            wanted=tally.wanted,
            own_initiative=tally.own_initiative,
            own_initiative_share=percent(tally.own_initiative, tally.wanted),
            with_requests=tally.provided[True] if counts_services else None,
            without_requests=tally.provided[False] if counts_services else None,
            rules=_rules(tally.findings),
        )

    def _weights(self) -> tuple[Weight, ...]:
        counts: Counter[tuple[Verdict, Severity, bool]] = Counter()
        for ((_, verdict, severity), refused), count in self._total.findings.items():
            counts[verdict, severity, refused] += count
        return tuple(
            Weight(verdict.value, severity.value, counts[verdict, severity, True], counts[verdict, severity, False])
            for verdict in Verdict
            for severity in Severity
            if counts[verdict, severity, True] + counts[verdict, severity, False]
        )

    def _holder(self, holder: str, kind: str, standings: Counter[Standing]) -> HolderOfKind:
        return HolderOfKind(
            holder=holder,
            name=self._directory.body(holder).name,
            level=self._directory.level(holder),
            kind=kind,
            kind_name=self._directory.kind(kind),
            requests=standings.total(),
            in_time=standings[Standing.IN_TIME],
            late=standings[Standing.LATE],
            silent=standings[Standing.SILENT],
            waiting=standings[Standing.WAITING],
        )

    def _suspects(self) -> tuple[Suspect, ...]:
        return tuple(
            Suspect(
                code=body,
                name=self._directory.body(body).name,
                kind=kind,
                kind_name=self._directory.kind(kind),
                wanted=brought.total(),
                own_initiative=brought[True],
                own_initiative_share=percent(brought[True], brought.total()),
            )
            for (body, kind), brought in sorted(self._brought.items())
            if brought.total() >= SUSPICIOUS_CASES and brought[True] * 100 >= SUSPICIOUS_PERCENT * brought.total()
        )


def _rules(findings: Mapping[tuple[_Rule, bool], int]) -> tuple[RuleCount, ...]:
    return tuple(
        RuleCount(
            rule=rule,
            article=_article_of(rule),
            offence=offence_of(rule).value,
            verdict=verdict.value,
            severity=severity.value,
            refused=findings.get(((rule, verdict, severity), True), 0),
            recorded=findings.get(((rule, verdict, severity), False), 0),
        )
        for rule, verdict, severity in sorted({each for each, _ in findings})
    )
