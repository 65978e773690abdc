"""The portal of public services: sends citizens' applications to the bodies, shows citizens what the bodies say."""

import asyncio
from collections.abc import Callable

from agencies.answering import Desk
from agencies.applications import Application, Decision, read_decision, write_application
from agencies.demands import DECISION, DEMAND, Demand, Notice, read_demand, read_notice, receipt_of
from agencies.node import NodeContext
from gateway.protocol.participant_replies import ReceivedRequest, ReceivedResponse

StatusReader = Callable[[str], None]


class ApplicationFailed(Exception):
    """The application got no decision: SMEV or the body rejected it; the text says why."""


class Portal:
    """One portal. `apply` waits for what its turns bring; `told` is what bodies have said to applicants besides.

    `finished` hears the outcome of every application that was sent without waiting.
    """

    def __init__(self, context: NodeContext) -> None:
        self._context = context
        self._desk = Desk(context)
        self.told: list[Demand | Notice] = []
        self.finished: Callable[[str, Decision | None], None] = lambda *_: None
        self._waiting: dict[str, asyncio.Future[Decision]] = {}
        self._readers: dict[str, StatusReader] = {}

    async def apply(self, application: Application, on_status: StatusReader = lambda _: None) -> Decision:
        """Send an application and return the decision; `on_status` hears the intermediate ones.

        Raises: ApplicationFailed, FaultReceived, NoAnswer.
        """
        message_id = self._context.client.new_message_id()
        decided: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self._waiting[message_id], self._readers[message_id] = decided, on_status
        try:
            await self._context.client.send_request(write_application(application), message_id=message_id)
            return await decided
        finally:
            del self._waiting[message_id], self._readers[message_id]

    async def send(self, application: Application) -> str:
        """Send an application and do not wait; return its MessageID, by which `finished` hears of it.

        Raises: FaultReceived, NoAnswer.
        """
        return (await self._context.client.send_request(write_application(application))).message_id

    async def turn(self) -> bool:
        """Take what a body says to an application, else what it says besides.

        Raises: FaultReceived, NoAnswer.
        """
        return await self._take_answer() or await self._show_applicant()

    async def _show_applicant(self) -> bool:
        """Show the applicant a demand or a decision: SMEV has let it through."""
        request = await self._context.client.take_request()
        if request is None:
            return False
        said = self._read(request)
        if said is None or request.reply_to is None:
            await self._desk.answer(request)
            return True
        self.told.append(said)
        kind = DEMAND if isinstance(said, Demand) else DECISION
        receipt = receipt_of(kind, said.case_number, self._context.clock.now())
        await self._context.client.send_response(request.reply_to, receipt)
        await self._context.client.ack(request.metadata.message_id)
        return True

    def _read(self, request: ReceivedRequest) -> Demand | Notice | None:
        kind = self._context.library.catalogue.by_request(request.message_type)
        if kind is not None and kind.id == DEMAND:
            return read_demand(request.content)
        return read_notice(request.content) if kind is not None and kind.id == DECISION else None

    async def _take_answer(self) -> bool:
        response = await self._context.client.take_response()
        if response is None:
            return False
        self._hear(response)
        await self._context.client.ack(response.metadata.message_id)
        return True

    def _hear(self, response: ReceivedResponse) -> None:
        decided = self._waiting.get(response.original_message_id)
        if decided is None or decided.done():  # sent without waiting, or by an earlier run
            if response.status is None:
                decision = None if response.content is None else read_decision(response.content)
                self.finished(response.original_message_id, decision)
            return
        if response.status is not None:
            self._readers[response.original_message_id](response.status.description)
        elif response.content is not None:
            decided.set_result(read_decision(response.content))
        elif response.async_status is not None:
            decided.set_exception(ApplicationFailed(response.async_status.details))
        else:
            decided.set_exception(ApplicationFailed("; ".join(item.description for item in response.rejections)))
