"""XML signatures: what holds, what is refused and how it is called, what an attacker tries."""

import base64
import datetime
import re
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway import ns
from gateway.signature import gost
from gateway.signature.algorithms import GOST2012_256, GOST2012_512
from gateway.signature.authority import Authority
from gateway.signature.keys import Signer
from gateway.signature.transform import Escaping, TransformError, exclusive_c14n, transform_element
from gateway.signature.xmldsig import SignatureFailure, SignatureProblem, Verified, sign, sign_fragment, verify
from gateway.words import Language, speak
from gateway.xml import Element, parse

NOW: Final = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
AUTHORITY: Final = Authority(b"the secret of a test")
CITY, OTHER = (AUTHORITY.issue(name, name, "own") for name in ("CITY", "OTHER"))
LONG: Final = AUTHORITY.issue("LONG", "LONG", "own", algorithm=GOST2012_512)
TYPES, BASIC = ns.SMEV3_1_2.types, ns.SMEV3_1_2.basic
DATA: Final = (
    f'<t:SenderProvidedRequestData xmlns:t="{TYPES}" Id="SIGNED_BY_CONSUMER">\n <t:MessageID>d1</t:MessageID>'
    f'<MessagePrimaryContent xmlns="{BASIC}"><q:Query xmlns:q="urn://query" Id="PERSONAL">за \u2192 &amp; &gt; '
    "\N{GRINNING FACE}</q:Query></MessagePrimaryContent></t:SenderProvidedRequestData>"
)


@pytest.fixture
def in_english() -> Iterator[None]:
    speak(Language.ENGLISH)
    yield
    speak(Language.RUSSIAN)


def call(signature: str | bytes, data: str = DATA, beside: str = "") -> Element:
    """A message with `data`, `signature` and what stands `beside`."""
    signature = signature.decode() if isinstance(signature, bytes) else signature
    return parse(
        f'<S:Envelope xmlns:S="{ns.SOAP_ENVELOPE}"><S:Body><c:SendRequestRequest xmlns:c="{TYPES}">{data}'
        f"<c:CallerInformationSystemSignature>{signature}</c:CallerInformationSystemSignature>{beside}"
        "</c:SendRequestRequest></S:Body></S:Envelope>".encode()
    )


def verified(message: Element) -> Verified:
    """Verify as the gateway does: over the element that was read, by the signature in its place."""
    [target] = message.findall(f".//{{{TYPES}}}SendRequestRequest/{{{TYPES}}}SenderProvidedRequestData")
    [signature] = message.findall(f".//{{{TYPES}}}CallerInformationSystemSignature/{{{ns.XMLDSIG}}}Signature")
    return verify(signature, target)


def problem(message: Element) -> SignatureProblem:
    with pytest.raises(SignatureProblem) as refused:
        verified(message)
    assert refused.value.where.startswith("/")
    assert refused.value.advice
    return refused.value


def own() -> str:
    return sign(parse(DATA.encode()), "SIGNED_BY_CONSUMER", CITY).decode()


def resigned(signature: str) -> str:
    """The same signature with SignatureValue made anew: what an attacker with a key can do."""
    element = parse(signature.encode())
    digest = GOST2012_256.digest(exclusive_c14n(element[0]))
    value = base64.b64encode(gost.sign(CITY.key, digest)).decode()
    return re.sub(r"(<ds:SignatureValue>)[^<]*", rf"\g<1>{value}", signature)


# --- what holds --------------------------------------------------------------------------------------------------


def test_what_was_signed_holds_where_it_is_put() -> None:
    result = verified(call(own()))
    assert result.element.tag == f"{{{TYPES}}}SenderProvidedRequestData"
    assert result.certificate == CITY.certificate
    assert result.algorithm is GOST2012_256
    assert result.escaping is Escaping.WOODSTOX
    assert result.octets == transform_element(parse(DATA.encode()))


def test_a_signature_is_the_same_each_time() -> None:
    assert own() == own()


def test_other_prefixes_and_indents_are_the_same_element() -> None:
    other = DATA.replace("<t:", "\n\t<longer:").replace("</t:", "</longer:").replace(":t=", ":longer=")
    assert verified(call(own(), other)).certificate == CITY.certificate


