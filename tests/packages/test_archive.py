"""Archives as people make them."""

import io
import unicodedata
import zipfile
from pathlib import Path

import pytest

from gateway.library.packages import read_package
from tests.packages.building import MAIN, PACKAGE, Shelf, element, schema, zipped


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def named(name: bytes, *, utf8: bool) -> bytes:
    """A package whose schema has this name, byte for byte."""
    packed = zipped({"x" * len(name): MAIN}).replace(b"x" * len(name), name)
    if not utf8:
        return packed
    flagged = bytearray(packed)
    for signature, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        flagged[flagged.index(signature) + offset] |= 8
    return bytes(flagged)


@pytest.mark.parametrize(
    ("name", "utf8", "meant"),
    [
        ("Доходы.xsd".encode(), True, "Доходы.xsd"),
        ("Доходы.xsd".encode(), False, "Доходы.xsd"),
        ("Доходы.xsd".encode("cp866"), False, "Доходы.xsd"),
        ("раб.xsd".encode("cp866"), False, "раб.xsd"),  # valid as UTF-8, too
        (unicodedata.normalize("NFD", "Общий.xsd").encode(), True, "Общий.xsd"),
        (b"a\\b\\c.xsd", False, "a/b/c.xsd"),
        (b"./a//b.xsd", False, "a/b.xsd"),
    ],
)
def test_names_are_read_as_they_were_meant(name: bytes, utf8: bool, meant: str) -> None:
    assert list(read_package(named(name, utf8=utf8)).files) == [meant]


def test_what_lies_around_is_left_alone(shelf: Shelf) -> None:
    junk: dict[str, str | bytes] = {
        "__MACOSX/._stay.xsd": b"\0\5\x16\7",
        ".git/config.xml": "<",
        "._b.xsd": b"\0",
        "Thumbs.db": b"\0",
        "Руководство.doc": b"\xd0\xcf",
        "схемы/": "",
        "~$lock.xml": b"\0",
    }
    packed = io.BytesIO(zipped({**PACKAGE, **junk}))
    package = read_package(packed.getvalue())
    assert package.files.keys() == PACKAGE.keys()
    assert package.skipped == ("Руководство.doc",)
    shelf.add(packed.getvalue())


def test_a_schema_of_another_kind_is_pointed_out(shelf: Shelf) -> None:
    files = {**PACKAGE, "other.xsd": schema(element("Address"), "urn:o"), "b.xml": "<b/>"}
    warnings = " ".join(shelf.add(files).warnings)
    assert "other.xsd" in warnings
    assert "b.xml: не пример, корень {}b" in warnings


def test_an_archive_of_a_folder_is_deflated(tmp_path: Path) -> None:
    (tmp_path / "a.xsd").write_text(MAIN * 100, encoding="utf-8")
    packed = read_package(tmp_path).as_zip()
    assert len(packed) < 5_000
    assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == ["a.xsd"]
