"""The Federal Treasury (Федеральное казначейство): charges and payments in ГИС ГМП."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, TypeAlias, TypeVar

from agencies.answers import Answer, Answered, Answers, Builder, Question, Rejected, attribute, child, children, day
from agencies.world import Body, Charge, Firm, Payment, Person, World
from gateway.protocol import moments
from gateway.xml import Element

PAYMENTS: Final = "treasury/payments"
CHARGES: Final = "treasury/charges"

NO_UIN: Final = "0"
"""SupplierBillID of a payment that names no charge."""

_KOPECKS: Final = 100
_NEW: Final = "1"
_UNPAID: Final = "CHARGENOTFULLMATCHED"
_ROLE: Final = "3"
"""senderRole of one that asks about payments to itself."""

_payments: Final = Builder("urn://roskazna.ru/gisgmp/xsd/services/export-payments/2.5.0")
_charges: Final = Builder("urn://roskazna.ru/gisgmp/xsd/services/export-charges/2.5.0")
_common: Final = Builder("http://roskazna.ru/gisgmp/xsd/Common/2.5.0")
_search: Final = Builder("http://roskazna.ru/gisgmp/xsd/SearchConditions/2.5.0")
_payment: Final = Builder("http://roskazna.ru/gisgmp/xsd/Payment/2.5.0")
_charge: Final = Builder("http://roskazna.ru/gisgmp/xsd/Charge/2.5.0")
_organization: Final = Builder("http://roskazna.ru/gisgmp/xsd/Organization/2.5.0")

Payer: TypeAlias = Person | Firm
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment as a requester reads it, in roubles; `uin` is None for one that names no charge."""

    uip: str
    uin: str | None
    paid: date | None
    amount: Decimal
    purpose: str
    payer: str


def payments(question: Question) -> tuple[Answer, ...]:
    """Answer an ExportPaymentsRequest: by УИН, by УИП, or by payer and days; none found is an empty list."""
    world = question.world

    def by_uin(uin: str) -> Sequence[Payment]:
        charge = world.charge(uin)
        payer = None if charge is None else _payer(world, charge.payer)
        return [] if payer is None else [payment for payment in world.payments_of(payer) if payment.uin == uin]

    conditions = child(question.content, "PaymentsExportConditions")
    by_uip = [world.payment(uip) for uip in _texts(conditions, "PaymentsConditions", "PaymentId")]
    found = _find(world, conditions, by_uin, world.payments_of)
    if found is None and not by_uip:
        return _unnamed("УИН (SupplierBillID), УИП (PaymentId) или плательщика (PayerIdentifier, PayerInn)")
    told = [payment for payment in (*(found or ()), *by_uip) if payment is not None]
    page, more = _page(question.content, [one for one in told if _within(conditions, one.paid)])
    return (Answered(_response(_payments, "ExportPayments", question, [_paid(world, one) for one in page], more)),)


def charges(question: Question) -> tuple[Answer, ...]:
    """Answer an ExportChargesRequest: by УИН or by payer and days; `kind` may ask for the unpaid ones alone."""
    world = question.world

    def by_uin(uin: str) -> Sequence[Charge]:
        charge = world.charge(uin)
        return [] if charge is None else [charge]

    conditions = child(question.content, "ChargesExportConditions")
    found = _find(world, conditions, by_uin, world.charges_of)
    if found is None:
        return _unnamed("УИН (SupplierBillID) или плательщика (PayerIdentifier, PayerInn)")
    told = [(one, _left(world, one)) for one in found if _within(conditions, one.charged)]
    if attribute(conditions, "kind").startswith(_UNPAID):
        told = [(one, left) for one, left in told if left]
    page, more = _page(question.content, told)
    return (Answered(_response(_charges, "ExportCharges", question, [_charged(world, *one) for one in page], more)),)


def payments_request(who: str, request_id: str, sender: Body, asked: date) -> Element:
    """Build an ExportPaymentsRequest for all payments of one: `who` is a СНИЛС of 11 digits.

    `request_id` is a GUID; `asked` the day of the request.
    """
    payer = _search("PayersConditions", [_search("PayerIdentifier", f"114{who:0>19}")])
    return _payments_request(payer, request_id, sender, asked)


def payments_request_by_uin(uin: str, request_id: str, sender: Body, asked: date) -> Element:
    """Build an ExportPaymentsRequest for the payments of one charge; the rest is as in `payments_request`."""
    charge = _search("ChargesConditions", [_search("SupplierBillID", uin)])
    return _payments_request(charge, request_id, sender, asked)


def payments_request_by_inn(inn: str, request_id: str, sender: Body, asked: date) -> Element:
    """Build an ExportPaymentsRequest for all payments of one by ИНН; the rest is as in `payments_request`."""
    payer = _search("PayersConditions", [_search("PayerInn", inn)])
    return _payments_request(payer, request_id, sender, asked)


def read_payments(content: Element) -> tuple[Paid, ...]:
    """Read an ExportPaymentsResponse.

    Raises: decimal.InvalidOperation where an amount is no number (the schema asks for one).
    """
    return tuple(
        Paid(
            uip=attribute(one, "paymentId"),
            uin=None if attribute(one, "supplierBillID") == NO_UIN else attribute(one, "supplierBillID"),
            paid=day(attribute(one, "paymentDate")),
            amount=Decimal(attribute(one, "amount")) / _KOPECKS,
            purpose=attribute(one, "purpose"),
            payer=attribute(child(one, "Payer"), "payerIdentifier"),
        )
        for one in children(content, "PaymentInfo")
    )


def payer_identifier(payer: Payer) -> str:
    """Return the identifier of a payer in ГИС ГМП: a person by СНИЛС, a firm by ИНН and КПП."""
    return f"114{payer.snils:0>19}" if isinstance(payer, Person) else f"2{payer.inn}{payer.kpp}"


