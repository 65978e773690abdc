"""Real estate: dwellings of families and what else there is, by index; and by what right people live there.

Estates `2 * family` and `2 * family + 1` belong to one family: its dwelling, and the dwelling of a husband who lives
alone; else a plot of the family, or a building of a firm, of a municipality or of the state.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple, TypeAlias

from agencies.world.draw import Draw, Source, days_after, years_after
from agencies.world.families import FAMILIES, HUSBAND, PLACES, WIFE, Core, Families
from agencies.world.firms import FIRMS, Firms
from agencies.world.life import Privatisation, SocialHire
from agencies.world.numbers import Numbers
from agencies.world.people import People
from agencies.world.places import OFFICES, TOWNS, Town, municipality, office_address, public_owner, town_named
from agencies.world.records import Address, Encumbrance, Estate, EstateKind, FirmRight, Person, PublicRight, Right

ESTATES: Final = 2 * FAMILIES

Level: TypeAlias = Literal["municipal", "regional", "federal"]
_HOLDERS: Final = {"regional": "Ивановская область", "federal": "Российская Федерация"}
_LAST: Final = date(2010, 12, 31)


class Title(NamedTuple):
    """By what right an estate is held: by persons (ordinals), by a firm (index), by a public body, or by nobody yet."""

    owners: tuple[int, ...] = ()
    firm: int | None = None
    level: Level | None = None
    registered: date = _LAST
    book: str = ""
    privatised: bool = False


class Property:
    """Makes estates."""

    def __init__(self, source: Source, numbers: Numbers, families: Families, people: People, firms: Firms) -> None:
        self._source, self._numbers, self._families = source, numbers, families
        self._people, self._firms = people, firms

    def of_person(self, ordinal: int) -> tuple[int, ...]:
        """Return the indices of what somebody owns."""
        number = ordinal // PLACES
        return tuple(index for index in (2 * number, 2 * number + 1) if ordinal in self.title(index).owners)

    def of_firm(self, firm: int) -> tuple[int, ...]:
        """Return the indices of what a firm of the seed owns."""
        indices = (2 * number + 1 for number in range(firm, FAMILIES, FIRMS))
        return tuple(index for index in indices if self.title(index).firm == firm)

    def address(self, index: int) -> Address:
        if self.is_dwelling(index):
            return self._people.dwelling(index)
        town = self._town(index)
        return office_address(town, self._source.draw("estate address", index).below(OFFICES))

    def is_dwelling(self, index: int) -> bool:
        """Tell whether a family or a husband who lives alone lives there."""
        return index % 2 == 0 or not self._families.family(index // 2).together

    def title(self, index: int) -> Title:
        draw = self._source.draw("title", index)
        book = f"37-37-01/{draw.below(900) + 100}"
        if self.is_dwelling(index):
            return self._dwelling_title(draw, index, book)
        chance, firm = draw.below(100), index // 2 % FIRMS
        if chance < 40:
            return self._persons_title(draw, self._household(2 * (index // 2)), book)
        if chance < 65 and index < ESTATES:
            registered = draw.day(self._firms.core(firm).registered, date(2011, 9, 30))
            return Title(firm=firm, registered=registered, book=book)
        level: Level = "municipal" if chance < 85 else "regional" if chance < 92 else "federal"
        return Title(level=level, registered=draw.day(date(1999, 1, 1), _LAST), book=book)

    def estate(self, index: int, person: Callable[[int], Person | None], today: date) -> Estate:
        """Return the estate as of `today`; `person` gives people by ordinal."""
        draw = self._source.draw("estate", index)
        title, address = self.title(index), self.address(index)
        kind = self._kind(draw, index, title)
        area = Decimal(300 + draw.below(1700)) if kind == "parcel" else Decimal(280 + draw.below(1200)) / 10
        return Estate(
            cadastral_number=self._numbers.cadastral(index),
            kind=kind,
            address=address,
            area=area,
            value=area * (1_500 if kind == "parcel" else 38_000 + draw.below(9_000)),
            rights=_rights(title, [owner for ordinal in title.owners if (owner := person(ordinal))]),
            purpose=_purpose(kind, dwelling=self.is_dwelling(index)),
            category="Земли населённых пунктов" if kind == "parcel" else "",
            floor=1 + draw.below(9) if kind == "flat" else None,
            built=1950 + draw.below(55) if kind != "parcel" else None,
            put_on_record=draw.day(date(2005, 1, 1), date(2010, 12, 31)),
            firm_rights=() if title.firm is None else (self._firm_right(title, title.firm),),
            public_right=None if title.level is None else self._public_right(title, title.level, address),
            encumbrances=_encumbrances(draw, title, today),
        )

    def hire(self, ordinal: int) -> SocialHire | None:
        """Return the contract by which somebody's household lives in a public flat."""
        index = self._home(ordinal)
        title = self.title(index)
        if title.level is None:
            return None
        draw = self._source.draw("hire", index)
        since = draw.day(date(2005, 3, 1), date(2011, 8, 31))  # the Housing Code is in force since 01.03.2005
        return SocialHire(
            f"{draw.below(9000) + 1000}-СН",
            since,
            self._numbers.cadastral(index),
            municipality(town_named(self.address(index).town)),
            tuple(self._numbers.snils(member.ordinal) for member in self._household(index)),
        )

    def privatisations(self, ordinal: int) -> tuple[Privatisation, ...]:
        found = []
        for index in self.of_person(ordinal):
            title = self.title(index)
            if title.privatised:
                number = f"{self._source.draw('privatisation', index).below(90_000) + 10_000}"
                share = None if len(title.owners) == 1 else f"1/{len(title.owners)}"
                made = days_after(title.registered, -30)
                found.append(Privatisation(number, made, self._numbers.cadastral(index), share))
        return tuple(found)

    def _home(self, ordinal: int) -> int:
        number, place = divmod(ordinal, PLACES)
        return 2 * number + (place == HUSBAND and not self._families.family(number).together)

    def _household(self, index: int) -> list[Core]:
        """Return the grown-ups of a dwelling."""
        family = self._families.family(index // 2)
        places = (HUSBAND,) if index % 2 else (HUSBAND, WIFE) if family.together else (WIFE,)
        return [member for place in places if (member := family.members[place])]

    def _dwelling_title(self, draw: Draw, index: int, book: str) -> Title:
        flat = self._people.is_flat(index)
        chance = draw.below(100)
        if flat and chance < 14:
            return Title(level="municipal", registered=draw.day(date(1999, 1, 1), _LAST), book=book)
        if chance >= 94:  # some rights were never registered
            return Title()
        title = self._persons_title(draw, self._household(index), book)
        return title._replace(privatised=flat and draw.percent(55))

    def _persons_title(self, draw: Draw, household: list[Core], book: str) -> Title:
        if not household:
            return Title()
        adult = years_after(max(member.born for member in household), 18)
        registered = draw.day(max(date(1999, 1, 1), adult), max(_LAST, adult))
        alive = [member.ordinal for member in household if member.died is None or member.died > registered]
        owners = alive if draw.percent(50) else alive[draw.below(max(len(alive), 1)) :][:1]
        return Title(tuple(owners), registered=registered, book=book)

    def _kind(self, draw: Draw, index: int, title: Title) -> EstateKind:
        if self.is_dwelling(index):
            return "flat" if self._people.is_flat(index) else "building"
        return "parcel" if title.owners or draw.below(2) else "building"

    def _town(self, index: int) -> Town:
        return town_named(self._people.dwelling(index - index % 2).town) if index % 2 else TOWNS[0]

    def _firm_right(self, title: Title, firm: int) -> FirmRight:
        return FirmRight("Собственность", _entry(title), title.registered, self._firms.core(firm).ogrn)

    @staticmethod
    def _public_right(title: Title, level: Level, address: Address) -> PublicRight:
        holder = _HOLDERS.get(level) or public_owner(town_named(address.town))
        oktmo = address.oktmo if level == "municipal" else "24000000"
        return PublicRight(level, holder, oktmo, _entry(title), title.registered)


def _rights(title: Title, owners: list[Person]) -> tuple[Right, ...]:
    shared = len(owners) > 1
    return tuple(
        Right(
            kind="Общая долевая собственность" if shared else "Собственность",
            share=f"1/{len(owners)}" if shared else None,
            number=f"{_entry(title)}/{place}" if shared else _entry(title),
            registered=title.registered,
            owner=owner,
        )
        for place, owner in enumerate(owners, start=1)
    )


def _entry(title: Title) -> str:
    """Return the number of an entry on rights."""
    return f"{title.book}/{title.registered.year}-{title.registered.toordinal() % 900 + 100}"


def _purpose(kind: EstateKind, *, dwelling: bool) -> str:
    if kind == "parcel":
        return "Для индивидуального жилищного строительства"
    if not dwelling:
        return "Нежилое здание"
    return "Жилое помещение" if kind == "flat" else "Жилой дом"


def _encumbrances(draw: Draw, title: Title, today: date) -> tuple[Encumbrance, ...]:
    chance, years = draw.below(100), 7 + draw.below(15)
    if title.owners and chance < 12:
        until = years_after(title.registered, years)
        bank = "Банк «Верхневолжский» (ПАО)"
        paid_off = until if until <= today else None
        return (Encumbrance("Ипотека", f"{_entry(title)}-И", title.registered, bank, paid_off),)
    if title.firm is not None and chance < 10:
        return (Encumbrance("Аренда", f"{_entry(title)}-А", title.registered, "ООО «Арендатор»"),)
    return ()
