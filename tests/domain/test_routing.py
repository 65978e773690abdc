"""Who gets a request, and the address that its answer finds its way back by."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import xml
from gateway.domain.catalogue import DataKind
from gateway.domain.participants import Participant, Participants
from gateway.domain.routing import ForgedAddress, NoRecipient, ReplyAddress, ReplyAddresses, recipients_of
from gateway.protocol.messages import MessageType

SIMPLE = DataKind("fns/inn", "ИНН", "INN", "1.0", "ФНС", MessageType("u", "Q"), MessageType("u", "A"))
ROUTED = DataKind(
    "city/form", "Заявление", "Form", "1.0", "Город", MessageType("v", "Q"), MessageType("v", "A"),
    route_by=("to", "@oktmo"),
)  # fmt: skip
BROADCAST = DataKind("smev/note", "Новость", "Note", "1.0", "СМЭВ", MessageType("w", "N"), None, broadcast=True)
EVERYBODY = Participants.of(
    [
        Participant("FNS", "ФНС"),
        Participant("CITY", "Город", oktmo="24701000"),
        Participant("TOWN", "Городок", oktmo="24705000"),
    ],
    {"fns/inn": ["FNS", "CITY"], "city/form": ["CITY", "TOWN"], "smev/note": ["TOWN", "FNS"]},
)


def to(key: str) -> xml.Element:
    return xml.parse(f'<Q xmlns="v"><to oktmo="{key}"/></Q>'.encode())


def test_the_first_provider_gets_what_nothing_routes() -> None:
    assert recipients_of(SIMPLE, xml.parse(b"<Q/>"), EVERYBODY, "CITY") == ("FNS",)


@pytest.mark.parametrize(("key", "recipient"), [("24701000", "CITY"), ("24705000", "TOWN"), ("TOWN", "TOWN")])
def test_content_names_its_recipient_by_oktmo_or_mnemonic(key: str, recipient: str) -> None:
    assert recipients_of(ROUTED, to(key), EVERYBODY, "FNS") == (recipient,)


PLACES = Participants.of(
    [Participant("DISTRICT", "Район", "24631000"), Participant("VILLAGE", "Посёлок", "24631406")],
    {"city/form": ["DISTRICT", "VILLAGE"]},
)


@pytest.mark.parametrize(
    ("key", "recipient"),
    [
        ("24631406", "VILLAGE"),
        ("24631406001", "VILLAGE"),  # a part of it
        ("24631407", "DISTRICT"),  # a settlement without a body of its own
        ("24631407001", "DISTRICT"),
        ("24631000", "DISTRICT"),
    ],
)
def test_a_place_without_a_body_is_served_by_the_one_around_it(key: str, recipient: str) -> None:
    assert recipients_of(ROUTED, to(key), PLACES, "FNS") == (recipient,)


@pytest.mark.parametrize("key", ["24633406", "24000000", "2463140", "246314060", "DISTRICTS"])
def test_a_place_elsewhere_is_served_by_nobody(key: str) -> None:
    with pytest.raises(NoRecipient):
        recipients_of(ROUTED, to(key), PLACES, "FNS")


COMMITTEES = Participants.of(
    [
        Participant("LABOUR", "Комитет по труду", "24000000", services=("R27", "R28")),
        Participant("FOREST", "Комитет по лесному хозяйству", "24000000", services=("R54",)),
    ],
    {"city/form": ["LABOUR", "FOREST"]},
)


@pytest.mark.parametrize(
    ("service", "recipient"),
    [("R28", "LABOUR"), (" R54 ", "FOREST"), ("R99", "LABOUR"), ("", "LABOUR")],
)
def test_of_the_bodies_of_one_territory_the_one_of_the_service_is_meant(service: str, recipient: str) -> None:
    content = f'<Q xmlns="v"><!-- --><ServiceCode>{service}</ServiceCode><to oktmo="24000000"/></Q>'
    assert recipients_of(ROUTED, xml.parse(content.encode()), COMMITTEES, "FNS") == (recipient,)


def test_without_a_key_the_first_provider_gets_it() -> None:
    assert recipients_of(ROUTED, xml.parse(b"<Q/>"), EVERYBODY, "FNS") == ("CITY",)


@pytest.mark.parametrize("key", ["24700000", "FNS"])  # FNS exists, and does not provide it
def test_a_key_of_no_provider_finds_nobody(key: str) -> None:
    with pytest.raises(NoRecipient) as caught:
        recipients_of(ROUTED, to(key), EVERYBODY, "FNS")
    assert repr(key) in caught.value.found
    assert "CITY, TOWN" in caught.value.found
    assert "to/@oktmo" in caught.value.expected


def test_a_kind_without_providers_finds_nobody() -> None:
    with pytest.raises(NoRecipient) as caught:
        recipients_of(SIMPLE, to(""), Participants.of([]), "CITY")
    assert "--provide МНЕМОНИКА=fns/inn" in caught.value.advice


def test_a_broadcast_goes_to_its_subscribers_except_the_sender() -> None:
    assert recipients_of(BROADCAST, to(""), EVERYBODY, "CITY") == ("TOWN", "FNS")
    assert recipients_of(BROADCAST, to(""), EVERYBODY, "FNS") == ("TOWN",)
    assert recipients_of(BROADCAST, to(""), Participants.of([]), "FNS") == ()


# --- reply addresses ---------------------------------------------------------------------------------------------

ADDRESSES = ReplyAddresses(b"secret")
ADDRESS = ReplyAddress(7, "r1", "FNS", "CITY", MessageType("urn:u", "Запрос"), "1", 1538568622000000, "tx")

text = st.text(min_size=1, max_size=50)
some_addresses = st.builds(
    ReplyAddress,
    interaction=st.integers(0, 2**63 - 1),
    message_id=text,
    provider=text,
    consumer=text,
    request_type=st.builds(MessageType, st.text(max_size=200), text),
    node_id=st.none() | text,
    eol=st.integers(0, 2**62),
    transaction_code=st.none() | st.text(min_size=1, max_size=500),
)


@given(some_addresses)
def test_an_address_is_opened_as_it_was_written(address: ReplyAddress) -> None:
    written = ADDRESSES.write(address)
    assert ADDRESSES.open(written) == address
    assert written.isascii()


@given(some_addresses)
def test_an_address_looks_like_the_real_ones(address: ReplyAddress) -> None:
    payload = json.JSONDecoder().raw_decode(base64.b64decode(ADDRESSES.write(address)).decode("utf-8", "replace"))[0]
    assert (payload["sid"], payload["mid"], payload["mnm"]) == (
        address.interaction, address.message_id, address.consumer,
    )  # fmt: skip


def test_the_longest_address_fits_the_schema() -> None:
    """types:ReplyTo is at most 4000 characters; a TransactionCode may have 1500."""
    longest = ReplyAddress(
        2**63 - 1, "f" * 36, "Ё" * 50, "Ё" * 50, MessageType("urn:" + "ё" * 300, "Ё" * 100), "Ё" * 50, 2**62, "Ё" * 1500
    )
    written = ADDRESSES.write(longest)
    assert len(written) <= 4000
    assert ADDRESSES.open(written).transaction_code is None


def test_line_breaks_do_no_harm() -> None:
    written = ADDRESSES.write(ADDRESS)
    assert ADDRESSES.open("\r\n".join([written[:76], written[76:]])) == ADDRESS


@given(st.integers(min_value=0), st.integers(1, 255))
def test_an_address_with_one_byte_changed_is_forged(position: int, change: int) -> None:
    raw = bytearray(base64.b64decode(ADDRESSES.write(ADDRESS)))
    raw[position % len(raw)] ^= change
    with pytest.raises(ForgedAddress):
        ADDRESSES.open(base64.b64encode(bytes(raw)).decode())


@given(st.binary() | st.text())
def test_what_nobody_wrote_is_forged(made_up: bytes | str) -> None:
    with pytest.raises(ForgedAddress):
        ADDRESSES.open(made_up if isinstance(made_up, str) else base64.b64encode(made_up).decode())


def test_another_gateways_address_is_forged() -> None:
    with pytest.raises(ForgedAddress):
        ReplyAddresses(b"another secret").open(ADDRESSES.write(ADDRESS))
