"""Everything that one seed draws: the parts know each other, and nothing of today or of what is said."""

from typing import Final

from agencies.world.circumstances import Circumstances
from agencies.world.draw import Source
from agencies.world.families import Families
from agencies.world.firms import Firms
from agencies.world.money import Money
from agencies.world.numbers import Numbers
from agencies.world.people import People
from agencies.world.property import Property
from agencies.world.work import Work


class Drawn:
    """The parts of a seed's world; making them costs nothing, for they draw when they are asked."""

    def __init__(self, seed: int) -> None:
        self.source: Final = Source(seed)
        self.numbers: Final = Numbers(self.source)
        self.families: Final = Families(self.source)
        self.people: Final = People(self.source, self.numbers, self.families)
        self.firms: Final = Firms(self.source, self.numbers, self.families)
        self.property: Final = Property(self.source, self.numbers, self.families, self.people, self.firms)
        self.work: Final = Work(self.source, self.numbers, self.firms)
        self.circumstances: Final = Circumstances(self.source, self.numbers, self.families)
        self.money: Final = Money(self.source, self.numbers)
