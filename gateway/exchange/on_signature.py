"""The checks of a caller's signature (ЭП-ОВ), after which it is known who calls. Their order stands in checks.py."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.exchange.signatures import UNTRUSTED, Signatures, described
from gateway.protocol.faults import Explanation, SenderIsNotRegistered, SignatureVerificationFault
from gateway.protocol.moments import write
from gateway.protocol.operations import Signing
from gateway.protocol.statuses import SignatureFailure
from gateway.signature.certificates import Certificate
from gateway.signature.trust import Standing, State
from gateway.signature.xmldsig import SignatureProblem, Verified
from gateway.words import say
from gateway.xml import path_of

_HOLDER: Final = "CallerInformationSystemSignature"
_CERTIFICATE: Final = f"{_HOLDER}/Signature/KeyInfo/X509Data/X509Certificate"


@dataclass(slots=True)
class Evidence:
    """What a call shows of its caller, and what the checks have found of it so far.

    `named` is whom the address or a header names. `verified` is there when the signature holds, `owner` when it is
    known whose certificate it is; `standing` is what that is worth.
    """

    signing: Signing
    named: str | None
    now: datetime
    verified: Verified | None = None
    standing: Standing | None = None
    owner: str | None = None

    @property
    def certificate(self) -> Certificate:
        """The certificate of the signature, which holds."""
        if self.verified is None:
            raise ValueError("no signature was verified")
        return self.verified.certificate


def signature_is_there(evidence: Evidence, _: Signatures) -> None:
    """The call has a ds:Signature with something in it."""
    if is_signed(evidence.signing):
        return
    raise SignatureVerificationFault(
        Explanation(
            "signature_is_there",
            say(f"ds:Signature в блоке {_HOLDER}", f"a ds:Signature in the block {_HOLDER}"),
            say("подписи нет", "there is no signature"),
            where=path_of(evidence.signing.target),
            advice=say(
                "подпишите этот элемент ключом своей ИС (mock-smev certs issue МНЕМОНИКА) или запустите шлюз "
                "с --signatures lenient",
                "sign this element with the key of your system (mock-smev certs issue MNEMONIC), or start the gateway "
                "with --signatures lenient",
            ),
        ),
        SignatureFailure.NO_SIGNATURE_FOUND,
    )


def is_signed(signing: Signing) -> bool:
    """Tell whether there is a signature; an empty ds:Signature, which the XSD of GetStatus wants, is none."""
    return signing.signature is not None and len(signing.signature) > 0


def signature_holds(evidence: Evidence, signatures: Signatures) -> None:
    """The signature is over the very element that was read of the call, and holds."""
    try:
        evidence.verified = signatures.verified(evidence.signing)
    except SignatureProblem as problem:
        raise SignatureVerificationFault(
            explained("signature_holds", problem), SignatureFailure(problem.failure.value)
        ) from problem


def explained(check: str, problem: SignatureProblem) -> Explanation:
    """Return a problem of a signature as the journal has it."""
    return Explanation(check, problem.expected, problem.found, where=problem.where, advice=problem.advice)


def certificate_is_known(evidence: Evidence, signatures: Signatures) -> None:
    """The certificate was issued by this sandbox, or was brought into it for a participant."""
    certificate = evidence.certificate
    owner, standing = signatures.owner_of(certificate), signatures.standing_of(certificate, evidence.now)
    evidence.standing = standing
    if owner is not None and standing.state not in UNTRUSTED:
        evidence.owner = owner
        return
    raise SignatureVerificationFault(
        Explanation(
            "certificate_is_known",
            say(
                "сертификат, выданный этой песочницей или внесённый в неё",
                "a certificate that this sandbox has issued, or that was brought into it",
            ),
            f"{standing.why}; {described(certificate)}",
            where=_CERTIFICATE,
            advice=say(
                "выпустите сертификат: mock-smev certs issue МНЕМОНИКА, или внесите свой: "
                "mock-smev certs import МНЕМОНИКА ФАЙЛ",
                "have one issued: mock-smev certs issue MNEMONIC, or bring your own in: "
                "mock-smev certs import MNEMONIC FILE",
            ),
        ),
        SignatureFailure.CERTIFICATE_IS_NOT_FOUND,
    )


def certificate_is_in_force(evidence: Evidence, _: Signatures) -> None:
    """The gateway's time is within the life of the certificate, and it has not been revoked."""
    assert evidence.standing is not None  # noqa: S101 - of the check before
    fault = out_of_force(evidence.certificate, evidence.standing, evidence.now)
    if fault is not None:
        raise fault


def out_of_force(certificate: Certificate, standing: Standing, now: datetime) -> SignatureVerificationFault | None:
    """Return the fault of a certificate that is expired, not yet valid or revoked; None of any other.

    The enumeration has one value for all three. Whoever gets it is told by the XSD to get a new certificate, which
    fits all of them; the text of the first was seen, those of the others are ours (UNCONFIRMED).
    """
    if standing.is_valid:
        return None
    since, until = write(certificate.not_before), write(certificate.not_after)
    text = {
        State.EXPIRED: f"Срок действия сертификата ЭП-ОВ истёк. Сертификат действителен до {until}",
        State.NOT_YET_VALID: f"Срок действия сертификата ЭП-ОВ не наступил. Сертификат действителен с {since}",
        State.REVOKED: "Сертификат ЭП-ОВ отозван",
    }.get(standing.state)
    if text is None:
        return None
    explanation = Explanation(
        "certificate_is_in_force",
        say(f"сертификат, действующий {write(now)}", f"a certificate in force at {write(now)}"),
        f"{standing.why}; {described(certificate)}",
        where=_CERTIFICATE,
        advice=say(
            "выпустите новый: mock-smev certs issue МНЕМОНИКА; срок сверяется с часами шлюза",
            "have a new one issued: mock-smev certs issue MNEMONIC; its life is compared with the gateway's clock",
        ),
    )
    return SignatureVerificationFault(explanation, SignatureFailure.CERTIFICATE_IS_EXPIRED, text)


def caller_is_the_owner(evidence: Evidence, _: Signatures) -> None:
    """Whom the address or the header names, if either does, is the owner of the certificate."""
    if evidence.named is None or evidence.named == evidence.owner:
        return
    raise SenderIsNotRegistered(
        Explanation(
            "caller_is_the_owner",
            say(
                f"вызов участника {evidence.named}, названного в адресе или заголовке",
                f"a call of {evidence.named}, whom the address or the header names",
            ),
            say(
                f"подпись участника {evidence.owner}: {described(evidence.certificate)}",
                f"the signature of {evidence.owner}: {described(evidence.certificate)}",
            ),
            where=_HOLDER,
            advice=say(
                "подпишите своим ключом, или вызывайте /smev/v1.2/ws без мнемоники: отправителя назовёт сертификат",
                "sign with your own key, or call /smev/v1.2/ws without a mnemonic: the certificate names the sender",
            ),
        )
    )
