"""The Federal Bailiff Service (ФССП): enforcement proceedings against a debtor."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from agencies.answers import Answer, Answered, Answers, Builder, Question, Rejected, child, children, day, text
from agencies.finding import inside
from agencies.world import Body, Enforcement, Firm, Identity, Person, World
from gateway.xml import Element

ENFORCEMENT: Final = "fssp/enforcement"

BAILIFFS: Final = "ФССП"
"""ReceiverID of an inquiry, SenderID of an answer."""

_root: Final = Builder("urn://x-artifacts-fssp-ru/mvv/smev3/inquiry-documents/1.1.1")
_container: Final = Builder("urn://x-artifacts-fssp-ru/mvv/smev3/container/1.1.0")


@dataclass(frozen=True, slots=True)
class Proceeding:
    """What a requester reads of a proceeding, in roubles; `ended` is None while it goes on."""

    number: str
    opened: date | None
    ended: date | None
    subject: str
    amount: Decimal
    balance: Decimal


def enforcement(question: Question) -> tuple[Answer, ...]:
    """Answer an InquiryDocumentsRequest with every proceeding; none, or a debtor nobody knows, is an empty list.

    A request without a Debtor, because its inquiry is in an attachment, is rejected with UNKNOWN_REQUEST_DESCRIPTION.
    """
    world, content = question.world, question.content
    debtor = _debtor(world, inside(content, "Debtor"))
    if isinstance(debtor, Rejected):
        return (debtor,)
    proceedings = [] if debtor is None else [_proceeding(one) for one in world.enforcements_of(debtor)]
    return (
        Answered(
            _root(
                "InquiryDocumentsResponse",
                [
                    _container("ID", question.message_id),
                    _container("Date", f"{world.today}T00:00:00"),
                    _container("SenderID", BAILIFFS),
                    _container("ReceiverID", text(content, "SenderID") or "Не указан"),
                    _container("Document", [_root("Proceedings", list(proceedings))]),
                ],
            )
        ),
    )


def enforcement_request(who: Identity, request_id: str, asker: Body, asked: date) -> Element:
    """Build an InquiryDocumentsRequest about a person for the body `asker`; `request_id` at most 250 characters."""
    debtor = _root(
        "Debtor",
        [
            _root("FamilyName", who.family_name),
            _root("FirstName", who.first_name),
            None if who.patronymic is None else _root("Patronymic", who.patronymic),
            _root("BirthDate", who.birth_date),
        ],
    )
    return _inquiry(debtor, request_id, asker, asked)


def enforcement_request_by_number(number: str, request_id: str, asker: Body, asked: date) -> Element:
    """Build an InquiryDocumentsRequest by a СНИЛС of 11 digits or an ИНН of 10 or 12; the rest as by name."""
    debtor = _root("Debtor", [_root("Snils" if len(number) == 11 else "Inn", number)])
    return _inquiry(debtor, request_id, asker, asked)


def read_enforcement(content: Element) -> tuple[Proceeding, ...]:
    """Read an InquiryDocumentsResponse.

    Raises: decimal.InvalidOperation where a sum is no number (the schema asks for one).
    """
    proceedings = child(content, "Document", "Proceedings")
    found = [] if proceedings is None else children(proceedings, "Proceeding")
    return tuple(
        Proceeding(
            number=text(one, "Number"),
            opened=day(text(one, "OpenedOn")),
            ended=day(text(one, "EndedOn")),
            subject=text(one, "Subject"),
            amount=Decimal(text(one, "Amount")),
            balance=Decimal(text(one, "Balance")),
        )
        for one in found
    )


def _inquiry(debtor: Element, request_id: str, asker: Body, asked: date) -> Element:
    return _root(
        "InquiryDocumentsRequest",
        [
            _container("ID", request_id),
            _container("Date", f"{asked}T00:00:00"),
            _container("SenderID", asker.inn),
            _container("ReceiverID", BAILIFFS),
            _container("Document", [debtor]),
        ],
    )


def _debtor(world: World, asked: Element | None) -> Person | Firm | Rejected | None:
    if asked is None:
        return Rejected(
            "UNKNOWN_REQUEST_DESCRIPTION",
            "Запрос во вложении не читается: укажите должника в элементе Debtor внутри Document",
        )
    snils, inn = text(asked, "Snils"), text(asked, "Inn")
    if snils or inn:
        return world.person_by_snils(snils) if snils else world.firm_by_inn(inn) or world.person_by_inn(inn)
    born = day(text(asked, "BirthDate"))
    names = text(asked, "FamilyName"), text(asked, "FirstName"), text(asked, "Patronymic")
    if born is None or not all(names[:2]):
        return Rejected("UNKNOWN_REQUEST_DESCRIPTION", "Укажите фамилию, имя и дату рождения должника, СНИЛС или ИНН")
    found = world.persons_by_name(*names, born)
    if len(found) > 1:
        advice = "укажите СНИЛС или ИНН"
        return Rejected("NO_DATA", f"Граждан с указанными данными найдено несколько ({len(found)}), {advice}")
    return found[0] if found else None


def _proceeding(one: Enforcement) -> Element:
    ended = (
        []
        if one.until is None
        else [_root("EndedOn", one.until), _root("EndedBecause", one.ended_because or "Окончено")]
    )
    return _root(
        "Proceeding",
        [
            _root("Number", one.number),
            _root("OpenedOn", one.since),
            _root("Subject", one.subject),
            _root("ExecutiveDocument", one.document),
            _root("Amount", f"{one.amount:.2f}"),
            _root("Balance", f"{one.balance:.2f}"),
            _root("Office", one.office),
            _root("Bailiff", one.bailiff),
            *ended,
        ],
    )


ANSWERS: Final[Answers] = {ENFORCEMENT: enforcement}
