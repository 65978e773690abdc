"""What the world holds of persons, firms and real estate: values, the same for every agency.

`since` and `until` are the first and the last day of a fact; `until` is None while it goes on, as of the world's today.
`valid_until` is a term that is known beforehand. Money is in roubles. Numbers are texts of digits, without separators.
What a person does and gets stands in `agencies.world.life`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias, TypeVar, dataclass_transform

Class = TypeVar("Class")
Sex: TypeAlias = Literal["male", "female"]
EstateKind: TypeAlias = Literal["parcel", "building", "flat"]


@dataclass_transform(frozen_default=True)
def record(cls: type[Class]) -> type[Class]:
    """Make `cls` a frozen dataclass with slots, that a fixture can write down: unknown keys are errors."""
    cls.__pydantic_config__ = {"extra": "forbid"}  # type: ignore[attr-defined]
    return dataclass(frozen=True, slots=True)(cls)


@record
class Address:
    """A postal address in the Ivanovo region (code 37); `flat` is None for a house of one household.

    `district` is the municipal district of a town that is no urban okrug of its own; `oktmo` has 8 digits; `kladr` is
    17 digits in the form of a street's code in КЛАДР, and `fias` a GUID: both are invented.
    """

    index: str
    town: str
    street: str
    house: str
    flat: str | None = None
    district: str | None = None
    oktmo: str = ""
    kladr: str = ""
    fias: str = ""

    def __str__(self) -> str:
        district = f"{self.district}, " if self.district else ""
        flat = f", кв. {self.flat}" if self.flat else ""
        return f"{self.index}, Ивановская область, {district}г. {self.town}, {self.street}, д. {self.house}{flat}"


@record
class Identity:
    """Who somebody claims to be: what an application says and what a request about a person asks by."""

    family_name: str
    first_name: str
    patronymic: str | None
    birth_date: date
    passport_series: str
    passport_number: str


@record
class Body:
    """A public body as it names itself in its requests: 10 digits of ИНН, 13 of ОГРН."""

    name: str
    inn: str
    ogrn: str


@record
class Passport:
    """A passport of a citizen; `invalid_because` is None while it is valid."""

    series: str
    number: str
    issuer_code: str
    issuer_name: str
    issued: date
    invalid_because: str | None = None


@record
class IdentityDocument:
    """A paper other than a citizen's passport that says who somebody is.

    `code` is that of the tax service's list of documents (КодВидДок): 03 birth certificate, 10 foreign passport,
    12 residence permit, 15 temporary residence permit. `country` is of three letters (ISO 3166).
    """

    code: str
    kind: str
    series: str
    number: str
    issuer_name: str
    issued: date
    valid_until: date | None = None
    country: str = "RUS"


@record
class Act:
    """A record of a civil act (актовая запись) at an office of ЗАГС."""

    number: str
    made: date
    office: str


@record
class Birth:
    """The record of a birth; parents by СНИЛС, None where the world does not know them or the record has a dash."""

    act: Act | None = None
    father_snils: str | None = None
    mother_snils: str | None = None


@record
class Death:
    """A death and its record."""

    died: date
    act: Act


@record
class FormerName:
    """A name that somebody bore until a day, and the act that changed it."""

    family_name: str
    first_name: str
    patronymic: str | None
    until: date
    reason: str
    act: Act | None = None


@record
class Marriage:
    """A marriage between two persons by СНИЛС; `ended_by` tells how it ended, a divorce has an act of its own."""

    husband_snils: str
    wife_snils: str
    since: date
    act: Act | None = None
    until: date | None = None
    ended_by: Literal["divorce", "death"] | None = None
    divorce_act: Act | None = None


@record
class Registration:
    """A registration at the place of living or of staying; `since` is None while it is applied for and not yet done."""

    kind: Literal["living", "staying"]
    address: Address
    applied: date
    since: date | None
    until: date | None = None
    office: str = ""


@record
class Person:
    """A natural person: 11 digits of СНИЛС, 12 of ИНН (None for who has none), the passports in order of issue.

    `address` is where the person lives; `citizenship` is of three letters (ISO 3166), "" without one. A child under 14
    and a foreigner have no passport but `documents`.
    """

    snils: str
    inn: str | None
    family_name: str
    first_name: str
    patronymic: str | None
    sex: Sex
    birth_date: date
    passports: tuple[Passport, ...]
    address: Address
    birth_place: str = ""
    citizenship: str = "RUS"
    documents: tuple[IdentityDocument, ...] = ()
    former_names: tuple[FormerName, ...] = ()
    birth: Birth = Birth()
    death: Death | None = None
    registrations: tuple[Registration, ...] = ()

    @property
    def passport(self) -> Passport:
        """The latest passport, which is the valid one of somebody alive; raises LookupError for who has none."""
        if not self.passports:
            raise LookupError(f"{self.snils} has no passport")
        return self.passports[-1]

    @property
    def papers(self) -> tuple[Passport | IdentityDocument, ...]:
        """Everything that says who the person is or was, the passports last."""
        return (*self.documents, *self.passports)

    @property
    def identity(self) -> Identity:
        """The person as they would fill in an application: by passport, else by another paper, else by none."""
        papers = self.papers
        series, number = (papers[-1].series, papers[-1].number) if papers else ("", "")
        return Identity(self.family_name, self.first_name, self.patronymic, self.birth_date, series, number)

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, (self.family_name, self.first_name, self.patronymic)))

    def age_on(self, day: date) -> int:
        """Whole years on `day`."""
        return day.year - self.birth_date.year - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day))


@record
class Entrepreneur:
    """An individual entrepreneur: 15 digits of ОГРНИП; the person is found by `snils`."""

    ogrnip: str
    registered: date
    ceased: date | None
    okved: str
    okved_name: str
    tax_office: str
    snils: str = ""


@record
class Founder:
    """A founder and the nominal value of the share."""

    person: Person
    share: Decimal


@record
class Licence:
    """A licence of a firm."""

    number: str
    activity: str
    issuer: str
    issued: date
    valid_until: date | None = None


@record
class Division:
    """A separate division (обособленное подразделение) of a firm."""

    name: str
    kpp: str
    address: Address


@record
class Firm:
    """A limited company: 13 digits of ОГРН, 10 of ИНН; `ceased` is None while it exists.

    `head` is alive; `headcount` counts also those whom the world has not drawn; `tax_debt` is owed to budgets.
    """

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
    headcount: int = 1
    tax_debt: Decimal = Decimal(0)
    divisions: tuple[Division, ...] = ()
    licences: tuple[Licence, ...] = ()

    @property
    def capital(self) -> Decimal:
        return sum((founder.share for founder in self.founders), Decimal(0))


@record
class Right:
    """A person's registered right to real estate; `share` reads "1/2", or is None for the whole."""

    kind: str
    share: str | None
    number: str
    registered: date
    owner: Person


