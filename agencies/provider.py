"""A provider (поставщик): takes the requests for its kinds, answers them from the world."""

from agencies.answering import Desk
from agencies.node import NodeContext, poll


class Provider:
    """Answers whatever kinds the topology gives it."""

    def __init__(self, context: NodeContext) -> None:
        self._context = context

    async def run(self) -> None:
        """Take, answer, acknowledge, until cancelled."""
        async with Desk(self._context) as desk:
            await poll(lambda: self._serve_one(desk))

    async def _serve_one(self, desk: Desk) -> bool:
        request = await self._context.client.take_request()
        if request is None:
            return False
        await desk.answer(request)
        return True
