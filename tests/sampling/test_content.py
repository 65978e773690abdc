"""Samples hold what a schema requires, and when they are full what it allows."""

from pathlib import Path

import pytest

from gateway import xml
from gateway.library.sampling import CannotSample
from gateway.protocol.messages import MessageType
from gateway.xml import Element
from tests.sampling.samples import HEAD, ROOT, explained, names, restriction, sample, write

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def both(folder: Path, body: str, seed: int = 1, head: str = HEAD) -> tuple[Element, Element]:
    """Return the minimal and the full sample."""
    xsd = write(folder, body, head=head)
    made = sample(xsd, seed=seed), sample(xsd, seed=seed, fullness="full")
    assert [explained(xsd, root) for root in made] == [[], []]
    return made


def of(content: str) -> str:
    return f'<xs:element name="root"><xs:complexType>{content}</xs:complexType></xs:element>'


def leaf(name: str, occurs: str = "") -> str:
    least, _, most = occurs.partition("..")
    bounds = f' minOccurs="{least}" maxOccurs="{most or "unbounded"}"' if occurs else ""
    return f'<xs:element name="{name}" type="xs:int"{bounds}/>'


# --- particles ---------------------------------------------------------------------------------------------------


def test_a_sequence_repeats_what_is_required_and_in_full_what_may_be(tmp_path: Path) -> None:
    parts = leaf("a") + leaf("b", "0..1") + leaf("c", "3..") + leaf("d", "0..") + leaf("e", "0..0")
    minimal, full = both(tmp_path, of(f"<xs:sequence>{parts}</xs:sequence>"))
    assert names(minimal) == ["a", "c", "c", "c"]
    assert names(full) == ["a", "b", "c", "c", "c", "d", "d"]


def test_a_repetition_inside_a_repetition_is_not_multiplied(tmp_path: Path) -> None:
    inner = f'<xs:element name="in" maxOccurs="9"><xs:complexType><xs:sequence>{leaf("a", "0..9")}</xs:sequence>'
    _, full = both(tmp_path, of(f"<xs:sequence>{inner}</xs:complexType></xs:element></xs:sequence>"))
    assert [names(child) for child in full] == [["a"], ["a"]]


def test_a_choice_takes_one_branch_and_chance_decides(tmp_path: Path) -> None:
    body = of(f"<xs:choice>{leaf('a')}{leaf('b')}<xs:sequence>{leaf('c')}{leaf('d')}</xs:sequence></xs:choice>")
    xsd = write(tmp_path, body)
    minimal = {tuple(names(sample(xsd, seed=seed))) for seed in range(20)}
    full = {tuple(names(sample(xsd, seed=seed, fullness="full"))) for seed in range(20)}
    assert minimal == {("a",), ("b",)}  # the least ones
    assert full == {("a",), ("b",), ("c", "d")}


def test_a_repeated_choice_shows_its_branches_in_turn(tmp_path: Path) -> None:
    minimal, full = both(tmp_path, of(f'<xs:choice minOccurs="3" maxOccurs="3">{leaf("a")}{leaf("b")}</xs:choice>'))
    assert len(minimal) == 3
    assert set(names(full)) == {"a", "b"}


def test_groups_nest_with_occurrences_of_their_own(tmp_path: Path) -> None:
    group = f'<xs:group name="g"><xs:sequence>{leaf("a")}<xs:choice minOccurs="0">{leaf("b")}</xs:choice></xs:sequence>'
    body = of('<xs:sequence><xs:group ref="t:g" minOccurs="2" maxOccurs="2"/></xs:sequence>')
    minimal, full = both(tmp_path, f"{group}</xs:group>{body}")
    assert names(minimal) == ["a", "a"]
    assert names(full) == ["a", "b", "a", "b"]


def test_all_stands_in_the_order_of_the_schema(tmp_path: Path) -> None:
    minimal, full = both(tmp_path, of(f"<xs:all>{leaf('b')}{leaf('a', '0..1')}{leaf('c')}</xs:all>"))
    assert names(minimal) == ["b", "c"]
    assert names(full) == ["b", "a", "c"]


