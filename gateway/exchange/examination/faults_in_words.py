"""What each fault of message-exchange means to the system that gets it, and what to do."""

from collections.abc import Callable, Mapping
from typing import Final

from gateway.protocol.participant_replies import FaultReceived
from gateway.values import value
from gateway.words import say

Words = Callable[[], tuple[str, str]]


@value
class FaultExplained:
    """A fault as it came, what it means and what to do; `failure` is which of SMEV-100's it is."""

    name: str
    code: str
    description: str
    failure: str
    meaning: str
    advice: str
    detail: str


def explained(fault: FaultReceived) -> FaultExplained:
    """Put a fault into words; one that is none of message-exchange's gets none but its own."""
    words = MEANINGS.get(fault.name) or (_OF_SOAP if not fault.name else None)
    meaning, advice = ("", "") if words is None else words()
    failure = getattr(fault, "failure", "")
    if failure in FAILURES:
        meaning, advice = FAILURES[failure]()
    detail = fault.detail.decode("utf-8", "replace")
    return FaultExplained(fault.name, fault.code, fault.description, failure, meaning, advice, detail)


_OF_SOAP: Final[Words] = lambda: (  # noqa: E731
    say("СМЭВ не прочла вызов как SOAP 1.1", "SMEV could not read the call as SOAP 1.1"),
    say("проверьте конверт, пространство имён и MIME", "check the envelope, its namespace and the MIME package"),
)

FAILURES: Final[Mapping[str, Words]] = {
    "NoSignatureFound": lambda: (
        say("в вызове нет ЭП-ОВ", "the call has no signature"),
        say(
            "подпишите блок, у которого Id, и вложите ds:Signature",
            "sign the block that has the Id, put ds:Signature in",
        ),
    ),
    "IncorrectSignatureTarget": lambda: (
        say("подпись не над тем элементом", "the signature is not over the right element"),
        say("Reference URI должен называть единственный Id", "let the Reference name the one element's Id"),
    ),
    "SignatureIsInvalid": lambda: (
        say("дайджест или подпись не сходятся", "the digest or the signature does not fit"),
        say("отдайте отправленное сообщение mock-smev explain", "give the message that was sent to mock-smev explain"),
    ),
    "CertificateIsNotFound": lambda: (
        say("сертификат СМЭВ неизвестен", "SMEV does not know the certificate"),
        say("mock-smev certs issue или certs import", "mock-smev certs issue, or certs import"),
    ),
    "CertificateIsExpired": lambda: (
        say("сертификат не действует", "the certificate is not in force"),
        say("выпустите новый; срок сверяется с часами шлюза", "have another issued; dates are of the gateway's clock"),
    ),
    "PoorSOAPEnvelopeFormat": lambda: (
        say("подпись построена не так, как ждёт СМЭВ", "the signature is not built as SMEV wants it"),
        say("docs/reference/signatures.md: строение подписи", "docs/reference/signatures.md: the shape"),
    ),
}
"""By the value of SignatureVerificationFault."""

