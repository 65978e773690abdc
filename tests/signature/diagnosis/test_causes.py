"""Each way in which systems sign wrongly, done for real, is named as the first cause."""

import base64
import datetime
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from lxml import etree

from gateway import ns
from gateway.signature import gost, xmldsig
from gateway.signature.algorithms import GOST2012_256, GOST2012_512
from gateway.signature.diagnosis import Cause, Kind, SignatureFound, Verdict, causes
from gateway.signature.diagnosis.case import Case
from gateway.signature.transform import Escaping, exclusive_c14n, transform_element
from gateway.signature.trust import Chain, Standing, State, judge
from gateway.signature.xmldsig import SignatureProblem
from gateway.words import Language, speak
from gateway.xml import Element, parse
from tests.signature.diagnosis.messages import (
    AUTHORITY,
    CITY,
    DATA,
    ID,
    OTHER,
    PHOTO,
    TYPES,
    all_of,
    call,
    data_of,
    first_of,
    resigned,
    retold,
    signed,
    signed_info_of,
    value_of,
    with_value,
)

NOW: Final = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
LONG: Final = AUTHORITY.issue("LONG", "LONG", "own", algorithm=GOST2012_512)
RIGHT: Final = signed()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    speak(Language.ENGLISH)
    yield
    speak(Language.RUSSIAN)


def own() -> Element:
    return data_of(call(""))


def transformed(element: Element) -> bytes:
    return transform_element(element)


def assert_first(found: SignatureFound, code: str) -> None:
    """`code` is the first cause; the verdict is that of the gateway."""
    assert found.verdict is Verdict.BROKEN
    assert found.problem is not None
    assert [cause.code for cause in found.causes][:1] == [code]
    assert all((found.causes[0].title, found.causes[0].explanation, found.causes[0].advice))


def test_what_holds_has_no_causes_and_shows_its_octets() -> None:
    found = first_of(call(RIGHT))
    assert (found.verdict, found.problem, found.causes, found.notes) == (Verdict.HOLDS, None, (), ())
    assert (found.kind, found.identifier, found.value_fits) == (Kind.CALLER, ID, True)
    assert found.certificate == CITY.certificate
    assert found.digest_expected == found.digest_found
    steps = {step.name: step.octets for step in found.steps}
    assert list(steps) == ["1-c14n", "2-transform", "3-signed-info"]
    assert GOST2012_256.digest(steps["2-transform"]) == found.digest_found
    assert steps["1-c14n"] == exclusive_c14n(own())


# --- the element -----------------------------------------------------------------------------------------------------


def c14n_of_other_line_ends() -> bytes:
    return transformed(retold(own(), lambda text: text.replace("\n", "\r\n")))


def blanks_kept() -> bytes:
    # The transform of an element whose blank texts are not blank to it.
    kept = retold(own(), lambda text: text if text.strip() else text.replace("\n", "\ue001").replace(" ", "\ue002"))
    return transformed(kept).replace("\ue001".encode(), b"\n").replace("\ue002".encode(), b" ")


def without_id() -> bytes:
    element = own()
    del element.attrib["Id"]
    return transformed(element)


def in_lines() -> bytes:
    lines = "\n".join(PHOTO[at : at + 76] for at in range(0, len(PHOTO), 76))
    return transformed(data_of(call("", DATA.replace(PHOTO, lines))))