def test_a_branch_that_cannot_be_made_is_not_chosen(tmp_path: Path) -> None:
    impossible = (
        f'<xs:element name="no"><xs:simpleType>{restriction("xs:string", "length 1", "pattern ab")}</xs:simpleType>'
    )
    minimal, full = both(tmp_path, of(f"<xs:choice>{impossible}</xs:element>{leaf('yes')}</xs:choice>"))
    assert names(minimal) == names(full) == ["yes"]


def test_an_optional_part_that_cannot_be_made_is_left_out(tmp_path: Path) -> None:
    impossible = f"<xs:simpleType>{restriction('xs:string', 'length 1', 'pattern ab')}</xs:simpleType>"
    parts = f'<xs:element name="no" minOccurs="0">{impossible}</xs:element>{leaf("yes")}'
    attribute = f'<xs:attribute name="no">{impossible}</xs:attribute>'
    _, full = both(tmp_path, of(f"<xs:sequence>{parts}</xs:sequence>{attribute}"))
    assert names(full) == ["yes"]
    assert not full.attrib


# --- attributes --------------------------------------------------------------------------------------------------


def test_attributes(tmp_path: Path) -> None:
    body = (
        '<xs:attributeGroup name="g"><xs:attribute name="g" type="xs:int" use="required"/></xs:attributeGroup>'
        '<xs:attribute name="global" type="xs:int"/>'
        + of(
            '<xs:attribute name="required" type="xs:int" use="required"/><xs:attribute name="optional" type="xs:int"/>'
            '<xs:attribute name="no" type="xs:int" use="prohibited"/><xs:attribute ref="t:global" use="required"/>'
            '<xs:attribute name="fixed" fixed="7" use="required"/><xs:attribute name="default" default="8"/>'
            '<xs:attributeGroup ref="t:g"/><xs:anyAttribute processContents="lax"/>'
        )
    )
    minimal, full = both(tmp_path, body)
    assert set(minimal.attrib) == {"required", "{urn:t}global", "fixed", "g"}
    assert set(full.attrib) == set(minimal.attrib) | {"optional", "default"}
    assert (full.get("fixed"), full.get("default")) == ("7", "8")


def test_a_restriction_prohibits_and_an_extension_adds(tmp_path: Path) -> None:
    body = (
        f'<xs:complexType name="base"><xs:sequence>{leaf("a")}{leaf("b", "0..1")}</xs:sequence>'
        '<xs:attribute name="x" type="xs:int"/><xs:attribute name="y" type="xs:int"/></xs:complexType>'
        '<xs:complexType name="less"><xs:complexContent><xs:restriction base="t:base">'
        f'<xs:sequence>{leaf("a")}</xs:sequence><xs:attribute name="x" use="prohibited"/>'
        "</xs:restriction></xs:complexContent></xs:complexType>"
        '<xs:element name="root"><xs:complexType><xs:complexContent><xs:extension base="t:less"><xs:sequence>'
        f'{leaf("c")}</xs:sequence><xs:attribute name="z" type="xs:int" use="required"/>'
        "</xs:extension></xs:complexContent></xs:complexType></xs:element>"
    )
    minimal, full = both(tmp_path, body)
    assert names(minimal) == names(full) == ["a", "c"]
    assert (set(minimal.attrib), set(full.attrib)) == ({"z"}, {"y", "z"})


def test_simple_content(tmp_path: Path) -> None:
    body = (
        '<xs:complexType name="sum"><xs:simpleContent><xs:extension base="xs:decimal">'
        '<xs:attribute name="currency" use="required"/></xs:extension></xs:simpleContent></xs:complexType>'
        '<xs:element name="root"><xs:complexType><xs:simpleContent><xs:restriction base="t:sum">'
        '<xs:minInclusive value="5"/><xs:maxInclusive value="5"/><xs:fractionDigits value="0"/>'
        "</xs:restriction></xs:simpleContent></xs:complexType></xs:element>"
    )
    minimal, _ = both(tmp_path, body)
    assert minimal.text == "5"
    assert minimal.get("currency")


