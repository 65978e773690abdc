"""The operations of message-exchange: each reads the clock once, runs the checks, and saves in one transaction.

Validation follows at once, in the transaction that keeps the message (ADR 0005): the message passes through
requestIsQueued, both steps are journaled, and the sender learns of a rejection only through its queue.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from gateway.domain.breakages import Breakage
from gateway.domain.clock import Clock, to_microseconds
from gateway.domain.disruptions import Disruptions, Draws, Hit
from gateway.domain.ids import IdSource
from gateway.domain.interaction import Event
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.domain.participants import Participant
from gateway.domain.queues import Queue, queue_name
from gateway.domain.signature_mode import SignatureMode
from gateway.exchange import delivery, disruptions, send_request, send_response, sending
from gateway.exchange.arrival import Arrival, Rules
from gateway.exchange.callers import Caller
from gateway.exchange.checks import ON_ARRIVAL, ON_VALIDATION, first_refusal
from gateway.exchange.doorbell import Doorbell
from gateway.exchange.on_validation_files import files_named_by
from gateway.exchange.sending import Kept, Verdict
from gateway.exchange.signed_files import verified_files
from gateway.exchange.supervision import Supervision
from gateway.exchange.wrong_signatures import signing_wrongly
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol import faults, operations
from gateway.protocol.faults import Explanation
from gateway.protocol.messages import DeliveredStatus
from gateway.protocol.replies import Sign
from gateway.protocol.translation import translate
from gateway.storage import interactions, journal, queues, ref_attachments
from gateway.storage.database import Database, StoreError
from gateway.storage.queues import Wanted
from gateway.words import say
from gateway.xml import Element


class MessageExchange:
    """The message-exchange service of one gateway."""

    def __init__(  # noqa: PLR0913 - what a composition root hands over
        self,
        store: Database,
        rules: Rules,
        clock: Clock,
        ids: IdSource,
        *,
        doorbell: Doorbell | None = None,
        refuse_early: bool = False,
    ) -> None:
        """`doorbell` rings for whoever something has come; none when nobody in this process waits."""
        self._store, self._rules, self._clock, self._ids = store, rules, clock, ids
        self._refuse_early = refuse_early
        self._doorbell = doorbell or Doorbell()
        self.supervision = Supervision(store, rules, ids, self._doorbell)
        self.disruptions = Disruptions(clock)
        """What breaks on purpose: nothing until somebody adds a rule."""

    async def perform(self, call: operations.Call, caller: Caller, body_child: Element) -> operations.Reply:
        """Perform `call`.

        Raises: SmevFault when it is refused, StoreError when the store fails.
        """
        draws = Draws(self.disruptions) if self.disruptions.active else None
        arrival = Arrival(call, caller.participant, self._clock.now(), body_child, draws)
        if caller.findings:
            entries = sending.notes_of(caller.findings, arrival)
            await self._store.run(lambda connection: journal.append(connection, entries))
        refusal = first_refusal(ON_ARRIVAL, arrival, self._rules)
        if refusal is not None:
            await self._note_disruptions(arrival)
            raise refusal
        try:
            return await _PERFORMERS[type(call)](self, arrival, caller.envelope)
        except (faults.SmevFault, StoreError):
            if draws is not None:
                draws.give_back()
            raise

    async def break_answer(
        self, call: operations.Call, participant: Participant, body_child: Element, reply: operations.Reply | None
    ) -> Hit | None:
        """Return the rule that the answer to a call of `participant` meets on its way out; that is journaled first.

        `reply` is None where the call was refused.
        """
        arrival = Arrival(call, participant, self._clock.now(), body_child)
        occasion = disruptions.of_answer(arrival, reply, self._rules)
        hit = self.disruptions.ask(occasion)
        if hit is None:
            return None
        entry = disruptions.entry(hit, occasion, arrival.now)
        try:
            await self._store.run(lambda connection: journal.append(connection, [entry]))
        except StoreError:  # what is not journaled does not happen
            self.disruptions.give_back(hit)
            return None
        return hit

    def sign_wrongly(self, hit: Hit) -> Sign | None:
        """Return what signs an answer that a rule has hit; None where it is signed as ever."""
        return signing_wrongly(self._rules.signatures, hit)

    async def _note_disruptions(self, arrival: Arrival) -> None:
        """Journal what was refused on purpose before the fault leaves."""
        entries = disruptions.entries_of_checks(arrival)
        if arrival.draws is not None and entries:
            arrival.draws.hits.clear()  # they have happened, and are not given back
            await self._store.run(lambda connection: journal.append(connection, entries))

    async def _send_request(self, arrival: Arrival, envelope: bytes) -> operations.Reply:
        call = arrival.call
        assert isinstance(call, operations.SendRequest)  # noqa: S101 - the table below dispatches by type
        return await self._keep(send_request.unit_of_work(call, await self._judge(arrival, envelope)))

    async def _send_response(self, arrival: Arrival, envelope: bytes) -> operations.Reply:
        call = arrival.call
        assert isinstance(call, operations.SendResponse)  # noqa: S101
        return await self._keep(send_response.unit_of_work(call, await self._judge(arrival, envelope)))

    async def _judge(self, arrival: Arrival, envelope: bytes) -> Verdict:
        if self._rules.files is not None:
            await self._rules.files.prepare(files_named_by(arrival.call))
        if self._rules.signatures.mode is not SignatureMode.OFF:
            look = None if self._rules.files is None else self._rules.files.look
            arrival.files.extend(await verified_files(arrival.call, look))
        refusal = first_refusal(ON_VALIDATION, arrival, self._rules)
        if refusal is not None and self._refuse_early:
            await self._note_disruptions(arrival)
            raise refusal
        return Verdict(arrival, envelope, refusal, self._rules, self._ids, self._refuse_early)

    async def _keep(self, work: Callable[[Connection], Kept | faults.SmevFault]) -> operations.Reply:
        kept = await self._store.run(work)
        if isinstance(kept, faults.SmevFault):
            raise kept
        if kept.due is not None:
            self.supervision.expect(kept.due)
        for recipient in kept.recipients:
            self._doorbell.ring(recipient)
        return operations.Sent(kept.metadata)

    async def _get_request(self, arrival: Arrival, _: bytes) -> operations.Reply:
        call = arrival.call
        assert isinstance(call, operations.GetRequest)  # noqa: S101
        wanted_type = call.selector.message_type
        wanted = Wanted(
            arrival.caller.mnemonic,
            Queue.REQUESTS,
            message_type=None if wanted_type is None else str(wanted_type),
            # Not by NodeID: it names a node of the consumer, so only responses have one (spec §6).
        )
        taken = await self._take(arrival, wanted)
        return operations.RequestReply(None if taken is None else delivery.request_for(arrival, taken, self._rules))

    async def _get_response(self, arrival: Arrival, _: bytes) -> operations.Reply:
        call = arrival.call
        assert isinstance(call, operations.GetResponse)  # noqa: S101
        wanted = Wanted(arrival.caller.mnemonic, Queue.RESPONSES, node_id=call.selector.node_id)
        chosen = call.selector.message_type
        if chosen is not None:
            # The selector names the response's root; clients also name the root they asked with (spec §6).
            by_request = self._rules.library.catalogue.by_response(chosen) is None
            wanted = (
                replace(wanted, request_type=str(chosen)) if by_request else replace(wanted, message_type=str(chosen))
            )
        taken = await self._take(arrival, wanted)
        return operations.ResponseReply(None if taken is None else delivery.response_for(arrival, taken, self._rules))

    async def _get_status(self, arrival: Arrival, _: bytes) -> operations.Reply:
        taken = await self._take(arrival, Wanted(arrival.caller.mnemonic, Queue.STATUSES))
        if taken is None:
            return operations.StatusReply(None)
        sent_by = SMEV3_VERSIONS[taken.message.version]
        return operations.StatusReply(DeliveredStatus(translate(taken.message.source, sent_by, arrival.call.smev)))

    async def _take(self, arrival: Arrival, wanted: Wanted) -> delivery.TakenMessage | None:
        await self.supervision.catch_up(arrival.now)
        limits = self._rules.limits
        lease_until = arrival.now + limits.lease
        keeps_lease = wanted.queue is not Queue.STATUSES or limits.status_needs_ack

        def take(connection: Connection) -> delivery.TakenMessage | None:
            taken = queues.take(connection, wanted, arrival.now, lease_until)
            if taken is None:
                return None
            message = interactions.load(connection, taken.message)
            if not keeps_lease:
                queues.remove(connection, taken.delivery)
            journal.append(connection, [delivery.entry(arrival, taken, message)])
            return disruptions.take(connection, arrival, delivery.TakenMessage(taken, message), self._rules)

        found = await self._store.run(take)
        if found is not None and found.hit is not None and found.hit.rule.does is Breakage.EXPIRED_LEASE:
            self._doorbell.ring(arrival.caller.mnemonic)
        elif found is not None and keeps_lease:
            self.supervision.expect(to_microseconds(lease_until))
        return found

    async def _ack(self, arrival: Arrival, _: bytes) -> operations.Reply:
        call = arrival.call
        assert isinstance(call, operations.Ack)  # noqa: S101
        mnemonic, now = arrival.caller.mnemonic, arrival.now

        def acknowledge(connection: Connection) -> faults.SmevFault | list[str]:
            acked = queues.acknowledge(connection, mnemonic, call.message_id, now)
            if acked is None:
                return _not_found(call.message_id, mnemonic, queues.whereabouts(connection, call.message_id), now)
            status = None
            # accepted=false says that the message was ignored: it leaves the queue, the interaction stays.
            if acked.interaction is not None and call.accepted:
                event = Event.REQUEST_TAKEN if acked.queue is Queue.REQUESTS else Event.ANSWER_TAKEN
                status = interactions.move(connection, acked.interaction, event)
            entry = JournalEntry(
                now,
                JournalEvent.ACKNOWLEDGED,
                participant=mnemonic,
                operation=call.name,
                version=call.smev.version,
                message_id=call.message_id,
                original_message_id=acked.original_message_id,
                status="accepted=false" if not call.accepted else status.value if status else "",
            )
            journal.append(connection, [entry])
            return ref_attachments.release(connection, acked.message) if acked.has_files else []

        done = await self._store.run(acknowledge)
        if isinstance(done, faults.SmevFault):
            raise done
        if self._rules.files is not None:
            await self._rules.files.remove(done)
        return operations.Acknowledged()

    async def _queue_statistics(self, arrival: Arrival, _: bytes) -> operations.Reply:
        call = arrival.call
        assert isinstance(call, operations.GetIncomingQueueStatistics)  # noqa: S101
        mnemonic = arrival.caller.mnemonic
        counts = await self._store.run(lambda connection: queues.pending(connection, mnemonic, call.node_id))
        return operations.QueueStatistics(tuple((queue_name(mnemonic, queue), counts.get(queue, 0)) for queue in Queue))


def _not_found(
    message_id: str, mnemonic: str, places: list[queues.Whereabouts], now: datetime
) -> faults.TargetMessageIsNotFound:
    own = [place for place in places if place.recipient == mnemonic]
    if own and own[0].leased and (own[0].lease_until or 0) <= to_microseconds(now):
        found = say(
            "время на подтверждение истекло, сообщение вернулось в очередь",
            "the time to acknowledge has ended, the message went back into the queue",
        )
        advice = say(
            "получите сообщение снова и подтвердите его раньше, либо увеличьте --lease",
            "take the message again and acknowledge it sooner, or raise --lease",
        )
    elif own:
        found = say(
            "сообщение ждёт в очереди, но не получено", "the message waits in the queue, but has not been taken"
        )
        advice = say(
            "сначала получите сообщение (GetRequest, GetResponse)", "take the message first (GetRequest, GetResponse)"
        )
    elif places:
        found = say("сообщение предназначено другому участнику", "the message is for another participant")
        advice = say("подтверждайте только полученные сообщения", "acknowledge only messages that you have taken")
    else:
        found = say(
            "такого сообщения в очередях нет: оно уже подтверждено или не существовало",
            "no such message in the queues: it was acknowledged already or never existed",
        )
        advice = say(
            "AckTargetMessage — это MessageMetadata/MessageId полученного сообщения",
            "AckTargetMessage is MessageMetadata/MessageId of a message that was taken",
        )
    expected = say(f"сообщение, полученное участником {mnemonic}", f"a message that {mnemonic} has taken")
    return faults.TargetMessageIsNotFound(
        Explanation("target_is_leased", expected, found, where="AckTargetMessage", advice=advice),
        message_id=message_id,
    )


_Performer = Callable[[MessageExchange, Arrival, bytes], Awaitable[operations.Reply]]
_PERFORMERS: Final[dict[type[operations.Call], _Performer]] = {
    operations.SendRequest: MessageExchange._send_request,
    operations.SendResponse: MessageExchange._send_response,
    operations.GetRequest: MessageExchange._get_request,
    operations.GetResponse: MessageExchange._get_response,
    operations.GetStatus: MessageExchange._get_status,
    operations.Ack: MessageExchange._ack,
    operations.GetIncomingQueueStatistics: MessageExchange._queue_statistics,
}
