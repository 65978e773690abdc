"""Dwellings of a municipality: social hire, the house book, the queue for housing, privatisation."""

from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, text
from agencies.finding import text_inside
from agencies.local import find_citizen, is_local
from agencies.municipal.addresses import address_in_parts, estates_at
from agencies.world import Estate, IdentityDocument, Passport, Person, Registration, SocialHire, World
from agencies.world.places import address_key
from gateway.xml import Element

SOCIAL_HIRE: Final = "municipality/social-hire"
HOUSE_BOOK: Final = "municipality/house-book"
HOUSING_QUEUE: Final = "municipality/housing-queue"
PRIVATISATION: Final = "municipality/privatisation"

_hire: Final = Builder("urn://ru.sgio.hiringcontract/1.0.0")
_book: Final = Builder("http://housebookExtraction.messageTypes")
_queue: Final = Builder("urn://mock-smev/municipality/housing-queue/1.0.0")
_privatisation: Final = Builder("urn://mock-smev/municipality/privatisation/1.0.0")


# Social hire


def social_hire(question: Question) -> tuple[Answer, ...]:
    """Answer an SECRequest with the contract by which the flat at the address is let, and who lives there by it."""
    world, content = question.world, question.content
    town = text_inside(content, "City", "Locality")
    address = address_in_parts(town, *(text_inside(content, name) for name in ("Street", "House", "Flat")))
    for estate in estates_at(world, address):
        contract = _contract_of(world, estate)
        if contract is not None and is_local(estate.address.oktmo, question.agency):
            return (Answered(_let(world, estate, contract)),)
    return (Answered(_hire("SECResponse", [_hire("ResponseInfo", [_hire("Status", "Не найдено")])])),)


def _contract_of(world: World, estate: Estate) -> SocialHire | None:
    """Return the contract in force, of which those tell who live in the flat."""
    for person in world.persons_at(estate.address):
        contract = world.social_hire_of(person)
        if contract is not None and contract.until is None and contract.cadastral_number == estate.cadastral_number:
            return contract
    return None


def _let(world: World, estate: Estate, contract: SocialHire) -> Element:
    members = [person for person in map(world.person_by_snils, contract.members) if person and person.death is None]
    tenants = members or [person for person in world.persons_at(estate.address) if person.age_on(world.today) >= 18]
    described = [
        _hire("ContractNumber", contract.number),
        _hire("Name", "Жилое помещение"),
        _hire("Purpose", estate.purpose or "Жилое помещение"),
        _hire("TotalArea", f"{estate.area:.1f}"),
    ]
    told = [
        _hire("ObjectDescription", list(described)),
        _hire("ObjectAddress", str(estate.address)),
        _hire("Employers", [_tenant(person, is_first=person is tenants[0]) for person in tenants]) if tenants else None,
        _hire("ResponseInfo", [_hire("Status", "Найдено")]),
    ]
    return _hire("SECResponse", told)


def _tenant(person: Person, *, is_first: bool) -> Element:
    paper = person.papers[-1] if person.papers else None
    return _hire(
        "Employer",
        [
            _hire("LastName", person.family_name),
            _hire("FirstName", person.first_name),
            None if person.patronymic is None else _hire("MiddleName", person.patronymic),
            _hire("Birthday", person.birth_date),
            None if paper is None else _hire("DocumentType", _kind_of(paper)),
            None if paper is None else _hire("DocumentSeries", paper.series),
            None if paper is None else _hire("DocumentNumber", paper.number),
            _hire("Is_contract_owner", "true" if is_first else "false"),
        ],
    )


def _kind_of(paper: Passport | IdentityDocument) -> str:
    return "Паспорт гражданина Российской Федерации" if isinstance(paper, Passport) else paper.kind


# The house book


