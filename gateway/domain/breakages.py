"""What can be broken on purpose: one table, from which the docs, the command line and the schemas are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.words import say


class Breakage(StrEnum):
    """What can be broken on purpose."""

    LATE = "late"
    LOST = "lost"
    DUPLICATED = "duplicated"
    REORDERED = "reordered"
    REJECTED = "rejected"
    GARBLED = "garbled"
    WRONG_ID = "wrong-id"
    EXPIRED_LEASE = "expired-lease"
    DESTINATION_OVERFLOW = "destination-overflow"
    SMEV_FAILURE = "smev-failure"
    FAULT = "fault"
    SLOW_RESPONSE = "slow-response"
    CUT_RESPONSE = "cut-response"
    HALF_RESPONSE = "half-response"
    BAD_SIGNATURE = "bad-signature"
    EXPIRED_CERTIFICATE = "expired-certificate"
    REVOKED_CERTIFICATE = "revoked-certificate"
    TAMPERED_ATTACHMENT = "tampered-attachment"


class Place(StrEnum):
    """Where SMEV decides, and so where rules are asked. In the order in which a message comes by."""

    ARRIVAL = "arrival"
    VALIDATION = "validation"
    QUEUE = "queue"
    TAKING = "taking"
    ANSWER = "answer"


class Direction(StrEnum):
    """Which way a message goes: from the consumer to the provider, or back."""

    REQUEST = "request"
    RESPONSE = "response"


class Damage(StrEnum):
    """How content is garbled."""

    TEXT = "text"
    SCHEMA = "schema"
    XML = "xml"


@dataclass(frozen=True, slots=True)
class BreakageKind:
    """One breakage: where it is asked for, what it takes beside the filters, and in words what it does.

    `needs` are the fields that a rule must say, `takes` those that it may say, `operations` the calls that it hits
    (none named: all that come by its place).
    """

    does: Breakage
    place: Place
    text: Callable[[], str]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """What a rule may say of this breakage."""
        return self.needs + self.takes


_SENDING: Final = ("SendRequest", "SendResponse")
_TAKING: Final = ("GetRequest", "GetResponse")
SIGNED: Final = (*_SENDING, *_TAKING, "GetStatus")
"""Calls whose answers SMEV signs, unless the queue is empty."""
OF_SIGNATURE: Final = frozenset({Breakage.BAD_SIGNATURE, Breakage.EXPIRED_CERTIFICATE, Breakage.REVOKED_CERTIFICATE})
"""What breaks SMEV's signature, where there is one."""

