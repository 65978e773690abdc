"""A request of an unknown kind tells by its names whom it is about; samples get true facts by theirs."""

import pytest

from agencies.world import Facts, Person, World, facts_of
from gateway import xml
from gateway.library.naming import contexts_of, field_of
from tests.agencies.world.people import TODAY

WORLD = World(37, TODAY)
EMPLOYEE = next(
    person
    for person in WORLD.persons
    if any(job.until is None for job in WORLD.jobs_of(person)) and WORLD.vehicles_of(person) and WORLD.spouse_of(person)
)
CHILD = next(
    child
    for person in WORLD.persons
    for child in WORLD.children_of(person)
    if WORLD.father_of(child) and child.age_on(TODAY) < 10
)
FIRM = WORLD.firms[2]
ESTATE = next(estate for estate in WORLD.estates if estate.rights and estate.kind == "flat")


def about(document: str) -> Facts:
    return facts_of(WORLD, xml.parse(document.encode()))


def dashed(snils: str) -> str:
    return f"{snils[:3]}-{snils[3:6]}-{snils[6:9]} {snils[9:]}"


# Whom a request is about

WHO = EMPLOYEE.identity
NAMING_STYLES = {
    "russian attributes": f'<Запрос><СведФЛ ДатаРожд="{WHO.birth_date}"><ФИО Фамилия="{WHO.family_name}" '
    f'Имя="{WHO.first_name}" Отчество="{WHO.patronymic}"/></СведФЛ></Запрос>',
    "russian paper": f'<Запрос><УдЛичнФЛ КодВидДок="21" СерНомДок="{WHO.passport_series[:2]} {WHO.passport_series[2:]} '
    f'{WHO.passport_number}"/></Запрос>',
    "russian snils": f"<Запрос><Заявитель><СНИЛС>{dashed(EMPLOYEE.snils)}</СНИЛС></Заявитель></Запрос>",
    "russian inn": f'<Запрос><ЗапросФЛ ИННФЛ="{EMPLOYEE.inn}"/></Запрос>',
    "english elements": f"<r><person><lastName>{WHO.family_name}</lastName><firstName>{WHO.first_name}</firstName>"
    f"<middleName>{WHO.patronymic}</middleName><birthDate>{WHO.birth_date}</birthDate></person></r>",
    "english camel": f"<Request><FamilyName>{WHO.family_name}</FamilyName><FirstName>{WHO.first_name}</FirstName>"
    f"<Patronymic>{WHO.patronymic}</Patronymic><BirthDate>{WHO.birth_date:%d.%m.%Y}</BirthDate></Request>",
    "english upper": f"<REQUEST><SNILS>{EMPLOYEE.snils}</SNILS></REQUEST>",
    "english long": f"<r><ApplicantSnilsNumber>{EMPLOYEE.snils}</ApplicantSnilsNumber></r>",
    "english paper": f"<r><passport><series>{WHO.passport_series}</series><number>{WHO.passport_number}</number>"
    "</passport></r>",
    "english flat paper": f"<r><docSeries>{WHO.passport_series}</docSeries><docNumber>{WHO.passport_number}</docNumber>"
    "</r>",
    "transliterated": f"<zapros><Familiya>{WHO.family_name}</Familiya><Imya>{WHO.first_name}</Imya>"
    f"<Otchestvo>{WHO.patronymic}</Otchestvo><DataRozhdeniya>{WHO.birth_date}</DataRozhdeniya></zapros>",
    "snake": f"<r><last_name>{WHO.family_name}</last_name><first_name>{WHO.first_name}</first_name>"
    f"<middle_name>{WHO.patronymic}</middle_name><date_of_birth>{WHO.birth_date}</date_of_birth></r>",
    "whole name": f"<r><FIO>{EMPLOYEE.full_name}</FIO><DateOfBirth>{WHO.birth_date}T00:00:00</DateOfBirth></r>",
    "namespaces": f'<a:r xmlns:a="urn:a" xmlns:b="urn:b"><b:snils b:kind="1">{EMPLOYEE.snils}</b:snils></a:r>',
}


