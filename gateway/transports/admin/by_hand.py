"""Calls by hand: send, take and acknowledge as any participant, without a SOAP client."""

import base64
import binascii
import dataclasses
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from aiohttp import web
from lxml import etree
from pydantic import StringConstraints

from gateway.exchange.by_hand import Attachments, RefusedByHand, Speech, Taken
from gateway.ns import SOAP_ENVELOPE
from gateway.protocol.faults import SmevFault
from gateway.protocol.messages import Attachment, AttachmentHeader, MessageType, Metadata, Rejection, Selector
from gateway.protocol.moments import write
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.participant_replies import AsyncStatus, ReceivedRequest, ReceivedResponse
from gateway.protocol.statuses import RejectCode, WireMessageType
from gateway.transports.admin.problems import Refused
from gateway.transports.admin.queues import QueueName
from gateway.transports.admin.view import AdminView, Shape, Word, Written, described
from gateway.words import say
from gateway.xml import Element, XmlError, name_of, parse

Version = Literal["1.1", "1.2", "1.3"]
Text = Annotated[str, StringConstraints(min_length=1, max_length=30 * 1024 * 1024)]


class SentAttachment(Shape):
    """An attachment to send by MTOM; `content` is base64."""

    name: Word
    mime_type: Word = "application/octet-stream"
    content: str


class SendShape(Shape):
    """A message to send: either `content` or a whole `envelope`.

    With `to`, the ReplyTo of a request that was taken, it is an answer; with `reject` a rejection, which `content`
    describes in words.
    """

    content: Text | None = None
    envelope: Text | None = None
    to: Text | None = None
    reject: RejectCode | None = None
    attachments: tuple[SentAttachment, ...] = ()
    version: Version = "1.2"
    message_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    transaction_code: Word | None = None
    node_id: Word | None = None


class SentShape(Shape):
    """What SMEV said of a message that it took."""

    message_id: str
    status: str
    type: WireMessageType
    recipient: str | None
    sent_at: Written


class TakeShape(Shape):
    """Which message to take: of which queue, of which type (`{namespace}root`), for which node."""

    queue: QueueName
    message_type: Annotated[str, StringConstraints(pattern=r"^\{[^{}]+\}[^{}]+$", max_length=1000)] | None = None
    node_id: Word | None = None
    ack: bool = False
    version: Version = "1.2"


class TakenAttachment(Shape):
    """An attachment; `content` is base64."""

    name: str
    size: int
    content: str

    @classmethod
    def of(cls, attachment: Attachment) -> "TakenAttachment":
        content = base64.b64encode(attachment.content).decode("ascii")
        return cls(name=attachment.content_id, size=len(attachment.content), content=content)


class TakenRejection(Shape):
    """A provider's rejection."""

    code: RejectCode
    description: str


class TakenMessage(Shape):
    """A message as its recipient reads it.

    `messageId` is the one to acknowledge. Of content, rejections and `status` a message has one: `status` is an
    intermediate status, or why SMEV itself refused a message. `replyTo` is what `to` of an answer must be.
    """

    message_id: str
    original_message_id: str | None
    sender: str | None
    sent_at: Written | None
    reply_to: str | None
    transaction_code: str | None
    message_type: str | None
    content: str | None
    rejections: list[TakenRejection]
    status: str | None
    attachments: list[TakenAttachment]
    acknowledged: bool
    xml: str


class TakenShape(Shape):
    """The message, null when the queue is empty."""

    message: TakenMessage | None


class AckShape(Shape):
    """A message to acknowledge, by its MessageMetadata/MessageId."""

    message_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    accepted: bool = True


class AckedShape(Shape):
    """A message that has left its queue."""

    message_id: str
    accepted: bool


