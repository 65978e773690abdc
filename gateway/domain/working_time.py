"""Working days of the Russian production calendar, terms and the moments they end at.

The day of receipt is not counted (Civil Code, Art. 191); a term of working days ends with its last day.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self


class TermUnit(StrEnum):
    """What a term is counted in."""

    HOURS = "hours"
    WORKING_DAYS = "working days"
    CALENDAR_DAYS = "calendar days"


_WRITTEN: Final = re.compile(r"(\d{1,4}) (hours?|working days?|calendar days?)")


class InvalidTerm(ValueError):
    """Not a term; the text says what was found."""


@dataclass(frozen=True, slots=True)
class Term:
    """A number of hours, working days or calendar days; `str` gives what `parse` reads."""

    number: int
    unit: TermUnit

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "48 hours", "5 working days", "30 calendar days".

        Raises: InvalidTerm.
        """
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise InvalidTerm(f"{text!r}")
        return cls(int(found[1]), TermUnit(found[2] if found[2].endswith("s") else f"{found[2]}s"))

    def __str__(self) -> str:
        unit = self.unit.value if self.number != 1 else self.unit.value.removesuffix("s")
        return f"{self.number} {unit}"
