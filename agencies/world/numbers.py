"""Numbers of the world: right by their check digits, in ranges that no register issues, and telling whose they are.

Drawn numbers lie apart from those of shipped people and firms, whose are written down in `cases` and `example`: СНИЛС
from 910-000-000 to 949-999-999, tax office 3798, passports of the years 2091 on, cadastral quarters 98, bailiffs 37098.
"""

from datetime import date
from typing import Final

from agencies.world.check_digits import (
    is_inn,
    is_ogrn,
    is_ogrnip,
    is_snils,
    is_uin,
    with_inn_check,
    with_ogrn_check,
    with_ogrnip_check,
    with_snils_check,
    with_uin_check,
)
from agencies.world.draw import Source, Spread

PASSPORTS: Final = 5
VEHICLES: Final = 2
CHARGES: Final = 30
ENFORCEMENTS: Final = 2

_SNILS_FIRST: Final = 910_000_000
_SNILS_SIZE: Final = 40_000_000
_OFFICE: Final = "3798"
_PLATE_LETTERS: Final = "АВЕКМНОРСТУХ"
_PLATES: Final = 999 * 12**3
_PLATE_REGIONS: Final = ("537", "637")
_BANK: Final = "042406998"


class Numbers:
    """Numbers by ordinal, and back: `whose_…` gives the ordinal, None for a number that is none of the drawn ones."""

    def __init__(self, source: Source) -> None:
        self._given: Final[dict[tuple[str, int], str]] = {}
        self._snils: Final = source.spread("snils", _SNILS_SIZE)
        self._inn: Final = source.spread("inn", 10**6)
        self._ogrnip: Final = source.spread("ogrnip", 10**7)
        self._papers: Final = [source.spread(f"passport {place}", 10**6) for place in range(PASSPORTS + 1)]
        self._vin: Final = source.spread("vin", 10**8)
        self._plate: Final = source.spread("plate", _PLATES)
        self._uin: Final = source.spread("uin", 10**8)
        self._enforcement: Final = source.spread("enforcement", 10**8)
        self._firm_inn: Final = source.spread("firm inn", 10**5)
        self._ogrn: Final = source.spread("ogrn", 10**5)
        self._estate: Final = source.spread("estate", 10**7)

    def give(self, kind: str, ordinal: int, number: str) -> None:
        """Let somebody, or a firm or an estate, have another number than the drawn one; `kind` names the method."""
        self._given[kind, ordinal] = number

    def given(self, kind: str, ordinal: int) -> str | None:
        return self._given.get((kind, ordinal))

    # Of persons

    def snils(self, ordinal: int) -> str:
        drawn = _SNILS_FIRST + self._snils.number(ordinal)
        return self._given.get(("snils", ordinal)) or with_snils_check(str(drawn))

    def whose_snils(self, snils: str) -> int | None:
        number = int(snils[:9]) - _SNILS_FIRST if is_snils(snils) else -1
        return self._snils.ordinal(number) if 0 <= number < _SNILS_SIZE else None

    def inn(self, ordinal: int) -> str:
        return self._given.get(("inn", ordinal)) or with_inn_check(f"{_OFFICE}{self._inn.number(ordinal):06d}")

    def whose_inn(self, inn: str) -> int | None:
        drawn = len(inn) == 12 and inn.startswith(_OFFICE) and is_inn(inn)
        return self._inn.ordinal(int(inn[4:10])) if drawn else None

    def ogrnip(self, ordinal: int, registered: date) -> str:
        drawn = f"3{registered:%y}{_OFFICE}{self._ogrnip.number(ordinal):07d}"
        return self._given.get(("ogrnip", ordinal)) or with_ogrnip_check(drawn)

    def whose_ogrnip(self, ogrnip: str) -> int | None:
        drawn = is_ogrnip(ogrnip) and ogrnip[3:7] == _OFFICE
        return self._ogrnip.ordinal(int(ogrnip[7:14])) if drawn else None

    def passport(self, ordinal: int, place: int) -> tuple[str, str]:
        """Return series and number of somebody's passport 0 to PASSPORTS - 1."""
        return f"{2491 + place}", f"{self._papers[place].number(ordinal):06d}"

    def certificate(self, ordinal: int) -> tuple[str, str]:
        """Return series and number of somebody's birth certificate."""
        return "IX-ФО", f"{self._papers[PASSPORTS].number(ordinal):06d}"

    def whose_paper(self, series: str, number: str) -> int | None:
        """Tell whose passport or birth certificate it is; the series as the world writes it."""
        if len(number) != 6 or not number.isdigit():
            return None
        place = PASSPORTS if series == "IX-ФО" else int(series) - 2491 if series.isdecimal() else -1
        return self._papers[place].ordinal(int(number)) if 0 <= place <= PASSPORTS else None

    # Of what they have and owe: an ordinal and a place

    def vin(self, ordinal: int, place: int) -> str:
        return f"XZZ37D000{self._vin.number(ordinal * VEHICLES + place):08d}"

    def whose_vin(self, vin: str) -> int | None:
        return _whose(self._vin, VEHICLES, vin, "XZZ37D000", 8)

    def plate(self, ordinal: int, place: int) -> str:
        letters, digits = divmod(self._plate.number(ordinal), 999)
        first, second, third = (_PLATE_LETTERS[letters // 12**power % 12] for power in range(3))
        return f"{first}{digits + 1:03d}{second}{third}{_PLATE_REGIONS[place]}"

    def whose_plate(self, plate: str) -> int | None:
        letters = [_PLATE_LETTERS.find(letter) for letter in (plate[:1], *plate[4:6])]
        if len(plate) != 9 or plate[6:] not in _PLATE_REGIONS or -1 in letters or not plate[1:4].isdecimal():
            return None
        number = sum(letter * 12**power for power, letter in enumerate(letters)) * 999 + int(plate[1:4]) - 1
        return self._plate.ordinal(number)

    def uin(self, ordinal: int, place: int, *, administrator: str, firm: bool) -> str:
        """Return a УИН of 20 digits; `administrator` is the code of three digits of who gets the money."""
        number = self._uin.number(ordinal * CHARGES + place)
        return with_uin_check(f"{administrator}{_OFFICE}{int(firm)}000{number:08d}")

    def whose_uin(self, uin: str) -> tuple[int, bool] | None:
        """Return the ordinal, and whether it is a firm's."""
        if not is_uin(uin) or len(uin) != 20 or uin[3:7] != _OFFICE or uin[7:11] not in ("0000", "1000"):
            return None
        return self._uin.ordinal(int(uin[11:19])) // CHARGES, uin[7] == "1"

    def uip(self, ordinal: int, place: int, paid: date, *, firm: bool) -> str:
        """Return a УИП of 32 digits: the bank, the branch, the day, a number."""
        number = self._uin.number(ordinal * CHARGES + place)
        return f"1{_BANK}{int(firm):06d}{paid:%d%m%Y}{number:08d}"

    def whose_uip(self, uip: str) -> tuple[int, bool] | None:
        if len(uip) != 32 or not uip.isdecimal() or uip[1:10] != _BANK:
            return None
        return self._uin.ordinal(int(uip[24:])) // CHARGES, uip[15] == "1"

    def enforcement(self, ordinal: int, place: int, since: date, *, firm: bool) -> str:
        number = self._enforcement.number(ordinal * ENFORCEMENTS + place)
        return f"{number}/{since:%y}/{'37097' if firm else '37098'}-ИП"

    def whose_enforcement(self, number: str) -> tuple[int, bool] | None:
        first, _, rest = number.partition("/")
        department = rest[3:]
        if not first.isdecimal() or department not in ("37097-ИП", "37098-ИП"):
            return None
        return self._enforcement.ordinal(int(first)) // ENFORCEMENTS, department == "37097-ИП"

    # Of firms and estates, by index

    def firm_inn(self, index: int) -> str:
        drawn = f"{_OFFICE}{self._firm_inn.number(index):05d}"
        return self._given.get(("firm_inn", index)) or with_inn_check(drawn)

    def which_firm_inn(self, inn: str) -> int | None:
        drawn = len(inn) == 10 and inn.startswith(_OFFICE) and is_inn(inn)
        return self._firm_inn.ordinal(int(inn[4:9])) if drawn else None

    def ogrn(self, index: int, registered: date) -> str:
        drawn = f"1{registered:%y}{_OFFICE}{self._ogrn.number(index):05d}"
        return self._given.get(("ogrn", index)) or with_ogrn_check(drawn)

    def which_ogrn(self, ogrn: str) -> int | None:
        drawn = is_ogrn(ogrn) and ogrn[3:7] == _OFFICE
        return self._ogrn.ordinal(int(ogrn[7:12])) if drawn else None

    def cadastral(self, index: int) -> str:
        quarter, number = divmod(self._estate.number(index), 1000)
        return self._given.get(("cadastral", index)) or f"37:24:98{quarter:04d}:{number + 101}"

    def which_cadastral(self, cadastral_number: str) -> int | None:
        prefix, _, rest = cadastral_number.partition("37:24:98")
        quarter, _, number = rest.partition(":")
        if prefix or len(quarter) != 4 or not quarter.isdecimal() or not number.isdecimal():
            return None
        last = int(number) - 101
        return self._estate.ordinal(int(quarter) * 1000 + last) if 0 <= last < 1000 else None


def _whose(spread: Spread, places: int, number: str, prefix: str, digits: int) -> int | None:
    rest = number.removeprefix(prefix)
    drawn = rest != number and len(rest) == digits and rest.isdecimal()
    return spread.ordinal(int(rest)) // places if drawn else None
