"""Land and property of a municipality: its own estates, acts that gave parcels away, household books."""

from datetime import date, timedelta
from typing import Final, NamedTuple

from agencies.answers import Answer, Answered, Builder, Question, Rejected, child, text
from agencies.finding import inside, text_inside
from agencies.local import find_citizen, is_local
from agencies.municipal.addresses import address_of, estates_at
from agencies.world import Address, Estate, Person, World
from agencies.world.given import name_part
from gateway.xml import Element

PROPERTY_REGISTER: Final = "municipality/property-register"
LAND_ACT: Final = "municipality/land-act"
HOUSEHOLD_BOOK: Final = "municipality/household-book"

_property: Final = Builder("urn://ru.sgio.information-provision/1.0.0")
_act: Final = Builder("urn://mock-smev/municipality/land-act/1.0.0")
_household: Final = Builder("urn://mock-smev/municipality/household-book/1.0.0")

_OBJECTS: Final = {"parcel": "Land", "building": "Building", "flat": "Premise"}
_BEFORE_REGISTRATION: Final = timedelta(days=30)
"""How long before the registration of a right the decision was made that gave it: a custom of this world."""


# Municipal property


def property_register(question: Question) -> tuple[Answer, ...]:
    """Answer a Request with the excerpt of a municipal estate; one that is not municipal is not listed."""
    world, content = question.world, question.content
    number, address = text_inside(content, "CadasterNumber"), address_of(inside(content, "Address"))
    if not number and address is None:
        why = "в запросе нет ни кадастрового номера (CadasterNumber), ни адреса (Address)"
        return (Answered(_property("Excerpt", [_property("NotListed", why)])),)
    found = [world.estate(number)] if number else estates_at(world, address)
    listed = [estate for estate in found if estate is not None and _is_own(estate, question)]
    if not listed:
        return (Answered(_property("Excerpt", [_property("NotListed", "Объект не числится в реестре")])),)
    return (Answered(_property("Excerpt", _excerpt(listed[0]))),)


def _is_own(estate: Estate, question: Question) -> bool:
    held = estate.public_right
    return held is not None and held.level == "municipal" and is_local(held.oktmo, question.agency)


def _excerpt(estate: Estate) -> list[Element | None]:
    held = estate.public_right
    assert held is not None, "only what a public body holds is listed"  # noqa: S101
    described = [
        _property("Address", str(estate.address)),
        _property("Area", f"{estate.area:.1f}"),
        _property("Purpose", estate.purpose) if estate.purpose else None,
    ]
    right = [_property("Kind", "Собственность"), _property("Number", held.number), _property("Date", held.registered)]
    charges = [
        _property(
            "Charge",
            [_property("Kind", charge.kind), _property("Number", charge.number), _property("Date", charge.since)],
        )
        for charge in estate.encumbrances
        if charge.until is None
    ]
    return [
        _property("CadasterNumber", estate.cadastral_number),
        _property(_OBJECTS[estate.kind], described),
        _property("Rightholder", held.holder),
        _property("OwnershipRight", list(right)),
        *charges,
    ]


# Land


class _FirstRight(NamedTuple):
    """The right to a parcel that was registered first; `owners` are names, a firm's both, as `name_part` gives them."""

    registered: date
    kind: str
    owners: frozenset[str]


def land_act(question: Question) -> tuple[Answer, ...]:
    """Answer a LandActRequest: the decision by which the parcel came to its first registered owners.

    An Applicant of the request is one of them, or else the decision is not about him. The number of the decision is
    invented here, of the parcel's own.
    """
    parcel = _parcel(question)
    right = None if parcel is None else _first_right(question.world, parcel)
    applicant = name_part(text(question.content, "Applicant"))
    if parcel is None or right is None or (applicant and applicant not in right.owners):
        return (Answered(_act("LandActResponse", [_act("Found", "false")])),)
    told = [
        _act("Found", "true"),
        _act("ActNumber", f"{right.registered:%m}-{parcel.cadastral_number.rpartition(':')[2]}"),
        _act("ActDate", right.registered - _BEFORE_REGISTRATION),
        _act("RightKind", right.kind),
    ]
    return (Answered(_act("LandActResponse", list(told))),)


