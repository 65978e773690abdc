"""The treasury tells of charges and payments what the world knows: by УИН, by УИП, by payer, by days, by pages."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies import treasury
from agencies.answers import attribute, child, children
from agencies.world import PERSONS, Charge, Firm, Payment, Person, World
from gateway import xml
from gateway.xml import Element
from tests.agencies.asking import ASKER, GUID, LIBRARY, WORLD, ask, content_of, rejection_of

indices = st.integers(0, PERSONS - 1)

COMMON = "http://roskazna.ru/gisgmp/xsd/Common/2.5.0"
SEARCH = "http://roskazna.ru/gisgmp/xsd/SearchConditions/2.5.0"

PAYER = next(person for person in WORLD.persons if len(WORLD.payments_of(person)) > 2)
DEBTOR = next(person for person in WORLD.persons if WORLD.unpaid_of(person))


def request(kind_id: str, conditions: str, *, kind: str = "", paging: str = "") -> Element:
    """Write a request by hand, as systems do that know the official schema."""
    data_kind = LIBRARY.catalogue.by_id(kind_id)
    assert data_kind is not None
    root, name = data_kind.request.root, "Payments" if kind_id == treasury.PAYMENTS else "Charges"
    head = f'xmlns="{data_kind.request.namespace}" xmlns:com="{COMMON}" xmlns:sc="{SEARCH}" Id="I_1"'
    sender = 'timestamp="2013-03-04T10:00:00.000+04:00" senderIdentifier="3eb5fa" senderRole="3"'
    kind = kind or ("PAYMENT" if kind_id == treasury.PAYMENTS else "CHARGE")
    body = f'{paging}<sc:{name}ExportConditions kind="{kind}">{conditions}</sc:{name}ExportConditions>'
    return xml.parse(f"<{root} {head} {sender}>{body}</{root}>".encode())


def by_payer(identifier: str, interval: str = "") -> str:
    return f"<sc:PayersConditions><sc:PayerIdentifier>{identifier}</sc:PayerIdentifier>{interval}</sc:PayersConditions>"


def by_uin(*uins: str) -> str:
    bills = "".join(f"<sc:SupplierBillID>{uin}</sc:SupplierBillID>" for uin in uins)
    return f"<sc:ChargesConditions>{bills}</sc:ChargesConditions>"


def payments(conditions: str, paging: str = "") -> Element:
    return content_of(ask(treasury.PAYMENTS, request(treasury.PAYMENTS, conditions, paging=paging)))


def charges(conditions: str, kind: str = "") -> Element:
    return content_of(ask(treasury.CHARGES, request(treasury.CHARGES, conditions, kind=kind)))


def uips(content: Element) -> list[str]:
    return [attribute(one, "paymentId") for one in children(content, "PaymentInfo")]


def uins(content: Element) -> list[str]:
    return [attribute(one, "supplierBillID") for one in children(content, "ChargeInfo")]


# Payments


@given(indices)
def test_the_payments_of_any_person_are_those_of_the_register(index: int) -> None:
    person = WORLD.person(index)
    asked = treasury.payments_request(person.snils, GUID, ASKER, WORLD.today)
    told = treasury.read_payments(content_of(ask(treasury.PAYMENTS, asked)))
    assert told == tuple(
        treasury.Paid(one.uip, one.uin, one.paid, one.amount, one.purpose, treasury.payer_identifier(person))
        for one in WORLD.payments_of(person)
    )


def test_the_payments_of_a_firm_are_those_of_the_register() -> None:
    firm = next(firm for firm in WORLD.firms if WORLD.payments_of(firm))
    found = [one.uip for one in WORLD.payments_of(firm)]
    assert uips(payments(by_payer(treasury.payer_identifier(firm)))) == found
    inn = f"<sc:PayersConditions><sc:PayerInn>{firm.inn}</sc:PayerInn></sc:PayersConditions>"
    assert uips(payments(inn)) == found


def test_a_person_is_found_by_every_identifier_of_a_payer() -> None:
    person = next(one for one in WORLD.persons if one.inn and one.passports and WORLD.payments_of(one))
    passport, found = person.passport, [one.uip for one in WORLD.payments_of(person)]
    for identifier in (
        f"101{passport.series + passport.number:0>19}",
        f"114{person.snils:0>19}",
        f"121{person.inn:0>19}",
        f"4{person.inn}",
    ):
        assert uips(payments(by_payer(identifier))) == found


def test_the_payment_of_a_charge_is_found_by_uin_and_by_uip() -> None:
    payment = next(one for one in WORLD.payments_of(PAYER) if one.uin)
    asked = treasury.payments_request_by_uin(payment.uin or "", GUID, ASKER, WORLD.today)
    content = content_of(ask(treasury.PAYMENTS, asked))
    assert uips(content) == [payment.uip]
    assert content.get("RqId") == f"I_{GUID}"
    assert content.get("recipientIdentifier") == ASKER.inn
    by_uip = f"<sc:PaymentsConditions><sc:PaymentId>{payment.uip}</sc:PaymentId></sc:PaymentsConditions>"
    assert uips(payments(by_uip)) == [payment.uip]


def test_payments_are_those_of_the_days_asked_for() -> None:
    paid = sorted(one.paid for one in WORLD.payments_of(PAYER))
    first, last = paid[1], paid[1]
    days = f'startDate="{first}T00:00:00" endDate="{last}T23:59:59"'
    told = payments(by_payer(treasury.payer_identifier(PAYER), f"<com:TimeInterval {days}/>"))
    assert uips(told) == [one.uip for one in WORLD.payments_of(PAYER) if first <= one.paid <= last]


def test_pages_tell_whether_there_are_more() -> None:
    found = [one.uip for one in WORLD.payments_of(PAYER)]
    pages = [
        payments(by_payer(treasury.payer_identifier(PAYER)), f'<com:Paging pageNumber="{number}" pageLength="2"/>')
        for number in range(1, len(found) // 2 + 2)
    ]
    assert [uip for page in pages for uip in uips(page)] == found
    assert [page.get("hasMore") for page in pages[:1]] == ["true"]
    assert pages[-1].get("hasMore") == "false"


@pytest.mark.parametrize("conditions", [by_payer("114" + "0" * 19), by_payer("2" + "0" * 19), by_uin("0" * 20)])
def test_nobody_has_paid_is_an_empty_list(conditions: str) -> None:
    content = payments(conditions)
    assert len(content) == 0
    assert content.get("hasMore") == "false"


# Charges


@given(indices)
def test_the_charges_of_any_person_are_those_of_the_register(index: int) -> None:
    person = WORLD.person(index)
    told = children(charges(by_payer(treasury.payer_identifier(person))), "ChargeInfo")
    assert [(one.get("supplierBillID"), one.get("totalAmount"), one.get("kbk")) for one in told] == [
        (charge.uin, f"{charge.amount * 100:.0f}", charge.kbk) for charge in WORLD.charges_of(person)
    ]
    unpaid = {charge.uin for charge in WORLD.unpaid_of(person)}
    assert {one.get("supplierBillID") for one in told if one.get("amountToPay") != "0"} == unpaid


def test_a_charge_is_found_by_uin_with_its_payer_and_payee() -> None:
    (first, *_), payer = WORLD.charges_of(PAYER), PAYER
    (told,) = children(charges(by_uin(first.uin)), "ChargeInfo")
    assert attribute(child(told, "Payer"), "payerIdentifier") == treasury.payer_identifier(payer)
    assert attribute(child(told, "Payee"), "inn") == first.recipient_inn


def test_the_unpaid_charges_alone_are_told_where_they_are_asked_for() -> None:
    told = charges(by_payer(treasury.payer_identifier(DEBTOR)), "CHARGENOTFULLMATCHED")
    assert uins(told) == [charge.uin for charge in WORLD.unpaid_of(DEBTOR)]


def test_an_unknown_charge_is_an_empty_list() -> None:
    assert uins(charges(by_uin("0" * 20, "1" * 20))) == []


# What cannot be looked for


@pytest.mark.parametrize("kind_id", [treasury.PAYMENTS, treasury.CHARGES])
@pytest.mark.parametrize("conditions", ["<sc:PayersConditions/>", "<sc:ChargesConditions/>", "<sc:TimeConditions/>"])
def test_a_request_that_names_nothing_is_told_what_to_do(kind_id: str, conditions: str) -> None:
    rejection = rejection_of(ask(kind_id, request(kind_id, conditions)))
    assert rejection.code == "UNKNOWN_REQUEST_DESCRIPTION"
    assert "SupplierBillID" in rejection.description


def test_a_payment_without_a_charge_has_the_uin_0() -> None:
    class ByHand(World):
        def payments_of(self, _: Person | Firm) -> tuple[Payment, ...]:
            payment = WORLD.payments_of(PAYER)[0]
            return (Payment(payment.uip, None, date(2013, 1, 9), Decimal("10.50"), "Госпошлина", *rest(payment)),)

    asked = treasury.payments_request(PAYER.snils, GUID, ASKER, WORLD.today)
    content = content_of(ask(treasury.PAYMENTS, asked, ByHand(37, WORLD.today)))
    assert content[0].get("supplierBillID") == treasury.NO_UIN
    (told,) = treasury.read_payments(content)
    assert (told.uin, told.amount) == (None, Decimal("10.50"))


def rest(one: Payment | Charge) -> tuple[str, str, str, str, str, str]:
    return one.kbk, one.recipient, one.recipient_inn, one.recipient_kpp, one.oktmo, one.payer
