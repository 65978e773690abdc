"""Random conversations against a model in memory: nothing accepted is lost, nothing comes when it must not.

The model is what spec §6 says in a few lines: lists in order, a lease, an end of life. Hypothesis draws operations
of several participants, lets time pass and restarts the gateway, and shrinks whatever contradicts the model.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from gateway.domain.journal import JournalEvent
from gateway.protocol.messages import MessageType, Rejection, RequestStatus
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.participant_replies import FaultReceived, ReceivedRequest, ReceivedResponse
from gateway.protocol.statuses import RejectCode
from tests.exchange.participants import EGRUL, INN, LEASE, PASSPORT, Sandbox, Speaker, request_type, response_type
from tests.stores import empty

Result = TypeVar("Result")

PROVIDER: Final = {INN: "FNS", EGRUL: "FNS", PASSPORT: "MVD"}
CONSUMERS: Final = ("CITY", "TOWN")
MINUTE: Final = timedelta(minutes=1)


@dataclass(eq=False)
class Expected:
    """A message in a queue of the model. `name` is None until SMEV's own message is seen for the first time."""

    name: str | None
    kind: str
    original: str
    consumer: str
    leased_until: datetime | None = None
    eol: datetime | None = None
    answered: bool = False
    seen: bool = False
    place: int = 0
    written_by_smev: bool = field(init=False)

    def __post_init__(self) -> None:
        self.written_by_smev = self.name is None


@dataclass
class Model:
    """What each queue must hold, in order: (participant, "requests" or "responses") -> messages."""

    queues: dict[tuple[str, str], list[Expected]] = field(default_factory=dict)
    places: int = 0

    def queue(self, participant: str, name: str) -> list[Expected]:
        return self.queues.setdefault((participant, name), [])

    def put(self, participant: str, name: str, message: Expected) -> None:
        self.places += 1
        message.place = self.places
        self.queue(participant, name).append(message)

    def pass_time(self, now: datetime) -> None:
        """Leases end; a free request whose life has ended becomes a rejection, unless it was answered."""
        for messages in self.queues.values():
            for message in messages:
                if message.leased_until is not None and message.leased_until <= now:
                    message.leased_until = None
        ended = [
            (message.place, messages, message)
            for messages in self.queues.values()
            for message in messages
            if message.leased_until is None and message.eol is not None and message.eol <= now
        ]
        for _, messages, message in sorted(ended, key=lambda each: each[0]):
            messages.remove(message)
            if not message.answered:
                self.put(
                    message.consumer, "responses", Expected(None, message.kind, message.original, message.consumer)
                )

    def first_free(self, participant: str, name: str, kind: str | None) -> Expected | None:
        free = (
            message
            for message in self.queue(participant, name)
            if message.leased_until is None and kind in (None, message.kind)
        )
        return next(free, None)


