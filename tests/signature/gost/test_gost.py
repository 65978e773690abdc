"""GOST R 34.10-2012 and Streebog: the standards' examples, each back end against each other, hostile bytes, OpenSSL."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.signature import gost
from gateway.signature.algorithms import GOST2001, GOST2012_256, by_digest_uri, by_signature_uri
from gateway.signature.gost import CURVES, Curve, PrivateKey, PublicKey, back_ends, curve_of, digests, gost94
from gateway.signature.gost.back_ends import curves_available
from gateway.signature.gost.points import multiple_of_generator

RFC_7091 = Curve(
    "example of RFC 7091, section 7.1",
    "7091.1",
    32,
    p=0x8000000000000000000000000000000000000000000000000000000000000431,
    a=7,
    b=0x5FBFF498AA938CE739B8E022FBAFEF40563F6E6A3472FC2A514C0CE9DAE23B7E,
    q=0x8000000000000000000000000000000150FE8A1892976154C59CFC193ACCF5B3,
    x=2,
    y=0x08E2A8A0E65147D4BD6316030E16D19C85C97F0A9CA267122B96ABBCEA7E8FC8,
)
KEY = PrivateKey(RFC_7091, 0x7A929ADE789BB9BE10ED359DD39A72C11B60961F49397EEE1D19CE9891EC3B28)
DIGEST = (0x2DFBC1B372D89A1188C09C52E0EEC61FCE52032AB1022E8E67ECE6672B043EE5).to_bytes(32, "little")
NONCE = 0x77105C9B20BCD3122823C8CF6FCC7B956DE33814E95B7FE64FED924594DCEAB3
R = 0x41AA28D2F1AB148280CD9ED56FEDA41974053554A42767B83AD043FD39DC0493
S = 0x01456C64BA4642A1653C235A98A60249BCD6D3F746B631DF928014F6C5BF9C40
SIGNATURE = S.to_bytes(32, "big") + R.to_bytes(32, "big")

M1 = b"012345678901234567890123456789012345678901234567890123456789012"
M2 = bytes.fromhex(
    "d1e520e2e5f2f0e82c20d1f2f0e8e1eee6e820e2edf3f6e82c20e2e5fef2fa20f120eceef0ff20"
    "f1f2f0e5ebe0ece820ede020f5f0e0e1f0fbff20efebfaeafb20c8e3eef0e5e2fb"
)
EXAMPLES = [  # RFC 6986, section 10; the digests' least significant byte first
    (M1, 32, "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500"),
    (M2, 32, "9dd2fe4e90409e5da87f53976d7405b0c0cac628fc669a741d50063c557e8f50"),
    (
        M2,
        64,
        (
            "1e88e62226bfca6f9994f1f2d51569e0daf8475a3b0fe61a5300eee46d961376"
            "035fe83549ada2b8620fcd7c496ce5b33f0cb9dddc2b6460143b03dabac9fb28"
        ),
    ),
]
DISTINCT = sorted({curve.oid for curve in CURVES.values()})
NUMBERS = st.integers(1, min(curve.q for curve in CURVES.values()) - 1)


@pytest.fixture(autouse=True)
def _the_best_again() -> Iterator[None]:
    yield
    gost.choose()


@pytest.mark.parametrize("name", digests.available())
@pytest.mark.parametrize(("message", "size", "digest"), EXAMPLES)
def test_every_back_end_computes_the_examples_of_streebog(name: str, message: bytes, size: int, digest: str) -> None:
    back_end = digests.available()[name]
    assert back_end.whole(size, message).hex() == digest
    made = back_end.new(size)
    for place in range(0, len(message), 7):
        made.update(message[place : place + 7])
    assert made.digest().hex() == digest
    assert made.digest().hex() == digest


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=5))
def test_back_ends_agree_on_any_pieces(pieces: list[bytes]) -> None:
    found = set()
    for back_end in digests.available().values():
        made = back_end.new(32)
        for piece in pieces:
            made.update(piece)
        found |= {made.digest(), back_end.whole(32, b"".join(pieces))}
    assert len(found) == 1


@pytest.mark.parametrize("name", curves_available())
def test_every_back_end_signs_and_verifies_the_example_of_the_standard(name: str) -> None:
    curve = curves_available()[name]
    assert KEY.public.x == 0x7F2B49E270DB6D90D8595BEC458B50C58585BA1D4E9B788F6689DBD8E56FD80B
    assert KEY.public.y == 0x26F1B489D6701DD185C8413A977B3CBBAF64D1C593D26627DFFB101A87FF77DA
    assert curve.sign(KEY, DIGEST, NONCE) == SIGNATURE
    for _ in range(3):  # without a table, and with one
        assert curve.verify(KEY.public, DIGEST, SIGNATURE)
        assert not curve.verify(KEY.public, DIGEST[::-1], SIGNATURE)


@pytest.mark.parametrize("oid", DISTINCT)
def test_a_generator_is_a_point_of_its_order(oid: str) -> None:
    curve = curve_of(oid)
    assert curve.has(curve.x, curve.y)
    x, y = multiple_of_generator(curve, curve.q - 1)
    assert (x, (y + curve.y) % curve.p) == (curve.x, 0)  # (q - 1) G = -G


def test_names_of_cryptopro_are_the_same_curves() -> None:
    assert len(DISTINCT) == 7
    assert curve_of("1.2.643.2.2.36.0") is curve_of("1.2.643.2.2.35.1") is curve_of("1.2.643.7.1.2.1.1.2")
    assert curve_of("1.2.643.2.2.36.1") is curve_of("1.2.643.2.2.35.3")
    with pytest.raises(gost.UnknownCurve, match=r"1\.2\.840"):
        curve_of("1.2.840.10045.3.1.7")


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(DISTINCT), NUMBERS, st.binary(min_size=64, max_size=64))
def test_back_ends_sign_alike_and_verify_each_others(oid: str, number: int, chance: bytes) -> None:
    key = PrivateKey(curve_of(oid), number)
    digest = chance[: key.curve.size]
    made = {}
    for name in curves_available():
        gost.choose(curve=name)
        made[name] = gost.sign(key, digest)
    assert len(set(made.values())) == 1
    spoiled = bytes([made["python"][0] ^ 1]) + made["python"][1:]
    for name in curves_available():
        gost.choose(curve=name)
        for _ in range(2):
            assert gost.verify(key.public, digest, made["python"])
        assert not gost.verify(key.public, digest, spoiled)


@pytest.mark.parametrize("name", curves_available())
@pytest.mark.parametrize("oid", ["1.2.643.2.2.36.0", "1.2.643.7.1.2.1.2.3"])
def test_hostile_numbers_are_no_signature(name: str, oid: str) -> None:
    gost.choose(curve=name)
    key = PrivateKey(curve_of(oid), 12345)
    size, q = key.curve.size, key.curve.q
    digest = bytes(range(size))
    good = gost.sign(key, digest)
    s, r = good[:size], good[size:]
    zero, order, top = bytes(size), q.to_bytes(size, "big"), b"\xff" * size
    for bad in (zero + r, s + zero, order + r, s + order, top + r, s + top, zero + zero, r + s, good[::-1]):
        assert not gost.verify(key.public, digest, bad)
    for bad in (b"", good[:-1], good + b"\0", bytes(10_000_000)):
        assert not gost.verify(key.public, digest, bad)
    assert not gost.verify(key.public, digest[:-1], good)
    assert gost.verify(key.public, digest, good)


@pytest.mark.parametrize("name", curves_available())
def test_a_digest_of_zero_counts_as_one(name: str) -> None:
    gost.choose(curve=name)
    key = PrivateKey(curve_of("1.2.643.2.2.36.0"), 77)
    zero, one = bytes(32), (1).to_bytes(32, "little")
    assert gost.verify(key.public, zero, gost.sign(key, zero))
    assert gost.verify(key.public, one, gost.sign(key, zero))
    assert gost.verify(key.public, key.curve.q.to_bytes(32, "little"), gost.sign(key, zero))


def test_keys_that_are_none_are_refused() -> None:
    curve = curve_of("1.2.643.2.2.36.0")
    good = PrivateKey(curve, 5).public
    assert PublicKey.from_bytes(curve, good.to_bytes()) == good
    assert PrivateKey.from_bytes(curve, PrivateKey(curve, 5).to_bytes()).d == 5
    for raw in (b"", good.to_bytes()[:-1], bytes(64), b"\xff" * 64, good.to_bytes()[::-1]):
        with pytest.raises(gost.InvalidPoint):
            PublicKey.from_bytes(curve, raw)
    for raw in (b"", bytes(32), b"\xff" * 32):
        with pytest.raises(gost.InvalidKey):
            PrivateKey.from_bytes(curve, raw)
    assert "5" not in repr(PrivateKey(curve, 5)).removeprefix("PrivateKey(id-tc26-gost-3410-2012-256-paramSetB")


def test_a_digest_must_fit_the_curve_to_be_signed() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        gost.sign(PrivateKey(curve_of("1.2.643.7.1.2.1.2.1"), 5), bytes(32))


def test_the_self_test_finds_a_back_end_that_computes_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    gost.self_test()
    wrong = digests.DigestBackEnd("wrong", digests.PLAIN.new, lambda size, _: bytes(size))
    monkeypatch.setattr(back_ends.__globals__["_Chosen"], "digest", wrong)
    with pytest.raises(gost.SelfTestFailed, match="wrong"):
        gost.self_test()


def test_a_back_end_that_computes_wrongly_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = digests.DigestBackEnd("wrong", digests.PLAIN.new, lambda size, _: bytes(size))
    monkeypatch.setattr(digests, "available", lambda: {"wrong": wrong, "python": digests.PLAIN})
    try:
        [problem] = gost.choose_tested()
        assert "wrong" in problem
        assert back_ends().digest == "python"
        monkeypatch.setattr(digests, "available", lambda: {"wrong": wrong})
        with pytest.raises(gost.SelfTestFailed, match="wrong"):
            gost.choose_tested()
    finally:
        monkeypatch.undo()
        gost.choose()


def test_old_digests_are_those_of_cryptopro() -> None:
    assert gost94(b"").hex() == "981e5f3ca30c841487830f84fb433e13ac1101569b9c13584ac483234cd656c0"
    assert gost94(b"abc" * 50).hex() == "80d8946d42cba2c67bb247155989ba3b8944c99bb7f06f574994daa1ddd74d0f"


def test_algorithms_are_found_by_every_spelling() -> None:
    urn = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"
    assert by_signature_uri(f"{urn}gostr34102012-gostr34112012-256") is GOST2012_256
    assert by_signature_uri(f"{urn}gostr34102001-gostr3411") is GOST2001
    assert by_digest_uri("http://www.w3.org/2001/04/xmldsig-more#gostr3411") is GOST2001
    assert by_digest_uri(f"{urn}gostr3411") is GOST2001
    assert by_signature_uri("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256") is None


def _openssl(*arguments: str, given: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def _openssl_with_gost() -> None:
    missing = shutil.which("openssl") is None
    if not missing:
        missing = b"md_gost12_256" not in subprocess.run(
            ["openssl", "dgst", "-engine", "gost", "-list"], capture_output=True, check=False
        ).stdout  # fmt: skip
    if missing:
        reason = "OpenSSL with its GOST engine (libengine-gost-openssl) is not installed"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)  # noqa: TID251 - no setting of the program


@pytest.mark.usefixtures("_openssl_with_gost")
@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 3000, 100_000])
def test_openssl_computes_the_same_digests(length: int, tmp_path: Path) -> None:
    """Not the old digest of nothing: the engine's is not CryptoPro's."""
    file = tmp_path / "content"
    content = bytes(number * 7 % 251 for number in range(length))
    file.write_bytes(content)
    for name, made in (
        ("md_gost12_256", gost.streebog256(content)),
        ("md_gost12_512", gost.streebog512(content)),
        *((("md_gost94", gost94(content)),) if 0 < length < 10_000 else ()),
    ):
        said = _openssl("dgst", "-engine", "gost", f"-{name}", "-binary", str(file))
        assert said == made
