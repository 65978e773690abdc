"""Whether a taxpayer has debts of taxes, dues and fines."""

from datetime import date
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, attribute, child, text
from agencies.fns.people import NOT_FOUND
from agencies.world import Body, Firm, Person, World
from gateway.xml import Element

TAX_DEBT: Final = "fns/tax-debt"

_TAX_SERVICE: Final = "182"
"""What a КБК that the tax service administers begins with."""

_TAXES: Final = "налогов"
"""What the subject of proceedings for taxes says."""

_debt: Final = Builder("urn://x-artefacts-fns-zadorg/root/548-04/4.0.4")


def tax_debt(question: Question) -> tuple[Answer, ...]:
    """Answer a ZadorgRequest with what the world owes today; КодОбр 01 for a taxpayer that nobody knows."""
    world, content = question.world, question.content
    asked = child(content, "ЗапросНП")
    firm_inn, person_inn = text(asked, "ИННЮЛ"), text(asked, "ИННФЛ")
    if not firm_inn and not person_inn:
        return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", "Укажите ИННЮЛ или ИННФЛ в элементе ЗапросНП"),)
    told = _about_firm(world, firm_inn) if firm_inn else _about_person(world, person_inn)
    request_id = content.get("ИдЗапрос", content.get("ИдЗапросП"))
    return (Answered(_debt("ZadorgResponse", [told], ИдЗапрос=request_id)),)


def tax_debt_request(inn: str, request_id: str, asker: Body, on: date) -> Element:
    """Build a ZadorgRequest about a taxpayer by ИНН (10 digits of a firm, 12 of a person) for the body `asker`.

    `request_id` is at most 36 characters long, `on` the day of which the debts are asked.
    """
    taxpayer = _debt("ИННЮЛ" if len(inn) == 10 else "ИННФЛ", inn)
    return _debt(
        "ZadorgRequest",
        [
            _debt("СвЮЛ", НаимЮЛ=asker.name, ИННЮЛ=asker.inn, ОГРН=asker.ogrn),
            _debt("ЗапросНП", [taxpayer], ДатаНа=on),
        ],
        ИдЗапрос=request_id,
    )


def read_tax_debt(content: Element) -> bool | None:
    """Read from a ZadorgResponse whether there are debts; None when it does not say (nobody knows the taxpayer)."""
    told = attribute(child(content, "СвЗадолж"), "ПрЗадолж")
    return told == "1" if told else None


def _about_firm(world: World, inn: str) -> Element:
    firm = world.firm_by_inn(inn)
    if firm is None:
        return _debt("КодОбр", NOT_FOUND)
    owes = firm.tax_debt > 0 or _owes(world, firm)
    return _told(_debt("ИННЮЛ", inn), firm.tax_office if owes else None, world.today)


def _about_person(world: World, inn: str) -> Element:
    person = world.person_by_inn(inn)
    if person is None:
        return _debt("КодОбр", NOT_FOUND)
    return _told(_debt("ИННФЛ", inn), inn[:4] if _owes(world, person) else None, world.today)


def _owes(world: World, payer: Person | Firm) -> bool:
    unpaid = any(charge.kbk.startswith(_TAX_SERVICE) for charge in world.unpaid_of(payer))
    return unpaid or any(one.until is None and _TAXES in one.subject for one in world.enforcements_of(payer))


def _told(taxpayer: Element, owed_to: str | None, today: date) -> Element:
    offices = None if owed_to is None else _debt("ПеречНО", [_debt("КодИФНС", owed_to)])
    return _debt("СвЗадолж", [taxpayer, offices], ДатаСостСв=today, ПрЗадолж="0" if owed_to is None else "1")
