"""A body that provides public services, municipal or regional: it fetches what others hold, and decides.

It asks the applicant for nothing that another agency holds (210-FZ, Art. 7 part 1 item 2): for each application
it sends one request to every holder, waits for the answers, and decides on them alone. What others ask of it, it
answers as any provider does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from agencies import fns, mvd, rosreestr
from agencies.answering import Desk
from agencies.applications import KIND as APPLICATION
from agencies.applications import Application, Decision, Source, read_application, write_decision
from agencies.node import NodeContext, poll
from agencies.world import Body
from gateway.protocol.messages import RequestStatus
from gateway.protocol.moments import MOSCOW
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.participant_replies import ReceivedRequest, ReceivedResponse
from gateway.xml import Element

IN_WORK: Final = 1
"""StatusCode of the intermediate status: the application is being worked on."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a service needs from a holder: how the request is written, what an answer says against granting.

    `objection` returns None when the answer speaks for granting, else the reason of a refusal.
    """

    request: Callable[[Application, str, Body], Element]
    objection: Callable[[Application, Element], str | None]


def _egrul_objection(application: Application, answer: Element) -> str | None:
    extract = fns.read_egrul(answer)
    if extract is None:
        return f"в ЕГРЮЛ нет организации с ОГРН {application.ogrn}"
    return None if extract.ceased is None else f"организация прекратила деятельность {extract.ceased:%d.%m.%Y}"


def _inn_objection(_: Application, answer: Element) -> str | None:
    return None if fns.read_inn(answer) else "ФНС не нашла ИНН заявителя"


def _passport_objection(application: Application, answer: Element) -> str | None:
    number = application.applicant.passport_number
    passport = next((item for item in mvd.read_dossier(answer) if item.number == number), None)
    if passport is None:
        return "МВД не знает такого паспорта"
    return passport.invalid_because and f"паспорт недействителен: {passport.invalid_because}"


def _egrn_objection(_: Application, answer: Element) -> str | None:
    return None if rosreestr.read_extract(answer) else "в ЕГРН нет такого объекта"


NEEDS: Final[Mapping[str, Need]] = {
    fns.EGRUL: Need(
        lambda application, request_id, _: fns.egrul_request(
            application.ogrn or "", request_id, application.case_number
        ),
        _egrul_objection,
    ),
    fns.INN_BY_PERSON: Need(
        lambda application, request_id, body: fns.inn_request(application.applicant, request_id, body), _inn_objection
    ),
    mvd.PASSPORT_DOSSIER: Need(
        lambda application, _, __: mvd.dossier_request(
            application.applicant.passport_series, application.applicant.passport_number
        ),
        _passport_objection,
    ),
    rosreestr.EGRN_STATEMENT: Need(
        lambda application, _, __: rosreestr.egrn_request(application.cadastral_number or "", application.case_number),
        _egrn_objection,
    ),
}
"""Kinds that an authority knows how to ask for. Which service needs which stands in the topology."""


@dataclass(slots=True)
class _OpenCase:
    """An application in work: what is still awaited (MessageID of the request -> kind id), what came."""

    application: Application
    message_id: str
    reply_to: str
    awaited: dict[str, str] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)


class Authority:
    """Provides the services of its options: `services = {CODE = ["kind", …]}`, `inn`, `ogrn`.

    The application is acknowledged after the decision: when this process dies in between, it comes again.
    """

    def __init__(self, context: NodeContext) -> None:
        self._context = context
        options = context.options
        self._body = Body(context.agency.name, options["inn"], options["ogrn"])
        self._services: dict[str, list[str]] = options["services"]
        self._cases: dict[str, _OpenCase] = {}
        self._case_of_request: dict[str, _OpenCase] = {}

    async def run(self) -> None:
        """Work until cancelled."""
        async with Desk(self._context) as desk:
            await poll(lambda: self._open_case(desk), self._take_answer)

    async def _open_case(self, desk: Desk) -> bool:
        request = await self._context.client.take_request()
        if request is None:
            return False
        kind = self._context.library.catalogue.by_request(request.message_type)
        if kind is None or kind.id != APPLICATION or request.reply_to is None:
            await desk.answer(request)
        elif request.message_id not in self._cases:  # a case in work is redelivered when its lease ends
            await self._begin(request, request.reply_to)
        return True

    async def _begin(self, request: ReceivedRequest, reply_to: str) -> None:
        application = read_application(request.content)
        case = _OpenCase(application, request.message_id, reply_to)
        self._cases[request.message_id] = case
        needed = self._services.get(application.service_code)
        if needed is None:
            case.objections.append(f"услугу {application.service_code} этот орган не предоставляет")
            await self._decide(case)
            return
        status = RequestStatus(IN_WORK, f"Заявление {application.case_number} принято, направлены запросы")
        await self._context.client.send_response(reply_to, status)
        options = Outgoing(reference_message_id=request.message_id, transaction_code=application.case_number)
        for kind_id in needed:
            request_id = self._context.client.new_message_id()
            content = NEEDS[kind_id].request(application, request_id, self._body)
            case.awaited[request_id] = kind_id
            self._case_of_request[request_id] = case
            await self._context.client.send_request(content, options, message_id=request_id)

    async def _take_answer(self) -> bool:
        response = await self._context.client.take_response()
        if response is None:
            return False
        case = self._case_of_request.get(response.original_message_id)
        if case is not None and response.status is None:
            self._note(case, response)
        if case is not None and not case.awaited:
            await self._decide(case)
        await self._context.client.ack(response.metadata.message_id)
        return True

    def _note(self, case: _OpenCase, response: ReceivedResponse) -> None:
        kind_id = case.awaited.pop(response.original_message_id, None)
        self._case_of_request.pop(response.original_message_id, None)
        if kind_id is None:
            return  # a second final answer to the same request
        objection = self._objection(case, kind_id, response)
        if objection is not None:
            case.objections.append(objection)
        case.sources.append(Source(kind_id, response.message_id, response.metadata.sender))

    @staticmethod
    def _objection(case: _OpenCase, kind_id: str, response: ReceivedResponse) -> str | None:
        if response.content is not None:
            return NEEDS[kind_id].objection(case.application, response.content)
        if response.async_status is not None:
            return f"СМЭВ отклонила запрос {kind_id}: {response.async_status.details}"
        return "; ".join(rejection.description for rejection in response.rejections)

    async def _decide(self, case: _OpenCase) -> None:
        granted = not case.objections
        service = case.application.service_name
        decision = Decision(
            case.application.case_number,
            granted,
            self._context.clock.now().astimezone(MOSCOW).date(),
            f"Постановление «{service}»" if granted else f"Отказ: {'; '.join(case.objections)}",
            tuple(case.sources),
        )
        await self._context.client.send_response(case.reply_to, write_decision(decision))
        await self._context.client.ack(case.message_id)
        self._cases.pop(case.message_id, None)
