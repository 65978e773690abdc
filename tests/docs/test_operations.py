"""docs/reference/operations.md names every operation and every fault, with the code and the text that it has."""

import re
from inspect import cleandoc
from typing import Final

from gateway.protocol import operations
from gateway.protocol.faults import SmevFault
from tests.docs.pages import ROOT, read

PAGE: Final = ROOT / "docs" / "reference" / "operations.md"


def test_the_page_names_every_operation() -> None:
    unknown = [call.name for call in operations.Call.__subclasses__() if f"`{call.name}`" not in read(PAGE)]
    assert unknown == []


def test_the_page_names_every_fault_with_its_code_and_text() -> None:
    rows = [line for line in read(PAGE).splitlines() if line.startswith("| `")]
    for fault in SmevFault.__subclasses__():
        row = next((row for row in rows if row.startswith(f"| `{fault.__name__}` |")), "")
        assert f"`{fault.code}`" in row, fault
        text = re.sub(r"\{\w+\}", "…", cleandoc(fault.__doc__ or ""))
        assert text in row, text
