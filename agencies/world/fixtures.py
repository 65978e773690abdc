"""Fixtures: what a tester says of persons, firms and real estate, as JSON, TOML or the body of a REST call.

"This СНИЛС has these facts": a subject that the world has gets the fields that are named, a new one is made. What the
world keeps as values of `records` and `life` is written with the field names of those. docs/reference/world.md.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from agencies.world.given import GivenFounder, GivenRight
from agencies.world.life import (
    Benefit,
    Charge,
    Conviction,
    Disability,
    Enforcement,
    Enrolment,
    Guardianship,
    HousingQueue,
    Income,
    Job,
    MilitaryService,
    Payment,
    Pension,
    Privatisation,
    SocialHire,
    Unemployment,
    Vehicle,
)
from agencies.world.records import (
    Act,
    Address,
    Death,
    Division,
    Encumbrance,
    Entrepreneur,
    EstateKind,
    FirmRight,
    FormerName,
    IdentityDocument,
    Licence,
    Marriage,
    Passport,
    PublicRight,
    Registration,
    Sex,
)
from agencies.world.register import Kind
from gateway.words import say


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a fixture, and where: "person[0].jobs[1].since"."""

    path: str
    expected: str
    found: str
    advice: str

    def __str__(self) -> str:
        expected, found, advice = say("ожидалось", "expected"), say("найдено", "found"), say("что делать", "what to do")
        return f"[{self.path}] {expected}: {self.expected}; {found}: {self.found}; {advice}: {self.advice}"


