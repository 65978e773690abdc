"""Local self-government bodies (органы местного самоуправления): what their registers say.

One namespace serves all municipalities, and the request names the one that is meant. A register tells only of its own
territory: what lies in another municipality is not found here.
"""

from typing import Final

from agencies.answers import Answers
from agencies.municipal.children import GUARDIANSHIP, SCHOOL, guardianship, school
from agencies.municipal.housing import (
    HOUSE_BOOK,
    HOUSING_QUEUE,
    PRIVATISATION,
    SOCIAL_HIRE,
    house_book,
    housing_queue,
    privatisation,
    social_hire,
)
from agencies.municipal.land import (
    HOUSEHOLD_BOOK,
    LAND_ACT,
    PROPERTY_REGISTER,
    household_book,
    land_act,
    property_register,
)

__all__ = [
    "ANSWERS",
    "GUARDIANSHIP",
    "HOUSEHOLD_BOOK",
    "HOUSE_BOOK",
    "HOUSING_QUEUE",
    "LAND_ACT",
    "PRIVATISATION",
    "PROPERTY_REGISTER",
    "SCHOOL",
    "SOCIAL_HIRE",
]

ANSWERS: Final[Answers] = {
    GUARDIANSHIP: guardianship,
    HOUSEHOLD_BOOK: household_book,
    HOUSE_BOOK: house_book,
    HOUSING_QUEUE: housing_queue,
    LAND_ACT: land_act,
    PRIVATISATION: privatisation,
    PROPERTY_REGISTER: property_register,
    SCHOOL: school,
    SOCIAL_HIRE: social_hire,
}
