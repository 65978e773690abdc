"""Public services and their passports: which papers a service needs, and who has to bring each of them.

A passport is the technological card of inter-agency interaction (ТКМВ, forms A.1 to A.3) as a value. The split of the
documents is what 210-FZ, Art. 14 item 6 asks of a regulation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from gateway.domain.working_time import Term, TermUnit


class Level(StrEnum):
    """Whose body it is. The prohibitions of Art. 7 came into force by level."""

    FEDERAL = "federal"
    REGIONAL = "regional"
    MUNICIPAL = "municipal"


class DocumentClass(StrEnum):
    """Who brings a document.

    PERSONAL: the applicant himself (Art. 7 part 6, or nobody else holds it). INTERAGENCY: another body holds it, so it
    is fetched, and may only be brought on own initiative. OWN_INITIATIVE: nobody needs it, whoever likes may add it.
    """

    PERSONAL = "personal"
    INTERAGENCY = "interagency"
    OWN_INITIATIVE = "own-initiative"


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a service, from `since` (inclusive) until `until` (exclusive); None is for ever.

    `item` is the item of Art. 7 part 6 that lets it be demanded; a personal document without one is `not_held` by any
    body. `kind` is the id of the data kind that serves an inter-agency one, `holder` the name of who holds it.
    `restricted` data need the consent of Art. 7 part 5. `mandatory` ones must be covered before a decision.
    """

    code: str
    name: str
    name_en: str
    document_class: DocumentClass
    item: int | None = None
    not_held: bool = False
    kind: str | None = None
    holder: str = ""
    since: date | None = None
    until: date | None = None
    mandatory: bool = True
    restricted: bool = False

    def applies(self, day: date) -> bool:
        """Tell whether the document is of this class on `day`."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


DEFAULT_TERM_TO_SEND: Final = Term(2, TermUnit.WORKING_DAYS)
"""Term for sending inter-agency requests where a passport names none; regulations say 1 to 5 working days."""

DEFAULT_TERM_TO_ANSWER: Final = Term(5, TermUnit.WORKING_DAYS)
"""Art. 7.2 part 3."""


@dataclass(frozen=True, slots=True)
class ServicePassport:
    """A public service (услуга) and what it takes. `code` is ours ("R01"), `register_number` that of the register.

    `terms_to_answer` are special terms by kind id. `actions` are the codes of the necessary and mandatory services
    (Art. 9) that may be demanded. `status` and `source` tell what the passport rests on ("sourced", "typical").
    """

    code: str
    name: str
    level: Level
    body: str
    documents: tuple[Document, ...]
    term: Term
    term_to_send: Term = DEFAULT_TERM_TO_SEND
    terms_to_answer: Mapping[str, Term] = field(default_factory=dict)
    name_en: str = ""
    applicants: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    register_number: str | None = None
    status: str = "typical"
    source: str = ""
    based_on: str | None = None
    """The code of the service whose other documents are needed too; they are among `documents`."""

    def document(self, code: str, day: date) -> Document | None:
        """Return the document `code` as it is classed on `day`."""
        return next((item for item in self.documents if item.code == code and item.applies(day)), None)

    def knows(self, code: str) -> bool:
        """Tell whether the passport lists the document on any day."""
        return any(item.code == code for item in self.documents)

    def in_force(self, day: date) -> tuple[Document, ...]:
        """Return the documents of `day`."""
        return tuple(item for item in self.documents if item.applies(day))

    def of_kind(self, kind: str, day: date) -> Document | None:
        """Return the inter-agency document that the data kind serves on `day`."""
        return next((item for item in self.documents if item.kind == kind and item.applies(day)), None)

    def to_fetch(self, day: date) -> tuple[Document, ...]:
        """Return the inter-agency documents of `day`."""
        wanted = DocumentClass.INTERAGENCY
        return tuple(item for item in self.documents if item.document_class is wanted and item.applies(day))
