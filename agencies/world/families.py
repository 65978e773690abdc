"""Who is whose: two generations of couples and the children of both, by ordinals.

A family has six places: the husband, the wife, four children; a person's ordinal is `family * 6 + place`. Every third
family is an elder one, whose children are husbands and wives of younger families; so a grown-up has brothers and
sisters here, and a child has grandparents. Nobody of this looks at today: whom a day does not know yet is left out
above.
"""

from datetime import date
from typing import Final, NamedTuple

from agencies.world import names
from agencies.world.draw import Draw, Source, days_after, years_after
from agencies.world.records import Sex

FAMILIES: Final = 1200
PLACES: Final = 6
HUSBAND: Final = 0
WIFE: Final = 1
CHILDREN: Final = range(2, PLACES)
LIMIT: Final = 10**6 // PLACES
"""Families beyond FAMILIES, up to this one, are there for people whom the seed does not have."""

_ELDER: Final = FAMILIES // 3
_LATEST_WEDDING: Final = date(2011, 8, 31)


class Core(NamedTuple):
    """What makes a person, before any register writes it down; parents and the person are ordinals."""

    ordinal: int
    sex: Sex
    family_name: str
    first_name: str
    patronymic: str | None
    born: date
    died: date | None = None
    maiden_name: str | None = None
    father: int | None = None
    mother: int | None = None


class Family(NamedTuple):
    """A family by place: None where there is nobody. Who never married each other may still stand side by side."""

    number: int
    members: tuple[Core | None, ...]
    married: date | None
    divorced: date | None

    @property
    def together(self) -> bool:
        return self.married is not None and self.divorced is None


class _Offspring(NamedTuple):
    """A child of an elder family, as the younger family knows it that the child will found."""

    father: Core
    mother: Core
    first_name: str
    born: date


