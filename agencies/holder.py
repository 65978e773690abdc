"""What a holder of data does with a request: answers it in time, late or never, or sends for the applicant.

Where SMEV refuses an answer that sends for the applicant (210-FZ, Art. 6 item 3), the holder gives the data after all.
"""

from datetime import timedelta
from typing import Final

from agencies.answering import Desk
from agencies.conduct import AtOnce, Conduct, Pace, Way, too_late
from agencies.node import NodeContext
from gateway.domain.services import DEFAULT_TERM_TO_ANSWER
from gateway.protocol.messages import Rejection
from gateway.protocol.participant_replies import FaultReceived, ReceivedRequest
from gateway.protocol.statuses import RejectCode

ASK_THE_APPLICANT: Final = "Запросите документ у заявителя"
"""What a holder says that wants the applicant to be asked."""

_PATIENCE: Final = timedelta(minutes=5)
"""After which an answer that SMEV has not refused has been taken."""


class Holder:
    """Answers the requests of one node; `conduct` and `pace` may be changed at any time."""

    def __init__(self, context: NodeContext) -> None:
        """Raises: InvalidConduct."""
        self.conduct = Conduct.read(context.options)
        self.pace: Pace = AtOnce()
        self._context = context
        self._desk = Desk(context)
        self._sent_for_applicant: dict[str, ReceivedRequest] = {}  # by the MessageID of such an answer

    async def answer(self, request: ReceivedRequest) -> None:
        """Answer a request as the conduct has it.

        Raises: FaultReceived, NoAnswer.
        """
        if request.reply_to is None:
            await self._desk.answer(request)
            return
        kind = self._context.library.catalogue.by_request(request.message_type)
        who = self._context.agency.mnemonic
        about = (who, request.transaction_code or request.message_id, "" if kind is None else kind.id)
        now = self._context.clock.now()
        if self.conduct.does(Way.SILENT, *about):
            await self._context.client.ack(request.metadata.message_id)
        elif self.conduct.does(Way.ASKS_APPLICANT, *about):
            await self._send_for_applicant(request, request.reply_to)
        elif self.conduct.does(Way.ANSWERS_LATE, *about):
            await self._desk.answer(request, too_late(now, DEFAULT_TERM_TO_ANSWER) - now)
        else:
            await self._desk.answer(request, self.pace.answers(*about, now) - now)

    async def hear(self) -> bool:
        """Take what SMEV says of an answer that sent for the applicant; return False when it says nothing.

        Raises: FaultReceived, NoAnswer.
        """
        if not self._sent_for_applicant:
            return False
        status = await self._context.client.take_status()
        if status is None:
            return False
        request = self._sent_for_applicant.pop(status.original_message_id, None)
        if request is not None:
            await self._desk.answer(request)
        return True

    async def _send_for_applicant(self, request: ReceivedRequest, reply_to: str) -> None:
        if request in self._sent_for_applicant.values():
            return  # its lease has ended meanwhile
        message_id = self._context.client.new_message_id()
        self._sent_for_applicant[message_id] = request
        refusal = (Rejection(RejectCode.ACCESS_DENIED, ASK_THE_APPLICANT),)
        try:
            await self._context.client.send_response(reply_to, refusal, message_id=message_id)
        except FaultReceived:
            del self._sent_for_applicant[message_id]
            await self._desk.answer(request)
        else:
            self._context.agenda.at(self._context.clock.now() + _PATIENCE, lambda: self._taken(message_id))

    async def _taken(self, message_id: str) -> None:
        request = self._sent_for_applicant.pop(message_id, None)
        if request is not None:
            await self._context.client.ack(request.metadata.message_id)
