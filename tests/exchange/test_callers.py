"""Who calls: by name or by certificate; a stranger registers itself, or is told how to be let in."""

import asyncio
import base64
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.domain.clock import ManualClock
from gateway.domain.journal import JournalEvent
from gateway.domain.participants import Participant, Participants, Registration
from gateway.exchange.callers import Callers
from gateway.protocol.faults import SenderIsNotRegistered
from gateway.storage import journal, registry
from gateway.storage.database import Database
from tests.exchange.participants import START


def callers(store: Database, registration: Registration = Registration.OPEN) -> Callers:
    known = Participants.of([Participant("CITY", "Администрация", certificate="ab" * 32)])
    return Callers(known, registration, store, ManualClock(START))


def signature_of(name: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    der = base64.encodebytes(certificate.public_bytes(serialization.Encoding.DER))
    return b"<ds:Signature><ds:X509Certificate>\r\n" + der + b"</ds:X509Certificate></ds:Signature>"


async def test_a_known_participant_is_found_by_name(store: Database) -> None:
    assert (await callers(store).identify("CITY", None)).name == "Администрация"
    assert store.run_now(journal.read) == []


async def test_a_stranger_registers_itself_by_calling(store: Database) -> None:
    gateway = callers(store)
    first = await gateway.identify("STRANGER", None)
    assert await gateway.identify("STRANGER", signature_of("кто угодно")) is first  # the name wins
    assert store.run_now(registry.participants) == [first]
    [entry] = store.run_now(journal.read)
    assert (entry.entry.event, entry.entry.participant) == (JournalEvent.REGISTERED, "STRANGER")


async def test_a_stranger_that_calls_many_times_at_once_registers_once(store: Database) -> None:
    gateway = callers(store)
    found = await asyncio.gather(*(gateway.identify("STRANGER", None) for _ in range(20)))
    assert {participant.mnemonic for participant in found} == {"STRANGER"}
    assert len(store.run_now(journal.read)) == 1


async def test_a_certificate_names_its_owner(store: Database) -> None:
    gateway = callers(store)
    signature = signature_of("ООО «Ромашка»")
    first = await gateway.identify(None, signature)
    assert first.name == "ООО «Ромашка»"
    assert first.mnemonic.startswith("CERT-")
    assert await gateway.identify(None, signature.replace(b"\r\n", b"")) is first
    assert (await gateway.identify(None, signature_of("другая"))).mnemonic != first.mnemonic


@pytest.mark.parametrize("signature", [None, b"<ds:Signature/>", b"<X509Certificate>?</X509Certificate>"])
async def test_who_names_nobody_is_told_three_ways(store: Database, signature: bytes | None) -> None:
    with pytest.raises(SenderIsNotRegistered) as caught:
        await callers(store).identify(None, signature)
    for way in ("/as/МНЕМОНИКА/", "X-Smev-Mnemonic", "сертификат"):
        assert way in caught.value.explanation.advice


@pytest.mark.parametrize("mnemonic", ["", "-A", "A/B", "Ё", "A" * 51, "A\n"])
async def test_a_name_that_cannot_be_a_mnemonic_is_refused(store: Database, mnemonic: str) -> None:
    with pytest.raises(SenderIsNotRegistered) as caught:
        await callers(store).identify(mnemonic, None)
    assert "мнемоника" in caught.value.explanation.expected
    assert store.run_now(registry.participants) == []


async def test_a_closed_gateway_lets_in_whom_it_knows(store: Database) -> None:
    gateway = callers(store, Registration.CLOSED)
    assert (await gateway.identify("CITY", None)).mnemonic == "CITY"
    with pytest.raises(SenderIsNotRegistered) as caught:
        await gateway.identify("CITI", None)
    assert "CITY" in caught.value.explanation.expected
    assert caught.value.explanation.nearest == "CITY"
    assert "--participant" in caught.value.explanation.advice
    assert store.run_now(registry.participants) == []
