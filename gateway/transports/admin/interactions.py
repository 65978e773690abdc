"""Interactions: found, looked at as a whole, and explained where they were refused."""

import hashlib
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field

from gateway.exchange.inquiry import WholeInteraction
from gateway.protocol.faults import Explanation
from gateway.protocol.messages import Attachment
from gateway.protocol.moments import write
from gateway.protocol.statuses import InteractionStatus, WireMessageType
from gateway.storage.interactions import Found, Sought, StoredMessage
from gateway.storage.journal import StoredEntry
from gateway.storage.queues import Waiting
from gateway.transports.admin.journal import Entry
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.view import AdminView, Filters, Moment, Shape, Word, Written, described
from gateway.transports.admin.violations import FoundShape, OfferShape, offers_for_all
from gateway.words import say

_LARGEST_KEY: Final = 2**63
_LONGEST_PAGE: Final = 500
_MOST_REFUSALS: Final = 100


class InteractionShape(Shape):
    """A request and where it stands. `provider` is null for a broadcast and for a request that SMEV rejected.

    `fault` is the last one that SMEV rejected the request or an answer to it for.
    """

    message_id: str
    status: InteractionStatus
    kind: str | None
    message_type: str
    consumer: str
    provider: str | None
    transaction_code: str | None
    sent_at: Written
    eol: Written | None
    fault: str | None

    @classmethod
    def of(cls, found: Found) -> "InteractionShape":
        return cls(
            message_id=found.message_id,
            status=found.status,
            kind=found.kind,
            message_type=found.message_type,
            consumer=found.consumer,
            provider=found.provider,
            transaction_code=found.transaction_code,
            sent_at=write(found.sent_at),
            eol=None if found.eol is None else write(found.eol),
            fault=found.fault,
        )


class InteractionsPage(Shape):
    """Interactions, newest first; `next` is the address to go on at, null at the end.

    A page that had to look at very many interactions may hold fewer than asked for, even none, and still have `next`.
    """

    interactions: list[InteractionShape]
    next: str | None


class AttachmentShape(Shape):
    """An attachment by MTOM; its content is in the message."""

    content_id: str
    size: int
    sha256: str

    @classmethod
    def of(cls, attachment: Attachment) -> "AttachmentShape":
        digest = hashlib.sha256(attachment.content).hexdigest()
        return cls(content_id=attachment.content_id, size=len(attachment.content), sha256=digest)


class MessageShape(Shape):
    """One message as it is kept.

    `content` is the signed block that the sender wrote, `envelope` the whole call as it came: it stands in the
    journal, and is null once the journal has dropped it, and of messages that SMEV itself wrote.
    """

    message_id: str
    type: WireMessageType
    version: str
    sender: str
    recipient: str | None
    message_type: str
    sent_at: Written
    transaction_code: str | None
    reference_message_id: str | None
    node_id: str | None
    signed: bool
    attachments: list[AttachmentShape]
    content: str
    envelope: str | None

    @classmethod
    def of(cls, message: StoredMessage, envelope: str | None) -> "MessageShape":
        return cls(
            message_id=message.message_id,
            type=message.wire_type,
            version=message.version,
            sender=message.sender,
            recipient=message.recipient,
            message_type=message.message_type,
            sent_at=write(message.sent_at),
            transaction_code=message.transaction_code,
            reference_message_id=message.reference_message_id,
            node_id=message.node_id,
            signed=message.caller_signature is not None,
            attachments=[AttachmentShape.of(attachment) for attachment in message.attachments],
            content=message.source.decode("utf-8", "replace"),
            envelope=envelope,
        )


class WaitingShape(Shape):
    """A message that is still in a queue. `leaseUntil` is null while nobody has taken it."""

    message_id: str
    recipient: str
    queue: str
    attempts: int
    lease_until: Written | None

    @classmethod
    def of(cls, waiting: Waiting) -> "WaitingShape":
        return cls(
            message_id=waiting.message_id,
            recipient=waiting.recipient,
            queue=waiting.queue.name.lower(),
            attempts=waiting.attempts,
            lease_until=None if waiting.lease_until is None else write(waiting.lease_until),
        )


class WholeShape(Shape):
    """An interaction in full: the request is the first of `messages`, `deliveries` are those not acknowledged yet."""

    interaction: InteractionShape
    messages: list[MessageShape]
    history: list[Entry]
    deliveries: list[WaitingShape]

    @classmethod
    def of(cls, whole: WholeInteraction) -> "WholeShape":
        history = [Entry.of(stored) for stored in whole.history]
        envelopes = {entry.message_id: entry.envelope for entry in history if entry.envelope is not None}
        return cls(
            interaction=InteractionShape.of(whole.found),
            messages=[MessageShape.of(message, envelopes.get(message.message_id)) for message in whole.messages],
            history=history,
            deliveries=[WaitingShape.of(waiting) for waiting in whole.waiting],
        )


class ExplanationShape(Shape):
    """Why SMEV refused a message: `refused` at once, `rejected` after it was taken, `expired` in a queue.

    A `violation` was only noted, or no message did it: its `fault` is empty.
    """

    seq: int
    moment: Written
    event: str
    message_id: str
    participant: str
    operation: str
    message_type: str
    fault: str
    explanation: Explanation
    envelope: str | None

    @classmethod
    def of(cls, stored: StoredEntry) -> "ExplanationShape":
        entry = stored.entry
        assert entry.explanation is not None  # noqa: S101 - it was looked for
        return cls(
            seq=stored.seq,
            moment=write(entry.moment),
            event=entry.event.value,
            message_id=entry.message_id,
            participant=entry.participant,
            operation=entry.operation,
            message_type=entry.message_type,
            fault=entry.fault,
            explanation=entry.explanation,
            envelope=None if entry.envelope is None else entry.envelope.decode("utf-8", "replace"),
        )


