"""A body that provides public services, municipal or regional: it fetches what others hold, and decides.

It asks the applicant for nothing that another agency holds (210-FZ, Art. 7 part 1 item 2): for each application
it sends one request to every holder, waits for the answers as long as the law gives the holders, and decides. What
others ask of it, it answers as any provider does. One that breaks the law (`conduct` in its options) is put right by
SMEV: what it may not tell the applicant is refused, and it goes on as the law has it.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from agencies.applications import KIND as APPLICATION
from agencies.applications import Source, read_application, write_decision
from agencies.authority.cases import OpenCase, Services, Wanted
from agencies.authority.envelope import envelope_of
from agencies.authority.lawbreaking import demand_of, refusal_of, request_without_case
from agencies.authority.offered import OfferReader, content_of
from agencies.conduct import Way, too_late
from agencies.holder import Holder
from agencies.needs import NEEDS, Asking
from agencies.node import NodeContext
from agencies.world import Body
from gateway.client import NoAnswer
from gateway.domain.cases import GroundReason
from gateway.domain.services import DEFAULT_TERM_TO_SEND
from gateway.domain.working_time import due
from gateway.protocol.messages import RequestStatus
from gateway.protocol.moments import MOSCOW
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.participant_replies import FaultReceived, ReceivedRequest, ReceivedResponse
from gateway.protocol.statuses import RejectCode
from gateway.xml import Element

_LOG: Final = logging.getLogger(__name__)

IN_WORK: Final = 1
"""StatusCode of the intermediate status: the application is being worked on."""

_HELD: Final = timedelta(minutes=10)
"""How long an application in work is not acknowledged: until then it comes again when this process dies."""

_AFTER: Final = timedelta(microseconds=1)


class _Attempt(StrEnum):
    """What a body tried to tell an applicant against the law."""

    DEMAND = "demand"
    REFUSAL_FOR_LACK = "refusal for lack"
    REFUSAL_FOR_SILENCE = "refusal for silence"


@dataclass(slots=True)
class Tally:
    """What a body has done so far."""

    applications: int = 0
    requests: int = 0
    unasked: int = 0
    """Documents of the passport that this applicant has nothing to be asked about."""
    refused_attempts: int = 0
    """Demands and refusals against the law that SMEV has refused."""
    tolerated_attempts: int = 0
    overdue: int = 0
    granted: int = 0
    refused: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Return the sum of both."""
        return Tally(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


class Authority:
    """Provides the services of its options: `services` (codes, or a table code = ["kind", …]), `inn`, `ogrn`.

    With `offers` it takes the requests that SMEV offers instead of what it refused, else it writes them itself.
    """

    def __init__(self, context: NodeContext) -> None:
        """Raises: InvalidConduct."""
        self._context, options = context, context.options
        self._body = Body(context.agency.name, options["inn"], options["ogrn"])
        self._services = Services(options.get("services", ()), context.passports)
        self.holder: Final = Holder(context)
        self.tally: Final = Tally()
        self.offers: OfferReader | None = None
        self._cases: dict[str, OpenCase] = {}  # by MessageID of the application
        self._asked: dict[str, OpenCase] = {}  # by MessageID of a request
        self._attempts: dict[str, tuple[OpenCase, _Attempt]] = {}

    @property
    def open_cases(self) -> int:
        """How many applications are in work."""
        return len(self._cases)

    async def turn(self) -> bool:
        """Take an answer, else an application or a request, else what SMEV says of an answer.

        Raises: FaultReceived, NoAnswer.
        """
        return await self._take_answer() or await self._take_request() or await self.holder.hear()

    # --- applications --------------------------------------------------------------------------------------------

    async def _take_request(self) -> bool:
        request = await self._context.client.take_request()
        if request is None:
            return False
        kind = self._context.library.catalogue.by_request(request.message_type)
        if kind is None or kind.id != APPLICATION or request.reply_to is None:
            await self.holder.answer(request)
        elif request.message_id not in self._cases:  # a case in work is redelivered when its lease ends
            await self._open(request, request.reply_to)
        return True

    async def _open(self, request: ReceivedRequest, reply_to: str) -> None:
        application = read_application(request.content)
        case = OpenCase(application, request.message_id, reply_to, delivery=request.metadata.message_id)
        self._cases[request.message_id] = case
        self.tally.applications += 1
        if application.service_code not in self._services:
            text = f"услугу {application.service_code} этот орган не предоставляет"
            case.note_objection(GroundReason.OTHER, text)
            await self._decide(case)
            return
        case.wanted = self._services.wanted(application, self._today())
        case.passport = self._services.passport(application.service_code)
        status = RequestStatus(IN_WORK, f"Заявление {case.number} принято, направлены запросы")
        await self._context.client.send_response(reply_to, status)
        if self._does(Way.SENDS_LATE, case):
            term = DEFAULT_TERM_TO_SEND if case.passport is None else case.passport.term_to_send
            moment = too_late(self._now(), term)
        else:
            moment = self.holder.pace.sends(self._mnemonic, case.number, self._now())
        if moment > self._now() + _HELD:
            await self._let_go(case)
        else:
            self._at(self._now() + _HELD, lambda: self._let_go(case))
        await self._when(moment, lambda: self._work(case))

    async def _let_go(self, case: OpenCase) -> None:
        if case.delivery is not None:
            delivery, case.delivery = case.delivery, None
            await self._context.client.ack(delivery)

    # --- work on a case ------------------------------------------------------------------------------------------

    async def _work(self, case: OpenCase) -> None:
        """Do with a case what the conduct has: against the law first, where it is so."""
        if self._does(Way.ASKS_WITHOUT_CASE, case):
            await self._ask_without_case(case)
        if case.wanted and self._does(Way.DEMANDS_HELD_DOCUMENTS, case):
            tried = await self._try(case, _Attempt.DEMAND, demand_of(case, self._body.name))
        elif case.wanted and self._does(Way.REFUSES_FOR_LACK, case):
            refusal = refusal_of(case, GroundReason.MISSING_DOCUMENT, self._body.name)
            tried = await self._try(case, _Attempt.REFUSAL_FOR_LACK, refusal)
        else:
            tried = False
        if not tried:
            await self._ask(case)

    async def _ask(self, case: OpenCase) -> None:
        """Send a request to every holder, and decide when all have answered or their terms have ended."""
        for wanted in case.wanted:
            request_id = self._context.client.new_message_id()
            content = case.offered.get(wanted.kind)
            if content is None and wanted.kind in NEEDS:
                asking = Asking(case.application, request_id, self._body, self._today())
                content = NEEDS[wanted.kind].request(asking)
            if content is None:
                self.tally.unasked += 1
                continue
            await self._send(case, wanted, request_id, content)
        if not case.awaited:
            await self._decide(case)
        elif case.due is not None:
            self._at(case.due + _AFTER, lambda: self._overdue(case))

    async def _send(self, case: OpenCase, wanted: Wanted, request_id: str, content: Element) -> None:
        options = Outgoing(
            reference_message_id=case.message_id,
            transaction_code=case.number,
            business_process_metadata=envelope_of(case, wanted, self._body, self._today()),
        )
        try:
            await self._context.client.send_request(content, options, message_id=request_id)
        except FaultReceived as fault:  # nobody provides it, or SMEV does not take it: no ground against the applicant
            _LOG.warning("%s: %s, %s: %s", self._mnemonic, case.number, wanted.kind, fault)
            return
        now = self._now()
        term = self._context.passports.term_to_answer(wanted.kind, self._today(), case.passport)
        case.due = max(filter(None, (case.due, due(now, term))))
        case.awaited[request_id] = wanted
        self._asked[request_id] = case
        self.tally.requests += 1

    async def _overdue(self, case: OpenCase) -> None:
        if case.message_id not in self._cases or not case.awaited:
            return
        self.tally.overdue += len(case.awaited)
        for request_id in case.awaited:
            self._asked.pop(request_id, None)
        if self._does(Way.REFUSES_FOR_SILENCE, case):
            silent = next(iter(case.awaited.values())).code
            refusal = refusal_of(case, GroundReason.NO_ANSWER, self._body.name, silent)
            case.awaited.clear()
            if await self._try(case, _Attempt.REFUSAL_FOR_SILENCE, refusal):
                return
        case.awaited.clear()
        await self._decide(case)

    async def _decide(self, case: OpenCase) -> None:
        if self._cases.pop(case.message_id, None) is None:
            return
        decision = case.decision(self._today())
        self.tally.granted += decision.granted
        self.tally.refused += not decision.granted
        await self._context.client.send_response(case.reply_to, write_decision(decision))
        await self._let_go(case)

    # --- against the law -----------------------------------------------------------------------------------------

    async def _try(self, case: OpenCase, attempt: _Attempt, content: Element) -> bool:
        """Tell the applicant what the law forbids; return False when SMEV did not even take it."""
        message_id = self._context.client.new_message_id()
        options = Outgoing(reference_message_id=case.message_id, transaction_code=case.number)
        self._attempts[message_id] = case, attempt
        try:
            await self._context.client.send_request(content, options, message_id=message_id)
        except FaultReceived as fault:
            _LOG.info("%s: %s: %s", self._mnemonic, case.number, fault)
            del self._attempts[message_id]
            self.tally.refused_attempts += 1
            return False
        return True

    async def _hear_of_attempt(self, case: OpenCase, attempt: _Attempt, response: ReceivedResponse) -> None:
        """Go on lawfully where SMEV refused the attempt; where it reached the applicant, the body has its way."""
        if response.async_status is not None:
            self.tally.refused_attempts += 1
            await self._go_on_lawfully(case, attempt, response.original_message_id)
            return
        self.tally.tolerated_attempts += 1
        if attempt is _Attempt.REFUSAL_FOR_LACK:
            for wanted in case.wanted:
                case.note_objection(GroundReason.MISSING_DOCUMENT, "не представлен документ", wanted.code)
        elif attempt is _Attempt.REFUSAL_FOR_SILENCE:
            case.note_objection(GroundReason.NO_ANSWER, "нет ответа на межведомственный запрос")
        await self._decide(case)

    async def _go_on_lawfully(self, case: OpenCase, attempt: _Attempt, message_id: str) -> None:
        if attempt is _Attempt.REFUSAL_FOR_SILENCE:
            await self._decide(case)
            return
        if self.offers is not None:
            for kind, envelope in (await self.offers(message_id)).items():
                content = content_of(envelope)
                if content is not None:
                    case.offered[kind] = content
        await self._ask(case)

    async def _ask_without_case(self, case: OpenCase) -> None:
        content = request_without_case(case, self._context.client.new_message_id(), self._body, self._today())
        try:
            await self._context.client.send_request(content)
        except FaultReceived as fault:
            _LOG.info("%s: %s", self._mnemonic, fault)

    def _does(self, way: Way, case: OpenCase) -> bool:
        return self.holder.conduct.does(way, self._mnemonic, case.number)

    # --- answers -------------------------------------------------------------------------------------------------

    async def _take_answer(self) -> bool:
        response = await self._context.client.take_response()
        if response is None:
            return False
        await self._context.client.ack(response.metadata.message_id)
        if response.status is None:
            await self._hear(response)
        return True

    async def _hear(self, response: ReceivedResponse) -> None:
        attempted = self._attempts.pop(response.original_message_id, None)
        if attempted is not None:
            await self._hear_of_attempt(*attempted, response)
            return
        case = self._asked.pop(response.original_message_id, None)
        wanted = None if case is None else case.awaited.pop(response.original_message_id, None)
        if case is None or wanted is None:
            return  # too late, a second final answer, or one that no case asked for
        self._note(case, wanted, response)
        if not case.awaited:
            moment = self.holder.pace.decides(self._mnemonic, case.number, self._now())
            await self._when(moment, lambda: self._decide(case))

    @staticmethod
    def _note(case: OpenCase, wanted: Wanted, response: ReceivedResponse) -> None:
        need, objection = NEEDS.get(wanted.kind), None
        if need is None:
            pass  # a kind that was offered
        elif response.content is not None:
            objection = need.objection(case.application, response.content)
        elif any(rejection.code is RejectCode.NO_DATA for rejection in response.rejections):
            objection = need.absence or None
        if response.async_status is None:
            case.sources.append(Source(wanted.kind, response.message_id, response.metadata.sender))
        if objection is not None:
            case.note_objection(GroundReason.NOT_ENTITLED, objection, wanted.code)

    # --- time ----------------------------------------------------------------------------------------------------

    @property
    def _mnemonic(self) -> str:
        return self._context.agency.mnemonic

    def _now(self) -> datetime:
        return self._context.clock.now()

    def _today(self) -> date:
        return self._now().astimezone(MOSCOW).date()

    async def _when(self, moment: datetime, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work now, or put it down for later."""
        if moment <= self._now():
            await work()
        else:
            self._at(moment, work)

    def _at(self, moment: datetime, work: Callable[[], Awaitable[None]]) -> None:
        async def carefully() -> None:
            try:
                await work()
            except (FaultReceived, NoAnswer) as error:
                _LOG.warning("%s: %s", self._mnemonic, error)

        self._context.agenda.at(moment, carefully)
