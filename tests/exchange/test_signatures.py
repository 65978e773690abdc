"""Signed conversations: in mode `strict` whoever signs is who calls; what does not hold is refused with its reason."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import pytest

from gateway.domain.journal import JournalEntry, JournalEvent
from gateway.domain.signature_mode import SignatureMode
from gateway.keyring import Keyring, Special
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol import participant_calls, participant_replies
from gateway.protocol.messages import AttachmentHeader
from gateway.protocol.participant_calls import Sign
from gateway.protocol.participant_replies import Signed
from gateway.signature import cms, xmldsig
from gateway.signature.authority import Validity
from gateway.signature.keys import Signer
from gateway.xml import Element, parse, source
from tests.conversation import CROSS_VERSIONS, VERSIONS, swap
from tests.exchange.participants import IN_MEMORY, INCOMES, INN, INSTANT, START, Sandbox, Speaker, example

SCAN: Final = b"%PDF-1.4 scan"
STRANGERS: Final = Keyring.in_memory(b"another authority")
FAULT: Final = "SignatureVerificationFault"
CALLS: Final = ("SendRequest", "SendResponse", "GetRequest", "GetResponse", "GetStatus", "Ack")


@pytest.fixture
def strict() -> Iterator[Sandbox]:
    with closing(Sandbox(IN_MEMORY, signatures=SignatureMode.STRICT)) as sandbox:
        yield sandbox


@pytest.fixture
def lenient() -> Iterator[Sandbox]:
    with closing(Sandbox(IN_MEMORY, signatures=SignatureMode.LENIENT)) as sandbox:
        yield sandbox


def keyring(smev: Sandbox) -> Keyring:
    assert smev.keyring is not None
    return smev.keyring


def signed_by(signer: Signer) -> Sign:
    return lambda element, identifier: xmldsig.sign(parse(element), identifier, signer)


def assert_signed(signed: Signed | None, signer: Signer) -> None:
    """The signature is there, holds over the element, and is that of `signer`."""
    assert signed is not None
    assert signed.signature is not None
    assert xmldsig.verify(signed.signature, signed.target).certificate == signer.certificate


@dataclass(frozen=True)
class Heard:
    """The replies that a speaker got, by operation."""

    replies: dict[str, Element]


def listening(speaker: Speaker) -> tuple[Speaker, dict[str, Element]]:
    """The same speaker, and where its last reply to each operation is kept."""
    heard: dict[str, Element] = {}

    @dataclass(frozen=True, slots=True)
    class Listening(Speaker):
        async def call(self, operation: str, envelope: bytes, parts: tuple[tuple[str, bytes], ...] = ()) -> Element:
            heard[operation] = await Speaker.call(self, operation, envelope, parts)
            return heard[operation]

    return Listening(speaker.sandbox, speaker.mnemonic, speaker.smev, speaker.ids, speaker.sign), heard


# --- who signs is heard ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_consumer_signs_and_sends_the_provider_takes_and_answers(strict: Sandbox, version: str) -> None:
    city, heard = listening(strict.speaker("CITY", version))
    fns, heard_by_fns = listening(strict.speaker("FNS", version))
    own = keyring(strict)
    sent = await city.sends(INN)
    assert_signed(participant_replies.signed_by_smev(heard["SendRequest"]), own.smev)
    request = await fns.takes()
    assert request is not None
    assert (request.message_id, request.metadata.sender) == (sent.message_id, "CITY")
    assert_signed(participant_replies.signed_by_smev(heard_by_fns["GetRequest"]), own.smev)
    assert_signed(participant_replies.signed_by_sender(request), own.signer_of("CITY"))
    await fns.acks(request)
    await fns.answers(request)
    assert_signed(participant_replies.signed_by_smev(heard_by_fns["SendResponse"]), own.smev)
    response = await city.takes_response()
    assert response is not None
    assert_signed(participant_replies.signed_by_smev(heard["GetResponse"]), own.smev)
    assert_signed(participant_replies.signed_by_sender(response), own.signer_of("FNS"))
    await city.acks(response)
    assert await city.takes_response() is None
    assert await fns.takes_status() is None
    assert {name for name, reply in heard.items() if participant_replies.signed_by_smev(reply)} == {"SendRequest"}, (
        "an empty queue and an acknowledgement are not signed"
    )


@pytest.mark.parametrize("version", VERSIONS)
async def test_smev_signs_what_it_writes_itself(strict: Sandbox, version: str) -> None:
    city, heard = listening(strict.speaker("CITY", version))
    fns, heard_by_fns = listening(strict.speaker("FNS", version))
    own = keyring(strict)
    await city.sends(example(INN).replace('ДатаРожд="1967-03-10"'.encode(), 'ДатаРожд="вчера"'.encode()))
    rejected = await city.takes_response()
    assert rejected is not None
    assert rejected.async_status is not None
    assert_signed(participant_replies.signed_by_smev(heard["GetResponse"]), own.smev)
    assert participant_replies.signed_by_sender(rejected).signature is None, "absent in messages of 2026 (spec §5)"
    await city.sends(INN)
    request = await fns.takes()
    await fns.answers(request, example(INN, "response").replace(b"379945132320", b"not an INN"))
    assert await fns.takes_status() is not None
    assert_signed(participant_replies.signed_by_smev(heard_by_fns["GetStatus"]), own.smev)


async def test_queues_are_counted_for_who_signs(strict: Sandbox) -> None:
    await strict.speaker("CITY", "1.1").sends(INN)
    fns = strict.speaker("FNS", "1.1")
    assert sum((await fns.counts_its_queues()).values()) == 1
    with strict.refuses(FAULT):
        await replace(fns, sign=None).counts_its_queues()


@pytest.mark.parametrize(("sent_by", "read_by"), CROSS_VERSIONS)
async def test_in_another_version_only_smev_vouches(strict: Sandbox, sent_by: str, read_by: str) -> None:
    fns, heard = listening(strict.speaker("FNS", read_by))
    await strict.speaker("CITY", sent_by).sends(INN)
    request = await fns.takes()
    assert request is not None
    assert participant_replies.signed_by_sender(request).signature is None
    assert_signed(participant_replies.signed_by_smev(heard["GetRequest"]), keyring(strict).smev)


@pytest.mark.parametrize("named", [True, False], ids=["at its address", "at the plain address"])
async def test_the_certificate_says_who_calls(strict: Sandbox, named: bool) -> None:
    await replace(strict.speaker("CITY"), named=named).sends(INN)
    request = await replace(strict.speaker("FNS"), named=named).takes()
    assert request is not None
    assert request.metadata.sender == "CITY"


async def test_a_certificate_of_anybody_can_be_brought_in(strict: Sandbox) -> None:
    stranger = STRANGERS.signer_of("CITY")
    city = replace(strict.speaker("CITY"), sign=signed_by(stranger), named=False)
    with strict.refuses(FAULT, "certificate_is_known"):
        await city.sends(INN)
    known = strict.participants.by_mnemonic["CITY"]
    strict.participants.add(replace(known, certificate=stranger.certificate.fingerprint))
    await city.sends(INN)
    strict.participants.add(known)
    keyring(strict).bind("CITY", stranger.certificate)
    await city.sends(INN)


# --- what is wrong is refused ----------------------------------------------------------------------------------------


async def calls(speaker: Speaker, operation: str) -> None:
    """Make one call of the operation, of whatever content."""
    match operation:
        case "SendRequest":
            await speaker.sends(INN)
        case "SendResponse":
            await speaker.answers("nobody gave this", example(INN, "response"))
        case "GetRequest":
            await speaker.takes()
        case "GetResponse":
            await speaker.takes_response()
        case "GetStatus":
            await speaker.takes_status()
        case _:
            await speaker.acks(speaker.new_id())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("operation", CALLS)
async def test_whoever_does_not_sign_is_refused(strict: Sandbox, operation: str, version: str) -> None:
    with strict.refuses(FAULT, "signature_is_there") as refusal:
        await calls(replace(strict.speaker("CITY", version), sign=None), operation)
    assert refusal.fault is not None
    assert refusal.fault.failure == "NoSignatureFound"
    assert refusal.fault.code.endswith(" : TR:SYNC:SPS:1")
    assert refusal.fault.description == "SMEV-100:Отсутствует ЭП-ОВ"
    assert "--signatures" in refusal.explanation.advice


def _changed(signature: bytes, what: str) -> bytes:
    pattern = re.compile(rf"(<ds:{what}>)([A-Za-z0-9+/])".encode())
    assert pattern.search(signature)
    return pattern.sub(lambda found: found[1] + (b"B" if found[2] == b"A" else b"A"), signature, count=1)


@pytest.mark.parametrize("what", ["SignatureValue", "DigestValue"])
@pytest.mark.parametrize("operation", CALLS)
async def test_a_signature_that_does_not_hold_is_refused(strict: Sandbox, operation: str, what: str) -> None:
    city = strict.speaker("CITY")
    sign = strict.signatures.sign_as("CITY")
    with strict.refuses(FAULT, "signature_holds") as refusal:
        await calls(replace(city, sign=lambda element, name: _changed(sign(element, name), what)), operation)
    assert refusal.fault is not None
    assert refusal.fault.failure == "SignatureIsInvalid"
    assert refusal.fault.code.endswith("SPS:3")


async def test_the_signature_has_to_be_over_what_is_read(strict: Sandbox) -> None:
    city, sign = strict.speaker("CITY"), strict.signatures.sign_as("CITY")
    with strict.refuses(FAULT, "signature_holds") as refusal:
        await replace(city, sign=lambda element, _: sign(element, "ANOTHER")).sends(INN)
    assert refusal.fault is not None
    assert refusal.fault.failure == "IncorrectSignatureTarget"


async def test_what_was_signed_cannot_be_moved_aside(strict: Sandbox) -> None:
    """The signed block still stands in the message, with its Id, and another one where it is read."""
    city, smev = strict.speaker("CITY"), SMEV3_VERSIONS["1.2"]
    envelope, _ = participant_calls.send_request(smev, city.new_id(), example(INN), sign=city.sign)
    data = envelope[envelope.index(b"<ns2:SenderProvidedRequestData") : envelope.index(b"<ns2:CallerInf")]
    forged = swap(data, b"1967-03-10", b"1968-03-10")
    for other in (forged, swap(forged, b"SIGNED_BY_CONSUMER", b"FORGED")):
        moved = swap(
            swap(envelope, data, other), b"<soap:Body>", b"<soap:Header>" + data + b"</soap:Header><soap:Body>"
        )
        with strict.refuses(FAULT, "signature_holds"):
            await city.call("SendRequest", moved)
        doubled = swap(envelope, data, other + data)
        with strict.refuses(FAULT, "signature_holds"):
            await city.call("SendRequest", doubled)


async def test_a_signature_of_an_earlier_call_does_not_sign_another(strict: Sandbox) -> None:
    city, kept = strict.speaker("CITY"), []

    def first(element: bytes, identifier: str) -> bytes:
        assert city.sign is not None
        kept.append(city.sign(element, identifier))
        return kept[0]

    await replace(city, sign=first).sends(INN)
    with strict.refuses(FAULT, "signature_holds"):
        await replace(city, sign=first).sends(INN)


@pytest.mark.parametrize(
    ("special", "words"),
    [
        (Special.EXPIRED, "Срок действия сертификата ЭП-ОВ истёк. Сертификат действителен до 1991-01-01"),
        (Special.NOT_YET_VALID, "Срок действия сертификата ЭП-ОВ не наступил. Сертификат действителен с 2099-01-01"),
        (Special.REVOKED, "Сертификат ЭП-ОВ отозван"),
    ],
)
async def test_a_certificate_has_to_be_in_force(strict: Sandbox, special: Special, words: str) -> None:
    signer = keyring(strict).special("CITY", special)
    with strict.refuses(FAULT, "certificate_is_in_force") as refusal:
        await replace(strict.speaker("CITY"), sign=signed_by(signer)).sends(INN)
    assert refusal.fault is not None
    assert (refusal.fault.failure, refusal.fault.code[-5:]) == ("CertificateIsExpired", "SPS:4")
    assert refusal.fault.description.startswith(f"SMEV-100:{words}")


async def test_a_certificate_is_judged_by_the_gateways_clock(strict: Sandbox) -> None:
    day = timedelta(days=1)
    signer = keyring(strict).issue("CITY", validity=Validity(START + day, START + 2 * day))
    city = replace(strict.speaker("CITY"), sign=signed_by(signer))
    with strict.refuses(FAULT, "certificate_is_in_force"):
        await city.takes_response()
    strict.clock.advance(day)
    assert await city.takes_response() is None
    strict.clock.advance(day + INSTANT)
    with strict.refuses(FAULT, "certificate_is_in_force"):
        await city.takes_response()


async def test_a_certificate_that_is_revoked_signs_no_more(strict: Sandbox) -> None:
    await strict.speaker("CITY").sends(INN)
    keyring(strict).revoke("CITY", START)
    with strict.refuses(FAULT, "certificate_is_in_force"):
        await strict.speaker("CITY").sends(INN)


async def test_a_certificate_of_another_authority_is_not_found(strict: Sandbox) -> None:
    stranger = STRANGERS.signer_of("CITY")
    with strict.refuses(FAULT, "certificate_is_known") as refusal:
        await replace(strict.speaker("CITY"), sign=signed_by(stranger)).sends(INN)
    assert refusal.fault is not None
    assert (refusal.fault.failure, refusal.fault.code[-5:]) == ("CertificateIsNotFound", "SPS:5")
    assert "certs import" in refusal.explanation.advice


async def test_nobody_calls_in_the_name_of_another(strict: Sandbox) -> None:
    town = strict.signatures.sign_as("TOWN")
    with strict.refuses("SenderIsNotRegistered", "caller_is_the_owner") as refusal:
        await replace(strict.speaker("CITY"), sign=town).sends(INN)
    assert "CITY" in refusal.explanation.expected
    assert "TOWN" in refusal.explanation.found


async def test_a_closed_gateway_does_not_know_a_new_owner(strict: Sandbox) -> None:
    newcomer = strict.signatures.sign_as("NEWCOMER")
    with strict.refuses("SenderIsNotRegistered"):
        await replace(strict.speaker("CITY"), sign=newcomer, named=False).sends(INN)


# --- people and files ------------------------------------------------------------------------------------------------

CONTENT: Final = example(INCOMES)
"""Its root has the Id that a personal signature names."""


async def rejection(smev: Sandbox) -> tuple[str, JournalEntry]:
    """What CITY is told asynchronously, and the journal's line about it."""
    response = await smev.speaker("CITY").takes_response()
    assert response is not None
    assert response.async_status is not None
    return response.async_status.details, next(
        entry for entry in smev.journal(response.original_message_id) if entry.event is JournalEvent.REJECTED
    )


