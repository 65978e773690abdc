"""The register of civil acts tells of births, deaths, marriages and names what the world knows."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies import zags
from agencies.answers import attribute, child, children, text
from agencies.world import PERSONS, Act, FormerName, Marriage, Person, World
from agencies.zags.kinds import BIRTH, DEATH, DIVORCE, MARRIAGE, NAME_CHANGE, ActKind
from agencies.zags.questions import request
from gateway import xml
from gateway.xml import Element
from tests.agencies.asking import CASE, GUID, WORLD, ask, content_of, rejection_of
from tests.agencies.namesakes import NAMESAKES, is_alone

indices = st.integers(0, PERSONS - 1)

KINDS = {
    zags.BIRTHS: BIRTH,
    zags.DEATHS: DEATH,
    zags.DIVORCES: DIVORCE,
    zags.MARRIAGES: MARRIAGE,
    zags.NAME_CHANGES: NAME_CHANGE,
}


def records(kind_id: str, person: Person, world: World = WORLD) -> list[Element]:
    """Ask for the records of one person and return them."""
    kind = KINDS[kind_id]
    told = content_of(ask(kind_id, request(kind, person.identity, GUID, CASE), world))
    assert told.get("ТипАГСЗапрос") == kind.act_type
    assert told[0].get("ИдДок") == GUID
    assert told[0].get("РезОбраб") == ("1" if len(told[0]) else "2")
    return children(told[0], kind.record)


def act_of(kind: ActKind, record: Element) -> Act:
    """Read which act a record is of."""
    assert xml.name_of(record)[1] == kind.record
    office = attribute(child(record, "ОрганЗАГС"), "НаимЗАГС")
    return Act(attribute(record, "НомАГССвид"), date.fromisoformat(text(record, "ДатаЗапис")), office)


def named(body: Element | None, *path: str) -> str:
    name = child(body, *path)
    return " ".join(filter(None, (text(name, part) for part in ("Фамилия", "Имя", "Отчество"))))


def full_name(person: Person | None) -> str | None:
    return None if person is None else person.full_name


# Births


@given(indices)
def test_the_birth_of_any_person_is_that_of_the_register(index: int) -> None:
    person = WORLD.person(index)
    if not is_alone(person) or person.birth.act is None:
        return
    (told,) = zags.read_births(content_of(ask(zags.BIRTHS, zags.birth_request(person.identity, GUID, CASE))))
    assert told == zags.BirthRecord(
        number=person.birth.act.number,
        made=person.birth.act.made,
        office=person.birth.act.office,
        child=person.full_name,
        birth_date=person.birth_date,
        mother=full_name(WORLD.mother_of(person)),
        father=full_name(WORLD.father_of(person)),
    )


@pytest.mark.parametrize(("role", "sex"), [("mother", "female"), ("father", "male")])
def test_a_parent_is_told_the_births_of_the_children(role: str, sex: str) -> None:
    parent = next(
        person
        for person in WORLD.persons
        if person.sex == sex and len(WORLD.children_of(person)) > 1 and is_alone(person)
    )
    asked = zags.birth_request(parent.identity, GUID, CASE, "mother" if role == "mother" else "father")
    told = zags.read_births(content_of(ask(zags.BIRTHS, asked)))
    assert [(one.child, one.birth_date) for one in told] == [
        (one.full_name, one.birth_date) for one in WORLD.children_of(parent)
    ]
    assert {getattr(one, role) for one in told} == {parent.full_name}


def test_a_father_is_no_mother() -> None:
    father = next(
        person for person in WORLD.persons if person.sex == "male" and WORLD.children_of(person) and is_alone(person)
    )
    asked = zags.birth_request(father.identity, GUID, CASE, "mother")
    assert zags.read_births(content_of(ask(zags.BIRTHS, asked))) == ()


def test_a_record_of_birth_tells_the_certificate() -> None:
    person = next(one for one in WORLD.persons if is_alone(one) and any(paper.code == "03" for paper in one.documents))
    (record,) = records(zags.BIRTHS, person)
    certificate = next(paper for paper in person.documents if paper.code == "03")
    told = child(record, "СвидетРожд")
    assert (text(told, "СерияСвидет"), text(told, "НомерСвидет"), text(told, "ДатаВыдСвидет")) == (
        certificate.series,
        certificate.number,
        str(certificate.issued),
    )


def test_the_general_request_tells_the_same_birth() -> None:
    person = next(one for one in WORLD.persons if is_alone(one) and one.birth.act)
    assert person.birth.act is not None
    told = child(content_of(ask(zags.ACT_RECORD, general_request(person, "1"))), "СведРегРожд")
    assert told is not None
    assert told.get("НомерЗапис") == person.birth.act.number
    assert named(told, "ПрдСведРег", "СведРодившемся", "ФИОРожд") == person.full_name


def test_the_general_request_for_another_type_is_told_what_to_do() -> None:
    rejection = rejection_of(ask(zags.ACT_RECORD, general_request(WORLD.person(0), "5")))
    assert rejection.code == "UNKNOWN_REQUEST_DESCRIPTION"
    assert "ТипАГС 5" in rejection.description


def test_the_general_request_about_namesakes_is_no_data() -> None:
    assert "СНИЛС" in rejection_of(ask(zags.ACT_RECORD, general_request(WORLD.person(0), "1"), NAMESAKES)).description


def general_request(person: Person, act_type: str) -> Element:
    root, types = "urn://x-artefacts-zags-inform/root/112-11/4.0.4", "urn://x-artefacts-zags-inform/types/4.0.4"
    last = f"<t:Отчество>{person.patronymic}</t:Отчество>" if person.patronymic else "<t:ПрОтчество>1</t:ПрОтчество>"
    name = f"<t:Фамилия>{person.family_name}</t:Фамилия><t:Имя>{person.first_name}</t:Имя>{last}"
    about = f"<СведФЛ><ФИО>{name}</ФИО><ДатаРожд>{person.birth_date}</ДатаРожд></СведФЛ>"
    head = f'xmlns="{root}" xmlns:t="{types}" ИдЗапрос="{GUID}" ТипЗапрос="1" ТипАГС="{act_type}"'
    return xml.parse(f"<informRequest {head}>{about}</informRequest>".encode())


# Deaths


@given(indices)
def test_the_death_of_any_person_is_that_of_the_register(index: int) -> None:
    person = WORLD.person(index)
    if not is_alone(person):
        return
    told = zags.read_death(content_of(ask(zags.DEATHS, zags.death_request(person.identity, GUID, CASE))))
    if person.death is None:
        assert told is None
    else:
        act = person.death.act
        assert told == zags.DeathRecord(act.number, act.made, act.office, person.full_name, person.death.died)


def test_there_are_dead_and_living_in_the_register() -> None:
    assert {person.death is None for person in WORLD.persons} == {True, False}


# Marriages and divorces


@given(indices)
def test_the_marriages_and_divorces_of_any_person_are_those_of_the_register(index: int) -> None:
    person = WORLD.person(index)
    if not is_alone(person):
        return
    marriages = WORLD.marriages_of(person)
    weddings = records(zags.MARRIAGES, person)
    divorces = records(zags.DIVORCES, person)
    assert [act_of(MARRIAGE, one) for one in weddings] == [one.act for one in marriages if one.act]
    assert [act_of(DIVORCE, one) for one in divorces] == [one.divorce_act for one in marriages if one.divorce_act]
    for wedding, marriage in zip(weddings, (one for one in marriages if one.act), strict=True):
        body = child(wedding, "ПрдСведРег")
        assert text(body, "ДатаЗаклБрак") == str(marriage.since)
        husband, wife = WORLD.person_by_snils(marriage.husband_snils), WORLD.person_by_snils(marriage.wife_snils)
        assert husband is not None
        assert wife is not None
        assert text(body, "Супруг", "Имя") == husband.first_name
        assert text(body, "Супруга", "ФамилияПосле") == wife.family_name


def test_a_record_of_a_marriage_tells_the_maiden_name() -> None:
    wife = next(
        person
        for person in WORLD.persons
        if is_alone(person) and any(former.reason == "Заключение брака" for former in person.former_names)
    )
    former = next(former for former in wife.former_names if former.reason == "Заключение брака")
    record = next(one for one in records(zags.MARRIAGES, wife) if act_of(MARRIAGE, one) == former.act)
    spouse = child(record, "ПрдСведРег", "Супруга")
    assert (text(spouse, "ФамилияДо"), text(spouse, "ФамилияПосле")) == (former.family_name, wife.family_name)


# Changes of names


class Renamed(World):
    """A world where everybody has changed the name by an act of its own, and before that by a marriage."""

    act = Act("77", date(2012, 5, 10), "Отдел ЗАГС г. Иваново комитета Ивановской области ЗАГС")
    wedding = replace(act, number="1")

    def persons_by_name(self, *_: object) -> tuple[Person, ...]:
        by_marriage = FormerName("Первая", "Анна", None, date(2000, 1, 1), "Заключение брака", self.wedding)
        by_wish = FormerName("Вторая", "Анна", None, self.act.made, "Перемена имени", self.act)
        return (replace(self.person(0), former_names=(by_marriage, by_wish)),)

    def marriages_of(self, person: Person) -> tuple[Marriage, ...]:
        return (Marriage(WORLD.person(1).snils, person.snils, self.wedding.made, self.wedding),)


def test_a_change_of_name_is_told_and_one_by_marriage_is_not() -> None:
    world = Renamed(37, WORLD.today)
    (record,) = records(zags.NAME_CHANGES, world.person(0), world)
    assert act_of(NAME_CHANGE, record) == Renamed.act
    body = child(record, "ПрдСведРег")
    assert named(body, "ФИОДо") == "Вторая Анна"
    assert named(body, "ФИОПосле") == world.person(0).full_name


@given(indices)
def test_who_has_changed_the_name_by_marriage_only_has_no_record_of_a_change(index: int) -> None:
    person = WORLD.person(index)
    if is_alone(person):
        of_marriages = {one.act for one in WORLD.marriages_of(person)}
        changes = [former for former in person.former_names if former.act and former.act not in of_marriages]
        assert len(records(zags.NAME_CHANGES, person)) == len(changes)


# Whom the register cannot find, or cannot tell apart


@pytest.mark.parametrize("kind_id", sorted(KINDS))
def test_of_whom_nobody_knows_there_is_no_record(kind_id: str) -> None:
    stranger = replace(WORLD.person(0), family_name="Неизвестный", birth_date=date(1970, 1, 1))
    assert records(kind_id, stranger) == []


@pytest.mark.parametrize("kind_id", sorted(KINDS))
def test_namesakes_get_nobody_a_record(kind_id: str) -> None:
    stranger = replace(WORLD.person(0), passports=(), documents=())
    asked = request(KINDS[kind_id], stranger.identity, GUID, CASE)
    told = content_of(ask(kind_id, asked, NAMESAKES))
    assert [(one.get("РезОбраб"), len(one)) for one in told] == [("3", 0)]


def test_namesakes_are_told_apart_by_their_papers() -> None:
    for person in (NAMESAKES.person(0), NAMESAKES.person(1)):
        told = content_of(ask(zags.BIRTHS, zags.birth_request(person.identity, GUID, CASE), NAMESAKES))
        assert [one.child for one in zags.read_births(told)] == [person.full_name]


@pytest.mark.parametrize("kind_id", sorted(KINDS))
def test_a_question_that_names_nobody_is_told_what_to_do(kind_id: str) -> None:
    asked = request(KINDS[kind_id], WORLD.person(0).identity, GUID, CASE)
    about = asked[1][0]
    about.replace(about[1], KINDS[kind_id].root("ПрДатаРожд", "1"))
    rejection = rejection_of(ask(kind_id, asked))
    assert rejection.code == "UNKNOWN_REQUEST_DESCRIPTION"
    assert GUID in rejection.description


def test_several_questions_of_one_request_are_answered_in_turn() -> None:
    known = next(one for one in WORLD.persons if is_alone(one) and one.birth.act)
    asked = zags.birth_request(known.identity, GUID, CASE)
    other = zags.birth_request(replace(known.identity, family_name="Неизвестный"), "2", CASE)[1]
    asked.append(other)
    asked.set("КолДок", "2")
    told = content_of(ask(zags.BIRTHS, asked))
    assert [(one.get("ИдДок"), one.get("РезОбраб")) for one in told] == [(GUID, "1"), ("2", "2")]


def test_another_number_of_a_record_is_another_record() -> None:
    person = next(one for one in WORLD.persons if is_alone(one) and one.birth.act)
    act = person.birth.act
    assert act is not None
    for number, found in ((act.number, "1"), ("0", "2")):
        asked = zags.birth_request(person.identity, GUID, CASE)
        root = BIRTH.root
        about = root(
            "СведАГС", [root("ДатаЗапис", act.made), root("ОрганЗАГС", НаимЗАГС=act.office)], НомерЗапис=number
        )
        asked[1].insert(0, about)
        assert content_of(ask(zags.BIRTHS, asked))[0].get("РезОбраб") == found
