"""The shipped data kinds: complete, valid by themselves, and with the roots of the published ones."""

import tomllib
from functools import cache
from pathlib import Path

import pytest

from gateway import xml
from gateway.domain.catalogue import routing_key
from gateway.library import Library, check, load
from gateway.protocol.messages import MessageType

KINDS = Path(__file__).resolve().parents[2] / "schemas" / "kinds"
FOLDERS = sorted(path.parent for path in KINDS.glob("*/*/*/kind.toml"))

PUBLISHED: dict[str, tuple[str, str, str]] = tomllib.loads(
    (Path(__file__).parent / "published_kinds.toml").read_text(encoding="utf-8")
)

# What the services of a region ask other bodies for, and what people ask for most beside it.
ASKED_FOR = (Path(__file__).parent / "asked_for.txt").read_text(encoding="utf-8").split()


@cache
def shipped() -> Library:
    return load(KINDS)


def test_nothing_is_wrong_with_any_kind() -> None:
    assert [str(error) for error in check(KINDS)] == []


def test_what_services_ask_for_is_shipped() -> None:
    catalogue = shipped().catalogue
    assert [kind_id for kind_id in ASKED_FOR if catalogue.by_id(kind_id) is None] == []
    assert [kind.id for kind in catalogue if kind.broadcast] == ["smev/notice"]


def test_no_kind_claims_to_be_the_published_one() -> None:
    own = {kind.id for kind in shipped().catalogue if kind.fidelity == "own"}
    assert own == {kind.id for kind in shipped().catalogue if kind.request.namespace.startswith("urn://mock-smev/")}
    assert {kind.fidelity for kind in shipped().catalogue} == {"own", "simplified"}


@pytest.mark.parametrize("kind_id", sorted(PUBLISHED))
def test_roots_are_those_of_the_published_kind(kind_id: str) -> None:
    namespace, request, response = PUBLISHED[kind_id]
    kind = shipped().catalogue.by_id(kind_id)
    assert kind is not None
    assert kind.request == MessageType(namespace, request or kind.request.root)
    assert kind.response == MessageType(namespace, response or (kind.response.root if kind.response else ""))
    assert kind.fidelity == "simplified"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.parent.name}-{folder.parent.name}")
def test_every_element_and_attribute_of_the_examples_is_needed_or_known(folder: Path) -> None:
    """A schema that accepts anything passes the check above; so each name, misspelled, must be refused.

    Only a request whose published schema is not known in full takes what it does not know.
    """
    library = shipped()
    for example in folder.glob("example-response.xml" if is_open(folder) else "example-*.xml"):
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


def is_open(folder: Path) -> bool:
    return any("<xs:any " in path.read_text(encoding="utf-8") for path in folder.glob("*.xsd"))


def test_only_some_requests_are_open() -> None:
    assert sum(map(is_open, FOLDERS)) < len(FOLDERS) / 2


def test_an_application_is_routed_by_oktmo() -> None:
    kind = shipped().catalogue.by_id("applicant/application")
    assert kind is not None
    example = next((KINDS / kind.id).iterdir()) / "example-request.xml"
    assert routing_key(kind, xml.parse(example.read_bytes())) == "24701000"
