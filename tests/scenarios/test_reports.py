"""What is left of a run: JUnit XML for CI, a page for people, a recording for later; and a schema for editors."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from gateway import xml
from gateway.recording.format import read as read_recording
from gateway.scenarios.junit import as_junit
from gateway.scenarios.outcome import Checked, Outcome, Verdict
from gateway.scenarios.page import as_html
from gateway.scenarios.problems import Place
from gateway.scenarios.runner import run_file
from gateway.scenarios.saving import save_runs
from gateway.scenarios.schema import as_text, json_schema
from gateway.xml import Element
from tests.scenarios.played import ASKED, CITY_AND_TAX_SERVICE, FOLDER, ROOT, SHIPPED, played, shipped_run, written


@pytest.fixture
async def outcomes(tmp_path: Path) -> list[Outcome]:
    """One that passed, one that failed, one that could not be run."""
    hostile = CITY_AND_TAX_SERVICE.replace("A conversation", "<b>&]]>")
    told = "  - take: {at: FNS001, as: taken}\n  - answer: {to: taken, reject: {code: NO_DATA, text: <script>}}\n"
    wanted = "  - expect: {at: CITY, assert: [{reject: ACCESS_DENIED}]}\n"
    return [
        await shipped_run(FOLDER / "happy-path.yaml"),
        await played(tmp_path, ASKED + told + wanted, hostile),
        await run_file(written(tmp_path, "scenario: x\n", "unusable.yaml")),
    ]


async def test_junit_has_what_ci_systems_read(outcomes: list[Outcome]) -> None:
    root = xml.parse(as_junit(outcomes))
    assert root.tag == "testsuites"
    [suite] = root
    # The attributes that the schemas of Jenkins and GitLab know.
    for each in (root, suite):
        assert {name: each.get(name) for name in ("tests", "failures", "errors")} == {
            "tests": "3", "failures": "1", "errors": "1",
        }  # fmt: skip
        assert float(each.get("time") or "-1") > 0
    passed, failed, unusable = suite
    assert [case.tag for case in suite] == ["testcase"] * 3
    assert (passed.get("name"), passed.get("classname")) == ("A request is answered", "scenarios.happy-path")
    assert [child.tag for child in passed] == ["system-out"]
    assert [child.tag for child in failed] == ["failure", "system-out"]
    assert [child.tag for child in unusable] == ["error", "system-out"]
    _tells_the_failure(failed)
    assert (unusable[0].get("message") or "").endswith("unusable.yaml:1:1: steps: the key steps is missing")


def _tells_the_failure(case: Element) -> None:
    assert case.get("name") == "<b>&]]>"
    assert (case.get("file") or "").endswith("scenario.yaml")
    assert case.get("line") == "9"
    message = case[0].get("message") or ""
    assert message.endswith("scenario.yaml:9:33: expect at CITY: reject ACCESS_DENIED: NO_DATA")
    assert "CITY ← FNS001" in (case[1].text or "")


async def test_the_page_has_everything_and_escapes_it(outcomes: list[Outcome]) -> None:
    page = as_html(outcomes)
    assert page == as_html(outcomes)
    for told in (
        "A request is answered",
        "<svg",
        "✗ reject ACCESS_DENIED",
        "scenario.yaml:9:33",
        "the key steps is missing",
    ):
        assert told in page
    assert "&lt;b&gt;&amp;" in page
    assert "<script" not in page.lower()
    assert "&lt;script&gt;" in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page)  # it loads nothing


async def test_a_run_is_saved_as_a_recording(outcomes: list[Outcome], tmp_path: Path) -> None:
    for _ in range(2):  # an earlier run gives way
        saved = list(save_runs([*outcomes, outcomes[0]], tmp_path / "runs"))
    assert [path.name for path in saved] == ["happy-path.jsonl", "scenario.jsonl", "happy-path-2.jsonl"]
    recording = read_recording(saved[0])
    assert [each.entry for each in recording.entries] == [each.entry for each in outcomes[0].entries]


def test_a_failure_without_words_is_written_all_the_same() -> None:
    check = Checked("x", False, Place(), "\ud800", "\x00")
    outcome = Outcome("x", Path("x"), Verdict.FAILED, steps=(), of=1)
    assert xml.parse(as_junit([outcome])).find(".//testcase") is not None
    assert check.found == "\x00"


# --- the schema ------------------------------------------------------------------------------------------------------


def test_the_schema_that_ships_is_that_of_the_model() -> None:
    """`mock-smev run --schema > schemas/scenario.schema.json` makes it anew."""
    assert (ROOT / "schemas" / "scenario.schema.json").read_text(encoding="utf-8") == as_text()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_editors_find_nothing_wrong_in_what_ships(path: Path) -> None:
    """As an editor reads YAML: numbers, booleans and days are what YAML makes of them."""
    read: Any = json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str))
    errors = list(jsonschema_rs.validator_for(json_schema()).iter_errors(read))
    assert [error.message for error in errors] == []


def test_editors_see_a_misspelt_key() -> None:
    validator = jsonschema_rs.validator_for(json_schema())
    assert not validator.is_valid({"scenario": "x", "steps": [{"sned": {}}]})
    assert not validator.is_valid({"scenario": "x", "steps": [{"send": {"from": "A", "kidn": "a/b"}}]})
    assert not validator.is_valid({"scenario": "x", "steps": []})