def test_mixed_content_holds_text(tmp_path: Path) -> None:
    body = f'<xs:element name="root"><xs:complexType mixed="true"><xs:sequence>{leaf("a", "0..1")}</xs:sequence>'
    minimal, full = both(tmp_path, f"{body}</xs:complexType></xs:element>")
    assert (minimal.text, names(minimal)) == ("root", [])
    assert (full.text, names(full)) == ("root", ["a"])


@pytest.mark.parametrize("mixed", ["true", "false"])
def test_fixed_and_default_elements(tmp_path: Path, mixed: str) -> None:
    text = (
        '<xs:complexType mixed="true"><xs:sequence><xs:any minOccurs="0"/></xs:sequence></xs:complexType></xs:element>'
    )
    parts = '<xs:element name="f" type="xs:int" fixed="1"/><xs:element name="d" type="xs:int" default="2"/>'
    parts += f'<xs:element name="m" fixed="x">{text}' if mixed == "true" else ""
    minimal, _ = both(tmp_path, of(f"<xs:sequence>{parts}</xs:sequence>"))
    assert [node.text for node in minimal] == ["1", "2", "x"][: len(minimal)]


# --- elements in place of others ---------------------------------------------------------------------------------

ANIMALS = (
    '<xs:complexType name="animal" abstract="true"><xs:sequence/></xs:complexType>'
    '<xs:complexType name="cat"><xs:complexContent><xs:extension base="t:animal"><xs:sequence>'
    f"{leaf('lives')}</xs:sequence></xs:extension></xs:complexContent></xs:complexType>"
    '<xs:complexType name="dog"><xs:complexContent><xs:extension base="t:animal"><xs:sequence>'
    f"{leaf('legs')}{leaf('ears')}</xs:sequence></xs:extension></xs:complexContent></xs:complexType>"
)


def test_xsi_type_names_a_type_derived_from_an_abstract_one(tmp_path: Path) -> None:
    minimal, _ = both(tmp_path, f'{ANIMALS}<xs:element name="root" type="t:animal"/>')
    assert minimal.get(f"{XSI}type") == "t:cat"
    xsd = tmp_path / "t.xsd"
    assert {sample(xsd, seed=seed, fullness="full").get(f"{XSI}type") for seed in range(9)} == {"t:cat", "t:dog"}


def test_a_substitute_stands_for_an_abstract_element(tmp_path: Path) -> None:
    body = (
        f'{ANIMALS}<xs:element name="pet" type="t:animal" abstract="true"/>'
        '<xs:element name="tame" substitutionGroup="t:pet" type="t:dog" abstract="true"/>'
        '<xs:element name="rex" substitutionGroup="t:tame"/>'
        '<xs:element name="tom" substitutionGroup="t:pet" type="t:cat"/>'
    )
    body += of('<xs:sequence><xs:element ref="t:pet" maxOccurs="unbounded"/></xs:sequence>')
    minimal, _ = both(tmp_path, body)
    assert names(minimal) == ["tom"]
    xsd = tmp_path / "t.xsd"
    seen = {name for seed in range(9) for name in names(sample(xsd, seed=seed, fullness="full"))}
    assert seen == {"rex", "tom"}


def test_what_is_blocked_does_not_substitute(tmp_path: Path) -> None:
    body = (
        '<xs:complexType name="base"><xs:sequence/></xs:complexType><xs:complexType name="more"><xs:complexContent>'
        '<xs:extension base="t:base"/></xs:complexContent></xs:complexType>'
        '<xs:element name="head" type="t:base" abstract="true" block="extension"/>'
        '<xs:element name="a" type="t:more" substitutionGroup="t:head"/>'
        '<xs:element name="b" type="t:base" substitutionGroup="t:head"/>'
    )
    minimal, full = both(tmp_path, body + of('<xs:sequence><xs:element ref="t:head"/></xs:sequence>'))
    assert names(minimal) == names(full) == ["b"]


def test_an_abstract_root_becomes_its_substitute(tmp_path: Path) -> None:
    body = (
        '<xs:element name="root" abstract="true"/><xs:element name="other" substitutionGroup="t:root" type="xs:int"/>'
    )
    assert xml.name_of(sample(write(tmp_path, body)))[1] == "other"


