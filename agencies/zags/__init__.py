"""The register of civil acts (ЕГР ЗАГС): births, deaths, marriages, divorces, changes of names."""

from typing import Final

from agencies.answers import Answers
from agencies.zags.act_records import ACT_RECORD, act_record
from agencies.zags.births import BIRTHS, BirthRecord, birth_request, births, read_births
from agencies.zags.deaths import DEATHS, DeathRecord, death_request, deaths, read_death
from agencies.zags.marriages import DIVORCES, MARRIAGES, divorces, marriages
from agencies.zags.name_changes import NAME_CHANGES, name_changes

__all__ = [
    "ACT_RECORD",
    "ANSWERS",
    "BIRTHS",
    "DEATHS",
    "DIVORCES",
    "MARRIAGES",
    "NAME_CHANGES",
    "BirthRecord",
    "DeathRecord",
    "birth_request",
    "death_request",
    "read_births",
    "read_death",
]

ANSWERS: Final[Answers] = {
    ACT_RECORD: act_record,
    BIRTHS: births,
    DEATHS: deaths,
    DIVORCES: divorces,
    MARRIAGES: marriages,
    NAME_CHANGES: name_changes,
}
