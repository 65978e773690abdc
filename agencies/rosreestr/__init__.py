"""Rosreestr: real estate, its cadastre and the rights to it."""

from typing import Final

from agencies.answers import Answers
from agencies.rosreestr.cadastre import (
    ABOUT_PERSONS,
    CADASTRE_AND_RIGHTS,
    cadastre_and_rights,
    cadastre_request,
    rights_request,
)
from agencies.rosreestr.egrn import (
    EGRN_STATEMENT,
    EgrnExtract,
    Owner,
    egrn_request,
    egrn_statement,
    read_extract,
)
from agencies.rosreestr.orders import ACCEPTED

__all__ = [
    "ABOUT_PERSONS",
    "ACCEPTED",
    "ANSWERS",
    "CADASTRE_AND_RIGHTS",
    "EGRN_STATEMENT",
    "EgrnExtract",
    "Owner",
    "cadastre_request",
    "egrn_request",
    "egrn_statement",
    "read_extract",
    "rights_request",
]

ANSWERS: Final[Answers] = {CADASTRE_AND_RIGHTS: cadastre_and_rights, EGRN_STATEMENT: egrn_statement}
