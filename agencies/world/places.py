"""Towns of the Ivanovo region, the streets that the world puts in each of them, and the offices there.

ОКТМО codes are real (ОК 033-2013); streets and their codes are invented, the same in every town.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from agencies.world.records import Address


@dataclass(frozen=True, slots=True)
class Town:
    """A town: postal index, 8 digits of ОКТМО, its municipal district unless it is an urban okrug of its own."""

    name: str
    index: str
    oktmo: str
    district: str | None
    genitive: str
    number: int


def _towns(*rows: tuple[str, str, str, str | None, str]) -> tuple[Town, ...]:
    return tuple(Town(*row, number) for number, row in enumerate(rows, start=901))


TOWNS: Final = _towns(
    ("Иваново", "153000", "24701000", None, "Иваново"),
    ("Кинешма", "155800", "24705000", None, "Кинешмы"),
    ("Шуя", "155900", "24711000", None, "Шуи"),
    ("Кохма", "153510", "24706000", None, "Кохмы"),
    ("Тейково", "155040", "24707000", None, "Тейково"),
    ("Вичуга", "155330", "24703000", None, "Вичуги"),
    ("Фурманов", "155520", "24631101", "Фурмановский район", "Фурманова"),
    ("Родники", "155250", "24623101", "Родниковский район", "Родников"),
    ("Южа", "155630", "24635101", "Южский район", "Южи"),
    ("Приволжск", "155550", "24620106", "Приволжский район", "Приволжска"),
    ("Плёс", "155555", "24620104", "Приволжский район", "Плёса"),
    ("Пучеж", "155360", "24621101", "Пучежский район", "Пучежа"),
    ("Юрьевец", "155450", "24637101", "Юрьевецкий район", "Юрьевца"),
    ("Заволжск", "155410", "24605101", "Заволжский район", "Заволжска"),
    ("Наволоки", "155830", "24611104", "Кинешемский район", "Наволок"),
    ("Комсомольск", "155150", "24613101", "Комсомольский район", "Комсомольска"),
    ("Гаврилов Посад", "155000", "24603101", "Гаврилово-Посадский район", "Гаврилова Посада"),
)
"""The first one is the centre, where most people live."""

STREETS: Final = (
    *("ул. Ткацкая", "ул. Прядильная", "ул. Береговая", "ул. Набережная", "ул. Садовая", "ул. Заречная"),
    *("ул. Полевая", "ул. Лесная", "пер. Фабричный", "пер. Речной", "пр-т Текстильщиков", "ул. Лежневская"),
    *("ул. Красильная", "ул. Волжская", "ул. Уводьская", "ул. Тезинская", "ул. Льняная", "ул. Шёлковая"),
    *("ул. Вишнёвая", "ул. Яблоневая", "ул. Сосновая", "ул. Берёзовая", "пер. Садовый", "пер. Тихий"),
    *("пер. Мельничный", "ул. Ситцевая", "ул. Бумажная", "ул. Кузнечная", "ул. Гончарная", "ул. Парковая"),
)

FLATS: Final = len(STREETS) * 60 * 200
"""How many flats a town has: houses 1 to 60, flats 1 to 200."""
HOUSES: Final = len(STREETS) * 140
"""How many houses of one household: 61 to 200."""
OFFICES: Final = len(STREETS) * 100
"""How many other buildings: houses 201 to 300."""

_BY_NAME: Final = {town.name.casefold(): town for town in TOWNS}


def town_named(name: str) -> Town:
    """Return the town of that name, the centre for one that the world does not have."""
    return _BY_NAME.get(name.strip().casefold(), TOWNS[0])


def flat_address(town: Town, number: int) -> Address:
    """Return flat `number` (below FLATS) of a town."""
    street, rest = number % len(STREETS), number // len(STREETS)
    return _address(town, street, str(1 + rest % 60), str(1 + rest // 60))


def house_address(town: Town, number: int) -> Address:
    """Return house `number` (below HOUSES) of one household."""
    return _address(town, number % len(STREETS), str(61 + number // len(STREETS)), None)


def office_address(town: Town, number: int) -> Address:
    """Return a building where nobody lives (below OFFICES)."""
    return _address(town, number % len(STREETS), str(201 + number // len(STREETS)), None)


def _address(town: Town, street: int, house: str, flat: str | None) -> Address:
    kladr = f"37000{town.number}000{street + 1:04d}00"
    return Address(
        town.index, town.name, STREETS[street], house, flat, town.district, town.oktmo, kladr, _guid(kladr, house)
    )


def _guid(kladr: str, house: str) -> str:
    code = blake2b(f"{kladr}/{house}".encode(), digest_size=16).hexdigest()
    return f"{code[:8]}-{code[8:12]}-4{code[13:16]}-8{code[17:20]}-{code[20:]}"


def address_key(address: Address) -> tuple[str, str, str, str]:
    """Return what two spellings of one address have in common; ё does not matter."""
    parts = (address.town, address.street, address.house, address.flat or "")
    town, street, house, flat = (part.strip().casefold().replace("ё", "е") for part in parts)
    return town, street, house, flat


def registry_office(town: Town) -> str:
    """Return the office of ЗАГС of a town."""
    return f"Отдел ЗАГС г. {town.name} комитета Ивановской области ЗАГС"


def municipality(town: Town) -> str:
    """Return the body of local self-government that a town's public flats belong to."""
    return f"Администрация {'муниципального района' if town.district else 'городского округа'} {town.name}"


def public_owner(town: Town) -> str:
    """Return how a register of rights names a municipality as an owner."""
    return f"Муниципальное образование «{'Муниципальный район' if town.district else 'Городской округ'} {town.name}»"


def bailiffs(town: Town) -> str:
    return f"ОСП по г. {town.name} УФССП России по Ивановской области"


def employment_centre(town: Town) -> str:
    return f"ОГКУ «Центр занятости населения» г. {town.name}"


def social_department(town: Town) -> str:
    return f"Территориальное управление социальной защиты населения по г. {town.name}"


def commissariat(town: Town) -> str:
    return f"Отдел военного комиссариата Ивановской области по г. {town.name}"
