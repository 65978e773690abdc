"""How an agency answers a request: by the function of its kind, else automatically. A defect of ours is a FAILURE."""

import asyncio
import logging
from types import TracebackType
from typing import Final, Self

from agencies import fns, fssp, minoborony, municipal, mvd, regional, rosim, rosreestr, sfr, treasury, zags
from agencies.answers import Answer, Answered, Answers, InProgress, Question, RejectCode, Rejected, Said
from agencies.node import NodeContext
from gateway.client import NoAnswer
from gateway.protocol import statuses as codes
from gateway.protocol.messages import Rejection, RequestStatus
from gateway.protocol.participant_replies import FaultReceived, ReceivedRequest
from gateway.xml import Element

_LOG: Final = logging.getLogger(__name__)

ANSWERS: Final[Answers] = {
    **fns.ANSWERS,
    **fssp.ANSWERS,
    **minoborony.ANSWERS,
    **municipal.ANSWERS,
    **mvd.ANSWERS,
    **regional.ANSWERS,
    **rosim.ANSWERS,
    **rosreestr.ANSWERS,
    **sfr.ANSWERS,
    **treasury.ANSWERS,
    **zags.ANSWERS,
}
"""Every kind that is answered by hand-written code: kind id -> answer function."""


class Desk:
    """Where an agency answers what it is asked: at once, or beside the others where a scenario wants a pause."""

    def __init__(self, context: NodeContext) -> None:
        self._context = context
        self._tasks = asyncio.TaskGroup()
        self._pausing: set[str] = set()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._tasks.__aexit__(kind, error, traceback)

    async def answer(self, request: ReceivedRequest) -> None:
        """Send every answer to `request`, the final one last, then acknowledge it. A broadcast wants no answer.

        Raises: FaultReceived, NoAnswer.
        """
        if request.message_id in self._pausing:
            return  # its lease has ended before the pause
        # Reading a schema and composing by it may take a second, in which the others are to be answered.
        answers = [] if request.reply_to is None else await asyncio.to_thread(answers_to, self._context, request)
        if any(said.delay for said in answers):
            self._pausing.add(request.message_id)
            self._tasks.create_task(self._say_later(request, answers), name=f"answer {request.message_id}")
        else:
            await self._say(request, answers)

    async def _say(self, request: ReceivedRequest, answers: list[Said]) -> None:
        for said in answers:
            await asyncio.sleep(said.delay)
            await self._context.client.send_response(request.reply_to or "", _wire(said.answer))
        await self._context.client.ack(request.metadata.message_id)

    async def _say_later(self, request: ReceivedRequest, answers: list[Said]) -> None:
        try:
            await self._say(request, answers)
        except (FaultReceived, NoAnswer) as error:
            _LOG.warning("node: %s", error)
        finally:
            self._pausing.discard(request.message_id)


def answers_to(context: NodeContext, request: ReceivedRequest) -> list[Said]:
    """Return what the agency says to `request`, the final answer last."""
    kind = context.library.catalogue.by_request(request.message_type)
    if kind is None:
        return [_rejected("UNKNOWN_REQUEST_DESCRIPTION", f"{request.message_type}: здесь на это не отвечают")]
    question = Question(context.world, request.content, context.agency, request.message_id)
    by_hand = ANSWERS.get(kind.id)
    try:
        if by_hand is not None and context.library.is_shipped(kind):
            return [Said(answer) for answer in by_hand(question)]
        from agencies import automatic  # noqa: PLC0415 - with Jinja2 and xmlschema it would cost a start 0.3 seconds

        return list(automatic.answers_to(question, kind, context.library, by_hand))
    except Exception as error:  # noqa: BLE001 - the consumer must learn of it, and the next be served
        _LOG.exception("%s cannot answer %s", context.agency.mnemonic, request.message_id)
        return [_rejected("FAILURE", f"Внутренняя ошибка поставщика: {type(error).__name__}")]


def _rejected(code: RejectCode, description: str) -> Said:
    return Said(Rejected(code, description))


def _wire(said: Answer) -> Element | tuple[Rejection, ...] | RequestStatus:
    match said:
        case Answered(content):
            return content
        case Rejected(code, description):
            return (Rejection(codes.RejectCode(code), description),)
        case InProgress(code, description):
            return RequestStatus(code, description)