class SendView(AdminView):
    """`/__admin/participants/{mnemonic}/send`."""

    @described(
        lambda: say(
            "Отправить сообщение от имени участника: запрос, ответ (to) или отказ (to, reject). "
            "Те же проверки, что у вызова SOAP; отказ СМЭВ — ошибка 422 с объяснением.",
            "Send a message as a participant: a request, an answer (to), or a rejection (to, reject). "
            "The same checks as for a SOAP call; a refusal of SMEV is a problem 422 with its explanation.",
        ),
        SentShape,
        status=201,
    )
    async def post(self, mnemonic: str, /, message: SendShape) -> web.Response:
        _check_shape(message)
        with refusals_told(self.address):
            return self.reply(_sent(await self._send(mnemonic, message)), 201)

    async def _send(self, mnemonic: str, message: SendShape) -> Metadata:
        by_hand, speech = self.administration.by_hand, Speech(mnemonic, message.version)
        if message.envelope is not None:
            return await by_hand.send_envelope(speech, message.envelope.encode())
        content = message.content or ""
        message_id = message.message_id or by_hand.new_message_id()
        attachments = _attachments(message.attachments)
        if message.to is None:
            options = Outgoing(transaction_code=message.transaction_code, node_id=message.node_id)
            return await by_hand.send_request(speech, message_id, _content(content), options, attachments)
        if message.reject is not None:
            rejections = (Rejection(message.reject, content),)
            return await by_hand.send_response(speech, message_id, message.to, rejections, attachments)
        return await by_hand.send_response(speech, message_id, message.to, _content(content), attachments)


class TakeView(AdminView):
    """`/__admin/participants/{mnemonic}/take`."""

    @described(
        lambda: say(
            "Взять следующее сообщение из очереди участника. До подтверждения оно скрыто, потом выдаётся снова.",
            "Take the next message of a queue of the participant. It is hidden until the Ack or the end of its lease.",
        ),
        TakenShape,
    )
    async def post(self, mnemonic: str, /, wanted: TakeShape) -> web.Response:
        chosen = None if wanted.message_type is None else MessageType.from_tag(wanted.message_type)
        speech, by_hand = Speech(mnemonic, wanted.version), self.administration.by_hand
        with refusals_told(self.address):
            taken = await by_hand.take(speech, wanted.queue.queue, Selector(chosen, wanted.node_id))
            if taken is None:
                return self.reply(TakenShape(message=None))
            # A status leaves its queue by being taken, unless the gateway was started with --status-needs-ack.
            needs_ack = wanted.queue is not QueueName.STATUSES or self.administration.limits.status_needs_ack
            if wanted.ack and needs_ack:
                await by_hand.ack(speech, _id_to_acknowledge(taken))
        return self.reply(TakenShape(message=_taken(taken, acknowledged=wanted.ack or not needs_ack)))


class AckView(AdminView):
    """`/__admin/participants/{mnemonic}/ack`."""

    @described(
        lambda: say(
            "Подтвердить полученное сообщение: оно уходит из очереди. accepted=false — сообщение не понято.",
            "Acknowledge a message that was taken: it leaves its queue. accepted=false says that it was ignored.",
        ),
        AckedShape,
    )
    async def post(self, mnemonic: str, /, target: AckShape) -> web.Response:
        with refusals_told(self.address):
            await self.administration.by_hand.ack(Speech(mnemonic), target.message_id, accepted=target.accepted)
        return self.reply(AckedShape(message_id=target.message_id, accepted=target.accepted))


def _check_shape(message: SendShape) -> None:
    if (message.content is None) == (message.envelope is None):
        raise _impossible("content, envelope", say("ровно одно из двух", "exactly one of the two"))
    others = {"to", "reject", "attachments", "message_id", "transaction_code", "node_id"} & message.model_fields_set
    if message.envelope is not None and others:
        hint = say("готовый конверт уходит как есть; остальное — внутри него", "an envelope goes as it is")
        raise _impossible(", ".join(sorted(others)), hint)
    if message.reject is not None and message.to is None:
        raise _impossible("reject", say("отказ отвечает на запрос: нужен и to", "a rejection answers: add to"))


def _impossible(field: str, hint: str) -> Refused:
    return Refused(422, "body", say("Неверное тело", "Bad body"), field, hint)


