"""`mock-smev crypto`."""

import base64
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import application
from gateway.cli.common import CommandFailed
from gateway.signature.gost import streebog256
from gateway.signature.gost.back_ends import curves_available
from gateway.signature.gost.digests import available
from gateway.signature.transform import exclusive_c14n
from gateway.xml import parse


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


# --- the octets that SMEV hashes ------------------------------------------------------------------------------------

VECTORS = Path(__file__).parents[1] / "vectors" / "transform"
NAMES = sorted(file.name.removesuffix(".in.xml") for file in VECTORS.glob("*.in.xml"))


def crypto(*arguments: object, given: bytes | None = None) -> bytes:
    result = CliRunner().invoke(application, ["crypto", *map(str, arguments)], input=given)
    assert result.exit_code == 0, result.exception
    return result.stdout_bytes


def refused(*arguments: object, given: bytes | None = None) -> str:
    failed = CliRunner().invoke(application, ["crypto", *map(str, arguments)], input=given).exception
    assert isinstance(failed, CommandFailed)
    assert "\n" not in str(failed)
    return str(failed)


@pytest.mark.parametrize("escaping", ["woodstox", "jdk17"])
@pytest.mark.parametrize("name", NAMES)
def test_what_a_signature_is_over_of_each_vector(name: str, escaping: str) -> None:
    expected = VECTORS / f"{name}.c14n-out-{escaping}.xml"
    options = ["--jdk"] if escaping == "jdk17" else []
    if expected.exists():
        assert crypto("c14n-transform", VECTORS / f"{name}.in.xml", *options) == expected.read_bytes()
        canonical = exclusive_c14n(parse((VECTORS / f"{name}.in.xml").read_bytes()))
        assert crypto("transform", "-", *options, given=canonical) == expected.read_bytes()


def test_an_element_by_its_id_and_its_digest() -> None:
    document = b'<r xmlns="urn:r"><a Id="one">1</a><a Id="two">2</a></r>'
    octets = crypto("c14n-transform", "-", "--id", "two", given=document)
    assert octets == b'<ns1:a xmlns:ns1="urn:r" Id="two">2</ns1:a>'
    told = crypto("c14n-transform", "-", "--id", "two", "--digest", given=document).decode().split()
    assert told == [base64.b64encode(streebog256(octets)).decode(), streebog256(octets).hex()]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (b"", "-"),
        (b"<a>", "-"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "DOCTYPE"),
        (b"<a/>", "a"),
        (b"\xff\xfe\x00", "-"),
    ],
)
def test_what_has_no_octets_to_hash(given: bytes, told: str) -> None:
    for command in ("transform", "c14n-transform"):
        assert told in refused(command, "-", given=given)


def test_no_such_file_and_no_such_element(tmp_path: Path) -> None:
    assert "nothing.xml" in refused("transform", tmp_path / "nothing.xml")
    assert str(tmp_path) in refused("c14n-transform", tmp_path)
    for document in (b'<a xmlns="urn:a"/>', b'<a xmlns="urn:a" Id="x"><b Id="x"/></a>'):
        assert "'x'" in refused("c14n-transform", "-", "--id", "x", given=document)