def _parcel(question: Question) -> Estate | None:
    world, number = question.world, text(question.content, "CadastralNumber")
    found = [world.estate(number)] if number else estates_at(world, address_of(child(question.content, "Address")))
    here = (estate for estate in found if estate is not None and is_local(estate.address.oktmo, question.agency))
    return next((estate for estate in here if estate.kind == "parcel"), None)


def _first_right(world: World, parcel: Estate) -> _FirstRight | None:
    rights = [_FirstRight(held.registered, held.kind, frozenset((held.owner.full_name,))) for held in parcel.rights]
    for right in parcel.firm_rights:
        firm = world.firm_by_ogrn(right.ogrn)
        names = (firm.full_name, firm.short_name) if firm else ()
        rights.append(_FirstRight(right.registered, right.kind, frozenset(names)))
    if not rights:
        return None
    first = min(rights, key=lambda one: one.registered)
    owners = (name for one in rights if one.registered == first.registered for name in one.owners)
    return first._replace(owners=frozenset(map(name_part, owners)))


# Households


def household_book(question: Question) -> tuple[Answer, ...]:
    """Answer a HouseholdBookRequest: who keeps house at the address, and how much land belongs to them.

    A household lives in a house of its own on its land (112-FZ of 07.07.2003): who lives in a flat has none.
    """
    world, content = question.world, question.content
    asked = child(content, "Person")
    if asked is None:
        house = address_of(child(content, "Address"))
        standing = [estate.address for estate in estates_at(world, house)]
        address = standing[0] if standing else house
    else:
        person = find_citizen(world, asked)
        if isinstance(person, Rejected):
            return (person,)
        address = person.address
    members = [] if address is None else _members(question, address)
    if not members:
        return (Answered(_household("HouseholdBookResponse", [_household("Found", "false")])),)
    listed = [_member(person, _relation(world, members[0], person)) for person in members]
    parcels = {parcel.cadastral_number: parcel.area for person in members for parcel in _parcels(question, person)}
    told = [
        _household("Found", "true"),
        _household("Address", str(members[0].address)),
        *listed,
        _household("LandArea", f"{sum(parcels.values()):.1f}") if parcels else None,
    ]
    return (Answered(_household("HouseholdBookResponse", told)),)


def _members(question: Question, house: Address) -> list[Person]:
    """Return who lives in a house, its owner or else the eldest first; nobody for a flat."""
    world = question.world
    if house.flat is not None:
        return []
    living = [person for person in world.persons_at(house) if is_local(person.address.oktmo, question.agency)]
    owners = {right.owner.snils for estate in world.estates_at(house) for right in estate.rights}
    return sorted(living, key=lambda person: (person.snils not in owners, person.birth_date))


def _parcels(question: Question, person: Person) -> list[Estate]:
    owned = question.world.estates_of(person)
    return [item for item in owned if item.kind == "parcel" and is_local(item.address.oktmo, question.agency)]


def _member(person: Person, relation: str | None) -> Element:
    return _household(
        "Member",
        [
            _household("FullName", person.full_name),
            _household("BirthDate", person.birth_date),
            None if relation is None else _household("Relation", relation),
        ],
    )


def _relation(world: World, head: Person, member: Person) -> str | None:
    """Return what a member is to the head of the household; None where the world knows of no tie."""
    spouse = world.spouse_of(head)
    male = member.sex == "male"
    ties = {
        "глава хозяйства": head.snils,
        "муж" if male else "жена": spouse and spouse.snils,
        "отец": head.birth.father_snils,
        "мать": head.birth.mother_snils,
    }
    if head.snils in (member.birth.father_snils, member.birth.mother_snils):
        return "сын" if male else "дочь"
    return next((relation for relation, snils in ties.items() if snils == member.snils), None)
