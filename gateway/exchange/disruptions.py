"""What SMEV does wrong on purpose, in the five places where it decides (ADR 0010).

On arrival and on validation as the last check of each list, on the way into a queue, on taking, in the answer. Nothing
happens here unless a rule holds: `Arrival.draws` is None then. Each hit is journaled in the transaction of its effect.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from gateway.domain.breakages import BREAKAGES, Breakage, Direction, Place
from gateway.domain.clock import to_microseconds
from gateway.domain.disruption import REORDERED_WITHIN, Disruption, written_duration
from gateway.domain.disruptions import Hit, Occasion
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.domain.queues import Queue, queue_name
from gateway.domain.signature_mode import SignatureMode
from gateway.exchange.arrival import Arrival, Rules
from gateway.exchange.damage import garble, other_id, tamper
from gateway.exchange.delivery import TakenMessage
from gateway.exchange.on_arrival import address_of
from gateway.exchange.on_validation import recipients_for
from gateway.protocol import faults, operations
from gateway.protocol.faults import Explanation, SmevFault
from gateway.protocol.messages import MessageType
from gateway.protocol.operations import SendRequest, SendResponse
from gateway.protocol.statuses import SignatureFailure
from gateway.storage import journal, queues
from gateway.storage.queues import NewDelivery
from gateway.values import value
from gateway.words import say
from gateway.xml import XmlError, parse

CHECK: Final = "disruption"
"""The `check` of whatever is explained by a rule; its `rule` is the name."""

_DIRECTIONS: Final = {
    "SendRequest": Direction.REQUEST,
    "GetRequest": Direction.REQUEST,
    "SendResponse": Direction.RESPONSE,
    "GetResponse": Direction.RESPONSE,
    "GetStatus": Direction.RESPONSE,
}
_LAST_MOMENT: Final = to_microseconds(datetime.fromisoformat("9999-12-31T00:00:00+00:00"))


# --- checks ---------------------------------------------------------------------------------------------------


def arrives_undisturbed(arrival: Arrival, rules: Rules) -> None:
    """No rule refuses the call at once."""
    if arrival.draws is not None:
        _refuse(arrival, rules, Place.ARRIVAL)


def is_validated_undisturbed(arrival: Arrival, rules: Rules) -> None:
    """No rule rejects the message."""
    if arrival.draws is not None:
        _refuse(arrival, rules, Place.VALIDATION)


def _refuse(arrival: Arrival, rules: Rules, place: Place) -> None:
    occasion = _of_call(place, arrival, rules)
    hit = arrival.draws.ask(occasion) if arrival.draws is not None else None
    if hit is not None:
        raise _fault(hit, occasion)


def entries_of_checks(arrival: Arrival) -> list[JournalEntry]:
    """Return the journal's lines about what the two checks have refused."""
    drawn = [] if arrival.draws is None else arrival.draws.hits
    return [
        entry(hit, occasion, arrival.now, _refused_with(hit.rule))
        for hit, occasion in drawn
        if occasion.place in {Place.ARRIVAL, Place.VALIDATION}
    ]


def _of_call(place: Place, arrival: Arrival, rules: Rules) -> Occasion:
    call = arrival.call
    message_id, original, counterpart, message_type = "", "", "", ""
    if isinstance(call, SendRequest):
        message_id = original = call.data.message_id
        message_type = str(MessageType.of(call.data.primary_content))
        counterpart = _only_recipient(call, arrival, rules)
    elif isinstance(call, SendResponse):
        address = address_of(arrival, rules)
        message_id, original, counterpart = call.data.message_id, address.message_id, address.consumer
        content = call.data.primary_content
        message_type = str(address.request_type if content is None else MessageType.of(content))
    elif isinstance(call, operations.Ack):
        message_id = call.message_id
    elif isinstance(call, operations.GetRequest | operations.GetResponse):
        message_type = str(call.selector.message_type or "")
    return Occasion(
        place,
        participant=arrival.caller.mnemonic,
        counterpart=counterpart,
        kind=_kind(message_type, rules),
        message_type=message_type,
        operation=call.name,
        direction=_DIRECTIONS.get(call.name),
        version=call.smev.version,
        message_id=message_id,
        original_message_id=original,
    )


