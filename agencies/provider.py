"""A provider (поставщик): takes the requests for its kinds, answers them from the world."""

from agencies.holder import Holder
from agencies.node import NodeContext


class Provider:
    """Answers whatever kinds the topology gives it."""

    def __init__(self, context: NodeContext) -> None:
        """Raises: InvalidConduct."""
        self._client, self.holder = context.client, Holder(context)

    async def turn(self) -> bool:
        """Take a request and answer it, as the conduct in the node's options has it.

        Raises: FaultReceived, NoAnswer.
        """
        request = await self._client.take_request()
        if request is None:
            return await self.holder.hear()
        await self.holder.answer(request)
        return True
