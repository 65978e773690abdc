"""Files by reference on the wire: the header that a sender writes, and the login that its reader is given (spec §8)."""

from dataclasses import replace

import pytest

from gateway.ns import SMEV3_VERSIONS
from gateway.protocol import operations, participant_calls, participant_replies
from gateway.protocol.messages import FSAttachment, RefAttachmentHeader
from gateway.protocol.participant_replies import ReceivedFile
from tests.conversation import INN_REQUEST, INN_RESPONSE, VERSIONS, swap
from tests.protocol.samples import (
    REQUEST_ID,
    RESPONSE_ID,
    SENT_AT,
    TO,
    body_child,
    delivered_request,
    delivered_response,
    hear,
    said,
)
from tests.protocol.test_replies_are_valid import assert_valid

HEADERS = (
    RefAttachmentHeader("0f6d8a7e-84d4-11e2-9e96-0800200c9a66", "3RNK+/8=", "application/zip", b"\x30\x03<&>"),
    RefAttachmentHeader("7C6D8A7E-84D4-11E2-9E96-0800200C9A66", "", "text/plain"),
)
GIVEN = FSAttachment("0F6D8A7E-84D4-11E2-9E96-0800200C9A66", "u" * 30, "p<&>" * 7, "/SignedContent.zip")
every_version = pytest.mark.parametrize("version", VERSIONS)


@every_version
def test_smev_hears_the_headers_of_a_request_and_of_a_response(version: str) -> None:
    smev = SMEV3_VERSIONS[version]
    asked = hear(*participant_calls.send_request(smev, REQUEST_ID, INN_REQUEST, ref_attachments=HEADERS))
    assert isinstance(asked, operations.SendRequest)
    assert asked.data.ref_attachment_headers == HEADERS
    answered = hear(*participant_calls.send_response(smev, RESPONSE_ID, TO, INN_RESPONSE, ref_attachments=HEADERS))
    assert isinstance(answered, operations.SendResponse)
    assert answered.data.ref_attachment_headers == HEADERS


@pytest.mark.parametrize(("version", "heard"), [("1.1", None), ("1.2", None), ("1.3", "выписка.zip")])
def test_only_1_3_says_the_name_of_the_file(version: str, heard: str | None) -> None:
    named = [replace(HEADERS[0], file_name="выписка.zip")]
    smev = SMEV3_VERSIONS[version]
    call = hear(*participant_calls.send_request(smev, REQUEST_ID, INN_REQUEST, ref_attachments=named))
    assert isinstance(call, operations.SendRequest)
    assert call.data.ref_attachment_headers == (replace(HEADERS[0], file_name=heard),)


def test_a_signature_that_came_as_a_part_is_its_bytes() -> None:
    smev = SMEV3_VERSIONS["1.2"]
    envelope, _ = participant_calls.send_request(smev, REQUEST_ID, INN_REQUEST, ref_attachments=HEADERS[:1])
    include = b'<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:signature"/>'
    call = hear(swap(envelope, b"MAM8Jj4=", include), (("signature", b"\x30\x03<&>"),))
    assert isinstance(call, operations.SendRequest)
    assert call.data.ref_attachment_headers == HEADERS[:1]


@every_version
def test_the_reader_pairs_headers_and_logins_by_uuid(version: str) -> None:
    smev = SMEV3_VERSIONS[version]
    asked = hear(*participant_calls.send_request(smev, REQUEST_ID, INN_REQUEST, ref_attachments=HEADERS))
    answered = hear(*participant_calls.send_response(smev, RESPONSE_ID, TO, INN_RESPONSE, ref_attachments=HEADERS))
    assert isinstance(asked, operations.SendRequest)
    assert isinstance(answered, operations.SendResponse)
    request = replace(delivered_request(version), source=asked.data.source, files=(GIVEN,))
    response = replace(delivered_response(version), source=answered.data.source, files=(GIVEN,))
    for operation, reply in (
        ("GetRequest", operations.RequestReply(request)),
        ("GetResponse", operations.ResponseReply(response)),
    ):
        package = said(reply, smev, operation)
        assert_valid(body_child(package), version)
        element = participant_replies.open_reply(package, operation)
        read = participant_replies.read_request if operation == "GetRequest" else participant_replies.read_response
        message = read(element)
        assert message is not None
        assert message.files == (ReceivedFile(HEADERS[0], GIVEN), ReceivedFile(HEADERS[1], None))
        assert message.metadata.sent_at == SENT_AT
