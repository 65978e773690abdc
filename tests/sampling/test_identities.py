"""Keys differ, references meet them, and an xs:IDREF finds its xs:ID."""

from pathlib import Path

import pytest

from gateway.library.sampling import CannotSample, Fullness
from tests.sampling.samples import explained, restriction, sample, write

FULLNESSES: tuple[Fullness, ...] = ("minimal", "full")


def of(content: str, constraints: str = "") -> str:
    return f'<xs:element name="root"><xs:complexType>{content}</xs:complexType>{constraints}</xs:element>'


def rows(name: str, attributes: str, least: int = 1, most: str = "1") -> str:
    occurs = f'minOccurs="{least}" maxOccurs="{most}"'
    return f'<xs:element name="{name}" {occurs}><xs:complexType>{attributes}</xs:complexType></xs:element>'


def constraint(kind: str, name: str, selector: str, *fields: str, refer: str = "") -> str:
    found = "".join(f'<xs:field xpath="{field}"/>' for field in fields)
    refers = f' refer="{refer}"' if refer else ""
    return f'<xs:{kind} name="{name}"{refers}><xs:selector xpath="{selector}"/>{found}</xs:{kind}>'


MANY = (30, "unbounded")
CODE = '<xs:attribute name="code" type="xs:byte" use="required"/>'


@pytest.mark.parametrize("kind", ["key", "unique"])
@pytest.mark.parametrize("fullness", FULLNESSES)
def test_keys_differ(tmp_path: Path, kind: str, fullness: Fullness) -> None:
    narrow = f"<xs:simpleType>{restriction('xs:int', 'minInclusive 1', 'maxInclusive 40')}</xs:simpleType>"
    code = f'<xs:attribute name="code" use="required">{narrow}</xs:attribute>'
    body = of(f"<xs:sequence>{rows('a', code, *MANY)}</xs:sequence>", constraint(kind, "k", "t:a", "@code"))
    xsd = write(tmp_path, body)
    root = sample(xsd, fullness=fullness, suggest=lambda path: "7")
    assert len({node.get("code") for node in root}) == len(root) == 30
    assert root[0].get("code") == "7"
    assert explained(xsd, root) == []


def test_a_key_of_two_fields_differs_in_one_of_them(tmp_path: Path) -> None:
    two = '<xs:attribute name="fixed" fixed="1" use="required"/>' + CODE
    body = of(f"<xs:sequence>{rows('a', two, *MANY)}</xs:sequence>", constraint("key", "k", "t:a", "@code", "@fixed"))
    root = sample(write(tmp_path, body))
    assert len({node.get("code") for node in root}) == 30
    assert {node.get("fixed") for node in root} == {"1"}


@pytest.mark.parametrize("fullness", FULLNESSES)
def test_a_reference_meets_a_key(tmp_path: Path, fullness: Fullness) -> None:
    child = '<xs:sequence><xs:element name="to" type="xs:int"/></xs:sequence>'
    body = of(
        f"<xs:sequence>{rows('b', child, *MANY)}{rows('a', CODE, 3, '5')}</xs:sequence>",
        constraint("key", "k", "t:a", "@code") + constraint("keyref", "r", "t:b", "t:to", refer="t:k"),
    )
    xsd = write(tmp_path, body)
    root = sample(xsd, fullness=fullness)
    assert {node[0].text for node in root[:30]} <= {node.get("code") for node in root[30:]}
    assert len({node[0].text for node in root[:30]}) > 1
    assert explained(xsd, root) == []


def test_what_a_reference_needs_is_taken_up_though_it_is_optional(tmp_path: Path) -> None:
    code = '<xs:attribute name="code" type="xs:int"/>'
    body = of(
        f"<xs:sequence>{rows('b', CODE)}{rows('a', code, 0)}</xs:sequence>",
        constraint("key", "k", "t:a", "@code") + constraint("keyref", "r", "t:b", "@code", refer="t:k"),
    )
    root = sample(write(tmp_path, body))
    assert [node.get("code") for node in root] == [root[0].get("code")] * 2


