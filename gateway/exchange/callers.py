"""Who calls: by address, by header, or by the certificate in the signature; registered on sight when that is open."""

import logging
from typing import Final

from sqlalchemy import Connection

from gateway.domain.clock import Clock
from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.domain.likeness import nearest
from gateway.domain.participants import InvalidMnemonic, Participant, Participants, Registration, checked_mnemonic
from gateway.exchange.gate import Gate
from gateway.protocol.faults import Explanation, SenderIsNotRegistered
from gateway.signature.certificates import MetCertificate, certificate_in, subject_name
from gateway.storage import journal, registry
from gateway.storage.database import Database
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)


class Callers:
    """Finds the participant behind a call. In signature mode `off` nothing proves it; the address wins."""

    def __init__(self, participants: Participants, registration: Registration, store: Database, clock: Clock) -> None:
        self._participants, self._registration = participants, registration
        self._store, self._clock = store, clock
        self.door: Final = Gate()
        """What a call passes while it is performed, from before its caller is identified."""

    async def identify(self, mnemonic: str | None, caller_signature: bytes | None) -> Participant:
        """Return who calls.

        Raises: SenderIsNotRegistered, StoreError.
        """
        if mnemonic is not None:
            known = self._participants.by_mnemonic.get(mnemonic)
            return known or await self._register(_new_by_name(mnemonic))
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


def _new_by_name(mnemonic: str) -> Participant:
    try:
        return Participant(checked_mnemonic(mnemonic), mnemonic)
    except InvalidMnemonic as error:
        expected = say("мнемоника участника", "the mnemonic of a participant")
        raise SenderIsNotRegistered(Explanation("caller", expected, repr(mnemonic[:60]), advice=str(error))) from error


def _new_by_certificate(certificate: MetCertificate) -> Participant:
    mnemonic = f"CERT-{certificate.fingerprint[:12].upper()}"
    return Participant(mnemonic, subject_name(certificate) or mnemonic, certificate=certificate.fingerprint)
