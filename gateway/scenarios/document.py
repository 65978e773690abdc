"""A YAML file as plain values, each with its line and column.

Of YAML's own guesses none is made: `no` stays the text "no", `1:30` and `2026-03-02` stay texts, and so does a number
with leading zeros. What a text becomes is the model's decision. Only an empty value, `null` and `~` are nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from gateway.scenarios.problems import Member, Place, ScenarioError
from gateway.words import say

LARGEST: Final = 256 * 1024
"""Bytes of a file: a scenario is written by hand."""
DEEPEST: Final = 24
"""Mappings and lists inside each other."""
MOST_VALUES: Final = 20_000
"""Values with those that aliases repeat: a few lines of aliases of aliases would make billions."""

_UNSPEAKABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Document:
    """The values of a file: mappings (dict), lists, texts, None. Places are by member; a key has a place of its own."""

    file: Path
    value: Any
    _values: Mapping[Member, Place] = field(repr=False)
    _keys: Mapping[Member, Place] = field(repr=False)

    def place(self, member: Member, *, of_key: bool = False) -> Place:
        """Return where a value (or its key) stands; of what is not there, where it would belong."""
        chosen = self._keys if of_key else self._values
        while member and member not in chosen:
            member, chosen = member[:-1], self._values
        return chosen.get(member, Place())


def read_document(file: Path) -> Document:
    """Read a file.

    Raises: ScenarioError.
    """
    try:
        size = file.stat().st_size
        content = file.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        why = error.strerror or str(error)
        raise ScenarioError.of_file(file, say(f"файл не прочитать: {why}", f"cannot read the file: {why}")) from error
    if size > LARGEST:
        limit = LARGEST // 1024
        why = say(
            f"ожидалось не более {limit} КиБ, найдено {size} байт", f"expected at most {limit} KiB, found {size} bytes"
        )
        raise ScenarioError.of_file(file, why)
    try:
        return parse_document(content.decode("utf-8-sig"), file)
    except UnicodeDecodeError as error:
        place = Place(content.count(b"\n", 0, error.start) + 1, 1)
        found = f"0x{content[error.start]:02x}"
        why = say(f"ожидался текст UTF-8, найден байт {found}", f"expected UTF-8 text, found the byte {found}")
        raise ScenarioError.of_file(file, why, place) from error


def parse_document(text: str, file: Path) -> Document:
    """Read a text as YAML.

    Raises: ScenarioError.
    """
    try:
        _refuse_hostile(text, file)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place() if mark is None else Place(mark.line + 1, mark.column + 1)
        problem = ", ".join(part for part in (error.context, error.problem) if part)
        raise ScenarioError.of_file(file, f"YAML: {problem}", place) from error
    except yaml.reader.ReaderError as error:
        place = Place(text.count("\n", 0, error.position) + 1, 1)
        found = f"U+{error.character:04X}" if isinstance(error.character, int) else repr(error.character)
        why = say(f"знак {found} в YAML недопустим", f"the character {found} is not allowed in YAML")
        raise ScenarioError.of_file(file, why, place) from error
    return _Builder(file).document(node)


def _refuse_hostile(text: str, file: Path) -> None:
    """Look at the file without building anything of it: PyYAML composes recursively, whatever the depth."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        mark = event.start_mark
        place = Place() if mark is None else Place(mark.line + 1, mark.column + 1)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            why = say(
                f"ожидалось не более {DEEPEST} уровней вложенности", f"expected at most {DEEPEST} levels of nesting"
            )
            raise ScenarioError.of_file(file, why, place)
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            why = say(f"теги YAML не нужны и не читаются: {tag}", f"YAML tags are not needed and not read: {tag}")
            raise ScenarioError.of_file(file, why, place)


class _Builder:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._values: dict[Member, Place] = {}
        self._keys: dict[Member, Place] = {}

    def document(self, node: yaml.Node | None) -> Document:
        if node is None:
            raise ScenarioError.of_file(self._file, say("файл пуст", "the file is empty"))
        return Document(self._file, self._value(node, ()), self._values, self._keys)

    def _value(self, node: yaml.Node, member: Member) -> Any:
        place = _place(node)
        self._values[member] = place
        if len(self._values) > MOST_VALUES:
            why = say(
                f"ожидалось не более {MOST_VALUES} значений (с повторами по ссылкам)",
                f"expected at most {MOST_VALUES} values (those that aliases repeat included)",
            )
            raise ScenarioError.of_file(self._file, why, place)
        if len(member) > DEEPEST:
            why = say("ссылка YAML ведёт внутрь себя", "a YAML alias leads into itself")
            raise ScenarioError.of_file(self._file, why, place)
        if isinstance(node, yaml.MappingNode):
            return {key: self._value(child, (*member, key)) for key, child in self._members(node, member)}
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, (*member, number)) for number, child in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - YAML has no fourth kind
        self._refuse_unspeakable(node)
        return None if node.style is None and node.value in _NOTHING else node.value

    def _members(self, node: yaml.MappingNode, member: Member) -> Iterator[tuple[str, yaml.Node]]:
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                why = say("ожидался ключ — строка текста", "expected a key that is a line of text")
                raise ScenarioError.of_file(self._file, why, _place(key_node))
            self._refuse_unspeakable(key_node)
            key = (*member, key_node.value)
            if key in self._keys:
                line = self._keys[key].line
                why = say(
                    f"ключ {key_node.value!r} дважды, впервые — в строке {line}",
                    f"the key {key_node.value!r} twice, first in line {line}",
                )
                raise ScenarioError.of_file(self._file, why, _place(key_node))
            self._keys[key] = _place(key_node)
            yield key_node.value, child

    def _refuse_unspeakable(self, node: yaml.ScalarNode) -> None:
        """Refuse what an escape in quotes can write, and no message, no path and no terminal can hold."""
        found = _UNSPEAKABLE.search(node.value)
        if found is not None:
            name = f"U+{ord(found[0]):04X}"
            why = say(f"знака {name} в тексте быть не может", f"the character {name} cannot stand in a text")
            raise ScenarioError.of_file(self._file, why, _place(node))


def _place(node: yaml.Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