@pytest.mark.parametrize("style", NAMING_STYLES)
def test_a_person_is_found_in_every_style_of_names(style: str) -> None:
    facts = about(NAMING_STYLES[style])
    assert facts.persons == (EMPLOYEE,)
    assert not facts.is_unknown
    assert facts.suggest(("Response", "Snils")) == EMPLOYEE.snils


@pytest.mark.parametrize(
    "document",
    [
        f"<r><ОГРН>{FIRM.ogrn}</ОГРН></r>",
        f'<r><СвЮЛ ИННЮЛ="{FIRM.inn}"/></r>',
        f"<r><organization><inn>{FIRM.inn}</inn></organization></r>",
        f"<r><OgrnUl>{FIRM.ogrn}</OgrnUl></r>",
    ],
)
def test_a_firm_is_found(document: str) -> None:
    facts = about(document)
    assert facts.firm == FIRM
    assert facts.suggest(("Ответ", "СвЮЛ", "@НаимЮЛПолн")) == FIRM.full_name
    assert facts.suggest(("Ответ", "СвЮЛ", "СведДолжнФЛ", "@Фамилия")) == FIRM.head.family_name
    assert facts.suggest(("Ответ", "СвЮЛ", "@КПП")) == FIRM.kpp
    assert facts.suggest(("Ответ", "СвЮЛ", "@ИНН")) == FIRM.inn
    assert facts.suggest(("Ответ", "Адрес")) == str(FIRM.address)


@pytest.mark.parametrize(
    "name", ["КадНомер", "КадастровыйНомер", "CadastralNumber", "cadNum", "cadastral_number", "KadNomer"]
)
def test_an_estate_is_found(name: str) -> None:
    facts = about(f"<r><o><{name}>{ESTATE.cadastral_number}</{name}></o></r>")
    assert facts.estate == ESTATE
    assert facts.suggest(("Extract", "Object", "Area")) == str(ESTATE.area)
    assert facts.suggest(("Extract", "Object", "Address")) == str(ESTATE.address)
    assert facts.suggest(("Extract", "Right", "Owner", "LastName")) == ESTATE.rights[0].owner.family_name


def test_several_persons_are_kept_apart() -> None:
    father = WORLD.father_of(CHILD)
    assert father is not None

    def named(person: Person) -> str:
        return (
            f"<LastName>{person.family_name}</LastName><FirstName>{person.first_name}</FirstName>"
            f"<MiddleName>{person.patronymic or ''}</MiddleName><BirthDate>{person.birth_date}</BirthDate>"
        )

    facts = about(f"<r><applicant>{named(father)}</applicant><child>{named(CHILD)}</child></r>")
    assert set(facts.persons) == {father, CHILD}


def test_the_asking_body_is_not_taken_for_a_person() -> None:
    facts = about(
        f'<r><СведЮЛ НаимОрг="Администрация" ИННЮЛ="3799000008" ОГРН="1023799000004"/><ИННФЛ>{EMPLOYEE.inn}</ИННФЛ></r>'
    )
    assert (facts.persons, facts.firm, facts.is_unknown) == ((EMPLOYEE,), None, False)


@pytest.mark.parametrize(
    ("document", "sought"),
    [
        ("<r><СНИЛС>11223344595</СНИЛС></r>", "СНИЛС 11223344595"),
        ("<r><passport><series>0000</series><number>000000</number></passport></r>", "документ 000000"),
        ("<r><Inn>7707083893</Inn></r>", "ИНН 7707083893"),
        ("<r><ОГРН>1027700132195</ОГРН></r>", "ОГРН 1027700132195"),
        ("<r><cadNumber>77:01:000101:1</cadNumber></r>", "кадастровый номер 77:01:000101:1"),
        (
            "<r><LastName>Никто</LastName><FirstName>Никто</FirstName><BirthDate>1980-01-01</BirthDate></r>",
            "гражданин Никто",
        ),
    ],
)
def test_what_is_sought_and_not_there_is_told(document: str, sought: str) -> None:
    facts = about(document)
    assert (facts.is_unknown, facts.sought) == (True, sought)
    assert facts.suggest(("Response", "Snils")) is None


