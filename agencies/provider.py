"""A provider (поставщик): takes the requests for its kinds, answers them from the world."""

from agencies.answering import answer
from agencies.node import NodeContext, poll


class Provider:
    """Answers whatever kinds the topology gives it."""

    def __init__(self, context: NodeContext) -> None:
        self._context = context

    async def run(self) -> None:
        """Take, answer, acknowledge, until cancelled."""
        await poll(self._serve_one)

    async def _serve_one(self) -> bool:
        request = await self._context.client.take_request()
        if request is None:
            return False
        await answer(self._context, request)
        return True
