"""The step list, as two people read it, against the programs that it describes: Woodstox, and the StAX of the JDK."""

from pathlib import Path
from typing import Final

import pytest
from hypothesis import assume, given, settings
from lxml import etree

from gateway import xml
from gateway.signature.transform import Escaping, transform
from tests.peers.java_peer import JavaPeer
from tests.peers.questions import PeerRefused
from tests.signature.documents import canonical_documents, with_cyrillic_namespaces
from tests.signature.step_list import transformed

VECTORS: Final = Path(__file__).parents[1] / "vectors" / "transform"


@pytest.mark.parametrize("writer", ["woodstox", "jdk17"])
def test_the_class_of_the_java_example_passes_the_vectors(java: JavaPeer, writer: str) -> None:
    expected = {path.name: path.read_bytes() for path in VECTORS.glob(f"*.c14n-out-{writer}.xml")}
    found = {}
    for name in expected:
        document = xml.parse((VECTORS / name.replace(f"c14n-out-{writer}", "in")).read_bytes())
        octets = etree.tostring(document, method="c14n", exclusive=True, with_comments=False)
        found[name] = java.transform(octets, jdk=writer == "jdk17")
    assert found == expected


@pytest.mark.parametrize("document", [b"<a></a>", b'<a xmlns="u:1" xml:lang="ru"></a>'])
def test_woodstox_refuses_what_the_step_list_says_it_does(java: JavaPeer, document: bytes) -> None:
    with pytest.raises(PeerRefused, match="XMLStreamException"):
        java.transform(document)


@settings(max_examples=50, deadline=None)
@given(octets=canonical_documents())
def test_the_jdk_writes_what_the_program_says_it_does(java: JavaPeer, octets: bytes) -> None:
    assume(b"]]]]" not in octets)  # of a long run of them the JDK's parser makes other pieces now and then
    assert java.transform(octets, jdk=True) == transform(octets, Escaping.JDK)


@settings(max_examples=100, deadline=None)
@given(octets=canonical_documents())
def test_woodstox_writes_what_the_step_list_says(java: JavaPeer, octets: bytes) -> None:
    for document in (octets, with_cyrillic_namespaces(octets)):
        assert java.transform(document) == transformed(document)
