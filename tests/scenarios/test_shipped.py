"""The scenarios that ship pass, and would not if the gateway did otherwise: with one expectation changed each fails."""

import shutil
from pathlib import Path
from typing import Final

import pytest

from gateway.scenarios.outcome import Verdict
from gateway.scenarios.reading import read_scenario
from gateway.scenarios.runner import problems_of
from gateway.scenarios.runner import run_file as run
from gateway.scenarios.telling import plain
from tests.scenarios.played import FOLDER, SHIPPED, shipped_run

MUTATIONS: Final = {
    "attachments": ("attachment: extract.pdf}", "attachment: extract.txt}"),
    "broadcast": ("event: delivered, equals: 2", "event: delivered, equals: 3"),
    "duplicate-id": ("fault: MessageIsAlreadySent}\n\n", "fault: StaleMessageId}\n\n"),
    "happy-path": ("event: acknowledged, equals: 2", "event: acknowledged, equals: 1"),
    "late-and-lost": ("within: 47h", "within: 49h"),
    "once-only-refusal": ("documents: [egrn-extract], refused: true", "documents: [identity-document], refused: true"),
    "overdue-answer": ("within: 12h", "within: 1h"),
    "redelivery": ("within: 59s", "within: 61s"),
    "rejected-by-provider": ("reject: NO_DATA, text", "reject: FAILURE, text"),
    "rejected-by-schema": ("{fault: InvalidContent}", "{fault: AccessDenied}"),
    "replayed-provider": ("[{reject: NO_DATA}]", "[{reject: FAILURE}]"),
    "signatures": ("failure: NoSignatureFound", "failure: SignatureIsInvalid"),
    "simulated-agencies": ("exists: false", "exists: true"),
}
"""File -> what stands there, and another expectation in its place."""


def test_enough_of_them_ship_and_each_can_fail() -> None:
    assert [path.stem for path in SHIPPED] == sorted(MUTATIONS)
    assert len(SHIPPED) >= 8


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
async def test_it_passes(path: Path) -> None:
    outcome = await shipped_run(path)
    assert outcome.passed, plain(outcome)
    assert outcome.warnings == ()
    assert len(outcome.steps) == outcome.of


@pytest.mark.parametrize("name", MUTATIONS)
async def test_with_another_expectation_it_fails(name: str, tmp_path: Path) -> None:
    expected, other = MUTATIONS[name]
    path = shutil.copytree(FOLDER, tmp_path / "scenarios") / f"{name}.yaml"  # with the files that it names
    text = path.read_text(encoding="utf-8")
    assert text.count(expected) == 1
    path.write_text(text.replace(expected, other), encoding="utf-8")
    outcome = await run(path)
    assert outcome.verdict is Verdict.FAILED, plain(outcome)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_it_teaches(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=../schemas/scenario.schema.json"
    assert lines[1].startswith("# ")
    assert read_scenario(path).scenario.scenario
    assert problems_of([path]) == ([], [])
