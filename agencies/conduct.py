"""How a simulated agency keeps the law, or breaks it in named ways; and how long its work takes.

Chance is keyed by who, which case and which kind, so that it does not depend on the order of events.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol, Self

from agencies.world.draw import Draw
from gateway.domain.working_time import Term, due
from gateway.words import say

_CERTAIN: Final = 1_000_000
_LATER: Final = timedelta(hours=10)
"""How long after a term has ended somebody who is late does it: in the morning of the next day."""


class Way(StrEnum):
    """A way to break 210-FZ: of a body that provides services, or of a holder of data."""

    DEMANDS_HELD_DOCUMENTS = "demands-held-documents"
    """It demands from the applicant what another agency holds (Art. 7 part 1 item 2)."""
    REFUSES_FOR_LACK = "refuses-for-lack"
    """It refuses the service because such a document was not brought."""
    REFUSES_FOR_SILENCE = "refuses-for-silence"
    """It refuses because a holder has not answered in time."""
    SENDS_LATE = "sends-late"
    """It sends its requests after their term."""
    ASKS_WITHOUT_CASE = "asks-without-case"
    """It asks about the applicant besides, without a case."""
    ANSWERS_LATE = "answers-late"
    """It answers after the term of Art. 7.2 part 3."""
    SILENT = "silent"
    """It does not answer at all."""
    ASKS_APPLICANT = "asks-applicant"
    """It answers that the applicant is to be asked."""


class InvalidConduct(ValueError):
    """`conduct` in the options of a node is not understood; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """In which share of cases (0 to 1) an agency goes each way; none for one that keeps the law."""

    shares: Mapping[Way, float] = field(default_factory=dict)
    seed: int = 0

    @classmethod
    def read(cls, options: Mapping[str, Any]) -> Self:
        """Read `conduct` of a node's options: a list of ways that it always goes, or a table of way = share.

        Raises: InvalidConduct.
        """
        told = options.get("conduct", [])
        pairs = told.items() if isinstance(told, dict) else [(way, 1.0) for way in told]
        try:
            shares = {Way(way): float(share) for way, share in pairs}
        except (ValueError, TypeError) as error:
            raise _unknown(told) from error
        if not all(0 <= share <= 1 for share in shares.values()):
            raise _unknown(told)
        return cls(shares, int(options.get("seed", 0)))

    def does(self, way: Way, body: str, case: str, kind: str = "") -> bool:
        """Tell whether `body` goes this way in this case."""
        share = self.shares.get(way, 0.0)
        return share > 0 and Draw(self.seed, f"{way}/{body}/{case}/{kind}", 0).below(_CERTAIN) < share * _CERTAIN


def _unknown(told: object) -> InvalidConduct:
    ways = ", ".join(Way)
    return InvalidConduct(
        say(
            f"conduct: ожидались доли от 0 до 1 для {ways}; найдено {told!r}",
            f"conduct: expected shares from 0 to 1 of {ways}; found {told!r}",
        )
    )


class Pace(Protocol):
    """When an agency does what it has to do; each moment is now or later."""

    def sends(self, body: str, case: str, now: datetime) -> datetime:
        """Return when the requests of a case go out."""

    def decides(self, body: str, case: str, now: datetime) -> datetime:
        """Return when a case is decided on whose answers are all there."""

    def answers(self, holder: str, case: str, kind: str, now: datetime) -> datetime:
        """Return when an inter-agency request is answered in time."""


class AtOnce:
    """The pace of a machine: everything happens now."""

    def sends(self, body: str, case: str, now: datetime) -> datetime:
        return now

    def decides(self, body: str, case: str, now: datetime) -> datetime:
        return now

    def answers(self, holder: str, case: str, kind: str, now: datetime) -> datetime:
        return now


def too_late(now: datetime, term: Term) -> datetime:
    """Return a moment after `term` has ended that began now."""
    return due(now, term) + _LATER
