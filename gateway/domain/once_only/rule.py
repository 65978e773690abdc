"""A rule of 210-FZ as a value: where it stands, since when, how much it weighs, how sure we are, and what checks it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gateway.domain.once_only.matter import Check, Finding, Matter
from gateway.domain.once_only.telling import name_of
from gateway.domain.once_only.violation import Severity, Verdict, Violation
from gateway.domain.services import Level
from gateway.words import say

Said = Callable[[], str]
"""A text for people. A function, because the language is chosen after the rules are made."""


def from_everybody(since: date) -> Mapping[Level, date]:
    """Return the dates of a rule that binds all levels from one day."""
    return dict.fromkeys(Level, since)


BY_LEVEL: Final[Mapping[Level, date]] = {
    Level.FEDERAL: date(2011, 10, 1),
    Level.REGIONAL: date(2012, 7, 1),
    Level.MUNICIPAL: date(2012, 7, 1),
}
"""Since when Art. 7 part 1 item 2, and what follows from it, binds whom."""

EXCHANGE: Final = from_everybody(date(2011, 7, 1))
"""Art. 7.1 and 7.2 are in force since then (169-FZ of 01.07.2011)."""


def general_knowledge() -> str:
    """Say that nobody has compared it with the text of the law."""
    return say("общие знания: с текстом закона не сверено", "general knowledge: not compared with the text of the law")


def derived() -> str:
    """Say that no article has it in so many words."""
    return say("выведено из смысла нормы, прямого текста нет", "derived from the rule's meaning; no article says it so")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that a machine can check.

    `refuses` tells whether the message that breaks it can be refused: a term that has ended cannot. `confidence` says
    how sure we are of it, `source` where it was read ("" nowhere). `effective` has the day since which it binds a
    level. A rule without checks is not judged by events.
    """

    id: str
    citation: Said
    title: Said
    verdict: Verdict
    severity: Severity
    effective: Mapping[Level, date]
    confidence: Said
    source: Said = str
    checks: tuple[Check, ...] = ()
    refuses: bool = False

    def in_force(self, level: Level | None, day: date) -> bool:
        """Tell whether the rule binds `level` on `day`; where the level is not known, whether it binds all."""
        since = max(self.effective.values()) if level is None else self.effective[level]
        return since <= day

    def looks_at(self, kind: type[object]) -> bool:
        """Tell whether a check of the rule looks at events of that kind."""
        return any(issubclass(kind, check.kind) for check in self.checks)

    def fields(self) -> dict[str, object]:
        """Return what people are told of the rule, dates by level as YYYY-MM-DD."""
        return {
            "id": self.id,
            "citation": self.citation(),
            "title": self.title(),
            "verdict": self.verdict.value,
            "severity": self.severity.value,
            "refuses": self.refuses,
            "effective": {level.value: since.isoformat() for level, since in self.effective.items()},
            "confidence": self.confidence(),
            "source": self.source(),
        }

    def violations(self, matter: Matter) -> Iterator[Violation]:
        """Yield what is wrong with the matter, whether the rule is in force or not."""
        for check in self.checks:
            for finding in check(matter):
                yield self._violation(matter, finding)

    def _violation(self, matter: Matter, finding: Finding) -> Violation:
        document, case, passport = finding.document, matter.case, matter.passport
        service = passport.code if passport is not None else ""
        name = "" if document is None else name_of(document)
        verdict = finding.verdict or self.verdict
        return Violation(
            rule=self.id,
            article=self.citation(),
            verdict=verdict,
            severity=self.severity,
            text=f"{self.title()} ({name})" if name else self.title(),
            expected=finding.expected,
            found=finding.found,
            advice=finding.advice,
            body=finding.body,
            case_number="" if case is None else case.number,
            service=service if case is None else case.service,
            document=finding.code if document is None else document.code,
            document_name=name,
            holder=finding.holder if document is None else document.holder or finding.holder,
            kind=finding.kind or ("" if document is None else document.kind or ""),
            message_id=finding.message_id,
            refuses=self.refuses and finding.refuses and verdict is Verdict.VIOLATION,
            confidence=self.confidence(),
            source=self.source(),
        )
