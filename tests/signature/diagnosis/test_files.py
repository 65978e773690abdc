"""Signatures of files that do not hold: what was signed instead."""

import base64
import datetime
import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Final

import pytest

from gateway.signature import cms
from gateway.signature.algorithms import GOST2012_256
from gateway.signature.cms import Digest
from gateway.signature.diagnosis import Kind, SignatureFound, Verdict, of_cms
from gateway.xml import parse
from tests.signature.diagnosis.messages import AUTHORITY, CITY, TYPES, all_of

NOW: Final = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
TEXT: Final = "выписка\nстрока\n".encode()


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("extract.xml", TEXT)
    return packed.getvalue()


def look(der: bytes, content: bytes | None = TEXT) -> SignatureFound:
    return of_cms(der, content, "SignaturePKCS7", 1, "file", None)


def test_a_file_as_it_was_signed() -> None:
    found = look(cms.sign(TEXT, CITY, NOW))
    assert (found.kind, found.verdict, found.causes) == (Kind.FILE, Verdict.HOLDS, ())
    assert found.digest_expected == found.digest_found == GOST2012_256.digest(TEXT)


OTHERS: Final[dict[str, Callable[[], tuple[bytes, bytes]]]] = {
    "its base64": lambda: (base64.b64encode(TEXT), TEXT),
    "its base64 in lines": lambda: (base64.encodebytes(TEXT * 9), TEXT * 9),
    "what base64 stood for": lambda: (TEXT, base64.b64encode(TEXT)),
    "with CRLF": lambda: (TEXT.replace(b"\n", b"\r\n"), TEXT),
    "with LF": lambda: (TEXT, TEXT.replace(b"\n", b"\r\n")),
    "what is in the archive": lambda: (TEXT, zipped()),
    "nothing": lambda: (b"", TEXT),
}


@pytest.mark.parametrize("what", OTHERS)
def test_other_bytes_were_signed(what: str) -> None:
    octets, sent = OTHERS[what]()
    found = look(cms.sign(octets, CITY, NOW), sent)
    assert (found.verdict, [cause.code for cause in found.causes]) == (Verdict.BROKEN, ["file-other-bytes"])


@pytest.mark.parametrize("digest", [GOST2012_256.digest(TEXT)[::-1], hashlib.sha256(TEXT).digest()])
def test_another_digest(digest: bytes) -> None:
    found = look(cms.sign(Digest(digest), CITY, NOW))
    assert [cause.code for cause in found.causes] == ["file-other-digest"]


def test_a_file_that_was_changed() -> None:
    found = look(cms.sign(TEXT, CITY, NOW), TEXT + b"!")
    assert [(cause.code, cause.is_certain) for cause in found.causes] == [("changed", False)]


def test_a_value_the_other_way_round() -> None:
    der = cms.sign(TEXT, CITY, NOW)
    value = cms.contents_of(der).signature
    found = look(der.replace(value, value[32:] + value[:32]))
    assert [cause.code for cause in found.causes] == ["value-turned"]
    broken = look(der.replace(value, value[:-1] + bytes([value[-1] ^ 1])))
    assert [cause.code for cause in broken.causes] == ["other-key"]


@pytest.mark.parametrize("der", [b"", b"rubbish", b"\x30\x82", cms.sign(TEXT, CITY, NOW)[:200]])
def test_no_cms_at_all(der: bytes) -> None:
    found = look(der)
    assert (found.verdict, [cause.code for cause in found.causes]) == (Verdict.BROKEN, ["cms-malformed"])


def test_a_file_that_is_not_at_hand_is_not_judged() -> None:
    found = look(cms.sign(TEXT, CITY, NOW), None)
    assert (found.verdict, found.causes, found.certificate) == (Verdict.NOT_JUDGED, (), CITY.certificate)


def test_files_are_found_in_a_message_and_beside_it() -> None:
    within = base64.b64encode(cms.sign(TEXT, CITY, NOW)).decode()
    beside = base64.b64encode(cms.sign(b"large", AUTHORITY.smev, NOW)).decode()
    message = parse(
        f'<t:Request xmlns:t="{TYPES}"><t:AttachmentHeader><t:contentId>a</t:contentId><t:SignaturePKCS7>{within}'
        f"</t:SignaturePKCS7></t:AttachmentHeader><t:RefAttachmentHeader><t:uuid>u</t:uuid><t:SignaturePKCS7>{beside}"
        "</t:SignaturePKCS7></t:RefAttachmentHeader><t:AttachmentContent><t:Id>a</t:Id><t:Content>"
        f"{base64.b64encode(TEXT).decode()}</t:Content></t:AttachmentContent></t:Request>".encode()
    )
    assert [(each.identifier, each.verdict) for each in all_of(message)] == [
        ("a", Verdict.HOLDS),
        ("u", Verdict.NOT_JUDGED),
    ]
    assert [each.verdict for each in all_of(message, files={"u": b"large"})] == [Verdict.HOLDS, Verdict.HOLDS]
