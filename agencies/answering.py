"""How an agency answers a request: by the function of its kind, to the wire; a defect of ours is told as FAILURE."""

import logging
from typing import Final

from agencies import fns, mvd, rosreestr
from agencies.answers import Answer, Answered, Answers, InProgress, Question, Rejected
from agencies.node import NodeContext
from gateway.protocol.messages import Rejection, RequestStatus
from gateway.protocol.participant_replies import ReceivedRequest
from gateway.protocol.statuses import RejectCode
from gateway.xml import Element

_LOG: Final = logging.getLogger(__name__)

ANSWERS: Final[Answers] = {**fns.ANSWERS, **mvd.ANSWERS, **rosreestr.ANSWERS}
"""Every kind that is answered by hand-written code: kind id -> answer function."""


async def answer(context: NodeContext, request: ReceivedRequest) -> None:
    """Send every answer to `request`, the final one last, then acknowledge it. A broadcast wants no answer.

    Raises: FaultReceived, NoAnswer.
    """
    if request.reply_to is not None:
        for said in answers_to(context, request):
            await context.client.send_response(request.reply_to, _wire(said))
    await context.client.ack(request.metadata.message_id)


def answers_to(context: NodeContext, request: ReceivedRequest) -> tuple[Answer, ...]:
    """Return what the agency says to `request`."""
    kind = context.library.catalogue.by_request(request.message_type)
    function = None if kind is None else ANSWERS.get(kind.id)
    if function is None:
        return (Rejected("UNKNOWN_REQUEST_DESCRIPTION", f"{request.message_type}: здесь на это не отвечают"),)
    try:
        return function(Question(context.world, request.content, context.agency, request.message_id))
    except Exception as error:  # noqa: BLE001 - the consumer must learn of it, and the next be served
        _LOG.exception("%s cannot answer %s", context.agency.mnemonic, request.message_id)
        return (Rejected("FAILURE", f"Внутренняя ошибка поставщика: {type(error).__name__}"),)


def _wire(said: Answer) -> Element | tuple[Rejection, ...] | RequestStatus:
    match said:
        case Answered(content):
            return content
        case Rejected(code, description):
            return (Rejection(RejectCode(code), description),)
        case InProgress(code, description):
            return RequestStatus(code, description)