def payer_by_identifier(world: World, identifier: str) -> Payer | None:
    """Find whom an identifier of a payer names: a person by passport, СНИЛС or ИНН, a firm by ИНН."""
    kind, number = identifier[:3], identifier[3:]
    if identifier.startswith("2"):
        return world.firm_by_inn(identifier[1:11])
    if identifier.startswith("4"):
        return world.person_by_inn(identifier[1:])
    if kind == "101":
        return world.person_by_passport(number[-10:-6], number[-6:])
    if kind == "114":
        return world.person_by_snils(number[-11:])
    return world.person_by_inn(number[-12:]) if kind == "121" else None


def _find(
    world: World,
    conditions: Element | None,
    by_uin: Callable[[str], Sequence[Item]],
    by_payer: Callable[[Payer], Sequence[Item]],
) -> list[Item] | None:
    uins = _texts(conditions, "ChargesConditions", "SupplierBillID")
    identifiers = _texts(conditions, "PayersConditions", "PayerIdentifier")
    inns = _texts(conditions, "PayersConditions", "PayerInn")
    payers: list[Payer | None] = [
        *(payer_by_identifier(world, identifier) for identifier in identifiers),
        *(world.firm_by_inn(inn) or world.person_by_inn(inn) for inn in inns),
    ]
    if not uins and not payers:
        return None
    found = [one for uin in uins for one in by_uin(uin)]
    return found + [one for payer in payers if payer is not None for one in by_payer(payer)]


def _unnamed(what: str) -> tuple[Answer, ...]:
    return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", f"Укажите в условиях поиска {what}"),)


def _texts(conditions: Element | None, group: str, name: str) -> list[str]:
    parent = child(conditions, group)
    found = [] if parent is None else [(one.text or "").strip() for one in children(parent, name)]
    return [text for text in found if text]


def _within(conditions: Element | None, moment: date) -> bool:
    for group in ("ChargesConditions", "PayersConditions"):
        interval = child(conditions, group, "TimeInterval")
        first, last = day(attribute(interval, "startDate")), day(attribute(interval, "endDate"))
        if (first and moment < first) or (last and moment > last):
            return False
    return True


def _page(content: Element, items: Sequence[Item]) -> tuple[Sequence[Item], bool]:
    paging = child(content, "Paging")
    number, length = attribute(paging, "pageNumber"), attribute(paging, "pageLength")
    if not number.isdecimal() or not length.isdecimal() or not int(length):
        return items, False
    first = max(int(number) - 1, 0) * int(length)
    return items[first : first + int(length)], len(items) > first + int(length)


def _payer(world: World, payer: str) -> Payer | None:
    return world.firm_by_ogrn(payer) if len(payer) == 13 else world.person_by_snils(payer)


def _left(world: World, charge: Charge) -> Decimal:
    payer = _payer(world, charge.payer)
    paid = () if payer is None else world.payments_of(payer)
    return max(charge.amount - sum(one.amount for one in paid if one.uin == charge.uin), Decimal(0))


def _paid(world: World, payment: Payment) -> Element:
    return _payments(
        "PaymentInfo",
        [_payer_element(_payment, world, payment), _payee(payment), _status()],
        paymentId=payment.uip,
        supplierBillID=payment.uin or NO_UIN,
        purpose=payment.purpose,
        amount=_kopecks(payment.amount),
        paymentDate=_moment(payment.paid),
        kbk=payment.kbk,
        oktmo=payment.oktmo,
    )


def _charged(world: World, charge: Charge, left: Decimal) -> Element:
    return _charges(
        "ChargeInfo",
        [_payee(charge), _payer_element(_charge, world, charge), _status()],
        supplierBillID=charge.uin,
        billDate=_moment(charge.charged),
        totalAmount=_kopecks(charge.amount),
        amountToPay=_kopecks(left),
        purpose=charge.purpose,
        kbk=charge.kbk,
        oktmo=charge.oktmo,
    )


def _payer_element(build: Builder, world: World, one: Charge | Payment) -> Element:
    payer = _payer(world, one.payer)
    if payer is None:  # only a fixture can leave out who pays
        return build("Payer", payerIdentifier=f"114{one.payer:0>19}", payerName="Не указан")
    return build("Payer", payerIdentifier=payer_identifier(payer), payerName=payer.full_name)


def _payee(one: Charge | Payment) -> Element:
    return _organization("Payee", name=one.recipient, inn=one.recipient_inn, kpp=one.recipient_kpp)


def _status() -> Element:
    return _common("ChangeStatusInfo", [_common("Meaning", _NEW)])


def _response(build: Builder, name: str, question: Question, told: list[Element], more: bool) -> Element:
    return build(
        f"{name}Response",
        list(told),
        Id=f"I_{question.message_id}",
        RqId=question.content.get("Id"),
        recipientIdentifier=question.content.get("senderIdentifier"),
        timestamp=_moment(question.world.today),
        hasMore="true" if more else "false",
    )


def _payments_request(condition: Element, request_id: str, sender: Body, asked: date) -> Element:
    return _payments(
        "ExportPaymentsRequest",
        [_search("PaymentsExportConditions", [condition], kind="PAYMENT")],
        Id=f"I_{request_id}",
        timestamp=_moment(asked),
        senderIdentifier=sender.inn,
        senderRole=_ROLE,
    )


def _kopecks(amount: Decimal) -> str:
    return f"{amount * _KOPECKS:.0f}"


def _moment(value: date) -> str:
    return moments.write(datetime.combine(value, time(), moments.MOSCOW))


ANSWERS: Final[Answers] = {CHARGES: charges, PAYMENTS: payments}
