"""Children of a municipality: their schools and kindergartens, their guardians."""

from typing import Final

from agencies.answers import Answer, Answered, Builder, Question, Rejected, child
from agencies.local import find_citizen, is_local
from agencies.world import Person
from gateway.xml import Element

SCHOOL: Final = "municipality/school"
GUARDIANSHIP: Final = "municipality/guardianship"

_school: Final = Builder("urn://mock-smev/municipality/school/1.0.0")
_guardianship: Final = Builder("urn://mock-smev/municipality/guardianship/1.0.0")


def school(question: Question) -> tuple[Answer, ...]:
    """Answer a SchoolRequest: the last kindergarten or school of this municipality where the child had a place."""
    pupil = find_citizen(question.world, child(question.content, "Child"))
    if isinstance(pupil, Rejected):
        return (pupil,)
    places = [place for place in question.world.enrolments_of(pupil) if is_local(place.oktmo, question.agency)]
    if not places:
        return (Answered(_school("SchoolResponse", [_school("Found", "false")])),)
    told = [
        _school("Found", "true"),
        _school("Organisation", places[-1].institution),
        _school("Kind", places[-1].kind),
        _school("Since", places[-1].since),
        None if places[-1].until is None else _school("Until", places[-1].until),
    ]
    return (Answered(_school("SchoolResponse", told)),)


def guardianship(question: Question) -> tuple[Answer, ...]:
    """Answer a GuardianshipRequest: the act in force that appointed the child's guardian, and who that is.

    The body at the child's place of living appoints a guardian (Civil Code, Art. 35 part 1).
    """
    world = question.world
    ward = find_citizen(world, child(question.content, "Child"))
    if isinstance(ward, Rejected):
        return (ward,)
    held = [over for over in world.guardianships_of(ward) if over.ward_snils == ward.snils and over.until is None]
    if not held or not is_local(ward.address.oktmo, question.agency):
        return (Answered(_guardianship("GuardianshipResponse", [_guardianship("Found", "false")])),)
    guardian = world.person_by_snils(held[-1].guardian_snils)
    told = [
        _guardianship("Found", "true"),
        _guardianship("ActNumber", held[-1].act),
        _guardianship("ActDate", held[-1].since),
        None if guardian is None else _guardianship("Guardian", _named(guardian)),
    ]
    return (Answered(_guardianship("GuardianshipResponse", told)),)


def _named(person: Person) -> list[Element | None]:
    return [
        _guardianship("FamilyName", person.family_name),
        _guardianship("FirstName", person.first_name),
        None if person.patronymic is None else _guardianship("Patronymic", person.patronymic),
        _guardianship("BirthDate", person.birth_date),
        _guardianship("Snils", person.snils),
    ]