class Conversations(RuleBasedStateMachine):
    """Drives one sandbox and the model side by side."""

    sent = Bundle("sent")
    taken = Bundle("taken")
    received = Bundle("received")

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.smev = Sandbox(self.url)
        empty(self.smev.store)
        self.smev.restart()
        self.model = Model()
        self.accepted: set[str] = set()
        self.acknowledged: set[str] = set()

    def teardown(self) -> None:
        """Every queue, drained, holds what the model says: nothing accepted was lost."""
        try:
            self.smev.clock.advance(LEASE)
            self.model.pass_time(self.now)
            for mnemonic in ("FNS", "MVD"):
                while self._take_request(mnemonic, None) is not None:
                    pass
            for mnemonic in CONSUMERS:
                while self._take_response(mnemonic, None) is not None:
                    pass
            undelivered = [m.name for queue in self.model.queues.values() for m in queue if not m.seen]
            assert undelivered == []
            kept = {e.message_id for e in self.smev.journal() if e.event is JournalEvent.SENT}
            assert kept == self.accepted
        finally:
            self.loop.run(self._close())
            self.loop.close()

    async def _close(self) -> None:
        await asyncio.to_thread(self.smev.close)

    @property
    def now(self) -> datetime:
        return self.smev.clock.now()

    def do(self, work: Awaitable[Result]) -> Result | str:
        """Return the result, or the name of the fault."""

        async def run() -> Result | str:
            try:
                return await work
            except FaultReceived as fault:
                return fault.name

        return self.loop.run(run())

    # --- sending -------------------------------------------------------------------------------------------------

    @rule(
        target=sent,
        consumer=st.sampled_from(CONSUMERS),
        kind=st.sampled_from(sorted(PROVIDER)),
        lives=st.none() | st.integers(1, 40),
    )
    def send(self, consumer: str, kind: str, lives: int | None) -> tuple[str, str, str]:
        speaker = self.smev.speaker(consumer)
        message_id = speaker.new_id()
        eol = None if lives is None else self.now + lives * MINUTE
        outcome = self.do(speaker.sends(kind, Outgoing(eol=eol), message_id=message_id))
        assert not isinstance(outcome, str), outcome
        self.accepted.add(message_id)
        self.model.put(PROVIDER[kind], "requests", Expected(message_id, kind, message_id, consumer, eol=eol))
        return consumer, kind, message_id

    @rule(message=sent)
    def send_again(self, message: tuple[str, str, str]) -> None:
        consumer, kind, message_id = message
        assert self.do(self.smev.speaker(consumer).sends(kind, message_id=message_id)) == "MessageIsAlreadySent"

    # --- taking --------------------------------------------------------------------------------------------------

    @rule(target=taken, provider=st.sampled_from(["FNS", "MVD"]), kind=st.none() | st.sampled_from([INN, EGRUL]))
    def take(self, provider: str, kind: str | None) -> Any:
        return provider, self._take_request(provider, kind if provider == "FNS" else None)

    def _take_request(self, provider: str, kind: str | None) -> ReceivedRequest | None:
        chosen = None if kind is None else request_type(kind)
        request = self.do(self.smev.speaker(provider).takes(chosen))
        assert not isinstance(request, str), request
        self._compare(provider, "requests", kind, None if request is None else request.message_id)
        return request

    @rule(
        target=received,
        consumer=st.sampled_from(CONSUMERS),
        kind=st.none() | st.sampled_from(sorted(PROVIDER)),
        by_request=st.booleans(),
    )
    def take_response(self, consumer: str, kind: str | None, by_request: bool) -> Any:
        chosen = None if kind is None else request_type(kind) if by_request else response_type(kind)
        return consumer, self._take_response(consumer, kind, chosen)

    def _take_response(
        self, consumer: str, kind: str | None, chosen: MessageType | None = None
    ) -> ReceivedResponse | None:
        response = self.do(self.smev.speaker(consumer).takes_response(chosen))
        assert not isinstance(response, str), response
        expected = self._compare(consumer, "responses", kind, None if response is None else response.message_id)
        if response is not None and expected is not None:
            assert response.original_message_id == expected.original
            assert (response.async_status is not None) is expected.written_by_smev
        return response

    def _compare(self, participant: str, queue: str, kind: str | None, found: str | None) -> Expected | None:
        """The gateway gave what the model gives: the oldest free message that the selector fits."""
        self.model.pass_time(self.now)
        expected = self.model.first_free(participant, queue, kind)
        if expected is not None and expected.name is None:
            expected.name = found  # SMEV gave it its id
        assert found == (None if expected is None else expected.name)
        assert found not in self.acknowledged
        if expected is not None:
            expected.leased_until = self.now + LEASE
            expected.seen = True
        return expected

    # --- acknowledging -------------------------------------------------------------------------------------------

    @rule(message=taken, accepted=st.booleans())
    def ack_request(self, message: Any, accepted: bool) -> None:
        provider, request = message
        if request is not None:
            self._ack(provider, "requests", request.message_id, accepted=accepted)

    @rule(message=received)
    def ack_response(self, message: Any) -> None:
        consumer, response = message
        if response is not None:
            self._ack(consumer, "responses", response.message_id)

    @rule(message=sent)
    def ack_what_may_not_have_been_taken(self, message: tuple[str, str, str]) -> None:
        _, kind, message_id = message
        self._ack(PROVIDER[kind], "requests", message_id)

    @rule(message=sent)
    def ack_of_others_messages(self, message: tuple[str, str, str]) -> None:
        assert self.do(self.smev.speaker("TOWN").acks(message[2])) == "TargetMessageIsNotFound"

    def _ack(self, participant: str, queue: str, message_id: str, *, accepted: bool = True) -> None:
        """An Ack counts exactly while the lease of this participant lasts."""
        outcome = self.do(self.smev.speaker(participant).acks(message_id, accepted=accepted))
        held = [
            message
            for message in self.model.queue(participant, queue)
            if message.name == message_id and message.leased_until is not None and message.leased_until > self.now
        ]
        if held:
            assert outcome is None
            self.model.queue(participant, queue).remove(held[0])
            self.acknowledged.add(message_id)
        else:
            assert outcome == "TargetMessageIsNotFound"

    # --- answering -----------------------------------------------------------------------------------------------

    @rule(message=taken, how=st.sampled_from(["content", "rejection", "status"]))
    def answer(self, message: Any, how: str) -> None:
        provider, request = message
        if request is not None:
            self._answer(self.smev.speaker(provider), request, how)

    @rule(message=consumes(taken))
    def answer_for_somebody_else(self, message: Any) -> None:
        _, request = message
        if request is not None:
            assert self.do(self.smev.speaker("CITY").answers(request)) == "RecipientIsNotFound"

    def _answer(self, speaker: Speaker, request: ReceivedRequest, how: str) -> None:
        answers: dict[str, list[Rejection] | RequestStatus | None] = {
            "content": None,
            "rejection": [Rejection(RejectCode.NO_DATA, "нет")],
            "status": RequestStatus(1, "в работе"),
        }
        outcome = self.do(speaker.answers(request, answers[how]))
        eol = request.element.findtext(".//{*}EOL")
        if eol is not None and datetime.fromisoformat(eol) <= self.now:
            assert outcome == "RecipientIsNotFound"
            return
        assert not isinstance(outcome, str), outcome
        self.accepted.add(outcome.message_id)
        kind = next(kind for kind in PROVIDER if request_type(kind) == request.message_type)
        consumer = request.metadata.sender
        answer = Expected(outcome.message_id, kind, request.message_id, consumer, answered=True)
        self.model.put(consumer, "responses", answer)
        if how != "status":
            for message in self.model.queue(speaker.mnemonic, "requests"):
                message.answered = message.answered or message.name == request.message_id

    # --- the world around ----------------------------------------------------------------------------------------

    @rule(minutes=st.integers(0, 40))
    def pass_time(self, minutes: int) -> None:
        self.smev.clock.advance(minutes * MINUTE)

    @rule()
    def restart(self) -> None:
        self.loop.run(self._close())
        self.smev.restart()

    @initialize()
    def start(self) -> None:
        assert self.smev.journal() == []

    @invariant()
    def nothing_acknowledged_is_in_a_queue(self) -> None:
        assert not {m.name for queue in self.model.queues.values() for m in queue} & self.acknowledged


def test_random_conversations_follow_the_model(store_url: str) -> None:
    class InThisStore(Conversations):
        url = store_url

    run_state_machine_as_test(
        InThisStore,
        settings=settings(
            max_examples=40,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # shrinking takes minutes: take this line out to look into a failure
            suppress_health_check=list(HealthCheck),
        ),
    )