@pytest.mark.parametrize(
    "document",
    [
        "<r/>",
        "<r>x</r>",
        "<r><Number>5</Number><Date>2013-01-01</Date></r>",
        "<r><passport/><СНИЛС></СНИЛС><BirthDate>never</BirthDate></r>",
        "<r><СНИЛС/><FIO>one</FIO><FIO>one two three four</FIO></r>",
        "<r><!-- СНИЛС --><?x y?></r>",
    ],
)
def test_a_request_that_names_nobody_is_not_about_the_unknown(document: str) -> None:
    facts = about(document)
    assert (facts.persons, facts.firm, facts.estate, facts.is_unknown) == ((), None, None, False)


@pytest.mark.parametrize("value", ["", " ", "x" * 10_000, "٣" * 11, "37:24:", "0" * 40, "-", "2013-13-45"])
@pytest.mark.parametrize(
    "name", ["СНИЛС", "ИНН", "ОГРН", "ОГРНИП", "КадНомер", "СерНомДок", "ДатаРожд", "ФИО", "Фамилия"]
)
def test_nonsense_finds_nobody_and_breaks_nothing(name: str, value: str) -> None:
    facts = about(f"<r><паспорт><{name}>{value}</{name}></паспорт></r>")
    assert facts.persons == ()
    assert facts.suggest(("r", name)) is None


# What is suggested


def test_facts_of_a_person() -> None:
    facts = about(f"<r><СНИЛС>{EMPLOYEE.snils}</СНИЛС></r>")
    passport, address, vehicle = EMPLOYEE.passport, EMPLOYEE.address, WORLD.vehicles_of(EMPLOYEE)[0]
    spouse = WORLD.spouse_of(EMPLOYEE)
    assert spouse is not None
    firm = WORLD.firm_by_ogrn(WORLD.jobs_of(EMPLOYEE)[-1].employer_ogrn)
    assert firm is not None
    wanted = {
        ("Ответ", "ФЛ", "@ИНН"): EMPLOYEE.inn,
        ("Ответ", "ФИО", "Фамилия"): EMPLOYEE.family_name,
        ("Ответ", "ФИО", "Имя"): EMPLOYEE.first_name,
        ("Ответ", "ФИО", "Отчество"): EMPLOYEE.patronymic,
        ("Ответ", "ФИО"): EMPLOYEE.full_name,
        ("Ответ", "@ДатаРожд"): EMPLOYEE.birth_date.isoformat(),
        ("response", "Birthday"): EMPLOYEE.birth_date.isoformat(),
        ("response", "gender"): "Male" if EMPLOYEE.sex == "male" else "Female",
        ("Ответ", "Пол"): "М" if EMPLOYEE.sex == "male" else "Ж",
        ("response", "placeOfBirth"): EMPLOYEE.birth_place,
        ("Ответ", "Паспорт", "Серия"): passport.series,
        ("Ответ", "Паспорт", "Номер"): passport.number,
        ("Ответ", "УдЛичнФЛ", "@СерНомДок"): f"{passport.series} {passport.number}",
        ("response", "identityDocument", "issueDate"): passport.issued.isoformat(),
        ("response", "identityDocument", "issuerCode"): passport.issuer_code,
        ("Ответ", "ДокУдЛичн", "@КемВыдан"): passport.issuer_name,
        ("Ответ", "АдресРФ", "@Индекс"): address.index,
        ("Ответ", "АдресРФ", "@Улица"): address.street,
        ("Ответ", "АдресРФ", "@КодРегион"): "37",
        ("response", "address", "city"): address.town,
        ("response", "address", "houseNumber"): address.house,
        ("response", "OKTMO"): address.oktmo,
        ("response", "Employer", "OrgName"): firm.full_name,
        ("response", "Employer", "Inn"): firm.inn,
        ("Ответ", "Супруг", "СНИЛС"): spouse.snils,
        ("response", "spouse", "lastName"): spouse.family_name,
        ("response", "vehicle", "VIN"): vehicle.vin,
        ("response", "vehicle", "model"): vehicle.model,
        ("Ответ", "ТС", "ГосНомер"): vehicle.plate,
        ("Ответ", "Доходы", "Сумма"): str(WORLD.income_statements_of(EMPLOYEE, TODAY.year - 1)[0].total),
    }
    assert {path: facts.suggest(path) for path in wanted} == wanted


