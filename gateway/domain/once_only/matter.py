"""What is judged, and what a judgement says: the shapes that every rule's function takes and gives.

A rule's function is pure. It takes the matter and the event, and yields a finding for each breach that it sees.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from gateway.domain.cases import Case
from gateway.domain.once_only.events import Event
from gateway.domain.once_only.violation import Verdict
from gateway.domain.services import Document, DocumentClass, Level, ServicePassport

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Matter:
    """An event with all that it is judged by. `day` is the date of `now` in Moscow."""

    case: Case | None
    passport: ServicePassport | None
    event: Event
    now: datetime
    day: date

    @property
    def kind(self) -> type[Any]:
        """The class of the event."""
        return type(self.event)

    @property
    def level(self) -> Level | None:
        """The level of the body whose case it is; None where neither case nor passport tells."""
        if self.case is not None:
            return self.case.level
        return None if self.passport is None else self.passport.level

    def document(self, code: str) -> Document | None:
        """Return the passport's document `code` as it is classed today."""
        return None if self.passport is None else self.passport.document(code, self.day)

    def is_interagency(self, code: str) -> bool:
        """Tell whether another body holds the document today."""
        document = self.document(code)
        return document is not None and document.document_class is DocumentClass.INTERAGENCY

    def served_by(self, kind: str) -> Document | None:
        """Return the document of today that the data kind serves.

        That is an inter-agency one where there is one; else one which the kind serves on other dates, as a birth
        certificate was personal before the register of civil acts.
        """
        documents = () if self.passport is None else self.passport.documents
        codes = {document.code for document in documents if document.kind == kind}
        today = [item for item in documents if item.code in codes and item.applies(self.day)]
        fetched = [item for item in today if item.document_class is DocumentClass.INTERAGENCY and item.kind == kind]
        others = [item for item in today if item.document_class is not DocumentClass.INTERAGENCY]
        return next(iter(fetched or others), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach. `body` is the mnemonic of who breaks the rule; `code` stands for a document that is not known.

    `verdict` is lighter than that of the rule, where the law lets it be; `refuses` is False where the message is taken
    although the rule is one that refuses.
    """

    body: str
    expected: str
    found: str
    advice: str
    document: Document | None = None
    code: str = ""
    kind: str = ""
    holder: str = ""
    message_id: str = ""
    verdict: Verdict | None = None
    refuses: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """Has `judge` look at events of one kind."""

    kind: type[object]
    judge: Callable[[Matter, Any], Iterable[Finding]]

    def __call__(self, matter: Matter) -> Iterable[Finding]:
        """Return what is wrong with the event; () when it is of another kind."""
        return self.judge(matter, matter.event) if isinstance(matter.event, self.kind) else ()


def when(kind: type[E], judge: Callable[[Matter, E], Iterable[Finding]]) -> Check:
    """Return the check that has `judge` look at events of one kind."""
    return Check(kind, judge)
