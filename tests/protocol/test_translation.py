"""Sent by one version, read by another: SMEV's own names change, the business content does not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.ns import SMEV3_VERSIONS, XSI
from gateway.protocol.messages import DeliveredStatus
from gateway.protocol.operations import StatusReply
from gateway.protocol.smev_messages import rejected_request, rejected_response
from gateway.protocol.statuses import InteractionStatus
from gateway.protocol.translation import translate
from gateway.xml import Element, name_of, parse, source
from tests.conversation import CROSS_VERSIONS, INN_REQUEST, VERSIONS, below, c14n, send_request, swap
from tests.protocol.samples import (
    INTERIM,
    REJECTIONS,
    REQUEST_ID,
    RESPONSE_ID,
    TO,
    body_child,
    heard_request,
    heard_response,
    invalid_content,
    said,
)
from tests.protocol.test_replies_are_valid import assert_valid
from tests.xml_strategies import elements

across = pytest.mark.parametrize(("sent_by", "read_by"), CROSS_VERSIONS)

BUSINESS = {
    "example": INN_REQUEST.decode(),
    "no namespace": "<Request><a/></Request>",
    "no namespace, said so": '<Request xmlns=""><a/></Request>',
    "a prefix": '<p:Request xmlns:p="urn:x"><p:a p:at="1"/><b/></p:Request>',
    "a prefix only in values": (
        f'<Request xmlns="urn:x" xmlns:p="urn:p" xmlns:xsi="{XSI}"><a xsi:type="p:Citizen">p:value</a></Request>'
    ),
    "a prefix of the envelope in values": (
        f'<Request xmlns="urn:x" xmlns:xsi="{XSI}"><a xsi:type="ns2:Void"/></Request>'
    ),
    "comments and instructions": "<Request><!-- note --><?target data?><a/></Request>",
    "white space and tails": "<Request>\n  <a/> text\n\t<b/>\n</Request>",
    "elements of message-exchange": (
        '<Request xmlns="urn:x"><MessageID xmlns="urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.1"/>'
        '<MessageID xmlns="urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.2"/>'
        '<Archive xmlns="urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.3"/></Request>'
    ),
}


def translated_content(outer: str, sent_by: str, read_by: str) -> tuple[Element, Element]:
    """The business root as sent, and as it reads after translation and splicing."""
    stored = heard_request(sent_by, outer.encode()).data.source
    before = next(below(parse(stored), "MessagePrimaryContent").iterchildren("*"))
    after = parse(translate(stored, SMEV3_VERSIONS[sent_by], SMEV3_VERSIONS[read_by]))
    return before, next(below(after, "MessagePrimaryContent").iterchildren("*"))


def assert_untouched(before: Element, after: Element) -> None:
    assert c14n(after) == c14n(before)
    for old, new in zip(before.iter("*"), after.iter("*"), strict=True):
        assert new.nsmap.items() >= {prefix: uri for prefix, uri in old.nsmap.items() if uri}.items()


@across
@pytest.mark.parametrize("content", BUSINESS.values(), ids=BUSINESS)
def test_business_content_is_not_touched(content: str, sent_by: str, read_by: str) -> None:
    envelope = send_request(sent_by, REQUEST_ID, content.encode()).decode()
    assert_untouched(*translated_content(envelope, sent_by, read_by))


@across
@pytest.mark.parametrize("place", ["soap:Envelope", "ns2:SenderProvidedRequestData", "MessagePrimaryContent"])
def test_declarations_above_the_content_mean_the_same_after(place: str, sent_by: str, read_by: str) -> None:
    # Two prefixes of one namespace, one of them used in elements, the other only in a value.
    content = f'<q:Request xmlns:q="urn:x" xmlns:xsi="{XSI}"><q:a xsi:type="p:T" p:at="1"/><p:b/></q:Request>'
    envelope = send_request(sent_by, REQUEST_ID, content.encode()).decode()
    declared = envelope.replace(f"<{place}", f'<{place} xmlns:p="urn:x"', 1)
    before, after = translated_content(declared, sent_by, read_by)
    assert_untouched(before, after)
    assert after.prefix == "q"
    assert after[0].nsmap["p"] == "urn:x"


@settings(deadline=None)
@given(elements({"": SMEV3_VERSIONS["1.2"].basic, "ns2": SMEV3_VERSIONS["1.2"].types}), st.sampled_from(["1.1", "1.3"]))
def test_any_business_content_is_not_touched(content: str, read_by: str) -> None:
    envelope = send_request("1.2", REQUEST_ID, content.encode()).decode()
    stored = swap(envelope.encode(), "<MessagePrimaryContent>", "<MessagePrimaryContent>\n ").decode()
    before, after = translated_content(stored, "1.2", read_by)
    assert_untouched(before, after)


@across
def test_the_rest_is_in_the_readers_namespaces(sent_by: str, read_by: str) -> None:
    smev = SMEV3_VERSIONS[read_by]
    stored = heard_request(sent_by).data.source
    data = parse(translate(stored, SMEV3_VERSIONS[sent_by], smev))
    assert data.tag == f"{{{smev.types}}}SenderProvidedRequestData"
    assert data.get("Id") == "SIGNED_BY_CONSUMER"
    assert [child.tag for child in data] == [f"{{{smev.types}}}MessageID", f"{{{smev.basic}}}MessagePrimaryContent"]
    assert data[0].text == REQUEST_ID


@across
def test_a_translated_call_is_valid_where_it_arrives(sent_by: str, read_by: str) -> None:
    old, new = SMEV3_VERSIONS[sent_by], SMEV3_VERSIONS[read_by]
    for name, stored in {
        "SendRequestRequest": heard_request(sent_by).data.source,
        "SendResponseRequest": heard_response(sent_by).data.source,
    }.items():
        call = parse(
            f'<x:{name} xmlns:x="{new.types}">'.encode() + translate(stored, old, new) + f"</x:{name}>".encode()
        )
        assert_valid(call, read_by)
    for answer in (REJECTIONS, INTERIM):
        stored = heard_response(sent_by, answer).data.source
        call = parse(
            f'<x:SendResponseRequest xmlns:x="{new.types}">'.encode()
            + translate(stored, old, new)
            + b"</x:SendResponseRequest>"
        )
        assert_valid(call, read_by)


HEADERS_OF_1_3 = (
    "<AttachmentHeaderList><AttachmentHeader><contentId>a.zip</contentId><NamespaceUri>urn:f</NamespaceUri>"
    "<MimeType>application/zip</MimeType><SignaturePKCS7>Y21z</SignaturePKCS7>"
    "<Archive><File><Name>a.xml</Name><NamespaceUri>urn:f</NamespaceUri></File></Archive>"
    "</AttachmentHeader></AttachmentHeaderList>"
    "<RefAttachmentHeaderList><RefAttachmentHeader><uuid>5f1c</uuid><FileName>b.zip</FileName>"
    "<NamespaceUri>urn:f</NamespaceUri><Hash>aGFzaA==</Hash><MimeType>application/zip</MimeType>"
    "<Archive><File><Name>b.xml</Name><NamespaceUri>urn:f</NamespaceUri></File></Archive>"
    "</RefAttachmentHeader></RefAttachmentHeaderList>"
)


def request_with_headers(version: str, headers: str) -> bytes:
    closing = "</ns2:SenderProvidedRequestData>"
    return heard_request(version, swap(send_request(version), closing, headers + closing)).data.source


@pytest.mark.parametrize("read_by", ["1.1", "1.2"])
def test_what_only_1_3_says_of_attachments_is_left_out(read_by: str) -> None:
    new = SMEV3_VERSIONS[read_by]
    stored = request_with_headers("1.3", HEADERS_OF_1_3)
    data = parse(translate(stored, SMEV3_VERSIONS["1.3"], new))
    header, reference = below(data, "AttachmentHeader"), below(data, "RefAttachmentHeader")
    assert [name_of(child)[1] for child in header] == ["contentId", "MimeType", "SignaturePKCS7"]
    assert [name_of(child)[1] for child in reference] == ["uuid", "Hash", "MimeType"]
    call = etree.Element(f"{{{new.types}}}SendRequestRequest")
    call.append(data)
    assert_valid(call, read_by)


def test_what_1_3_says_of_attachments_stays_in_1_3() -> None:
    smev = SMEV3_VERSIONS["1.3"]
    stored = request_with_headers("1.3", HEADERS_OF_1_3)
    assert translate(stored, smev, smev) is stored


@pytest.mark.parametrize("version", VERSIONS)
def test_within_one_version_not_a_byte_changes(version: str) -> None:
    smev, stored = SMEV3_VERSIONS[version], heard_request(version).data.source
    assert translate(stored, smev, smev) is stored


@across
def test_comments_between_smevs_own_blocks_do_no_harm(sent_by: str, read_by: str) -> None:
    envelope = (
        send_request(sent_by).decode().replace("<MessagePrimaryContent>", "<!-- x --><?y z?><MessagePrimaryContent>")
    )
    assert_untouched(*translated_content(envelope, sent_by, read_by))


@across
def test_there_and_back_again_is_the_same(sent_by: str, read_by: str) -> None:
    old, new = SMEV3_VERSIONS[sent_by], SMEV3_VERSIONS[read_by]
    stored = heard_response(sent_by, REJECTIONS).data.source
    back = translate(translate(stored, old, new), new, old)
    assert c14n(parse(back)) == c14n(parse(stored))


@across
def test_a_rejection_told_asynchronously_is_valid_where_it_is_read(sent_by: str, read_by: str) -> None:
    old, new = SMEV3_VERSIONS[sent_by], SMEV3_VERSIONS[read_by]
    told = translate(rejected_response(invalid_content(), RESPONSE_ID, old), old, new)
    status = body_child(said(StatusReply(DeliveredStatus(told)), new, "GetStatus"))
    assert_valid(status, read_by)
    fault = below(status, "SmevFault")
    prefix, _, local = (fault.get(f"{{{XSI}}}type") or "").rpartition(":")
    assert (fault.nsmap[prefix or None], local) == (new.faults, "InvalidContent")
    expected = "requestIsRejectedBySmev" if "1.1" in (sent_by, read_by) else "responseIsRejectedBySmev"
    assert below(status, "StatusCategory").text == expected


@across
def test_a_rejected_request_is_told_in_the_readers_version(sent_by: str, read_by: str) -> None:
    old, new = SMEV3_VERSIONS[sent_by], SMEV3_VERSIONS[read_by]
    data = parse(translate(rejected_request(invalid_content(), REQUEST_ID, RESPONSE_ID, TO, old), old, new))
    assert below(data, "StatusCategory").text == InteractionStatus.REQUEST_IS_REJECTED_BY_SMEV
    assert below(data, "ValidationError").tag == f"{{{new.faults}}}ValidationError"


def test_a_block_in_the_namespace_of_a_third_version_is_read_all_the_same() -> None:
    # check_wire_schema = false lets such a call in; whoever reads it must not get a failure for ever.
    strange = send_request("1.2", content=b"<Request/>").replace(b"/types/basic/1.2", b"/types/basic/1.1")
    stored = heard_request("1.2", strange).data.source
    data = parse(translate(stored, SMEV3_VERSIONS["1.2"], SMEV3_VERSIONS["1.3"]))
    assert below(data, "MessagePrimaryContent").tag == f"{{{SMEV3_VERSIONS['1.3'].basic}}}MessagePrimaryContent"
    assert_untouched(below(parse(stored), "Request"), below(data, "Request"))


def test_a_response_keeps_its_reply_address() -> None:
    data = parse(translate(heard_response("1.1").data.source, SMEV3_VERSIONS["1.1"], SMEV3_VERSIONS["1.3"]))
    assert below(data, "To").text == TO
    assert source(data).startswith(b"<ns2:SenderProvidedResponseData")
