"""The checks of personal signatures (ЭП-СП) and of signatures of files, on validation. Their order stands in checks.py.

The real SMEV looks at signatures of attachments after the call, asynchronously (spec §5); what it does with a personal
signature that does not hold was not seen: here it is told in the same way (UNCONFIRMED).
"""

from dataclasses import replace

from gateway.domain.signature_mode import SignatureMode
from gateway.exchange.arrival import Arrival, Rules
from gateway.exchange.on_signature import explained, out_of_force
from gateway.exchange.signatures import UNTRUSTED, described, escaping_noted, finding_of
from gateway.exchange.signed_files import VerifiedFile
from gateway.protocol.faults import Explanation, SignatureVerificationFault
from gateway.protocol.operations import SendRequest, SendResponse, Signing
from gateway.protocol.statuses import SignatureFailure
from gateway.signature.certificates import Certificate
from gateway.signature.xmldsig import SignatureProblem
from gateway.words import say


def personal_signature_holds(arrival: Arrival, rules: Rules) -> None:
    """Where the content is signed by a person the signature is over its root and holds, its certificate is in force."""
    data = arrival.call.data if isinstance(arrival.call, SendRequest | SendResponse) else None
    if data is None or data.personal_signature is None or rules.signatures.mode is SignatureMode.OFF:
        return
    if data.primary_content is None:
        return  # a rejection or a status: the XSD has no place for it there
    check = "personal_signature_holds"
    try:
        verified = rules.signatures.verified(Signing(data.primary_content, data.personal_signature))
    except SignatureProblem as problem:
        failure = SignatureFailure(problem.failure.value)
        _refuse(arrival, rules, SignatureVerificationFault(explained(check, problem), failure, _PERSONAL))
        return
    fault = _untrusted(verified.certificate, arrival, rules, check)
    if fault is not None:
        _refuse(arrival, rules, fault)
        return
    note = escaping_noted(verified)
    if note is not None:
        arrival.findings.append(note)


_PERSONAL = "Проверка ЭП-СП: Подпись не прошла проверку по сертификату."


def attachment_signatures_hold(arrival: Arrival, rules: Rules) -> None:
    """The signature of each file that has one holds over its content, its certificate is in force."""
    for file in arrival.files:
        explanation = _wrong_with(file, arrival, rules)
        if explanation is not None:
            _refuse(arrival, rules, SignatureVerificationFault.of_attachment(explanation, file.name))


def _wrong_with(file: VerifiedFile, arrival: Arrival, rules: Rules) -> Explanation | None:
    check = "attachment_signatures_hold"
    if file.problem is not None:
        problem = file.problem
        return Explanation(check, problem.expected, problem.found, where=file.where, advice=problem.advice)
    assert file.certificate is not None  # noqa: S101 - one of the two is there
    fault = _untrusted(file.certificate, arrival, rules, check)
    return None if fault is None else replace(fault.explanation, where=file.where)


def _untrusted(
    certificate: Certificate, arrival: Arrival, rules: Rules, check: str
) -> SignatureVerificationFault | None:
    """Return the fault of a certificate that is not to be trusted now; whose it is makes no difference here."""
    standing = rules.signatures.standing_of(certificate, arrival.now)
    if standing.state not in UNTRUSTED:
        return out_of_force(certificate, standing, arrival.now)
    explanation = Explanation(
        check,
        say("сертификат, которому доверяет эта песочница", "a certificate that this sandbox trusts"),
        f"{standing.why}; {described(certificate)}",
        where="X509Certificate",
        advice=say(
            "внесите сертификат: mock-smev certs import МНЕМОНИКА ФАЙЛ",
            "bring the certificate in: mock-smev certs import MNEMONIC FILE",
        ),
    )
    return SignatureVerificationFault(explanation, SignatureFailure.CERTIFICATE_IS_NOT_FOUND)


def _refuse(arrival: Arrival, rules: Rules, fault: SignatureVerificationFault) -> None:
    if rules.signatures.mode is SignatureMode.STRICT:
        raise fault
    arrival.findings.append(finding_of(fault))
