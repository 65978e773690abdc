"""A case as a body has it before it: what the service needs, what has been asked, what came, what speaks against it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from agencies.applications import Application, Decision, Source
from gateway.domain.cases import Ground, GroundReason, Origin
from gateway.domain.services import Document, ServicePassport
from gateway.exchange.law import Passports
from gateway.xml import Element

BY_PASSPORT: Final = "passport"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that another agency holds: its code in the passport, the kind that fetches it."""

    code: str
    kind: str
    restricted: bool = False

    @classmethod
    def of(cls, document: Document) -> "Wanted":
        """Return what an inter-agency document of a passport wants."""
        return cls(document.code, document.kind or "", document.restricted)


@dataclass(slots=True)
class OpenCase:
    """An application in work. `awaited` are the requests that no final answer has come to, by MessageID."""

    application: Application
    message_id: str
    reply_to: str
    wanted: tuple[Wanted, ...] = ()
    passport: ServicePassport | None = None
    delivery: str | None = None
    """MessageMetadata/MessageId of the application until it is acknowledged."""
    awaited: dict[str, Wanted] = field(default_factory=dict)
    due: datetime | None = None
    sources: list[Source] = field(default_factory=list)
    grounds: list[Ground] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)
    offered: dict[str, Element] = field(default_factory=dict)
    """Requests that SMEV has offered, by kind id."""

    @property
    def number(self) -> str:
        """The number of the case."""
        return self.application.case_number

    def note_objection(self, reason: GroundReason, text: str, document: str | None = None) -> None:
        """Note what speaks against granting, for people and as a coded ground."""
        self.objections.append(text)
        self.grounds.append(Ground(reason, document, evidence=text))

    def decision(self, day: date) -> Decision:
        """Return the decision that the answers lead to: silence and missing answers speak against nobody."""
        service = self.application.service_name
        told = f"Отказ: {'; '.join(self.objections)}" if self.objections else f"Постановление «{service}»"
        return Decision(self.number, not self.objections, day, told, tuple(self.sources), tuple(self.grounds))


class Services:
    """What a body provides: codes of services whose passports say what they need, or a table code = ["kind", …].

    In a table "passport" instead of kinds leaves it to the passport.
    """

    def __init__(self, options: Any, passports: Passports) -> None:
        self._kinds: dict[str, tuple[str, ...] | None]
        if isinstance(options, dict):
            self._kinds = {code: None if kinds == BY_PASSPORT else tuple(kinds) for code, kinds in options.items()}
        else:
            self._kinds = dict.fromkeys(options)
        self._passports = passports

    def __contains__(self, code: str) -> bool:
        return code in self._kinds

    def passport(self, code: str) -> ServicePassport | None:
        """Return the passport of a service, None where the gateway knows none."""
        return self._passports.by_code(code)

    def wanted(self, application: Application, day: date) -> tuple[Wanted, ...]:
        """Return what is to be fetched: what other bodies hold and the applicant has not brought unasked."""
        return tuple(
            wanted
            for wanted in self._needed(application.service_code, day)
            if (brought := application.brought(wanted.code)) is None or brought.origin is not Origin.OWN_INITIATIVE
        )

    def _needed(self, code: str, day: date) -> Iterable[Wanted]:
        kinds, passport = self._kinds.get(code), self._passports.by_code(code)
        fetched = () if passport is None else passport.to_fetch(day)
        if kinds is None:
            return map(Wanted.of, fetched)
        codes = {document.kind: document.code for document in fetched}
        return (Wanted(codes.get(kind, kind), kind) for kind in kinds)