def test_nil_is_the_way_out_where_content_cannot_be_made(tmp_path: Path) -> None:
    body = (
        '<xs:element name="root" nillable="true"><xs:complexType><xs:sequence>'
        '<xs:element ref="t:root"/></xs:sequence><xs:attribute name="a" type="xs:int" use="required"/>'
        "</xs:complexType></xs:element>"
    )
    minimal, full = both(tmp_path, body)
    for root in (minimal, full):
        assert root.get(f"{XSI}nil") == "true"
        assert root.get("a")


def test_nillable_elements_have_values(tmp_path: Path) -> None:
    minimal, _ = both(tmp_path, '<xs:element name="root" type="xs:int" nillable="true"/>')
    assert minimal.text
    assert not minimal.attrib


# --- wildcards ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wildcard", "tag"),
    [
        ('processContents="lax"', "{urn:t}Any"),
        ('processContents="skip" namespace="##targetNamespace"', "{urn:t}Any"),
        ('processContents="skip" namespace="##other"', "{urn:any}Any"),
        ('processContents="skip" namespace="##local"', "Any"),
        ('processContents="lax" namespace="urn:b urn:a"', "{urn:a}Any"),
        ('processContents="strict"', "{urn:t}little"),
        ("", "{urn:t}little"),
    ],
)
def test_a_required_wildcard_is_filled(tmp_path: Path, wildcard: str, tag: str) -> None:
    declared = of(f'<xs:sequence><xs:any {wildcard}/><xs:any minOccurs="0" namespace="urn:z"/></xs:sequence>')
    others = '<xs:element name="big" type="t:big"/><xs:element name="little" type="xs:int"/>'
    big = f'<xs:complexType name="big"><xs:sequence>{leaf("a")}</xs:sequence></xs:complexType>'
    root = sample(write(tmp_path, others + big + declared))
    assert [child.tag for child in root] == [tag]
    assert [child.tag for child in sample(tmp_path / "t.xsd", fullness="full")] == [tag]


# --- recursion ---------------------------------------------------------------------------------------------------


def test_an_optional_recursion_ends_at_once(tmp_path: Path) -> None:
    node = f'<xs:complexType name="node"><xs:sequence>{leaf("a")}<xs:element name="node" type="t:node" minOccurs="0"'
    body = f'{node} maxOccurs="unbounded"/></xs:sequence></xs:complexType><xs:element name="root" type="t:node"/>'
    minimal, full = both(tmp_path, body)
    assert names(minimal) == names(full) == ["a"]


def test_a_required_recursion_ends_by_the_shortest_way(tmp_path: Path) -> None:
    """An expression as in programming languages: sum of expressions, or a number."""
    body = (
        '<xs:element name="root"><xs:complexType><xs:choice><xs:element name="sum"><xs:complexType><xs:sequence>'
        '<xs:element ref="t:root" minOccurs="2" maxOccurs="2"/></xs:sequence></xs:complexType></xs:element>'
        f"{leaf('number')}</xs:choice></xs:complexType></xs:element>"
    )
    minimal, _ = both(tmp_path, body)
    assert names(minimal) == ["number"]
    xsd = tmp_path / "t.xsd"
    sums = [made for seed in range(9) if names(made := sample(xsd, seed=seed, fullness="full")) == ["sum"]]
    assert sums
    for made in sums:
        assert [names(inner) for inner in made[0]] == [["number"], ["number"]]


