"""`mock-smev simulate` in parts: each in a process of its own, one store afterwards, from which reports are made."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli import application, simulated
from gateway.cli.common import CommandFailed

WEEK = ("--from", "2013-03-04", "--to", "2013-03-07")


def run(*arguments: str) -> str:
    """Run a command in this process, and return what it prints."""
    result = CliRunner().invoke(application, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_parts_become_one_store_that_reports_are_made_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated, "_SMALL", 10)
    data, out = tmp_path / "data", tmp_path / "out.json"
    run("simulate", *WEEK, "--requests", "40", "--seed", "3", "--data", str(data), "--out", str(out))
    summary: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    assert summary["decided"] == summary["applications"] > 2
    assert summary["totals"]["requests"] >= 40
    document = run("report", "monitoring", *WEEK, "--data", str(data), "--format", "json")
    assert document == run("report", "monitoring", *WEEK, "--data", str(data), "--format", "json")
    asked = {body["code"]: body["requests"] for body in json.loads(document)["bodies"]}
    names = {body["code"]: body["name"] for body in json.loads(document)["bodies"]}
    assert all(name != code for code, name in names.items())  # of the topology that was simulated
    worked = {mnemonic: tally["requests"] for mnemonic, tally in summary["bodies"].items() if tally["requests"]}
    assert {mnemonic: asked[mnemonic] for mnemonic in worked} == worked


def test_a_store_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    run("simulate", *WEEK, "--requests", "3", *data)
    with pytest.raises(CommandFailed, match="хранилище не пусто"):
        run("simulate", *WEEK, "--requests", "3", *data)
