"""The SOAP 1.1 envelope: what SMEV hears of a call, and what it says when there is none."""

import pytest

from gateway.ns import SMEV3_1_2, SOAP_ENVELOPE
from gateway.protocol.faults import Explanation, SoapFault, TargetMessageIsNotFound, VersionMismatch
from gateway.protocol.soap import close_envelope, open_envelope, render_fault, render_soap_fault
from gateway.xml import parse
from tests.conversation import below

SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
WHY = Explanation("a check", "one thing", "another <thing>")


def envelope(body: str, header: str = "", prefix: str = "soap", namespace: str = SOAP_ENVELOPE) -> bytes:
    name = f"{prefix}:" if prefix else ""
    declaration = f"xmlns:{prefix}" if prefix else "xmlns"
    return f'<{name}Envelope {declaration}="{namespace}">{header}{body}</{name}Envelope>'.encode()


@pytest.mark.parametrize("prefix", ["soap", "SOAP-ENV", "soapenv", "s", "S", ""])
def test_the_call_is_found_under_any_prefix(prefix: str) -> None:
    name = f"{prefix}:" if prefix else ""
    document = envelope(f'<{name}Body><Call xmlns="urn:t"/></{name}Body>', prefix=prefix)
    assert open_envelope(document).tag == "{urn:t}Call"


@pytest.mark.parametrize(
    "header", ["", "<soap:Header/>", '<soap:Header><wsa:To xmlns:wsa="urn:a">x</wsa:To></soap:Header>']
)
def test_a_header_is_optional_and_not_looked_at(header: str) -> None:
    assert open_envelope(envelope("<soap:Body><Call/></soap:Body>", header)).tag == "Call"


def test_comments_and_processing_instructions_beside_the_call_are_no_calls() -> None:
    document = b"<!-- before --><?pi before?>" + envelope(
        "<!-- a --><soap:Body><!-- b --><?pi c?>\n<Call><!-- d --></Call> <!-- e --></soap:Body><?pi f?>"
    )
    assert open_envelope(document).tag == "Call"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251"])
def test_the_encoding_that_the_document_names_is_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + envelope("<soap:Body><Вызов/></soap:Body>").decode()
    assert open_envelope(text.encode(encoding)).tag == "Вызов"


def test_a_byte_order_mark_is_no_fault() -> None:
    assert open_envelope(b"\xef\xbb\xbf" + envelope("<soap:Body><Call/></soap:Body>")).tag == "Call"


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (envelope("<soap:Body/>"), "0"),
        (envelope("<soap:Body><!-- nothing --></soap:Body>"), "0"),
        (envelope("<soap:Body><Call/><Call/></soap:Body>"), "2"),
        (envelope("<soap:Header/>"), "его нет"),
        (envelope('<Body xmlns="urn:t"><Call/></Body>'), "его нет"),
        (b"<Call/>", "{}Call"),
        (b"", "an empty body"),
        (b"grant_type=password", "line 1"),
        (b'{"json": true}', "line 1"),
        (envelope("<soap:Body><Call></soap:Body>"), "line 1"),
    ],
)
def test_what_is_no_call_is_the_clients_fault_and_says_what_was_found(document: bytes, found: str) -> None:
    with pytest.raises(SoapFault) as refused:
        open_envelope(document)
    assert refused.value.faultcode == "soap:Client"
    assert found in refused.value.explanation.found


@pytest.mark.parametrize("namespace", [SOAP12, "urn:anything"])
def test_an_envelope_of_another_soap_is_a_version_mismatch(namespace: str) -> None:
    with pytest.raises(VersionMismatch) as refused:
        open_envelope(envelope("<soap:Body><Call/></soap:Body>", namespace=namespace))
    assert namespace in refused.value.explanation.found
    fault = open_envelope(render_soap_fault(refused.value))
    assert fault.findtext("faultcode") == "soap:VersionMismatch"


def test_a_closed_envelope_opens_again() -> None:
    assert open_envelope(close_envelope(b'<x:Call xmlns:x="urn:t"/>')).tag == "{urn:t}Call"


def test_a_smev_fault_says_its_code_and_words_in_the_framing_of_real_replies() -> None:
    document = render_fault(TargetMessageIsNotFound(WHY, message_id="5f1c & <b>"), SMEV3_1_2)
    assert document.startswith(b"<soap:Envelope ")
    fault = open_envelope(document)
    assert fault.tag == f"{{{SOAP_ENVELOPE}}}Fault"
    assert fault.findtext("faultcode") == "soap:Server"
    assert fault.findtext("faultstring") == "SMEV-501:Сообщение 5f1c & <b> не найдено среди неподтверждённых."
    refused = below(fault, "TargetMessageIsNotFound")
    assert refused.prefix == "ns3"
    assert refused.findtext(f"{{{SMEV3_1_2.basic}}}Code") == "MOCK:PRODUCTION_AREA:MOCK_CORE1 : TR:SYNC:DAS:4"
    assert refused.findtext(f"{{{SMEV3_1_2.basic}}}Description") == fault.findtext("faultstring")


def test_a_fault_that_quotes_hostile_text_stays_a_document() -> None:
    document = render_soap_fault(SoapFault(Explanation("xml", "XML", "\x00\x1b[31m</soap:Fault>\r\n\ufffe")))
    assert "</soap:Fault>" in (open_envelope(document).findtext("faultstring") or "")


def test_our_own_replies_name_a_soap_body_that_regex_clients_find() -> None:
    assert parse(close_envelope(b"<Call/>")).prefix == "soap"
