"""Violations of 210-FZ: found, looked at, and what to send instead."""

from collections.abc import Iterable
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from gateway.domain.cases import Case
from gateway.domain.once_only.violation import Severity, Verdict, Violation
from gateway.exchange.remedies import Remedy
from gateway.protocol.moments import write
from gateway.storage.violations import Sought, StoredViolation
from gateway.transports.admin.administration import Administration
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Filters, Shape, Word, Written, described
from gateway.words import say

_LARGEST_KEY: Final = 2**63
_LONGEST_PAGE: Final = 500


class ViolationShape(Shape):
    """What a rule found. `article` is its citation, `body` who breaks it; `source` is null where none was read.

    `document` is a code of the passport, `kind` the data kind that serves it, `holder` who has it. `refuses` tells
    whether what does it is refused while the law is enforced, `confidence` how sure we are of the rule.
    """

    rule: str
    article: str
    verdict: Verdict
    severity: Severity
    text: str
    expected: str
    found: str
    advice: str
    body: str
    case_number: str | None
    service: str | None
    document: str | None
    document_name: str | None
    holder: str | None
    kind: str | None
    message_id: str | None
    refuses: bool
    confidence: str
    source: str | None

    @classmethod
    def of(cls, violation: Violation) -> "ViolationShape":
        return cls.model_validate(_members(violation))


class FoundShape(ViolationShape):
    """A violation that was noted: `moment` when, `refused` whether what does it was refused. `key` only grows."""

    key: int
    moment: Written
    refused: bool

    @classmethod
    def of_stored(cls, stored: StoredViolation) -> "FoundShape":
        own = {"key": stored.key, "moment": write(stored.at), "refused": stored.refused}
        return cls.model_validate({**_members(stored.violation), **own})


def _members(violation: Violation) -> dict[str, object]:
    optional = ("case_number", "service", "document", "document_name", "holder", "kind", "message_id", "source")
    return {
        name: getattr(violation, name) or None if name in optional else getattr(violation, name)
        for name in ViolationShape.model_fields
    }


class OfferShape(Shape):
    """The lawful way to data of one kind: a SendRequest that may be sent as it is.

    `sender` is the body of the case, `recipient` who answers. `envelope` is the SOAP of message-exchange 1.2, unsigned,
    with a fresh `messageId`; `toComplete` are the paths of what the case does not know. Where there is no request to
    send, `envelope` is null and `obstacle` says why.
    """

    kind: str
    sender: str
    holder: str | None
    recipient: str | None
    document: str
    message_id: str | None
    envelope: str | None
    to_complete: list[str]
    obstacle: str | None

    @classmethod
    def of(cls, remedy: Remedy) -> "OfferShape":
        made = remedy.offer
        return cls(
            kind=remedy.kind,
            sender=remedy.sender,
            holder=remedy.holder or None,
            recipient=None if made is None else next(iter(made.recipients), None),
            document=remedy.document,
            message_id=None if made is None else made.message_id,
            envelope=None if made is None else remedy.envelope.decode(),
            to_complete=[] if made is None else list(made.to_complete),
            obstacle=remedy.obstacle or None,
        )


class ViolationsPage(Shape):
    """Violations, newest first; `next` is the address to go on at, null at the end."""

    violations: list[FoundShape]
    next: str | None


class ViolationFilters(Filters):
    """Which violations; the names are those of the query."""

    rule: Word | None = None
    body: Word | None = None
    case: Word | None = None
    verdict: Verdict | None = None


class ViolationsView(AdminView):
    """`/__admin/violations`."""

    @described(
        lambda: say(
            "Найденные нарушения 210-ФЗ, новые сначала. body — мнемоника нарушителя, case — номер дела.",
            "Violations of 210-FZ, newest first. body is the mnemonic of who breaks the rule.",
        ),
        ViolationsPage,
    )
    async def get(
        self,
        filters: ViolationFilters,
        before: Annotated[int | None, Field(ge=1, lt=_LARGEST_KEY)] = None,
        limit: Annotated[int, Field(ge=1, le=_LONGEST_PAGE)] = 50,
    ) -> web.Response:
        sought = Sought(
            rule=filters.rule and filters.rule.upper(),
            body=filters.body,
            case_number=filters.case,
            verdict=filters.verdict,
        )
        found = await self.administration.cases.violations(sought, limit, before)
        following = self.link(before=found[-1].key) if len(found) == limit else None
        listed = [FoundShape.of_stored(stored) for stored in found]
        return self.reply(ViolationsPage(violations=listed, next=following))


class ViolationView(AdminView):
    """`/__admin/violations/{key}`."""

    @described(lambda: say("Одно нарушение.", "One violation."), FoundShape, 404)
    async def get(self, key: Annotated[int, Field(ge=1, lt=_LARGEST_KEY)], /) -> web.Response:
        found = await self.administration.cases.violation(key)
        if found is None:
            hint = say("все нарушения: GET /__admin/violations", "all violations: GET /__admin/violations")
            raise Refused(404, "violation", say("Такого нарушения нет", "No such violation"), str(key), hint)
        return self.reply(FoundShape.of_stored(found))


async def offers_for(administration: Administration, case: Case, found: Iterable[Violation]) -> list[OfferShape]:
    """Return what to send because of violations in a case, one offer for each kind."""
    return [OfferShape.of(remedy) for remedy in await administration.remedies.for_case(case, found)]


async def offers_for_all(administration: Administration, found: Iterable[Violation]) -> list[OfferShape]:
    """Return what to send because of violations, whichever cases they are of."""
    found = list(found)
    offers = []
    for number in dict.fromkeys(violation.case_number for violation in found if violation.case_number):
        case = await administration.cases.case(number)
        if case is not None:
            own = [violation for violation in found if violation.case_number == number]
            offers += await offers_for(administration, case, own)
    return offers
