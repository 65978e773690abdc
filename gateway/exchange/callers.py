"""Who calls: by its signature, by address or by header; registered on sight when that is open.

In mode `strict` the certificate of a signature that holds decides. In `lenient` the address wins, and what is wrong
with a signature is found and let pass; in `off` it is not even looked at.
"""

import logging
from typing import Final

from sqlalchemy import Connection

from gateway.domain.clock import Clock
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.domain.likeness import nearest
from gateway.domain.participants import InvalidMnemonic, Participant, Participants, Registration, checked_mnemonic
from gateway.domain.signature_mode import SignatureMode
from gateway.exchange.checks import ON_SIGNATURE
from gateway.exchange.gate import Gate
from gateway.exchange.on_signature import Evidence, is_signed
from gateway.exchange.signatures import Finding, Signatures, escaping_noted, finding_of
from gateway.protocol.faults import Explanation, SenderIsNotRegistered, SmevFault
from gateway.protocol.operations import Call
from gateway.signature.certificates import MetCertificate, certificate_in, subject_name
from gateway.storage import journal, registry
from gateway.storage.database import Database
from gateway.values import value
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)


@value
class Caller:
    """A participant, the envelope that it sent, as it came, and what is wrong with its signature and was let pass."""

    participant: Participant
    envelope: bytes
    findings: tuple[Finding, ...] = ()


class Callers:
    """Finds the participant behind a call."""

    def __init__(
        self,
        participants: Participants,
        registration: Registration,
        store: Database,
        clock: Clock,
        signatures: Signatures | None = None,
    ) -> None:
        """Without `signatures` they are off."""
        self._participants, self._registration = participants, registration
        self._store, self._clock = store, clock
        self._signatures = signatures or Signatures(SignatureMode.OFF, None, participants)
        self.door: Final = Gate()
        """What a call passes while it is performed, from before its caller is identified."""

    async def recognise(self, call: Call, named: str | None, envelope: bytes) -> Caller:
        """Return who makes `call`; `named` is whom the address or a header names.

        Raises: SignatureVerificationFault, SenderIsNotRegistered, StoreError.
        """
        strict, signing = self._signatures.mode is SignatureMode.STRICT, call.signing
        looks = strict or (
            self._signatures.mode is SignatureMode.LENIENT and signing is not None and is_signed(signing)
        )
        if signing is None or not looks:
            return Caller(await self.identify(named, call.caller_signature), envelope)
        evidence = Evidence(signing, named, self._clock.now())
        findings = self._examined(evidence)
        by_certificate = evidence.owner is not None and (strict or named is None)
        if by_certificate:
            return Caller(await self._owner(evidence), envelope, findings)
        return Caller(await self.identify(named, call.caller_signature), envelope, findings)

    def _examined(self, evidence: Evidence) -> tuple[Finding, ...]:
        """Run the checks of the signature; return what is wrong where that is let pass."""
        for check in ON_SIGNATURE:
            try:
                check(evidence, self._signatures)
            except SmevFault as fault:
                if self._signatures.mode is SignatureMode.STRICT:
                    raise
                return (finding_of(fault),)
        note = None if evidence.verified is None else escaping_noted(evidence.verified)
        return () if note is None else (note,)

    async def _owner(self, evidence: Evidence) -> Participant:
        owner = evidence.owner or ""
        known = self._participants.by_mnemonic.get(owner)
        return known or await self._register(Participant(owner, evidence.certificate.subject_name or owner))

    async def identify(self, mnemonic: str | None, caller_signature: bytes | None) -> Participant:
        """Return who calls, taken at its word.

        Raises: SenderIsNotRegistered, StoreError.
        """
        if mnemonic is not None:
            known = self._participants.by_mnemonic.get(mnemonic)
            return known or await self._register(new_by_name(mnemonic))
        certificate = None if caller_signature is None else certificate_in(caller_signature)
        if certificate is None:
            raise SenderIsNotRegistered(
                Explanation(
                    "caller",
                    say("вызов, который называет отправителя", "a call that names its sender"),
                    say("ни адреса, ни заголовка, ни сертификата", "neither address nor header nor certificate"),
                    advice=say(
                        "назовите отправителя одним из трёх способов: адрес /as/МНЕМОНИКА/smev/v1.2/ws, "
                        "заголовок HTTP X-Smev-Mnemonic, сертификат в CallerInformationSystemSignature",
                        "name the sender in one of three ways: the address /as/MNEMONIC/smev/v1.2/ws, "
                        "the HTTP header X-Smev-Mnemonic, the certificate in CallerInformationSystemSignature",
                    ),
                )
            )
        known = self._participants.with_certificate(certificate.fingerprint)
        return known or await self._register(_new_by_certificate(certificate))

    async def _register(self, participant: Participant) -> Participant:
        if self._registration is Registration.CLOSED:
            known = ", ".join(sorted(self._participants.by_mnemonic)) or say("их нет", "there are none")
            raise SenderIsNotRegistered(
                Explanation(
                    "caller",
                    say(f"один из участников: {known}", f"one of the participants: {known}"),
                    participant.mnemonic,
                    nearest=nearest(participant.mnemonic, self._participants.by_mnemonic),
                    advice=say(
                        "добавьте участника в топологию или --participant, либо запустите с --registration open",
                        "add the participant to the topology or to --participant, or start with --registration open",
                    ),
                )
            )
        now = self._clock.now()

        def keep(connection: Connection) -> None:
            if registry.register(connection, participant, now):
                entry = JournalEntry(now, JournalEvent.REGISTERED, participant=participant.mnemonic)
                journal.append(connection, [entry])

        await self._store.run(keep)
        self._participants.add(participant)
        _LOG.info("registered participant %s (%s)", participant.mnemonic, participant.name)
        return participant


def new_by_name(mnemonic: str) -> Participant:
    """Return a participant of whom nothing but the mnemonic is known.

    Raises: SenderIsNotRegistered for what can be nobody's.
    """
    try:
        return Participant(checked_mnemonic(mnemonic), mnemonic)
    except InvalidMnemonic as error:
        expected = say("мнемоника участника", "the mnemonic of a participant")
        raise SenderIsNotRegistered(Explanation("caller", expected, repr(mnemonic[:60]), advice=str(error))) from error


def _new_by_certificate(certificate: MetCertificate) -> Participant:
    mnemonic = f"CERT-{certificate.fingerprint[:12].upper()}"
    return Participant(mnemonic, subject_name(certificate) or mnemonic, certificate=certificate.fingerprint)
