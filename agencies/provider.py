"""A provider (поставщик): takes the requests for its kinds, answers them from the world."""

import logging
from typing import Final

from agencies import fns, mvd, rosreestr
from agencies.answers import Answer, Answered, Answers, InProgress, Rejected
from agencies.node import NodeContext, poll
from gateway.protocol.messages import Rejection, RequestStatus
from gateway.protocol.participant_replies import ReceivedRequest
from gateway.protocol.statuses import RejectCode
from gateway.xml import Element

_LOG: Final = logging.getLogger(__name__)

ANSWERS: Final[Answers] = {**fns.ANSWERS, **mvd.ANSWERS, **rosreestr.ANSWERS}
"""Every kind that is answered by hand-written code: kind id -> function of the world and the content."""


class Provider:
    """Answers whatever kinds the topology gives it."""

    def __init__(self, context: NodeContext) -> None:
        self._context = context

    async def run(self) -> None:
        """Take, answer, acknowledge, until cancelled."""
        await poll(self._serve_one)

    async def _serve_one(self) -> bool:
        client = self._context.client
        request = await client.take_request()
        if request is None:
            return False
        if request.reply_to is not None:  # a broadcast wants no answer
            for answer in self._answers(request):
                await client.send_response(request.reply_to, _wire(answer))
        await client.ack(request.metadata.message_id)
        return True

    def _answers(self, request: ReceivedRequest) -> tuple[Answer, ...]:
        kind = self._context.catalogue.by_request(request.message_type)
        answer = None if kind is None else ANSWERS.get(kind.id)
        if answer is None:
            return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", f"{request.message_type}: здесь на это не отвечают"),)
        try:
            return answer(self._context.world, request.content)
        except Exception as error:  # noqa: BLE001 - the consumer must learn of it, and the next be served
            _LOG.exception("%s cannot answer %s", self._context.mnemonic, request.message_id)
            return (Rejected("FAILURE", f"Внутренняя ошибка поставщика: {type(error).__name__}"),)


def _wire(answer: Answer) -> Element | tuple[Rejection, ...] | RequestStatus:
    match answer:
        case Answered(content):
            return content
        case Rejected(code, description):
            return (Rejection(RejectCode(code), description),)
        case InProgress(code, description):
            return RequestStatus(code, description)
