"""Both ends of the wire, without a wire: what a participant says SMEV hears, and the other way round."""

from datetime import UTC, datetime

import pytest

from gateway.ns import SMEV3_VERSIONS
from gateway.protocol import operations, participant_calls, participant_replies
from gateway.protocol.faults import InvalidContent, SoapFault
from gateway.protocol.messages import Attachment, AttachmentHeader, MessageType, Selector
from gateway.protocol.mtom import Package
from gateway.protocol.participant_calls import Outgoing
from gateway.protocol.participant_replies import FaultReceived, ProtocolError, ReceivedMetadata
from gateway.protocol.soap import render_fault, render_soap_fault
from gateway.protocol.statuses import InteractionStatus, RejectCode, status_for
from gateway.xml import parse
from tests.conversation import INN_REQUEST, INN_RESPONSE, VERSIONS, below, c14n, send_request, send_response, swap
from tests.protocol.samples import (
    ATTACHMENTS,
    INTERIM,
    REJECTIONS,
    REPLIES,
    REQUEST_ID,
    RESPONSE_ID,
    SENT_AT,
    SIGNATURE,
    TO,
    WHY,
    body_child,
    every_fault,
    faults_of,
    hear,
    heard_request,
    heard_response,
    replies,
    said,
)

NOW = datetime(2013, 3, 21, 6, 30, tzinfo=UTC)
LISTED = [(AttachmentHeader(item.content_id, "application/zip"), item.content) for item in ATTACHMENTS]
every_version = pytest.mark.parametrize("version", VERSIONS)


# --- the participant speaks, SMEV hears ------------------------------------------------------------------------


@every_version
def test_the_consumer_sends_a_request_with_everything_in_it(version: str) -> None:
    smev = SMEV3_VERSIONS[version]
    options = Outgoing(RESPONSE_ID, "код <&>", "node-1", NOW, test_message=True)
    call = hear(*participant_calls.send_request(smev, REQUEST_ID, INN_REQUEST, options, LISTED))
    assert isinstance(call, operations.SendRequest)
    assert call.smev is smev
    assert call.caller_signature is None
    assert call.attachments == ATTACHMENTS
    data = call.data
    assert (data.message_id, data.reference_message_id, data.transaction_code) == (REQUEST_ID, RESPONSE_ID, "код <&>")
    assert (data.node_id, data.eol, data.test_message) == ("node-1", NOW, True)
    assert data.attachment_headers == tuple(header for header, _ in LISTED)
    assert data.ref_attachment_headers == ()
    assert c14n(data.primary_content) == c14n(parse(INN_REQUEST))
    assert c14n(below(parse(data.source), "FNSINNSingularRequest")) == c14n(parse(INN_REQUEST))


@every_version
def test_the_consumer_sends_a_request_with_nothing_but_content(version: str) -> None:
    data = heard_request(version).data
    assert (data.reference_message_id, data.transaction_code, data.node_id, data.eol) == (None, None, None, None)
    assert (data.test_message, data.attachment_headers, data.ref_attachment_headers) == (False, (), ())


@every_version
def test_the_provider_answers_with_content(version: str) -> None:
    call = hear(*participant_calls.send_response(SMEV3_VERSIONS[version], RESPONSE_ID, TO, INN_RESPONSE, LISTED))
    assert isinstance(call, operations.SendResponse)
    assert (call.data.message_id, call.data.to) == (RESPONSE_ID, TO)
    assert call.data.primary_content is not None
    assert c14n(call.data.primary_content) == c14n(parse(INN_RESPONSE))
    assert (call.data.rejections, call.data.status) == ((), None)
    assert call.attachments == ATTACHMENTS


@every_version
def test_the_provider_rejects_for_several_reasons(version: str) -> None:
    data = heard_response(version, REJECTIONS).data
    assert (data.primary_content, data.rejections, data.status) == (None, REJECTIONS, None)


@every_version
def test_the_provider_tells_an_intermediate_status(version: str) -> None:
    data = heard_response(version, INTERIM).data
    assert (data.primary_content, data.rejections, data.status) == (None, (), INTERIM)


@every_version
@pytest.mark.parametrize("operation", ["GetRequest", "GetResponse"])
@pytest.mark.parametrize(
    "selector", [Selector(), Selector(MessageType("urn:t", "Root"), "node-1"), Selector(node_id="node-1")]
)
def test_a_participant_asks_its_queue(version: str, operation: str, selector: Selector) -> None:
    call = hear(participant_calls.get(SMEV3_VERSIONS[version], operation, selector, NOW))
    assert isinstance(call, operations.GetRequest | operations.GetResponse)
    assert (call.name, call.smev.version, call.selector) == (operation, version, selector)