def test_a_fragment_is_signed_where_its_namespaces_come_from() -> None:
    fragment = '<t:MessageMetadata Id="SIGNED_BY_SMEV"><t:MessageId>1</t:MessageId><b:x a="&amp;"/></t:MessageMetadata>'
    signature = sign_fragment(fragment.encode(), "SIGNED_BY_SMEV", CITY, {"t": TYPES, "b": BASIC, "": "urn://default"})
    reply = parse(f'<t:Reply xmlns:t="{TYPES}" xmlns:b="{BASIC}">{fragment}{signature.decode()}</t:Reply>'.encode())
    assert verify(reply[1], reply[0]).element is reply[0]


def test_a_person_signs_the_content() -> None:
    message = call("")
    content = message.find(".//{urn://query}Query")
    assert content is not None
    signature = parse(sign(content, "PERSONAL", OTHER))
    assert verify(signature, content).certificate == OTHER.certificate
    parent = content.getparent()
    assert parent is not None
    with pytest.raises(SignatureProblem) as refused:
        verify(signature, parent)
    assert refused.value.failure is SignatureFailure.INCORRECT_SIGNATURE_TARGET


@pytest.mark.parametrize("ending", ["\n", "&#13;\n", "\r\n", " \t"])
def test_line_ends_within_base64_mean_nothing(ending: str) -> None:
    broken = re.sub(
        r"(<ds:(?:SignatureValue|X509Certificate)>)([^<]*)",
        lambda found: found[1] + ending.join(re.findall(".{1,76}", found[2])) + ending,
        own(),
    )
    assert verified(call(broken)).certificate == CITY.certificate


def test_enveloped_signature_before_the_other_transforms_is_harmless() -> None:
    step = f'<ds:Transform Algorithm="{ns.XMLDSIG}enveloped-signature"></ds:Transform>'
    assert verified(call(resigned(own().replace("<ds:Transforms>", f"<ds:Transforms>{step}"))))


def test_inclusive_namespaces_of_signed_info_are_followed() -> None:
    listed = '<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="c S">'
    signature = own().replace(
        "</ds:CanonicalizationMethod>", f"{listed}</ec:InclusiveNamespaces></ds:CanonicalizationMethod>"
    )
    # Made canonical within the message, where the prefixes are declared.
    message = call(signature)
    [info] = message.iter(f"{{{ns.XMLDSIG}}}SignedInfo")
    octets = exclusive_c14n(info, ["c", "S"])
    assert TYPES.encode() in octets
    [value] = message.iter(f"{{{ns.XMLDSIG}}}SignatureValue")
    value.text = base64.b64encode(gost.sign(CITY.key, GOST2012_256.digest(octets))).decode()
    assert verified(message)


def test_the_escaping_of_the_jdk_is_told() -> None:
    element = parse(DATA.encode())
    digests = [base64.b64encode(GOST2012_256.digest(transform_element(element, each))).decode() for each in Escaping]
    assert digests[0] != digests[1]
    assert verified(call(resigned(own().replace(digests[0], digests[1])))).escaping is Escaping.JDK


def test_what_woodstox_cannot_write_cannot_be_signed() -> None:
    with pytest.raises(TransformError):
        sign(parse(b'<a Id="A"/>'), "A", CITY)


def test_a_key_of_512_bits() -> None:
    result = verified(call(sign(parse(DATA.encode()), "SIGNED_BY_CONSUMER", LONG)))
    assert (result.algorithm, result.certificate) == (GOST2012_512, LONG.certificate)


@pytest.mark.parametrize("identifier", ["", "a b", 'a"', "a<", "a&b"])
def test_an_impossible_id_is_not_signed(identifier: str) -> None:
    with pytest.raises(ValueError, match="Id"):
        sign(parse(DATA.encode()), identifier, CITY)


# --- what is refused ---------------------------------------------------------------------------------------------

Change = Callable[[str], str]


