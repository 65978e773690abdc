"""The program's transform against the one in the tests, which was written from the same steps without a look at it."""

import pytest
from hypothesis import given, settings

from gateway import xml
from gateway.signature.transform import TransformError, transform, transform_element
from tests.signature.documents import canonical_documents
from tests.signature.step_list import Unsupported, transformed


@settings(max_examples=150, deadline=None)
@given(octets=canonical_documents())
def test_both_read_the_steps_the_same_way(octets: bytes) -> None:
    assert transform(octets) == transformed(octets)
    assert transform_element(xml.parse(octets)) == transformed(octets)


@pytest.mark.parametrize(
    "octets", [b"<a></a>", b'<a xmlns="u:1"><b xmlns=""></b></a>', b'<a xmlns="u:1" xml:lang="ru"></a>']
)
def test_both_refuse_what_woodstox_refuses(octets: bytes) -> None:
    with pytest.raises(Unsupported):
        transformed(octets)
    with pytest.raises(TransformError):
        transform(octets)
