"""The rules of 210-FZ that a machine can check, in the order in which their findings are told."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from gateway.domain.cases import Case
from gateway.domain.once_only import answers, contents, decisions, demands, inquiries, passports, terms
from gateway.domain.once_only.events import Event
from gateway.domain.once_only.matter import Matter
from gateway.domain.once_only.rule import Rule
from gateway.domain.once_only.violation import Violation
from gateway.domain.services import Level, ServicePassport
from gateway.protocol.moments import MOSCOW

RULES: Final[tuple[Rule, ...]] = (
    # What is asked of the applicant. Proof of payment first: it is held elsewhere, too, but this says more.
    demands.UNLISTED,
    demands.PAYMENT_PROOF,
    demands.HELD_ELSEWHERE,
    demands.UNLISTED_ACTION,
    demands.PAPER_AGAIN,
    demands.CONSENT_OF_THE_APPLICANT,
    # What is decided.
    decisions.REFUSED_FOR_LACK,
    decisions.SILENCE_AS_GROUND,
    decisions.NEW_GROUND,
    decisions.OWN_INITIATIVE_REFUSED,
    decisions.DECIDED_WITHOUT_DATA,
    # What is asked of other bodies.
    inquiries.NEED,
    inquiries.PERSONAL_DOCUMENT,
    inquiries.ALREADY_THERE,
    *contents.ITEMS,
    # What they answer.
    answers.ANSWER_IS_OWED,
    answers.ANSWER_IN_TIME,
    answers.ANSWER_IN_SPECIAL_TIME,
    answers.LIABILITY,
    # Terms of the body itself.
    terms.TERM_TO_SEND,
    terms.TERM_OF_SERVICE,
    terms.COMPLAINT_IN_TIME,
    # Passports, at their load.
    passports.SPLIT,
)


def rules() -> tuple[Rule, ...]:
    """Return every rule."""
    return RULES


def rule_of(rule_id: str) -> Rule | None:
    """Return the rule of that id, case aside."""
    return next((rule for rule in RULES if rule.id == rule_id.upper()), None)


def evaluate(case: Case | None, passport: ServicePassport | None, event: Event, now: datetime) -> tuple[Violation, ...]:
    """Return what the rules find in `event`, in their order; () when the law is kept.

    `case` and `passport` are None where the event belongs to none, or to one that nobody knows; the case does not hold
    the event yet. `now` is aware; a rule counts from its date in Moscow on, for the level of the body of the case.
    """
    day = now.astimezone(MOSCOW).date()
    matter = Matter(case, passport, event, now, day)
    binding = _binding(matter.kind, matter.level, day)  # type: ignore[arg-type] # mypy takes a class for its instances
    return tuple(violation for rule in binding for violation in rule.violations(matter))


@lru_cache(256)
def _binding(kind: type[Any], level: Level | None, day: date) -> tuple[Rule, ...]:
    """Return the rules that look at events of a kind and bind `level` on `day`, in their order."""
    return tuple(rule for rule in RULES if rule.looks_at(kind) and rule.in_force(level, day))
