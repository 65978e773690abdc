"""The Ministry of Internal Affairs (МВД): passports, registrations, permits of foreigners, convictions, vehicles."""

from typing import Final

from agencies.answers import Answers
from agencies.mvd.giac import (
    CONVICTIONS,
    CONVICTIONS_GIAC,
    convictions,
    convictions_giac,
    convictions_request,
    read_convictions,
    read_convictions_giac,
)
from agencies.mvd.gibdd import VEHICLES, OwnedVehicle, read_vehicles, vehicles, vehicles_request
from agencies.mvd.passports import (
    PASSPORT_DOSSIER,
    dossier_request,
    dossier_request_by_name,
    passport_dossier,
    read_dossier,
)
from agencies.mvd.permits import RESIDENCE_PERMIT, residence_permit
from agencies.mvd.registrations import (
    LIVING_PLACE,
    STAYING_PLACE,
    Registered,
    living_place,
    living_place_request,
    read_registration,
    staying_place,
    staying_place_request,
)

__all__ = [
    "ANSWERS",
    "CONVICTIONS",
    "CONVICTIONS_GIAC",
    "LIVING_PLACE",
    "PASSPORT_DOSSIER",
    "RESIDENCE_PERMIT",
    "STAYING_PLACE",
    "VEHICLES",
    "OwnedVehicle",
    "Registered",
    "convictions_request",
    "dossier_request",
    "dossier_request_by_name",
    "living_place_request",
    "passport_dossier",
    "read_convictions",
    "read_convictions_giac",
    "read_dossier",
    "read_registration",
    "read_vehicles",
    "staying_place_request",
    "vehicles_request",
]

ANSWERS: Final[Answers] = {
    CONVICTIONS: convictions,
    CONVICTIONS_GIAC: convictions_giac,
    LIVING_PLACE: living_place,
    PASSPORT_DOSSIER: passport_dossier,
    RESIDENCE_PERMIT: residence_permit,
    STAYING_PLACE: staying_place,
    VEHICLES: vehicles,
}
