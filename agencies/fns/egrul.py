"""The Federal Tax Service (ФНС): the register of legal entities, and taxpayer numbers of persons."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from agencies.answers import Answer, Answered, Answers, Builder, Question, attribute, child, children, day, text
from agencies.records import Address, Body, Firm, Founder, Identity, Person
from agencies.registers import World
from gateway.xml import Element

EGRUL: Final = "fns/egrul"
INN_BY_PERSON: Final = "fns/inn-by-person"

PASSPORT_CODE: Final = "21"
"""КодВидДок of a passport of a citizen of the Russian Federation (the tax service's list of documents)."""

_NOT_FOUND: Final = "01"

_egrul: Final = Builder("urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6")
_inn: Final = Builder("urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1")


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
    found = _egrul("КодОбр", _NOT_FOUND) if firm is None else _legal_entity(firm, world.today)
    return (Answered(_egrul("FNSVipULResponse", [found], ИдДок=attribute(content, "ИдДок"))),)


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


def inn_by_person(question: Question) -> tuple[Answer, ...]:
    """Answer an FNSINNSingularRequest: name, birth date and passport must all belong to one person."""
    world, content = question.world, question.content
    asked = child(content, "СведФЛ")
    person = _person(world, asked)
    request_id = attribute(content, "ИдЗапрос")
    if person is None:
        answer = _inn("FNSINNSingularResponse", [_inn("КодОбр", _NOT_FOUND)], ИдЗапрос=request_id)
    else:
        answer = _inn("FNSINNSingularResponse", ИдЗапрос=request_id, ИННФЛ=person.inn)
    return (Answered(answer),)


def inn_request(who: Identity, request_id: str, asker: Body) -> Element:
    """Build an FNSINNSingularRequest about `who` for the body `asker`; `request_id` at most 36 long."""
    number = f"{who.passport_series[:2]} {who.passport_series[2:]} {who.passport_number}"
    about: list[Element | None] = [
        _inn("ФИО", Фамилия=who.family_name, Имя=who.first_name, Отчество=who.patronymic),
        _inn("УдЛичнФЛ", КодВидДок=PASSPORT_CODE, СерНомДок=number),
    ]
    return _inn(
        "FNSINNSingularRequest",
        [
            _inn("СведЮЛ", НаимОрг=asker.name, ИННЮЛ=asker.inn, ОГРН=asker.ogrn),
            _inn("СведФЛ", about, ДатаРожд=who.birth_date),
        ],
        ИдЗапрос=request_id,
    )


def read_inn(content: Element) -> str | None:
    """Read the ИНН from an FNSINNSingularResponse; None when nobody was found."""
    return attribute(content, "ИННФЛ") or None


def _person(world: World, asked: Element | None) -> Person | None:
    name, document = child(asked, "ФИО"), child(asked, "УдЛичнФЛ")
    born = day(attribute(asked, "ДатаРожд"))
    if born is None or attribute(document, "КодВидДок") != PASSPORT_CODE:
        return None
    family_name, first_name, patronymic = (attribute(name, part) for part in ("Фамилия", "Имя", "Отчество"))
    holder = world.person_by_passport("", attribute(document, "СерНомДок"))
    namesakes = world.persons_by_name(family_name, first_name, patronymic, born)
    return holder if holder in namesakes else None


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


ANSWERS: Final[Answers] = {EGRUL: egrul, INN_BY_PERSON: inn_by_person}