@every_version
def test_the_provider_asks_for_a_status(version: str) -> None:
    call = hear(participant_calls.get_status(SMEV3_VERSIONS[version], NOW))
    assert isinstance(call, operations.GetStatus)
    assert call.timestamp == NOW


@every_version
@pytest.mark.parametrize("accepted", [True, False])
def test_a_participant_acknowledges(version: str, accepted: bool) -> None:
    smev = SMEV3_VERSIONS[version]
    assert hear(participant_calls.ack(smev, REQUEST_ID, accepted=accepted)) == operations.Ack(
        smev, None, REQUEST_ID, accepted
    )


@pytest.mark.parametrize(("said_accepted", "heard"), [('accepted="1"', True), ('accepted="0"', False), ("", True)])
def test_accepted_may_be_a_digit_or_left_out(said_accepted: str, heard: bool) -> None:
    call = hear(swap(participant_calls.ack(SMEV3_VERSIONS["1.2"], REQUEST_ID), 'accepted="true"', said_accepted))
    assert isinstance(call, operations.Ack)
    assert call.accepted is heard


def test_a_participant_of_1_1_asks_how_long_its_queues_are() -> None:
    call = hear(participant_calls.get_incoming_queue_statistics(NOW, "node-1"))
    assert call == operations.GetIncomingQueueStatistics(SMEV3_VERSIONS["1.1"], None, "node-1")


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_later_versions_have_no_queue_statistics(version: str) -> None:
    envelope = participant_calls.get_incoming_queue_statistics(NOW)
    with pytest.raises(SoapFault) as refused:
        hear(envelope.replace(b"/1.1", f"/{version}".encode()))
    assert refused.value.explanation.check == "operation"


@pytest.mark.parametrize("before", ["", "<!-- signed by hand -->", "\n  "])
def test_the_callers_signature_is_kept_as_it_came(before: str) -> None:
    holder = (
        f"<ns2:CallerInformationSystemSignature>{before}{SIGNATURE.decode()}</ns2:CallerInformationSystemSignature>"
    )
    call = hear(swap(send_request(), "</ns2:SendRequestRequest>", f"{holder}</ns2:SendRequestRequest>"))
    assert call.caller_signature is not None
    assert c14n(parse(call.caller_signature)) == c14n(parse(SIGNATURE))


def test_an_empty_signature_element_is_no_signature() -> None:
    holder = "<ns2:CallerInformationSystemSignature> <!-- none --> </ns2:CallerInformationSystemSignature>"
    call = hear(swap(send_request(), "</ns2:SendRequestRequest>", f"{holder}</ns2:SendRequestRequest>"))
    assert call.caller_signature is None


def test_inline_base64_may_be_wrapped_as_old_libraries_do() -> None:
    header = "<AttachmentHeaderList><AttachmentHeader><contentId>a</contentId><MimeType>image/png</MimeType>"
    header += "</AttachmentHeader></AttachmentHeaderList></ns2:SenderProvidedRequestData><AttachmentContentList>"
    content = "<AttachmentContent><Id>a</Id><Content>&#13;\n UEsD&#13;\nBAA=&#13;\n</Content></AttachmentContent>"
    envelope = swap(send_request(), "</ns2:SenderProvidedRequestData>", f"{header}{content}</AttachmentContentList>")
    call = hear(envelope)
    assert isinstance(call, operations.SendRequest)
    assert call.attachments == (Attachment("a", b"PK\x03\x04\x00"),)


