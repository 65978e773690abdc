"""What persons and firms owe and pay: charges of state duties, payments, enforcement proceedings, by ordinal."""

from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from agencies.world.draw import Source, days_after
from agencies.world.life import Charge, Enforcement, Payment
from agencies.world.numbers import CHARGES, ENFORCEMENTS, Numbers
from agencies.world.places import bailiffs, town_named

_FIRST: Final = date(2010, 1, 15)
_BETWEEN: Final = 300


class Duty(NamedTuple):
    """What a state duty is paid for; `administrator` is the code of three digits of the federal body that gets it."""

    purpose: str
    amount: int
    kbk: str
    administrator: str
    recipient: str
    recipient_inn: str
    recipient_kpp: str


_TAX = ("182", "Управление Федерального казначейства по Ивановской области (УФНС)", "3799000047", "370201001")
_RIGHTS = ("321", "Управление Федерального казначейства по Ивановской области (Росреестр)", "3799000054", "370201001")
_POLICE = ("188", "Управление Федерального казначейства по Ивановской области (УМВД)", "3799000061", "370201001")

DUTIES: Final = (
    Duty("Госпошлина за государственную регистрацию прав", 1_000, "32110807020011000110", *_RIGHTS),
    Duty("Госпошлина за регистрацию транспортного средства", 1_500, "18810807141011000110", *_POLICE),
    Duty("Госпошлина за выдачу паспорта", 200, "18810807100011000110", *_POLICE),
    Duty("Госпошлина за выдачу водительского удостоверения", 800, "18810807141011000110", *_POLICE),
    Duty("Госпошлина за предоставление сведений из ЕГРЮЛ", 200, "18210807010011000110", *_TAX),
)
FIRM_DUTIES: Final = (
    Duty("Госпошлина за регистрацию изменений в уставе", 800, "18210807010011000110", *_TAX),
    Duty("Госпошлина за государственную регистрацию прав", 15_000, "32110807020011000110", *_RIGHTS),
    Duty("Госпошлина за предоставление лицензии", 6_000, "18210807081010000110", *_TAX),
)

_DEBTS: Final = (
    "Задолженность по кредитным платежам",
    "Задолженность по оплате жилья и коммунальных услуг",
    "Штраф ГИБДД",
    "Взыскание налогов и сборов",
)
_BAILIFFS: Final = ("Орлова А. В.", "Зимин П. С.", "Котова Е. Н.", "Титов Д. А.")


class Debtor(NamedTuple):
    """Who pays: an ordinal, or the index of a firm; known by СНИЛС or ОГРН; owing since a day, until another."""

    ordinal: int
    is_firm: bool
    key: str
    town: str
    since: date
    until: date


class Money:
    """Draws charges, payments and proceedings."""

    def __init__(self, source: Source, numbers: Numbers) -> None:
        self._source, self._numbers = source, numbers

    def charges(self, payer: Debtor, today: date) -> tuple[Charge, ...]:
        drawn = (self._charge(payer, place) for place in _places(today))
        return tuple(charge for charge, _ in filter(None, drawn) if charge.charged <= today)

    def payments(self, payer: Debtor, today: date) -> tuple[Payment, ...]:
        drawn = (self._charge(payer, place) for place in _places(today))
        return tuple(payment for _, payment in filter(None, drawn) if payment and payment.paid <= today)

    def enforcements(self, debtor: Debtor, today: date) -> tuple[Enforcement, ...]:
        drawn = (self._enforcement(debtor, place, today) for place in range(ENFORCEMENTS))
        return tuple(found for found in drawn if found is not None)

    def _charge(self, payer: Debtor, place: int) -> tuple[Charge, Payment | None] | None:
        """Draw a charge of one of a payer's spans of 300 days, and its payment."""
        kind = "firm charge" if payer.is_firm else "charge"
        draw = self._source.draw(kind, payer.ordinal * CHARGES + place)
        day = days_after(_FIRST, place * _BETWEEN + draw.below(_BETWEEN))
        duty = draw.pick(FIRM_DUTIES if payer.is_firm else DUTIES)
        if not draw.percent(45) or not payer.since <= day <= payer.until:
            return None
        rest = (
            Decimal(duty.amount),
            duty.purpose,
            duty.kbk,
            duty.recipient,
            duty.recipient_inn,
            duty.recipient_kpp,
            town_named(payer.town).oktmo,
            payer.key,
        )
        uin = self._numbers.uin(payer.ordinal, place, administrator=duty.administrator, firm=payer.is_firm)
        charge = Charge(uin, day, *rest)
        if not draw.percent(88):
            return charge, None
        paid = days_after(day, draw.below(9))
        uip = self._numbers.uip(payer.ordinal, place, paid, firm=payer.is_firm)
        return charge, Payment(uip, uin, paid, *rest)

    def _enforcement(self, debtor: Debtor, place: int, today: date) -> Enforcement | None:
        kind = "firm enforcement" if debtor.is_firm else "enforcement"
        draw = self._source.draw(kind, debtor.ordinal * ENFORCEMENTS + place)
        since = draw.day(date(2009, 1, 1), date(2011, 9, 30))
        if place:
            since = draw.day(date(2012, 1, 1), date(2035, 1, 1))
        until = draw.day(days_after(since, 60), days_after(since, 3000)) if draw.percent(50) else None
        amount = Decimal(500 + draw.below(200_000)) + Decimal(draw.below(100)) / 100
        if not draw.percent(5) or since > today or not debtor.since <= since <= debtor.until:
            return None
        ended = until if until and until <= today else None
        balance = Decimal(0) if ended else amount - (amount * draw.below(80) / 100).quantize(Decimal("0.01"))
        return Enforcement(
            self._numbers.enforcement(debtor.ordinal, place, since, firm=debtor.is_firm),
            since,
            amount,
            balance,
            draw.pick(_DEBTS),
            f"Судебный приказ № 2-{draw.below(900) + 100}/{since.year}",
            bailiffs(town_named(debtor.town)),
            draw.pick(_BAILIFFS),
            ended,
            "Фактическое исполнение" if ended else None,
            debtor.key,
        )


def _places(today: date) -> range:
    """Return the places whose span has begun."""
    return range(min(CHARGES, (today - _FIRST).days // _BETWEEN + 1))
