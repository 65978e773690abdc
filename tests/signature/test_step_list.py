"""The independent transform against the vectors, which the reference implementation made."""

from pathlib import Path
from typing import Final

import pytest
from lxml import etree

from gateway import xml
from tests.signature.step_list import Unsupported, transformed

VECTORS: Final = Path(__file__).parents[1] / "vectors" / "transform"


@pytest.mark.parametrize("expected", sorted(VECTORS.glob("*.c14n-out-woodstox.xml")), ids=lambda path: path.name[:2])
def test_each_vector(expected: Path) -> None:
    document = xml.parse(expected.with_name(expected.name.replace("c14n-out-woodstox", "in")).read_bytes())
    assert transformed(_canonical(document)) == expected.read_bytes()


@pytest.mark.parametrize(
    "document", [b"<a></a>", b'<a xmlns="u:1"><b xmlns=""></b></a>', b'<a xmlns="u:1" xml:lang="ru"></a>']
)
def test_what_woodstox_refuses_is_refused(document: bytes) -> None:
    with pytest.raises(Unsupported):
        transformed(document)


def _canonical(element: xml.Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
