"""A call that a system signs in its own way, right or wrong."""

import base64
import copy
import re
from collections.abc import Callable, Mapping
from typing import Final

from gateway import ns
from gateway.signature import gost, xmldsig
from gateway.signature.algorithms import GOST2012_256
from gateway.signature.authority import Authority
from gateway.signature.diagnosis import Judge, Message, SignatureFound, diagnose
from gateway.signature.keys import Signer
from gateway.signature.transform import exclusive_c14n
from gateway.xml import Element, parse

AUTHORITY: Final = Authority(b"the secret of a test")
CITY, OTHER = (AUTHORITY.issue(name, name, "own") for name in ("CITY", "OTHER"))
TYPES, BASIC = ns.SMEV3_1_2.types, ns.SMEV3_1_2.basic
ID: Final = "SIGNED_BY_CONSUMER"
PHOTO: Final = base64.b64encode(bytes(range(200))).decode()
DATA: Final = (
    f'<t:SenderProvidedRequestData xmlns:t="{TYPES}" Id="{ID}">\n <t:MessageID>d1</t:MessageID>\n'
    f' <MessagePrimaryContent xmlns="{BASIC}">\n  <q:Query xmlns:q="urn://query" xmlns:w="urn://w" Id="PERSONAL"'
    f' w:b="1" a="2">Кинешма &amp; Ко\nдом 5</q:Query><q:Photo xmlns:q="urn://query">{PHOTO}</q:Photo>\n'
    "  <q:Empty xmlns:q='urn://query'/></MessagePrimaryContent>\n</t:SenderProvidedRequestData>"
)


def call(signature: str | bytes, data: str = DATA, beside: str = "") -> Element:
    """A message with `data`, `signature` and what stands `beside`."""
    signature = signature.decode() if isinstance(signature, bytes) else signature
    return parse(
        f'<S:Envelope xmlns:S="{ns.SOAP_ENVELOPE}"><S:Body><c:SendRequestRequest xmlns:c="{TYPES}">{data}'
        f"<c:CallerInformationSystemSignature>{signature}</c:CallerInformationSystemSignature>{beside}"
        "</c:SendRequestRequest></S:Body></S:Envelope>".encode()
    )


def data_of(message: Element) -> Element:
    """The element that the caller has to sign."""
    [found] = message.iter(f"{{{TYPES}}}SenderProvidedRequestData")
    return found


def signed(octets: bytes | None = None, digest: Callable[[bytes], bytes] = GOST2012_256.digest) -> str:
    """A signature whose DigestValue is that of `octets`, whatever they are; of what SMEV wants without them."""
    right = xmldsig.sign(data_of(call("")), ID, CITY).decode()
    return right if octets is None else filled(right, "DigestValue", digest(octets))


def filled(signature: str, name: str, value: bytes) -> str:
    """Put another DigestValue in, and sign SignedInfo again."""
    text = base64.b64encode(value).decode()
    return resigned(re.sub(rf"(<ds:{name}>)[^<]*", rf"\g<1>{text}", signature))


def resigned(signature: str, signer: Signer = CITY) -> str:
    """Sign SignedInfo as it stands."""
    octets = exclusive_c14n(parse(signature.encode())[0])
    return with_value(signature, gost.sign(signer.key, GOST2012_256.digest(octets)))


def with_value(signature: str, value: bytes) -> str:
    """Put another SignatureValue in."""
    return re.sub(r"(<ds:SignatureValue>)[^<]*", rf"\g<1>{base64.b64encode(value).decode()}", signature)


def value_of(signature: str) -> bytes:
    """The bytes of SignatureValue."""
    found = re.search(r"<ds:SignatureValue>([^<]*)", signature)
    assert found is not None
    return base64.b64decode(found[1])


def signed_info_of(signature: str) -> Element:
    """SignedInfo as an element."""
    return parse(signature.encode())[0]


def all_of(
    message: Element,
    *,
    as_sent: Element | None = None,
    document: bytes = b"",
    files: Mapping[str, bytes] | None = None,
    judge: Judge | None = None,
) -> tuple[SignatureFound, ...]:
    """What is said of each signature."""
    return diagnose(Message(message, as_sent, document, files or {}), judge).signatures


def first_of(message: Element, *, as_sent: Element | None = None, document: bytes = b"") -> SignatureFound:
    """What is said of the first signature."""
    return all_of(message, as_sent=as_sent, document=document)[0]


def retold(element: Element, retell: Callable[[str], str]) -> Element:
    """A copy with other texts."""
    copied = copy.deepcopy(element)
    for node in copied.iter():
        node.text = retell(node.text) if node.text else None
        if node is not copied:
            node.tail = retell(node.tail) if node.tail else None
    return copied
