"""The transform of SMEV 3: vectors, the two escapings, what has no result."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.signature.transform import Escaping, TransformError, exclusive_c14n, transform, transform_element
from gateway.xml import XmlError, escape, parse
from tests.signature import step_list
from tests.signature.documents import canonical_documents

VECTORS = Path(__file__).parents[1] / "vectors" / "transform"
NAMES = sorted(file.name.removesuffix(".in.xml") for file in VECTORS.glob("*.in.xml"))
WRITERS = {"woodstox": Escaping.WOODSTOX, "jdk17": Escaping.JDK}
CASES = [(name, writer) for name in NAMES for writer in WRITERS]


def expected(name: str, form: str, writer: str) -> bytes | None:
    file = VECTORS / f"{name}.{form}-{writer}.xml"
    return file.read_bytes() if file.exists() else None


def test_there_are_vectors() -> None:
    assert len(NAMES) >= 12


@pytest.mark.parametrize(("name", "writer"), CASES)
def test_the_transform_alone(name: str, writer: str) -> None:
    document = (VECTORS / f"{name}.in.xml").read_bytes()
    result = expected(name, "out", writer)
    if result is None:
        with pytest.raises(TransformError):
            transform(document, WRITERS[writer])
    else:
        assert transform(document, WRITERS[writer]) == result


@pytest.mark.parametrize(("name", "writer"), CASES)
def test_the_transform_after_exclusive_canonicalisation(name: str, writer: str) -> None:
    root = parse((VECTORS / f"{name}.in.xml").read_bytes())
    result = expected(name, "c14n-out", writer)
    if result is None:
        with pytest.raises(TransformError):
            transform_element(root, WRITERS[writer])
        with pytest.raises(TransformError):
            transform(exclusive_c14n(root), WRITERS[writer])
    else:
        assert transform_element(root, WRITERS[writer]) == result
        assert transform(exclusive_c14n(root), WRITERS[writer]) == result


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (">", "&gt;"),
        ("a>b", "a>b"),
        ("&>", "&amp;>"),  # 11 characters or fewer: only the first place and "]" count
        (">>", "&gt;>"),
        ("]>>", "]&gt;>"),
        ("&>aaaaaaaaa", "&amp;>aaaaaaaaa"),
        ("&>aaaaaaaaaa", "&amp;&gt;aaaaaaaaaa"),
        (">>>aaaaaaaaa", "&gt;&gt;&gt;aaaaaaaaa"),
        ("]>>a>aaaaaaaa", "]&gt;&gt;a>aaaaaaaa"),
        ("a" * 511 + ">>", "a" * 511 + ">&gt;"),
        ("a" * 512 + ">", "a" * 512 + "&gt;"),
        ("a" * 513 + ">", "a" * 513 + ">"),
        ("\N{GRINNING FACE}>aaaaaaaa", "\N{GRINNING FACE}>aaaaaaaa"),
        ("&>\N{GRINNING FACE}aaaaaaa", "&amp;>\N{GRINNING FACE}aaaaaaa"),  # 11 units of UTF-16
        ("&>\N{GRINNING FACE}aaaaaaaa", "&amp;&gt;\N{GRINNING FACE}aaaaaaaa"),  # 12
        ("\N{GRINNING FACE}" * 256 + ">", "\N{GRINNING FACE}" * 256 + "&gt;"),
        ("a" + "\N{GRINNING FACE}" * 256 + ">", "a" + "\N{GRINNING FACE}" * 256 + ">"),
        ("a\rb", "a&#xd;b"),
        ("\r>aaaaaaaaaa", "&#xd;&gt;aaaaaaaaaa"),
        ("\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"),
        ("\ufeff", "\ufeff"),
        ("\x7f>\x9f", "&#x7f;>&#x9f;"),
        ("\x85>aaaaaaaaaa", "&#x85;&gt;aaaaaaaaaa"),
        (" \t\n\r", ""),
    ],
)
def test_woodstox_writes_a_text(text: str, written: str) -> None:
    root = parse(f'<a xmlns="u:1">{escape(text)}</a>'.encode())
    assert transform_element(root).decode() == f'<ns1:a xmlns:ns1="u:1">{written}</ns1:a>'


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\n\nb", "a\n\nb"),
        ("a\n \nb", "a\n \nb"),
        ("x\nl1\n  l2\n", "x\nl1\n  l2\n"),
        ("l1\n  l2\n", "l1\n  l2"),
        ("\nl1\n \n", "\nl1\n "),
        ("&amp;\n&amp;", "&amp;&amp;"),
        ("a&#xD; b", "a b"),
        (" ]]&gt; x", " ]]&gt; x"),
        ("a\n \N{GRINNING FACE}", "a\n \N{GRINNING FACE}"),
    ],
)
def test_the_jdk_drops_blank_events(text: str, kept: str) -> None:
    # As the parser of JDK 17 reported them; the long URI keeps its first 32 octets out of it.
    root = parse(f'<a xmlns="urn://example.org/a-long-uri">{text}</a>'.encode())
    assert transform_element(root, Escaping.JDK).decode() == (
        f'<ns1:a xmlns:ns1="urn://example.org/a-long-uri">{kept}</ns1:a>'
    )


def test_attributes_are_sorted_by_units_of_utf_16() -> None:
    root = parse('<a xmlns="u:1" \uf900="2" \U00020000="1"/>'.encode())
    assert transform_element(root).decode() == '<ns1:a xmlns:ns1="u:1" \U00020000="1" \uf900="2"></ns1:a>'


def test_a_comment_joins_texts_and_an_instruction_cuts_them() -> None:
    root = parse(b'<a xmlns="u:1">a <!--c--> b <?p?> <?q?>&gt;</a>')
    assert transform_element(root) == b'<ns1:a xmlns:ns1="u:1">a  b &gt;</ns1:a>'


def test_a_namespace_declared_again_gets_a_new_prefix() -> None:
    root = parse(b'<a xmlns="u:1"><b xmlns="u:2"/><b xmlns="u:2"><a xmlns="u:1"/></b></a>')
    assert transform_element(root) == (
        b'<ns1:a xmlns:ns1="u:1"><ns2:b xmlns:ns2="u:2"></ns2:b><ns3:b xmlns:ns3="u:2"><ns1:a></ns1:a></ns3:b></ns1:a>'
    )


def test_an_element_is_transformed_where_it_stands() -> None:
    outer = parse(b'<o xmlns="u:o" xmlns:p="u:p"><p:a xml:space="preserve">x</p:a> tail</o>')
    with pytest.raises(TransformError, match=r"/o/a: .*xml:space"):
        transform_element(outer[0])
    del outer[0].attrib["{http://www.w3.org/XML/1998/namespace}space"]
    assert transform_element(outer[0]) == b'<ns1:a xmlns:ns1="u:p">x</ns1:a>'


@pytest.mark.parametrize(
    ("document", "named"),
    [
        (b"", "empty"),
        (b"<a", "line 1"),
        (b"<!DOCTYPE a><a/>", "DOCTYPE"),
        (b'<a xmlns="u:1"><b xmlns="">x</b></a>', "/a/b"),
        (b'<a xmlns="u:1" xml:lang="ru"/>', "xml:lang"),
        ('<?xml version="1.0" encoding="windows-1251"?><a xmlns="u:1">\u0444</a>'.encode("cp1251"), "UTF-8"),
        (b"<a>" * 300, "line"),
    ],
)
def test_bad_input_is_named(document: bytes, named: str) -> None:
    with pytest.raises((XmlError, TransformError), match=named):
        transform(document)


TEXTS = st.text(alphabet=" \n\t\r&<>]ab\u0444\N{GRINNING FACE}", max_size=30)


@st.composite
def documents(draw: st.DrawFn, level: int = 0) -> str:
    """A document with placeholders {p0} to {p2} for its prefixes."""
    own = draw(st.integers(0, 2))
    attributes = draw(st.dictionaries(st.sampled_from(["k", "l", "{p0}:k", "{p1}:a", "{p2}:z"]), TEXTS, max_size=4))
    written = "".join(f' {key}="{_value(value)}"' for key, value in attributes.items())
    children = draw(st.lists(documents(level=level + 1), max_size=3)) if level < 3 else []
    inner = _value(draw(TEXTS)) + "".join(child + _value(draw(TEXTS)) for child in children)
    declared = ' xmlns:{p0}="u:0" xmlns:{p1}="u:1" xmlns:{p2}="u:2"' if not level else ""
    return f"<{{p{own}}}:e{level}{declared}{written}>{inner}</{{p{own}}}:e{level}>"


def _value(text: str) -> str:
    return escape(text).replace("\n", "&#xA;").replace("\t", "&#x9;")


def named(document: str, *prefixes: str) -> bytes:
    for index, prefix in enumerate(prefixes):
        document = document.replace(f"{{p{index}}}", prefix)
    return document.encode()


@given(canonical_documents())
def test_the_step_list_read_by_another_gives_the_same(octets: bytes) -> None:
    assert transform(octets) == step_list.transformed(octets)
    assert transform_element(parse(octets)) == step_list.transformed(octets)


@given(documents())
def test_prefixes_mean_nothing(document: str) -> None:
    assert transform_element(parse(named(document, "a", "b", "c"))) == transform_element(
        parse(named(document, "zz", "ns7", "ns1"))
    )


@given(documents())
def test_the_tree_gives_what_the_octets_give(document: str) -> None:
    root = parse(named(document, "a", "b", "c"))
    for escaping in Escaping:
        assert transform_element(root, escaping) == transform(exclusive_c14n(root), escaping)


@given(documents())
def test_what_was_transformed_stays_as_it_is(document: str) -> None:
    once = transform_element(parse(named(document, "a", "b", "c")))
    assert transform_element(parse(once)) == once
