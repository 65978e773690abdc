"""What counts of a content: not how it was written, and not what a kind calls volatile."""

from random import Random  # noqa: TID251 - hypothesis gives the seeded one

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import xml
from gateway.domain.content_paths import ContentPath, InvalidPath
from gateway.ns import SMEV3_1_2
from gateway.recording.masks import MARK, Masks, Node, masked, renamed
from tests.recording.documents import Tree, parsed, trees

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
FIRST, SECOND = "5f1c1a52-84d4-11e2-9e96-0800200c9a66", "6f1c1a52-84d4-11e2-9e96-0800200c9a66"

NONE = Masks()


def node(document: str, masks: Masks = NONE) -> Node:
    return masked(xml.parse(document.encode()), masks)


@given(trees(), st.randoms(use_true_random=False))
def test_how_a_document_is_written_says_nothing(tree: Tree, style: Random) -> None:
    assert masked(parsed(tree, style)) == masked(parsed(tree))


@given(trees(), trees())
def test_what_a_document_says_counts(one: Tree, other: Tree) -> None:
    same = _settled(one) == _settled(other)
    assert (masked(parsed(one)) == masked(parsed(other))) is same


def _settled(tree: Tree) -> Tree:
    children = tuple(map(_settled, tree.children))
    return Tree(tree.uri, tree.name, tuple(sorted(tree.attributes)), tree.text, children)


def test_blanks_count_inside_a_value_only() -> None:
    assert node("<a>  <b> x </b>\n</a>") == node("<a><b>x</b></a>")
    assert node("<a><b>x y</b></a>") != node("<a><b>xy</b></a>")
    assert node("<a>1<!-- and -->2</a>") == node("<a>12</a>")
    assert node("<p>one <b>two</b> three</p>") != node("<p><b>two</b></p>")


def test_a_type_is_compared_by_its_full_name() -> None:
    written = '<a {0} xmlns:{1}="urn:t" xsi:type="{1}:Citizen"/>'
    assert node(written.format(XSI, "p")) == node(written.format(XSI, "q"))
    assert node(written.format(XSI, "p")) != node(written.format(XSI, "p").replace("urn:t", "urn:u"))


def test_where_a_schema_lies_says_nothing() -> None:
    assert node(f'<a {XSI} xsi:schemaLocation="urn:t t.xsd" xsi:noNamespaceSchemaLocation="x.xsd"/>') == node("<a/>")


@pytest.mark.parametrize(
    "holder",
    [
        '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">{}</Signature>',
        f'<s:PersonalSignature xmlns:s="{SMEV3_1_2.types}">{{}}</s:PersonalSignature>',
        f'<s:CallerInformationSystemSignature xmlns:s="{SMEV3_1_2.types}">{{}}</s:CallerInformationSystemSignature>',
    ],
)
def test_a_signature_counts_only_by_being_there(holder: str) -> None:
    one, other = (f"<a>{holder.format(value)}</a>" for value in ("<v>1</v>", "<v>2</v><w/>"))
    assert node(one) == node(other)
    assert node(one) != node("<a/>")


def test_a_volatile_value_counts_only_by_being_there() -> None:
    masks = Masks(volatile=("Документ/@ИдДок", "//Дата", "@id"))
    written = '<a id="{0}"><Документ ИдДок="{0}"><Дата>{0}</Дата><Сумма>7</Сумма></Документ><Дата>{0}</Дата></a>'
    assert node(written.format(1), masks) == node(written.format(2), masks)
    assert node(written.format(1), masks) != node(
        written.format(1).replace('<Документ ИдДок="1">', "<Документ>"), masks
    )
    assert node(written.format(1), masks) != node(written.format(1).replace("7", "8"), masks)
    assert node('<a><x id="1"/></a>', masks) != node('<a><x id="2"/></a>', masks)  # @id is that of the root


def test_everything_in_a_volatile_element_is_masked() -> None:
    masks = Masks(volatile=("Печать",))
    assert node('<a><Печать x="1"><б/></Печать></a>', masks) == node("<a><Печать>7</Печать></a>", masks)


def test_the_order_of_an_unordered_list_says_nothing() -> None:
    masks = Masks(unordered=("//п",))
    assert node("<a><п>1</п><к/><п>2</п></a>", masks) == node("<a><п>2</п><к/><п>1</п></a>", masks)
    assert node("<a><п>1</п><к/><п>2</п></a>", masks) != node("<a><п>2</п><к/><п>2</п></a>", masks)
    assert node("<a><п>1</п><п>2</п></a>") != node("<a><п>2</п><п>1</п></a>")


def test_a_message_id_is_read_by_its_name() -> None:
    names = {FIRST: "the request"}
    document = f'<a id="I_{FIRST.upper()}"><b>{FIRST}, {SECOND}</b><c>{SECOND}</c></a>'
    found = masked(xml.parse(document.encode()), names=names)
    assert found == renamed(node(document), names)
    assert dict(found.attributes) == {"id": "I_the request"}
    assert [child.text for child in found.children] == [f"the request, {SECOND}", SECOND]
    assert renamed(found, names) is found


def test_nodes_are_keys() -> None:
    assert {node("<a><b x='1'/></a>"), node("<a>\n<b x='1'/></a>")} == {node("<a><b x='1'/></a>")}
    assert MARK in node("<a>1</a>", Masks(volatile=("x",)))._replace(text=MARK)


@pytest.mark.parametrize("text", ["", "/a", "a/", "a//b", "//", "@", "@a/b", "a[1]", "n:a", "a b", "a/@"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(InvalidPath, match="Document/@Id"):
        ContentPath.read(text)
    with pytest.raises(InvalidPath):
        node("<a/>", Masks(volatile=(text,)))
