"""Addresses as requests write them: in parts, or in one line as answers do; and what stands there."""

import re
from collections.abc import Iterator
from typing import Final

from agencies.answers import text
from agencies.world import Address, Estate, World
from gateway.xml import Element

_TOWN: Final = re.compile(r"(?:г\.|г |город )\s*", re.IGNORECASE)
_HOUSE: Final = re.compile(r"(?:д\.|д |дом )\s*", re.IGNORECASE)
_FLAT: Final = re.compile(r"(?:кв\.|кв |квартира )\s*", re.IGNORECASE)
_STREETS: Final = {"ул.": "ул|улица", "пер.": "пер|переулок", "пр-т": "пр-т|пр|просп|проспект"}
_STREET: Final = {kind: re.compile(rf"(?:{names})\.?\s+", re.IGNORECASE) for kind, names in _STREETS.items()}


def address_in_parts(town: str, street: str, house: str, flat: str) -> Address | None:
    """Return the address of parts, with or without their abbreviations; None without a town, a street or a house."""
    town, house, flat = _bare(town, _TOWN), _bare(house, _HOUSE), _bare(flat, _FLAT)
    street = " ".join(street.split())
    return Address("", town, street, house, flat or None) if town and street and house else None


def address_in_line(written: str) -> Address | None:
    """Return the address of a line: "153000, Ивановская область, г. Иваново, ул. Садовая, д. 5, кв. 1"."""
    parts = [part.strip() for part in written.split(",")]
    street = next((part for part in parts if any(kind.match(part) for kind in _STREET.values())), "")
    town, house, flat = (next((part for part in parts if name.match(part)), "") for name in (_TOWN, _HOUSE, _FLAT))
    return address_in_parts(town, street, house, flat)


def address_of(element: Element | None) -> Address | None:
    """Return the address that an element has in its text, or in its children Locality, Street, House, Apartment."""
    if element is None:
        return None
    if len(element):
        return address_in_parts(*(text(element, name) for name in ("Locality", "Street", "House", "Apartment")))
    return address_in_line(element.text or "")


def estates_at(world: World, address: Address | None) -> tuple[Estate, ...]:
    """Return what stands at an address; a street may be told without its kind."""
    if address is None:
        return ()
    spelled = (Address("", address.town, street, address.house, address.flat) for street in _spellings(address.street))
    return next(filter(None, map(world.estates_at, spelled)), ())


def _spellings(street: str) -> Iterator[str]:
    yield street
    for kind, pattern in _STREET.items():
        if pattern.match(street):
            yield f"{kind} {pattern.sub('', street, count=1)}"
            return
    yield from (f"{kind} {street}" for kind in _STREET)


def _bare(part: str, name: re.Pattern[str]) -> str:
    return name.sub("", part.strip(), count=1).strip()
