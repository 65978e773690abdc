"""A call against the XSD of message-exchange: what a sandbox forgives, and nothing beside it."""

import re

import pytest

from gateway.library.wire_schema import WireSchemas
from gateway.ns import SMEV3_VERSIONS
from gateway.protocol import participant_calls
from gateway.protocol.soap import open_envelope
from tests.conversation import (
    CLOCK,
    SMEV3_SCHEMAS,
    VERSIONS,
    ack,
    get,
    new_id,
    send_request,
    send_response,
    signed,
    swap,
)

SCHEMAS = WireSchemas(SMEV3_SCHEMAS)
DATA_END = "</ns2:SenderProvidedRequestData>"
HOLDER = "<ns2:CallerInformationSystemSignature>{}</ns2:CallerInformationSystemSignature>"


def violations(envelope: bytes, version: str = "1.2") -> tuple[str, ...]:
    return SCHEMAS.violations(open_envelope(envelope), SMEV3_VERSIONS[version])


@pytest.mark.parametrize("version", VERSIONS)
def test_what_our_own_client_says_is_valid(version: str) -> None:
    smev = SMEV3_VERSIONS[version]
    calls = [
        send_request(version),
        send_response("to", version),
        get("GetRequest", version=version),
        get("GetResponse", version=version),
        participant_calls.get_status(smev, CLOCK.now()),
        ack(new_id(), version),
        signed(send_request(version), "AAAA", smev),
    ]
    if version == "1.1":
        calls.append(participant_calls.get_incoming_queue_statistics(CLOCK.now(), "node"))
    assert [violations(call, version) for call in calls] == [()] * len(calls)


@pytest.mark.parametrize(
    "envelope",
    [
        send_request(message_id="MY-ID"),
        send_request(message_id=new_id().upper()),
        *(
            swap(send_request(), DATA_END, DATA_END + HOLDER.format(inside))
            for inside in ("", "?", "<!-- any -->", "<b/>")
        ),
        re.sub(
            rb"<ns2:CallerInf.*?</ns2:CallerInformationSystemSignature>",
            b"",
            participant_calls.get_status(SMEV3_VERSIONS["1.2"], CLOCK.now()),
        ),
    ],
)
def test_a_missing_signature_is_forgiven_and_the_form_of_message_id_is_judged_elsewhere(envelope: bytes) -> None:
    assert violations(envelope) == ()


@pytest.mark.parametrize(
    ("envelope", "said"),
    [
        (swap(send_request(), DATA_END, f"{DATA_END}<ns2:Surprise/>"), "Surprise"),
        (swap(get("GetRequest"), "</ns2:GetR", "<ns2:Surprise/></ns2:GetR"), "Surprise"),
        (swap(send_request(), "<ns2:SenderP", f"{HOLDER.format('')}<ns2:SenderP"), "CallerInformationSystemSignature"),
        (signed(signed(send_request(), "AAAA"), "AAAA"), "CallerInformationSystemSignature"),
        (swap(send_request(), "<MessageP", f"<ns2:MessageID>{new_id()}</ns2:MessageID><MessageP"), "MessageID"),
        (swap(send_request(), "<MessageP", "<ns2:ReferenceMessageID>X</ns2:ReferenceMessageID><MessageP"), "Reference"),
        (swap(ack(new_id()), "SIGNED_BY_CALLER", "1 2"), "Id"),
        (ack("42"), "AckTargetMessage"),
    ],
)
def test_anything_else_is_told_with_its_place(envelope: bytes, said: str) -> None:
    found = violations(envelope)
    assert found
    assert any(said in sentence for sentence in found), found
    assert not any("urn://x-artefacts-smev-gov-ru" in sentence for sentence in found), found
