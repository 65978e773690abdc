"""Applications for public services (our own kind applicant/application): written and read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias, get_args

from agencies.answers import Builder, child, children, day, text
from agencies.demands import read_ground, write_ground
from agencies.world import Identity
from agencies.world.records import Sex
from gateway.domain.cases import Brought, Ground, Medium, Origin
from gateway.xml import Element

KIND: Final = "applicant/application"

Role: TypeAlias = Literal["child", "spouse", "deceased", "other"]
"""Who somebody else is whom an application names."""

_application: Final = Builder("urn://mock-smev/applicant/application/1.0.0")


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody else whom the application is about; `who` has the passport, or a child's birth certificate."""

    role: Role
    who: Identity
    snils: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the object of a service is, as its applicant writes it; ОКТМО of 8 digits, the GUID of ФИАС."""

    locality: str
    street: str
    house: str
    apartment: str | None = None
    oktmo: str | None = None
    fias: str | None = None

    def __str__(self) -> str:
        flat = f", кв. {self.apartment}" if self.apartment else ""
        return f"г. {self.locality}, {self.street}, д. {self.house}{flat}"


@dataclass(frozen=True, slots=True)
class Application:
    """What a citizen, or a firm through its head, asks of a body: СНИЛС of 11 digits, ОКТМО of the body.

    What stands below `applicant` is told where the service needs it, and what `documents` the applicant brought.
    """

    case_number: str
    service_code: str
    service_name: str
    oktmo: str
    snils: str
    applicant: Identity
    cadastral_number: str | None = None
    ogrn: str | None = None
    inn: str | None = None
    sex: Sex | None = None
    birth_place: str | None = None
    passport_issued: date | None = None
    passport_issuer: str | None = None
    firm_inn: str | None = None
    firm_name: str | None = None
    ogrnip: str | None = None
    place: Place | None = None
    uin: str | None = None
    policy_number: str | None = None
    expert_conclusion: tuple[str, date] | None = None
    documents: tuple[Brought, ...] = ()
    named: tuple[NamedPerson, ...] = ()

    def brought(self, code: str) -> Brought | None:
        """Return the document of this code in the application."""
        return next((item for item in self.documents if item.code == code), None)

    def in_role(self, role: Role) -> NamedPerson | None:
        """Return the first person whom the application names in this role."""
        return next((item for item in self.named if item.role == role), None)


@dataclass(frozen=True, slots=True)
class Source:
    """A message that a decision rests on: kind id, MessageID of the answer, who holds the data."""

    kind: str
    message_id: str
    holder: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the body decided. `text` is the document of a granted application, the reason of a refused one."""

    case_number: str
    granted: bool
    decided: date | None
    text: str
    sources: tuple[Source, ...]
    grounds: tuple[Ground, ...] = ()


def write_application(application: Application) -> Element:
    """Build an ApplicationRequest."""
    parameters = list(_parameters(application))
    return _application(
        "ApplicationRequest",
        [
            _application("CaseNumber", application.case_number),
            _application("ServiceCode", application.service_code),
            _application("ServiceName", application.service_name),
            _application("Oktmo", application.oktmo),
            _application("Applicant", list(_applicant(application))),
            _application("Parameters", list(parameters)) if parameters else None,
            *(_written_document(document) for document in application.documents),
            *(_written_named(named) for named in application.named),
        ],
    )


def read_application(content: Element) -> Application:
    """Read an ApplicationRequest, valid by its schema."""
    applicant, passport = child(content, "Applicant"), child(content, "Applicant", "Passport")
    parameters, place = child(content, "Parameters"), child(content, "Parameters", "Address")
    expert = child(parameters, "ExpertConclusion")
    sex = text(applicant, "Sex")
    return Application(
        case_number=text(content, "CaseNumber"),
        service_code=text(content, "ServiceCode"),
        service_name=text(content, "ServiceName"),
        oktmo=text(content, "Oktmo"),
        snils=text(applicant, "Snils"),
        applicant=_read_identity(applicant, passport),
        cadastral_number=text(parameters, "CadastralNumber") or None,
        ogrn=text(parameters, "Ogrn") or None,
        inn=text(applicant, "Inn") or None,
        sex="male" if sex == "male" else "female" if sex == "female" else None,
        birth_place=text(applicant, "BirthPlace") or None,
        passport_issued=day(text(passport, "IssueDate")),
        passport_issuer=text(passport, "Issuer") or None,
        firm_inn=text(parameters, "FirmInn") or None,
        firm_name=text(parameters, "FirmName") or None,
        ogrnip=text(parameters, "Ogrnip") or None,
        place=None if place is None else _read_place(place),
        uin=text(parameters, "Uin") or None,
        policy_number=text(parameters, "PolicyNumber") or None,
        expert_conclusion=None if expert is None else (text(expert, "Number"), day(text(expert, "Date")) or date.min),
        documents=tuple(map(_read_document, children(content, "BroughtDocument"))),
        named=tuple(map(_read_named, children(content, "Named"))),
    )


