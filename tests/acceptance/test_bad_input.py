"""Bad calls, one a row: what is no XML, no SOAP, no call, or a call with a bad block or MessageID."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.app import Gateway
from gateway.machine import new_ids
from gateway.protocol.participant_calls import Outgoing
from tests.acceptance.bad_input import BadInput, Rows, assert_refused, assert_still_works, sent
from tests.conversation import (
    CLOCK,
    CONSUMER,
    INN_REQUEST,
    Answer,
    address,
    new_id,
    post,
    send_request,
    swap,
)
from tests.test_xml import ENTITIES

ROWS = Rows()
SOAP, CLIENT, INVALID = "http://schemas.xmlsoap.org/soap/envelope/", "soap:Client", "InvalidContent"


def with_doctype(doctype: str, attribute: str = "", text: str = "") -> bytes:
    return f'{doctype}<a:Envelope xmlns:a="{SOAP}"><a:Body><b{attribute}>{text}</b></a:Body></a:Envelope>'.encode()


def without_body(inside: str) -> bytes:
    return f'<a:Envelope xmlns:a="{SOAP}">{inside}</a:Envelope>'.encode()


def with_id(message_id: str) -> bytes:
    return send_request(message_id=message_id)


def of_moment(moment: datetime) -> bytes:
    return with_id(new_id(moment))


def with_eol(text: str) -> bytes:
    marked = send_request(options=Outgoing(eol=datetime(2013, 3, 21, tzinfo=UTC)))
    return swap(marked, "2013-03-21T04:00:00.000+04:00", text)


DATA_END = "</ns2:SenderProvidedRequestData>"

# --- no XML ----------------------------------------------------------------------------------------------------
ROWS.body("not-xml", CLIENT, "xml", lambda: b'{"json": true}')
ROWS.body("empty-body", CLIENT, "xml", lambda: b"")
ROWS.body("broken-xml", CLIENT, "xml", lambda: send_request()[:-10])
ROWS.body("not-utf-8", CLIENT, "xml", lambda: swap(send_request(), "Иваново", b"\xc8\xe2\xe0"))
ROWS.body("doctype", CLIENT, "xml", lambda: with_doctype("<!DOCTYPE b>"))
ROWS.body("internal-entity", CLIENT, "xml", lambda: with_doctype('<!DOCTYPE b [<!ENTITY c "d">]>', text="&c;"))
ROWS.body(
    "external-entity",
    CLIENT,
    "xml",
    lambda: with_doctype('<!DOCTYPE b [<!ENTITY c SYSTEM "file:///etc/passwd">]>', text="&c;"),
)
ROWS.body("external-dtd", CLIENT, "xml", lambda: with_doctype('<!DOCTYPE b SYSTEM "http://127.0.0.1:1/">'))
ROWS.body("entity-bomb", CLIENT, "xml", lambda: with_doctype(ENTITIES, text="&e9;"))
ROWS.body("attribute-entity-bomb", CLIENT, "xml", lambda: with_doctype(ENTITIES, attribute=' c="&e9;"'))
ROWS.body("depth", CLIENT, "xml", lambda: send_request(content=b"<a>" * 300 + b"</a>" * 300))
ROWS.body("two-million-elements", CLIENT, "xml", lambda: send_request(content=b"<a>" + b"<b/>" * 2_000_000 + b"</a>"))
ROWS.body(
    "rare-encoding",
    CLIENT,
    "xml",
    lambda: b'<?xml version="1.0" encoding="UTF-7"?>' + b"+ADw-a/+AD4-" * 100_000,
)

# --- no SOAP ---------------------------------------------------------------------------------------------------
ROWS.body(
    "soap-1-2",
    "soap:VersionMismatch",
    "soap",
    lambda: swap(send_request(), SOAP, "http://www.w3.org/2003/05/soap-envelope"),
)
ROWS.body("unknown-soap", "soap:VersionMismatch", "soap", lambda: swap(send_request(), SOAP, "urn:soap"))
ROWS.body("no-envelope", CLIENT, "soap", lambda: INN_REQUEST)
ROWS.body("no-body", CLIENT, "soap", lambda: without_body("<a:Header/>"))
ROWS.body("empty-soap-body", CLIENT, "soap", lambda: without_body("<a:Body/>"))
ROWS.body("two-calls", CLIENT, "soap", lambda: without_body("<a:Body><b/><b/></a:Body>"))

# --- no call ---------------------------------------------------------------------------------------------------
ROWS.body("unknown-operation", CLIENT, "operation", lambda: send_request().replace(b"SendRequestRequest", b"Hello"))
ROWS.body("unknown-version", CLIENT, "operation", lambda: send_request().replace(b"types/1.2", b"types/1.4"))
ROWS.body("version-at-another-address", CLIENT, "version", lambda: send_request("1.3"))

# --- blocks ----------------------------------------------------------------------------------------------------
ROWS.body(
    "missing-block", INVALID, "envelope", lambda: send_request().replace(b"SenderProvidedRequestData", b"Something")
)
ROWS.body("two-contents", INVALID, "envelope", lambda: send_request(content=INN_REQUEST * 2))
ROWS.body(
    "unknown-block", INVALID, "call_follows_wire_schema", lambda: swap(send_request(), DATA_END, f"<a/>{DATA_END}")
)
ROWS.body(
    "unknown-block-after-the-data",
    INVALID,
    "call_follows_wire_schema",
    lambda: swap(send_request(), DATA_END, f"{DATA_END}<ns2:Surprise/>"),
)
ROWS.body(
    "block-twice",
    INVALID,
    "call_follows_wire_schema",
    lambda: swap(
        send_request(), "<MessagePrimaryContent>", f"<ns2:MessageID>{new_id()}</ns2:MessageID><MessagePrimaryContent>"
    ),
)
ROWS.body(
    "blocks-out-of-order",
    INVALID,
    "call_follows_wire_schema",
    lambda: swap(send_request(), DATA_END, f"<ns2:NodeID>late</ns2:NodeID>{DATA_END}"),
)
ROWS.body(
    "value-too-long",
    INVALID,
    "call_follows_wire_schema",
    lambda: send_request(options=Outgoing(node_id="n" * 51)),
)
ROWS.body("eol-no-date", INVALID, "envelope", lambda: with_eol("tomorrow"))
ROWS.body("eol-passed", "EndOfLifeReached", "end_of_life_is_ahead", lambda: with_eol("2013-03-21T03:00:00Z"))
ROWS.body(
    "eol-unset-by-dotnet", "EndOfLifeReached", "end_of_life_is_ahead", lambda: with_eol("0001-01-01T00:00:00+05:00")
)

# --- MessageID -------------------------------------------------------------------------------------------------
FORMAT = ("InvalidMessageIdFormat", "message_id_is_well_formed")
ROWS.body("id-no-uuid", *FORMAT, lambda: with_id("42"))
ROWS.body("id-in-capitals", *FORMAT, lambda: with_id(new_id().upper()))
ROWS.body("id-in-braces", *FORMAT, lambda: with_id(f"{{{new_id()}}}"))
ROWS.body("id-in-two-lines", *FORMAT, lambda: with_id(f"{new_id()}\n{new_id()}"))
ROWS.body("id-of-version-4", *FORMAT, lambda: with_id("0e7ae1d2-ee9a-4f0c-8c54-5d1d4c1c7d11"))
ROWS.body("id-empty", INVALID, "envelope", lambda: with_id(""))
ROWS.body("id-stale", "StaleMessageId", "message_id_is_fresh", lambda: of_moment(CLOCK.now() - timedelta(days=2)))
ROWS.body(
    "id-of-1582", "StaleMessageId", "message_id_is_fresh", lambda: with_id("00000000-0000-1000-8000-000000000000")
)


@ROWS.row("id-sent-twice", "MessageIsAlreadySent", "message_id_is_new")
async def _(gateway: Gateway) -> Answer:
    message_id = await sent(gateway)
    return await post(address(gateway.url, CONSUMER), send_request(message_id=message_id))


@ROWS.row("id-of-another-message", "MessageIsAlreadySent", "message_id_is_new")
async def _(gateway: Gateway) -> Answer:
    message_id = await sent(gateway)
    other = swap(send_request(message_id=message_id), "Смирнов", "Кузнецов")
    return await post(address(gateway.url, "ANOTHER"), other)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
async def test_bad_input(gateway: Gateway, row: BadInput) -> None:
    entry = await assert_refused(gateway, row)
    assert "root:" not in str(entry["explanation"])
    await assert_still_works(gateway)


async def test_a_message_sent_twice_is_told_from_another_one_with_its_id(gateway: Gateway) -> None:
    rows = {row.id: row for row in ROWS}
    same = await assert_refused(gateway, rows["id-sent-twice"])
    another = await assert_refused(gateway, rows["id-of-another-message"])
    assert "то же самое сообщение" in same["explanation"]["found"]
    assert "другое сообщение" in another["explanation"]["found"]


async def test_id_of_the_future(gateway: Gateway) -> None:
    # What the real SMEV does is not known (spec, section 7): a wrong clock alone is no reason to refuse.
    future = new_ids(3).message_id(CLOCK.now() + timedelta(days=400))
    answer = await post(address(gateway.url, CONSUMER), with_id(future))
    assert answer.status == 200, answer.body
    await assert_still_works(gateway)
