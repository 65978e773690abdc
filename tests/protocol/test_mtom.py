"""MTOM packages: as Apache CXF, WCF and others frame them; broken ones say what is broken."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.ns import XOP
from gateway.protocol.mtom import ROOT_ID, MtomError, inline, pack, parameters_of, unpack
from gateway.protocol.operations import SendRequest
from gateway.protocol.smev3 import read_call
from gateway.protocol.soap import open_envelope
from gateway.xml import parse
from tests.conversation import below, new_id, send_request, swap, with_attachments

CXF_TYPE = (
    'multipart/related; type="application/xop+xml"; boundary="uuid:2942f834-0f5b"; '
    'start="<root.message@cxf.apache.org>"; start-info="text/xml";charset=UTF-8'
)
CXF_ID = "5f1c1a52-84d4-000001@urn%3A%2F%2Fx-artefacts-smev-gov-ru%2Ftypes%2Fbasic%2F1.1"
INCLUDE = f'<Content><xop:Include xmlns:xop="{XOP}" href="cid:{{}}"/></Content>'


def cxf_body(content_id: str = CXF_ID, href: str = CXF_ID, content: bytes = b"PK\x03\x04") -> bytes:
    return b"\r\n".join(
        [
            b"",
            b"--uuid:2942f834-0f5b",
            b'Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"',
            b"Content-Transfer-Encoding: binary",
            b"Content-ID: <root.message@cxf.apache.org>",
            b"",
            INCLUDE.format(href).encode(),
            b"--uuid:2942f834-0f5b",
            b"Content-Type: application/octet-stream",
            b"Content-Transfer-Encoding: binary",
            f"Content-ID: <{content_id}>".encode(),
            b"",
            content,
            b"--uuid:2942f834-0f5b--",
        ]
    )


def included(content_type: str, body: bytes) -> bytes:
    package = unpack(content_type, body)
    content = parse(package.root)
    inline(content, package)
    package.check_all_used()
    return base64.b64decode(content.text or "")


@pytest.mark.parametrize("content_id", [CXF_ID, "5f1c1a52-84d4-000001@urn://x-artefacts-smev-gov-ru/types/basic/1.1"])
def test_a_cxf_client_may_escape_its_content_id_or_not(content_id: str) -> None:
    assert included(CXF_TYPE, cxf_body(content_id)) == b"PK\x03\x04"


def test_a_client_may_separate_lines_with_lf_only() -> None:
    assert included(CXF_TYPE, cxf_body().replace(b"\r\n", b"\n")) == b"PK\x03\x04"


def test_preamble_epilogue_and_padding_of_boundaries_are_skipped() -> None:
    body = b"This is a multi-part message.\r\n" + cxf_body() + b"\r\nbye\r\n--uuid:2942f834-0f5b\r\n"
    assert (
        included(CXF_TYPE, body.replace(b"0f5b\r\nContent-Type: app", b"0f5b \t\r\nContent-Type: app")) == b"PK\x03\x04"
    )


def test_without_a_start_parameter_the_first_part_is_the_root() -> None:
    assert included('Multipart/Related; Boundary="uuid:2942f834-0f5b"', cxf_body()) == b"PK\x03\x04"


def test_the_root_part_need_not_come_first() -> None:
    _, root, attachment, _ = cxf_body().split(b"--uuid:2942f834-0f5b")
    body = b"--uuid:2942f834-0f5b".join((b"", attachment, root, b"--"))
    assert included(CXF_TYPE, body) == b"PK\x03\x04"


def test_headers_of_parts_may_be_folded_and_written_in_any_case() -> None:
    body = swap(cxf_body(), f"Content-ID: <{CXF_ID}>", f"CONTENT-id:\r\n <{CXF_ID}>")
    assert included(CXF_TYPE, body) == b"PK\x03\x04"


@pytest.mark.parametrize("content", [b"", b"\r\n", b"--", b"\n--uuid:2942", b"ends with CR\r", b"\x00" * 100])
def test_content_that_looks_like_framing_stays_content(content: bytes) -> None:
    assert included(CXF_TYPE, cxf_body(content=content)) == content


def test_plain_xml_is_a_package_without_parts() -> None:
    assert unpack("text/xml; charset=utf-8", b"<a/>").root == b"<a/>"
    assert unpack("application/soap+xml", b"<a/>").parts == {}


@pytest.mark.parametrize(
    ("content_type", "body", "said"),
    [
        ("multipart/related", cxf_body(), "boundary parameter"),
        ('multipart/related; boundary="other"', cxf_body(), "found none"),
        (CXF_TYPE, b"", "found none"),
        (CXF_TYPE, cxf_body()[:-30], "truncated"),
        (CXF_TYPE, cxf_body()[:-2], "truncated"),
        (CXF_TYPE, b"--uuid:2942f834-0f5b", "truncated"),
        (CXF_TYPE, b"--uuid:2942f834-0f5b--", "root part"),
        (CXF_TYPE, cxf_body("root.message@cxf.apache.org"), "twice"),
        (CXF_TYPE.replace("root.message", "another"), cxf_body(), "root part"),
        (CXF_TYPE, swap(cxf_body(), b"\r\n\r\n<Content>", b"\r\n<Content>"), "empty line"),
        (CXF_TYPE, cxf_body(href="nobody"), "cid:nobody"),
        (CXF_TYPE, swap(cxf_body(), 'href="cid:', 'href="http://host/'), "http://host/"),
        (CXF_TYPE, swap(cxf_body(), "<Content><xop", "<Content>text<xop"), "only content"),
        (CXF_TYPE, swap(cxf_body(), "<xop:Include", "<other/><xop:Include"), "only content"),
        (CXF_TYPE, swap(cxf_body(), INCLUDE.format(CXF_ID), "<Content/>"), "unreferenced"),
    ],
)
def test_a_broken_package_says_what_is_broken(content_type: str, body: bytes, said: str) -> None:
    with pytest.raises(MtomError, match=said.replace(".", r"\.")):
        included(content_type, body)


def test_a_part_that_comes_twice_is_refused() -> None:
    part = cxf_body().split(b"--uuid:2942f834-0f5b")[2]
    body = swap(cxf_body(), b"--uuid:2942f834-0f5b--", b"--uuid:2942f834-0f5b" + part + b"--uuid:2942f834-0f5b--")
    with pytest.raises(MtomError, match="twice"):
        included(CXF_TYPE, body)


def test_more_parts_than_anybody_needs_are_refused() -> None:
    body = b"\r\n".join(b"--b\r\nContent-ID: <%d>\r\n\r\n<a/>" % number for number in range(1002)) + b"\r\n--b--"
    with pytest.raises(MtomError, match="at most"):
        unpack("multipart/related; boundary=b", body)


def test_packages_are_framed_as_real_replies_are() -> None:
    content_type, body = pack(b"<root/>", [("a@b", b"x")])
    media_type, parameters = parameters_of(content_type)
    assert media_type == "multipart/related"
    assert parameters["type"] == "application/xop+xml"
    assert parameters["start"] == "<root.message@cxf.apache.org>"
    assert parameters["start-info"] == "text/xml"
    assert parameters["boundary"].startswith("uuid:")
    head, root = body.split(b"\r\n\r\n")[:2]
    assert f"Content-ID: <{ROOT_ID}>".encode() in head
    assert b'Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"' in head
    assert root.startswith(b"<root/>\r\n--uuid:")


@settings(deadline=None)
@given(st.binary(), st.dictionaries(st.from_regex(r"[!-;=?-~]{1,20}", fullmatch=True), st.binary(), max_size=4))
def test_whatever_is_packed_is_unpacked(root: bytes, parts: dict[str, bytes]) -> None:
    parts.pop(ROOT_ID, None)
    package = unpack(*pack(root, list(parts.items())))
    assert package.root == root
    assert package.parts == parts


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_a_part_arrives_as_the_bytes_that_were_sent(content: bytes) -> None:
    message_id = new_id()
    envelope, parts = with_attachments({"file": content}, message_id=message_id)
    package = unpack(*pack(envelope, parts))
    call = read_call(open_envelope(package.root), package)
    package.check_all_used()
    assert isinstance(call, SendRequest)
    assert [(item.content_id, item.content) for item in call.attachments] == [("file", content)]


def test_an_optimised_signature_inside_signed_data_is_base64_again_before_anybody_looks() -> None:
    # CXF optimises every base64Binary; the sender's signature covers the base64 text (XOP 1.0, section 5).
    headers = "<AttachmentHeaderList><AttachmentHeader><contentId>a</contentId><MimeType>application/zip</MimeType>{}"
    headers += "</AttachmentHeader></AttachmentHeaderList>"
    listed = "</ns2:SenderProvidedRequestData>"
    plain = headers.format(f"<SignaturePKCS7>{base64.b64encode(b'cms').decode()}</SignaturePKCS7>")
    optimised = headers.format(f'<SignaturePKCS7><xop:Include xmlns:xop="{XOP}" href="cid:p7s"/></SignaturePKCS7>')
    envelope = send_request()
    package = unpack(*pack(swap(envelope, listed, optimised + listed), [("p7s", b"cms")]))
    said = unpack("text/xml", swap(envelope, listed, plain + listed))
    heard = read_call(open_envelope(package.root), package)
    meant = read_call(open_envelope(said.root), said)
    assert isinstance(heard, SendRequest)
    assert isinstance(meant, SendRequest)
    assert heard.data.source == meant.data.source
    assert below(parse(heard.data.source), "SignaturePKCS7").text == "Y21z"
    package.check_all_used()
