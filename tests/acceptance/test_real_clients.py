"""Clients as they are written in the world: raw calls, shaped as their authors shape them (spec/smev3-clients.md)."""

import base64
import re
import uuid

import pytest

from gateway.app import Gateway
from gateway.ns import SMEV3_VERSIONS, WSDL_SOAP, XSD
from gateway.protocol import mtom, participant_calls
from gateway.xml import name_of, parse
from tests.acceptance.conftest import Start
from tests.conversation import (
    CLOCK,
    CONSUMER,
    INN_REQUEST_TYPE,
    INN_RESPONSE,
    PROVIDER,
    VERSIONS,
    ack,
    address,
    below,
    client,
    fetch,
    get,
    new_id,
    post,
    send_request,
    send_response,
    swap,
    whole_exchange,
    with_attachments,
)

ENVELOPE = re.compile(rb"<soap:Envelope[\s\S]*</soap:Envelope>")
ORIGINAL_MESSAGE_ID = re.compile(rb"<ns[0-9]:OriginalMessageId>(.*?)</ns[0-9]:OriginalMessageId>")


# --- how calls come --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/soap+xml; charset=utf-8"},  # Smev3Sharp: a SOAP 1.1 envelope all the same
        {"Content-Type": "text/xml"},  # smev-client: no SOAPAction
        {"Content-Type": "text/xml;charset=UTF-8", "SOAPAction": '"urn:SendRequest"'},
        {"Content-Type": "text/xml", "SOAPAction": "urn:SendRequest"},
        {"Content-Type": "text/xml", "SOAPAction": '""'},
        {"Content-Type": "text/xml", "SOAPAction": "urn:Ack"},  # the Body says what is called, not the header
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/octet-stream"},
    ],
)
async def test_the_body_says_which_operation_it_is(gateway: Gateway, headers: dict[str, str]) -> None:
    answer = await post(address(gateway.url, CONSUMER), send_request(), headers)
    assert answer.status == 200, answer.body
    assert name_of(answer.child)[1] == "SendRequestResponse"
    assert answer.content_type == "text/xml; charset=utf-8"


async def test_pretty_printed_calls_with_their_own_prefixes_are_calls(gateway: Gateway) -> None:
    # 1C and SoapUI write what a person would: other prefixes, indents, an empty Header, an XML declaration.
    smev = SMEV3_VERSIONS["1.2"]
    body = f"""<?xml version="1.0" encoding="utf-8"?>
    <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:typ="{smev.types}"
                      xmlns:bas="{smev.basic}">
      <soapenv:Header/>
      <soapenv:Body>
        <!-- Get request -->
        <typ:GetRequestRequest>
          <bas:MessageTypeSelector Id="SIGNED_BY_CONSUMER">
            <bas:Timestamp>2013-03-21T10:00:00.1234567</bas:Timestamp>
          </bas:MessageTypeSelector>
        </typ:GetRequestRequest>
      </soapenv:Body>
    </soapenv:Envelope>"""
    answer = await post(address(gateway.url, PROVIDER), b"\xef\xbb\xbf" + body.strip().encode())
    assert answer.status == 200, answer.body
    assert len(answer.child) == 0


async def test_unsigned_calls_are_taken_in_a_sandbox(gateway: Gateway) -> None:
    assert b"CallerInformationSystemSignature" not in send_request()
    await whole_exchange(gateway.url)


async def test_get_status_needs_no_signature_here(gateway: Gateway) -> None:
    unsigned = re.sub(
        rb"<ns2:CallerInf.*?</ns2:CallerInformationSystemSignature>",
        b"",
        participant_calls.get_status(SMEV3_VERSIONS["1.2"], CLOCK.now()),
    )
    answer = await post(address(gateway.url, PROVIDER), unsigned)
    assert answer.status == 200, answer.body


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_header_names_the_caller_at_the_plain_address(gateway: Gateway, version: str) -> None:
    plain = f"{gateway.url}/smev/v{version}/ws"
    sent = await post(plain, send_request(version), {"X-Smev-Mnemonic": "HEADED"})
    assert sent.status == 200, sent.body
    taken = await post(plain, get("GetRequest", INN_REQUEST_TYPE, version), {"X-Smev-Mnemonic": PROVIDER})
    assert below(taken.child, "Sender", "Mnemonic").text == "HEADED"


async def test_the_old_address_ws_speaks_1_1(gateway: Gateway) -> None:
    answer = await post(f"{gateway.url}/ws", send_request("1.1"), {"X-Smev-Mnemonic": CONSUMER})
    assert answer.status == 200, answer.body
    assert name_of(answer.child)[0] == SMEV3_VERSIONS["1.1"].types


