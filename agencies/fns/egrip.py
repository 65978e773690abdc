"""The register of individual entrepreneurs (ЕГРИП)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, attribute, child, day, text
from agencies.fns.people import NOT_FOUND
from agencies.world import Entrepreneur, Person
from gateway.xml import Element

EGRIP: Final = "fns/egrip"

_egrip: Final = Builder("urn://x-artefacts-fns-vipip-tosmv-ru/311-15/4.0.5")


@dataclass(frozen=True, slots=True)
class EgripExtract:
    """What a requester reads from an extract: `ceased` is None while the person is an entrepreneur."""

    ogrnip: str
    inn: str
    full_name: str
    registered: date | None
    ceased: date | None
    extract_date: date | None


def egrip(question: Question) -> tuple[Answer, ...]:
    """Answer an FNSVipIPRequest with the extract, or with КодОбр 01 for who is not in the register."""
    world, content = question.world, question.content
    asked = child(content, "ЗапросИП")
    person = world.person_by_ogrnip(text(asked, "ОГРНИП")) or world.person_by_inn(text(asked, "ИНН"))
    entrepreneur = None if person is None else world.entrepreneur_of(person)
    if person is None or entrepreneur is None:
        found = _egrip("КодОбр", NOT_FOUND)
    else:
        found = _extract(person, entrepreneur, world.today)
    return (Answered(_egrip("FNSVipIPResponse", [found], ИдДок=content.get("ИдДок"))),)


def egrip_request(ogrnip: str, request_id: str, case_number: str) -> Element:
    """Build an FNSVipIPRequest; `request_id` is a GUID of 36 characters, `case_number` at most 50 long."""
    return _request(_egrip("ОГРНИП", ogrnip), request_id, case_number)


def egrip_request_by_inn(inn: str, request_id: str, case_number: str) -> Element:
    """Build an FNSVipIPRequest by the person's ИНН of 12 digits; the rest is as in `egrip_request`."""
    return _request(_egrip("ИНН", inn), request_id, case_number)


def read_egrip(content: Element) -> EgripExtract | None:
    """Read an FNSVipIPResponse; None when it says that the register has no such entrepreneur."""
    found = child(content, "СвИП")
    if found is None:
        return None
    name = child(found, "СвФЛ", "ФИОРус")
    return EgripExtract(
        ogrnip=attribute(found, "ОГРНИП"),
        inn=attribute(child(found, "СвУчетНО"), "ИННФЛ"),
        full_name=" ".join(filter(None, (attribute(name, part) for part in ("Фамилия", "Имя", "Отчество")))),
        registered=day(attribute(found, "ДатаОГРНИП")),
        ceased=day(attribute(child(found, "СвПрекращ"), "ДатаПрекращ")),
        extract_date=day(attribute(found, "ДатаВып")),
    )


def _request(number: Element, request_id: str, case_number: str) -> Element:
    return _egrip("FNSVipIPRequest", [_egrip("ЗапросИП", [number])], ИдДок=request_id, НомерДела=case_number)


def _extract(person: Person, entrepreneur: Entrepreneur, today: date) -> Element:
    code, status = ("101", "Действующий") if entrepreneur.ceased is None else ("201", "Прекратил деятельность")
    okved = _egrip("СвОКВЭДОсн", КодОКВЭД=entrepreneur.okved, НаимОКВЭД=entrepreneur.okved_name)
    name = _egrip("ФИОРус", Фамилия=person.family_name, Имя=person.first_name, Отчество=person.patronymic)
    return _egrip(
        "СвИП",
        [
            _egrip("СвФЛ", [name]),
            _citizenship(person),
            _egrip("СвАдрМЖ", [_home(person)]),
            _egrip("СвРегИП", ОГРНИП=entrepreneur.ogrnip, ДатаОГРНИП=entrepreneur.registered),
            _egrip("СвРегОрг", КодНО=entrepreneur.tax_office),
            _egrip("СвСтатус", [_egrip("СвСтатус", КодСтатус=code, НаимСтатус=status)]),
            None if entrepreneur.ceased is None else _egrip("СвПрекращ", ДатаПрекращ=entrepreneur.ceased),
            None if person.inn is None else _egrip("СвУчетНО", ИННФЛ=person.inn),
            _egrip("СвОКВЭД", [okved]),
        ],
        ДатаВып=today,
        ОГРНИП=entrepreneur.ogrnip,
        ДатаОГРНИП=entrepreneur.registered,
        КодВидИП="1",
        НаимВидИП="Индивидуальный предприниматель",
    )


def _citizenship(person: Person) -> Element:
    if person.citizenship == "RUS":
        return _egrip("СвГражд", ВидГражд="1", ОКСМ="643", НаимСтран="Россия")
    return _egrip("СвГражд", ВидГражд="2" if person.citizenship else "3")


def _home(person: Person) -> Element:
    address = person.address
    return _egrip(
        "АдресРФ",
        Индекс=address.index,
        КодРегион="37",
        Город=address.town,
        Улица=address.street,
        Дом=address.house,
        Кварт=address.flat,
    )
