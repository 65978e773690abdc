"""What a person or a firm does, gets, owns and owes: values that are drawn, or given, separately from who it is.

The conventions are those of `agencies.world.records`. A field that says whose fact it is (`snils`, `owner_snils`,
`payer`, `debtor`) may be left out of a fixture, where the fact stands below its subject.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

from agencies.world.records import record


@record
class Job:
    """An employment by a firm of the world; `salary` is what a month of it was paid at its beginning."""

    employer_ogrn: str
    position: str
    since: date
    until: date | None = None
    salary: Decimal = Decimal(20_000)


@record
class Income:
    """What an employer paid for a month: code of the tax service's list of incomes (2000 is pay), sum, tax withheld."""

    year: int
    month: int
    code: str
    amount: Decimal
    tax: Decimal
    employer_ogrn: str


@record
class IncomeStatement:
    """A statement of incomes of a year from one employer (справка 2-НДФЛ): the totals are sums of `incomes`."""

    year: int
    employer_ogrn: str
    incomes: tuple[Income, ...]
    total: Decimal
    tax: Decimal


@record
class Pension:
    """A pension and its monthly sum."""

    kind: Literal["old age", "disability", "survivor"]
    since: date
    monthly: Decimal
    until: date | None = None
    number: str = ""


@record
class Benefit:
    """A social benefit (мера социальной поддержки): its Russian name, the paying body, the monthly sum."""

    kind: str
    since: date
    monthly: Decimal
    until: date | None = None
    payer: str = ""


@record
class Disability:
    """A disability: group 1 to 3, 0 for a disabled child; `valid_until` is None where no re-examination follows."""

    group: int
    since: date
    reason: str
    certificate: str
    valid_until: date | None = None
    bureau: str = ""


@record
class Unemployment:
    """A registration as unemployed and the monthly benefit."""

    since: date
    monthly: Decimal
    until: date | None = None
    office: str = ""


@record
class MilitaryService:
    """Conscript service; `card` is series and number of the military card (военный билет)."""

    since: date
    until: date | None
    card: str
    commissariat: str
    category: str = "А"


@record
class Conviction:
    """A conviction: article of the Criminal Code, court, punishment; `spent` is the day it was extinguished."""

    article: str
    sentenced: date
    court: str
    punishment: str
    spent: date | None = None


@record
class Vehicle:
    """A vehicle while one person owned it: VIN, state plate, papers, engine power in horsepower."""

    vin: str
    plate: str
    make: str
    model: str
    year: int
    since: date
    until: date | None = None
    category: str = "B"
    power: int = 100
    colour: str = ""
    registration_certificate: str = ""
    vehicle_passport: str = ""
    owner_snils: str = ""


@record
class HousingQueue:
    """A place in the queue for housing of a municipality."""

    number: int
    since: date
    ground: str
    oktmo: str
    until: date | None = None


@record
class SocialHire:
    """A contract of social hire (договор социального найма) of a public flat, and who lives there by it."""

    number: str
    since: date
    cadastral_number: str
    landlord: str
    members: tuple[str, ...] = ()
    until: date | None = None


@record
class Privatisation:
    """A flat got free of charge by Law 1541-1."""

    number: str
    made: date
    cadastral_number: str
    share: str | None = None


@record
class Enrolment:
    """A child's place at a kindergarten or a school; `group` is the group or the form."""

    kind: Literal["kindergarten", "school"]
    institution: str
    group: str
    since: date
    oktmo: str
    until: date | None = None


@record
class Guardianship:
    """Guardianship (опека) over a minor by an act of the guardianship body."""

    ward_snils: str
    guardian_snils: str
    since: date
    act: str
    body: str
    until: date | None = None


@record
class Charge:
    """A charge (начисление) of a state duty, tax or fine: УИН, КБК, payer by СНИЛС or ОГРН, who is to get it."""

    uin: str
    charged: date
    amount: Decimal
    purpose: str
    kbk: str
    recipient: str
    recipient_inn: str
    recipient_kpp: str
    oktmo: str
    payer: str = ""


@record
class Payment:
    """A payment: УИП, УИН of the charge it pays (None for a payment by hand), payer by СНИЛС or ОГРН."""

    uip: str
    uin: str | None
    paid: date
    amount: Decimal
    purpose: str
    kbk: str
    recipient: str
    recipient_inn: str
    recipient_kpp: str
    oktmo: str
    payer: str = ""


@record
class Enforcement:
    """Enforcement proceedings of the bailiffs; `balance` is what is still owed; debtor by СНИЛС or ОГРН."""

    number: str
    since: date
    amount: Decimal
    balance: Decimal
    subject: str
    document: str
    office: str
    bailiff: str
    until: date | None = None
    ended_because: str | None = None
    debtor: str = ""