async def test_ids_of_other_uuid_versions_can_be_allowed(start: Start) -> None:
    # node smev3-soap makes version 4 ids, and its Ack has Id = "U" + uuid.
    gateway = await start(any_uuid_version=True)
    version_4 = str(uuid.UUID(bytes=b"\x01" * 16, version=4))
    sent = await post(address(gateway.url, CONSUMER), send_request(message_id=version_4))
    assert sent.status == 200, sent.body
    taken = await post(address(gateway.url, PROVIDER), get("GetRequest"))
    assert below(taken.child, "MessageMetadata", "MessageId").text == version_4
    confirmed = swap(ack(version_4), "SIGNED_BY_CALLER", f"U{version_4}")
    assert (await post(address(gateway.url, PROVIDER), confirmed)).status == 200


# --- how replies go --------------------------------------------------------------------------------------------


async def test_clients_with_regular_expressions_find_what_they_look_for(gateway: Gateway) -> None:
    message_id = new_id()
    await post(address(gateway.url, CONSUMER), send_request(message_id=message_id))
    request = await post(address(gateway.url, PROVIDER), get("GetRequest"))
    await post(address(gateway.url, PROVIDER), send_response(below(request.child, "ReplyTo").text or ""))
    response = await post(address(gateway.url, CONSUMER), get("GetResponse"))
    assert ENVELOPE.search(response.body)
    found = ORIGINAL_MESSAGE_ID.search(response.body)
    assert found is not None
    assert found[1].decode() == message_id


async def test_an_empty_queue_is_a_self_closed_element(gateway: Gateway) -> None:
    answer = await post(address(gateway.url, CONSUMER), get("GetResponse"))
    assert answer.status == 200
    assert re.search(rb"<ns2:GetResponseResponse [^>]*/></soap:Body>", answer.body)


async def test_an_ack_is_answered_with_its_element(gateway: Gateway) -> None:
    message_id = new_id()
    await post(address(gateway.url, CONSUMER), send_request(message_id=message_id))
    await post(address(gateway.url, PROVIDER), get("GetRequest"))
    answer = await post(address(gateway.url, PROVIDER), ack(message_id))
    assert (answer.status, name_of(answer.child)[1], len(answer.child)) == (200, "AckResponse", 0)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_lost_message_is_found_by_local_name_in_detail(gateway: Gateway, version: str) -> None:
    answer = await post(address(gateway.url, PROVIDER, version), ack(new_id(), version))
    assert answer.status == 500  # clients parse a fault where the status is not 2xx
    detail = answer.child.find("detail")
    assert detail is not None
    assert [name_of(child) for child in detail] == [(SMEV3_VERSIONS[version].faults, "TargetMessageIsNotFound")]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_fault_is_in_the_callers_version_even_when_the_call_cannot_be_read(
    gateway: Gateway, version: str
) -> None:
    message_id = new_id()
    broken = swap(send_request(version, message_id), f"<ns2:MessageID>{message_id}</ns2:MessageID>", "")
    answer = await post(address(gateway.url, CONSUMER, version), broken)
    assert answer.detail is not None
    assert name_of(answer.detail) == (SMEV3_VERSIONS[version].faults, "InvalidContent")


# --- MTOM ------------------------------------------------------------------------------------------------------


async def test_wcf_gets_multipart_for_multipart(gateway: Gateway) -> None:
    content_type, body = mtom.pack(*with_attachments({"a.zip": b"PK\x00\r\n--"}))
    sent = await post(address(gateway.url, CONSUMER), body, content_type=content_type)
    assert sent.status == 200, sent.body
    content_type, body = mtom.pack(get("GetRequest"), ())
    taken = await post(address(gateway.url, PROVIDER), body, content_type=content_type)
    for answer in (sent, taken):
        media_type, parameters = mtom.parameters_of(answer.content_type)
        assert media_type == "multipart/related"
        assert parameters["type"] == "application/xop+xml"
        assert parameters["start"] == "<root.message@cxf.apache.org>"
        assert parameters["start-info"] == "text/xml"
    assert list(taken.package.parts.values()) == [b"PK\x00\r\n--"]
    assert base64.b64decode(below(taken.child, "AttachmentContent", "Content").text or "") == b"PK\x00\r\n--"


async def test_wcf_gets_multipart_even_for_faults(gateway: Gateway) -> None:
    for envelope, fault in ((ack(new_id()), "TargetMessageIsNotFound"), (b"<not soap", "soap:Client")):
        content_type, body = mtom.pack(envelope, ())
        answer = await post(address(gateway.url, PROVIDER), body, content_type=content_type)
        assert answer.status == 500
        assert answer.content_type.startswith("multipart/related; ")
        assert answer.fault == fault


