"""What the registers hold: values, the same for every agency."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address in the Ivanovo region (code 37); `flat` is None for a house of one household."""

    index: str
    town: str
    street: str
    house: str
    flat: str | None

    def __str__(self) -> str:
        flat = f", кв. {self.flat}" if self.flat else ""
        return f"{self.index}, Ивановская область, г. {self.town}, {self.street}, д. {self.house}{flat}"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody claims to be: what an application says and what a request about a person asks by."""

    family_name: str
    first_name: str
    patronymic: str | None
    birth_date: date
    passport_series: str
    passport_number: str


@dataclass(frozen=True, slots=True)
class Body:
    """A public body as it names itself in its requests: 10 digits of ИНН, 13 of ОГРН."""

    name: str
    inn: str
    ogrn: str


@dataclass(frozen=True, slots=True)
class Passport:
    """A passport of a citizen; `invalid_because` is None while it is valid."""

    series: str
    number: str
    issuer_code: str
    issuer_name: str
    issued: date
    invalid_because: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """A citizen: 11 digits of СНИЛС, 12 of ИНН, the passports in order of issue, the last one valid."""

    snils: str
    inn: str
    family_name: str
    first_name: str
    patronymic: str | None
    sex: Literal["male", "female"]
    birth_date: date
    passports: tuple[Passport, ...]
    address: Address

    @property
    def passport(self) -> Passport:
        """The passport that is valid."""
        return self.passports[-1]

    @property
    def identity(self) -> Identity:
        """The person as they would fill in an application."""
        return Identity(
            self.family_name,
            self.first_name,
            self.patronymic,
            self.birth_date,
            self.passport.series,
            self.passport.number,
        )

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.family_name, self.first_name, self.patronymic)))


@dataclass(frozen=True, slots=True)
class Founder:
    """A founder and the nominal value of the share, in roubles."""

    person: Person
    share: Decimal


@dataclass(frozen=True, slots=True)
class Firm:
    """A limited company: 13 digits of ОГРН, 10 of ИНН; `ceased` is None while it exists; money in roubles."""

    ogrn: str
    inn: str
    kpp: str
    tax_office: str
    full_name: str
    short_name: str
    legal_form: str
    registered: date
    ceased: date | None
    address: Address
    head: Person
    head_position: str
    founders: tuple[Founder, ...]
    okved: str
    okved_name: str

    @property
    def capital(self) -> Decimal:
        return sum((founder.share for founder in self.founders), Decimal(0))


@dataclass(frozen=True, slots=True)
class Right:
    """A registered right to real estate; `share` reads "1/2", or is None for the whole."""

    kind: str
    share: str | None
    number: str
    registered: date
    owner: Person


@dataclass(frozen=True, slots=True)
class Estate:
    """A parcel, building or flat: area in square metres, cadastral value in roubles."""

    cadastral_number: str
    kind: Literal["parcel", "building", "flat"]
    address: Address
    area: Decimal
    value: Decimal
    rights: tuple[Right, ...]
