"""The shipped data kinds: complete, valid by themselves, and with the roots of the published ones."""

from pathlib import Path

import pytest

from gateway import xml
from gateway.domain.catalogue import routing_key
from gateway.library import check, load
from gateway.protocol.messages import MessageType

KINDS = Path(__file__).resolve().parents[2] / "schemas" / "kinds"
FOLDERS = sorted(path.parent for path in KINDS.glob("*/*/*/kind.toml"))

# Read in public repositories (data_kinds.yaml of the project's shared ground names them).
PUBLISHED = {
    "fns/egrul": (
        "urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6",
        "FNSVipULRequest",
        "FNSVipULResponse",
    ),
    "fns/inn-by-person": (
        "urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1",
        "FNSINNSingularRequest",
        "FNSINNSingularResponse",
    ),
    "mvd/passport-dossier": (
        "urn://mvd/guvm/passport-dossier/1.1.0",
        "passportDossierRequest",
        "passportDossierResponse",
    ),
    "rosreestr/egrn-statement": (
        "urn://x-artefacts-rosreestr-gov-ru/virtual-services/egrn-statement/1.1.2",
        "Request",
        "Response",
    ),
}


def test_nothing_is_wrong_with_any_kind() -> None:
    assert [str(error) for error in check(KINDS)] == []


def test_the_shipped_kinds_are_these() -> None:
    catalogue = load(KINDS).catalogue
    assert [kind.id for kind in catalogue] == [
        "applicant/application",
        "fns/egrul",
        "fns/inn-by-person",
        "mvd/passport-dossier",
        "rosreestr/egrn-statement",
        "smev/notice",
    ]
    assert [kind.id for kind in catalogue if kind.broadcast] == ["smev/notice"]


@pytest.mark.parametrize("kind_id", sorted(PUBLISHED))
def test_roots_are_those_of_the_published_kind(kind_id: str) -> None:
    namespace, request, response = PUBLISHED[kind_id]
    kind = load(KINDS).catalogue.by_id(kind_id)
    assert kind is not None
    assert kind.request == MessageType(namespace, request)
    assert kind.response == MessageType(namespace, response)
    assert kind.fidelity == "simplified"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.parent.name}-{folder.parent.name}")
def test_every_element_and_attribute_of_the_examples_is_needed_or_known(folder: Path) -> None:
    """A schema that accepts anything passes the check above; so each name, misspelled, must be refused."""
    library = load(KINDS)
    for example in folder.glob("example-*.xml"):
        body = example.read_bytes()
        for index, node in enumerate(xml.parse(body).iter("*")):
            if index:
                spoiled = list(xml.parse(body).iter("*"))
                spoiled[index].tag = f"{node.tag!s}Х"
                assert library.violations(spoiled[0]), node.tag
            for name in node.attrib:
                spoiled = list(xml.parse(body).iter("*"))
                spoiled[index].set(f"{name!s}Х", spoiled[index].attrib.pop(name))
                assert library.violations(spoiled[0]), name


def test_an_application_is_routed_by_oktmo() -> None:
    kind = load(KINDS).catalogue.by_id("applicant/application")
    assert kind is not None
    example = next((KINDS / kind.id).iterdir()) / "example-request.xml"
    assert routing_key(kind, xml.parse(example.read_bytes())) == "24701000"