class Families:
    """All families of a seed, each made when it is asked for."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._made: dict[int, Family] = {}
        self._elders: dict[int, tuple[Core, Core, tuple[_Offspring, ...]]] = {}

    def family(self, number: int) -> Family:
        found = self._made.get(number)
        if found is None:
            elder = number < FAMILIES and number % 3 == 0
            found = self._made[number] = self._elder_family(number) if elder else self._younger_family(number)
        return found

    def core(self, ordinal: int) -> Core | None:
        """Return who has that ordinal; None where the family has nobody in that place."""
        return self.family(ordinal // PLACES).members[ordinal % PLACES]

    def settle(self, core: Core) -> None:
        """Let somebody live without relatives, whatever family the place would have had."""
        number, own = divmod(core.ordinal, PLACES)
        members = tuple(core if place == own else None for place in range(PLACES))
        self._made[number] = Family(number, members, None, None)

    def forget(self, number: int) -> None:
        """Let a family be drawn again."""
        self._made.pop(number, None)

    def children_of(self, core: Core) -> tuple[int, ...]:
        """Return the ordinals of somebody's children, the unborn included, in no order."""
        family = self.family(core.ordinal // PLACES)
        candidates = [member for place in CHILDREN if (member := family.members[place])]
        if family.number < FAMILIES and family.number % 3 == 0:
            candidates += [self._grown_up(family.number, child) for child in range(4)]
        return tuple(child.ordinal for child in candidates if core.ordinal in (child.father, child.mother))

    def _grown_up(self, elder: int, child: int) -> Core:
        """Return child 0 to 3 of an elder family: the sons of two younger families, the wives of two others."""
        rank = elder // 3 if child < 2 else (elder // 3 - 1) % _ELDER
        found = self.family(3 * rank + 1 + child % 2).members[HUSBAND if child < 2 else WIFE]
        assert found is not None, "a younger family has a husband and a wife"  # noqa: S101
        return found

    def _elder(self, rank: int) -> tuple[Core, Core, tuple[_Offspring, ...]]:
        if rank not in self._elders:
            self._elders[rank] = self._make_elder(rank)
        return self._elders[rank]

    def _make_elder(self, rank: int) -> tuple[Core, Core, tuple[_Offspring, ...]]:
        draw = self._source.draw("elder", rank)
        ordinal = 3 * rank * PLACES
        # Neighbours are of one age, because their children marry each other.
        year = 1938 + abs(_ELDER - 2 * rank) * 18 // _ELDER
        born = draw.day(date(year, 1, 1), date(year, 12, 31))
        his = days_after(born, -draw.below(5 * 365))
        name = draw.pick(names.FAMILY_NAMES)
        husband = Core(
            ordinal, "male", name, draw.pick(names.MALE_NAMES), _patronymic(draw, "male"), his, _dies(draw, his, 62)
        )
        maiden = names.family_name(draw.pick(names.FAMILY_NAMES), "female")
        wife = Core(
            ordinal + 1,
            "female",
            names.family_name(name, "female"),
            draw.pick(names.FEMALE_NAMES),
            _patronymic(draw, "female"),
            born,
            _dies(draw, born, 66),
            None if maiden == names.family_name(name, "female") else maiden,
        )
        return husband, wife, _offspring(draw, husband, wife)

    def _elder_family(self, number: int) -> Family:
        husband, wife, children = self._elder(number // 3)
        draw = self._source.draw("elder couple", number)
        eldest = min(child.born for child in children)
        married = days_after(eldest, -260 - draw.below(200))
        divorced = draw.day(years_after(wife.born, 42), years_after(wife.born, 55)) if draw.percent(8) else None
        return Family(number, (husband, wife, None, None, None, None), married, divorced)

    def _younger_family(self, number: int) -> Family:
        draw = self._source.draw("family", number)
        rank = number // 3 % _ELDER
        pair = number % 3 - 1 if number < FAMILIES else draw.below(2)
        linked = number < FAMILIES
        husband = self._spouse(draw, number, HUSBAND, self._elder(rank)[2][pair], linked=linked)
        wife = self._spouse(draw, number, WIFE, self._elder((rank + 1) % _ELDER)[2][2 + pair], linked=linked)
        married = divorced = None
        if draw.percent(80):
            adult = days_after(years_after(max(husband.born, wife.born), 18), 200)
            married = draw.day(adult, min(years_after(adult, 14), _LATEST_WEDDING))
            divorced = draw.day(years_after(married, 1), years_after(married, 18)) if draw.percent(25) else None
            divorced = None if divorced is None or divorced > _LATEST_WEDDING else divorced
            if draw.percent(88):
                wife = _renamed(wife, names.family_name(husband.family_name, "female"))
        couple = Family(number, (husband, wife), married, divorced)
        return couple._replace(members=(husband, wife, *_children(draw, couple, wife)))

    def _spouse(self, draw: Draw, number: int, place: int, child: _Offspring, *, linked: bool) -> Core:
        sex: Sex = "male" if place == HUSBAND else "female"
        name = draw.pick(names.FAMILY_NAMES)
        patronymic: str | None = _patronymic(draw, sex)
        linked = draw.percent(70) and linked
        if linked:
            name, patronymic = child.father.family_name, names.patronymic(child.father.first_name, sex)
        elif draw.percent(5):
            patronymic = None  # a few have none, and forms must cope
        return Core(
            number * PLACES + place,
            sex,
            names.family_name(name, sex),
            child.first_name,
            patronymic,
            child.born,
            _dies(draw, child.born, 76),
            father=child.father.ordinal if linked else None,
            mother=child.mother.ordinal if linked else None,
        )


def _patronymic(draw: Draw, sex: Sex) -> str:
    return names.patronymic(draw.pick(names.MALE_NAMES), sex)


def _dies(draw: Draw, born: date, age: int) -> date:
    # Nobody died before 2005: the registers that the world imitates do not go back further.
    return draw.day(max(years_after(born, age), date(2005, 1, 1)), years_after(born, 97))


def _renamed(wife: Core, family_name: str) -> Core:
    if family_name == wife.family_name:
        return wife
    return wife._replace(family_name=family_name, maiden_name=wife.family_name)


def _offspring(draw: Draw, husband: Core, wife: Core) -> tuple[_Offspring, ...]:
    """Draw the elder son, the younger son, the elder and the younger daughter."""
    day = days_after(years_after(wife.born, 18), 500 + draw.below(1300))
    births: list[date] = []
    for _ in range(4):
        births.append(day)
        day = days_after(day, 400 + draw.below(900))
    first, second = draw.below(2), draw.below(2)
    days = (births[first], births[2 + second], births[1 - first], births[3 - second])
    male, female = draw.below(len(names.MALE_NAMES)), draw.below(len(names.FEMALE_NAMES))
    called = (
        names.MALE_NAMES[male],
        names.MALE_NAMES[(male + 7) % len(names.MALE_NAMES)],
        names.FEMALE_NAMES[female],
        names.FEMALE_NAMES[(female + 7) % len(names.FEMALE_NAMES)],
    )
    return tuple(_Offspring(husband, wife, name, born) for name, born in zip(called, days, strict=True))


def _children(draw: Draw, couple: Family, mother: Core) -> list[Core | None]:
    """Draw up to four children, born while the marriage lasts, or one of a mother who is not married."""
    number, (husband, _), married, divorced = couple
    father = husband if married else None
    if married is None:
        day = draw.day(years_after(mother.born, 19), years_after(mother.born, 36))
        wanted = 1 if draw.percent(45) else 0
    else:
        day = days_after(married, 200 + draw.below(2500))
        wanted = (0, 1, 1, 1, 2, 2, 2, 2, 3, 4)[draw.below(10)]
    last = min(years_after(mother.born, 43), divorced or date.max)
    first_name = draw.below(24)
    children: list[Core | None] = []
    while len(children) < wanted and day < last:
        sex: Sex = "male" if draw.below(2) else "female"
        called = names.first_names(sex)
        children.append(
            Core(
                number * PLACES + CHILDREN[len(children)],
                sex,
                names.family_name(father.family_name, sex) if father else _in_form(mother, sex),
                called[(first_name + 5 * len(children)) % len(called)],
                names.patronymic(father.first_name, sex) if father else _patronymic(draw, sex),
                day,
                father=None if father is None else father.ordinal,
                mother=mother.ordinal,
            )
        )
        day = days_after(day, 500 + draw.below(2200))
    return children + [None] * (len(CHILDREN) - len(children))


def _in_form(mother: Core, sex: Sex) -> str:
    return mother.family_name if sex == "female" else mother.family_name.removesuffix("а")
