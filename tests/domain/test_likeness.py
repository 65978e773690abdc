"""What was probably meant is offered; what is like nothing is not forced on anybody."""

import pytest

from gateway.domain.likeness import nearest


@pytest.mark.parametrize(
    ("name", "meant"),
    [("FNS0O1", "FNS001"), ("fns001", "FNS001"), ("IVN01", "IVN001"), ("", ""), ("zzzzzz", "")],
)
def test_the_most_alike_is_offered(name: str, meant: str) -> None:
    assert nearest(name, ["FNS001", "IVN001"]) == meant


def test_a_name_off_the_wire_may_be_long() -> None:
    assert nearest("A" * 1_000_000, ["A" * 50]) == ""
