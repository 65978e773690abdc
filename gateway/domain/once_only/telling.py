"""How findings are worded: names, dates and terms in the language of the program."""

from datetime import date, datetime, timedelta
from typing import Final

from gateway.domain.services import Document
from gateway.domain.working_time import Term, TermUnit
from gateway.protocol.moments import MOSCOW
from gateway.words import say

_HOUR: Final = timedelta(hours=1)


def name_of(document: Document) -> str:
    """Return the document's name."""
    return say(document.name, document.name_en or document.name)


def holder_of(document: Document) -> str:
    """Return who holds the document, in words."""
    return document.holder or say("другой орган", "another body")


def on(day: date) -> str:
    """Return a date as people write it."""
    return say(f"{day.day:02}.{day.month:02}.{day.year}", day.isoformat())


def at(moment: datetime) -> str:
    """Return a moment of Moscow to the minute."""
    local = moment.astimezone(MOSCOW)
    return f"{on(local.date())} {local.hour:02}:{local.minute:02}"


def lasting(term: Term) -> str:
    """Return "5 working days" in words."""
    number = term.number
    form = _russian_form(number)
    return {
        TermUnit.HOURS: say(f"{number} {('час', 'часа', 'часов')[form]}", str(term)),
        TermUnit.WORKING_DAYS: say(f"{number} {('рабочий день', 'рабочих дня', 'рабочих дней')[form]}", str(term)),
        TermUnit.CALENDAR_DAYS: say(
            f"{number} {('календарный день', 'календарных дня', 'календарных дней')[form]}", str(term)
        ),
    }[term.unit]


def _russian_form(number: int) -> int:
    """Return which form of a noun stands after `number`: 0 as after 1, 1 as after 2, 2 as after 5."""
    last, is_teen = number % 10, number % 100 in range(11, 15)
    if last == 1 and not is_teen:
        return 0
    return 1 if last in {2, 3, 4} and not is_teen else 2


def late_by(since: datetime, until: datetime) -> str:
    """Return how much later `until` is, in days and hours."""
    hours = max(0, (until - since) // _HOUR)
    days, rest = divmod(hours, 24)
    if days:
        return say(f"{days} дн. {rest} ч", f"{days} d {rest} h")
    return say(f"{rest} ч", f"{rest} h") if rest else say("меньше часа", "less than an hour")


def how_to_fetch(document: Document) -> str:
    """Return what to do instead of asking the applicant for an inter-agency document."""
    if document.kind is None:
        return say(
            f"получите его межведомственным запросом: {holder_of(document)}", f"ask {holder_of(document)} for it"
        )
    if not document.holder:
        return say(
            f"отправьте межведомственный запрос вида {document.kind}",
            f"send an inter-agency request of the kind {document.kind}",
        )
    return say(
        f"отправьте межведомственный запрос вида {document.kind}, держатель: {document.holder}",
        f"send an inter-agency request of the kind {document.kind} to {document.holder}",
    )