@record
class FirmRight:
    """A firm's registered right to real estate; `ogrn` is the owner's."""

    kind: str
    number: str
    registered: date
    ogrn: str


@record
class PublicRight:
    """The right of a municipality or of the state; `holder` names it as the register does."""

    level: Literal["municipal", "regional", "federal"]
    holder: str
    oktmo: str
    number: str
    registered: date


@record
class Encumbrance:
    """A registered encumbrance: mortgage, arrest, lease; `until` is None while it is in force."""

    kind: str
    number: str
    since: date
    in_favour_of: str
    until: date | None = None


@record
class Estate:
    """A parcel, building or flat: area in square metres, cadastral value, when it was put on the cadastre.

    `purpose` is the permitted use of a parcel (whose land category is `category`), else what a building or flat is
    meant for. `rights` are persons'; an estate of a firm or a public body has none of them.
    """

    cadastral_number: str
    kind: EstateKind
    address: Address
    area: Decimal
    value: Decimal
    rights: tuple[Right, ...]
    purpose: str = ""
    category: str = ""
    floor: int | None = None
    built: int | None = None
    put_on_record: date = date(2005, 3, 1)
    firm_rights: tuple[FirmRight, ...] = ()
    public_right: PublicRight | None = None
    encumbrances: tuple[Encumbrance, ...] = ()

    @property
    def is_municipal(self) -> bool:
        return self.public_right is not None and self.public_right.level == "municipal"
