"""What reports are made from: one value for a row of the store."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.domain.cases import DecisionOutcome
from gateway.domain.once_only.violation import Severity, Verdict
from gateway.domain.services import Level, ServicePassport
from gateway.values import value
from gateway.words import say


class Standing(StrEnum):
    """How an inter-agency request stands with its term. Each one has exactly one standing."""

    IN_TIME = "in-time"
    LATE = "late"
    SILENT = "silent"
    """The term is over, and there is no answer."""
    WAITING = "waiting"
    """The term runs."""


@value
class RequestRow:
    """An inter-agency request: one that has a term to be answered in. `service` is "" where no case is known."""

    consumer: str
    holder: str
    kind: str
    service: str
    sent_at: datetime
    due: datetime
    answered_at: datetime | None = None
    refused: bool = False

    def standing(self, now: datetime) -> Standing:
        """Return how the request stands at `now`."""
        if self.answered_at is not None:
            return Standing.IN_TIME if self.answered_at <= self.due else Standing.LATE
        return Standing.SILENT if self.due < now else Standing.WAITING


@value
class CaseRow:
    """A case. `own_initiative` are the codes of the documents that the applicant brought though nobody may ask."""

    body: str
    service: str
    opened_at: datetime
    outcome: DecisionOutcome | None = None
    own_initiative: frozenset[str] = frozenset()
    has_requests: bool = False


@value
class ViolationRow:
    """A finding of a rule. `service` and `kind` are "" where it is about none."""

    rule: str
    verdict: Verdict
    severity: Severity
    body: str
    service: str = ""
    kind: str = ""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What is known of a mnemonic."""

    name: str
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """What stands behind the codes in rows: of a body by mnemonic, of a service by code, of a kind by id.

    `kind` returns a name; whoever does not know a code returns the code, or None for a passport.
    """

    body: Callable[[str], Body]
    kind: Callable[[str], str]
    passport: Callable[[str], ServicePassport | None]

    def service(self, code: str) -> str:
        """Return the name of a service; "" is that of requests which belong to no case that is known."""
        if not code:
            return say("без дела", "no case")
        passport = self.passport(code)
        return code if passport is None else say(passport.name, passport.name_en or passport.name)

    def level(self, mnemonic: str) -> str | None:
        """Return the level of a body, None where nobody tells it."""
        level = self.body(mnemonic).level
        return None if level is None else level.value

    def level_of_service(self, code: str) -> str | None:
        """Return the level of the bodies that provide a service."""
        passport = self.passport(code)
        return None if passport is None else passport.level.value
