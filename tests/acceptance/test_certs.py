"""A person has certificates issued, brings one in and revokes it; a strict gateway sees it without a restart."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from asn1crypto import crl
from typer.testing import CliRunner, Result

from gateway.app import Gateway
from gateway.cli import application
from gateway.cli.common import CommandFailed
from gateway.client import FaultReceived, Smev3Client
from gateway.domain.signature_mode import SignatureMode
from gateway.keyring import Keyring
from gateway.signature import pkcs12
from gateway.signature.authority import Authority
from gateway.signature.certificates import Certificate
from gateway.signature.keys import Signer, read_private_key
from tests.acceptance.conftest import Start
from tests.conversation import INN_REQUEST

STRANGER: Final = Authority(b"another authority").issue("STRANGER", "Чужая ИС", "own")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def certs(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(application, ["certs", *map(str, arguments)])
    if isinstance(result.exception, CommandFailed):
        assert result.exception.code == code
    else:
        assert result.exit_code == code, result.output
    return result


def refused(*arguments: object, code: int = 1) -> str:
    failed = certs(*arguments, code=code).exception
    assert isinstance(failed, CommandFailed)
    assert "\n" not in str(failed)
    return str(failed)


def issued(data: Path, mnemonic: str = "77BD01", *options: object) -> Signer:
    certs("issue", mnemonic, "--out", data / "out", "--data", data, *options)
    folder = data / "out"
    key = read_private_key((folder / f"{mnemonic}.key.pem").read_bytes())
    return Signer(key, Certificate.from_bytes((folder / f"{mnemonic}.crt.pem").read_bytes()))


async def sends(gateway: Gateway, signer: Signer) -> str | None:
    """Send a request signed by `signer`, the address naming nobody; return the fault's name."""
    async with Smev3Client(f"{gateway.url}/smev/v1.2/ws", "77BD01", signer=signer) as client:
        try:
            await client.send_request(INN_REQUEST)
        except FaultReceived as fault:
            return fault.name
    return None


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["gost2012-256", "gost2012-512"])
def test_a_key_and_its_certificate_in_every_form(data: Path, algorithm: str) -> None:
    signer = issued(data, "77BD01", "--alg", algorithm, "--days", 30, "--name", "Город", "--password", "secret")
    folder = data / "out"
    assert signer.key.public == signer.certificate.public_key
    assert (signer.algorithm.name, signer.certificate.subject_name) == (algorithm, "Город")
    assert (signer.certificate.not_after - signer.certificate.not_before).days == 30
    assert read_private_key((folder / "77BD01.key.der").read_bytes()) == signer.key
    assert (folder / "77BD01.crt.der").read_bytes() == signer.certificate.der
    opened = pkcs12.read((folder / "77BD01.p12").read_bytes(), "secret")
    assert (opened.signer, len(opened.issuers)) == (signer, 2)
    assert (folder / "77BD01.chain.pem").read_bytes().count(b"BEGIN CERTIFICATE") == 3
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert {name for name, mode in modes.items() if mode == 0o600} == {
        f"77BD01.{ending}" for ending in ("pem", "key.pem", "key.der", "p12")
    }


def test_nothing_is_overwritten_unasked(data: Path) -> None:
    first = issued(data)
    assert "77BD01.key.pem" in refused("issue", "77BD01", "--out", data / "out", "--data", data)
    second = issued(data, "77BD01", "--replace")
    assert first.key != second.key


def test_a_certificate_from_a_day_on(data: Path) -> None:
    signer = issued(data, "77BD01", "--from", "2013-04-01", "--days", 10)
    assert signer.certificate.not_before == datetime(2013, 4, 1, tzinfo=UTC)


def test_what_is_listed(data: Path, tmp_path: Path) -> None:
    assert "ещё нет" in certs("list", "--data", data).output
    issued(data)
    file = tmp_path / "stranger.crt"
    file.write_bytes(STRANGER.certificate.der)
    certs("import", "OWN01", file, "--data", data)
    listed = json.loads(certs("list", "--json", "--data", data).output)
    assert [(each["mnemonic"], each["state"], each["imported"]) for each in listed] == [
        ("77BD01", "valid", False),
        ("OWN01", "valid", True),
    ]
    assert "действует, свой" in certs("list", "--data", data).output
    certs("revoke", listed[0]["serial"], "--data", data)
    assert json.loads(certs("list", "--json", "--data", data).output)[0]["state"] == "revoked"


