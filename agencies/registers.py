"""One seeded world: the people, firms and real estate that every simulated agency answers from.

All of it is synthetic. Identifiers have right check digits, but lie where no register has issued any: СНИЛС
from 900-000-000 on, the tax office 3799, passports of the year 2090, cadastral quarters 99. Nothing is made
before it is asked for, and each thing is drawn from a generator of its own, so that the order in which things
are asked for changes nothing.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random  # noqa: TID251 only seeded instances are made, and only of this class
from typing import Final, Literal, TypeVar

from agencies import names
from agencies.check_digits import with_inn_check, with_ogrn_check, with_snils_check
from agencies.records import Address, Estate, Firm, Founder, Passport, Person, Right

__all__ = ["Address", "Estate", "Firm", "Founder", "Passport", "Person", "Right", "World"]

PERSONS: Final = 300
FIRMS: Final = 60
ESTATES: Final = 150

EARLIEST_TODAY: Final = date(2011, 10, 1)
"""Everything in the world began before this day, on which 210-FZ Art. 7 took effect for federal bodies."""

_STEP: Final = 7_368_787  # a prime, so that index * _STEP runs through all residues of a power of ten
_TAX_OFFICE: Final = "3799"

_T = TypeVar("_T")


class _Draw:
    """Chance for one thing of the world, the same in every run and for every order of asking."""

    def __init__(self, seed: int, kind: str, index: int) -> None:
        # Only random() is promised to stay the same from one Python to the next; choice() and such are not.
        self._next = Random(f"{seed}/{kind}/{index}").random  # noqa: S311 nothing secret is made of it

    def below(self, limit: int) -> int:
        return int(self._next() * limit)

    def pick(self, choices: Sequence[_T]) -> _T:
        return choices[self.below(len(choices))]

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.below((last - first).days + 1))


class World:
    """The registers as of `today`, all that a `seed` determines.

    Only passports depend on `today` (they are replaced at 20 and at 45); the same seed gives the same people,
    firms and estates on any day.

    Raises: ValueError for a day before EARLIEST_TODAY.
    """

    def __init__(self, seed: int, today: date) -> None:
        if today < EARLIEST_TODAY:
            raise ValueError(f"the world begins on {EARLIEST_TODAY}, today is {today}")
        self.seed: Final = seed
        self.today: Final = today
        self._persons: dict[int, Person] = {}
        self._starts: dict[str, int] = {}

    # What there is

    def person(self, index: int) -> Person:
        """Return the person number `index`, from 0 to PERSONS - 1; raises IndexError beyond."""
        if not 0 <= index < PERSONS:
            raise IndexError(index)
        if index not in self._persons:
            self._persons[index] = self._make_person(index)
        return self._persons[index]

    @cached_property
    def persons(self) -> tuple[Person, ...]:
        return tuple(self.person(index) for index in range(PERSONS))

    @cached_property
    def firms(self) -> tuple[Firm, ...]:
        return tuple(self._make_firm(index) for index in range(FIRMS))

    @cached_property
    def estates(self) -> tuple[Estate, ...]:
        return tuple(self._make_estate(index) for index in range(ESTATES))

    # Who is it

    def person_by_snils(self, snils: str) -> Person | None:
        """Find a person by СНИЛС; separators are ignored."""
        return self._by_snils.get(_digits(snils))

    def person_by_inn(self, inn: str) -> Person | None:
        return self._by_inn.get(inn)

    def person_by_passport(self, series: str, number: str) -> Person | None:
        """Find a person by any passport held, a replaced one too; spaces are ignored."""
        return self._by_passport.get(_digits(series + number))

    def persons_by_name(
        self, family_name: str, first_name: str, patronymic: str | None, birth_date: date
    ) -> tuple[Person, ...]:
        """Find everybody of that name born that day; case, ё and outer spaces do not matter."""
        wanted = _name_key(family_name, first_name, patronymic, birth_date)
        return tuple(self._by_name.get(wanted, ()))

    def firm_by_ogrn(self, ogrn: str) -> Firm | None:
        return self._firm_by_number.get(ogrn) if len(ogrn) == 13 else None

    def firm_by_inn(self, inn: str) -> Firm | None:
        return self._firm_by_number.get(inn) if len(inn) == 10 else None

    def estate(self, cadastral_number: str) -> Estate | None:
        return self._by_cadastral_number.get(cadastral_number)

    def estates_of(self, person: Person) -> tuple[Estate, ...]:
        """Return what `person` owns, wholly or in part."""
        return tuple(estate for estate in self.estates if any(right.owner == person for right in estate.rights))

    @cached_property
    def _by_snils(self) -> dict[str, Person]:
        return {person.snils: person for person in self.persons}

    @cached_property
    def _by_inn(self) -> dict[str, Person]:
        return {person.inn: person for person in self.persons}

    @cached_property
    def _by_passport(self) -> dict[str, Person]:
        return {passport.series + passport.number: person for person in self.persons for passport in person.passports}

    @cached_property
    def _by_name(self) -> dict[tuple[str, date], list[Person]]:
        found: dict[tuple[str, date], list[Person]] = {}
        for person in self.persons:
            key = _name_key(person.family_name, person.first_name, person.patronymic, person.birth_date)
            found.setdefault(key, []).append(person)
        return found

    @cached_property
    def _firm_by_number(self) -> dict[str, Firm]:
        return {number: firm for firm in self.firms for number in (firm.ogrn, firm.inn)}

    @cached_property
    def _by_cadastral_number(self) -> dict[str, Estate]:
        return {estate.cadastral_number: estate for estate in self.estates}

    # How it is made

    def _unique(self, kind: str, index: int, digits: int) -> str:
        """Return a number that no other `index` of this `kind` gets."""
        size = 10**digits
        if kind not in self._starts:
            self._starts[kind] = _Draw(self.seed, kind, -1).below(size)
        return f"{(self._starts[kind] + index * _STEP) % size:0{digits}d}"

    def _make_person(self, index: int) -> Person:
        draw = _Draw(self.seed, "person", index)
        sex: Literal["male", "female"] = "male" if draw.below(2) else "female"
        form = 0 if sex == "male" else 1
        birth_date = draw.day(date(1936, 1, 1), date(1991, 12, 31))
        family_name = draw.pick(names.FAMILY_NAMES)[form]
        first_name = draw.pick(names.FEMALE_NAMES if form else names.MALE_NAMES)
        patronymic = draw.pick(names.PATRONYMICS)[form]
        return Person(
            snils=with_snils_check("9" + self._unique("snils", index, 8)),
            inn=with_inn_check(_TAX_OFFICE + self._unique("inn", index, 6)),
            family_name=family_name,
            first_name=first_name,
            patronymic=patronymic if draw.below(40) else None,  # a few have none, and forms must cope
            sex=sex,
            birth_date=birth_date,
            address=_address(draw),
            passports=self._make_passports(draw, index, birth_date),
        )

    def _make_passports(self, draw: _Draw, index: int, birth_date: date) -> tuple[Passport, ...]:
        # Passports of this form are given at 14 and replaced at 20 and at 45 (Government resolution 828 of
        # 08.07.1997); who was older when they came exchanged the Soviet one until 2004. All is drawn before
        # `today` is looked at, or else a later day would draw other people.
        exchanged = draw.day(date(1998, 1, 1), date(2003, 12, 31))
        fourteen = _years_after(birth_date, 14) + timedelta(days=5 + draw.below(25))
        first = fourteen if fourteen >= date(1998, 1, 1) else exchanged
        replaced = [_years_after(birth_date, age) + timedelta(days=5 + draw.below(25)) for age in (20, 45)]
        office = 1 + draw.below(30)
        days = [first, *(day for day in replaced if first < day <= self.today)]
        return tuple(
            Passport(
                series="2490",
                number=self._unique("passport", index * 3 + position, 6),
                issuer_code=f"370-{office:03d}",
                issuer_name=_issuer(issued),
                issued=issued,
                invalid_because=None if issued == days[-1] else "Замена в связи с достижением возраста",
            )
            for position, issued in enumerate(days)
        )

    def _make_firm(self, index: int) -> Firm:
        draw = _Draw(self.seed, "firm", index)
        name, okved, okved_name = draw.pick(names.TRADES)
        title = f"{name}-{index + 1}"
        people = draw.below(PERSONS)
        founders = tuple(
            Founder(self.person((people + position * 7) % PERSONS), Decimal(10_000 * (1 + draw.below(9))))
            for position in range(1 + draw.below(3))
        )
        head = founders[0].person if draw.below(2) else self.person(draw.below(PERSONS))
        youngest = max(person.birth_date for person in (head, *(founder.person for founder in founders)))
        registered = max(draw.day(date(2002, 7, 1), date(2010, 12, 31)), _years_after(youngest, 18))
        ceased = draw.day(date(2011, 1, 1), date(2011, 9, 30))
        return Firm(
            ogrn=with_ogrn_check(f"1{registered:%y}3799{self._unique('ogrn', index, 5)}"),
            inn=with_inn_check(_TAX_OFFICE + self._unique("firm inn", index, 5)),
            kpp="370201001",
            tax_office="3702",
            full_name=f"Общество с ограниченной ответственностью «{title}»",
            short_name=f"ООО «{title}»",
            legal_form="Общество с ограниченной ответственностью",
            registered=registered,
            ceased=None if draw.below(10) else ceased,
            address=_address(draw),
            head=head,
            head_position=draw.pick(("Генеральный директор", "Директор")),
            founders=founders,
            okved=okved,
            okved_name=okved_name,
        )

    def _make_estate(self, index: int) -> Estate:
        draw = _Draw(self.seed, "estate", index)
        kinds: tuple[Literal["parcel", "building", "flat"], ...] = ("parcel", "building", "flat", "flat")
        kind = draw.pick(kinds)
        area = Decimal(300 + draw.below(1700)) if kind == "parcel" else Decimal(280 + draw.below(1200)) / 10
        owner = draw.below(PERSONS)
        owners = [self.person(owner), self.person((owner + 1) % PERSONS)][: 1 + draw.below(2)]
        return Estate(
            cadastral_number=f"37:24:99{draw.below(10_000):04d}:{index + 101}",
            kind=kind,
            address=owners[0].address if kind == "flat" and owners[0].address.flat else _address(draw),
            area=area,
            value=area * (1_500 if kind == "parcel" else 38_000 + draw.below(9_000)),
            rights=_rights(draw, owners) if draw.below(12) else (),  # some rights were never registered
        )


def _rights(draw: _Draw, owners: Sequence[Person]) -> tuple[Right, ...]:
    registered = draw.day(date(1999, 1, 1), date(2010, 12, 31))
    book = f"37-37-01/{draw.below(900) + 100}/{registered.year}-{draw.below(900) + 100}"
    shared = len(owners) > 1
    return tuple(
        Right(
            kind="Общая долевая собственность" if shared else "Собственность",
            share=f"1/{len(owners)}" if shared else None,
            number=f"{book}/{position}" if shared else book,
            registered=registered,
            owner=owner,
        )
        for position, owner in enumerate(owners, start=1)
    )


def _address(draw: _Draw) -> Address:
    town, index = names.TOWNS[0] if draw.below(3) else draw.pick(names.TOWNS)
    flat = str(1 + draw.below(120)) if draw.below(5) else None
    return Address(index, town, draw.pick(names.STREETS), str(1 + draw.below(90)), flat)


def _issuer(issued: date) -> str:
    if issued < date(2007, 1, 1):
        return "Отделом внутренних дел Ленинского района города Иваново"
    if issued < date(2016, 6, 1):
        return "Отделом УФМС России по Ивановской области"
    return "УМВД России по Ивановской области"


def _years_after(day: date, years: int) -> date:
    return date(day.year + years, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _name_key(family_name: str, first_name: str, patronymic: str | None, birth_date: date) -> tuple[str, date]:
    spelled = "|".join((family_name.strip(), first_name.strip(), (patronymic or "").strip()))
    return spelled.casefold().replace("ё", "е"), birth_date
