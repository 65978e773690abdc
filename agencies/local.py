"""What bodies of a region and of its municipalities have in common: whom their requests name, what lies where."""

from agencies.answers import Rejected, day, text
from agencies.finding import Named, find_insured, find_person
from agencies.world import Person, World
from gateway.domain.participants import Participant
from gateway.xml import Element


def find_citizen(world: World, asked: Element | None) -> Person | Rejected:
    """Find whom FamilyName, FirstName, Patronymic, BirthDate and, where it is told, Snils name in `asked`."""
    names = text(asked, "FamilyName"), text(asked, "FirstName"), text(asked, "Patronymic")
    named, snils = Named(*names, day(text(asked, "BirthDate"))), text(asked, "Snils")
    return find_insured(world, snils, named) if snils else find_person(world, named, ", укажите СНИЛС")


def is_local(oktmo: str, agency: Participant) -> bool:
    """Tell whether a place lies on the territory of `agency`; a body without a code serves everywhere."""
    return is_inside(oktmo, agency.oktmo or "")


def is_inside(oktmo: str, territory: str) -> bool:
    """Tell whether a place lies on a territory, by their ОКТМО codes (ОК 033-2013).

    Eight digits are a region (2), a municipal district or an urban okrug (3), a settlement (3), and zeros stand for
    all of it: 24000000 is the region, 24631000 a district, 24631101 a town of it, 24701000 an urban okrug. Three more
    digits name a part of a settlement, which is no municipality of its own. A place without a code may lie anywhere,
    and a territory without one is everywhere.
    """
    return not oktmo or oktmo.startswith(_stem(territory))


def _stem(oktmo: str) -> str:
    """Return what the codes of all places of a territory begin with."""
    return oktmo[:8].removesuffix("000").removesuffix("000")
