"""docs/reference/kinds.md: its example is a package, and its tables are complete."""

import re
from pathlib import Path
from typing import Final

from gateway import xml
from gateway.library.kind_file import KEYS
from gateway.library.packages import Choices, Limits
from gateway.library.packages.installing import _MEMORY, _PROCESSOR
from gateway.library.packages.scenarios import choose
from gateway.ns import XSD
from gateway.xml import MAX_ELEMENTS
from tests.docs.pages import ROOT
from tests.packages.building import Shelf

PAGE: Final = (ROOT / "docs" / "reference" / "kinds.md").read_text(encoding="utf-8")
FILE: Final = re.compile(r"^`([^`]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_example_is_a_package(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    files = dict(FILE.findall(PAGE))
    assert len(files) == 5
    installed = shelf.add(files, auto=True)
    assert (installed.kind.id, installed.kind.version) == ("meteo/weather", "1.0.0")
    assert installed.kind.name == "Сведения о погоде"
    assert (installed.examples, installed.scenarios, installed.has_template) == (1, 2, True)
    assert installed.warnings == ()
    scenarios = shelf.library.scenarios_of(installed.kind)
    request = files["examples/ivanovo-request.xml"]
    asked = {oktmo: xml.parse(request.replace("24701000", oktmo).encode()) for oktmo in ("99000000", "24705000", "1")}
    found = [choose(scenarios, content) for content in asked.values()]
    assert [scenario and scenario.name for scenario in found] == ["no station there", "slow", None]
    assert XSD in files["weather.xsd"]


def test_every_choice_and_every_key_is_told() -> None:
    for name in Choices.__dataclass_fields__:
        assert f"--{name.replace('_', '-')}" in PAGE, name
    for key in KEYS:
        assert f"`{key}`" in PAGE or f"`[{key}]`" in PAGE or f"`{key} = " in PAGE, key


def test_the_limits_are_these() -> None:
    limits = Limits()
    for said in (
        f"| {limits.packed // 2**20} MiB |",
        f"| {limits.files} |",
        f"| {limits.unpacked // 2**20} MiB, and {limits.ratio} times the archive",
        f"| {MAX_ELEMENTS // 1000} 000 |",
        f"| {_PROCESSOR} s of processor time, {_MEMORY // 2**30} GiB |",
    ):
        assert said in PAGE
