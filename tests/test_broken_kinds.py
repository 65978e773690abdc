"""Broken kinds: path:line for everything that can be wrong with a folder, and nothing opened outside it."""

import shutil
from pathlib import Path

import pytest

from gateway import xml
from gateway.library import KindError, check, load
from tests.kind_folders import REQUEST, RESPONSE, rewrite, write_kind


@pytest.fixture
def kind_folder(tmp_path: Path) -> Path:
    return write_kind(tmp_path)


def broken(root: Path) -> KindError:
    """Return the one error of `root`, which `load` raises too unless it lies in an XSD or an example."""
    (error,) = check(root)
    assert str(error) == f"{error.path}:{error.line}: {error.message}"
    return error


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('name_en = "Test kind"', 'name_en = "Test', 3, "Illegal character"),
        ('owner = "Ведомство"\n', "", 1, "'owner' is missing"),
        ('owner = "Ведомство"', "owner = 7", 4, "owner: expected a text, found 7"),
        ('owner = "Ведомство"', 'owner = ""', 4, "owner: expected a text"),
        ('owner = "Ведомство"', 'owner = "В"\nownr = "x"', 5, "unknown key 'ownr'"),
        (
            'fidelity = "own"',
            'fidelity = "exact"',
            5,
            "expected official or simplified or own, found 'exact'",
        ),
        ('["to", "@oktmo"]', '["@oktmo", "to"]', 6, "attribute in last place"),
        ('["to", "@oktmo"]', '["to", 7]', 6, "names of elements"),
        ('["to", "@oktmo"]', '"to"', 6, "expected a list"),
        ('root = "Request"\n', "", 8, "'request.root' is missing"),
        ('root = "Response"', 'root = "Response"\nroots = 1', 15, "unknown key 'roots'"),
        ("[response]", "[answer]", 12, "unknown key 'answer'"),
        ('fidelity = "own"', 'fidelity = "own"\nbroadcast = true', 13, "a broadcast has no [response]"),
        ('fidelity = "own"', 'fidelity = "own"\nbroadcast = "yes"', 6, "expected true or false"),
        ('fidelity = "own"', 'fidelity = "own"\nauto = 1', 6, "auto: expected true or false, found 1"),
        ('fidelity = "own"', 'fidelity = "own"\nprovider = "А"', 6, "provider: мнемоника"),
        (
            'fidelity = "own"',
            'fidelity = "own"\nid = "a/c"',
            6,
            "id: expected 'a/b', as the folders are named, found 'a/c'",
        ),
        ('fidelity = "own"', 'version = "1.1"\nfidelity = "own"', 5, "version: expected '1.0'"),
        ('fidelity = "own"', 'fidelity = "own"\nschema = "../t.xsd"', 6, "inside the kind's folder"),
        ('fidelity = "own"', 'fidelity = "own"\nschema = "gone.xsd"', 6, "gone.xsd is missing"),
    ],
)
def test_a_broken_kind_file_is_refused_with_its_line(
    kind_folder: Path, old: str, new: str, line: int, words: str
) -> None:
    rewrite(kind_folder / "kind.toml", old, new)
    error = broken(kind_folder.parents[2])
    assert (error.path, error.line) == (kind_folder / "kind.toml", line)
    assert words in error.message
    with pytest.raises(KindError) as caught:
        load(kind_folder.parents[2])
    assert str(caught.value) == str(error)


@pytest.mark.parametrize("name", ["kind.toml", "t.xsd"])
def test_a_missing_file_is_named(kind_folder: Path, name: str) -> None:
    (kind_folder / name).unlink()
    error = broken(kind_folder.parents[2])
    assert error.path == kind_folder / "kind.toml"
    assert ("none" if name == "t.xsd" else name) in error.message


def test_examples_may_be_missing(kind_folder: Path) -> None:
    (kind_folder / "example-request.xml").unlink()
    (kind_folder / "example-response.xml").unlink()
    assert list(check(kind_folder.parents[2])) == []