async def test_an_envelope_in_text_gets_attachments_in_base64(gateway: Gateway) -> None:
    content_type, body = mtom.pack(*with_attachments({"a.zip": b"PK\x00\xff"}))
    await post(address(gateway.url, CONSUMER), body, content_type=content_type)
    taken = await post(address(gateway.url, PROVIDER), get("GetRequest"))
    assert taken.content_type.startswith("text/xml")
    assert below(taken.child, "AttachmentContent", "Content").text == base64.b64encode(b"PK\x00\xff").decode()


async def test_replies_can_always_be_multipart_as_those_of_the_real_smev(start: Start) -> None:
    gateway = await start(always_multipart=True)
    for envelope, status in ((get("GetRequest"), 200), (ack(new_id()), 500), (b"", 500)):
        answer = await post(address(gateway.url, PROVIDER), envelope)
        assert (answer.status, answer.content_type[:18]) == (status, "multipart/related;")
        assert ENVELOPE.search(answer.body)  # clients that cut the envelope out of the package
    await whole_exchange(gateway.url)


async def test_an_attachment_id_may_start_with_a_digit(gateway: Gateway) -> None:
    # Not an NCName, so not an xs:ID; the real SMEV takes it (spec, basic/V).
    name = "1d0a954e-8b9c-11e2.zip"
    content_type, body = mtom.pack(*with_attachments({name: b"PK"}))
    assert (await post(address(gateway.url, CONSUMER), body, content_type=content_type)).status == 200
    taken = await post(address(gateway.url, PROVIDER), get("GetRequest"))
    assert below(taken.child, "AttachmentContent", "Id").text == name


# --- WSDL ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["?wsdl", "?WSDL", "", "?singleWsdl", "?wsdl=smev.wsdl"])
@pytest.mark.parametrize("version", VERSIONS)
async def test_any_get_is_answered_with_the_wsdl(gateway: Gateway, version: str, query: str) -> None:
    answer = await fetch(address(gateway.url, CONSUMER, version) + query)
    assert (answer.status, answer.content_type) == (200, "text/xml; charset=utf-8")
    assert parse(answer.body).get("targetNamespace") == SMEV3_VERSIONS[version].service


@pytest.mark.parametrize("host", ["smev3-n0.test.gosuslugi.ru:7500", "mock", "[::1]:8630"])
async def test_addresses_in_the_wsdl_follow_the_host_that_was_asked(gateway: Gateway, host: str) -> None:
    answer = await fetch(f"{gateway.url}/smev/v1.2/ws?wsdl", {"Host": host})
    root = parse(answer.body)
    (service,) = root.iter(f"{{{WSDL_SOAP}}}address")
    assert service.get("location") == f"http://{host}/smev/v1.2/ws"
    locations = [element.get("schemaLocation") or "" for element in root.iter(f"{{{XSD}}}import")]
    assert locations
    assert all(location.startswith(f"http://{host}/smev/v1.2/ws?xsd=") for location in locations)


@pytest.mark.parametrize("path", ["/smev/v1.1/ws", "/smev/v1.3/ws", "/as/MYSYSTEM/smev/v1.2/ws", "/ws"])
async def test_schemas_lead_to_schemas_until_all_are_there(gateway: Gateway, path: str) -> None:
    waiting, seen = [f"{gateway.url}{path}?wsdl"], set[str]()
    while waiting:
        url = waiting.pop()
        if url not in seen:
            seen.add(url)
            answer = await fetch(url)
            assert answer.status == 200, url
            root = parse(answer.body)
            waiting += [str(element.get("schemaLocation")) for element in root.iter(f"{{{XSD}}}import")]
    assert len(seen) >= 4


async def test_a_schema_that_is_not_there_is_not_found(gateway: Gateway) -> None:
    for name in ("no.xsd", "../kind.toml", "..%2F..%2Fkinds", ""):
        answer = await fetch(f"{gateway.url}/smev/v1.2/ws?xsd={name}")
        assert answer.status == 404
        assert b"smev-message-exchange-types-1.2.xsd" in answer.body


async def test_our_own_client_takes_a_full_address_too(gateway: Gateway) -> None:
    async with client(address(gateway.url, CONSUMER), "ignored") as consumer:
        await consumer.send_request(INN_RESPONSE)
        refused = await consumer.take_response()
        assert refused is not None
        assert refused.async_status is not None