def replaced(pattern: str, new: str) -> Change:
    def change(signature: str) -> str:
        changed, count = re.subn(pattern, lambda _: new, signature, count=1)
        assert count
        return changed

    return change


FORMAT, TARGET = SignatureFailure.POOR_SOAP_ENVELOPE_FORMAT, SignatureFailure.INCORRECT_SIGNATURE_TARGET
INVALID, NO_CERTIFICATE = SignatureFailure.SIGNATURE_IS_INVALID, SignatureFailure.CERTIFICATE_IS_NOT_FOUND
XPATH: Final = "http://www.w3.org/TR/1999/REC-xpath-19991116"
STEP: Final = f'<ds:Transform Algorithm="{XPATH}"><ds:XPath>1</ds:XPath></ds:Transform>'
OUR_METHOD: Final = 'urn:ietf[^"]*gostr34102012[^"]*'
OUR_DIGEST: Final = 'urn:ietf[^"]*:gostr34112012-256'
RSA: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


def filled(name: str, text: str) -> Change:
    """Another text in the element of that name."""
    return replaced(f"(?<=<ds:{name}>)[^<]*", text)


def certified(signer: Signer) -> Change:
    return filled("X509Certificate", base64.b64encode(signer.certificate.der).decode())


def uri(new: str) -> Change:
    return replaced('URI="[^"]*"', new)


def before(end: str, new: str) -> Change:
    """Something more before the end of an element."""
    return replaced(f"</ds:{end}>", f"{new}</ds:{end}>")


def without(name: str) -> Change:
    return replaced(f"<ds:{name}[ >].*</ds:{name}>", "")


def times(name: str, count: int) -> Change:
    return lambda signature: re.sub(f"<ds:{name}[ >].*</ds:{name}>", lambda found: found[0] * count, signature)


def in_base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


