"""Faults and enumerations in the code are those of the schemas and WSDLs that are served, no more and no fewer."""

from enum import StrEnum
from functools import cache

import pytest

from gateway.ns import SMEV3_VERSIONS, WSDL, XSD
from gateway.protocol.faults import DECLARED, PersonalAccessDenied, SmevFault
from gateway.protocol.smev3 import _READERS
from gateway.protocol.statuses import (
    InteractionStatus,
    RejectCode,
    SignatureFailure,
    WireMessageType,
    status_for,
)
from gateway.xml import Element, parse
from tests.conversation import SMEV3_SCHEMAS, VERSIONS
from tests.protocol.samples import WHY, every_fault, faults_of

XS, WS = f"{{{XSD}}}", f"{{{WSDL}}}"
every_version = pytest.mark.parametrize("version", VERSIONS)

ONLY_IN_1_3 = {"requestIsProcessed", "responseIsQueued", "responseIsProcessed"}
SINCE_1_2 = {"responseIsRejectedBySmev", "messageIsArchived", "messageIsDelivered"}
ONLY_IN_1_1 = {"responseIsDelivered"}


@cache
def document(version: str, part: str) -> Element:
    return parse((SMEV3_SCHEMAS / version / f"smev-message-exchange-{part}").read_bytes())


def xsd(version: str, part: str) -> Element:
    return document(version, f"{part}-{version}.xsd")


def enumeration(version: str, part: str, name: str) -> set[str]:
    """The values of a named simple type, or of the one inside the element `name`."""
    holders = [node for node in xsd(version, part).iter(f"{XS}simpleType", f"{XS}element") if node.get("name") == name]
    values = {str(value.get("value")) for holder in holders for value in holder.iter(f"{XS}enumeration")}
    assert values, f"{part} {version} has no enumeration {name}"
    return values


@cache
def declared_in_wsdl(version: str) -> dict[str, frozenset[str]]:
    """Operation -> fault elements, followed through the messages of the WSDL."""
    root = document(version, f"service-{version}.wsdl")
    elements = {
        message.get("name"): str(part.get("element")).rpartition(":")[2]
        for message in root.iter(f"{WS}message")
        for part in message.iter(f"{WS}part")
    }
    port = next(root.iter(f"{WS}portType"))
    return {
        str(operation.get("name")): frozenset(
            elements[str(fault.get("message")).rpartition(":")[2]] for fault in operation.iter(f"{WS}fault")
        )
        for operation in port.iter(f"{WS}operation")
    }


def declared_in_code(version: str) -> dict[str, frozenset[str]]:
    found = {
        operation: frozenset(fault.__name__ for fault in classes)
        for operation, classes in DECLARED.items()
        if version == "1.1" or operation != "GetIncomingQueueStatistics"
    }
    if version == "1.3":
        found["SendRequest"] |= {PersonalAccessDenied.__name__}
    return found


@every_version
def test_each_operation_declares_the_same_faults_in_code_and_wsdl(version: str) -> None:
    assert declared_in_code(version) == declared_in_wsdl(version)


@every_version
def test_smev_understands_the_operations_of_the_wsdl(version: str) -> None:
    understood = {name.removesuffix("Request") for name in _READERS}
    if version != "1.1":
        understood.remove("GetIncomingQueueStatistics")
    assert understood == set(declared_in_wsdl(version))


@every_version
def test_there_is_one_class_for_each_fault_of_the_schema(version: str) -> None:
    elements = {str(element.get("name")) for element in xsd(version, "faults").iterchildren(f"{XS}element")}
    assert set(faults_of(version)) == elements


@every_version
def test_the_fields_of_a_fault_are_those_of_its_type_in_order(version: str) -> None:
    root = xsd(version, "faults")
    types = {node.get("name"): node for node in root.iterchildren(f"{XS}complexType")}
    for element in root.iterchildren(f"{XS}element"):
        fault = every_fault()[str(element.get("name"))]
        own = types.get(str(element.get("type")).rpartition(":")[2])
        expected = [] if own is None else [child.get("name") for child in own.iter(f"{XS}element")]
        assert list(dict.fromkeys(name for name, _, _ in fault.fields)) == expected


@every_version
def test_codes_fit_the_schema(version: str) -> None:
    longest = 50 if version == "1.1" else 100
    for fault in every_fault().values():
        assert 0 < len(fault.full_code) <= longest
        assert 0 < len(fault.asynchronous_code) <= longest


def test_every_fault_says_a_searchable_number_and_no_braces() -> None:
    for fault in every_fault().values():
        assert fault.description.startswith("SMEV-"), fault
        assert fault.description.isprintable(), fault
        assert not set("{}") & set(fault.description.replace("{urn:t}Root", "")), fault


def test_no_two_faults_share_a_number_or_a_code() -> None:
    faults = every_fault().values()
    # Signature failures are told apart by their own enumeration.
    assert len({fault.description.partition(":")[0] for fault in faults}) == len(faults)
    assert len({fault.code for fault in faults}) == len(faults)


@pytest.mark.parametrize("fault", SmevFault.__subclasses__())
def test_faults_have_no_classes_between(fault: type[SmevFault]) -> None:
    assert fault.__subclasses__() == []


@every_version
def test_interaction_statuses_are_those_of_the_schema(version: str) -> None:
    known = {status.value for status in InteractionStatus}
    expected = {
        "1.1": known - ONLY_IN_1_3 - SINCE_1_2,
        "1.2": known - ONLY_IN_1_3 - ONLY_IN_1_1,
        "1.3": known - ONLY_IN_1_1,
    }
    assert enumeration(version, "basic", "InteractionStatusType") == expected[version]


def test_no_status_is_unknown_to_every_version() -> None:
    written = set().union(*(enumeration(version, "basic", "InteractionStatusType") for version in VERSIONS))
    assert written == {status.value for status in InteractionStatus}


@every_version
def test_every_status_has_words_in_every_version(version: str) -> None:
    sayable = enumeration(version, "basic", "InteractionStatusType")
    for status in InteractionStatus:
        said = status_for(status, SMEV3_VERSIONS[version])
        assert said.value in sayable, f"{status} in {version}"
        if status.value in sayable:
            assert said is status


@every_version
@pytest.mark.parametrize(
    ("code", "part", "name"),
    [
        (RejectCode, "types", "RejectCode"),
        (SignatureFailure, "faults", "SignatureVerificationFault"),
        (WireMessageType, "types", "MessageTypeType"),
    ],
)
def test_enumerations_are_those_of_the_schema(version: str, code: type[StrEnum], part: str, name: str) -> None:
    # CANCEL exists in 1.1 only and belongs to no operation of its WSDL.
    extra = {"CANCEL"} if (version, name) == ("1.1", "MessageTypeType") else set()
    assert {value.value for value in code} | extra == enumeration(version, part, name)


def test_explanations_read_as_one_line() -> None:
    text = str(WHY)
    assert text == "[a check] ожидалось: one thing; найдено: another"