def _only_recipient(call: SendRequest, arrival: Arrival, rules: Rules) -> str:
    """Return who gets the request; "" of a broadcast, and where validation will find nobody."""
    try:
        recipients = recipients_for(call, arrival.caller, rules)
    except SmevFault:
        return ""
    return recipients[0] if len(recipients) == 1 else ""


def _kind(message_type: str, rules: Rules) -> str:
    if not message_type:
        return ""
    root, catalogue = MessageType.from_tag(message_type), rules.library.catalogue
    kind = catalogue.by_request(root) or catalogue.by_response(root)
    return "" if kind is None else kind.id


def _fault(hit: Hit, occasion: Occasion) -> SmevFault:
    """Return the fault that the rule wants, with the words that SMEV has for it."""
    rule = hit.rule
    why = _explained(hit, _refused_with(rule))
    if rule.failure is None:
        fault = _made(_name_of_fault(rule), why, occasion)
    else:
        fault = faults.SignatureVerificationFault(why, rule.failure, rule.failure.value)
    if rule.text is not None:
        fault.description = rule.text
    return fault


def _name_of_fault(rule: Disruption) -> str:
    always = {Breakage.DESTINATION_OVERFLOW: "DestinationOverflow", Breakage.SMEV_FAILURE: "SMEVFailure"}
    return always.get(rule.does, rule.fault or "AccessDenied")


def _refused_with(rule: Disruption) -> str:
    name = _name_of_fault(rule) + (f" ({rule.failure.value})" if rule.failure else "")
    return say(f"отказ {name}", f"the fault {name}")


def _made(name: str, why: Explanation, occasion: Occasion) -> SmevFault:
    kind: type[SmevFault] = getattr(faults, name)
    special = _SPECIAL.get(kind)
    if special is not None:
        return special(why, occasion)
    return kind(why, message_id=occasion.message_id, mnemonic=occasion.participant, message_type=occasion.message_type)


def _invalid(why: Explanation, occasion: Occasion) -> SmevFault:
    error = say("содержимое не соответствует схеме", "the content does not follow its schema")
    return faults.InvalidContent.of_business_data(why, [error], occasion.message_id)


def _unsupported(why: Explanation, occasion: Occasion) -> SmevFault:
    root = MessageType.from_tag(occasion.message_type)
    return faults.BusinessDataTypeIsNotSupported(why, root.namespace, root.root)


def _overflow(why: Explanation, occasion: Occasion) -> SmevFault:
    queue = Queue.REQUESTS if occasion.direction is Direction.REQUEST else Queue.RESPONSES
    return faults.DestinationOverflow(why, queue_name(occasion.counterpart or "unknown", queue))


def _bad_signature(why: Explanation, _: Occasion) -> SmevFault:
    failure = SignatureFailure.SIGNATURE_IS_INVALID
    return faults.SignatureVerificationFault(why, failure, failure.value)


_SPECIAL: Final[dict[type[SmevFault], Callable[[Explanation, Occasion], SmevFault]]] = {
    faults.InvalidContent: _invalid,
    faults.SignatureVerificationFault: _bad_signature,
    faults.BusinessDataTypeIsNotSupported: _unsupported,
    faults.AttachmentSizeLimitExceeded: lambda why, _: faults.AttachmentSizeLimitExceeded(why, 0, 0),
    faults.QuoteLimitExceeded: lambda why, _: faults.QuoteLimitExceeded(why, 0, 0),
    faults.DestinationOverflow: _overflow,
}
"""Faults that say more than their text."""


# --- on the way into a queue ----------------------------------------------------------------------------------


@value
class Placed:
    """Who finds a message in a queue since, once for each message; when the first hold ends (microseconds)."""

    recipients: tuple[str, ...]
    due: int | None = None


