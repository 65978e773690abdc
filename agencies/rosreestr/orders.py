"""What every request to Rosreestr goes through: it gets a number here, and rights are told with their holders."""

import zlib
from dataclasses import dataclass
from datetime import date
from typing import Final

from agencies.world import Estate, Person, World

ACCEPTED: Final = 1
"""StatusCode of the intermediate answer, whose description is nothing but the number of the request."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A registered right and who holds it: a person, else whoever `name` says, a firm with its `ogrn`."""

    kind: str
    share: str | None
    number: str
    registered: date
    person: Person | None
    name: str
    ogrn: str


def request_number(*asked: str) -> str:
    """Return the number that a request gets here: "37-" and ten digits."""
    # Made of the request itself: the same run must give the same journal, and no counter survives a restart.
    return f"37-{zlib.crc32('/'.join(asked).encode()):010d}"


def holders_of(world: World, estate: Estate) -> tuple[Holder, ...]:
    """Return all rights to `estate`: those of persons, of firms, and of a municipality or the state."""
    persons = [
        Holder(right.kind, right.share, right.number, right.registered, right.owner, right.owner.full_name, "")
        for right in estate.rights
    ]
    firms = [
        Holder(right.kind, None, right.number, right.registered, None, _firm_name(world, right.ogrn), right.ogrn)
        for right in estate.firm_rights
    ]
    public = estate.public_right
    if public is None:
        return (*persons, *firms)
    kind = "Муниципальная собственность" if estate.is_municipal else "Государственная собственность"
    return (*persons, *firms, Holder(kind, None, public.number, public.registered, None, public.holder, ""))


def _firm_name(world: World, ogrn: str) -> str:
    firm = world.firm_by_ogrn(ogrn)
    return f"Организация с ОГРН {ogrn}" if firm is None else firm.full_name
