"""What kinds say of comparing two runs: each path leads to something that the kind's documents have."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import gateway.library
from gateway import xml
from gateway.domain.catalogue import DataKind
from gateway.library import KindError
from gateway.recording.masks import MARK, Masks, Node, masked
from gateway.xml import Element
from tests.kind_folders import rewrite, write_kind

SHIPPED = Path(__file__).parents[2] / "schemas" / "kinds"
LIBRARY = gateway.library.load(SHIPPED)
COMPARED = [kind for kind in LIBRARY.catalogue if kind.volatile or kind.unordered]


def documents(kind: DataKind) -> list[Element]:
    found = [each for pair in LIBRARY.examples_of(kind) for each in (pair.request, pair.response)]
    return [xml.parse(each) for each in found if each is not None]


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def masks_of(node: Node) -> int:
    return sum((each.text == MARK) + sum(value == MARK for _, value in each.attributes) for each in nodes(node))


def test_kinds_say_what_two_runs_do_not_share() -> None:
    assert len(COMPARED) > 30


@pytest.mark.parametrize("kind", COMPARED, ids=lambda kind: kind.id)
def test_each_path_of_a_kind_is_in_its_examples(kind: DataKind) -> None:
    found = documents(kind)
    bare = sum(masks_of(masked(each)) for each in found)
    for path in kind.volatile:
        assert sum(masks_of(masked(each, Masks(volatile=(path,)))) for each in found) > bare, path
    for path in kind.unordered:
        masked_ones = [masked(each, Masks(unordered=(path,))) for each in found]
        assert any(each.unordered for node in masked_ones for each in nodes(node)), path


@pytest.mark.parametrize(
    ("table", "line", "said"),
    [
        ("[compare]\nvolatile = ['a//b']", 17, "'a//b'"),
        ("[compare]\nvolatile = ['@id/a']", 17, "'@id/a'"),
        ("[compare]\n\nunordered = ['list', 7]", 18, "7"),
        ("[compare]\nunordered = ['item/@id']", 17, "'item/@id'"),
        ("[compare]\nvolatile = 'a'", 17, "'a'"),
        ("[compare]\nignored = ['a']", 17, "'ignored'"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(tmp_path: Path, table: str, line: int, said: str) -> None:
    file = write_kind(tmp_path) / "kind.toml"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{table}\n", encoding="utf-8")
    with pytest.raises(KindError) as caught:
        gateway.library.load(tmp_path)
    assert (caught.value.path, caught.value.line) == (file, line)
    assert said in caught.value.message


def test_a_kind_says_what_is_compared(tmp_path: Path) -> None:
    file = write_kind(tmp_path) / "kind.toml"
    rewrite(file, "[request]", '[compare]\nvolatile = ["@id", "//when"]\nunordered = ["who"]\n\n[request]')
    [kind] = gateway.library.load(tmp_path).catalogue
    assert kind.volatile == ("@id", "//when")
    assert kind.unordered == ("who",)
