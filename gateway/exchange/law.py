"""How one gateway keeps the law: the mode, the passports, and what the rules found in a message."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import Connection

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.domain.once_only.enforcement import Mode, Unattributed
from gateway.domain.once_only.violation import Verdict, Violation
from gateway.domain.services import DEFAULT_TERM_TO_ANSWER, ServicePassport
from gateway.domain.working_time import Term
from gateway.protocol.faults import AccessDenied, Explanation, SmevFault
from gateway.values import value

__all__ = [
    "Effect",
    "Judgement",
    "Law",
    "Mode",
    "NoPassports",
    "Passports",
    "Unattributed",
    "explanation_of",
    "journal_entries",
    "no_effect",
    "refusal_for",
    "words_of",
]


class Passports(Protocol):
    """The service passports of a gateway."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The code of every service, in order."""

    def by_code(self, code: str) -> ServicePassport | None:
        """Return the passport of a service."""

    def term_to_answer(self, kind: str, day: date, passport: ServicePassport | None = None) -> Term:
        """Return the term in which requests of a kind are to be answered."""


class NoPassports:
    """A gateway that knows no services."""

    codes = ()

    def by_code(self, code: str) -> ServicePassport | None:
        return None

    def term_to_answer(self, kind: str, day: date, passport: ServicePassport | None = None) -> Term:
        return DEFAULT_TERM_TO_ANSWER


@dataclass(frozen=True, slots=True)
class Law:
    """The law as one gateway keeps it."""

    passports: Passports = field(default_factory=NoPassports)
    mode: Mode = Mode.ENFORCE
    unattributed: Unattributed = Unattributed.WARN


Effect = Callable[[Connection, bool], tuple[datetime, ...]]
"""Changes the case of a judged message; the flag tells whether it was refused. Returns ends of terms that begin."""


def no_effect(_: Connection, refused: bool) -> tuple[datetime, ...]:
    """Change nothing."""
    return ()


@value
class Judgement:
    """What came of judging one message.

    `due` is the last moment in which an answer is in time, None where no term runs.
    """

    violations: tuple[Violation, ...] = ()
    refusal: SmevFault | None = None
    case_number: str | None = None
    due: datetime | None = None
    effect: Effect = no_effect


def refusal_for(law: Law, violations: Iterable[Violation]) -> SmevFault | None:
    """Return the fault that the sender is told, None where nothing is to be refused."""
    refusing = [violation for violation in violations if violation.refuses]
    if not refusing or law.mode is Mode.OBSERVE:
        return None
    first, *others = refusing
    return AccessDenied.by_law(explanation_of(first, others), first.rule, words_of(first))


def words_of(violation: Violation) -> str:
    """Return one sentence with the article."""
    return f"{violation.article}. {violation.found}. {violation.advice}"


def explanation_of(violation: Violation, others: Iterable[Violation] = ()) -> Explanation:
    """Return a violation as any other refusal is explained."""
    return Explanation(
        "once_only",
        violation.expected,
        violation.found,
        where=violation.case_number,
        advice=violation.advice,
        rule=f"{violation.rule}, {violation.article}",
        others=[f"{other.rule}: {other.found}" for other in others],
    )


def journal_entries(violations: Iterable[Violation], at: datetime, refusal: SmevFault | None) -> list[JournalEntry]:
    """Return a line for each violation; where the message was refused, that entry has the explanation."""
    return [
        JournalEntry(
            at,
            JournalEvent.VIOLATION,
            participant=violation.body,
            message_id=violation.message_id,
            status=violation.rule,
            explanation=None if refusal is not None and violation.refuses else explanation_of(violation),
        )
        for violation in violations
        if violation.verdict is Verdict.VIOLATION
    ]
