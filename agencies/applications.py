"""Applications for public services (our own kind applicant/application): written and read."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from agencies.answers import Builder, child, children, day, text
from agencies.world import Identity
from gateway.xml import Element

KIND: Final = "applicant/application"

_application: Final = Builder("urn://mock-smev/applicant/application/1.0.0")


@dataclass(frozen=True, slots=True)
class Application:
    """What a citizen asks of a body: СНИЛС of 11 digits, ОКТМО of the body, what the service is about."""

    case_number: str
    service_code: str
    service_name: str
    oktmo: str
    snils: str
    applicant: Identity
    cadastral_number: str | None = None
    ogrn: str | None = None


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


def write_application(application: Application) -> Element:
    """Build an ApplicationRequest."""
    who = application.applicant
    cadastral, ogrn = application.cadastral_number, application.ogrn
    parameters: list[Element | None] = [
        None if cadastral is None else _application("CadastralNumber", cadastral),
        None if ogrn is None else _application("Ogrn", ogrn),
    ]
    return _application(
        "ApplicationRequest",
        [
            _application("CaseNumber", application.case_number),
            _application("ServiceCode", application.service_code),
            _application("ServiceName", application.service_name),
            _application("Oktmo", application.oktmo),
            _application(
                "Applicant",
                [
                    _application("Snils", application.snils),
                    _application("FamilyName", who.family_name),
                    _application("FirstName", who.first_name),
                    None if who.patronymic is None else _application("Patronymic", who.patronymic),
                    _application("BirthDate", who.birth_date),
                    _application(
                        "Passport",
                        [_application("Series", who.passport_series), _application("Number", who.passport_number)],
                    ),
                ],
            ),
            _application("Parameters", parameters) if cadastral or ogrn else None,
        ],
    )


def read_application(content: Element) -> Application:
    """Read an ApplicationRequest, valid by its schema."""
    applicant, passport = child(content, "Applicant"), child(content, "Applicant", "Passport")
    return Application(
        case_number=text(content, "CaseNumber"),
        service_code=text(content, "ServiceCode"),
        service_name=text(content, "ServiceName"),
        oktmo=text(content, "Oktmo"),
        snils=text(applicant, "Snils"),
        applicant=Identity(
            text(applicant, "FamilyName"),
            text(applicant, "FirstName"),
            text(applicant, "Patronymic") or None,
            day(text(applicant, "BirthDate")) or date.min,
            text(passport, "Series"),
            text(passport, "Number"),
        ),
        cadastral_number=text(content, "Parameters", "CadastralNumber") or None,
        ogrn=text(content, "Parameters", "Ogrn") or None,
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
    )