DEFECTS: Final[dict[str, tuple[Change, SignatureFailure, str]]] = {
    "empty": (lambda _: f'<ds:Signature xmlns:ds="{ns.XMLDSIG}"/>', FORMAT, "SignedInfo"),
    "no value": (without("SignatureValue"), FORMAT, "SignatureValue"),
    "two SignedInfo": (times("SignedInfo", 2), FORMAT, "SignedInfo, SignedInfo"),
    "an Object": (before("Signature", "<ds:Object><x/></ds:Object>"), FORMAT, "Object"),
    "a Signature within": (before("Signature", "<ds:Signature/>"), FORMAT, "Signature"),
    "many children": (before("Signature", "<ds:KeyInfo/>" * 50_000), FORMAT, "50003"),
    "two References": (times("Reference", 2), TARGET, "2"),
    "many References": (times("Reference", 5_000), TARGET, "5000"),
    "no Reference": (without("Reference"), FORMAT, "CanonicalizationMethod, SignatureMethod"),
    "empty URI": (uri('URI=""'), TARGET, 'URI=""'),
    "no URI": (uri(""), TARGET, 'URI=""'),
    "xpointer": (uri("URI=\"#xpointer(id('SIGNED_BY_CONSUMER'))\""), TARGET, "xpointer"),
    "address": (uri('URI="http://127.0.0.1/x"'), TARGET, "http://127.0.0.1/x"),
    "Id that is not there": (uri('URI="#NOBODY"'), TARGET, "#NOBODY"),
    "inclusive C14N": (
        replaced('http:[^"]*exc-c14n#', "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
        INVALID,
        "REC",
    ),
    "XPath": (before("Transforms", STEP), INVALID, "xpath"),
    "a step too few": (replaced('<ds:Transform Algorithm="urn://smev.*</ds:Transform>', ""), INVALID, "(1)"),
    "many transforms": (before("Transforms", STEP * 5_000), INVALID, "(5002)"),
    "RSA": (replaced(OUR_METHOD, RSA), INVALID, "RSA instead of GOST"),
    "HMAC": (replaced(OUR_METHOD, f"{ns.XMLDSIG}hmac-sha1"), INVALID, "HMAC instead of GOST"),
    "digest of SHA": (replaced(OUR_DIGEST, "http://www.w3.org/2001/04/xmlenc#sha256"), INVALID, "SHA instead"),
    "digest of the other pair": (replaced(":gostr34112012-256", ":gostr34112012-512"), INVALID, "512"),
    "algorithm of the other length": (lambda text: text.replace("012-256", "012-512"), INVALID, "DigestValue"),
    "HMACOutputLength": (before("SignatureMethod", "<ds:HMACOutputLength/>"), FORMAT, "HMACOutputLength"),
    "a comment in DigestValue": (before("DigestValue", "<!--c-->"), FORMAT, "text only"),
    "rubbish in DigestValue": (before("DigestValue", "*"), INVALID, "base64"),
    "an empty DigestValue": (filled("DigestValue", ""), INVALID, "DigestValue"),
    "another DigestValue": (filled("DigestValue", "AAAA"), INVALID, "AAAA"),
    "a short SignatureValue": (filled("SignatureValue", "AAAA"), INVALID, "3 bytes"),
    "zeros": (filled("SignatureValue", in_base64(bytes(64))), INVALID, "key of"),
    "ones": (filled("SignatureValue", in_base64(b"\xff" * 64)), INVALID, "key of"),
    "9 MB of SignatureValue": (filled("SignatureValue", "A" * 9_000_000), INVALID, "characters"),
    "rubbish in SignatureValue": (filled("SignatureValue", "\u0430"), INVALID, "base64"),
    "no KeyInfo": (without("KeyInfo"), NO_CERTIFICATE, "no certificate"),
    "KeyInfo without a certificate": (without("X509Data"), NO_CERTIFICATE, "no certificate"),
    "an empty certificate": (filled("X509Certificate", " "), NO_CERTIFICATE, "no certificate"),
    "rubbish for a certificate": (filled("X509Certificate", "AAAA"), NO_CERTIFICATE, "X.509"),
    "a truncated certificate": (
        lambda text: re.sub("(<ds:X509Certificate>[^<]{400})[^<]*", r"\1", text),
        NO_CERTIFICATE,
        "X.509",
    ),
    "another's certificate": (certified(OTHER), INVALID, "key of"),
    "a certificate of the other length": (certified(LONG), INVALID, "gost2012-512"),
    "a blank within SignedInfo": (replaced("<ds:SignedInfo>", "<ds:SignedInfo> "), INVALID, "SignedInfo"),
}


@pytest.mark.parametrize("name", DEFECTS)
@pytest.mark.usefixtures("in_english")
def test_a_defect_is_called_by_its_name(name: str) -> None:
    change, failure, said = DEFECTS[name]
    found = problem(call(change(own())))
    assert (found.failure, said in str(found)) == (failure, True), str(found)[:2000]
    assert len(str(found)) < 3_000


def test_what_is_no_signature_is_none() -> None:
    target = parse(DATA.encode())
    with pytest.raises(SignatureProblem) as refused:
        verify(target, target)
    assert refused.value.failure is SignatureFailure.NO_SIGNATURE_FOUND


def test_a_changed_element_is_told_with_both_digests() -> None:
    changed = DATA.replace("d1", "d2")
    found = problem(call(own(), changed))
    assert found.failure is INVALID
    for octets, text in ((DATA, found.found), (changed, found.expected)):
        digest = GOST2012_256.digest(transform_element(parse(octets.encode())))
        assert base64.b64encode(digest).decode() in text
    assert found.where.endswith("SenderProvidedRequestData")


@pytest.mark.usefixtures("in_english")
def test_rsa_is_named() -> None:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "RSA")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + datetime.timedelta(1))
    der = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    with_rsa, by_rsa = filled("X509Certificate", in_base64(der)), replaced(OUR_METHOD, RSA)
    for change in (with_rsa, lambda text: with_rsa(by_rsa(text))):
        found = problem(call(change(own())))
        assert found.failure is INVALID
        assert "RSA" in found.found
        assert "GOST" in str(found)


# --- attacks -----------------------------------------------------------------------------------------------------

FAKE: Final = DATA.replace("d1", "evil")