def test_a_recursion_through_a_substitute_ends(tmp_path: Path) -> None:
    body = (
        '<xs:element name="head" type="t:heavy"/><xs:element name="light" type="t:light" substitutionGroup="t:head"/>'
        '<xs:complexType name="heavy"><xs:sequence><xs:element ref="t:head" minOccurs="0"/></xs:sequence>'
        "</xs:complexType>"
        '<xs:complexType name="light"><xs:complexContent><xs:restriction base="t:heavy"><xs:sequence/>'
        "</xs:restriction></xs:complexContent></xs:complexType>"
    )
    body += of('<xs:sequence><xs:element ref="t:head"/></xs:sequence>')
    minimal, full = both(tmp_path, body)
    assert [len(list(root.iter())) for root in (minimal, full)] == [2, 2]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (of('<xs:sequence><xs:element ref="t:root"/></xs:sequence>'), "/root/root: элемент root обязан содержать"),
        ('<xs:element name="root" abstract="true"/>', "/root: элемент {urn:t}root абстрактный, и заменить его нечем"),
        (
            '<xs:element name="a" abstract="true"/>'
            + of(
                '<xs:choice><xs:element name="b"><xs:complexType><xs:sequence><xs:element ref="t:a"/></xs:sequence>'
                "</xs:complexType></xs:element></xs:choice>"
            ),
            "/root/b/a: элемент {urn:t}a абстрактный",
        ),
        (
            '<xs:complexType name="a" abstract="true"/><xs:element name="root" type="t:a"/>',
            "/root: тип {urn:t}a абстрактный",
        ),
        (of('<xs:sequence><xs:any namespace="urn:z"/></xs:sequence>'), "/root: на месте xs:any (urn:z) требуется"),
        (
            '<xs:element name="Root" type="xs:int"/>',
            "схема не объявляет элемента {urn:t}root; в пространстве имён 'urn:t' объявлены: Root",
        ),
    ],
)
def test_what_cannot_be_made_is_refused_with_its_place(tmp_path: Path, body: str, refusal: str) -> None:
    with pytest.raises(CannotSample) as caught:
        sample(write(tmp_path, body))
    assert str(caught.value).startswith(refusal)


# --- namespaces and files ----------------------------------------------------------------------------------------


def test_unqualified_elements_stay_without_namespace(tmp_path: Path) -> None:
    head = HEAD.replace(' elementFormDefault="qualified"', "")
    parts = f'{leaf("a")}<xs:element name="q" type="xs:int" form="qualified"/>'
    minimal, _ = both(tmp_path, of(f"<xs:sequence>{parts}</xs:sequence>"), head=head)
    assert [child.tag for child in minimal] == ["a", "{urn:t}q"]


def test_a_schema_without_namespace(tmp_path: Path) -> None:
    head = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    xsd = write(tmp_path, of(f"<xs:sequence>{leaf('a')}</xs:sequence>"), head=head)
    root = sample(xsd, root=MessageType("", "root"))
    assert [node.tag for node in root.iter()] == ["root", "a"]


def test_imports_includes_chameleons_and_redefinitions(tmp_path: Path) -> None:
    far = HEAD.replace("urn:t", "urn:far")
    write(
        tmp_path,
        f'<xs:complexType name="f"><xs:sequence>{leaf("inner")}</xs:sequence></xs:complexType>',
        "far.xsd",
        far,
    )
    plain = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">'
    write(
        tmp_path, f'<xs:complexType name="c"><xs:sequence>{leaf("own")}</xs:sequence></xs:complexType>', "c.xsd", plain
    )
    old = f'<xs:simpleType name="code">{restriction("xs:string", "maxLength 9")}</xs:simpleType>'
    write(tmp_path, old, "old.xsd")
    body = (
        '<xs:import namespace="urn:far" schemaLocation="far.xsd"/><xs:include schemaLocation="c.xsd"/>'
        f'<xs:redefine schemaLocation="old.xsd"><xs:simpleType name="code">{restriction("t:code", "minLength 9")}'
        "</xs:simpleType></xs:redefine>"
    )
    parts = '<xs:element name="f" type="far:f"/><xs:element name="c" type="t:c"/><xs:element name="r" type="t:code"/>'
    head = HEAD.replace("<xs:schema", '<xs:schema xmlns:far="urn:far"')
    minimal, _ = both(tmp_path, body + of(f"<xs:sequence>{parts}</xs:sequence>"), head=head)
    assert [child.tag for child in minimal.iter()] == [
        *("{urn:t}root", "{urn:t}f", "{urn:far}inner", "{urn:t}c", "{urn:t}own", "{urn:t}r")
    ]
    assert len(minimal[2].text or "") == 9


def test_only_prefixes_that_are_needed_are_declared(tmp_path: Path) -> None:
    head = HEAD.replace("<xs:schema", '<xs:schema xmlns:far="urn:far"')
    made = sample(write(tmp_path, '<xs:element name="root" type="xs:int"/>', head=head), root=ROOT)
    assert {prefix: uri for prefix, uri in made.nsmap.items() if prefix} == {"t": "urn:t"}
