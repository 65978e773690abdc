"""One difference for each value that changed, at its path."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gateway import xml
from gateway.recording.differences import Difference, differences, distance
from gateway.recording.masks import Masks, Node, masked
from tests.recording.documents import Tree, parsed, trees

NONE = Masks()


def between(old: str, new: str, masks: Masks = NONE) -> list[Difference]:
    return differences(*(masked(xml.parse(each.encode()), masks) for each in (old, new)))


@given(trees())
def test_a_document_does_not_differ_from_itself(tree: Tree) -> None:
    assert differences(masked(parsed(tree)), masked(parsed(tree))) == []


@given(trees(), trees())
def test_either_direction_finds_the_same(one: Tree, other: Tree) -> None:
    old, new = masked(parsed(one)), masked(parsed(other))
    there = Counter((each.old, each.new) for each in differences(old, new))
    back = Counter((each.new, each.old) for each in differences(new, old))
    assert there == back
    assert bool(there) is (old != new)
    assert bool(distance(old, new)) is (old != new)


@given(trees(), st.data())
def test_one_changed_value_is_one_difference_at_its_path(tree: Tree, data: st.DataObject) -> None:
    path, changed = _changed(tree, data)
    assert differences(masked(parsed(tree)), masked(parsed(changed))) == [
        Difference(path or ".", "" + _leaf(tree, path), "changed")
    ]


def _leaf(tree: Tree, path: str) -> str:
    node: Node = masked(parsed(tree))
    for step in filter(None, path.split("/")):
        name, _, position = step.partition("[")
        node = [child for child in node.children if child.name == name][int(position.rstrip("]") or 1) - 1]
    return node.text


def _changed(tree: Tree, data: st.DataObject) -> tuple[str, Tree]:
    """Change the text of a leaf; return its path."""
    if not tree.children:
        return "", replace(tree, text="changed")
    index = data.draw(st.integers(0, len(tree.children) - 1))
    child = tree.children[index]
    same = [i for i, other in enumerate(tree.children) if other.name == child.name]
    step = child.name if len(same) == 1 else f"{child.name}[{same.index(index) + 1}]"
    below, changed = _changed(child, data)
    children = (*tree.children[:index], changed, *tree.children[index + 1 :])
    return f"{step}/{below}" if below else step, replace(tree, children=children)


def test_an_inserted_item_is_one_difference() -> None:
    items = [f"<п><н>{number}</н><с>да</с></п>" for number in range(5)]
    longer = [*items[:2], "<п><н>новый</н></п>", *items[2:]]
    added = Difference("п[3]", None, "<п><н>новый</н></п>")
    assert between(f"<a>{''.join(items)}</a>", f"<a>{''.join(longer)}</a>") == [added]
    removed = Difference("п[3]", "<п><н>новый</н></п>", None)
    assert between(f"<a>{''.join(longer)}</a>", f"<a>{''.join(items)}</a>") == [removed]


def test_an_inserted_and_a_changed_item_are_two_differences() -> None:
    old = "<a><п>1</п><п>2</п><п>3</п><п>4</п></a>"
    new = "<a><п>1</п><п>x</п><п>2</п><п>3</п><п>5</п></a>"
    assert between(old, new) == [Difference("п[2]", None, "x"), Difference("п[4]", "4", "5")]


def test_a_changed_item_of_an_unordered_list_is_one_changed_value() -> None:
    masks = Masks(unordered=("п",))
    old = "<a><п><н>1</н><с>a</с></п><п><н>2</н><с>b</с></п><п><н>3</н><с>c</с></п></a>"
    new = "<a><п><н>3</н><с>c</с></п><п><н>1</н><с>a</с></п><п><н>2</н><с>B</с></п></a>"
    [found] = between(old, new, masks)
    assert (found.path.partition("/")[2], found.old, found.new) == ("с", "b", "B")
    assert len(between(old, new)) > 1


def test_attributes_and_roots_have_paths() -> None:
    assert between('<a x="1"><b y="2"/></a>', '<a z="1"><b y="3"/></a>') == [
        Difference("@x", "1", None),
        Difference("@z", None, "1"),
        Difference("b/@y", "2", "3"),
    ]
    assert between("<a>1</a>", "<a>2</a>") == [Difference(".", "1", "2")]
    assert between("<a/>", '<a xmlns="urn:b"/>') == [Difference(".", "a", "{urn:b}a")]


def test_long_lists_are_aligned_too() -> None:
    items = [f"<п><н>{number}</н><с>{number % 7}</с></п>" for number in range(400)]
    longer = ["<п><н>новый</н></п>", *items[:200], "<п><н>ещё</н></п>", *items[200:]]
    longer[-1] = longer[-1].replace("<с>0</с>", "<с>x</с>")
    found = between(f"<a>{''.join(items)}</a>", f"<a>{''.join(longer)}</a>")
    assert [(each.old, each.new) for each in found] == [
        (None, "<п><н>новый</н></п>"),
        (None, "<п><н>ещё</н></п>"),
        ("0", "x"),
    ]
    assert found[-1].path == "п[400]/с"
