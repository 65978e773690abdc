"""Who applies for a service, and with what: people of the seeded world, chosen by the number of the case alone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from agencies.applications import Application, NamedPerson, Place, Role
from agencies.municipal import GUARDIANSHIP, SCHOOL
from agencies.needs.objects import EXPERT_CONCLUSION
from agencies.needs.persons import MEDICAL_SERVICES
from agencies.sfr import CHILD_ALLOWANCE
from agencies.world import PERSONS, Address, Estate, Firm, Person, World
from agencies.world.draw import Draw
from agencies.zags import BIRTHS, DEATHS
from gateway.domain.cases import Brought, Medium, Origin
from gateway.domain.services import Document, DocumentClass, ServicePassport

_TRIES: Final = 12
"""How many people are looked at for one who fits, before the next best applies."""
_MAJORITY: Final = 18
_ABOUT_CHILDREN: Final = frozenset({SCHOOL, GUARDIANSHIP, CHILD_ALLOWANCE, BIRTHS})
_PAPER_PERCENT: Final = 40
"""Share of documents that are brought on paper."""


@dataclass(frozen=True, slots=True)
class Filing:
    """An application to be: its case, the service, the body by its ОКТМО."""

    case_number: str
    passport: ServicePassport
    oktmo: str


class Applicants:
    """Makes applications. `own_initiative_percent` is how often somebody brings what another agency holds."""

    def __init__(self, world: World, seed: int, own_initiative_percent: int = 0) -> None:
        self._world, self._seed = world, seed
        self._own_initiative = own_initiative_percent

    def apply(self, filing: Filing, day: date) -> Application:
        """Return the application of somebody who has what the service is about, as far as anybody has."""
        draw = Draw(self._seed, f"applicant/{filing.case_number}", 0)
        fetched = {document.kind or "" for document in filing.passport.to_fetch(day)}
        kind = draw.pick(filing.passport.applicants or ("citizen",))
        firm = self._firm(draw) if kind == "organization" else None
        person = firm.head if firm is not None else self._person(draw, self._wishes(kind, fetched, filing.oktmo))
        estate = self._estate(person, firm, draw)
        entrepreneur = self._world.entrepreneur_of(person) if kind == "entrepreneur" else None
        return replace(
            self._of(person, filing),
            cadastral_number=None if estate is None else estate.cadastral_number,
            place=_place(person.address if estate is None else estate.address),
            ogrn=None if firm is None else firm.ogrn,
            firm_inn=None if firm is None else firm.inn,
            firm_name=None if firm is None else firm.short_name,
            ogrnip=None if entrepreneur is None else entrepreneur.ogrnip,
            named=tuple(self._named(person, fetched)),
            documents=tuple(self._documents(filing.passport.in_force(day), draw)),
            policy_number=f"37{person.snils}000" if MEDICAL_SERVICES in fetched else None,
            expert_conclusion=_conclusion(draw, day) if EXPERT_CONCLUSION in fetched else None,
        )

    # Who

    def _wishes(self, kind: str, fetched: set[str], oktmo: str) -> Sequence[Callable[[Person], bool]]:
        """Return what a fitting applicant is like, what matters most first."""
        world, wishes = self._world, []
        if kind == "entrepreneur":
            wishes.append(lambda person: world.entrepreneur_of(person) is not None)
        if fetched & _ABOUT_CHILDREN:
            wishes.append(lambda person: self._minor(person) is not None)
        if DEATHS in fetched:
            wishes.append(lambda person: self._deceased(person) is not None)
        wishes.append(lambda person: person.address.oktmo.startswith(oktmo[:5]))
        return wishes

    def _person(self, draw: Draw, wishes: Sequence[Callable[[Person], bool]]) -> Person:
        best, most = None, -1
        for _ in range(_TRIES):
            person = self._adult(draw)
            # What matters most weighs more than all that matters less.
            weight = sum(wanted(person) << place for place, wanted in enumerate(reversed(wishes)))
            if weight > most:
                best, most = person, weight
            if weight == (1 << len(wishes)) - 1:
                break
        assert best is not None, "somebody was looked at"  # noqa: S101
        return best

    def _adult(self, draw: Draw) -> Person:
        while True:
            person = self._world.person(draw.below(PERSONS))
            if person.death is None and person.passports and person.citizenship == "RUS":
                return person

    def _firm(self, draw: Draw) -> Firm:
        while True:
            firm = self._world.firms[draw.below(len(self._world.firms))]
            if firm.head.passports and firm.head.death is None:
                return firm

    def _of(self, person: Person, filing: Filing) -> Application:
        return Application(
            case_number=filing.case_number,
            service_code=filing.passport.code,
            service_name=filing.passport.name,
            oktmo=filing.oktmo,
            snils=person.snils,
            applicant=person.identity,
            inn=person.inn,
            sex=person.sex,
            birth_place=person.birth_place or None,
            passport_issued=person.passport.issued,
            passport_issuer=person.passport.issuer_name,
        )

    # About whom and what

    def _named(self, person: Person, fetched: set[str]) -> Iterable[NamedPerson]:
        found: list[tuple[Role, Person | None]] = []
        if fetched & _ABOUT_CHILDREN:
            found.append(("child", self._minor(person)))
        if DEATHS in fetched:
            found.append(("deceased", self._deceased(person)))
        return (NamedPerson(role, other.identity, other.snils) for role, other in found if other is not None)

    def _minor(self, person: Person) -> Person | None:
        today = self._world.today
        minors = [child for child in self._world.children_of(person) if child.age_on(today) < _MAJORITY]
        return next((child for child in minors if child.death is None), None)

    def _deceased(self, person: Person) -> Person | None:
        kin = (self._world.father_of(person), self._world.mother_of(person), self._world.spouse_of(person))
        return next((other for other in kin if other is not None and other.death is not None), None)

    def _estate(self, person: Person, firm: Firm | None, draw: Draw) -> Estate | None:
        owned = self._world.estates_of(firm or person) or self._world.estates_at(person.address)
        return draw.pick(owned) if owned else None

    def _documents(self, documents: Iterable[Document], draw: Draw) -> Iterable[Brought]:
        for document in documents:
            medium = Medium.PAPER if draw.percent(_PAPER_PERCENT) else Medium.ELECTRONIC
            if document.document_class is DocumentClass.PERSONAL and document.mandatory:
                yield Brought(document.code, Origin.REQUIRED, medium)
            elif document.document_class is DocumentClass.INTERAGENCY and draw.percent(self._own_initiative):
                yield Brought(document.code, Origin.OWN_INITIATIVE, medium)


def _place(address: Address) -> Place:
    return Place(address.town, address.street, address.house, address.flat, address.oktmo or None, address.fias or None)


def _conclusion(draw: Draw, day: date) -> tuple[str, date]:
    """Return an invented conclusion of an expert review."""
    made = draw.day(date(day.year - 1, 1, 1), day)
    return f"37-1-1-3-{draw.below(1_000_000):06d}-{made.year}", made