def _content(text: str) -> Element:
    try:
        element = parse(text.encode())
    except (XmlError, UnicodeEncodeError) as error:
        title = say("content — не XML", "content is no XML")
        hint = say("один корневой элемент, без DOCTYPE", "one root element, no DOCTYPE")
        raise Refused(422, "xml", title, str(error), hint) from error
    if name_of(element) == (SOAP_ENVELOPE, "Envelope"):
        raise _impossible("content", say("это конверт: передайте его как envelope", "an envelope: pass it as envelope"))
    return element


def _attachments(listed: Iterable[SentAttachment]) -> Attachments:
    read = []
    for item in listed:
        try:
            content = base64.b64decode(item.content, validate=True)
        except (binascii.Error, ValueError) as error:
            raise _impossible(f"attachments: {item.name}: {error}", "base64") from error
        read.append((AttachmentHeader(item.name, item.mime_type), content))
    return read


def _sent(metadata: Metadata) -> SentShape:
    return SentShape(
        message_id=metadata.message_id,
        status=metadata.status.value,
        type=metadata.message_type,
        recipient=metadata.recipient,
        sent_at=write(metadata.sent_at),
    )


def _id_to_acknowledge(taken: Taken) -> str:
    message = taken.message
    return message.original_message_id if isinstance(message, AsyncStatus) else message.metadata.message_id


def _taken(taken: Taken, *, acknowledged: bool) -> TakenMessage:
    message = taken.message
    common: dict[str, Any] = {
        "message_id": _id_to_acknowledge(taken),
        "acknowledged": acknowledged,
        "xml": taken.xml.decode(),
        **dict.fromkeys(("original_message_id", "sender", "sent_at", "reply_to", "transaction_code"), None),
        **dict.fromkeys(("message_type", "content", "status"), None),
        "rejections": [],
        "attachments": [],
    }
    if isinstance(message, AsyncStatus):
        own = {"original_message_id": message.original_message_id, "status": _status(message)}
        return TakenMessage.model_validate({**common, **own})
    told: dict[str, Any] = {
        "sender": message.metadata.sender,
        "sent_at": write(message.metadata.sent_at),
        "attachments": [TakenAttachment.of(attachment) for attachment in message.attachments],
        **(_of_request(message) if isinstance(message, ReceivedRequest) else _of_response(message)),
    }
    if message.content is not None:
        told["message_type"] = str(MessageType.of(message.content))
        told["content"] = etree.tostring(message.content, encoding="unicode", with_tail=False)
    return TakenMessage.model_validate({**common, **told})


def _of_request(message: ReceivedRequest) -> dict[str, object]:
    return {
        "original_message_id": message.message_id,
        "reply_to": message.reply_to,
        "transaction_code": message.transaction_code,
    }


def _of_response(message: ReceivedResponse) -> dict[str, object]:
    status = None if message.status is None else f"{message.status.code} {message.status.description}"
    if message.async_status is not None:
        status = _status(message.async_status)
    return {
        "original_message_id": message.original_message_id,
        "transaction_code": message.original_transaction_code,
        "rejections": [TakenRejection(code=item.code, description=item.description) for item in message.rejections],
        "status": status,
    }


def _status(status: AsyncStatus) -> str:
    return " ".join(part for part in (status.category, status.details, status.fault) if part)


@contextmanager
def refusals_told(address: Callable[[str], str]) -> Iterator[None]:
    """Tell what SMEV refuses as a problem with its explanation, whose entry has an `address`."""
    try:
        yield
    except RefusedByHand as refusal:
        fault, explanation = refusal.fault, refusal.fault.explanation
        name = fault.name if isinstance(fault, SmevFault) else fault.faultcode
        raise Refused(
            422,
            "refused",
            say("СМЭВ отказала", "SMEV refused"),
            str(fault),
            explanation.advice or f"{say('ожидалось', 'expected')}: {explanation.expected}",
            fault=name,
            explanation=dataclasses.asdict(explanation),
            journal=None if refusal.seq is None else address(f"/journal/{refusal.seq}"),
        ) from refusal
