"""Firms: who founded and heads them, what they do, by index."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from agencies.world import names
from agencies.world.draw import Source, in_year, years_after
from agencies.world.families import FAMILIES, LIMIT, PLACES, Core, Families
from agencies.world.numbers import Numbers
from agencies.world.places import OFFICES, TOWNS, Town, office_address
from agencies.world.records import Division, Firm, Founder, Licence, Person

FIRMS: Final = 300

_YOUNGER: Final = FAMILIES // 3 * 4
"""How many husbands and wives the younger families have."""
_FORM: Final = "Общество с ограниченной ответственностью"

_UNTOLD_YEAR: Final = 2005


class FirmCore(NamedTuple):
    """What makes a firm; persons are ordinals; `ceased` may lie after today."""

    ogrn: str
    registered: date
    ceased: date | None
    head: int
    founders: tuple[tuple[int, Decimal], ...]


class Firms:
    """Makes firms; their people are husbands and wives of younger families."""

    def __init__(self, source: Source, numbers: Numbers, families: Families) -> None:
        self._source, self._numbers, self._families = source, numbers, families
        self._made: dict[int, FirmCore] = {}

    def core(self, index: int) -> FirmCore:
        found = self._made.get(index)
        if found is None:
            found = self._made[index] = self._make(index)
        return found

    def invent(self, index: int, ogrn: str | None, today: date) -> FirmCore:
        """Make a firm that the seed does not have, led by people that it does not have either."""
        self._made[index] = self._make(index, ogrn, today)
        return self._made[index]

    def forget(self, index: int) -> None:
        self._made.pop(index, None)

    def around(self, ordinal: int) -> tuple[int, ...]:
        """Return the indices of firms of the seed that somebody may head or have founded."""
        number, place = divmod(ordinal, PLACES)
        if number >= FAMILIES or number % 3 == 0 or place > 1:
            return ()
        rank = number // 3 * 4 + (number % 3 - 1) * 2 + place
        founding = self._source.spread("founders", _YOUNGER)
        found = {founding.ordinal((rank - 7 * place) % _YOUNGER) for place in range(3)}
        found.add(self._source.spread("head", _YOUNGER).ordinal(rank))
        return tuple(sorted(index for index in found if index < FIRMS))

    def firm(self, index: int, person: Callable[[int], Person], today: date) -> Firm:
        """Return the firm as of `today`; `person` gives people by ordinal."""
        core = self.core(index)
        draw = self._source.draw("firm", index)
        name, okved, okved_name = draw.pick(names.TRADES)
        title = f"{name}-{index + 1}"
        town = _town(self._source, index)
        people = tuple(Founder(person(ordinal), share) for ordinal, share in core.founders)
        candidates = (person(core.head), *(founder.person for founder in people))
        head = next((someone for someone in candidates if someone.death is None), candidates[0])
        return Firm(
            ogrn=core.ogrn,
            inn=self._numbers.firm_inn(index),
            kpp="370201001",
            tax_office="3702",
            full_name=f"{_FORM} «{title}»",
            short_name=f"ООО «{title}»",
            legal_form=_FORM,
            registered=core.registered,
            ceased=core.ceased if core.ceased and core.ceased <= today else None,
            address=office_address(town, draw.below(OFFICES)),
            head=head,
            head_position=draw.pick(("Генеральный директор", "Директор")),
            founders=people,
            okved=okved,
            okved_name=okved_name,
            headcount=3 + draw.below(240),
            tax_debt=Decimal(1 + draw.below(900_000)) / 4 if draw.percent(15) else Decimal(0),
            divisions=self._divisions(index, title),
            licences=self._licences(index, okved, core.registered),
        )

    def _make(self, index: int, ogrn: str | None = None, today: date = date.max) -> FirmCore:
        draw = self._source.draw("firm core", index)
        people = self._founders(index) if index < FIRMS else self._strangers(index, ogrn)
        count = 1 + draw.below(len(people))
        founders = tuple((person.ordinal, Decimal(10_000 * (1 + draw.below(9)))) for person in people[:count])
        head = people[0] if draw.below(2) or index >= FIRMS else self._head(index)
        adult = years_after(max(person.born for person in (head, *people)), 18)
        registered = max(draw.day(date(2002, 7, 1), date(2010, 12, 31)), adult)
        if ogrn is not None:
            registered = in_year(registered, _year(ogrn), today)
        early, late = draw.day(date(2011, 1, 1), date(2011, 9, 30)), draw.day(date(2012, 1, 1), date(2040, 1, 1))
        fate = draw.below(100)
        ceased = early if fate < 8 else late if fate < 30 else None
        number = ogrn or self._numbers.ogrn(index, registered)
        return FirmCore(number, registered, ceased, head.ordinal, founders)

    def _founders(self, index: int) -> list[Core]:
        first = self._source.spread("founders", _YOUNGER).number(index)
        return [self._younger((first + 7 * place) % _YOUNGER) for place in range(3)]

    def _head(self, index: int) -> Core:
        return self._younger(self._source.spread("head", _YOUNGER).number(index))

    def _younger(self, rank: int) -> Core:
        number = rank // 4 * 3 + 1 + rank % 4 // 2
        return self._certain(number * PLACES + rank % 2)

    def _strangers(self, index: int, ogrn: str | None) -> list[Core]:
        """Return a couple that the seed does not have, of age when the firm was registered."""
        founded = 2002 if ogrn is None else max(_year(ogrn), 2002)
        number = FAMILIES + index * 7919 % (LIMIT - FAMILIES)
        for attempt in range(number, number + 200):
            family = self._families.family(FAMILIES + attempt % (LIMIT - FAMILIES))
            couple = [person for person in family.members[:2] if person]
            if len(couple) == 2 and max(person.born.year for person in couple) + 19 <= founded:
                return couple
        raise AssertionError("among 200 couples one is of age")

    def _certain(self, ordinal: int) -> Core:
        found = self._families.core(ordinal)
        assert found is not None, "every family has a husband and a wife"  # noqa: S101
        return found

    def _divisions(self, index: int, title: str) -> tuple[Division, ...]:
        draw = self._source.draw("divisions", index)
        if not draw.percent(15):
            return ()
        town = draw.pick(TOWNS)
        place = office_address(town, draw.below(OFFICES))
        return (Division(f"Обособленное подразделение ООО «{title}» в г. {town.name}", "370245001", place),)

    def _licences(self, index: int, okved: str, registered: date) -> tuple[Licence, ...]:
        if okved not in names.LICENSED:
            return ()
        activity, issuer = names.LICENSED[okved]
        draw = self._source.draw("licence", index)
        issued = draw.day(registered, max(registered, date(2011, 9, 30)))
        number = f"ЛО-37-98-{draw.below(900_000) + 100_000}"
        return (Licence(number, activity, issuer, issued),)


def _town(source: Source, index: int) -> Town:
    draw = source.draw("firm town", index)
    return TOWNS[0] if draw.percent(60) else draw.pick(TOWNS)


def _year(ogrn: str) -> int:
    """Return the year in an ОГРН: 1 or 5, then the year's last two digits; a fixture's number may have none."""
    digits = ogrn[1:3]
    return 2000 + int(digits) if len(digits) == 2 and digits.isascii() and digits.isdigit() else _UNTOLD_YEAR
