"""Names and addresses of the seed, whose owners no arithmetic tells: made whole when the first one is looked for."""

from datetime import date
from functools import cached_property
from typing import Final

from agencies.world.drawn import Drawn
from agencies.world.families import FAMILIES, PLACES
from agencies.world.given import name_key
from agencies.world.places import address_key
from agencies.world.property import ESTATES
from agencies.world.records import Address


class Directory:
    """Who bears a name and what stands at an address."""

    def __init__(self, drawn: Drawn) -> None:
        self._drawn: Final = drawn

    def named(self, key: tuple[str, date]) -> list[int]:
        """Return the ordinals, the unborn's too."""
        return self._names.get(key, [])

    def estates_at(self, address: Address) -> list[int]:
        return self._addresses.get(address_key(address), [])

    @cached_property
    def _names(self) -> dict[tuple[str, date], list[int]]:
        found: dict[tuple[str, date], list[int]] = {}
        for ordinal in range(FAMILIES * PLACES):
            core = self._drawn.families.core(ordinal)
            if core is not None:
                key = name_key(core.family_name, core.first_name, core.patronymic, core.born)
                found.setdefault(key, []).append(ordinal)
        return found

    @cached_property
    def _addresses(self) -> dict[tuple[str, str, str, str], list[int]]:
        found: dict[tuple[str, str, str, str], list[int]] = {}
        for index in range(ESTATES):
            found.setdefault(address_key(self._drawn.property.address(index)), []).append(index)
        return found