def with_file(signature: bytes | None) -> list[tuple[AttachmentHeader, bytes]]:
    return [(AttachmentHeader("scan.pdf", "application/pdf", signature), SCAN)]


async def test_the_signature_of_a_file_holds(strict: Sandbox) -> None:
    signer = keyring(strict).signer_of("CITY")
    for signature in (cms.sign(SCAN, signer, START), cms.sign(SCAN, signer, START, detached=False), None):
        await strict.speaker("CITY").sends(INN, attachments=with_file(signature))
    assert len([entry for entry in strict.journal() if entry.event is JournalEvent.ACCEPTED]) == 3


async def test_a_file_that_was_changed_is_rejected_later(strict: Sandbox) -> None:
    signature = cms.sign(SCAN + b"!", keyring(strict).signer_of("CITY"), START)
    await strict.speaker("CITY").sends(INN, attachments=with_file(signature))
    details, entry = await rejection(strict)
    assert details == "MEV-100:Проверка подписи на вложении scan.pdf: Подпись не прошла проверку по сертификату."
    assert entry.fault == FAULT
    assert entry.explanation is not None
    assert entry.explanation.where == "AttachmentHeaderList/AttachmentHeader[1]/SignaturePKCS7"


async def test_bytes_that_are_no_signature_of_a_file_are_rejected_later(strict: Sandbox) -> None:
    await strict.speaker("CITY").sends(INN, attachments=with_file(b"\x30\x03\x02\x01\x01"))
    assert (await rejection(strict))[1].fault == FAULT