@pytest.mark.parametrize("identifier", ["SIGNED_BY_CONSUMER", "OTHER", None])
@pytest.mark.parametrize("place", ["<wrapper>{}</wrapper>", '<wrapper Id="SIGNED_BY_CONSUMER">{}</wrapper>'])
def test_the_signed_element_moved_and_a_fake_in_its_place(identifier: str | None, place: str) -> None:
    renamed = FAKE.replace(' Id="SIGNED_BY_CONSUMER"', f' Id="{identifier}"' if identifier else "")
    assert problem(call(own(), renamed, place.format(DATA))).failure is TARGET


def test_the_signed_element_within_the_fake() -> None:
    fake = FAKE.replace("<t:MessageID>", f"{DATA}<t:MessageID>")
    assert problem(call(own(), fake)).failure is TARGET


def test_the_signed_element_within_an_object_of_the_signature() -> None:
    signature = own().replace("</ds:Signature>", f"<ds:Object>{DATA}</ds:Object></ds:Signature>")
    assert problem(call(signature, FAKE)).failure is FORMAT


@pytest.mark.parametrize("attribute", ["Id", "ID", "id", "xml:id", "u:Id"])
def test_an_id_that_another_element_has_too(attribute: str) -> None:
    beside = f'<x xmlns:u="u:u" {attribute}="SIGNED_BY_CONSUMER"/>'
    assert problem(call(own(), beside=beside)).failure is TARGET


def test_an_id_on_another_element_only() -> None:
    bare = DATA.replace(' Id="SIGNED_BY_CONSUMER"', "")
    assert problem(call(own(), bare, '<x Id="SIGNED_BY_CONSUMER"/>')).failure is TARGET
    assert problem(call(own(), bare, "<x/>")).failure is TARGET
    assert (
        problem(call(own(), bare.replace("<t:MessageID>", '<t:MessageID Id="SIGNED_BY_CONSUMER">'))).failure is TARGET
    )
    assert problem(call(own(), DATA.replace(" Id=", " xml:id="))).failure is TARGET


def test_signed_info_of_another_message() -> None:
    other = sign(parse(FAKE.encode()), "SIGNED_BY_CONSUMER", CITY).decode()
    foreign = re.search("<ds:SignedInfo>.*</ds:SignedInfo>", other)
    assert foreign is not None
    assert problem(call(replaced("<ds:SignedInfo>.*</ds:SignedInfo>", foreign[0])(own()))).failure is INVALID
    assert problem(call(replaced("<ds:SignedInfo>.*</ds:SignedInfo>", foreign[0])(own()), FAKE)).failure is INVALID
    assert problem(call(other)).failure is INVALID


def test_a_signature_over_a_timestamp_is_none_over_the_data() -> None:
    timestamp = f'<b:Timestamp xmlns:b="{BASIC}" Id="SIGNED_BY_CONSUMER">2026-03-01T12:00:00Z</b:Timestamp>'
    signature = sign(parse(timestamp.encode()), "SIGNED_BY_CONSUMER", CITY)
    assert problem(call(signature)).failure is INVALID
    assert problem(call(signature, beside=timestamp)).failure is TARGET
    assert problem(call(signature, DATA.replace("SIGNED_BY_CONSUMER", "D"), timestamp)).failure is TARGET


def test_a_signature_within_what_it_is_over() -> None:
    data = DATA.replace("</t:SenderProvidedRequestData>", "{}</t:SenderProvidedRequestData>")
    element = parse(data.replace("{}", own()).encode())
    with pytest.raises(SignatureProblem) as refused:
        verify(element[-1], element)
    assert refused.value.failure is TARGET


def test_what_is_large_is_tried_by_woodstox_alone() -> None:
    large = DATA.replace("d1", "&gt;" * 1_100_000)
    element = parse(large.encode())
    by_jdk = in_base64(GOST2012_256.digest(transform_element(element, Escaping.JDK)))
    signature = sign(element, "SIGNED_BY_CONSUMER", CITY).decode()
    assert verified(call(signature, large)).escaping is Escaping.WOODSTOX
    found = problem(call(resigned(filled("DigestValue", by_jdk)(signature)), large))
    assert found.failure is INVALID