def write_decision(decision: Decision) -> Element:
    """Build an ApplicationResponse."""
    return _application(
        "ApplicationResponse",
        [
            _application("CaseNumber", decision.case_number),
            _application("Decision", "granted" if decision.granted else "refused"),
            _application("DecisionDate", decision.decided),
            _application("Document" if decision.granted else "Reason", decision.text),
            *(write_ground(_application, ground) for ground in decision.grounds),
            *(
                _application(
                    "UsedSource",
                    [
                        _application("Kind", source.kind),
                        _application("MessageId", source.message_id),
                        _application("Holder", source.holder),
                    ],
                )
                for source in decision.sources
            ),
        ],
    )


def read_decision(content: Element) -> Decision:
    """Read an ApplicationResponse, valid by its schema."""
    return Decision(
        case_number=text(content, "CaseNumber"),
        granted=text(content, "Decision") == "granted",
        decided=day(text(content, "DecisionDate")),
        text=text(content, "Document") or text(content, "Reason"),
        sources=tuple(
            Source(text(used, "Kind"), text(used, "MessageId"), text(used, "Holder"))
            for used in children(content, "UsedSource")
        ),
        grounds=tuple(map(read_ground, children(content, "Ground"))),
    )


# Parts of an application


def _applicant(application: Application) -> Iterable[Element]:
    who = application.applicant
    passport: list[Element | None] = [
        _application("Series", who.passport_series),
        _application("Number", who.passport_number),
        _told("IssueDate", application.passport_issued),
        _told("Issuer", application.passport_issuer),
    ]
    yield _application("Snils", application.snils)
    yield from _name(who)
    yield from _each(("Sex", application.sex), ("BirthPlace", application.birth_place))
    yield _application("Passport", passport)
    yield from _each(("Inn", application.inn))


def _parameters(application: Application) -> Iterable[Element]:
    yield from _each(
        ("CadastralNumber", application.cadastral_number),
        ("Ogrn", application.ogrn),
        ("FirmInn", application.firm_inn),
        ("FirmName", application.firm_name),
        ("Ogrnip", application.ogrnip),
    )
    place, expert = application.place, application.expert_conclusion
    if place is not None:
        parts: list[Element | None] = [
            _told("Oktmo", place.oktmo),
            _application("Locality", place.locality),
            _application("Street", place.street),
            _application("House", place.house),
            _told("Apartment", place.apartment),
            _told("Fias", place.fias),
        ]
        yield _application("Address", parts)
    yield from _each(("Uin", application.uin), ("PolicyNumber", application.policy_number))
    if expert is not None:
        yield _application("ExpertConclusion", list(_each(("Number", expert[0]), ("Date", expert[1]))))


def _written_document(document: Brought) -> Element:
    return _application(
        "BroughtDocument",
        [
            _application("Code", document.code),
            _application("Origin", document.origin.value),
            _application("Medium", document.medium.value),
            _application("Certified", "true") if document.certified else None,
        ],
    )


def _read_document(element: Element) -> Brought:
    return Brought(
        code=text(element, "Code"),
        origin=Origin(text(element, "Origin")),
        medium=Medium(text(element, "Medium")),
        certified=text(element, "Certified") in ("true", "1"),
    )


def _written_named(named: NamedPerson) -> Element:
    who = named.who
    paper: list[Element | None] = [_told("Series", who.passport_series), _application("Number", who.passport_number)]
    return _application(
        "Named",
        [
            _application("Role", named.role),
            _told("Snils", named.snils),
            *_name(who),
            _application("Paper", paper) if who.passport_number else None,
        ],
    )


def _read_named(element: Element) -> NamedPerson:
    roles: tuple[Role, ...] = get_args(Role)
    role: Role = next((role for role in roles if role == text(element, "Role")), "other")
    return NamedPerson(role, _read_identity(element, child(element, "Paper")), text(element, "Snils") or None)


def _read_place(element: Element) -> Place:
    return Place(
        locality=text(element, "Locality"),
        street=text(element, "Street"),
        house=text(element, "House"),
        apartment=text(element, "Apartment") or None,
        oktmo=text(element, "Oktmo") or None,
        fias=text(element, "Fias") or None,
    )


def _name(who: Identity) -> Iterable[Element]:
    yield from _each(("FamilyName", who.family_name), ("FirstName", who.first_name), ("Patronymic", who.patronymic))
    yield _application("BirthDate", who.birth_date)


def _read_identity(element: Element | None, paper: Element | None) -> Identity:
    return Identity(
        text(element, "FamilyName"),
        text(element, "FirstName"),
        text(element, "Patronymic") or None,
        day(text(element, "BirthDate")) or date.min,
        text(paper, "Series"),
        text(paper, "Number"),
    )


def _each(*told: tuple[str, str | date | None]) -> Iterable[Element]:
    return (_application(name, value) for name, value in told if value)


def _told(name: str, value: str | date | None) -> Element | None:
    return _application(name, value) if value else None
