"""Calls to a strict gateway whose signatures are damaged, one a row: each is refused by SMEV-100 with its reason."""

import base64
import re
from collections.abc import Callable
from typing import Final

import pytest
from asn1crypto import core

from gateway import ns
from gateway.app import Gateway
from gateway.domain.signature_mode import SignatureMode
from gateway.keyring import Keyring
from gateway.protocol import participant_calls
from gateway.protocol.participant_calls import Outgoing, Sign
from gateway.signature import asn1, gost, xmldsig
from gateway.signature.algorithms import GOST2012_256
from gateway.signature.certificates import Certificate
from gateway.signature.gost import CURVES
from gateway.signature.keys import Signer
from gateway.signature.transform import exclusive_c14n
from gateway.xml import parse
from tests.acceptance.bad_input import BadInput, assert_refused
from tests.acceptance.conftest import Start
from tests.conversation import CONSUMER, INN_REQUEST, Answer, address, new_id, post

FAULT, HOLDS, KNOWN = "SignatureVerificationFault", "signature_holds", "certificate_is_known"
Q: Final = CURVES["1.2.643.2.2.36.0"].q
Damage = Callable[[bytes, Signer], bytes]
ROWS: Final[list[tuple[BadInput, str]]] = []
"""Each with the value of SMEV-100's enumeration."""


def row(id_: str, failure: str, damage: Damage, check: str = HOLDS) -> None:
    async def send(gateway: Gateway) -> Answer:
        signer = gateway.signatures.keyring.signer_of(CONSUMER)
        return await post(address(gateway.url, CONSUMER), damage(signed(signer), signer))

    ROWS.append((BadInput(id_, FAULT, check, send), failure))


def signed(signer: Signer) -> bytes:
    sign: Sign = lambda element, identifier: xmldsig.sign(parse(element), identifier, signer)  # noqa: E731
    return participant_calls.send_request(ns.SMEV3_1_2, new_id(), INN_REQUEST, Outgoing(), sign=sign)[0]


def filled(name: str, value: bytes | str) -> Damage:
    text = value if isinstance(value, str) else base64.b64encode(value).decode()

    def damage(envelope: bytes, _: Signer) -> bytes:
        return re.sub(rb"(<ds:%b>)[^<]*" % name.encode(), lambda found: found[1] + text.encode(), envelope, count=1)

    return damage


def certified(change: Callable[[Certificate], bytes]) -> Damage:
    return lambda envelope, signer: filled("X509Certificate", change(signer.certificate))(envelope, signer)


def with_key(curve: str, point: bytes) -> Callable[[Certificate], bytes]:
    def changed(certificate: Certificate) -> bytes:
        whole = asn1.load(asn1.SignedCertificate, certificate.der)
        parameters = asn1.KeyParameters({"curve": curve, "digest": GOST2012_256.digest_oid})
        octets = core.OctetString(point).dump()
        whole["tbs"]["key"] = {"algorithm": asn1.algorithm(GOST2012_256.key_oid, parameters), "public_key": octets}
        return bytes(whole.dump(force=True))

    return changed


def replaced(pattern: bytes, new: bytes) -> Damage:
    return lambda envelope, _: re.sub(pattern, new, envelope, count=1, flags=re.DOTALL)


def resigned(damage: Damage) -> Damage:
    """Sign SignedInfo again: what somebody with a key can do."""

    def damaged(envelope: bytes, signer: Signer) -> bytes:
        changed = damage(envelope, signer)
        info = next(parse(changed).iter(f"{{{ns.XMLDSIG}}}SignedInfo"))
        value = gost.sign(signer.key, GOST2012_256.digest(exclusive_c14n(info)))
        return filled("SignatureValue", value)(changed, signer)

    return damaged


def number(value: int) -> bytes:
    return value.to_bytes(32, "big")


def by_a_stranger(_: bytes, __: Signer) -> bytes:
    return signed(Keyring.in_memory(b"another authority").signer_of(CONSUMER))


INVALID, NO_CERTIFICATE = "SignatureIsInvalid", "CertificateIsNotFound"
FORMAT, TARGET = "PoorSOAPEnvelopeFormat", "IncorrectSignatureTarget"

row("signature-none", "NoSignatureFound", replaced(b"<ds:Signature.*</ds:Signature>", b""), "signature_is_there")
row("signature-truncated-der", NO_CERTIFICATE, certified(lambda own: own.der[:300]))
row("signature-unknown-curve", INVALID, certified(with_key("1.2.643.2.2.99.1", bytes(64))))
row("signature-off-the-curve", INVALID, certified(with_key("1.2.643.2.2.36.0", b"\1" * 64)))
row("signature-s-zero", INVALID, filled("SignatureValue", bytes(32) + number(1)))
row("signature-r-zero", INVALID, filled("SignatureValue", number(1) + bytes(32)))
row("signature-s-not-below-q", INVALID, filled("SignatureValue", number(Q) + number(1)))
row("signature-r-not-below-q", INVALID, filled("SignatureValue", number(1) + number(Q)))
row("signature-short-digest", INVALID, resigned(filled("DigestValue", bytes(31))))
row("signature-ten-megabytes", INVALID, filled("SignatureValue", "A" * 9_999_996))
row("signature-base64-rubbish", INVALID, filled("SignatureValue", "*** no base64 ***"))
row("signature-id-not-there", TARGET, resigned(replaced(b'URI="#[^"]*', b'URI="#NOBODY')))
row(
    "signature-id-twice",
    TARGET,
    replaced(b"(<[^<>]*Envelope)", rb'\1 Id="SIGNED_BY_CONSUMER"'),
)
row("signature-no-certificate", NO_CERTIFICATE, replaced(b"<ds:KeyInfo>.*</ds:KeyInfo>", b""))
row("signature-two-references", TARGET, resigned(replaced(b"(<ds:Reference .*</ds:Reference>)", rb"\1\1")))
row("signature-of-a-stranger", NO_CERTIFICATE, by_a_stranger, KNOWN)
row("signature-without-a-value", FORMAT, replaced(b"<ds:SignatureValue>.*</ds:SignatureValue>", b""))


@pytest.mark.parametrize(("bad", "failure"), ROWS, ids=[bad.id for bad, _ in ROWS])
async def test_a_damaged_signature(start: Start, bad: BadInput, failure: str) -> None:
    gateway = await start(signatures=SignatureMode.STRICT)
    answer = await bad.send(gateway)
    assert answer.detail is not None, answer.body
    assert answer.detail.findtext("{*}SignatureVerificationFault") == failure
    await assert_refused(gateway, bad)
    good = await post(address(gateway.url, CONSUMER), signed(gateway.signatures.keyring.signer_of(CONSUMER)))
    assert good.status == 200