def test_a_field_of_a_key_is_taken_up_though_it_is_optional(tmp_path: Path) -> None:
    child = '<xs:sequence><xs:element name="no" type="xs:int" minOccurs="0"/></xs:sequence>'
    body = of(f"<xs:sequence>{rows('a', child)}</xs:sequence>", constraint("key", "k", ".//t:a", "t:no"))
    assert len(sample(write(tmp_path, body))[0]) == 1


def test_a_key_with_fewer_values_than_rows_has_fewer_rows(tmp_path: Path) -> None:
    only = f"<xs:simpleType>{restriction('xs:string', 'enumeration x')}</xs:simpleType>"
    code = f'<xs:attribute name="code" use="required">{only}</xs:attribute>'
    body = of(f"<xs:sequence>{rows('a', code, 1, '9')}</xs:sequence>", constraint("key", "k", "t:a", "@code"))
    assert len(sample(write(tmp_path, body), fullness="full")) == 1


def test_a_key_that_must_have_more_rows_than_values_is_refused(tmp_path: Path) -> None:
    code = '<xs:attribute name="code" use="required" type="xs:boolean"/>'
    body = of(f"<xs:sequence>{rows('a', code, *MANY)}</xs:sequence>", constraint("key", "k", "t:a", "@code"))
    with pytest.raises(CannotSample, match=r"libxml2 не принимает созданный документ: .*Duplicate key-sequence"):
        sample(write(tmp_path, body))


@pytest.mark.parametrize("fullness", FULLNESSES)
def test_ids_are_unique_and_references_find_them(tmp_path: Path, fullness: Fullness) -> None:
    target = '<xs:attribute name="id" type="xs:ID" use="required"/>'
    pointer = (
        '<xs:attribute name="to" type="xs:IDREF" use="required"/>'
        '<xs:attribute name="all" type="xs:IDREFS" use="required"/>'
    )
    body = of(f"<xs:sequence>{rows('b', pointer, 1, '4')}{rows('a', target, *MANY)}</xs:sequence>")
    xsd = write(tmp_path, body)
    root = sample(xsd, fullness=fullness, suggest=lambda path: "one")
    ids = {node.get("id") for node in root if node.get("id")}
    assert len(ids) == 30
    assert "one" in ids
    assert root[0].get("to") in ids
    assert set((root[0].get("all") or "").split()) <= ids
    assert explained(xsd, root) == []


def test_there_are_no_more_ids_than_their_type_has_values(tmp_path: Path) -> None:
    only = f"<xs:simpleType>{restriction('xs:ID', 'enumeration one')}</xs:simpleType>"
    target = f'<xs:attribute name="id" use="required">{only}</xs:attribute>'
    xsd = write(tmp_path, of(f"<xs:sequence>{rows('a', target, 1, '9')}</xs:sequence>"))
    assert [node.get("id") for node in sample(xsd, fullness="full")] == ["one"]


def test_an_optional_id_is_taken_up_for_a_reference(tmp_path: Path) -> None:
    both = '<xs:attribute name="id" type="xs:ID"/><xs:attribute name="to" type="xs:IDREF" use="required"/>'
    root = sample(write(tmp_path, of(both)))
    assert root.get("to") == root.get("id")


def test_an_optional_reference_without_ids_is_left_out(tmp_path: Path) -> None:
    root = sample(write(tmp_path, of('<xs:attribute name="to" type="xs:IDREF"/>')), fullness="full")
    assert not root.attrib


def test_a_required_reference_without_ids_is_refused(tmp_path: Path) -> None:
    body = of('<xs:sequence><xs:element name="to" type="xs:IDREF"/></xs:sequence>')
    with pytest.raises(CannotSample, match=r"^/root/to: ссылаться не на что"):
        sample(write(tmp_path, body))
