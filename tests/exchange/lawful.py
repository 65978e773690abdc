"""A city, its portal, and a service with papers of each class: what conversations about the law are held with."""

from datetime import date
from typing import Final

from gateway.domain.law_envelope import write_law_envelope
from gateway.domain.once_only.events import LawEnvelope
from gateway.domain.participants import Participant
from gateway.domain.services import DEFAULT_TERM_TO_ANSWER, Document, DocumentClass, Level, ServicePassport
from gateway.domain.working_time import Term, TermUnit
from gateway.exchange.law import Law, Mode, Unattributed
from gateway.protocol.participant_calls import Outgoing
from tests.exchange.participants import APPLICATION, EGRUL, INN, PASSPORT, Sandbox, example

PORTAL: Final = "PORTAL"
DEMAND: Final = "applicant/demand"
DECISION: Final = "applicant/decision"
CASE: Final = "37-2013-000001"
"""The case of the application that ships as an example: service M23 of the city, applicant Смирнов."""

RENT: Final = ServicePassport(
    code="M23",
    name="Аренда муниципального имущества",
    level=Level.MUNICIPAL,
    body="Администрация",
    documents=(
        Document("charter", "Учредительные документы", "Charter", DocumentClass.PERSONAL, item=13),
        Document(
            "egrul", "Выписка из ЕГРЮЛ", "EGRUL extract", DocumentClass.INTERAGENCY, kind=EGRUL, holder="ФНС России"
        ),
        Document("inn", "Сведения об ИНН", "INN", DocumentClass.INTERAGENCY, kind=INN, holder="ФНС России"),
    ),
    term=Term(10, TermUnit.WORKING_DAYS),
)


class OnePassport:
    """A register of services with one in it."""

    codes = (RENT.code,)

    def by_code(self, code: str) -> ServicePassport | None:
        return RENT if code == RENT.code else None

    def term_to_answer(self, kind: str, day: date, passport: ServicePassport | None = None) -> Term:
        return DEFAULT_TERM_TO_ANSWER


def lawful(sandbox: Sandbox, mode: Mode = Mode.ENFORCE, unattributed: Unattributed = Unattributed.WARN) -> Sandbox:
    """Let the law be kept in `sandbox`, where a portal takes what bodies have to say to applicants."""
    sandbox.participants.add(Participant(PORTAL, "Портал"))
    for kind in (DEMAND, DECISION):
        sandbox.participants.provide(PORTAL, kind)
    sandbox.set_law(Law(OnePassport(), mode, unattributed))
    return sandbox


def demand(document: str, case: str = CASE, *, medium: str = "electronic") -> bytes:
    """What a body asks of the applicant."""
    return (
        '<DemandRequest xmlns="urn://mock-smev/applicant/demand/1.0.0">'
        f"<CaseNumber>{case}</CaseNumber><Document><Code>{document}</Code><Medium>{medium}</Medium></Document>"
        "</DemandRequest>"
    ).encode()


def decision(outcome: str, reason: str = "", document: str = "", case: str = CASE) -> bytes:
    """What a body tells the applicant that it has decided."""
    named = f"<Document>{document}</Document>" if document else ""
    ground = f"<Ground><Reason>{reason}</Reason>{named}</Ground>" if reason else ""
    return (
        '<DecisionRequest xmlns="urn://mock-smev/applicant/decision/1.0.0">'
        f"<CaseNumber>{case}</CaseNumber><Outcome>{outcome}</Outcome>{ground}</DecisionRequest>"
    ).encode()


def application(service: str = "M23", case: str = CASE) -> bytes:
    """The application of the example, for another service or under another number."""
    text = example(APPLICATION).decode()
    return text.replace(CASE, case).replace("<ServiceCode>M23<", f"<ServiceCode>{service}<").encode()


def serving(case: str = CASE, *, service: str = "M23", official: str = "", contact: str = "") -> Outgoing:
    """The law envelope of a request that serves a case."""
    envelope = LawEnvelope(case_number=case, service_code=service, official=official, contact=contact)
    return Outgoing(business_process_metadata=write_law_envelope(envelope))


__all__ = ["APPLICATION", "EGRUL", "INN", "PASSPORT"]
