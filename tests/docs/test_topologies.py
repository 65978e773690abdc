"""docs/reference/topologies.md: its example is a topology, its tables are complete."""

from pathlib import Path
from typing import Final

import agencies
from gateway import topology
from gateway.domain.participants import Provenance
from gateway.domain.services import Level
from gateway.topology import _KEYS
from tests.docs.pages import ROOT, code_block, read

PAGE: Final = ROOT / "docs" / "reference" / "topologies.md"


def test_the_example_is_a_topology(tmp_path: Path) -> None:
    file = tmp_path / "town.toml"
    file.write_text(code_block(PAGE, "toml", "participants"), encoding="utf-8")
    read_so = topology.load(file, frozenset({"applicant/application", "municipality/household-book"}))
    assert read_so.services == {"TOWN": ("M18", "M23", "M25"), "VILLAGE": ("M25",)}
    assert read_so.providers["municipality/household-book"] == ("TOWN", "VILLAGE")
    assert {each.level for each in read_so.participants} == {Level.MUNICIPAL}
    assert read_so.nodes[1].options == {"inn": "3799000030", "ogrn": "1033799000036", "services": ["M25"]}


def test_every_key_and_every_topology_is_told() -> None:
    page = read(PAGE)
    for name in ("title", *_KEYS):
        assert f"| `{name}` |" in page, name
    for word in (*Level, *Provenance):
        assert f"`{word}`" in page, word
    for file in (Path(agencies.__file__).parent / "topologies").glob("*.toml"):
        assert f"| `{file.stem}`" in page, file.stem
