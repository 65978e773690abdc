"""The catalogue: look-ups, what cannot stand together, misspelled names, routing by content."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import xml
from gateway.domain.catalogue import Catalogue, DataKind, KindDefinedTwice, RootClaimedTwice, routing_key
from gateway.protocol.messages import MessageType

EGRUL = DataKind(
    id="fns/egrul",
    name="Выписки из ЕГРЮЛ",
    name_en="EGRUL extract",
    version="4.0.6",
    owner="ФНС России",
    request=MessageType("urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6", "FNSVipULRequest"),
    response=MessageType("urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6", "FNSVipULResponse"),
)
DOSSIER = DataKind(
    id="mvd/passport-dossier",
    name="Досье",
    name_en="Dossier",
    version="1.1.0",
    owner="МВД России",
    request=MessageType("urn://mvd/guvm/passport-dossier/1.1.0", "passportDossierRequest"),
    response=MessageType("urn://mvd/guvm/passport-dossier/1.1.0", "passportDossierResponse"),
)
NOTICE = DataKind(
    id="smev/notice",
    name="Объявление",
    name_en="Notice",
    version="1.0.0",
    owner="Оператор СМЭВ",
    request=MessageType("urn://mock-smev/notice/1.0.0", "Notice"),
    response=None,
    broadcast=True,
)
CATALOGUE = Catalogue([DOSSIER, NOTICE, EGRUL])


def another_version(kind: DataKind, version: str) -> DataKind:
    assert kind.response is not None
    return replace(
        kind,
        version=version,
        request=replace(kind.request, namespace=f"urn://other/{version}"),
        response=replace(kind.response, namespace=f"urn://other/{version}"),
    )


def test_kinds_are_found_by_root_and_by_id() -> None:
    assert EGRUL.response is not None
    assert CATALOGUE.by_request(EGRUL.request) is EGRUL
    assert CATALOGUE.by_response(EGRUL.response) is EGRUL
    assert CATALOGUE.by_id("fns/egrul") is EGRUL


def test_a_root_is_found_in_its_own_role_only() -> None:
    assert EGRUL.response is not None
    assert CATALOGUE.by_request(EGRUL.response) is None
    assert CATALOGUE.by_response(EGRUL.request) is None
    assert CATALOGUE.by_id("fns/egrip") is None


def test_kinds_come_in_order_of_id() -> None:
    assert [kind.id for kind in CATALOGUE] == ["fns/egrul", "mvd/passport-dossier", "smev/notice"]
    assert len(CATALOGUE) == 3


def test_by_id_gives_the_newest_version() -> None:
    older, newer = another_version(EGRUL, "4.0.9"), another_version(EGRUL, "4.0.10")
    catalogue = Catalogue([newer, older, EGRUL])
    assert catalogue.by_id("fns/egrul") is newer
    assert [kind.version for kind in catalogue] == ["4.0.6", "4.0.9", "4.0.10"]


def test_two_kinds_cannot_claim_one_root() -> None:
    thief = replace(DOSSIER, id="other/kind", response=EGRUL.response)
    with pytest.raises(RootClaimedTwice, match=r"FNSVipULResponse.*fns/egrul 4\.0\.6.*other/kind") as caught:
        Catalogue([EGRUL, thief])
    assert isinstance(caught.value, ValueError)
    assert (caught.value.first, caught.value.second) == (EGRUL, thief)


def test_one_version_of_a_kind_is_defined_once() -> None:
    with pytest.raises(KindDefinedTwice, match="fns/egrul"):
        Catalogue([EGRUL, replace(another_version(EGRUL, "5"), version="4.0.6")])


@pytest.mark.parametrize(("broadcast", "response"), [(True, EGRUL.response), (False, None)])
def test_a_kind_has_a_response_or_is_a_broadcast(broadcast: bool, response: MessageType | None) -> None:
    with pytest.raises(ValueError, match="fns/egrul"):
        replace(EGRUL, broadcast=broadcast, response=response)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (replace(EGRUL.request, root="FNSVipUlRequest"), EGRUL),
        (replace(EGRUL.request, namespace="urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.5"), EGRUL),
        (MessageType("urn://mvd/guvm/passport-dosier/1.1.0", "passportDossierResponse"), DOSSIER),
        (MessageType("urn://mock-smev/notices/1.0.0", "Notices"), NOTICE),
        (MessageType("http://example.org/quite/another", "Zzz"), None),
        (MessageType("", ""), None),
    ],
)
def test_the_closest_kind_explains_a_misspelling(found: MessageType, expected: DataKind | None) -> None:
    assert CATALOGUE.closest(found) is expected


@given(st.builds(MessageType, st.text(max_size=400), st.text(max_size=400)))
def test_closest_copes_with_any_name(found: MessageType) -> None:
    assert CATALOGUE.closest(found) in (None, EGRUL, DOSSIER, NOTICE)


def test_a_name_of_a_megabyte_is_compared_quickly() -> None:
    started = time.perf_counter()
    CATALOGUE.closest(MessageType("urn:" * 250_000, "a" * 1_000_000))
    assert time.perf_counter() - started < 0.5


ROUTED = replace(EGRUL, route_by=("Recipient", "Oktmo"))
BY_ATTRIBUTE = replace(EGRUL, route_by=("Recipient", "@code"))


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (ROUTED, "<r><Recipient><Oktmo> 24701000\n</Oktmo></Recipient></r>", "24701000"),
        (ROUTED, '<r xmlns="urn:a"><x/><Recipient><Oktmo>37AA01</Oktmo></Recipient></r>', "37AA01"),
        (
            ROUTED,
            "<r><Recipient><Oktmo>1</Oktmo></Recipient><Recipient><Oktmo>2</Oktmo></Recipient></r>",
            "1",
        ),
        (ROUTED, "<r><!-- c --><Recipient><Oktmo/></Recipient></r>", None),
        (ROUTED, "<r><Recipient/></r>", None),
        (ROUTED, "<r><Oktmo>24701000</Oktmo></r>", None),
        (BY_ATTRIBUTE, '<r><Recipient code=" 24701000 "/></r>', "24701000"),
        (BY_ATTRIBUTE, '<r><Recipient code=""/></r>', None),
        (BY_ATTRIBUTE, "<r><Recipient/></r>", None),
        (BY_ATTRIBUTE, "<r/>", None),
        (replace(EGRUL, route_by=("@code",)), '<r code="7"/>', "7"),
        (EGRUL, "<r><Recipient><Oktmo>24701000</Oktmo></Recipient></r>", None),
    ],
)
def test_the_routing_key_is_read_from_the_content(kind: DataKind, body: str, expected: str | None) -> None:
    assert routing_key(kind, xml.parse(body.encode())) == expected
