"""The general request for a record of a civil act, by its type; here records of births are told."""

from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, attribute, child, day, text
from agencies.finding import Named
from agencies.world import Act, IdentityDocument, Person, World
from agencies.zags.questions import Asked, find
from agencies.zags.writing import ABSENT, office, sex
from gateway.xml import Element

ACT_RECORD: Final = "zags/act-record"

_BIRTH: Final = ("1", "01")
_CERTIFICATE: Final = "03"
_FOUND: Final = "1"
_NOTHING: Final = "2"
_IN_FORCE: Final = "01"

_root: Final = Builder("urn://x-artefacts-zags-inform/root/112-11/4.0.4")
_types: Final = Builder("urn://x-artefacts-zags-inform/types/4.0.4")


def act_record(question: Question) -> tuple[Answer, ...]:
    """Answer an informRequest about a birth; РезОбраб 2 says that the register has no such record."""
    content = question.content
    act_type = attribute(content, "ТипАГС")
    if act_type not in _BIRTH:
        advice = "здесь выдаются записи о рождении (1), остальные запросите отдельными видами сведений"
        return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", f"ТипАГС {act_type or '(не указан)'}: {advice}"),)
    asked = _read(content)
    if not asked.names_somebody:
        return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", "Укажите фамилию, имя и дату рождения либо СНИЛС"),)
    found = find(question.world, asked)
    if len(found) > 1:
        return (Rejected("NO_DATA", f"Граждан с указанными данными найдено несколько ({len(found)}), укажите СНИЛС"),)
    return (Answered(_response(question, asked, found[0] if found else None)),)


def _read(content: Element) -> Asked:
    person = child(content, "СведФЛ")
    name = child(person, "ФИО")
    return Asked(
        document_id="",
        named=Named(text(name, "Фамилия"), text(name, "Имя"), text(name, "Отчество"), day(text(person, "ДатаРожд"))),
        snils=attribute(person, "СНИЛС"),
        paper=("", ""),
        role="",
        record_number=attribute(child(content, "СведАГС"), "НомерЗапис"),
    )


def _response(question: Question, asked: Asked, person: Person | None) -> Element:
    content, act = question.content, None if person is None else person.birth.act
    told = None
    if person is not None and act is not None and asked.record_number in ("", act.number):
        told = _birth(question.world, person, act)
    return _root(
        "informResponse",
        [told],
        ИдЗапрос=content.get("ИдЗапрос"),
        ТипЗапрос=content.get("ТипЗапрос"),
        ТипАГСЗапрос=content.get("ТипАГС"),
        НомерЗаписЗапрос=asked.record_number or None,
        ДатаСвед=question.world.today,
        РезОбраб=_NOTHING if told is None else _FOUND,
    )


def _birth(world: World, person: Person, act: Act) -> Element:
    mother, father = world.mother_of(person), world.father_of(person)
    newborn = _root(
        "СведРодившемся",
        [
            _root("ФИОРожд", _name(person)),
            _root("ДатаРожд", person.birth_date),
            _root("МестоРожден", МестоТекст=person.birth_place or "Не указано"),
        ],
        ЖивМертв="1",
        Пол=sex(_root, person).text,
    )
    body = [
        newborn,
        None if mother is None else _parent("СведМать", mother),
        None if father is None else _parent("СведОтец", father),
    ]
    papers = [_certificate(paper) for paper in person.documents if paper.code == _CERTIFICATE]
    status = _root("СтатусЗаписи", ДатаНачСтатус=act.made, КодСтатус=_IN_FORCE, НаимСтатус="Действующая")
    parts: list[Element | None] = [office(_root, act), status, *papers, _root("ПрдСведРег", body)]
    return _root("СведРегРожд", parts, НомерЗапис=act.number, ДатаЗапис=act.made)


def _certificate(paper: IdentityDocument) -> Element:
    return _root("СвидетРожд", СерияСвидет=paper.series, НомерСвидет=paper.number, ДатаВыдСвидет=paper.issued)


def _parent(element: str, person: Person) -> Element:
    return _root(element, [_types("ФИО", _name(person)), _types("ДатаРожд", person.birth_date)])


def _name(person: Person) -> list[Element | None]:
    return [
        _types("Фамилия", person.family_name),
        _types("Имя", person.first_name),
        _types("ПрОтчество", ABSENT) if person.patronymic is None else _types("Отчество", person.patronymic),
    ]
