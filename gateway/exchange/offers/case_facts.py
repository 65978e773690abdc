"""What a case knows for each place of a request: whose name, whose numbers, which object, which days."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from gateway.domain.cases import Case, Subject
from gateway.domain.participants import Participant
from gateway.exchange.offers.forms import (
    Value,
    day_in,
    guid_replaced,
    is_writable,
    last_number_replaced,
    moved,
    sex_like,
)
from gateway.exchange.offers.places import Place
from gateway.library.naming import names
from gateway.protocol.moments import MOSCOW

_ADULT: Final = 18
_NO_SUBJECT: Final = Subject()

_PARAMETERS: Final = {"cadastral": "cadastral_number"}
"""Parameters of a case that are called otherwise than the field; any other field is looked up by its own name."""

_TOLD_OF_PERSON: Final = frozenset(("birth_place", "citizenship", "issued", "issuer", "issuer_code", "policy"))
"""What only the parameters of a case may tell of a person."""
_NAMES: Final = frozenset(("family_name", "first_name", "patronymic", "full_name", "sex", "position"))
_DAYS: Final = frozenset(("birth_date", "birth_year", "birth_month", "birth_day", "death_date"))
_OF_PERSON: Final = _NAMES | _DAYS | _TOLD_OF_PERSON | {"snils", "series", "number", "paper"}
_EXCHANGEABLE: Final = frozenset(("inn", "ogrn", "ogrnip", "payer", "full_name", "firm"))
"""Fields that one may stand for another in: a person or a firm, by the number that is known."""
_OF_INN, _OF_OGRN = frozenset(("inn", "firm_inn")), frozenset(("ogrn", "ogrnip"))
_SAME_NAME: Final = {"inn": _OF_INN, "ogrn": _OF_OGRN, "ogrnip": _OF_OGRN}
"""The numbers that one name may stand for, of a person and of a firm."""
_OF_FIRM: Final = frozenset(("inn", "ogrn", "ogrnip", "kpp", "payer", "firm", "firm_full_name", "firm_short_name"))
_OF_PLACE: Final = frozenset(("address", "index", "town", "district", "street", "house", "flat", "fias", "kladr"))
_OF_THING: Final = frozenset(("cadastral", "object_text", "object_number", "object_date", "vin", "plate"))
_OF_OBJECT: Final = _OF_PLACE | _OF_THING | {"uin", "uip", "enforcement"}
_TOLD_BY_PARAMETERS: Final = _OF_OBJECT | _TOLD_OF_PERSON | {"service_name"}
NUMBERS: Final = frozenset(("snils", "inn", "ogrn", "ogrnip", "kpp", "oktmo", "series", "number", "paper", "payer"))
"""Fields whose value is its digits, whatever stands between them."""
IDENTIFYING: Final = _OF_PERSON | _OF_FIRM | _OF_OBJECT
"""Fields that tell whom or what a request is about: a value of another case may not stand there."""

REPLACED: Final = IDENTIFYING | {"asker_name", "asker_code", "case_number", "service_code", "service_name"}
"""Fields whose value in an example is never left standing."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, under which MessageID, on which day."""

    body: Participant
    message_id: str
    today: date


class Choice(NamedTuple):
    """A value for a place, and the names that the element may have with it; no names: its own."""

    value: Value
    names: tuple[str, ...] = ()


_Find: TypeAlias = "Callable[[CaseFacts, Place], Value | None]"


