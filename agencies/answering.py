"""How an agency answers a request: by the function of its kind, else automatically. A defect of ours is a FAILURE."""

import asyncio
import logging
from collections import deque
from dataclasses import replace
from datetime import timedelta
from typing import Final

from agencies import fns, fssp, minoborony, municipal, mvd, regional, rosim, rosreestr, sfr, treasury, zags
from agencies.answers import Answer, Answered, Answers, InProgress, Question, RejectCode, Rejected, Said
from agencies.node import NodeContext
from agencies.papers import packed
from gateway.client import NoAnswer
from gateway.protocol import statuses as codes
from gateway.protocol.messages import AttachmentHeader, Rejection, RequestStatus
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


_HELD: Final = timedelta(minutes=10)
"""How long an answer may take whose request is acknowledged after it; a lease is longer than that (Limits.lease)."""


class Desk:
    """Where an agency answers what it is asked: at once, or later where that takes its time."""

    def __init__(self, context: NodeContext) -> None:
        self._context = context
        self._pausing: set[str] = set()

    async def answer(self, request: ReceivedRequest, after: timedelta = timedelta(0)) -> None:
        """Send every answer to `request`, the final one last, then acknowledge it. A broadcast wants no answer.

        The answers begin `after` this moment, and pause where a scenario wants it. A request whose lease would end
        meanwhile is acknowledged at once.

        Raises: FaultReceived, NoAnswer.
        """
        if request.message_id in self._pausing:
            return  # its lease has ended before the pause
        answers = deque(await self._answers_to(request))
        if answers and after:
            answers[0] = replace(answers[0], delay=answers[0].delay + after.total_seconds())
        held = sum(said.delay for said in answers) <= _HELD.total_seconds()
        if not held:
            await self._context.client.ack(request.metadata.message_id)
        await self._say(request, answers, held=held)

    async def _answers_to(self, request: ReceivedRequest) -> list[Said]:
        if request.reply_to is None:
            return []
        if self._context.serial:
            return answers_to(self._context, request)
        # Reading a schema and composing by it may take a second, in which the others are to be answered.
        return await asyncio.to_thread(answers_to, self._context, request)

    async def _say(self, request: ReceivedRequest, answers: deque[Said], *, held: bool) -> None:
        """Send `answers` up to the next pause, which begins with the first of the rest."""
        while answers and not answers[0].delay:
            answer, to = answers.popleft().answer, request.reply_to or ""
            await self._context.client.send_response(to, _wire(answer), attachments=self._files(answer))
        if answers:
            due = self._context.clock.now() + timedelta(seconds=answers[0].delay)
            answers[0] = replace(answers[0], delay=0.0)
            self._pausing.add(request.message_id)
            self._context.agenda.at(due, lambda: self._go_on(request, answers, held=held))
            return
        self._pausing.discard(request.message_id)
        if held:
            await self._context.client.ack(request.metadata.message_id)

    def _files(self, answer: Answer) -> list[tuple[AttachmentHeader, bytes]]:
        papers = answer.papers if isinstance(answer, Answered) else ()
        return [packed(paper, self._context.client.sign_file) for paper in papers]

    async def _go_on(self, request: ReceivedRequest, answers: deque[Said], *, held: bool) -> None:
        try:
            await self._say(request, answers, held=held)
        except (FaultReceived, NoAnswer) as error:
            _LOG.warning("%s: %s", self._context.agency.mnemonic, error)
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
        case Answered(content, _):
            return content
        case Rejected(code, description):
            return (Rejection(codes.RejectCode(code), description),)
        case InProgress(code, description):
            return RequestStatus(code, description)