class FixtureError(ValueError):
    """A fixture that cannot be applied; nothing of it has been. `problems` are all that was found, never empty."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems: Final = problems


def _unsaid() -> Any:
    # A factory, because the JSON schema must not promise a default: what is not said stays as the world has it.
    return Field(default_factory=lambda: None)


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    def said(self) -> dict[str, Any]:
        """Return the fields that the fixture names, those of null too."""
        return {field: getattr(self, field) for field in type(self).model_fields if field in self.model_fields_set}

    def over(self, earlier: BaseModel) -> Self:
        """Return what was said of the subject earlier, and this, which counts where both speak."""
        return self.model_copy(
            update={field: getattr(earlier, field) for field in earlier.model_fields_set - self.model_fields_set}
        )


class PersonFacts(_Facts):
    """Facts of a person by СНИЛС; father, mother and children are СНИЛС too; null means that there is none."""

    snils: str = Field(pattern=r"\d")
    case: str = _unsaid()
    inn: str | None = _unsaid()
    family_name: str = _unsaid()
    first_name: str = _unsaid()
    patronymic: str | None = _unsaid()
    sex: Sex = _unsaid()
    birth_date: date = _unsaid()
    birth_place: str = _unsaid()
    birth_act: Act | None = _unsaid()
    citizenship: str = _unsaid()
    address: Address = _unsaid()
    passports: tuple[Passport, ...] = _unsaid()
    documents: tuple[IdentityDocument, ...] = _unsaid()
    former_names: tuple[FormerName, ...] = _unsaid()
    registrations: tuple[Registration, ...] = _unsaid()
    death: Death | None = _unsaid()
    father: str | None = _unsaid()
    mother: str | None = _unsaid()
    children: tuple[str, ...] = _unsaid()
    marriages: tuple[Marriage, ...] = _unsaid()
    guardianships: tuple[Guardianship, ...] = _unsaid()
    jobs: tuple[Job, ...] = _unsaid()
    incomes: tuple[Income, ...] = _unsaid()
    entrepreneur: Entrepreneur | None = _unsaid()
    pensions: tuple[Pension, ...] = _unsaid()
    benefits: tuple[Benefit, ...] = _unsaid()
    disability: Disability | None = _unsaid()
    unemployment: tuple[Unemployment, ...] = _unsaid()
    military_service: MilitaryService | None = _unsaid()
    convictions: tuple[Conviction, ...] = _unsaid()
    enrolments: tuple[Enrolment, ...] = _unsaid()
    vehicles: tuple[Vehicle, ...] = _unsaid()
    housing_queue: HousingQueue | None = _unsaid()
    social_hire: SocialHire | None = _unsaid()
    privatisations: tuple[Privatisation, ...] = _unsaid()
    charges: tuple[Charge, ...] = _unsaid()
    payments: tuple[Payment, ...] = _unsaid()
    enforcements: tuple[Enforcement, ...] = _unsaid()

    @property
    def subject(self) -> tuple[Kind, str]:
        return "person", self.snils


class FirmFacts(_Facts):
    """Facts of a firm by ОГРН; the head is a СНИЛС."""

    ogrn: str = Field(min_length=1)
    inn: str = _unsaid()
    kpp: str = _unsaid()
    tax_office: str = _unsaid()
    full_name: str = _unsaid()
    short_name: str = _unsaid()
    legal_form: str = _unsaid()
    registered: date = _unsaid()
    ceased: date | None = _unsaid()
    address: Address = _unsaid()
    head: str = _unsaid()
    head_position: str = _unsaid()
    founders: tuple[GivenFounder, ...] = _unsaid()
    okved: str = _unsaid()
    okved_name: str = _unsaid()
    headcount: int = _unsaid()
    tax_debt: Decimal = _unsaid()
    divisions: tuple[Division, ...] = _unsaid()
    licences: tuple[Licence, ...] = _unsaid()
    charges: tuple[Charge, ...] = _unsaid()
    payments: tuple[Payment, ...] = _unsaid()
    enforcements: tuple[Enforcement, ...] = _unsaid()

    @property
    def subject(self) -> tuple[Kind, str]:
        return "firm", self.ogrn


class EstateFacts(_Facts):
    """Facts of an estate by cadastral number."""

    cadastral_number: str = Field(min_length=1)
    kind: EstateKind = _unsaid()
    address: Address = _unsaid()
    area: Decimal = _unsaid()
    value: Decimal = _unsaid()
    rights: tuple[GivenRight, ...] = _unsaid()
    purpose: str = _unsaid()
    category: str = _unsaid()
    floor: int | None = _unsaid()
    built: int | None = _unsaid()
    put_on_record: date = _unsaid()
    firm_rights: tuple[FirmRight, ...] = _unsaid()
    public_right: PublicRight | None = _unsaid()
    encumbrances: tuple[Encumbrance, ...] = _unsaid()

    @property
    def subject(self) -> tuple[Kind, str]:
        return "estate", self.cadastral_number


class Fixtures(_Facts):
    """All that a fixture says."""

    person: tuple[PersonFacts, ...] = ()
    firm: tuple[FirmFacts, ...] = ()
    estate: tuple[EstateFacts, ...] = ()

    @property
    def subjects(self) -> tuple[PersonFacts | FirmFacts | EstateFacts, ...]:
        return (*self.person, *self.firm, *self.estate)


def read_fixtures(said: Mapping[str, Any] | Fixtures) -> Fixtures:
    """Check what a tester says; dates are dates or texts of ISO 8601.

    Raises: FixtureError.
    """
    if isinstance(said, Fixtures):
        return said
    try:
        text = json.dumps(said, default=_plain)
    except (TypeError, ValueError) as error:
        raise FixtureError(_no_document("", str(error))) from error
    # By way of JSON, because its strict reading takes a text for a date, but no text for a number.
    try:
        return Fixtures.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise FixtureError(*map(_problem, error.errors(include_url=False))) from error


def load_fixtures(file: Path) -> Fixtures:
    """Read a file: TOML by its suffix, else JSON.

    Raises: FixtureError, also for a file that cannot be read.
    """
    try:
        text = file.read_text(encoding="utf-8")
        said = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:  # both formats' errors are ValueError and name line and column
        raise FixtureError(_no_document(str(file), str(error))) from error
    return read_fixtures(said)


def _plain(value: object) -> str:
    if isinstance(value, date | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__}: {value!r}")


def _no_document(path: str, found: str) -> Problem:
    return Problem(
        path,
        say("документ JSON или TOML", "a JSON or TOML document"),
        found,
        say("исправьте файл в названном месте", "correct the file at the place that is named"),
    )


_TYPES: Final = {
    "string_pattern_mismatch": ("номер из цифр", "a number of digits"),
    "string_too_short": ("непустой текст", "a text that is not empty"),
    "string": ("текст в кавычках", "a text in quotation marks"),
    "date": ("дата вида 2013-03-04", "a date such as 2013-03-04"),
    "decimal": ("число", "a number"),
    "int": ("целое число", "a whole number"),
    "tuple": ("список", "a list"),
    "model": ("объект с полями", "an object with fields"),
    "dataclass": ("объект с полями", "an object with fields"),
}


def _problem(error: ErrorDetails) -> Problem:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"]).lstrip(".")
    kind, found = error["type"], _shown(error["input"])
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        name = str(error["loc"][-1])
        expected = say("только известные поля", "known fields only")
        advice = say(
            "уберите поле или исправьте его имя: поля перечислены в docs/reference/world.md",
            "remove the field or correct its name: docs/reference/world.md lists the fields",
        )
        return Problem(path, expected, f"{name} = {found}", advice)
    if kind == "missing":
        return Problem(
            path, say("обязательное поле", "a required field"), say("его нет", "none"), say("добавьте его", "add it")
        )
    known = _TYPES.get(kind) or _TYPES.get(kind.partition("_")[0])
    expected = say(*known) if known else _choices(error)
    return Problem(path, expected, found, say("исправьте значение", "correct the value"))


def _choices(error: ErrorDetails) -> str:
    choices = error.get("ctx", {}).get("expected")
    return error["msg"] if choices is None else say(f"одно из {choices}", f"one of {choices}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}…"
