"""Rows of docs/reference/bad-input.md: a bad call, how it is refused, and what must still work after it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from gateway.app import Gateway
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol.faults import DECLARED
from tests.conversation import (
    CONSUMER,
    PROVIDER,
    Answer,
    address,
    below,
    client,
    explanation,
    get,
    new_id,
    post,
    send_request,
    whole_exchange,
)

Send = Callable[[Gateway], Awaitable[Answer]]


@dataclass(frozen=True)
class BadInput:
    """One row: its id, who sends it, the fault that comes back, and the check that the journal names."""

    id: str
    fault: str
    check: str
    send: Send
    status: int = 500


class Rows(list[BadInput]):
    """Rows of one module; a decorator adds one."""

    def row(self, id_: str, fault: str, check: str) -> Callable[[Send], Send]:
        def add(send: Send) -> Send:
            self.append(BadInput(id_, fault, check, send))
            return send

        return add

    def body(self, id_: str, fault: str, check: str, make: Callable[[], bytes]) -> None:
        """Add a row whose input is one body that the consumer sends to its 1.2 address."""

        async def send(gateway: Gateway) -> Answer:
            return await post(address(gateway.url, CONSUMER), make())

        self.append(BadInput(id_, fault, check, send))


async def assert_refused(gateway: Gateway, row: BadInput) -> dict[str, Any]:
    """The fault is the one of the row, declared for its operation, and explained in the journal."""
    answer = await row.send(gateway)
    assert (answer.status, answer.fault) == (row.status, row.fault), answer.body
    entry = await explanation(gateway.url, answer)
    assert (entry["event"], entry["fault"]) == ("refused", row.fault)
    assert entry["explanation"]["check"] == row.check
    assert entry["explanation"]["expected"]
    assert entry["explanation"]["found"]
    if entry["operation"] and ":" not in row.fault:
        assert row.fault in {fault.__name__ for fault in DECLARED[entry["operation"]]}
        detail = answer.detail
        assert detail is not None
        assert detail.tag in {f"{{{smev.faults}}}{row.fault}" for smev in SMEV3_VERSIONS.values()}
    return entry


async def assert_still_works(gateway: Gateway) -> None:
    """What the bad call left in queues is taken away; then a good exchange goes through."""
    for mnemonic in (PROVIDER, CONSUMER):
        async with client(gateway.url, mnemonic) as participant:
            while request := await participant.take_request():
                await participant.ack(request.metadata.message_id)
            while response := await participant.take_response():
                await participant.ack(response.metadata.message_id)
    await whole_exchange(gateway.url)


# --- first half of a conversation ------------------------------------------------------------------------------


async def sent(gateway: Gateway, consumer: str = CONSUMER) -> str:
    """The consumer has sent a request; its MessageID."""
    message_id = new_id()
    answer = await post(address(gateway.url, consumer), send_request(message_id=message_id))
    assert answer.status == 200, answer.body
    return message_id


async def taken(gateway: Gateway) -> tuple[str, str]:
    """A request was sent and the provider has taken it; its MessageID and ReplyTo."""
    message_id = await sent(gateway)
    answer = await post(address(gateway.url, PROVIDER), get("GetRequest"))
    assert below(answer.child, "MessageMetadata", "MessageId").text == message_id
    return message_id, below(answer.child, "ReplyTo").text or ""
