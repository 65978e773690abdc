"""Suggested values are taken where the schema allows them, in the form that it wants."""

from pathlib import Path

import pytest

from tests.sampling.samples import restriction, sample, write


def taken(folder: Path, simple_type: str, suggested: str) -> str:
    """Return the value of a root of the simple type, for which `suggested` is suggested."""
    xsd = write(folder, f'<xs:element name="root"><xs:simpleType>{simple_type}</xs:simpleType></xs:element>')
    return sample(xsd, suggest=lambda path: suggested).text or ""


@pytest.mark.parametrize(
    ("simple_type", "suggested", "expected"),
    [
        # as it is
        (restriction("xs:string"), "Иванов", "Иванов"),
        (restriction("xs:string", "maxLength 6"), "Иванов", "Иванов"),
        (restriction("xs:string", "enumeration F", "enumeration M"), "M", "M"),
        (restriction("xs:boolean"), "true", "true"),
        # СНИЛС
        (restriction("xs:string", r"pattern \d{11}"), "901-008-244 64", "90100824464"),
        (restriction("xs:string", r"pattern \d{3}-\d{3}-\d{3} \d{2}"), "90100824464", "901-008-244 64"),
        (restriction("xs:string", r"pattern \d{3}-\d{3}-\d{3}-\d{2}"), "901-008-244 64", "901-008-244-64"),
        (restriction("xs:string", "length 11"), "901-008-244 64", "90100824464"),
        # dates
        (restriction("xs:date"), "24.05.2012", "2012-05-24"),
        (restriction("xs:date"), "2012-05-24", "2012-05-24"),
        (restriction("xs:date"), "2012-05-24T10:00:00+03:00", "2012-05-24"),
        (restriction("xs:dateTime"), "24.05.2012", "2012-05-24T00:00:00"),
        (restriction("xs:dateTime"), "2012-05-24T10:00:00+03:00", "2012-05-24T10:00:00+03:00"),
        (restriction("xs:string", r"pattern \d\d\.\d\d\.\d{4}"), "2012-05-24", "24.05.2012"),
        (restriction("xs:gYear"), "24.05.2012", "2012"),
        # sums and numbers
        (restriction("xs:decimal"), "1234,50", "1234.50"),
        (restriction("xs:string", r"pattern \d+,\d{2}"), "1234.50", "1234,50"),
        (restriction("xs:string", r"pattern \d{4} \d{6}"), "9090 123456", "9090 123456"),
        (restriction("xs:string", r"pattern \d{10}"), "9090 123456", "9090123456"),
        (restriction("xs:integer"), " 42 ", " 42 "),
        (restriction("xs:token", r"pattern \S+ \S+"), "два \n слова", "два \n слова"),
    ],
)
def test_a_suggestion_is_taken(tmp_path: Path, simple_type: str, suggested: str, expected: str) -> None:
    assert taken(tmp_path, simple_type, suggested) == expected


@pytest.mark.parametrize(
    ("simple_type", "suggested"),
    [
        (restriction("xs:string", "maxLength 3"), "Иванов"),
        (restriction("xs:string", "enumeration F", "enumeration M"), "male"),
        (restriction("xs:string", r"pattern \d{12}"), "901-008-244 64"),
        (restriction("xs:date"), "вчера"),
        (restriction("xs:date"), "2012-02-30"),
        (restriction("xs:integer"), "12,50"),
        (restriction("xs:integer", "maxInclusive 9"), "24.05.2012"),
        (restriction("xs:string"), "a\x00b"),
        (restriction("xs:string"), "\ufffe"),
        (restriction("xs:string"), "\ud800"),
        (restriction("xs:anyURI"), "не адрес"),
        (restriction("xs:string", r"pattern (a|aa)+"), "a" * 100_000),
    ],
)
def test_a_suggestion_that_breaks_the_schema_is_dropped(tmp_path: Path, simple_type: str, suggested: str) -> None:
    made = taken(tmp_path, simple_type, suggested)
    assert made
    assert made != suggested


def test_a_suggestion_is_asked_by_path(tmp_path: Path) -> None:
    asked: list[tuple[str, ...]] = []

    def suggest(path: tuple[str, ...]) -> str | None:
        asked.append(path)
        known: dict[tuple[str, ...], str] = {("root", "who", "@sex"): "M", ("root", "who", "name"): "Пётр"}
        return known.get(path)

    body = (
        '<xs:element name="root"><xs:complexType><xs:sequence><xs:element name="who"><xs:complexType><xs:sequence>'
        '<xs:element name="name" type="xs:string"/><xs:element name="fixed" fixed="x"/></xs:sequence>'
        '<xs:attribute name="sex" use="required"/></xs:complexType></xs:element></xs:sequence></xs:complexType>'
        "</xs:element>"
    )
    who = sample(write(tmp_path, body), suggest=suggest)[0]
    assert (who.get("sex"), who[0].text) == ("M", "Пётр")
    assert asked == [("root", "who", "@sex"), ("root", "who", "name")]


def test_an_element_of_no_type_takes_a_suggestion(tmp_path: Path) -> None:
    xsd = write(tmp_path, '<xs:element name="root"/>')
    assert sample(xsd, suggest=lambda path: "Пётр").text == "Пётр"
    assert sample(xsd, suggest=lambda path: "\x00").text == "root"


def test_a_suggestion_changes_nothing_elsewhere(tmp_path: Path) -> None:
    parts = '<xs:element name="a"/><xs:element name="b" type="xs:string"/><xs:element name="c" type="xs:date"/>'
    body = f'<xs:element name="root"><xs:complexType><xs:sequence>{parts}</xs:sequence></xs:complexType></xs:element>'
    xsd = write(tmp_path, body)
    plain = [node.text for node in sample(xsd)]
    suggested = [node.text for node in sample(xsd, suggest=lambda path: "Б" if path[-1] == "b" else None)]
    assert suggested == [plain[0], "Б", plain[2]]


def test_a_default_gives_way_to_a_suggestion_and_a_fixed_value_does_not(tmp_path: Path) -> None:
    parts = '<xs:element name="a" type="xs:int" default="5"/><xs:element name="b" type="xs:int" fixed="6"/>'
    body = f'<xs:element name="root"><xs:complexType><xs:sequence>{parts}</xs:sequence></xs:complexType></xs:element>'
    xsd = write(tmp_path, body)
    assert [node.text for node in sample(xsd)] == ["5", "6"]
    assert [node.text for node in sample(xsd, suggest=lambda path: "7")] == ["7", "6"]
    assert [node.text for node in sample(xsd, suggest=lambda path: "семь")] == ["5", "6"]
