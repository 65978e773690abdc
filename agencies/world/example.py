"""The subjects of the example messages: a family, a firm, real estate, the same for every seed and day.

Example requests of the kinds name them, and are answered alike by every gateway.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from agencies.world.check_digits import with_inn_check, with_snils_check, with_uin_check
from agencies.world.draw import days_after
from agencies.world.given import GivenFounder, GivenRight
from agencies.world.life import Benefit, Charge, Enrolment, Job, MilitaryService, Payment, Privatisation, Vehicle
from agencies.world.people import BY_AGE, issuer
from agencies.world.places import TOWNS, commissariat, public_owner, registry_office, social_department
from agencies.world.records import (
    Act,
    Address,
    FormerName,
    IdentityDocument,
    Licence,
    Marriage,
    Passport,
    PublicRight,
    Registration,
)
from agencies.world.telling import Statement

SNILS: Final = "95214771414"
FIRM_OGRN: Final = "1043799978210"
CARRIER_OGRN: Final = "1083799231834"
ESTATE: Final = "37:24:993953:103"
HOME: Final = "37:24:990112:83"
LAND: Final = "37:24:990112:84"
PUBLIC_FLAT: Final = "37:24:990112:22"

_WIFE: Final = with_snils_check("952147801")
_DAUGHTER: Final = with_snils_check("952147802")
_SON: Final = with_snils_check("952147803")
_HEAD: Final = with_snils_check("952147804")
_FOUNDER: Final = "99427493479"
_CARRIER: Final = "90671899550"
_OWNERS: Final = ("99535245059", "90272123769")
_OFFICE: Final = registry_office(TOWNS[0])
_WEDDING: Final = Act("611", date(1994, 6, 18), _OFFICE)


def statements_of_examples(today: date) -> Iterator[Statement]:
    """Go through what is said of them."""
    yield _husband(today)
    yield _wife(today)
    yield from _children(today)
    yield from _others(today)
    yield from _firms()
    yield from _estates()


def _person(case: str, snils: str, name: str, born: date, today: date, **said: Any) -> Statement:
    family_name, first_name, patronymic = name.split()
    passports: tuple[Passport, ...] = said.pop("passports", ())
    issued = tuple(passport for passport in passports if passport.issued <= today)
    if issued and len(issued) < len(passports):
        issued = (*issued[:-1], replace(issued[-1], invalid_because=None))
    address: Address = said["address"]
    since = max(date(2004, 5, 20), days_after(born, 30))
    office = f"Отдел УФМС России по Ивановской области в г. {address.town}"
    certificate = IdentityDocument("03", "Свидетельство о рождении", "XI-ФО", snils[3:9], _OFFICE, days_after(born, 9))
    facts = {
        "case": case,
        "family_name": family_name,
        "first_name": first_name,
        "patronymic": patronymic,
        "sex": "female" if patronymic.endswith("а") else "male",
        "birth_date": born,
        "birth_place": "г. Иваново",
        "birth_act": Act(str(1 + int(snils[3:9]) % 3000), days_after(born, 9), _OFFICE),
        "passports": issued,
        "documents": (certificate,),
        "registrations": (Registration("living", address, days_after(since, -2), since, None, office),),
    }
    return Statement("person", snils, {**facts, **said})


def _place(street: str, house: str, flat: str | None = None) -> Address:
    centre = TOWNS[0]
    kladr, fias = "37000901000000100", "00000000-0000-4000-8000-000000000037"
    return Address(centre.index, centre.name, street, house, flat, None, centre.oktmo, kladr, fias)


def public_flat() -> Address:
    """Return where the flat stands that is let by social hire."""
    return _place("ул. Прядильная", "12", "22")


def _passport(number: str, office: str, issued: date, invalid_because: str | None = None) -> Passport:
    return Passport("2490", number, f"370-{office}", issuer(issued), issued, invalid_because)


def _husband(today: date) -> Statement:
    money = (
        Decimal(1_000),
        "Госпошлина за государственную регистрацию прав",
        "32110807020011000110",
        "Управление Федерального казначейства по Ивановской области (Росреестр)",
        "3799000054",
        "370201001",
        TOWNS[0].oktmo,
    )
    uin, paid = with_uin_check("3213799000000000001"), date(2011, 5, 24)
    return _person(
        "example",
        SNILS,
        "Смирнов Иван Дмитриевич",
        date(1967, 3, 10),
        today,
        inn="379945132320",
        address=_place("ул. Набережная", "83"),
        passports=(
            _passport("684010", "016", date(2002, 2, 1), BY_AGE),
            _passport("052797", "016", date(2012, 3, 29)),
        ),
        marriages=(Marriage(SNILS, _WIFE, _WEDDING.made, _WEDDING),),
        jobs=(Job(FIRM_OGRN, "Технолог", date(2006, 2, 1), None, Decimal(18_000)),),
        military_service=MilitaryService(
            date(1985, 5, 10), date(1987, 5, 20), "НВ 9000001", commissariat(TOWNS[0])
        ),
        vehicles=(
            Vehicle("XZZ37F00000000001", "А001АА737", "LADA", "Kalina", 2009, date(2009, 8, 14), None, "B", 81,
                    "серебристый", "37ХХ900001", "37ХА900001"),
        ),
        privatisations=(Privatisation("90001", date(2003, 10, 6), HOME, "1/2"),),
        charges=(Charge(uin, date(2011, 5, 20), *money),),
        payments=(Payment(f"1042406999000000{paid:%d%m%Y}90000001", uin, paid, *money),),
    )  # fmt: skip


def _wife(today: date) -> Statement:
    payer = social_department(TOWNS[0])
    born = date(2011, 2, 20)
    until = days_after(born, 548)
    return _person(
        "example",
        _WIFE,
        "Смирнова Елена Павловна",
        date(1971, 8, 24),
        today,
        inn=with_inn_check("3799451400"),
        address=_place("ул. Набережная", "83"),
        passports=(_passport("684011", "016", date(2002, 2, 1)),),
        former_names=(FormerName("Голубева", "Елена", "Павловна", _WEDDING.made, "Заключение брака", _WEDDING),),
        jobs=(Job(FIRM_OGRN, "Бухгалтер", date(2007, 9, 3), None, Decimal(15_500)),),
        benefits=(
            Benefit(
                "Ежемесячное пособие по уходу за ребёнком",
                born,
                Decimal("2194.34"),
                until if until <= today else None,
                payer,
            ),
        ),
        privatisations=(Privatisation("90001", date(2003, 10, 6), HOME, "1/2"),),
    )


def _children(today: date) -> Iterator[Statement]:
    home = _place("ул. Набережная", "83")
    parents = {"father": SNILS, "mother": _WIFE, "address": home}
    school = Enrolment("school", "МБОУ «Средняя школа № 17»", "1 класс", date(2011, 9, 1), TOWNS[0].oktmo)
    daughter, son = date(2004, 9, 12), date(2011, 2, 20)
    passport = _passport("990802", "016", date(2018, 9, 27))
    yield _person(
        "example", _DAUGHTER, "Смирнова Анна Ивановна", daughter, today,
        inn=None, passports=(passport,), enrolments=(school,), **parents,
    )  # fmt: skip
    passport = _passport("990803", "016", date(2025, 3, 6))
    yield _person("example", _SON, "Смирнов Павел Иванович", son, today, inn=None, passports=(passport,), **parents)


def _others(today: date) -> Iterator[Statement]:
    yield _person(
        "", _HEAD, "Соловьёва Татьяна Петровна", date(1944, 3, 19), today,
        inn="379999703450",
        address=Address("153510", "Кохма", "пер. Фабричный", "2", "28", None, "24706000"),
        passports=(_passport("321143", "021", date(1999, 7, 20)),),
    )  # fmt: skip
    yield _person(
        "", _FOUNDER, "Щербаков Константин Николаевич", date(1960, 5, 16), today,
        inn="379957854305",
        address=_place("ул. Береговая", "12", "15"),
        passports=(
            _passport("065670", "030", date(1999, 1, 30), BY_AGE),
            _passport("434457", "030", date(2005, 6, 12)),
        ),
    )  # fmt: skip
    yield _person(
        "", _CARRIER, "Сорокина Вера Павловна", date(1958, 12, 29), today,
        inn="379907018601",
        address=Address("153510", "Кохма", "ул. Лежневская", "12", None, None, "24706000"),
        passports=(
            _passport("717930", "006", date(1998, 2, 4), BY_AGE),
            _passport("086717", "006", date(2004, 1, 5)),
        ),
    )  # fmt: skip
    yield _person(
        "", _OWNERS[0], "Смирнов Андрей Сергеевич", date(1988, 11, 20), today,
        inn="379965605983",
        address=_place("ул. Лесная", "50"),
        passports=(
            _passport("298218", "022", date(2002, 12, 19), BY_AGE),
            _passport("667005", "022", date(2008, 12, 18)),
        ),
    )  # fmt: skip
    yield _person(
        "", _OWNERS[1], "Лебедева Светлана Дмитриевна", date(1991, 11, 8), today,
        inn="379902484630",
        address=_place("ул. Садовая", "38", "73"),
        passports=(
            _passport("404579", "027", date(2005, 12, 4), BY_AGE),
            _passport("773366", "027", date(2011, 11, 19)),
        ),
    )  # fmt: skip


def _firms() -> Iterator[Statement]:
    shares = (GivenFounder(_HEAD, Decimal(20_000)), GivenFounder(_FOUNDER, Decimal(70_000)))
    yield _firm(
        FIRM_OGRN,
        "Шуйский хлеб-4",
        inn="3799907036",
        registered=date(2004, 1, 29),
        address=_place("пер. Речной", "22", "42"),
        head=_HEAD,
        founders=shares,
        okved="15.81",
        okved_name="Производство хлеба и мучных кондитерских изделий",
        headcount=84,
    )
    yield _firm(
        CARRIER_OGRN,
        "Теза-транс-1",
        inn="3799482672",
        registered=date(2008, 2, 22),
        address=Address("155900", "Шуя", "пер. Фабричный", "81", "119", None, "24711000"),
        head=_CARRIER,
        founders=(GivenFounder(_CARRIER, Decimal(20_000)),),
        okved="60.24",
        okved_name="Деятельность автомобильного грузового транспорта",
        headcount=17,
    )


def _firm(ogrn: str, title: str, **said: Any) -> Statement:
    form = "Общество с ограниченной ответственностью"
    facts = {
        "kpp": "370201001",
        "tax_office": "3702",
        "full_name": f"{form} «{title}»",
        "short_name": f"ООО «{title}»",
        "legal_form": form,
        "ceased": None,
        "head_position": "Генеральный директор",
        "tax_debt": Decimal(0),
        "divisions": (),
        "licences": (
            Licence(
                "37-РПА-000058",
                "Розничная продажа алкогольной продукции",
                "Департамент экономического развития и торговли Ивановской области",
                date(2011, 4, 4),
                date(2016, 4, 3),
            ),
        ),
    }
    return Statement("firm", ogrn, {**facts, **said})


def _estates() -> Iterator[Statement]:
    common = {"category": "", "encumbrances": (), "firm_rights": (), "public_right": None}
    entry = "37-37-01/694/2002-831"
    shares = tuple(
        GivenRight(owner, date(2002, 9, 25), "Общая долевая собственность", "1/2", f"{entry}/{place}")
        for place, owner in enumerate(_OWNERS, start=1)
    )
    flat = {"kind": "flat", "purpose": "Жилое помещение", "floor": 3, "built": 1978, "put_on_record": date(2005, 3, 1)}
    yield Statement("estate", ESTATE, {
        **common, **flat, "address": _place("ул. Прядильная", "50"), "area": Decimal("130.7"),
        "value": Decimal("5962664.7"), "rights": shares,
    })  # fmt: skip
    family = tuple(
        GivenRight(owner, date(2003, 11, 5), "Общая долевая собственность", "1/2", f"37-37-01/701/2003-112/{place}")
        for place, owner in enumerate((SNILS, _WIFE), start=1)
    )
    yield Statement("estate", HOME, {
        **common, **flat, "kind": "building", "purpose": "Жилой дом", "floor": None,
        "address": _place("ул. Набережная", "83"), "area": Decimal("74.2"), "value": Decimal("1936620.00"),
        "rights": family,
    })  # fmt: skip
    land = tuple(
        GivenRight(owner, date(2003, 12, 10), "Общая долевая собственность", "1/2", f"37-37-01/701/2003-140/{place}")
        for place, owner in enumerate((SNILS, _WIFE), start=1)
    )
    yield Statement("estate", LAND, {
        **common, **flat, "kind": "parcel", "purpose": "Для индивидуального жилищного строительства", "floor": None,
        "built": None, "category": "Земли населённых пунктов", "address": _place("ул. Набережная", "83"),
        "area": Decimal("612.0"), "value": Decimal("918000.00"), "rights": land,
    })  # fmt: skip
    municipal = PublicRight(
        "municipal", public_owner(TOWNS[0]), TOWNS[0].oktmo, "37-37-01/112/2000-22", date(2000, 3, 15)
    )
    yield Statement("estate", PUBLIC_FLAT, {
        **common, **flat, "address": public_flat(), "area": Decimal("31.5"),
        "value": Decimal("1134000.00"), "rights": (), "public_right": municipal,
    })  # fmt: skip
