"""The client of a node, which can be told to leave the queues to the one that stands in for the node."""

from collections import deque
from dataclasses import dataclass, field

from gateway.client import AsyncStatus, ReceivedRequest, ReceivedResponse, Smev3Client
from gateway.protocol.messages import MessageType


@dataclass(frozen=True, slots=True)
class _Aside:
    """How a node has stepped aside: the requests that it was handed, and whether it still hears answers.

    `found` are requests that it was just taking when it stepped aside: they are its successor's.
    """

    hears: bool
    handed: deque[ReceivedRequest] = field(default_factory=deque)
    found: deque[ReceivedRequest] = field(default_factory=deque)


class NodeClient(Smev3Client):
    """Takes from the queues of its participant, or, once it has stepped aside, only what it is handed."""

    _aside: _Aside | None = None

    def step_aside(self, *, hears: bool) -> None:
        """Leave the requests in the queue from now on; with `hears` still take answers and statuses."""
        self._aside = _Aside(hears)

    def step_back(self) -> None:
        """Take from the queues again."""
        self._aside = None

    def hand(self, request: ReceivedRequest) -> None:
        """Have the next `take_request` return a request that somebody else took. Only for one who stepped aside."""
        if self._aside is None:
            raise RuntimeError(f"{self.mnemonic} takes its requests itself")
        self._aside.handed.append(request)

    def give_up(self) -> ReceivedRequest | None:
        """Return a request that was just being taken when the node stepped aside; None when there is none."""
        return self._aside.found.popleft() if self._aside is not None and self._aside.found else None

    async def take_request(
        self, message_type: MessageType | None = None, *, node_id: str | None = None
    ) -> ReceivedRequest | None:
        if self._aside is None:
            taken = await super().take_request(message_type, node_id=node_id)
            if taken is None or self._aside is None:  # it may have stepped aside meanwhile
                return taken
            self._aside.found.append(taken)
        return self._aside.handed.popleft() if self._aside.handed else None

    async def take_response(
        self, message_type: MessageType | None = None, *, node_id: str | None = None
    ) -> ReceivedResponse | None:
        if self._aside is not None and not self._aside.hears:
            return None
        return await super().take_response(message_type, node_id=node_id)

    async def take_status(self) -> AsyncStatus | None:
        if self._aside is not None and not self._aside.hears:
            return None
        return await super().take_status()