class CaseFacts:
    """What one case, asked about by one body, knows."""

    def __init__(self, case: Case, asking: Asking, places: Iterable[Place]) -> None:
        self._case: Final = case
        self._asking: Final = asking
        self._persons: Final = tuple(filter(is_person, (case.applicant, *case.named)))
        places = tuple(places)
        self._has_others: Final = any(place.role is None and place.field in _OF_PERSON for place in places)
        periods = [day_in(place.value) for place in places if place.field in ("period", "date")]
        self._newest: Final = max((day for day in periods if day is not None), default=None)

    def choices(self, place: Place) -> tuple[Choice, ...]:
        """Return what may stand at a place, the best first; nothing where the case does not know."""
        return tuple(choice for choice in self._choices(place) if is_writable(choice.value))

    def _choices(self, place: Place) -> Iterator[Choice]:
        if place.field in _EXCHANGEABLE and place.role is None:
            yield from self._numbers(place)
            return
        field = place.field or ""
        find = _ASKER.get(field) if place.role == "asker" else _FINDERS.get(field)
        told = self._parameter(field) if field in _TOLD_BY_PARAMETERS and place.role is None else None
        value = told if find is None else find(self, place)
        if value:
            yield Choice(value)

    @cached_property
    def _person(self) -> Subject:
        return self._persons[0] if self._persons else _NO_SUBJECT

    @cached_property
    def _firm(self) -> Subject:
        named = (self._case.applicant, *self._case.named)
        parameters = self._case.parameters
        inn = parameters.get("firm_inn") or parameters.get("inn")
        told = Subject(
            inn=inn if inn and len(inn) == 10 else None,
            ogrn=parameters.get("ogrn"),
            name=parameters.get("firm_name"),
        )
        return next((subject for subject in named if not is_person(subject) and subject != _NO_SUBJECT), told)

    def _who(self, place: Place) -> Subject:
        """Return whom a place is about: the applicant, or the relative that its role says."""
        if place.role is None:
            return self._person
        others = [person for person in self._persons if person is not self._person]
        if place.role == "child":
            young = [person for person in others if self._is_minor(person)]
            return next(iter((*young, *others)), _NO_SUBJECT if self._has_others else self._person)
        if place.role == "spouse":
            return next((person for person in others if not self._is_minor(person)), _NO_SUBJECT)
        return _NO_SUBJECT

    def _is_minor(self, person: Subject) -> bool:
        born, today = person.birth_date, self._asking.today
        return born is not None and (today.year - born.year, today.month, today.day) < (_ADULT, born.month, born.day)

    # Values

    def _of_person(self, place: Place) -> Value | None:
        value: Value | None = getattr(self._who(place), place.field or "")
        return value

    def _full_name(self, person: Subject) -> str | None:
        parts = filter(None, (person.family_name, person.first_name, person.patronymic))
        return " ".join(parts) or None

    def _birth_part(self, place: Place) -> str | None:
        born = self._who(place).birth_date
        part = (place.field or "").removeprefix("birth_")
        return (
            None if born is None else str(getattr(born, part)).zfill(len(place.value) if place.value[:1] == "0" else 1)
        )

    def _sex(self, place: Place) -> str | None:
        """Tell the sex by the patronymic, written as in the example."""
        patronymic, table = (self._who(place).patronymic or "").casefold(), names()
        if patronymic.endswith(table.female):
            return sex_like(place.value, female=True)
        return sex_like(place.value, female=False) if patronymic.endswith(table.male) else None

    def _series(self, place: Place) -> str | None:
        return self._who(place).passport_series

    def _number(self, place: Place) -> str | None:
        return self._who(place).passport_number

    def _paper(self, place: Place) -> str | None:
        who = self._who(place)
        return f"{who.passport_series or ''} {who.passport_number}".strip() if who.passport_number else None

    def _full_name_of(self, place: Place) -> str | None:
        return self._full_name(self._who(place))

    def _firm_name(self, place: Place) -> str | None:
        return self._firm.name

    def _kpp(self, place: Place) -> str | None:
        return self._parameter("kpp")

    def _applicant_type(self, place: Place) -> str | None:
        return names().spellings["firm" if not is_person(self._case.applicant) else "full_name"][0]

    def _case_number(self, place: Place) -> str:
        return last_number_replaced(place.value, self._case.number)

    def _service_code(self, place: Place) -> str:
        return self._case.service

    def _request_id(self, place: Place) -> str | None:
        return guid_replaced(place.value, self._asking.message_id)

    def _asked_on(self, place: Place) -> date:
        return self._asking.today

    def _applied_on(self, place: Place) -> date:
        return self._case.registered_at.astimezone(MOSCOW).date()

    def _period(self, place: Place) -> str | None:
        """Move a period by whole years, so that the newest day of the example is the last such one up to now."""
        if self._newest is None:
            return None
        return moved(place.value, self._newest, self._asking.today)

    def _oktmo(self, place: Place) -> str | None:
        """Return the code of the case, or of the body that asks; as wide as that of the example."""
        found = self._parameter("oktmo") or self._asking.body.oktmo
        return f"{found[:2]}000000" if found and place.value.endswith("000000") else found

    def _body_name(self, place: Place) -> str:
        return self._asking.body.name

    def _body_code(self, place: Place) -> str:
        return self._asking.body.mnemonic

    def _body_oktmo(self, place: Place) -> str | None:
        return self._asking.body.oktmo

    def _parameter(self, field: str) -> str | None:
        return self._case.parameters.get(_PARAMETERS.get(field, field))

    # Numbers of persons and firms

    def _numbers(self, place: Place) -> Iterator[Choice]:
        """Yield what may stand for a person or a firm: the number that the example has, then any other known one."""
        spelled = names().spellings
        if place.field in ("payer", "full_name", "firm"):
            yield from self._payers(place)
            return
        firm, person = self._firm, self._person
        of_firm = [("ogrn", firm.ogrn), ("firm_inn", firm.inn)]
        of_person = [("inn", person.inn), ("ogrnip", person.ogrn or self._parameter("ogrnip"))]
        digits = sum(character.isdecimal() for character in place.value)
        wanted = {10: "firm_inn", 12: "inn", 13: "ogrn", 15: "ogrnip"}.get(digits, place.field or "")
        known = [*of_person, *of_firm] if wanted in ("inn", "ogrnip") else [*of_firm, *of_person]
        known.sort(key=lambda item: item[0] != wanted)
        for field, value in known:
            if value:
                yield from [Choice(value)] if field in _SAME_NAME[place.field or ""] else []
                yield Choice(value, spelled[field])

    def _payers(self, place: Place) -> Iterator[Choice]:
        """Yield the applicant as a payer, or by the name, in whichever of the ways the place may have."""
        spelled, applicant = names().spellings, self._case.applicant
        if place.field == "payer":
            identifier = self._payer_identifier()
            if identifier:
                yield Choice(identifier)
            if applicant.inn:
                yield Choice(applicant.inn, spelled["firm_inn"][-1:])
        elif is_person(applicant):
            name = self._full_name(applicant)
            if name:
                yield Choice(name, spelled["full_name"] if place.field == "firm" else ())
                yield Choice(name)
        elif self._firm.name or self._firm.ogrn:
            said = ", ".join(
                filter(None, (self._firm.name, self._firm.ogrn and f"{spelled['ogrn'][0]} {self._firm.ogrn}"))
            )
            yield Choice(said if place.field == "firm" else self._firm.name or said)

    def _payer_identifier(self) -> str | None:
        """Return the identifier of a payer: a firm is 2, a person 1 and the code of a paper; then come the numbers."""
        who, kpp = self._case.applicant, self._parameter("kpp")
        if not is_person(who):
            return f"2{who.inn}{kpp}" if who.inn and kpp else None
        if who.snils:
            return f"114{who.snils:0>19}"
        if who.inn:
            return f"121{who.inn:0>19}"
        return f"101{(who.passport_series or '') + who.passport_number:0>19}" if who.passport_number else None


