"""What must hold whatever computes: the standards' examples, much data, hostile points, threads, a bare machine."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.signature import gost
from gateway.signature.gost import PrivateKey, PublicKey, curve_of, digests
from gateway.signature.gost.back_ends import curves_available
from gateway.signature.gost.examples import SIGNATURES, SignatureExample
from gateway.signature.gost.gost_94 import Gost94
from gateway.signature.gost.tables import KeyTables

ROOT = Path(__file__).parents[3]
XCH_A = curve_of("1.2.643.2.2.36.0")
TWISTED_EDWARDS = {  # e and d of RFC 7836, appendix A; s = (e - d) / 4, t = (e + d) / 6
    "1.2.643.7.1.2.1.1.1": (1, 0x0605F6B7C183FA81578BC39CFAD518132B9DF62897009AF7E522C32D6DC7BFFB),
    "1.2.643.7.1.2.1.2.3": (
        1,
        int(
            "9E4F5D8C017D8D9F13A5CF3CDF5BFE4DAB402D54198E31EBDE28A0621050439C"
            "A6B39E0A515C06B304E2CE43E79E369E91A0CFC2BC2A22B4CA302DBB33EE7550",
            16,
        ),
    ),
}


@pytest.fixture(autouse=True)
def _the_best_again() -> Iterator[None]:
    yield
    gost.choose()


@pytest.mark.parametrize("example", SIGNATURES, ids=["256", "512"])
@pytest.mark.parametrize("name", curves_available())
def test_a_back_end_signs_and_verifies_the_examples_of_the_standard(name: str, example: SignatureExample) -> None:
    curve = curves_available()[name]
    assert (example.key.public.x, example.key.public.y) == (example.x, example.y)
    assert curve.sign(example.key, example.digest, example.nonce) == example.signature
    for _ in range(3):  # without a table, and with one
        assert curve.verify(example.key.public, example.digest, example.signature)


@pytest.mark.parametrize("curve", curves_available())
@pytest.mark.parametrize("digest", digests.available())
def test_every_pair_of_back_ends_passes_the_self_test(curve: str, digest: str) -> None:
    gost.choose(curve=curve, digest=digest)
    gost.self_test()
    assert (gost.back_ends().curve, gost.back_ends().digest) == (curve, digest)


def test_a_back_end_that_is_not_there_cannot_be_chosen() -> None:
    with pytest.raises(KeyError):
        gost.choose(curve="abacus")
    with pytest.raises(KeyError):
        gost.choose(digest="abacus")


def _two_and_four(oid: str) -> list[tuple[int, int]]:
    """Points of order 2 and 4: (0, -1) and (+-1, 0) of the twisted Edwards form, in Weierstrass's."""
    p, (e, d) = curve_of(oid).p, TWISTED_EDWARDS[oid]
    s, t = (e - d) * pow(4, -1, p) % p, (e + d) * pow(6, -1, p) % p
    return [(t, 0), ((s + t) % p, s), ((s + t) % p, p - s)]


@pytest.mark.parametrize("oid", TWISTED_EDWARDS)
def test_a_point_of_small_order_is_no_key(oid: str) -> None:
    curve = curve_of(oid)
    for x, y in _two_and_four(oid):
        assert curve.has(x, y)
        with pytest.raises(gost.InvalidPoint, match="order"):
            PublicKey.from_bytes(curve, x.to_bytes(curve.size, "little") + y.to_bytes(curve.size, "little"))
    good = PrivateKey(curve, 3).public
    assert PublicKey.from_bytes(curve, good.to_bytes()) == good


@pytest.mark.parametrize("size", [32, 64])
def test_much_data_in_pieces_of_any_size_is_digested_as_a_whole(size: int) -> None:
    """More than what the GIL is kept for; plain Python, which has no such limit, is spared it."""
    content, found = bytes(number * 31 % 251 for number in range(300_000)), set()
    for back_end in (back_end for name, back_end in digests.available().items() if name != "python"):
        made = back_end.new(size)
        for start, end in ((0, 1), (1, 70_001), (70_001, 70_001), (70_001, 300_000)):
            made.update(content[start:end])
        found |= {made.digest(), back_end.whole(size, content)}
    assert len(found) <= 1


def test_old_digests_in_pieces_are_those_of_the_whole_by_library_and_by_plain_python() -> None:
    content = bytes(range(256)) * 3 + b"rest"
    for made in (Gost94(), gost.new_gost94()):
        for start in range(0, len(content), 50):
            made.update(content[start : start + 50])
        assert made.digest() == made.digest() == gost.gost94(content)


@pytest.mark.parametrize("name", curves_available())
def test_threads_share_a_back_end(name: str) -> None:
    gost.choose(curve=name)

    def turn(number: int) -> bool:
        key = PrivateKey(XCH_A, 1 + number % 5)
        digest = gost.streebog256(bytes([number]))
        return gost.verify(key.public, digest, gost.sign(key, digest))

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(turn, range(60)))


def _key(number: int) -> PublicKey:
    return PublicKey(XCH_A, number, number)


def test_a_table_is_made_at_the_fourth_use_and_the_least_recent_goes_last() -> None:
    made: list[int] = []

    def make(key: PublicKey) -> int:
        made.append(key.x)
        return key.x

    tables = KeyTables(make, {32: 2})
    assert [tables.of(_key(1)) for _ in range(5)] == [None, None, None, 1, 1]
    assert [tables.of(_key(2)) for _ in range(4)] == [None, None, None, 2]
    tables.of(_key(1))
    assert [tables.of(_key(3)) for _ in range(32)] == [None] * 31 + [3]
    assert made == [1, 2, 3]
    assert tables.of(_key(1)) == 1
    assert tables.of(_key(2)) is None


def test_more_keys_than_there_is_room_for_do_not_have_tables_made_at_each_turn() -> None:
    made: list[int] = []
    tables = KeyTables(lambda key: made.append(key.x), {32: 10})
    for _ in range(20):
        for number in range(30):
            tables.of(_key(number))
    assert len(made) == 10


@pytest.mark.parametrize(
    ("missing", "curve"),
    [(["gateway.signature.gost._native"], "gmpy2"), (["gateway.signature.gost._native", "gmpy2"], "python")],
)
def test_a_machine_without_a_compiler_and_without_gmp_still_signs(missing: list[str], curve: str) -> None:
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({missing!r}))\n"
        "from gateway.signature import gost\n"
        "gost.self_test()\n"
        "print(gost.back_ends().curve)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert told.stdout.split() == [curve], told.stderr


def test_an_installation_goes_on_where_nothing_compiles(tmp_path: Path) -> None:
    shutil.copy(ROOT / "setup.py", tmp_path)
    for source in (ROOT / "gateway/signature").rglob("*.c"):
        target = tmp_path / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    environment = os.environ | {"CC": "/bin/false", "CXX": "/bin/false"}  # noqa: TID251 - of the compiler
    told = subprocess.run(
        [sys.executable, "setup.py", "-q", "build_ext", "--build-lib", "built"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert "/bin/false" in told.stderr
    assert not list(tmp_path.rglob("*.so"))