WAYS: Final[dict[str, Callable[[], bytes]]] = {
    "no-smev-transform": lambda: exclusive_c14n(own()),
    "nothing-signed": lambda: b"",
    "id-after-signing": without_id,
    "other-version": lambda: (
        transformed(own())
        .replace(b"exchange/types/1.2", b"exchange/types/1.3")
        .replace(b"exchange/types/basic/1.2", b"exchange/types/basic/1.3")
    ),
    "own-writer": lambda: transformed(own()).replace(b"&amp;", b"&"),
    "own-writer attributes": lambda: re.sub(rb'( ns\d+:b="1")( Id="PERSONAL" a="2")', rb"\2\1", transformed(own())),
    "own-writer empty": lambda: re.sub(rb"<(ns\d+:Empty[^>]*)></ns\d+:Empty>", rb"<\1/>", transformed(own())),
    "other-c14n": lambda: etree.tostring(own(), method="c14n"),
    "line-ends": c14n_of_other_line_ends,
    "blank-texts-kept": blanks_kept,
    "reformatted": lambda: transformed(retold(own(), lambda text: " ".join(text.split()))),
    "base64-lines": in_lines,
    "encoding": lambda: transformed(own()).decode().encode("cp1251"),
    "encoding bom": lambda: b"\xef\xbb\xbf" + transformed(own()),
    "other-element": lambda: transformed(own()[1][0]),
    "changed": lambda: transformed(own()).replace("Кинешма".encode(), "Иваново".encode()),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_was_hashed_is_found_by_trying(way: str) -> None:
    octets = WAYS[way]()
    found = first_of(call(signed(octets)))
    assert_first(found, way.split(maxsplit=1)[0])
    assert found.value_fits
    assert found.causes[0].is_certain is (way != "changed")
    difference = found.causes[0].difference
    if difference is not None:
        required = next(step.octets for step in found.steps if step.name == "2-transform")
        assert required[: difference.offset] == octets[: difference.offset]
        assert required[difference.offset :][:1] != octets[difference.offset :][:1]


def test_a_pretty_printer_between_signer_and_smev() -> None:
    data = DATA.replace("<t:MessageID>d1</t:MessageID>", "<t:MessageID>\n   d1\n  </t:MessageID>")
    tight = DATA.replace("Кинешма &amp; Ко\nдом 5", "Кинешма &amp; Ко, дом 5")
    signature = xmldsig.sign(data_of(call("", tight)), ID, CITY).decode()
    printed = data.replace("Кинешма &amp; Ко\nдом 5", "\n  Кинешма &amp; Ко, дом 5\n ")
    assert_first(first_of(call(signature, printed)), "reformatted")


def test_utf_8_read_as_windows_1251_on_the_way() -> None:
    damaged = DATA.replace("Кинешма &amp; Ко\nдом 5", "Кинешма &amp; Ко\nдом 5".encode().decode("cp1251"))
    assert_first(first_of(call(RIGHT, damaged)), "encoding")


def test_xop_was_signed_before_it_was_put_back() -> None:
    include = f'<x:Include xmlns:x="{ns.XOP}" href="cid:photo"/>'
    as_sent = call("", DATA.replace(PHOTO, include))
    signature = signed(transformed(data_of(as_sent)))
    found = first_of(call(signature), as_sent=call(signature, DATA.replace(PHOTO, include)))
    assert_first(found, "xop-not-inlined")
    assert found.steps[0].name == "0-as-sent"


def test_the_whole_file_was_signed() -> None:
    document = b"<the file as it came/>"
    assert_first(first_of(call(signed(document)), document=document), "other-element")


@pytest.mark.parametrize("name", ["sha256", "sha1"])
def test_another_hash_function(name: str) -> None:
    digest = signed(transformed(own()), lambda octets: hashlib.new(name, octets).digest())
    found = first_of(call(digest))
    assert "other-digest" in [cause.code for cause in found.causes]


@pytest.mark.parametrize("digest", [GOST2012_512.digest, lambda octets: GOST2012_256.digest(octets)[::-1]])
def test_streebog_of_other_length_or_backwards(digest: object) -> None:
    assert callable(digest)
    found = first_of(call(signed(transformed(own()), digest)))
    assert "other-digest" in [cause.code for cause in found.causes]


def test_the_jdks_escaping_holds_with_a_note() -> None:
    octets = transform_element(data_of(call("", DATA.replace("&amp;", "a&gt;b"))), Escaping.JDK)
    found = first_of(call(signed(octets), DATA.replace("&amp;", "a&gt;b")))
    assert (found.verdict, [note.code for note in found.notes]) == (Verdict.HOLDS, ["jdk-escaping"])


# --- SignedInfo ------------------------------------------------------------------------------------------------------


def of_digest(digest: bytes) -> str:
    return with_value(RIGHT, gost.sign(CITY.key, digest))


def der(value: bytes) -> bytes:
    numbers = b""
    for part in (value[:32], value[32:]):
        number = part.lstrip(b"\0")
        number = b"\0" + number if number[0] & 0x80 else number
        numbers += bytes([2, len(number)]) + number
    return bytes([0x30, len(numbers)]) + numbers


INFO: Final = exclusive_c14n(signed_info_of(RIGHT))
DIGEST: Final = GOST2012_256.digest(INFO)
VALUES: Final[dict[str, Callable[[], str]]] = {
    "value-turned swapped": lambda: with_value(RIGHT, value_of(RIGHT)[32:] + value_of(RIGHT)[:32]),
    "value-turned reversed": lambda: with_value(RIGHT, value_of(RIGHT)[::-1]),
    "digest-turned reversed": lambda: of_digest(DIGEST[::-1]),
    "digest-turned twice": lambda: of_digest(GOST2012_256.digest(DIGEST)),
    "signed-info-c14n transformed": lambda: of_digest(GOST2012_256.digest(transform_element(signed_info_of(RIGHT)))),
    "content-signed": lambda: of_digest(GOST2012_256.digest(transformed(own()))),
    "other-key": lambda: resigned(RIGHT, OTHER),
}


@pytest.mark.parametrize("way", VALUES)
def test_what_was_signed_is_found_by_trying(way: str) -> None:
    found = first_of(call(VALUES[way]()))
    assert_first(found, way.split(maxsplit=1)[0])
    assert found.value_fits is False
    assert found.digest_expected == found.digest_found


def test_a_value_in_der() -> None:
    found = first_of(call(with_value(RIGHT, der(value_of(RIGHT)))))
    assert [cause.code for cause in found.causes] == ["bad-value", "value-turned"]


def test_signed_info_was_formatted_after_signing() -> None:
    formatted = RIGHT.replace("<ds:SignatureMethod", "\n  <ds:SignatureMethod")
    assert_first(first_of(call(formatted)), "signed-info-c14n")


def test_carriage_returns_lost_on_the_way() -> None:
    text = base64.b64encode(GOST2012_256.digest(transformed(own()))).decode()
    with_cr = resigned(RIGHT.replace(text, f"{text[:20]}&#13;\n{text[20:]}"))
    noted = first_of(call(with_cr))
    assert (noted.verdict, [note.code for note in noted.notes]) == (Verdict.HOLDS, ["carriage-return"])
    assert_first(first_of(call(with_cr.replace("&#13;", ""))), "signed-info-c14n")


def test_the_certificate_of_somebody_else() -> None:
    theirs = base64.b64encode(OTHER.certificate.der).decode()
    ours = base64.b64encode(CITY.certificate.der).decode()
    extra = f"<ds:X509Data><ds:X509Certificate>{ours}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    swapped = RIGHT.replace(ours, theirs).replace("</ds:KeyInfo>", extra)
    assert_first(first_of(call(swapped)), "other-certificate")


# --- its shape ---------------------------------------------------------------------------------------------------


def replaced(pattern: str, new: str) -> str:
    changed = re.sub(pattern, new, RIGHT)
    assert changed != RIGHT
    return changed


RSA: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHAPES: Final[dict[str, Callable[[], str]]] = {
    "not-gost": lambda: replaced('(SignatureMethod Algorithm=")[^"]*', rf"\g<1>{RSA}"),
    "digest-method": lambda: replaced(
        '(DigestMethod Algorithm=")[^"]*', r"\g<1>http://www.w3.org/2001/04/xmlenc#sha256"
    ),
    "no-certificate": lambda: replaced("<ds:KeyInfo>.*</ds:KeyInfo>", ""),
    "no-certificate truncated": lambda: replaced("(<ds:X509Certificate>.{100})[^<]*", r"\1"),
    "key-of-other-length": lambda: replaced(
        "(<ds:X509Certificate>)[^<]*", rf"\g<1>{base64.b64encode(LONG.certificate.der).decode()}"
    ),
    "reference nowhere": lambda: replaced('URI="#[^"]*', 'URI="#NOBODY'),
    "reference elsewhere": lambda: replaced('URI="#[^"]*', 'URI="#PERSONAL'),
    "bad-value rubbish": lambda: replaced("(<ds:SignatureValue>)[^<]*", r"\1*rubbish*"),
    "bad-value cut off": lambda: replaced("(<ds:SignatureValue>.{40})[^<]*", r"\1"),
    "bad-value digest": lambda: replaced("(<ds:DigestValue>.{20})[^<]*", r"\1"),
    "transforms": lambda: replaced('<ds:Transform Algorithm="urn:[^>]*></ds:Transform>', ""),
    "empty-signature": lambda: f'<ds:Signature xmlns:ds="{ns.XMLDSIG}"/>',
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_wrong_with_the_parts_is_told_first(shape: str) -> None:
    assert_first(first_of(call(SHAPES[shape]())), shape.split(maxsplit=1)[0])


def test_an_id_that_two_elements_have() -> None:
    found = first_of(call(RIGHT, beside=f'<x Id="{ID}"/>'))
    assert_first(found, "reference")
    assert "several" in found.causes[0].title


# --- certificates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [state for state in State if state is not State.VALID])
def test_a_certificate_that_is_not_in_force(state: State) -> None:
    certificate = CITY.certificate
    [found] = all_of(call(RIGHT), judge=lambda _: Standing(state, (certificate,), "because"))
    assert (found.verdict, found.is_good) == (Verdict.HOLDS, False)
    assert [cause.code for cause in found.causes] == [f"certificate-{state.value}"]


def test_a_certificate_in_force() -> None:
    [found] = all_of(call(RIGHT), judge=lambda certificate: judge(certificate, Chain((certificate,)), NOW, {}))
    assert found.is_good


# --- all of them -----------------------------------------------------------------------------------------------------


def test_the_verdict_is_that_of_the_gateway() -> None:
    messages = [call(signed(way())) for way in WAYS.values()]
    messages += [call(made()) for made in (VALUES | SHAPES).values()] + [call(RIGHT)]
    for message in messages:
        [signature] = message.iter(f"{{{ns.XMLDSIG}}}Signature")
        found = first_of(message)
        refused: SignatureProblem | None = None
        try:
            xmldsig.verify(signature, data_of(message))
        except SignatureProblem as problem:
            refused = problem
        told = None if found.problem is None else found.problem.failure
        assert told == (None if refused is None else refused.failure.value)
        assert (found.verdict is Verdict.HOLDS) == (refused is None) == (not found.causes)


def test_smevs_the_persons_and_the_senders_signatures() -> None:
    content = xmldsig.sign(own()[1][0], "PERSONAL", OTHER).decode()
    personal = f"</MessagePrimaryContent><t:PersonalSignature>{content}</t:PersonalSignature>"
    data = DATA.replace("</MessagePrimaryContent>", personal)
    signature = xmldsig.sign(data_of(call("", data)), ID, CITY).decode()
    person, caller = all_of(call(signature, data))
    assert [(each.kind, each.verdict) for each in (person, caller)] == [
        (Kind.PERSONAL, Verdict.HOLDS),
        (Kind.CALLER, Verdict.HOLDS),
    ]
    metadata = (
        f'<t:MessageMetadata xmlns:t="{TYPES}" Id="SIGNED_BY_SMEV"><t:MessageId>1</t:MessageId></t:MessageMetadata>'
    )
    smev = xmldsig.sign(parse(metadata.encode()), "SIGNED_BY_SMEV", AUTHORITY.smev).decode()
    reply = parse(
        f'<t:SendRequestResponse xmlns:t="{TYPES}">{metadata}<t:SMEVSignature>{smev}</t:SMEVSignature>'
        "</t:SendRequestResponse>".encode()
    )
    [found] = all_of(reply)
    assert (found.kind, found.verdict, found.target) == (
        Kind.SMEV,
        Verdict.HOLDS,
        "/SendRequestResponse/MessageMetadata",
    )


def test_a_signature_without_what_it_is_over() -> None:
    alone = parse(RIGHT.encode())
    [found] = all_of(alone)
    assert (found.kind, found.verdict) == (Kind.OTHER, Verdict.NOT_JUDGED)


def test_every_cause_that_is_listed_is_met(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cause that nobody ever meets would be a guess about nothing."""
    met: set[str] = set()

    def watched(function: Callable[[Case], Cause | None]) -> Callable[[Case], Cause | None]:
        def watching(case: Case) -> Cause | None:
            cause = function(case)
            if cause is not None:
                met.add(function.__name__)
            return cause

        return watching

    listed: set[str] = set()
    for name in ("OF_THE_SHAPE", "OF_THE_DIGEST", "OF_THE_VALUE", "NOTES"):
        functions = getattr(causes, name)
        listed |= {function.__name__ for function in functions}
        monkeypatch.setattr(causes, name, tuple(watched(function) for function in functions))
    for signature in [*(signed(way()) for way in WAYS.values()), *(made() for made in (VALUES | SHAPES).values())]:
        first_of(call(signature))
    test_xop_was_signed_before_it_was_put_back()
    test_another_hash_function("sha256")
    test_the_certificate_of_somebody_else()
    test_carriage_returns_lost_on_the_way()
    assert met == listed