@pytest.mark.parametrize("which", ["smev", "root", "issuing"])
def test_the_sandboxs_own_are_given_out(data: Path, which: str, tmp_path: Path) -> None:
    printed = certs("export", which, "--data", data).output
    file = tmp_path / "own.der"
    certs("export", which, "--data", data, "--out", file)
    assert Certificate.from_bytes(printed.encode()) == Certificate.from_bytes(file.read_bytes())
    assert "own.der" in refused("export", which, "--data", data, "--out", file)
    authority = Keyring.below(data / "authority", b"unused" * 6).authority
    assert Certificate.from_bytes(printed.encode()) == getattr(authority, which).certificate


def test_the_list_of_revoked_ones(data: Path, tmp_path: Path) -> None:
    signer = issued(data)
    certs("revoke", "77BD01", "--data", data)
    certs("export", "crl", "--data", data, "--out", tmp_path / "list.der")
    listed = crl.CertificateList.load((tmp_path / "list.der").read_bytes())
    serials = [each["user_certificate"].native for each in listed["tbs_cert_list"]["revoked_certificates"]]
    assert serials == [signer.certificate.serial]


# --- a gateway that runs ---------------------------------------------------------------------------------------------


async def test_a_strict_gateway_takes_whom_it_has_issued_to_until_that_is_revoked(start: Start, data: Path) -> None:
    gateway = await start(data=data, store=None, signatures=SignatureMode.STRICT)
    signer = issued(data)
    assert await sends(gateway, signer) is None
    certs("revoke", "77BD01", "--data", data)
    assert await sends(gateway, signer) == "SignatureVerificationFault"


async def test_a_certificate_of_ones_own_is_taken_once_it_is_brought_in(
    start: Start, data: Path, tmp_path: Path
) -> None:
    gateway = await start(data=data, store=None, signatures=SignatureMode.STRICT)
    assert await sends(gateway, STRANGER) == "SignatureVerificationFault"
    file = tmp_path / "stranger.pem"
    file.write_bytes(STRANGER.certificate.pem)
    certs("import", "77BD01", file, "--data", data)
    assert await sends(gateway, STRANGER) is None


@pytest.mark.parametrize("wrong", ["expired", "not-yet-valid", "revoked", "foreign"])
async def test_certificates_to_see_what_is_refused(start: Start, data: Path, wrong: str) -> None:
    gateway = await start(data=data, store=None, signatures=SignatureMode.STRICT)
    signer = issued(data, "77BD01", "--wrong", wrong)
    assert await sends(gateway, signer) == "SignatureVerificationFault"


# --- what is refused -------------------------------------------------------------------------------------------------


def altered(old: bytes, new: bytes) -> bytes:
    changed = STRANGER.certificate.der.replace(old, new, 1)
    assert changed != STRANGER.certificate.der
    return changed


_POINT: Final = STRANGER.certificate.public_key.to_bytes()
BAD: Final[dict[str, tuple[bytes, str]]] = {
    "certs-truncated": (STRANGER.certificate.der[:300], "не сертификат"),
    "certs-unknown-curve": (altered(bytes.fromhex("06072a850302022400"), bytes.fromhex("06072a850302022463")), "крив"),
    "certs-off-the-curve": (altered(_POINT, _POINT[:-1] + bytes([_POINT[-1] ^ 1])), "не точка кривой"),
    "certs-a-key": (b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", "PRIVATE KEY"),
    "certs-rubbish": (b"\x00\xff rubbish", "не сертификат"),
    "certs-empty": (b"", "не сертификат"),
    "certs-huge": (b"A" * 10_000_000, "не сертификат"),
}


@pytest.mark.parametrize("row", BAD)
def test_what_is_no_certificate_of_gost(data: Path, tmp_path: Path, row: str) -> None:
    content, told = BAD[row]
    file = tmp_path / "bad.crt"
    file.write_bytes(content)
    assert told in refused("import", "77BD01", file, "--data", data)
    assert json.loads(certs("list", "--json", "--data", data).output) == []


def test_what_is_no_file(data: Path, tmp_path: Path) -> None:
    assert "nothing.crt" in refused("import", "77BD01", tmp_path / "nothing.crt", "--data", data)
    assert str(tmp_path) in refused("import", "77BD01", tmp_path, "--data", data)


@pytest.mark.parametrize("mnemonic", ["../77BD01", "A/B", "", "ЖИТЕЛЬ", "A" * 51, "A\nB"])
def test_what_is_no_mnemonic(data: Path, mnemonic: str) -> None:
    assert "мнемоника" in refused("issue", mnemonic, "--data", data, "--out", data)
    assert not list(data.glob("**/*.key.*"))


def test_nobody_to_revoke(data: Path) -> None:
    assert "certs list" in refused("revoke", "NOBODY", "--data", data, code=3)


def test_the_dates_of_a_wrong_one_are_not_to_be_chosen(data: Path) -> None:
    assert "--wrong" in refused("issue", "77BD01", "--wrong", "expired", "--days", 3, "--data", data)