class ExplanationsShape(Shape):
    """Every refusal of one message, newest first; what 210-FZ has against it, and what to send instead."""

    message_id: str
    explanations: list[ExplanationShape]
    violations: list[FoundShape]
    offers: list[OfferShape]


class InteractionFilters(Filters):
    """Which interactions; the names are those of the query."""

    status: InteractionStatus | None = None
    kind: Word | None = None
    messageType: Word | None = None
    participant: Word | None = None
    consumer: Word | None = None
    provider: Word | None = None
    transactionCode: Word | None = None
    caseNumber: Word | None = None
    fault: Word | None = None
    since: Moment | None = None
    until: Moment | None = None


class InteractionsView(AdminView):
    """`/__admin/interactions`."""

    @described(
        lambda: say(
            "Взаимодействия, новые сначала. participant — с любой стороны; caseNumber — номер дела, "
            "который ведомства передают в TransactionCode; fault — последний отказ после приёма.",
            "Interactions, newest first. participant is on either side; caseNumber is the number of a case, "
            "which agencies pass as TransactionCode; fault is the last rejection of a message that was taken.",
        ),
        InteractionsPage,
    )
    async def get(
        self,
        filters: InteractionFilters,
        before: Annotated[int | None, Field(ge=1, lt=_LARGEST_KEY)] = None,
        limit: Annotated[int, Field(ge=1, le=_LONGEST_PAGE)] = 50,
    ) -> web.Response:
        page = await self.administration.inquiry.interactions(_sought(filters), before, limit)
        following = None if page.following is None else self.link(before=page.following)
        listed = [InteractionShape.of(found) for found in page.found]
        return self.reply(InteractionsPage(interactions=listed, next=following))


def _sought(filters: InteractionFilters) -> Sought:
    codes = {code for code in (filters.transactionCode, filters.caseNumber) if code is not None}
    if len(codes) > 1:
        hint = say("это одно и то же: задайте что-нибудь одно", "they are the same: give one of them")
        detail = "transactionCode, caseNumber"
        raise Refused(400, "query", say("Неверный запрос", "Bad query"), detail, hint)
    return Sought(
        status=filters.status,
        kind=filters.kind,
        message_type=filters.messageType,
        participant=filters.participant,
        consumer=filters.consumer,
        provider=filters.provider,
        transaction_code=next(iter(codes), None),
        fault=filters.fault,
        since=filters.since,
        until=filters.until,
    )


class InteractionView(AdminView):
    """`/__admin/interactions/{messageId}`."""

    @described(
        lambda: say(
            "Взаимодействие целиком, по MessageID запроса или любого ответа: сообщения, история, очереди.",
            "An interaction in full, by the MessageID of the request or of any answer: messages, history, queues.",
        ),
        WholeShape,
        404,
    )
    async def get(self, messageId: Word, /) -> web.Response:
        whole = await self.administration.inquiry.whole(messageId)
        if whole is None:
            raise Refused(
                404,
                "interaction",
                say("Такого сообщения нет", "No such message"),
                messageId,
                say(
                    "СМЭВ его не принимала; если отказала сразу — объяснение: "
                    f"GET /__admin/interactions/{messageId}/explanation",
                    "SMEV never took it; if it refused it at once, the explanation is at "
                    f"GET /__admin/interactions/{messageId}/explanation",
                ),
            )
        return self.reply(WholeShape.of(whole))


class ExplanationView(AdminView):
    """`/__admin/interactions/{messageId}/explanation`."""

    @described(
        lambda: say(
            "Почему сообщение не принято: все отказы по этому MessageID, новые сначала. Работает и тогда, когда СМЭВ "
            "отказала сразу. offers — готовые запросы вместо того, что нарушает 210-ФЗ.",
            "Why a message was refused: every refusal of this MessageID, newest first. It works for what SMEV refused "
            "at once too. offers are ready requests instead of what breaks 210-FZ.",
        ),
        ExplanationsShape,
        404,
    )
    async def get(self, messageId: Word, /) -> web.Response:
        explained = await self.administration.inquiry.explanations(messageId)
        violations = await self.administration.cases.violations_in(messageId)
        if not explained and not violations:
            raise Refused(
                404,
                "explanation",
                say("В этом сообщении не отказано", "This message was not refused"),
                messageId,
                say(
                    "проверьте MessageID; журнал хранит не всё: старшие записи вытесняются (--journal-limit)",
                    "check the MessageID; the oldest entries of the journal go in time (--journal-limit)",
                ),
            )
        listed = [ExplanationShape.of(stored) for stored in explained]
        found = [FoundShape.of_stored(stored) for stored in violations]
        offers = await offers_for_all(self.administration, [stored.violation for stored in violations])
        shape = ExplanationsShape(message_id=messageId, explanations=listed, violations=found, offers=offers)
        return self.reply(shape)


class RefusalsShape(Shape):
    """The last refusals, newest first."""

    explanations: list[ExplanationShape]


class RefusalsView(AdminView):
    """`/__admin/refusals`."""

    @described(
        lambda: say("Последние отказы, новые сначала.", "The last refusals, newest first."),
        RefusalsShape,
    )
    async def get(self, limit: Annotated[int, Field(ge=1, le=_MOST_REFUSALS)] = 20) -> web.Response:
        refused = await self.administration.inquiry.refusals(limit)
        return self.reply(RefusalsShape(explanations=[ExplanationShape.of(stored) for stored in refused]))