def put(
    connection: Connection, arrival: Arrival, deliveries: list[NewDelivery], rules: Rules, original_message_id: str
) -> Placed:
    """Put each delivery into its queue, unless a rule has it otherwise."""
    if arrival.draws is None:
        queues.put(connection, deliveries)
        return Placed(tuple(delivery.recipient for delivery in deliveries))
    recipients: list[str] = []
    dues: list[int] = []
    for delivery in deliveries:
        occasion = _of_delivery(arrival, delivery, rules, original_message_id)
        hit = arrival.draws.ask(occasion)
        placed = Placed((delivery.recipient,))
        if hit is None:
            queues.put(connection, [delivery])
        else:
            placed, found = _put_otherwise(connection, delivery, hit, arrival.now)
            journal.append(connection, [entry(hit, occasion, arrival.now, found)])
        recipients += placed.recipients
        dues += [] if placed.due is None else [placed.due]
    return Placed(tuple(recipients), min(dues, default=None))


def _put_otherwise(connection: Connection, delivery: NewDelivery, hit: Hit, now: datetime) -> tuple[Placed, str]:
    does, recipient = hit.rule.does, delivery.recipient
    if does is Breakage.LOST:
        return Placed(()), say(f"{recipient} не получит сообщение никогда", f"{recipient} never gets the message")
    if does is Breakage.DUPLICATED:
        queues.put(connection, [delivery, delivery])
        return Placed((recipient, recipient)), say(f"{recipient} получит его дважды", f"{recipient} gets it twice")
    if does is Breakage.REORDERED and queues.has_free(connection, recipient, delivery.queue):
        queues.put(connection, [delivery])
        queues.overtake(connection, delivery.message, recipient)
        return Placed((recipient,)), say("стоит перед всем, что ждёт в очереди", "it stands before all that waits")
    delay = hit.rule.delay or REORDERED_WITHIN
    until = min(to_microseconds(now) + delay // timedelta(microseconds=1), _LAST_MOMENT)
    queues.put(connection, [replace(delivery, held_until=until)])
    length = written_duration(delay)
    return Placed((), until), say(f"появится в очереди через {length}", f"it shows up in the queue after {length}")


def _of_delivery(arrival: Arrival, delivery: NewDelivery, rules: Rules, original_message_id: str) -> Occasion:
    return Occasion(
        Place.QUEUE,
        participant=delivery.recipient,
        counterpart=arrival.caller.mnemonic,
        kind=_kind(delivery.message_type, rules),
        message_type=delivery.message_type,
        operation=arrival.call.name,
        direction=_DIRECTIONS[arrival.call.name],
        version=arrival.call.smev.version,
        message_id=delivery.message_id,
        original_message_id=original_message_id,
    )


# --- on taking ------------------------------------------------------------------------------------------------


def take(connection: Connection, arrival: Arrival, taken: TakenMessage, rules: Rules) -> TakenMessage:
    """Return what was taken with the rule that hits it, if one does. What is delivered again comes whole."""
    if arrival.draws is None or taken.lease.attempts != 1:
        return taken
    message, name = taken.message, arrival.call.name
    occasion = Occasion(
        Place.TAKING,
        participant=arrival.caller.mnemonic,
        counterpart=message.sender,
        kind=_kind(message.message_type, rules),
        message_type=message.message_type,
        operation=name,
        direction=_DIRECTIONS[name],
        version=arrival.call.smev.version,
        message_id=taken.lease.message_id,
        original_message_id=message.original_message_id or message.message_id,
        attachments=sum(1 for attachment in message.attachments if attachment.content),
    )
    hit = arrival.draws.ask(occasion)
    if hit is None:
        return taken
    journal.append(connection, [entry(hit, occasion, arrival.now, _what_is_wrong(taken, occasion, hit))])
    if hit.rule.does is Breakage.EXPIRED_LEASE:
        queues.give_back(connection, taken.lease.delivery)
        journal.append(connection, [_lease_ended(occasion, arrival.now)])
    return replace(taken, hit=hit)


def _what_is_wrong(taken: TakenMessage, occasion: Occasion, hit: Hit) -> str:
    if hit.rule.does is Breakage.GARBLED:
        return garble(taken.message.source, hit)[1]
    if hit.rule.does is Breakage.TAMPERED_ATTACHMENT:
        return tamper(taken.message.attachments, hit)[1]
    if hit.rule.does is Breakage.WRONG_ID:
        of_response = occasion.direction is Direction.RESPONSE
        true = occasion.original_message_id if of_response else occasion.message_id
        false = other_id(true, hit)
        return say(f"вместо {true} названо {false}", f"it names {false} instead of {true}")
    return ""


def _lease_ended(occasion: Occasion, now: datetime) -> JournalEntry:
    return JournalEntry(
        now,
        JournalEvent.LEASE_ENDED,
        participant=occasion.participant,
        message_id=occasion.message_id,
        original_message_id=occasion.original_message_id,
    )


# --- in the answer --------------------------------------------------------------------------------------------


def of_answer(arrival: Arrival, reply: operations.Reply | None, rules: Rules) -> Occasion:
    """Return the occasion of an answer that is about to leave; `reply` is None where the call was refused."""
    about = replace(_of_call_or_nothing(arrival, rules), signed=_is_signed(reply, rules))
    delivered = reply.message if isinstance(reply, operations.RequestReply | operations.ResponseReply) else None
    if delivered is None:
        return about
    message_type = _type_in(delivered.source)
    metadata = delivered.metadata
    original = metadata.message_id
    if isinstance(reply, operations.ResponseReply) and reply.message is not None:
        original = reply.message.original_message_id
    return replace(
        about,
        counterpart=metadata.sender,
        message_type=message_type,
        kind=_kind(message_type, rules),
        message_id=metadata.message_id,
        original_message_id=original,
    )


def _is_signed(reply: operations.Reply | None, rules: Rules) -> bool:
    if rules.signatures.mode is SignatureMode.OFF:
        return False
    if isinstance(reply, operations.RequestReply | operations.ResponseReply | operations.StatusReply):
        return reply.message is not None
    return isinstance(reply, operations.Sent)


def _of_call_or_nothing(arrival: Arrival, rules: Rules) -> Occasion:
    try:
        return _of_call(Place.ANSWER, arrival, rules)
    except SmevFault:  # an answer to a To that nobody gave
        name, version = arrival.call.name, arrival.call.smev.version
        return Occasion(
            Place.ANSWER, arrival.caller.mnemonic, operation=name, direction=_DIRECTIONS.get(name), version=version
        )


def _type_in(stored: bytes) -> str:
    try:
        holder = parse(stored).find("{*}MessagePrimaryContent")
    except XmlError:  # garbled
        return ""
    content = None if holder is None else next(iter(holder.iterchildren("*")), None)
    return "" if content is None else str(MessageType.of(content))


# --- the journal ----------------------------------------------------------------------------------------------


def entry(hit: Hit, occasion: Occasion, now: datetime, found: str = "") -> JournalEntry:
    """Return the journal's line about a hit; `found` says what came of it, where that is more than what it does."""
    return JournalEntry(
        now,
        JournalEvent.DISRUPTED,
        participant=occasion.participant,
        counterpart=occasion.counterpart,
        operation=occasion.operation,
        version=occasion.version,
        message_id=occasion.message_id,
        original_message_id=occasion.original_message_id,
        message_type=occasion.message_type,
        status=hit.rule.name,
        fault=hit.rule.does.value,
        explanation=_explained(hit, found or BREAKAGES[hit.rule.does].text()),
    )


def _explained(hit: Hit, found: str) -> Explanation:
    name = hit.rule.name
    return Explanation(
        CHECK,
        say("СМЭВ без помех", "SMEV undisturbed"),
        found,
        rule=name,
        advice=say(
            f"это сломано нарочно; убрать правило: mock-smev faults remove {name}",
            f"this was broken on purpose; take the rule back: mock-smev faults remove {name}",
        ),
    )