async def test_a_file_signed_by_an_unknown_certificate_is_rejected_later(strict: Sandbox) -> None:
    stranger = STRANGERS.signer_of("CITY")
    await strict.speaker("CITY").sends(INN, attachments=with_file(cms.sign(SCAN, stranger, START)))
    assert (await rejection(strict))[1].fault == FAULT


async def test_a_content_signed_by_a_person_is_taken(strict: Sandbox) -> None:
    signature = xmldsig.sign(parse(CONTENT), "PERSONAL_SIGNATURE", keyring(strict).signer_of("OPERATOR"))
    await strict.speaker("CITY").sends(CONTENT, personal_signature=signature)
    assert strict.journal()[-1].event is JournalEvent.ACCEPTED


@pytest.mark.parametrize("wrong", ["content", "certificate"])
async def test_a_personal_signature_that_does_not_hold_is_rejected_later(strict: Sandbox, wrong: str) -> None:
    keys = STRANGERS if wrong == "certificate" else keyring(strict)
    signed = CONTENT if wrong == "certificate" else swap(CONTENT, b"5f1c1a52", b"5f1c1a53")
    signature = xmldsig.sign(parse(signed), "PERSONAL_SIGNATURE", keys.signer_of("OPERATOR"))
    await strict.speaker("CITY").sends(CONTENT, personal_signature=signature)
    assert (await rejection(strict))[1].fault == FAULT


