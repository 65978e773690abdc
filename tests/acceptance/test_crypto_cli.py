"""`mock-smev crypto`."""

import json

from typer.testing import CliRunner

from gateway.cli import application
from gateway.signature.gost.back_ends import curves_available
from gateway.signature.gost.digests import available


def test_bench_measures_every_back_end() -> None:
    told = CliRunner().invoke(application, ["crypto", "bench", "--seconds", "0.01", "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.output)
    measured = {(row["operation"], row["backEnd"]): row["perSecond"] for row in found["measured"]}
    for name in curves_available():
        for operation in ("sign 256", "verify 256", "sign 512", "verify 512"):
            assert measured[operation, name] > 0
    for name in available():
        assert measured["Streebog-256, 3 KB", name] > 0
    assert found["curve"] == next(iter(curves_available()))


def test_bench_says_what_is_in_use() -> None:
    told = CliRunner().invoke(application, ["crypto", "bench", "--seconds", "0.01"])
    assert told.exit_code == 0
    assert f"{next(iter(curves_available()))}, {next(iter(available()))}" in told.output.splitlines()[-1]