@pytest.mark.parametrize(
    ("envelope", "block"),
    [
        (swap(send_request(), b"SenderProvidedRequestData", b"Else").replace(b"/ns2:SenderP", b"/ns2:P"), ""),
        (swap(send_request(message_id=REQUEST_ID), f"<ns2:MessageID>{REQUEST_ID}</ns2:MessageID>", ""), "MessageID"),
        (swap(send_request(message_id=REQUEST_ID), REQUEST_ID, " "), "MessageID"),
        (swap(send_request(content=b""), "<MessagePrimaryContent></MessagePrimaryContent>", ""), "MessagePrimary"),
        (send_request(content=b""), "MessagePrimaryContent"),
        (send_request(content=b"<!-- nothing -->"), "MessagePrimaryContent"),
        (send_request(content=INN_REQUEST * 2), "MessagePrimaryContent"),
        (swap(send_response(TO, answer=INTERIM), "<ns2:StatusCode>2<", "<ns2:StatusCode>two<"), "StatusCode"),
        (swap(send_response(TO, answer=REJECTIONS), "NO_DATA", "NO_IDEA"), "RejectionReasonCode"),
        (send_response(TO, answer=()), "MessagePrimaryContent"),
        (swap(participant_calls.get_status(SMEV3_VERSIONS["1.2"], NOW), "2013-03-21T", "today"), "Timestamp"),
        (swap(participant_calls.ack(SMEV3_VERSIONS["1.2"], REQUEST_ID), '"true"', '"maybe"'), "AckTargetMessage"),
    ],
)
def test_what_smev_cannot_do_without_is_named(envelope: bytes, block: str) -> None:
    if not block:
        envelope, block = send_request().replace(b"SenderProvidedRequestData", b"Else"), "SenderProvidedRequestData"
    with pytest.raises(InvalidContent) as refused:
        hear(envelope)
    assert any(block in error for error in refused.value.errors), refused.value.errors
    assert refused.value.explanation.check == "envelope"


# --- SMEV speaks, the participant hears ------------------------------------------------------------------------


def expect_metadata(heard: ReceivedMetadata, version: str, message_id: str, message_type: str, *, taken: bool) -> None:
    status = InteractionStatus.MESSAGE_IS_DELIVERED if taken else InteractionStatus.REQUEST_IS_QUEUED
    assert (heard.message_id, heard.message_type, heard.sender) == (message_id, message_type, "MYSYSTEM")
    assert heard.sent_at == SENT_AT
    assert heard.delivered_at == (SENT_AT if taken else None)
    assert heard.recipient == "FNS"
    assert heard.status == status_for(status, SMEV3_VERSIONS[version]).value


@every_version
@pytest.mark.parametrize("xop", [False, True], ids=["text", "multipart"])
def test_the_provider_hears_the_request_that_the_consumer_sent(version: str, xop: bool) -> None:
    operation, reply = replies(version)["request with attachments"]
    package = said(reply, SMEV3_VERSIONS[version], operation, xop=xop)
    assert bool(package.parts) is xop
    heard = participant_replies.read_request(participant_replies.open_reply(package, operation))
    assert heard is not None
    expect_metadata(heard.metadata, version, REQUEST_ID, "REQUEST", taken=True)
    assert (heard.message_id, heard.reply_to, heard.test_message) == (REQUEST_ID, TO, False)
    assert c14n(heard.content) == c14n(parse(INN_REQUEST))
    assert heard.attachments == ATTACHMENTS


@every_version
def test_a_broadcast_cannot_be_answered(version: str) -> None:
    operation, reply = replies(version)["broadcast"]
    package = said(reply, SMEV3_VERSIONS[version], operation)
    heard = participant_replies.read_request(participant_replies.open_reply(package, operation))
    assert heard is not None
    assert heard.reply_to is None
    assert heard.metadata.message_type == "BROADCAST"


@every_version
def test_the_consumer_hears_the_response_that_the_provider_sent(version: str) -> None:
    operation, reply = replies(version)["response with attachments"]
    package = said(reply, SMEV3_VERSIONS[version], operation, xop=True)
    heard = participant_replies.read_response(participant_replies.open_reply(package, operation))
    assert heard is not None
    expect_metadata(heard.metadata, version, RESPONSE_ID, "RESPONSE", taken=True)
    assert (heard.message_id, heard.original_message_id) == (RESPONSE_ID, REQUEST_ID)
    assert (heard.original_transaction_code, heard.reference_message_id) == ("код & <код>", REQUEST_ID)
    assert heard.content is not None
    assert c14n(heard.content) == c14n(parse(INN_RESPONSE))
    assert (heard.rejections, heard.status, heard.async_status) == ((), None, None)
    assert heard.attachments == ATTACHMENTS


@every_version
def test_the_consumer_hears_rejections_statuses_and_refusals(version: str) -> None:
    heard = {}
    for name in ("rejections", "interim status", "refused by validation"):
        operation, reply = replies(version)[name]
        package = said(reply, SMEV3_VERSIONS[version], operation)
        heard[name] = participant_replies.read_response(participant_replies.open_reply(package, operation))
    rejected, interim, refused = heard.values()
    assert rejected is not None
    assert rejected.rejections == REJECTIONS
    assert interim is not None
    assert interim.status == INTERIM
    assert refused is not None
    assert refused.async_status is not None
    assert refused.async_status.original_message_id == REQUEST_ID
    assert refused.async_status.category == "requestIsRejectedBySmev"
    assert refused.async_status.details.startswith("SMEV-403:")
    assert "<1> & 2" in refused.async_status.fault