# --- lenient, off ----------------------------------------------------------------------------------------------------

Wrong = Callable[[Sandbox], Sign | None]
WRONG: Final[dict[str, Wrong]] = {
    "SignatureIsInvalid": lambda smev: (
        lambda element, name: _changed(smev.signatures.sign_as("CITY")(element, name), "SignatureValue")
    ),
    "IncorrectSignatureTarget": lambda smev: lambda element, _: smev.signatures.sign_as("CITY")(element, "ANOTHER"),
    "CertificateIsNotFound": lambda smev: signed_by(keyring(smev).special("CITY", Special.FOREIGN)),
    "CertificateIsExpired": lambda smev: signed_by(keyring(smev).special("CITY", Special.EXPIRED)),
    "SenderIsNotRegistered": lambda smev: smev.signatures.sign_as("TOWN"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_lenient_writes_down_what_is_wrong_and_takes_it(lenient: Sandbox, what: str) -> None:
    city = replace(lenient.speaker("CITY"), sign=WRONG[what](lenient))
    sent = await city.sends(INN)
    [entry] = [entry for entry in lenient.journal(sent.message_id) if entry.event is JournalEvent.SIGNATURE]
    assert (entry.status, entry.participant, entry.fault) == (what, "CITY", "")
    assert entry.explanation is not None
    assert entry.explanation.advice
    assert await city.takes_response() is None
    assert lenient.journal()[-1].status == what
    request = await lenient.speaker("FNS").takes()
    assert request is not None
    assert participant_replies.signed_by_sender(request).signature is not None


async def test_lenient_says_nothing_of_calls_that_are_not_signed_or_well_signed(lenient: Sandbox) -> None:
    for speaker in (replace(lenient.speaker("CITY"), sign=None), lenient.speaker("CITY")):
        await speaker.sends(INN)
        await speaker.takes_status()
        assert await speaker.takes_response() is None
    assert {entry.event for entry in lenient.journal()} == {JournalEvent.SENT, JournalEvent.ACCEPTED}


async def test_lenient_notes_files_and_persons_whose_signatures_do_not_hold(lenient: Sandbox) -> None:
    own = keyring(lenient).signer_of("CITY")
    personal = xmldsig.sign(parse(swap(CONTENT, b"5f1c1a52", b"5f1c1a53")), "PERSONAL_SIGNATURE", own)
    files = with_file(cms.sign(SCAN + b"!", own, START))
    await lenient.speaker("CITY").sends(CONTENT, personal_signature=personal, attachments=files)
    noted = [entry for entry in lenient.journal() if entry.event is JournalEvent.SIGNATURE]
    assert [entry.explanation and entry.explanation.check for entry in noted] == [
        "personal_signature_holds",
        "attachment_signatures_hold",
    ]
    assert lenient.journal()[-1].event is JournalEvent.ACCEPTED


@pytest.mark.parametrize("version", VERSIONS)
async def test_off_neither_looks_nor_signs(version: str) -> None:
    with closing(Sandbox(IN_MEMORY)) as smev:
        keys = Keyring.in_memory(b"whoever")
        city, heard = listening(smev.speaker("CITY", version))
        sign = signed_by(keys.signer_of("NOBODY"))
        await replace(city, sign=lambda element, _: sign(element, "WRONG")).sends(INN)
        assert await city.takes_response() is None
        assert {entry.event for entry in smev.journal()} == {JournalEvent.SENT, JournalEvent.ACCEPTED}
        request = await smev.speaker("FNS", version).takes()
        assert request is not None
        for reply in (*heard.values(), request.element):
            assert b"SMEVSignature" not in source(reply)
