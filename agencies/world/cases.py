"""Edge people, the same for every seed: each case has a name by which testers and documents call it.

Their numbers lie apart from those that any seed draws: СНИЛС below 910-000-000 or from 950-000-000 on, tax office 3799,
passports 24 90.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from agencies.world.check_digits import with_inn_check, with_ogrnip_check, with_snils_check, with_uin_check
from agencies.world.draw import days_after
from agencies.world.example import FIRM_OGRN, PUBLIC_FLAT, public_flat, statements_of_examples
from agencies.world.life import (
    Benefit,
    Charge,
    Conviction,
    Disability,
    Enforcement,
    Guardianship,
    HousingQueue,
    Job,
    Pension,
    SocialHire,
    Unemployment,
)
from agencies.world.people import BY_DEATH, BY_NAME, issuer
from agencies.world.places import TOWNS, bailiffs, employment_centre, flat_address, municipality, registry_office
from agencies.world.records import (
    Act,
    Address,
    Death,
    Entrepreneur,
    FormerName,
    IdentityDocument,
    Marriage,
    Passport,
    Registration,
)
from agencies.world.telling import Statement
from gateway.words import say

_OFFICE: Final = registry_office(TOWNS[0])
_MIGRATION: Final = "Отдел УФМС России по Ивановской области в г. Иваново"
_MINORS_BORN: Final = (date(2004, 5, 11), date(2009, 8, 23), date(2014, 2, 17), date(2019, 12, 3), date(2025, 1, 20))


def about(case: str) -> str:
    """Return what is special about a shipped case; "" for a name that no shipped case has."""
    texts = {
        "example": say("люди из примеров сообщений", "the people of the example messages"),
        "no-inn": say("нет ИНН", "has no ИНН"),
        "two-passports": say(
            "два паспорта сразу действительны: ошибка реестра", "two passports are valid at once: a register's error"
        ),
        "changed-surname": say(
            "сменила фамилию при заключении брака; прежний паспорт недействителен",
            "changed her family name by marriage; the former passport is invalid",
        ),
        "deceased": say("умер 14.03.2011", "died on 2011-03-14"),
        "minor": say(
            "ребёнок: до 14 лет паспорта нет; дети одной матери, на любой день хотя бы один младше 18",
            "a child, without a passport before 14; children of one mother, at least one under 18 on any day",
        ),
        "foreigner": say(
            "гражданин Узбекистана: паспорт иностранца и вид на жительство",
            "a citizen of Uzbekistan: a foreign passport and a residence permit",
        ),
        "debtor": say(
            "два исполнительных производства и неоплаченное начисление",
            "two enforcement proceedings and an unpaid charge",
        ),
        "pending-registration": say(
            "вчера подано заявление о регистрации по новому месту жительства, оно не рассмотрено",
            "applied yesterday for registration at a new place of living; it is not done yet",
        ),
        "namesakes": say("два человека с одинаковыми ФИО и датой рождения", "two persons of one name, born on one day"),
        "convicted": say("непогашенная судимость", "a conviction that is not spent"),
        "entrepreneur": say("индивидуальный предприниматель", "an individual entrepreneur"),
        "unemployed": say(
            "безработная с 2011 года, стоит в очереди на жильё", "unemployed since 2011, in the queue for housing"
        ),
        "pensioner": say(
            "пенсия, инвалидность II группы, социальный наём", "a pension, disability of group 2, social hire"
        ),
        "ward": say("ребёнок под опекой и его опекун", "a child under guardianship, and the guardian"),
    }
    return texts.get(case, "")


def shipped(today: date) -> Iterator[Statement]:
    """Go through what is said of the shipped people, firms and estates; who is not born by `today` is left out."""
    yield from statements_of_examples(today)
    yield from _papers()
    yield from _families(today)
    yield from _life(today)


def _snils(number: int) -> str:
    return with_snils_check(str(950_000_000 + number))


def _person(case: str, number: int, name: str, born: date, **said: Any) -> Statement:
    """Say who somebody is; whatever is not said here is written down too, or else the seed would draw it."""
    family_name, first_name, patronymic = (*name.split(), None)[:3]
    female = (patronymic or first_name or "").endswith("а")
    address = _address(number)
    first = max(date(born.year + 20, born.month, born.day), date(2003, 4, 10))
    facts = {
        "case": case,
        "inn": with_inn_check(f"3799{910_000 + number}"),
        "family_name": family_name,
        "first_name": first_name,
        "patronymic": patronymic,
        "sex": "female" if female else "male",
        "birth_date": born,
        "birth_place": "г. Иваново",
        "birth_act": Act(str(100 + number), days_after(born, 11), _OFFICE),
        "address": address,
        "passports": (_passport(number, days_after(first, 14)),),
        "documents": (_birth_certificate(number, born),),
        "registrations": (_registration(address, date(2006, 4, 12)),),
        **said,
    }
    return Statement("person", _snils(number), facts)


def _address(number: int) -> Address:
    return flat_address(TOWNS[0], 350_000 + number)


def _passport(number: int, issued: date, invalid_because: str | None = None) -> Passport:
    return Passport("2490", f"{900_000 + number}", "370-001", issuer(issued), issued, invalid_because)


def _birth_certificate(number: int, born: date) -> IdentityDocument:
    made = days_after(born, 11)
    return IdentityDocument("03", "Свидетельство о рождении", "X-ФО", f"{100_000 + number}", _OFFICE, made)


def _registration(address: Address, since: date) -> Registration:
    return Registration("living", address, days_after(since, -3), since, None, _MIGRATION)


def _papers() -> Iterator[Statement]:
    yield _person("no-inn", 1, "Комарова Нина Степановна", date(1941, 6, 2), inn=None)
    both = (_passport(2, date(2001, 7, 19)), _passport(102, date(2010, 2, 9)))
    yield _person("two-passports", 2, "Орлов Максим Юрьевич", date(1971, 11, 5), passports=both)
    married = date(2009, 7, 18)
    wedding = Act("1204", married, _OFFICE)
    yield _person(
        "changed-surname",
        3,
        "Жукова Полина Олеговна",
        date(1985, 9, 9),
        passports=(_passport(3, date(2005, 10, 1), BY_NAME), _passport(103, date(2009, 8, 27))),
        former_names=(FormerName("Белова", "Полина", "Олеговна", married, "Заключение брака", wedding),),
        marriages=(Marriage(_snils(4), _snils(3), married, wedding),),
    )
    yield _person("", 4, "Жуков Вадим Игоревич", date(1983, 1, 30))
    yield _person(
        "foreigner",
        5,
        "Каримов Алишер Рустамович",
        date(1984, 3, 27),
        birth_place="г. Самарканд, Узбекистан",
        birth_act=None,
        citizenship="UZB",
        passports=(),
        documents=(
            IdentityDocument("10", "Паспорт иностранного гражданина", "AZ", "9900005", "МВД Узбекистана",
                             date(2010, 5, 4), date(2060, 5, 3), "UZB"),
            IdentityDocument("12", "Вид на жительство", "82", "9900005", _MIGRATION, date(2011, 2, 15)),
        ),
    )  # fmt: skip
    for number in (6, 7):
        yield _person("namesakes", number, "Котова Мария Андреевна", date(1975, 4, 12))


def _families(today: date) -> Iterator[Statement]:
    died = date(2011, 3, 14)
    yield _person(
        "deceased",
        8,
        "Пахомов Борис Ильич",
        date(1952, 10, 21),
        passports=(_passport(8, date(2003, 5, 6), BY_DEATH),),
        death=Death(died, Act("417", days_after(died, 2), _OFFICE)),
    )
    yield _person("", 9, "Ершова Вера Николаевна", date(1980, 12, 1))
    for number, born in enumerate(_MINORS_BORN, start=10):
        if born > today:
            continue
        first_name = ("Степан", "Алёна", "Роман", "Яна", "Павел")[number - 10]
        patronymic = "Денисовна" if first_name.endswith("а") else "Денисович"
        grown = [date(born.year + age, born.month, born.day) for age in (14, 18)]
        papers = (_passport(number, days_after(grown[0], 20)),) if days_after(grown[0], 20) <= today else ()
        name = f"{'Ершова' if first_name.endswith('а') else 'Ершов'} {first_name} {patronymic}"
        yield _person(
            "minor" if today < grown[1] else "",
            number,
            name,
            born,
            inn=None,
            passports=papers,
            mother=_snils(9),
            address=_address(9),
            registrations=(_registration(_address(9), days_after(born, 30)),),
        )
    guardian, ward = _snils(15), _snils(16)
    act = "Постановление № 118"
    over = Guardianship(ward, guardian, date(2010, 6, 1), act, municipality(TOWNS[0]))
    yield _person("ward", 15, "Титова Лариса Павловна", date(1958, 8, 8), guardianships=(over,))
    home = (_registration(_address(15), date(2010, 6, 15)),)
    yield _person(
        "ward", 16, "Титов Ярослав Олегович", date(2008, 1, 26),
        inn=None, passports=(), address=_address(15), registrations=home,
    )  # fmt: skip


def _life(today: date) -> Iterator[Statement]:
    yield _debtor()
    new = _address(118)
    pending = Registration("living", new, days_after(today, -1), None, None, _MIGRATION)
    old = _registration(_address(18), date(2006, 4, 12))
    yield _person("pending-registration", 18, "Зимин Андрей Борисович", date(1978, 2, 14), registrations=(old, pending))
    conviction = Conviction(
        "ст. 158 ч. 2 УК РФ", date(2011, 5, 17), "Ленинский районный суд г. Иваново", "Лишение свободы 2 года условно"
    )
    yield _person("convicted", 19, "Рогов Виктор Юрьевич", date(1981, 7, 7), convictions=(conviction,))
    ogrnip = with_ogrnip_check("30837990000020")
    business = Entrepreneur(ogrnip, date(2008, 9, 1), None, "60.22", "Деятельность такси", "3702")
    yield _person("entrepreneur", 20, "Макаров Юрий Иванович", date(1976, 5, 5), entrepreneur=business)
    yield _person(
        "unemployed",
        21,
        "Шилова Татьяна Романовна",
        date(1982, 3, 3),
        jobs=(Job(FIRM_OGRN, "Экономист", date(2006, 3, 1), date(2011, 6, 30), Decimal(14_000)),),
        unemployment=(Unemployment(date(2011, 7, 18), Decimal(4_900), None, employment_centre(TOWNS[0])),),
        housing_queue=HousingQueue(212, date(2008, 4, 7), "Малоимущая семья", TOWNS[0].oktmo),
    )
    public = public_flat()
    yield _person(
        "pensioner",
        22,
        "Лаптев Павел Константинович",
        date(1947, 9, 30),
        address=public,
        registrations=(_registration(public, date(2006, 12, 4)),),
        pensions=(Pension("old age", date(2007, 9, 30), Decimal("11250.40"), None, "900022"),),
        benefits=(
            Benefit("Ежемесячная денежная выплата ветерану труда", date(2008, 1, 1), Decimal(455)),
            Benefit("Ежемесячная денежная выплата инвалиду", date(2010, 3, 9), Decimal(1967)),
        ),
        disability=Disability(2, date(2010, 3, 9), "Общее заболевание", "МСЭ-2010 № 9000022"),
        social_hire=SocialHire("1022-СН", date(2006, 11, 20), PUBLIC_FLAT, municipality(TOWNS[0]), (_snils(22),)),
    )


def _debtor() -> Statement:
    charge = Charge(
        with_uin_check("1883799000000000017"),
        date(2011, 8, 2),
        Decimal(1_500),
        "Штраф за нарушение правил дорожного движения",
        "18811630000010000140",
        "Управление Федерального казначейства по Ивановской области (УМВД)",
        "3799000061",
        "370201001",
        TOWNS[0].oktmo,
    )
    office = bailiffs(TOWNS[0])
    return _person(
        "debtor",
        17,
        "Уваров Сергей Павлович",
        date(1974, 6, 18),
        charges=(charge,),
        payments=(),
        enforcements=(
            Enforcement("900017/10/37099-ИП", date(2010, 9, 6), Decimal("84310.55"), Decimal("61200.00"),
                        "Задолженность по кредитным платежам", "Судебный приказ № 2-517/2010", office, "Орлова А. В."),
            Enforcement("900018/11/37099-ИП", date(2011, 4, 21), Decimal(1_500), Decimal(1_500),
                        "Штраф ГИБДД", "Постановление № 37АА900017", office, "Зимин П. С."),
        ),
    )  # fmt: skip
