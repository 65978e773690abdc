"""Private keys in files: what OpenSSL, Bouncy Castle and old programs write is read, ours is read by OpenSSL."""

from contextlib import suppress
from pathlib import Path

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from gateway.signature import asn1
from gateway.signature.algorithms import GOST2012_256, GOST2012_512
from gateway.signature.authority import derived_key
from gateway.signature.gost import PrivateKey
from gateway.signature.keys import BadKey, private_key_der, private_key_pem, read_private_key
from tests.peers.openssl import OpenSsl, prepared

KEY = derived_key(b"s" * 32, "somebody")
LONG = derived_key(b"s" * 32, "somebody", GOST2012_512)


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSsl:
    return prepared(tmp_path)


@pytest.mark.parametrize("key", [KEY, LONG])
def test_what_was_written_is_read(key: PrivateKey) -> None:
    assert read_private_key(private_key_der(key)) == key
    assert read_private_key(private_key_pem(key)) == key


def test_a_secret_and_a_label_make_the_same_key_each_time() -> None:
    assert derived_key(b"s" * 32, "somebody") == KEY
    assert derived_key(b"s" * 32, "somebody else") != KEY
    assert derived_key(b"S" * 32, "somebody") != KEY


def test_the_number_may_be_a_string_or_an_integer_of_its_own() -> None:
    for number in (core.OctetString(KEY.to_bytes()), core.Integer(KEY.d)):
        assert read_private_key(_info(number.dump())) == KEY


@pytest.mark.parametrize("parameters", ["A", "XA", "B", "C", "XB", "TCA", "TCB", "TCC", "TCD"])
def test_openssl_and_we_read_the_same_number(openssl: OpenSsl, parameters: str) -> None:
    theirs = openssl("genpkey", "-algorithm", "gost2012_256", "-pkeyopt", f"paramset:{parameters}")
    _same_number(openssl, read_private_key(theirs))


@pytest.mark.parametrize("parameters", ["A", "B", "C"])
def test_so_it_is_with_512_bits(openssl: OpenSsl, parameters: str) -> None:
    theirs = openssl("genpkey", "-algorithm", "gost2012_512", "-pkeyopt", f"paramset:{parameters}")
    _same_number(openssl, read_private_key(theirs))


@pytest.mark.parametrize("cipher", ["aes-128-cbc", "aes-256-cbc"])
def test_an_encrypted_key_of_openssl_is_read_with_its_password(openssl: OpenSsl, cipher: str) -> None:
    file = openssl.file("key.pem", private_key_pem(KEY))
    encrypted = openssl("pkcs8", "-topk8", "-in", file, "-v2", cipher, "-passout", "pass:пароль")
    assert read_private_key(encrypted, "пароль") == KEY
    with pytest.raises(BadKey, match="пароль не подходит"):
        read_private_key(encrypted, "другой")
    with pytest.raises(BadKey, match="нужен пароль"):
        read_private_key(encrypted)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (b"", "не закрытый ключ"),
        (b"garbage \xff", "не закрытый ключ"),
        (b"\x30" * 10_000_000, "10000000 байт"),
        (private_key_der(KEY)[:-1], "не закрытый ключ"),
        (private_key_der(KEY) + b"\0", "не закрытый ключ"),
        (b"-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n", "CERTIFICATE"),
        (b"-----BEGIN PRIVATE KEY-----\nM?==\n-----END PRIVATE KEY-----\n", "base64"),
    ],
)
def test_what_is_no_key_is_refused_in_words(found: bytes, why: str) -> None:
    with pytest.raises(BadKey, match=why):
        read_private_key(found)


def test_numbers_that_are_no_key_are_refused() -> None:
    for number in (bytes(32), KEY.curve.q.to_bytes(32, "little"), b"", bytes(31), core.Integer(-1).dump()):
        with pytest.raises(BadKey):
            read_private_key(_info(number))


def test_another_algorithm_another_curve() -> None:
    with pytest.raises(BadKey, match=r"найден 1\.2\.840"):
        read_private_key(_info(KEY.to_bytes(), key_oid="1.2.840.113549.1.1.1"))
    with pytest.raises(BadKey, match=r"1\.2\.3\.4"):
        read_private_key(_info(KEY.to_bytes(), curve="1.2.3.4"))
    with pytest.raises(BadKey):
        read_private_key(_info(KEY.to_bytes(), key_oid=GOST2012_512.key_oid))


@given(place=st.integers(0, len(private_key_der(KEY)) - 1), value=st.integers(0, 255))
def test_a_damaged_key_is_another_key_or_none(place: int, value: int) -> None:
    damaged = bytearray(private_key_der(KEY))
    damaged[place] = value
    with suppress(BadKey):
        assert isinstance(read_private_key(bytes(damaged)), PrivateKey)


def _info(number: bytes, key_oid: str = GOST2012_256.key_oid, curve: str = "1.2.643.2.2.36.0") -> bytes:
    algorithm = asn1.algorithm(key_oid, asn1.KeyParameters({"curve": curve}))
    return bytes(asn1.PrivateKeyInfo({"version": 0, "algorithm": algorithm, "private_key": number}).dump())


def _same_number(openssl: OpenSsl, key: PrivateKey) -> None:
    """OpenSSL takes what we wrote, and shows the public key that we reckon."""
    shown = openssl("pkey", "-in", openssl.file("ours.pem", private_key_pem(key)), "-text", "-noout").decode()
    numbers = {line.strip().partition(":")[0]: line.partition(":")[2].strip() for line in shown.splitlines()}
    assert int(numbers["Private key"], 16) == key.d
    assert (int(numbers["X"], 16), int(numbers["Y"], 16)) == (key.public.x, key.public.y)
