"""The register of legal entities (ЕГРЮЛ)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, attribute, child, children, day, text
from agencies.fns.people import NOT_FOUND
from agencies.world import Address, Firm, Founder, Person
from gateway.xml import Element

EGRUL: Final = "fns/egrul"

_egrul: Final = Builder("urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6")


@dataclass(frozen=True, slots=True)
class EgrulExtract:
    """What a requester reads from an extract: `ceased` is None while the firm exists."""

    ogrn: str
    inn: str
    full_name: str
    registered: date | None
    ceased: date | None
    extract_date: date | None
    heads: tuple[str, ...]


def egrul(question: Question) -> tuple[Answer, ...]:
    """Answer an FNSVipULRequest with the extract, or with КодОбр 01 for a firm not in the register."""
    world, content = question.world, question.content
    asked = child(content, "ЗапросЮЛ")
    firm = world.firm_by_ogrn(text(asked, "ОГРН")) or world.firm_by_inn(text(asked, "ИННЮЛ"))
    found = _egrul("КодОбр", NOT_FOUND) if firm is None else _legal_entity(firm, world.today)
    return (Answered(_egrul("FNSVipULResponse", [found], ИдДок=content.get("ИдДок"))),)


def egrul_request(ogrn: str, request_id: str, case_number: str) -> Element:
    """Build an FNSVipULRequest; `request_id` is a GUID of 36 characters, `case_number` at most 50 long."""
    asked = _egrul("ЗапросЮЛ", [_egrul("ОГРН", ogrn)])
    return _egrul("FNSVipULRequest", [asked], ИдДок=request_id, НомерДела=case_number)


def read_egrul(content: Element) -> EgrulExtract | None:
    """Read an FNSVipULResponse; None when it says that the register has no such firm."""
    firm = child(content, "СвЮЛ")
    if firm is None:
        return None
    officers = [child(officer, "СвФЛ") for officer in children(firm, "СведДолжнФЛ")]
    return EgrulExtract(
        ogrn=attribute(firm, "ОГРН"),
        inn=attribute(firm, "ИНН"),
        full_name=attribute(child(firm, "СвНаимЮЛ"), "НаимЮЛПолн"),
        registered=day(attribute(firm, "ДатаОГРН")),
        ceased=day(attribute(child(firm, "СвПрекрЮЛ"), "ДатаПрекрЮЛ")),
        extract_date=day(attribute(firm, "ДатаВып")),
        heads=tuple(
            " ".join(filter(None, (attribute(officer, part) for part in ("Фамилия", "Имя", "Отчество"))))
            for officer in officers
        ),
    )


def _legal_entity(firm: Firm, today: date) -> Element:
    code, status = ("101", "Действующее") if firm.ceased is None else ("201", "Прекратило деятельность")
    okved = _egrul("СвОКВЭДОсн", КодОКВЭД=firm.okved, НаимОКВЭД=firm.okved_name)
    return _egrul(
        "СвЮЛ",
        [
            _egrul("СвНаимЮЛ", НаимЮЛПолн=firm.full_name, НаимЮЛСокр=firm.short_name),
            _egrul("СвАдресЮЛ", [_address(firm.address)]),
            _egrul("СвРегОрг", КодНО=firm.tax_office),
            _egrul("СвСтатус", [_egrul("СвСтатус", КодСтатусЮЛ=code, НаимСтатусЮЛ=status)]),
            None if firm.ceased is None else _egrul("СвПрекрЮЛ", ДатаПрекрЮЛ=firm.ceased),
            _egrul("СвУстКап", НаимВидКап="Уставный капитал", СумКап=_money(firm.capital)),
            _egrul(
                "СведДолжнФЛ",
                [_named(firm.head), _egrul("СвДолжн", НаимДолжн=firm.head_position)],
            ),
            _egrul("СвУчредит", [_founder(founder) for founder in firm.founders]),
            _egrul("СвОКВЭД", [okved]),
        ],
        ДатаВып=today,
        ОГРН=firm.ogrn,
        ДатаОГРН=firm.registered,
        ИНН=firm.inn,
        КПП=firm.kpp,
        ПолнНаимОПФ=firm.legal_form,
    )


def _address(address: Address) -> Element:
    return _egrul(
        "АдресРФ",
        Индекс=address.index,
        КодРегион="37",
        Город=address.town,
        Улица=address.street,
        Дом=address.house,
        Кварт=address.flat,
    )


def _founder(founder: Founder) -> Element:
    share = _egrul("ДоляУстКап", НоминСтоим=_money(founder.share))
    return _egrul("УчрФЛ", [_named(founder.person), share])


def _named(person: Person) -> Element:
    return _egrul(
        "СвФЛ",
        Фамилия=person.family_name,
        Имя=person.first_name,
        Отчество=person.patronymic,
        ИННФЛ=person.inn,
    )


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"
