"""PKCS#12: OpenSSL opens ours, we open its; a wrong password and a damaged file are told."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.signature import pkcs12
from gateway.signature.algorithms import GOST2012_512
from gateway.signature.authority import Authority
from gateway.signature.keys import BadKey, Signer, private_key_pem, read_private_key
from tests.peers.openssl import OpenSsl, OpenSslRefused, prepared

AUTHORITY = Authority(b"s" * 32)
SIGNER = AUTHORITY.issue("77BD01", "Администрация", "1")
LONG = AUTHORITY.issue("77BD01", "Администрация", "1", algorithm=GOST2012_512)
ISSUERS = (AUTHORITY.issuing.certificate, AUTHORITY.root.certificate)
CHANCE = bytes(range(pkcs12.CHANCE))
WRITTEN = pkcs12.write(SIGNER, ISSUERS, "secret", CHANCE)


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSsl:
    return prepared(tmp_path)


@pytest.mark.parametrize("signer", [SIGNER, LONG])
@pytest.mark.parametrize("password", ["secret", "", "пароль"])
def test_what_was_written_is_read(signer: Signer, password: str) -> None:
    opened = pkcs12.read(pkcs12.write(signer, ISSUERS, password, CHANCE), password)
    assert opened == pkcs12.Opened(signer, ISSUERS)


@pytest.mark.parametrize("signer", [SIGNER, LONG])
def test_openssl_opens_ours(openssl: OpenSsl, signer: Signer) -> None:
    file = openssl.file("ours.p12", pkcs12.write(signer, ISSUERS, "secret", CHANCE))
    printed = openssl("pkcs12", "-in", file, "-passin", "pass:secret", "-nodes")
    assert read_private_key(printed) == signer.key
    assert printed.count(b"BEGIN CERTIFICATE") == 3
    assert printed.count(b"friendlyName: 77BD01") == 2
    with pytest.raises(OpenSslRefused, match=r"(?i)mac"):
        openssl("pkcs12", "-in", file, "-passin", "pass:other", "-nodes")


@pytest.mark.parametrize("options", [[], ["-keypbe", "aes-128-cbc"], ["-nomac"], ["-macalg", "sha512"]])
def test_we_open_those_of_openssl(openssl: OpenSsl, options: list[str]) -> None:
    own = openssl.file("own.pem", private_key_pem(SIGNER.key) + SIGNER.certificate.pem)
    issuers = openssl.file("issuers.pem", b"".join(each.pem for each in ISSUERS))
    how = ("pkcs12", "-export", "-in", own, "-certfile", issuers, "-passout", "pass:secret")
    opened = pkcs12.read(openssl(*how, *options), "secret")
    assert opened.signer == SIGNER
    assert set(opened.issuers) == set(ISSUERS)


def test_another_password_and_what_is_no_file() -> None:
    with pytest.raises(BadKey, match="пароль не подходит"):
        pkcs12.read(WRITTEN, "other")
    for found in (b"", b"garbage", WRITTEN[:-1], SIGNER.certificate.der, b"\x30" * 10_000_000):
        with pytest.raises(BadKey, match=r"не PKCS#12"):
            pkcs12.read(found, "secret")


def test_a_key_without_its_certificate() -> None:
    other = Signer(SIGNER.key, LONG.certificate)
    with pytest.raises(BadKey, match="сертификата этого ключа нет"):
        pkcs12.read(pkcs12.write(other, (), "secret", CHANCE), "secret")


def test_chance_must_be_enough() -> None:
    with pytest.raises(ValueError, match="80"):
        pkcs12.write(SIGNER, (), "secret", b"")


@settings(deadline=None)  # each costs thirty thousand rounds
@given(st.data())
def test_a_damaged_file_is_refused_or_says_the_same(data: st.DataObject) -> None:
    damaged = bytearray(WRITTEN)
    damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(BadKey):
        assert pkcs12.read(bytes(damaged), "secret").signer == SIGNER
