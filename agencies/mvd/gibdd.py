"""Vehicles that are registered to a person (ГИБДД)."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, children, day, text
from agencies.finding import Named, find_person
from agencies.world import Identity, Vehicle
from gateway.xml import Element

VEHICLES: Final = "mvd/vehicles"

_KILOWATTS: Final = Decimal("0.7355")
"""Of one metric horsepower."""

_vehicles: Final = Builder("urn://x-artefacts-gibdd-benefit489/data/1.0")


@dataclass(frozen=True, slots=True)
class OwnedVehicle:
    """A vehicle as an answer tells it: `power` in horsepower; `certificate` is series and number of the СТС."""

    year: int
    power: Decimal
    category: str
    certificate: str


def vehicles(question: Question) -> tuple[Answer, ...]:
    """Answer a RequestBenefit489 with the vehicles owned today; an owner not found is the status ERROR."""
    content = question.content
    named = Named(
        text(content, "OwnerLastName"),
        text(content, "OwnerFirstName"),
        text(content, "OwnerMiddleName"),
        day(text(content, "OwnerBirthDate")),
    )
    person = find_person(question.world, named, advice="")
    if isinstance(person, Rejected):
        told = [_vehicles("status", "ERROR"), _vehicles("errorText", person.description)]
        return (Answered(_vehicles("ResponseBenefit489", list(told))),)
    owned = [vehicle for vehicle in question.world.vehicles_of(person) if vehicle.until is None]
    rows = [_vehicle(row, vehicle, person.birth_place) for row, vehicle in enumerate(owned, start=1)]
    return (Answered(_vehicles("ResponseBenefit489", [_vehicles("status", "OK"), *rows])),)


def vehicles_request(who: Identity) -> Element:
    """Build a RequestBenefit489."""
    return _vehicles(
        "RequestBenefit489",
        [
            _vehicles("OwnerLastName", who.family_name),
            _vehicles("OwnerFirstName", who.first_name),
            None if who.patronymic is None else _vehicles("OwnerMiddleName", who.patronymic),
            _vehicles("OwnerBirthDate", who.birth_date),
        ],
    )


def read_vehicles(content: Element) -> tuple[OwnedVehicle, ...] | None:
    """Read a ResponseBenefit489; None when it tells an error: nobody was found, or namesakes.

    Raises: ValueError, decimal.InvalidOperation where a year or a power is no number (its schema asks for one).
    """
    if text(content, "status") != "OK":
        return None
    return tuple(
        OwnedVehicle(
            year=int(text(row, "ManufacturedYear") or 0),
            power=Decimal(text(row, "EnginePowerHorse") or 0),
            category=text(row, "Category"),
            certificate=text(row, "RegDocSeriesNumber"),
        )
        for row in children(content, "ResponseBenefitData")
    )


def _vehicle(row: int, vehicle: Vehicle, birth_place: str) -> Element:
    certificate = "".join(vehicle.registration_certificate.split())
    return _vehicles(
        "ResponseBenefitData",
        [
            _vehicles("UniqueRowNumber", str(row)),
            _vehicles("GUID", str(uuid.uuid5(uuid.NAMESPACE_OID, vehicle.vin))),
            _vehicles("OwnerBirthPlace", birth_place) if birth_place else None,
            _vehicles("ManufacturedYear", str(vehicle.year)),
            _vehicles("EnginePowerHorse", str(vehicle.power)),
            _vehicles("EnginePowerkVt", f"{vehicle.power * _KILOWATTS:.1f}"),
            _vehicles("Category", vehicle.category),
            _vehicles("RegDocSeriesNumber", certificate) if certificate else None,
        ],
    )
