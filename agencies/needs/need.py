"""What it takes to ask a holder for a document: who asks, for which application, and how."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from agencies.applications import Application
from agencies.world import Body
from gateway.xml import Element


@dataclass(frozen=True, slots=True)
class Asking:
    """A body asks on behalf of an application: `request_id` is the MessageID of its request, `today` its day."""

    application: Application
    request_id: str
    body: Body
    today: date

    @property
    def year_before(self) -> date:
        """The same day a year ago."""
        leap = (self.today.month, self.today.day) == (2, 29)
        return self.today.replace(year=self.today.year - 1, day=28 if leap else self.today.day)


Builder: TypeAlias = Callable[[Asking], Element | None]


def no_objection(_: Application, __: Element) -> str | None:
    """Say nothing against granting: the answer is taken to the case as it is."""
    return None


@dataclass(frozen=True, slots=True)
class Need:
    """What a service needs from a holder: how the request is written, what an answer says against granting.

    `request` returns None when the application does not name what the holder would be asked about (no cadastral
    number, no firm, no child): the document is not for this applicant. `objection` returns None when the answer speaks
    for granting, else the reason of a refusal. `absence` is the reason of a refusal when the holder has no data; ""
    where that says nothing against the applicant.
    """

    request: Builder
    objection: Callable[[Application, Element], str | None] = no_objection
    absence: str = ""
