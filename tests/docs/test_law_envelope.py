"""docs/reference/law-envelope.md: its examples are what the gateway reads, and name every element of the schema."""

import re
from typing import Final

import pytest

from gateway import xml
from gateway.data_files import data_folder
from gateway.domain.law_envelope import LAW_ROOT, read_law_envelope
from gateway.library.law_schema import law_schema
from gateway.library.wire_schema import WireSchemas
from gateway.ns import SMEV3_BY_TYPES, SMEV3_VERSIONS
from tests.docs.pages import ROOT, read

PAGE: Final = ROOT / "docs" / "reference" / "law-envelope.md"
EXAMPLES: Final = re.findall(r"```xml\n(.*?)```", read(PAGE), re.DOTALL)


def test_there_is_an_example_for_each_version() -> None:
    spoken = {SMEV3_BY_TYPES[xml.name_of(xml.parse(example.encode()))[0]].version for example in EXAMPLES}
    assert spoken == set(SMEV3_VERSIONS)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_valid_on_the_wire_and_read(example: str) -> None:
    data = xml.parse(example.encode())
    smev = SMEV3_BY_TYPES[xml.name_of(data)[0]]
    assert WireSchemas(data_folder("schemas") / "smev3").violations(data, smev) == ()
    (envelope,) = data.iter(LAW_ROOT)
    assert law_schema().violations(envelope) == ()
    assert read_law_envelope(envelope).case_number == "37-2013-000001"


def test_the_page_names_every_element_of_the_schema() -> None:
    xsd = (data_folder("schemas") / "law" / "1.0.0" / "law-envelope.xsd").read_text(encoding="utf-8")
    names = set(re.findall(r'element name="(\w+)"', xsd))
    assert {name for name in names if name not in read(PAGE)} == set()