@every_version
def test_the_provider_hears_the_status_of_its_answer(version: str) -> None:
    operation, reply = replies(version)["status"]
    heard = participant_replies.read_async_status(
        participant_replies.open_reply(said(reply, SMEV3_VERSIONS[version], operation), operation)
    )
    assert heard is not None
    assert heard.original_message_id == RESPONSE_ID
    # 1.1 has no value of its own for a rejected response.
    assert heard.category == ("requestIsRejectedBySmev" if version == "1.1" else "responseIsRejectedBySmev")


@every_version
def test_the_sender_hears_that_its_message_is_queued(version: str) -> None:
    operation, reply = replies(version)["request sent"]
    heard = participant_replies.open_reply(said(reply, SMEV3_VERSIONS[version], operation), operation)
    expect_metadata(participant_replies.read_metadata(heard), version, REQUEST_ID, "REQUEST", taken=False)


@every_version
def test_an_empty_queue_is_an_empty_element(version: str) -> None:
    smev = SMEV3_VERSIONS[version]
    readers = {
        "no request": participant_replies.read_request,
        "no response": participant_replies.read_response,
        "no status": participant_replies.read_async_status,
    }
    for name, read in readers.items():
        operation, reply = replies(version)[name]
        package = said(reply, smev, operation)
        assert b"/></soap:Body>" in package.root
        assert read(participant_replies.open_reply(package, operation)) is None


def test_a_participant_of_1_1_hears_how_long_its_queues_are() -> None:
    operation, reply = replies("1.1")["queue statistics"]
    heard = participant_replies.open_reply(said(reply, SMEV3_VERSIONS["1.1"], operation), operation)
    assert participant_replies.read_queue_statistics(heard) == {"delivery.FNS._REQUEST_": 3, '"<&>': 0}


@pytest.mark.parametrize(("version", "name"), REPLIES)
def test_real_prefixes_stand_on_every_reply(version: str, name: str) -> None:
    # Clients exist that look for <ns[0-9]:OriginalMessageId> and for the default namespace basic (spec, section 1).
    operation, reply = replies(version)[name]
    smev, child = SMEV3_VERSIONS[version], body_child(said(reply, SMEV3_VERSIONS[version], operation))
    assert child.prefix == "ns2"
    assert child.nsmap.items() >= {(None, smev.basic), ("ns2", smev.types), ("ns3", smev.faults)}


@pytest.mark.parametrize("name", list(every_fault()))
@every_version
def test_a_participant_hears_which_fault_it_was(version: str, name: str) -> None:
    if name not in faults_of(version):
        return
    fault = every_fault()[name]
    with pytest.raises(FaultReceived) as heard:
        participant_replies.open_reply(Package(render_fault(fault, SMEV3_VERSIONS[version])), "SendRequest")
    assert (heard.value.name, heard.value.code) == (name, fault.full_code)
    assert heard.value.description == fault.description
    for _, text, _ in fault.fields:
        assert text in "".join(str(part) for part in parse(heard.value.detail).itertext())


def test_a_participant_hears_a_plain_soap_fault() -> None:
    with pytest.raises(FaultReceived, match="one thing") as heard:
        participant_replies.open_reply(Package(render_soap_fault(SoapFault(WHY))), "Ack")
    assert (heard.value.name, heard.value.code) == ("", "soap:Client")


def test_a_reply_to_another_call_is_no_reply() -> None:
    operation, reply = replies("1.2")["no request"]
    with pytest.raises(ProtocolError, match="GetResponseResponse"):
        participant_replies.open_reply(said(reply, SMEV3_VERSIONS["1.2"], operation), "GetResponse")


def test_reject_codes_are_heard_one_by_one() -> None:
    for code in RejectCode:
        envelope = send_response(TO, answer=REJECTIONS).replace(b"NO_DATA", code.value.encode())
        call = hear(envelope)
        assert isinstance(call, operations.SendResponse)
        assert call.data.rejections[0].code is code


def test_the_caller_hears_what_is_wrong_with_its_signature() -> None:
    for name, failure in (("SignatureVerificationFault", "NoSignatureFound"), ("AccessDenied", "")):
        envelope = render_fault(every_fault()[name], SMEV3_VERSIONS["1.2"])
        with pytest.raises(FaultReceived) as refused:
            participant_replies.open_reply(Package(envelope), "SendRequest")
        assert refused.value.failure == failure
