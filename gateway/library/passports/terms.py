"""terms.toml: terms to answer that differ from the five working days of Art. 7.2 part 3. Data, because they change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from gateway.domain.services import DEFAULT_TERM_TO_ANSWER, ServicePassport
from gateway.domain.working_time import Term
from gateway.library.passports.tables import Table, read

TERMS_FILE: Final = "terms.toml"
EVERY_KIND: Final = "*"
_KEYS: Final = ("kind", "term", "since", "until", "source", "confidence")


@dataclass(frozen=True, slots=True)
class SpecialTerm:
    """A term to answer requests of a kind ("*" is every kind), from `since` (inclusive) until `until` (exclusive)."""

    kind: str
    term: Term
    since: date | None = None
    until: date | None = None
    source: str = ""
    confidence: str = ""

    def applies(self, day: date) -> bool:
        """Tell whether requests of `day` are answered in this term."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


def read_terms(path: Path) -> tuple[SpecialTerm, ...]:
    """Read a file of terms. A kind that the gateway does not know does no harm there.

    Raises: PassportError.
    """
    table = read(path)
    table.only(("terms",))
    return tuple(_term(each) for each in table.tables("terms"))


def _term(table: Table) -> SpecialTerm:
    table.only(_KEYS)
    since, until = table.period()
    return SpecialTerm(
        kind=table.text("kind"),
        term=table.term("term"),
        since=since,
        until=until,
        source=table.find_text("source") or "",
        confidence=table.find_text("confidence") or "",
    )


def term_to_answer(terms: Iterable[SpecialTerm], kind: str, day: date, passport: ServicePassport | None = None) -> Term:
    """Return the term for a request of `day`: the service's own, else the kind's, else every kind's, else the law's.

    Of several terms in force the one that stands last in `terms` counts.
    """
    if passport is not None and kind in passport.terms_to_answer:
        return passport.terms_to_answer[kind]
    in_force = [term for term in terms if term.applies(day)]
    for wanted in (kind, EVERY_KIND):
        found = [term for term in in_force if term.kind == wanted]
        if found:
            return found[-1].term
    return DEFAULT_TERM_TO_ANSWER
