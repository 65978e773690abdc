"""The portal of public services: sends citizens' applications to the bodies, collects what they decide."""

import asyncio
from collections.abc import Callable

from agencies.applications import Application, Decision, read_decision, write_application
from agencies.node import NodeContext, poll
from gateway.protocol.participant_replies import ReceivedResponse

StatusReader = Callable[[str], None]


class ApplicationFailed(Exception):
    """The application got no decision: SMEV or the body rejected it; the text says why."""


class Portal:
    """One portal. `apply` may be called while `run` is running."""

    def __init__(self, context: NodeContext) -> None:
        self._context = context
        self._waiting: dict[str, asyncio.Future[Decision]] = {}
        self._readers: dict[str, StatusReader] = {}

    async def run(self) -> None:
        """Take answers until cancelled."""
        await poll(self._take_answer)

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

    async def _take_answer(self) -> bool:
        response = await self._context.client.take_response()
        if response is None:
            return False
        self._hear(response)
        await self._context.client.ack(response.metadata.message_id)
        return True

    def _hear(self, response: ReceivedResponse) -> None:
        decided = self._waiting.get(response.original_message_id)
        if decided is None or decided.done():
            return  # an application of an earlier run
        if response.status is not None:
            self._readers[response.original_message_id](response.status.description)
        elif response.content is not None:
            decided.set_result(read_decision(response.content))
        elif response.async_status is not None:
            decided.set_exception(ApplicationFailed(response.async_status.details))
        else:
            decided.set_exception(ApplicationFailed("; ".join(item.description for item in response.rejections)))
