"""`mock-smev run` as CI calls it: exit codes, reports, what the samples for CI systems say."""

import json
import re
import shlex
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from gateway import xml
from tests.acceptance.command_line import run
from tests.scenarios.played import ASKED, CITY_AND_TAX_SERVICE, FOLDER, ROOT, written

CI: Final = ROOT / "examples" / "ci"
HAPPY: Final = str(FOLDER / "happy-path.yaml")
FAILING: Final = CITY_AND_TAX_SERVICE + ASKED + "  - expect: {at: CITY, message: answer}\n"


@pytest.fixture
def failing(tmp_path: Path) -> str:
    """A scenario in which nobody answers."""
    return str(written(tmp_path, FAILING, "failing.yaml"))


@pytest.fixture
def unusable(tmp_path: Path) -> str:
    """A scenario with a misspelt key."""
    return str(written(tmp_path, FAILING.replace("expect", "expct"), "unusable.yaml"))


async def test_a_scenario_that_passes(tmp_path: Path) -> None:
    junit, html, saved = tmp_path / "out" / "junit.xml", tmp_path / "out" / "report.html", tmp_path / "runs"
    ended = await run("run", HAPPY, "--junit", str(junit), "--html", str(html), "--save", str(saved))
    assert (ended.code, ended.errors) == (0, "")
    assert "CITY → FNS001" in ended.output
    assert "✓ //@ИННФЛ = 379945132320" in ended.output
    assert ended.output.splitlines()[-1].endswith("happy-path.jsonl")
    assert "сценариев: 1, пройдено: 1" in ended.output
    assert xml.parse(junit.read_bytes())[0].get("failures") == "0"
    assert "<svg" in html.read_text(encoding="utf-8")
    shown = await run("recordings", "show", str(saved / "happy-path.jsonl"))
    assert shown.code == 0, shown.errors


async def test_a_scenario_that_fails_is_one_and_an_unusable_file_two(failing: str, unusable: str) -> None:
    ended = await run("run", failing)
    assert ended.code == 1
    assert "✗ CITY ← answer" in ended.output
    assert f"{failing}:7:13" in ended.output
    ended = await run("run", failing, unusable)
    assert ended.code == 2
    assert f"{unusable}:7:5: steps[1].expct: не найдено: ключ 'expct'; вероятно, 'expect'" in ended.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "нет ни одного файла сценария"),
        (("nowhere",), "файл не прочитать"),
        ((HAPPY, "--only", "nothing like it"), "--only: таких нет; есть: A request is answered"),
        ((HAPPY, "--set", "inn"), "--set inn: ожидалось имя=значение"),
        ((HAPPY, "--set", "imn=1"), "не найдено: переменная 'imn'; вероятно, 'inn'"),
        ((HAPPY, "--junit", "/proc/nowhere/junit.xml"), "/proc/nowhere"),
    ],
)
async def test_input_that_cannot_be_used(arguments: tuple[str, ...], told: str) -> None:
    ended = await run("run", *arguments)
    assert ended.code == 2
    assert told in ended.output + ended.errors


async def test_a_variable_is_set_and_a_scenario_chosen(failing: str) -> None:
    ended = await run("run", failing, HAPPY, "--only", "IS ANSWERED", "--set", "inn=123456789012")
    assert ended.code == 0
    assert "✓ //@ИННФЛ = 123456789012" in ended.output


async def test_files_are_only_looked_at(failing: str, unusable: str) -> None:
    ended = await run("run", "--check", failing, HAPPY)
    assert (ended.code, ended.output) == (0, "файлов проверено: 2\n")
    ended = await run("run", "--check", str(FOLDER), unusable)
    assert (ended.code, len(ended.output.splitlines())) == (2, 1)


async def test_several_run_side_by_side_and_are_told_in_order(failing: str) -> None:
    """In processes of their own; one test of it: each costs a start of Python."""
    ended = await run("run", failing, HAPPY, "--jobs", "2")
    assert ended.code == 1
    assert ended.output.index("A conversation") < ended.output.index("A request is answered")
    assert ended.errors == ""


async def test_the_schema_is_printed() -> None:
    ended = await run("run", "--schema")
    assert ended.code == 0
    assert json.loads(ended.output) == json.loads((ROOT / "schemas" / "scenario.schema.json").read_text("utf-8"))


# --- the samples for CI ----------------------------------------------------------------------------------------------


def _commands(job: dict[str, Any]) -> list[str]:
    if "steps" in job:
        return [step["run"] for step in job["steps"] if "run" in step]
    return list(job["script"])


@pytest.mark.parametrize(
    ("file", "job"), [("github-actions.yml", ("jobs", "scenarios")), ("gitlab-ci.yml", ("scenarios",))]
)
async def test_what_a_sample_runs_works(file: str, job: tuple[str, ...], tmp_path: Path) -> None:
    told = yaml.safe_load((CI / file).read_text(encoding="utf-8"))
    for name in job:
        told = told[name]
    [command] = [line for line in _commands(told) if line.startswith("mock-smev run")]
    given = shlex.split(command)[1:]
    # Two of the scenarios stand for the folder, and the reports go to a folder of the test.
    assert "scenarios" in given
    at = given.index("scenarios")
    given[at : at + 1] = [HAPPY, str(FOLDER / "duplicate-id.yaml")]
    given = [str(tmp_path / word) if word.startswith("reports/") else word for word in given]
    given[given.index("--jobs") + 1] = "1"
    ended = await run(*given)
    assert ended.code == 0, ended.output + ended.errors
    report = tmp_path / "reports" / "scenarios.xml"
    assert xml.parse(report.read_bytes()).get("tests") == "2"
    kept = (CI / file).read_text(encoding="utf-8")
    assert f"reports/{report.name}" in kept.replace(command, "")
    assert not re.search(r"https?://", kept), "no address of a registry"