MEANINGS: Final[Mapping[str, Words]] = {
    "InvalidContent": lambda: (
        say("сообщение не соответствует схеме", "the message breaks a schema"),
        say("исправьте по схеме; места названы в тексте отказа", "correct it; the text of the fault names the places"),
    ),
    "SignatureVerificationFault": lambda: (
        say("подпись не принята", "the signature was not taken"),
        say("отдайте отправленное сообщение mock-smev explain", "give the message that was sent to mock-smev explain"),
    ),
    "BusinessDataTypeIsNotSupported": lambda: (
        say("такого вида сведений нет", "there is no such data kind"),
        say(
            "проверьте корень и пространство имён: mock-smev kinds list",
            "check root and namespace: mock-smev kinds list",
        ),
    ),
    "UnknownMessageType": lambda: (
        say("селектор называет неизвестный тип", "the selector names an unknown type"),
        say("назовите корень своего вида сведений или уберите селектор", "name a root of your kind, or no selector"),
    ),
    "TransactionCodeInvalid": lambda: (
        say("код транзакции не годится", "the transaction code is no good"),
        say("передайте код, полученный с запросом", "pass on the code that came with the request"),
    ),
    "MessageIsAlreadySent": lambda: (
        say("сообщение с этим MessageID уже принято", "a message with this MessageID was taken already"),
        say(
            "после потерянного ответа это успех; иначе нужен новый UUID",
            "after a lost reply a success; else a new UUID",
        ),
    ),
    "InvalidMessageIdFormat": lambda: (
        say("MessageID — не UUID версии 1 строчными буквами", "the MessageID is no lower-case UUID of version 1"),
        say("создавайте UUID версии 1 по времени", "make UUIDs of version 1, of the time"),
    ),
    "StaleMessageId": lambda: (
        say("MessageID создан двое суток назад или раньше", "the MessageID was made two days ago or more"),
        say("создавайте его перед отправкой", "make it before sending"),
    ),
    "AttachmentContentMiscoordination": lambda: (
        say("вложения и их заголовки не сходятся", "attachments and their headers do not pair"),
        say("у каждого contentId — одно содержимое", "one content for each contentId"),
    ),
    "AttachmentSizeLimitExceeded": lambda: (
        say("вложения больше допустимого", "the attachments are too large"),
        say("передайте файл по ссылке: FTP или /attachments/", "send the file by reference: FTP or /attachments/"),
    ),
    "QuoteLimitExceeded": lambda: (
        say("место участника для файлов исчерпано", "the participant's room for files is used up"),
        say("дождитесь, пока получатели подтвердят прежние", "wait until recipients acknowledge the former ones"),
    ),
    "AccessDenied": lambda: (
        say("отправителю этого нельзя", "the sender may not do this"),
        say(
            "причину и замену называет mock-smev explain MessageID",
            "mock-smev explain MessageID has why, and what instead",
        ),
    ),
    "PersonalAccessDenied": lambda: (
        say("этому должностному лицу этого нельзя", "this official may not do this"),
        say("подпишите другим лицом", "let another one sign"),
    ),
    "SenderIsNotRegistered": lambda: (
        say("СМЭВ не знает отправителя", "SMEV does not know the sender"),
        say("назовите себя в адресе или подпишите своим ключом", "name yourself in the address, or sign with your key"),
    ),
    "RecipientIsNotFound": lambda: (
        say("получателя нет", "there is no recipient"),
        say("назначьте поставщика: --provide МНЕМОНИКА=вид", "appoint a provider: --provide MNEMONIC=kind"),
    ),
    "IncorrectResponseContentType": lambda: (
        say("ответ — не того вида, что запрос", "the response is of another kind than the request"),
        say("отвечайте корнем, который назван в виде сведений", "answer with the root that the kind names"),
    ),
    "DestinationOverflow": lambda: (
        say("очередь получателя полна", "the recipient's queue is full"),
        say("повторите позже", "try again later"),
    ),
    "TargetMessageIsNotFound": lambda: (
        say("подтверждаемого сообщения нет", "there is no such message to acknowledge"),
        say("Ack называет MessageId полученного сообщения", "Ack names the MessageId of the message that was taken"),
    ),
    "RequestIsNotFound": lambda: (
        say("запроса, на который отвечают, нет", "the request that is answered is not there"),
        say("To ответа — ReplyTo запроса, без изменений", "the response's To is the request's ReplyTo as it is"),
    ),
    "EndOfLifeReached": lambda: (
        say("срок жизни сообщения истёк", "the message's life is over"),
        say("задайте EOL позже и отправьте новое", "set a later EOL, and send anew"),
    ),
    "SMEVFailure": lambda: (
        say("сбой самой СМЭВ", "a failure of SMEV itself"),
        say("повторите с тем же MessageID", "try again with the same MessageID"),
    ),
}
"""By the local name of the fault."""
