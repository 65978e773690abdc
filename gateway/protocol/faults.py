"""The faults of message-exchange: one class each; the docstring is the text that a client reads.

`code` is what stands in basic:Code, `fields` are the element's own children (namespace faults/V). Codes and
texts marked (seen) were read in real messages; the others follow their pattern. Beside the SMEV words stands
the `Explanation`, which never goes on the wire: it is journaled and shown to people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from typing import ClassVar, Final

from gateway.protocol.statuses import SignatureFailure
from gateway.words import say

_CORE: Final = "MOCK:PRODUCTION_AREA:MOCK_CORE1 : TR:SYNC:"
"""Contour, area and core of the codes. Real ones name the installation, e.g. tsmev3:PRODUCTION_AREA:TSMEV3_CORE1."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a message was refused, for people.

    `check` is the function that refused, `where` an element path or a place in the call, `rule` the facet of a schema
    or the clause that was broken, `nearest` the known thing that is most like what was found, `others` are further
    violations of the same check, a line each.
    """

    check: str
    expected: str
    found: str
    where: str = ""
    advice: str = ""
    rule: str = ""
    nearest: str = ""
    others: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "others", tuple(self.others))  # read back from JSON it is a list

    def __str__(self) -> str:
        expected, found = say("ожидалось", "expected"), say("найдено", "found")
        parts = [f"[{self.check}] {expected}: {self.expected}; {found}: {self.found}"]
        parts += [
            f"{label}: {value}"
            for label, value in (
                (say("где", "where"), self.where),
                (say("правило", "rule"), self.rule),
                (say("ближайшее", "nearest"), self.nearest),
                (say("что делать", "what to do"), self.advice),
            )
            if value
        ]
        return "; ".join(parts)


class SmevFault(Exception):
    """Base of all faults that message-exchange declares."""

    code: ClassVar[str] = ""
    asynchronous_code: ClassVar[str] = "MOCK:P:MOCK_ASYNC_CORE1:TR:ASYNC:PP:BSV:3"

    def __init__(self, explanation: Explanation, **words: object) -> None:
        """`words` fill the places in the docstring."""
        self.explanation = explanation
        self.description = cleandoc(type(self).__doc__ or "").format(**words)
        super().__init__(self.description)

    @property
    def name(self) -> str:
        """Local name of the fault element, namespace faults/V."""
        return type(self).__name__

    @property
    def fields(self) -> Sequence[tuple[str, str, Mapping[str, str]]]:
        """Own children as (local name, text, attributes), in the order of the XSD."""
        return ()

    @property
    def full_code(self) -> str:
        """basic:Code of a synchronous refusal."""
        return _CORE + self.code

    @property
    def full_asynchronous_code(self) -> str:
        """basic:Code of a refusal that is told later."""
        return self.asynchronous_code


class InvalidContent(SmevFault):
    """{text}"""

    code = "PP:55"

    def __init__(self, explanation: Explanation, errors: Sequence[str], text: str) -> None:
        self.errors = tuple(errors)
        super().__init__(explanation, text=text)

    @classmethod
    def of_business_data(cls, explanation: Explanation, errors: Sequence[str], message_id: str) -> "InvalidContent":
        """Business content that breaks its XSD (seen, asynchronous)."""
        text = (
            "SMEV-403:Бизнес-данные сообщения не соответствуют схеме, зарегистрированной в СМЭВ. "
            f"MessageId = {message_id}"
        )
        return cls(explanation, errors, text)

    @classmethod
    def of_envelope(cls, explanation: Explanation, errors: Sequence[str]) -> "InvalidContent":
        """An envelope without a block it must have (seen, synchronous)."""
        return cls(explanation, errors, f"SMEV-403:Сообщение содержит не все вложенные элементы. {' '.join(errors)}")

    @property
    def fields(self) -> Sequence[tuple[str, str, Mapping[str, str]]]:
        # errorPosition is required by the XSD; real messages say -1.
        return tuple(("ValidationError", error, {"errorPosition": "-1"}) for error in self.errors)


class SignatureVerificationFault(SmevFault):
    """SMEV-100:{text}"""

    code = "SPS:1"

    def __init__(self, explanation: Explanation, failure: SignatureFailure, text: str = "") -> None:
        """`text` stands for the words that go with `failure`."""
        self.failure = failure
        super().__init__(explanation, text=text or _FAILURES[failure][1])

    @classmethod
    def of_attachment(cls, explanation: Explanation, name: str) -> "SignatureVerificationFault":
        """The signature of the attachment `name` (seen, asynchronous: SMEV writes its name without the S there)."""
        fault = cls(explanation, SignatureFailure.SIGNATURE_IS_INVALID)
        failed = "Подпись не прошла проверку по сертификату."
        fault.description = f"MEV-100:Проверка подписи на вложении {name}: {failed}"
        return fault

    @property
    def full_code(self) -> str:
        return _CORE + _FAILURES[self.failure][0]

    @property
    def fields(self) -> Sequence[tuple[str, str, Mapping[str, str]]]:
        return (("SignatureVerificationFault", self.failure.value, {}),)


_FAILURES: Final[Mapping[SignatureFailure, tuple[str, str]]] = {
    SignatureFailure.NO_SIGNATURE_FOUND: ("SPS:1", "Отсутствует ЭП-ОВ"),  # seen
    SignatureFailure.INCORRECT_SIGNATURE_TARGET: ("SPS:2", "ЭП-ОВ подписывает не ту часть сообщения"),
    SignatureFailure.SIGNATURE_IS_INVALID: ("SPS:3", "ЭП-ОВ не прошла проверку по сертификату"),
    SignatureFailure.CERTIFICATE_IS_EXPIRED: ("SPS:4", "Срок действия сертификата ЭП-ОВ истёк"),  # seen
    SignatureFailure.CERTIFICATE_IS_NOT_FOUND: ("SPS:5", "Не удалось найти сертификат ЭП-ОВ"),
    SignatureFailure.POOR_SOAP_ENVELOPE_FORMAT: ("SPS:6", "Недопустимый формат SOAP-конверта"),
}
"""The unit's code and the words of each value; where nothing was seen, what the XSD's documentation says."""


class BusinessDataTypeIsNotSupported(SmevFault):
    """SMEV-402:Вид сведений с корневым элементом {root} пространства имён {namespace} не зарегистрирован в СМЭВ."""

    code = "PP:10"

    def __init__(self, explanation: Explanation, namespace: str, root: str) -> None:
        self.namespace, self.root = namespace, root
        super().__init__(explanation, root=root, namespace=namespace)

    @property
    def fields(self) -> Sequence[tuple[str, str, Mapping[str, str]]]:
        return (("RootElementLocalName", self.root, {}), ("RootElementNamespaceURI", self.namespace, {}))


class UnknownMessageType(SmevFault):
    """SMEV-404:Тип сообщения {message_type} из селектора не зарегистрирован или не принадлежит этому поставщику."""

    code = "DAS:2"


class TransactionCodeInvalid(SmevFault):
    """SMEV-405:Недопустимый код транзакции."""

    code = "PP:11"


class MessageIsAlreadySent(SmevFault):
    """SMEV-301:Сообщение с идентификатором {message_id} было послано ранее."""

    code = "PP:2"


class InvalidMessageIdFormat(SmevFault):
    """SMEV-300:Недопустимый формат идентификатора сообщения. См. RFC-4122."""

    code = "PP:1"


class StaleMessageId(SmevFault):
    """SMEV-302:Идентификатор сообщения {message_id} сформирован двое суток назад или ранее."""

    code = "PP:3"


class AttachmentContentMiscoordination(SmevFault):
    """SMEV-406:Описания вложений не соответствуют переданным вложениям."""

    code = "PP:12"


class AttachmentSizeLimitExceeded(SmevFault):
    """SMEV-407:Превышен допустимый суммарный размер вложений: допустимо {permitted}, передано {real} байт."""

    code = "PP:13"

    def __init__(self, explanation: Explanation, permitted: int, real: int) -> None:
        self.permitted, self.real = permitted, real
        super().__init__(explanation, permitted=permitted, real=real)

    @property
    def fields(self) -> Sequence[tuple[str, str, Mapping[str, str]]]:
        return (
            ("PermittedTotalAttachmentSize", str(self.permitted), {}),
            ("RealTotalAttachmentSize", str(self.real), {}),
        )


class QuoteLimitExceeded(SmevFault):
    """SMEV-408:Превышена квота хранилища вложений: осталось {remained}, передано {real} байт."""

    code = "PP:14"

    def __init__(self, explanation: Explanation, remained: int, real: int) -> None:
        self.remained, self.real = remained, real
        super().__init__(explanation, remained=remained, real=real)

    @property
    def fields(self) -> Sequence[tuple[str, str, Mapping[str, str]]]:
        return (
            ("RemainedTotalQuoteSize", str(self.remained), {}),
            ("RealTotalAttachmentSize", str(self.real), {}),
        )


class AccessDenied(SmevFault):
    """SMEV-200:Отправителю {mnemonic} не разрешена отправка сообщений вида {message_type}."""

    code = "PP:20"
    law_code = ""

    @classmethod
    def by_law(cls, explanation: Explanation, rule: str, text: str) -> "AccessDenied":
        """A refusal of this sandbox: `rule` of 210-FZ ("L-7-1-2") stands in its code, `text` says what it wants."""
        fault = cls(explanation, mnemonic="", message_type="")
        fault.law_code = f"MOCK-210FZ:{rule}"
        fault.description = f"{fault.law_code}: {text}"
        return fault

    @property
    def full_code(self) -> str:
        return self.law_code or super().full_code

    @property
    def full_asynchronous_code(self) -> str:
        return self.law_code or super().full_asynchronous_code


class PersonalAccessDenied(SmevFault):
    """SMEV-201:Доступ по личному сертификату не разрешён."""

    code = "PP:21"


class SenderIsNotRegistered(SmevFault):
    """SMEV-202:Отправитель сообщения не зарегистрирован в СМЭВ."""

    code = "SPS:10"


class RecipientIsNotFound(SmevFault):
    """SMEV-203:Получатель сообщения не найден."""

    code = "PP:22"


class IncorrectResponseContentType(SmevFault):
    """SMEV-409:Содержимое ответа {message_type} не является ответом на направленный запрос."""

    code = "PP:16"


class DestinationOverflow(SmevFault):
    """SMEV-600:Очередь, в которую должно быть отправлено сообщение, переполнена."""

    code = "PP:15"

    def __init__(self, explanation: Explanation, destination: str) -> None:
        self.destination = destination
        super().__init__(explanation)

    @property
    def fields(self) -> Sequence[tuple[str, str, Mapping[str, str]]]:
        # MessageBrokerAddress is "unknown" in the real message that was seen.
        return (("MessageBrokerAddress", "unknown", {}), ("DestinationName", self.destination, {}))


class TargetMessageIsNotFound(SmevFault):
    """SMEV-501:Сообщение {message_id} не найдено среди неподтверждённых."""

    code = "DAS:4"


class RequestIsNotFound(SmevFault):
    """SMEV-500:Запрос не найден."""

    code = "DAS:3"


class EndOfLifeReached(SmevFault):
    """SMEV-303:Истёк срок жизни сообщения {message_id}."""

    code = "PP:4"


class SMEVFailure(SmevFault):
    """SMEV-1:Внутренняя ошибка СМЭВ. Повторите отправку сообщения с тем же идентификатором."""

    code = "CORE:1"


class SoapFault(Exception):
    """A call that is no call of message-exchange at all: answered by a plain SOAP 1.1 fault without detail."""

    faultcode: ClassVar[str] = "soap:Client"

    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation
        super().__init__(str(explanation))


class VersionMismatch(SoapFault):
    """The envelope is not of SOAP 1.1 (SOAP 1.1, section 4.4.1)."""

    faultcode = "soap:VersionMismatch"


DECLARED: Final[Mapping[str, frozenset[type[SmevFault]]]] = {
    "SendRequest": frozenset(
        {
            BusinessDataTypeIsNotSupported, TransactionCodeInvalid, SignatureVerificationFault, InvalidContent,
            AttachmentContentMiscoordination, AttachmentSizeLimitExceeded, QuoteLimitExceeded, AccessDenied,
            SenderIsNotRegistered, RecipientIsNotFound, DestinationOverflow, SMEVFailure, MessageIsAlreadySent,
            InvalidMessageIdFormat, StaleMessageId, EndOfLifeReached,
        }
    ),
    "SendResponse": frozenset(
        {
            BusinessDataTypeIsNotSupported, SignatureVerificationFault, SMEVFailure, InvalidContent,
            AttachmentContentMiscoordination, AttachmentSizeLimitExceeded, QuoteLimitExceeded,
            IncorrectResponseContentType, SenderIsNotRegistered, RecipientIsNotFound, DestinationOverflow,
            MessageIsAlreadySent, InvalidMessageIdFormat, StaleMessageId,
        }
    ),
    **{
        name: frozenset(
            {InvalidContent, SignatureVerificationFault, SenderIsNotRegistered, UnknownMessageType, SMEVFailure}
        )
        for name in ("GetRequest", "GetResponse", "GetStatus")
    },
    "Ack": frozenset(
        {InvalidContent, SignatureVerificationFault, SenderIsNotRegistered, SMEVFailure, TargetMessageIsNotFound}
    ),
    "GetIncomingQueueStatistics": frozenset(
        {InvalidContent, SignatureVerificationFault, SenderIsNotRegistered, SMEVFailure}
    ),
}  # fmt: skip
"""Faults that the WSDLs declare per operation (1.3 adds PersonalAccessDenied to SendRequest)."""