def is_person(subject: Subject) -> bool:
    """Tell whether a subject is a person: has what only a person has, or an INN of 12 digits and no name of a firm."""
    known = (subject.family_name, subject.snils, subject.passport_number, subject.birth_date)
    return any(known) or (subject.name is None and len(subject.inn or "") == 12)


_FINDERS: Final[Mapping[str, _Find]] = {
    **dict.fromkeys(("snils", "family_name", "first_name", "patronymic", "birth_date", "inn"), CaseFacts._of_person),
    **dict.fromkeys(("birth_year", "birth_month", "birth_day"), CaseFacts._birth_part),
    **dict.fromkeys(("firm_full_name", "firm_short_name"), CaseFacts._firm_name),
    "full_name": CaseFacts._full_name_of,
    "sex": CaseFacts._sex,
    "series": CaseFacts._series,
    "number": CaseFacts._number,
    "paper": CaseFacts._paper,
    "kpp": CaseFacts._kpp,
    "applicant_type": CaseFacts._applicant_type,
    "case_number": CaseFacts._case_number,
    "service_code": CaseFacts._service_code,
    "request_id": CaseFacts._request_id,
    "asked_on": CaseFacts._asked_on,
    "date": CaseFacts._asked_on,
    "applied_on": CaseFacts._applied_on,
    "period": CaseFacts._period,
    "oktmo": CaseFacts._oktmo,
    "asker_name": CaseFacts._body_name,
    "asker_code": CaseFacts._body_code,
}
"""How a value is found, by field."""

_ASKER: Final[Mapping[str, _Find]] = {
    **dict.fromkeys(("asker_name", "firm_full_name", "firm_short_name", "name"), CaseFacts._body_name),
    **dict.fromkeys(("asked_on", "date"), CaseFacts._asked_on),
    "asker_code": CaseFacts._body_code,
    "oktmo": CaseFacts._body_oktmo,
}
"""The same below an element that tells who asks: neither the numbers of a body nor its officials are known."""