def house_book(question: Question) -> tuple[Answer, ...]:
    """Answer a housebookExtractionRequest: owners of the dwelling, and who is registered in it.

    The dwelling is that of the cadastral number where there is one, else that at the address.
    """
    dwelling = _dwelling(question)
    if dwelling is None:
        return (Answered(_book("housebookExtractionResponse", [_book("comment", "Помещение не найдено")])),)
    owners = [_entry("owner", right.owner, _book("share", right.share or "1")) for right in dwelling.rights]
    registered = [
        _entry("registeredPerson", person, _book("registrationDate", registration.since))
        for person in question.world.persons_at(dwelling.address)
        if (registration := _registration(person, dwelling)) is not None
    ]
    comment = _comment(question.world, dwelling, is_empty=not owners and not registered)
    return (Answered(_book("housebookExtractionResponse", [*owners, *registered, comment])),)


def _dwelling(question: Question) -> Estate | None:
    world, content = question.world, question.content
    number = text(content, "objectCadastrNumber")
    if number:
        found = [world.estate(number)]
    else:
        parts = (text(content, f"object{name}") for name in ("City", "Street", "House", "Flat"))
        found = [*estates_at(world, address_in_parts(*parts))]
    here = (estate for estate in found if estate is not None and is_local(estate.address.oktmo, question.agency))
    return next((estate for estate in here if estate.kind != "parcel"), None)


def _registration(person: Person, dwelling: Estate) -> Registration | None:
    """Return the registration in force by which somebody stands in the house book."""
    here = address_key(dwelling.address)
    in_force = (item for item in person.registrations if item.since is not None and item.until is None)
    return next((item for item in in_force if address_key(item.address) == here), None)


def _comment(world: World, dwelling: Estate, *, is_empty: bool) -> Element | None:
    """Tell of an owner that is no person, for whom the extract has no place, or that there is nothing to tell."""
    firms = (world.firm_by_ogrn(right.ogrn) for right in dwelling.firm_rights)
    owners = [firm.full_name for firm in firms if firm is not None]
    if dwelling.public_right is not None:
        owners.append(dwelling.public_right.holder)
    if owners:
        return _book("comment", f"Собственник: {', '.join(owners)}")
    return _book("comment", "Сведений о собственниках и зарегистрированных нет") if is_empty else None


def _entry(name: str, person: Person, last: Element) -> Element:
    return _book(
        name,
        [
            _book("lastName", person.family_name),
            _book("firstName", person.first_name),
            None if person.patronymic is None else _book("middleName", person.patronymic),
            _book("birthDate", person.birth_date),
            last,
        ],
    )


# Whom the municipality gives housing


def housing_queue(question: Question) -> tuple[Answer, ...]:
    """Answer a HousingQueueRequest: since when and for what reason the person is in this municipality's queue."""
    person = find_citizen(question.world, question.content)
    if isinstance(person, Rejected):
        return (person,)
    place = question.world.housing_queue_of(person)
    if place is None or place.until is not None or not is_local(place.oktmo, question.agency):
        return (Answered(_queue("HousingQueueResponse", [_queue("Found", "false")])),)
    told = [_queue("Since", place.since), _queue("Category", place.ground), _queue("Number", str(place.number))]
    return (Answered(_queue("HousingQueueResponse", [_queue("Found", "true"), *told])),)


def privatisation(question: Question) -> tuple[Answer, ...]:
    """Answer a PrivatisationRequest: whether the person got a flat here free of charge (Law 1541-1), which and when.

    It counts whatever the former addresses in the request are: they say where else the person may be known.
    """
    world = question.world
    person = find_citizen(world, question.content)
    if isinstance(person, Rejected):
        return (person,)
    got = [(made, world.estate(made.cadastral_number)) for made in world.privatisations_of(person)]
    here = [(made, flat) for made, flat in got if flat is None or is_local(flat.address.oktmo, question.agency)]
    if not here:
        return (Answered(_privatisation("PrivatisationResponse", [_privatisation("TookPart", "false")])),)
    made, flat = here[-1]
    told = [
        _privatisation("TookPart", "true"),
        None if flat is None else _privatisation("Address", str(flat.address)),
        _privatisation("Date", made.made),
    ]
    return (Answered(_privatisation("PrivatisationResponse", told)),)