def test_what_the_name_does_not_say_is_not_suggested() -> None:
    facts = about(f"<r><СНИЛС>{EMPLOYEE.snils}</СНИЛС></r>")
    for path in (
        ("Ответ", "Номер"),
        ("Ответ", "Серия"),
        ("Ответ", "Дата"),
        ("Ответ", "НомерДела"),
        ("Ответ", "Услуга", "Наименование"),
        ("response", "status"),
        ("response", "Model"),
        ("response", "Sum"),
        ("response", "fileName"),
        ("response", "@version"),
        ("", ""),
    ):
        assert facts.suggest(path) is None, path


def test_relatives_of_a_child() -> None:
    facts = about(f"<r><СНИЛС>{CHILD.snils}</СНИЛС></r>")
    father, mother = WORLD.father_of(CHILD), WORLD.mother_of(CHILD)
    assert father is not None
    assert mother is not None
    assert facts.suggest(("Ответ", "Отец", "СНИЛС")) == father.snils
    assert facts.suggest(("response", "mother", "snils")) == mother.snils
    assert facts.suggest(("response", "child", "snils")) == CHILD.snils
    assert facts.suggest(("response", "passport", "series")) == "IX-ФО"


def test_debts_of_a_debtor() -> None:
    (debtor,) = WORLD.cases()["debtor"]
    facts = about(f"<r><snils>{debtor.snils}</snils></r>")
    proceedings, charge = WORLD.enforcements_of(debtor), WORLD.charges_of(debtor)[0]
    assert facts.suggest(("r", "debt", "amount")) == str(proceedings[-1].balance)
    assert facts.suggest(("r", "УИН")) == charge.uin
    assert facts.suggest(("r", "НомерИП")) == proceedings[0].number


def test_a_request_with_one_unknown_makes_one_person_when_the_unknown_are_invented() -> None:
    world = World(37, TODAY, invent_unknown=True)
    document = (
        "<r><СНИЛС>11223344595</СНИЛС><Фамилия>Пушкина</Фамилия><Имя>Арина</Имя><ДатаРожд>1980-05-06</ДатаРожд>"
        "<паспорт><серия>3705</серия><номер>123456</номер></паспорт></r>"
    )
    (person,) = facts_of(world, xml.parse(document.encode())).persons
    assert (person.snils, person.family_name, person.passport.number) == ("11223344595", "Пушкина", "123456")


# Names


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("ИННФЛ", "inn"),
        ("innUL", "inn"),
        ("INN", "inn"),
        ("winner", None),
        ("Finnish", None),
        ("ОГРНИП", "ogrnip"),
        ("OGRN", "ogrn"),
        ("ApplicantLastName", "family_name"),
        ("LAST_NAME", "family_name"),
        ("lastNameRus", "family_name"),
        ("ФамилияРус", "family_name"),
        ("ИмяФайла", None),
        ("НомерЗаявления", "case_number"),
        ("RegionName", "region_name"),
        ("snils", "snils"),
        ("СНИЛСЗаявителя", "snils"),
        ("", None),
        ("123", None),
    ],
)
def test_names_mean_fields(name: str, field: str | None) -> None:
    assert field_of(name) == field


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("ПаспортРФ", "paper"),
        ("identityDocument", "paper"),
        ("СведенияОМатери", "mother"),
        ("ТС", "vehicle"),
        ("ТСЖ", ""),
    ],
)
def test_names_tell_what_stands_below(name: str, context: str) -> None:
    assert (context in contexts_of(name)) if context else not contexts_of(name)
