"""A node that leaves its participant to somebody else: to whoever replays it from outside, or to a real system."""

from agencies.node import NodeContext
from agencies.replay.recorded import Recorded


class Aside:
    """Takes nothing out of the queues. With the option `requests` the node in whose place it is answers on.

    That node then hears no answers: whoever sends requests in its name takes them.
    """

    def __init__(self, context: NodeContext) -> None:
        self._client = context.client
        recorded = context.options.get("recording")
        self.recording = recorded.recording if isinstance(recorded, Recorded) else None
        """From which somebody outside plays the participant; None where a real system does."""
        self._original = context.original if context.options.get("requests") else None

    async def turn(self) -> bool:
        """Hand a request to the original, where it is to answer on.

        Raises: FaultReceived, NoAnswer.
        """
        if self._original is None:
            return False
        request = self._original.client.give_up() or await self._client.take_request()
        if request is None:
            return False
        self._original.client.hand(request)
        while await self._original.node.turn():
            pass
        return True