BREAKAGES: Final[Mapping[Breakage, BreakageKind]] = {
    kind.does: kind
    for kind in (
        BreakageKind(
            Breakage.LATE,
            Place.QUEUE,
            lambda: say(
                "сообщение принято, но появляется в очереди лишь спустя delay по часам шлюза",
                "the message is accepted, but shows up in its queue only after `delay` on the gateway's clock",
            ),
            needs=("delay",),
            operations=_SENDING,
        ),
        BreakageKind(
            Breakage.LOST,
            Place.QUEUE,
            lambda: say("сообщение принято и никогда не доставляется", "the message is accepted and never delivered"),
            operations=_SENDING,
        ),
        BreakageKind(
            Breakage.DUPLICATED,
            Place.QUEUE,
            lambda: say(
                "сообщение доставляется дважды, с одним MessageID",
                "the message is delivered twice, with one MessageID",
            ),
            operations=_SENDING,
        ),
        BreakageKind(
            Breakage.REORDERED,
            Place.QUEUE,
            lambda: say(
                "сообщение обгоняет всё, что ждёт в очереди; если очередь пуста, пропускает вперёд то, что придёт "
                "и будет взято за delay (1m)",
                "the message overtakes whatever waits in the queue; when nothing does, it lets pass what comes and is "
                "taken within `delay` (1m)",
            ),
            takes=("delay",),
            operations=_SENDING,
        ),
        BreakageKind(
            Breakage.REJECTED,
            Place.VALIDATION,
            lambda: say(
                "СМЭВ отвергает сообщение при проверке, асинхронно, с отказом fault (AccessDenied)",
                "SMEV rejects the message on validation, asynchronously, with `fault` (AccessDenied)",
            ),
            takes=("fault", "text"),
            operations=_SENDING,
        ),
        BreakageKind(
            Breakage.GARBLED,
            Place.TAKING,
            lambda: say(
                "содержимое доставки повреждено: damage — text (значение обрезано), schema (элемент не по XSD), "
                "xml (не XML); без damage — по жребию",
                "the delivered content is damaged: `damage` is text (a value cut short), schema (an element that the "
                "XSD does not know) or xml (not XML any more); drawn when it is not said",
            ),
            takes=("damage",),
            operations=_TAKING,
        ),
        BreakageKind(
            Breakage.WRONG_ID,
            Place.TAKING,
            lambda: say(
                "в доставке чужой идентификатор: OriginalMessageId ответа, MessageMetadata/MessageId запроса",
                "the delivery names another message: OriginalMessageId of a response, MessageMetadata/MessageId of a "
                "request",
            ),
            operations=_TAKING,
        ),
        BreakageKind(
            Breakage.EXPIRED_LEASE,
            Place.TAKING,
            lambda: say(
                "взятое сообщение сразу возвращается в очередь: Ack получает TargetMessageIsNotFound, "
                "сообщение выдаётся снова",
                "the message that was taken goes back at once: its Ack gets TargetMessageIsNotFound, it is delivered "
                "again",
            ),
            operations=_TAKING,
        ),
        BreakageKind(
            Breakage.DESTINATION_OVERFLOW,
            Place.ARRIVAL,
            lambda: say(
                "отказ сразу: очередь получателя переполнена (DestinationOverflow, SMEV-600)",
                "refused at once: the queue of the recipient is full (DestinationOverflow, SMEV-600)",
            ),
            takes=("text",),
            operations=_SENDING,
        ),
        BreakageKind(
            Breakage.SMEV_FAILURE,
            Place.ARRIVAL,
            lambda: say(
                "отказ сразу: внутренняя ошибка СМЭВ (SMEVFailure), на любой вызов",
                "refused at once: SMEV failed (SMEVFailure), on any call",
            ),
            takes=("text",),
        ),
        BreakageKind(
            Breakage.FAULT,
            Place.ARRIVAL,
            lambda: say(
                "отказ сразу, с отказом fault — на те вызовы, у которых WSDL его объявляет; у "
                "SignatureVerificationFault failure — что не так с подписью (SignatureIsInvalid)",
                "refused at once with `fault`, on the calls for which the WSDL declares it; of "
                "SignatureVerificationFault `failure` says what is wrong with the signature (SignatureIsInvalid)",
            ),
            needs=("fault",),
            takes=("text", "failure"),
        ),
        BreakageKind(
            Breakage.SLOW_RESPONSE,
            Place.ANSWER,
            lambda: say(
                "вызов выполнен, ответ HTTP уходит спустя delay настоящего времени",
                "the call is performed, its HTTP answer leaves after `delay` of real time",
            ),
            needs=("delay",),
        ),
        BreakageKind(
            Breakage.CUT_RESPONSE,
            Place.ANSWER,
            lambda: say(
                "вызов выполнен, соединение закрыто без ответа",
                "the call is performed, the connection is closed without an answer",
            ),
        ),
        BreakageKind(
            Breakage.HALF_RESPONSE,
            Place.ANSWER,
            lambda: say(
                "вызов выполнен, из ответа HTTP уходит доля share (0.5), затем соединение закрыто",
                "the call is performed, `share` (0.5) of the HTTP answer leaves, then the connection is closed",
            ),
            takes=("share",),
        ),
        BreakageKind(
            Breakage.BAD_SIGNATURE,
            Place.ANSWER,
            lambda: say(
                "вызов выполнен, подпись СМЭВ в ответе (SMEVSignature) не сходится: в SignatureValue другой байт",
                "the call is performed, SMEV's signature in the answer (SMEVSignature) does not hold: a byte of its "
                "SignatureValue is another one",
            ),
            operations=SIGNED,
        ),
        BreakageKind(
            Breakage.EXPIRED_CERTIFICATE,
            Place.ANSWER,
            lambda: say(
                "вызов выполнен, ответ подписан тем же ключом СМЭВ, но сертификат истёк",
                "the call is performed, the answer is signed by SMEV's key with a certificate that has expired",
            ),
            operations=SIGNED,
        ),
        BreakageKind(
            Breakage.REVOKED_CERTIFICATE,
            Place.ANSWER,
            lambda: say(
                "вызов выполнен, ответ подписан тем же ключом СМЭВ, но сертификат отозван (он в списке отзыва)",
                "the call is performed, the answer is signed by SMEV's key with a certificate that has been revoked "
                "(it is in the revocation list)",
            ),
            operations=SIGNED,
        ),
        BreakageKind(
            Breakage.TAMPERED_ATTACHMENT,
            Place.TAKING,
            lambda: say(
                "в доставке подменён байт вложения: его подпись (SignaturePKCS7) больше не сходится",
                "a byte of an attachment is another one in the delivery: its signature (SignaturePKCS7) does not hold",
            ),
            operations=_TAKING,
        ),
    )
}
