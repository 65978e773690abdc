"""Whether two subjects are the same, as far as what is known of them tells."""

import unicodedata
from enum import Enum, auto
from typing import Final

from gateway.domain.cases import Subject

_DIAERESIS: Final = "\u0308"


class Likeness(Enum):
    """What a comparison came to. UNKNOWN: nothing that both have in common tells."""

    SAME = auto()
    OTHER = auto()
    UNKNOWN = auto()


def compared(one: Subject, two: Subject) -> Likeness:
    """Compare two subjects: by numbers where both have one, else by name and date of birth.

    Names are compared without regard to case, and as if the letter yo were ye, which most registers write.
    """
    numbers = _known((one.snils, two.snils), (one.inn, two.inn), (one.ogrn, two.ogrn))
    if numbers:
        return Likeness.SAME if all(left == right for left, right in numbers) else Likeness.OTHER
    names = _known(
        (_folded(one.family_name), _folded(two.family_name)), (_folded(one.first_name), _folded(two.first_name))
    )
    births = [(one.birth_date, two.birth_date)] if one.birth_date and two.birth_date else []
    if any(left != right for left, right in [*names, *births]):
        return Likeness.OTHER
    return Likeness.SAME if len(names) == 2 and births else Likeness.UNKNOWN


def _known(*pairs: tuple[str | None, str | None]) -> list[tuple[str, str]]:
    return [(one, two) for one, two in pairs if one and two]


def _folded(name: str | None) -> str | None:
    return name and unicodedata.normalize("NFD", name.strip().casefold()).replace(_DIAERESIS, "")
