"""How long it takes to explain a message of 200 KB: parse it, look into its signature, try the causes."""

import base64
import re
import time
from typing import Final

from gateway.keyring import Keyring
from gateway.ns import SMEV3_1_2
from gateway.protocol import participant_calls
from gateway.signature import gost, xmldsig
from gateway.signature.algorithms import GOST2012_256
from gateway.signature.diagnosis import Message, diagnose
from gateway.signature.transform import exclusive_c14n
from gateway.xml import Element, parse

_ROW: Final = '<q:Row a="1" b="2"><q:Name>Строка &amp; данные</q:Name></q:Row>'
_ROWS: Final = 2_600
_ROUNDS: Final = 7
_MESSAGE_ID: Final = "5f1c1a52-84d4-11e2-9e96-0800200c9a66"
_SIGNER: Final = Keyring.in_memory(b"bench").signer_of("CONSUMER")


def figures() -> list[str]:
    """Return rows of the table: milliseconds at best, when the signature holds, and when a cause is found."""
    rows = []
    for what, damage in (
        ("holds", None),
        ("was made without SMEV's transform", exclusive_c14n),
        ("is over something else", lambda _: b"something else"),
    ):
        body = _message(damage)
        spent = []
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            diagnose(Message(parse(body), None, body, {}))
            spent.append(time.perf_counter() - began)
        rows.append(f"| explain {len(body) // 1000} KB whose signature {what}, ms | {min(spent) * 1000:.0f} |")
    return rows


def _message(damage: object) -> bytes:
    content = f'<q:Rows xmlns:q="urn://bench">{_ROW * _ROWS}</q:Rows>'.encode()

    def sign(element: bytes, identifier: str) -> bytes:
        data = parse(element)
        signature = xmldsig.sign(data, identifier, _SIGNER)
        return _over(damage(data), signature) if callable(damage) else signature

    return participant_calls.send_request(SMEV3_1_2, _MESSAGE_ID, content, participant_calls.Outgoing(), sign=sign)[0]


def _over(octets: bytes, signature: bytes) -> bytes:
    """Return the signature with the digest of `octets` in it, and signed anew."""
    changed = _filled(signature, "DigestValue", GOST2012_256.digest(octets))
    info: Element = parse(changed)[0]
    return _filled(changed, "SignatureValue", gost.sign(_SIGNER.key, GOST2012_256.digest(exclusive_c14n(info))))


def _filled(signature: bytes, name: str, value: bytes) -> bytes:
    pattern = rb"(<ds:%b>)[^<]*" % name.encode()
    return re.sub(pattern, lambda found: found[1] + base64.b64encode(value), signature, count=1)