@pytest.mark.parametrize("name", ["kind.toml", "t.xsd"])
def test_a_link_out_of_the_folder_is_refused(kind_folder: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / ".outside"
    shutil.move(kind_folder / name, outside)
    (kind_folder / name).symlink_to(outside)
    assert f"{name} leads out of the kind's folder" in broken(tmp_path).message


@pytest.mark.parametrize("name", ["example-request.xml", "examples/found-request.xml"])
def test_an_example_outside_the_folder_is_refused_by_check(kind_folder: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / ".outside"
    shutil.move(kind_folder / "example-request.xml", outside)
    (kind_folder / name).parent.mkdir(exist_ok=True)
    (kind_folder / name).symlink_to(outside)
    (error,) = check(tmp_path)
    assert "leads out of the kind's folder" in error.message


def test_two_xsds_need_the_key_schema(kind_folder: Path) -> None:
    shutil.move(kind_folder / "types.inc", kind_folder / "types.xsd")
    rewrite(kind_folder / "t.xsd", "types.inc", "types.xsd")
    assert "found t.xsd, types.xsd" in broken(kind_folder.parents[2]).message
    rewrite(kind_folder / "kind.toml", 'fidelity = "own"', 'fidelity = "own"\nschema = "t.xsd"')
    assert list(check(kind_folder.parents[2])) == []


def test_a_kind_file_at_another_depth_is_not_overlooked(kind_folder: Path) -> None:
    shutil.copy(kind_folder / "kind.toml", kind_folder.parent / "kind.toml")
    error = broken(kind_folder.parents[2])
    assert error.path == kind_folder.parent / "kind.toml"
    assert "<agency>/<kind>/<version>" in error.message


def test_a_root_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    assert broken(tmp_path / "gone").path == tmp_path / "gone"


def test_two_kinds_with_one_root_are_refused_with_the_line_of_the_second(tmp_path: Path) -> None:
    write_kind(tmp_path)
    second = write_kind(tmp_path, "c/d/1.0")
    error = broken(tmp_path)
    assert (error.path, error.line) == (second / "kind.toml", 10)
    assert "{urn:t}Request is claimed twice: by a/b 1.0 and by c/d 1.0" in error.message


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"),
    [
        ("t.xsd", 'type="xs:date"', 'type="xs:dat"', 11, "dat"),
        ("types.inc", 'base="xs:int"', 'base="xs:integ"', 11, "integ"),
        ("t.xsd", "</xs:schema>", "", 18, "line"),
        ("t.xsd", "types.inc", "http://example.org/types.xsd", 3, "not an address"),
        ("t.xsd", "types.inc", "//example.org/types.xsd", 3, "not an address"),
        ("t.xsd", "types.inc", "file:///etc/passwd", 3, "not an address"),
        ("t.xsd", "types.inc", "../types.inc", 3, "inside the kind's folder"),
        ("t.xsd", "types.inc", "%2e%2e/types.inc", 3, "inside the kind's folder"),
        ("t.xsd", "types.inc", "/etc/hostname", 3, "inside the kind's folder"),
        ("t.xsd", "types.inc", "gone.xsd", 3, "a file that exists"),
        ("t.xsd", "types.inc", "типы.xsd", 3, "percent-encoded"),
        ("types.inc", "<xs:schema", "<!DOCTYPE x>\n<xs:schema", 1, "DOCTYPE"),
        ("kind.toml", 'root = "Request"', 'root = "Reqest"', 10, "declares Request, Response"),
        ("example-request.xml", "1234567890123", "12", 1, "/Request/ОГРН: expected"),
        ("example-request.xml", "</Request>", "", 1, "line 1"),
        ("example-response.xml", RESPONSE, f"\n{REQUEST}", 2, "expected the root {urn:t}Response"),
        ("t.xsd", "types.inc", "http://[", 3, "not an address"),
    ],
)
def test_a_broken_schema_or_example_is_told_by_check_with_its_line(
    kind_folder: Path, file: str, old: str, new: str, line: int, words: str
) -> None:
    rewrite(kind_folder / file, old, new)
    load(kind_folder.parents[2])  # nothing is opened yet
    error = broken(kind_folder.parents[2])
    assert (error.path, error.line) == (kind_folder / file, line)
    assert words in error.message


def test_a_broken_schema_fails_the_first_message_of_its_kind(kind_folder: Path) -> None:
    rewrite(kind_folder / "t.xsd", 'type="xs:date"', 'type="xs:dat"')
    library = load(kind_folder.parents[2])
    with pytest.raises(KindError, match=r"t\.xsd:11: "):
        library.violations(xml.parse(REQUEST.encode()))


def test_the_documents_beside_a_schema_are_checked(kind_folder: Path) -> None:
    (kind_folder / "examples").mkdir()
    (kind_folder / "examples" / "any.xml").write_text("<other/>", encoding="utf-8")
    (error,) = check(kind_folder.parents[2])
    assert "expected the root {urn:t}Request or {urn:t}Response, found {}other" in error.message
    (kind_folder / "examples" / "any.xml").write_text(REQUEST, encoding="utf-8")
    (kind_folder / "scenarios.toml").write_text('[[scenario]]\nresponse = "answer.xml"\n', encoding="utf-8")
    (error,) = check(kind_folder.parents[2])
    assert (error.path.name, error.line) == ("scenarios.toml", 2)
    (kind_folder / "answer.xml").write_text(RESPONSE.replace("t:x", "u:x"), encoding="utf-8")
    (error,) = check(kind_folder.parents[2])
    assert error.path.name == "answer.xml"
    (kind_folder / "answer.xml").write_text(RESPONSE, encoding="utf-8")
    (kind_folder / "response.xml.j2").write_text("\n{{", encoding="utf-8")
    (error,) = check(kind_folder.parents[2])
    assert (error.path.name, error.line) == ("response.xml.j2", 2)
    (kind_folder / "response.xml.j2").write_bytes(b"\xff")
    (error,) = check(kind_folder.parents[2])
    assert error.path.name == "response.xml.j2"


def test_check_goes_on_after_an_error(tmp_path: Path) -> None:
    first = write_kind(tmp_path)
    write_kind(tmp_path, "c/d/1.0")  # claims the same roots
    third = write_kind(tmp_path, "e/f/1.0")
    rewrite(third / "kind.toml", 'owner = "Ведомство"\n', "")
    rewrite(first / "example-request.xml", "1234567890123", "12")
    assert [error.path.relative_to(tmp_path).as_posix() for error in check(tmp_path)] == [
        "e/f/1.0/kind.toml",
        "c/d/1.0/kind.toml",
        "a/b/1.0/example-request.xml",
    ]
