"""What to do about violations: for each kind of data that a case lacks, the request that fetches them."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from gateway.domain.cases import Case, CaseState, Outcome
from gateway.domain.clock import Clock
from gateway.domain.ids import IdSource
from gateway.domain.once_only.events import LawEnvelope
from gateway.domain.once_only.violation import Violation
from gateway.domain.participants import Participants
from gateway.domain.services import Document, DocumentClass, ServicePassport
from gateway.exchange.law import Law
from gateway.exchange.offers import CannotOffer, Offer, offer
from gateway.library import KindError, Library
from gateway.protocol.moments import MOSCOW
from gateway.words import say

_LONGEST_LINE: Final = 1000
"""schemas/law: Line."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """How the data of one kind come to a case.

    `sender` is the mnemonic of who asks, `holder` who has them, in words; `document` a code of the passport. `offer`
    is the request to send, `envelope` its SOAP; where there is none, `obstacle` says why.
    """

    kind: str
    sender: str
    holder: str
    document: str
    offer: Offer | None = None
    envelope: bytes = b""
    obstacle: str = ""


class Remedies:
    """Makes the requests that violations of one gateway call for."""

    def __init__(self, law: Law, library: Library, participants: Participants, clock: Clock, ids: IdSource) -> None:
        self._law, self._library, self._participants = law, library, participants
        self._clock: Final = clock
        self._ids: Final = ids

    async def for_case(self, case: Case, violations: Iterable[Violation]) -> tuple[Remedy, ...]:
        """Return a remedy for each kind that the violations name and that has to be fetched for the case.

        That is what the passport has other bodies hold today. What the holder of some data did wrong is not put right
        by asking once more, and a case that is closed needs nothing.

        Raises: PassportError where a shipped passport has been broken.
        """
        passport = self._law.passports.by_code(case.service)
        if passport is None or case.state is CaseState.CLOSED:
            return ()
        today = self._clock.now().astimezone(MOSCOW).date()
        named = [violation.kind for violation in violations if violation.kind and violation.body == case.body]
        fetched = [_to_fetch(passport, kind, today) for kind in dict.fromkeys(named)]
        wanted = [document for document in fetched if document is not None]
        return tuple([await asyncio.to_thread(self._remedy, case, passport, document) for document in wanted])

    def _remedy(self, case: Case, passport: ServicePassport, document: Document) -> Remedy:
        assert document.kind is not None  # noqa: S101 - it was found by it
        remedy = Remedy(document.kind, case.body, document.holder, document.code)
        obstacle = _already_asked(case, document.kind)
        if obstacle:
            return replace(remedy, obstacle=obstacle)
        try:
            made = self._offer(case, passport, document.kind)
            return replace(remedy, offer=made, envelope=made.envelope)
        except (CannotOffer, KindError) as error:
            return replace(remedy, obstacle=str(error))
        except ValueError:  # says lxml
            why = say("в деле есть знаки, которых в XML не бывает", "the case has characters that XML has not")
            return replace(remedy, obstacle=why)

    def _offer(self, case: Case, passport: ServicePassport, kind_id: str) -> Offer:
        kind, body = self._library.catalogue.by_id(kind_id), self._participants.named(case.body)
        if kind is None:
            raise CannotOffer(say(f"вида сведений {kind_id} здесь нет", f"there is no kind {kind_id} here"))
        if body is None:
            raise CannotOffer(say(f"участника {case.body} больше нет", f"{case.body} is no participant any more"))
        now = self._clock.now()
        return offer(
            self._library,
            kind,
            case,
            body=body,
            message_id=self._ids.message_id(now),
            today=now.astimezone(MOSCOW).date(),
            law=_law_envelope(case, passport),
            participants=self._participants,
        )


def _to_fetch(passport: ServicePassport, kind: str, today: date) -> Document | None:
    document = passport.of_kind(kind, today)
    return document if document is not None and document.document_class is DocumentClass.INTERAGENCY else None


def _already_asked(case: Case, kind: str) -> str:
    asked = next((item for item in reversed(case.inquiries) if item.kind == kind), None)
    if asked is None or asked.outcome is Outcome.REFUSED:
        return ""
    which = asked.message_id or say("на бумаге", "on paper")
    if asked.outcome is Outcome.DATA:
        return say(f"сведения уже получены: {which}", f"the data have come: {which}")
    return say(f"уже запрошено: {which}", f"asked for already: {which}")


def _law_envelope(case: Case, passport: ServicePassport) -> LawEnvelope:
    return LawEnvelope(
        case_number=case.number,
        service_code=case.service,
        service_name=passport.name,
        register_number=passport.register_number or "",
        legal_basis="; ".join(passport.acts)[:_LONGEST_LINE],
        applicant=case.applicant,
    )
