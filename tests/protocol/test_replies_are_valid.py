"""Whatever SMEV says is valid against the schemas that it serves, in every version."""

from functools import cache

import pytest
from lxml import etree

from gateway.ns import SMEV3_VERSIONS, SOAP_ENVELOPE
from gateway.protocol.messages import DeliveredStatus
from gateway.protocol.operations import ResponseReply, StatusReply
from gateway.protocol.smev_messages import rejected_request, rejected_response
from gateway.protocol.soap import open_envelope, render_fault
from gateway.xml import Element, parse
from tests.conversation import SMEV3_SCHEMAS, VERSIONS
from tests.protocol.samples import (
    REPLIES,
    REQUEST_ID,
    RESPONSE_ID,
    TO,
    body_child,
    delivered_response,
    every_fault,
    faults_of,
    replies,
    said,
)

FAULTS = [(version, name) for version in VERSIONS for name in faults_of(version)]


@cache
def schema(version: str) -> etree.XMLSchema:
    """Types and faults together: xsi:type inside AsyncProcessingStatus names a type of faults, which types does not
    import."""
    smev, folder = SMEV3_VERSIONS[version], SMEV3_SCHEMAS / version
    imports = "".join(
        f'<xs:import namespace="{namespace}" schemaLocation="{(folder / name).as_uri()}"/>'
        for namespace, name in (
            (smev.types, f"smev-message-exchange-types-{version}.xsd"),
            (smev.faults, f"smev-message-exchange-faults-{version}.xsd"),
        )
    )
    document = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(parse(document.encode()))


def assert_valid(element: Element, version: str) -> None:
    compiled = schema(version)
    # A copy of its own: what is declared above must come with it, and nothing else counts.
    twin = parse(etree.tostring(element, encoding="utf-8"))
    assert compiled.validate(twin), f"{compiled.error_log}\n{etree.tostring(element, encoding='unicode')}"


@pytest.mark.parametrize("xop", [False, True], ids=["text", "multipart"])
@pytest.mark.parametrize(("version", "name"), REPLIES)
def test_every_reply_is_valid(version: str, name: str, xop: bool) -> None:
    operation, reply = replies(version)[name]
    child = body_child(said(reply, SMEV3_VERSIONS[version], operation, xop=xop))
    assert child.tag == f"{{{SMEV3_VERSIONS[version].types}}}{operation}Response"
    assert_valid(child, version)


@pytest.mark.parametrize(("version", "name"), FAULTS)
def test_every_fault_is_valid(version: str, name: str) -> None:
    smev = SMEV3_VERSIONS[version]
    fault = open_envelope(render_fault(faults_of(version)[name], smev))
    assert fault.tag == f"{{{SOAP_ENVELOPE}}}Fault"
    detail = fault.find("detail")
    assert detail is not None
    assert [child.tag for child in detail] == [f"{{{smev.faults}}}{name}"]
    assert_valid(detail[0], version)
    assert [child.tag for child in detail[0]][:2] == [f"{{{smev.basic}}}Code", f"{{{smev.basic}}}Description"]


@pytest.mark.parametrize(("version", "name"), FAULTS)
def test_every_fault_is_valid_where_it_comes_asynchronously(version: str, name: str) -> None:
    smev, fault = SMEV3_VERSIONS[version], faults_of(version)[name]
    to_consumer = rejected_request(fault, REQUEST_ID, RESPONSE_ID, TO, smev)
    response = body_child(said(ResponseReply(delivered_response(version, to_consumer)), smev, "GetResponse"))
    assert_valid(response, version)
    told = DeliveredStatus(rejected_response(fault, RESPONSE_ID, smev))
    status = body_child(said(StatusReply(told), smev, "GetStatus"))
    assert_valid(status, version)


def test_the_checks_above_can_fail() -> None:
    operation, reply = replies("1.2")["request sent"]
    child = body_child(said(reply, SMEV3_VERSIONS["1.2"], operation))
    child[0].remove(child[0][0])
    child[0].remove(child[0][0])
    with pytest.raises(AssertionError, match="MessageType"):
        assert_valid(child, "1.2")


def test_every_class_of_fault_is_among_the_samples() -> None:
    assert len(every_fault()) == 21
