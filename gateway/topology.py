"""A topology: who takes part, who provides what, and which simulated node stands behind whom. A TOML file.

docs/reference/topologies.md describes the format.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from gateway.domain.likeness import nearest
from gateway.domain.participants import InvalidMnemonic, Participant, Provenance, checked_mnemonic
from gateway.domain.services import Level
from gateway.words import say

_SHARED_KEYS: Final = (
    *("group", "level", "provenance", "oktmo"),
    *("provides", "services", "may_request", "node", "options"),
)
"""What a group may say for all who name it, other groups below it too."""
_KEYS: Final = ("mnemonic", "name", *_SHARED_KEYS)
_TEXTS: Final = {"name", "group", "level", "provenance", "oktmo", "node"}
_LISTS: Final = {"provides", "services", "may_request"}

_Choice = TypeVar("_Choice", bound=StrEnum)
_Table = Mapping[str, Any]


class TopologyError(Exception):
    """A topology that cannot be used: `path:line: what is wrong`."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        self.path, self.line = path, line
        super().__init__(f"{path}:{line}: {message}")


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """A simulated agency: its participant, the dotted name of its class (`module:Class`) and options for it."""

    mnemonic: str
    factory: str
    options: dict[str, Any] = field(default_factory=dict)


class Lines:
    """Where things stand in the text of a topology, because TOML values do not know their place."""

    def __init__(self, path: Path = Path(), text: str = "") -> None:
        self._path, self._text = path, [line.partition("#")[0] for line in text.splitlines()]
        self._all = range(len(self._text))
        self._of: dict[str, tuple[range, ...]] = {}

    def participants(self, count: int) -> list[range]:
        """Return the lines of each participant, in order: a table each, or one row each of an array."""
        headers = self._matching(r"\[\[\s*participants\s*\]\]")
        starts = headers or self._matching(r"(participants\s*=\s*\[\s*)?\{")
        if len(starts) != count:
            return [self._all] * count
        foreign = self._matching(r"\[(?!\[?\s*participants\b)") if headers else []
        stops = sorted([*starts, *foreign, len(self._text)])
        return [range(start, next(stop for stop in stops if stop > start)) for start in starts]

    def group(self, name: str) -> range:
        """Return the lines of a group: a table, or keys that begin with its name."""
        starts = self._matching(rf"\[?\s*groups\.{re.escape(name)}\b")
        if not starts:
            return self._all
        others = self._matching(rf"\[\[|participants\b|\[?\s*groups\.(?!{re.escape(name)}\b)")
        return range(starts[0], next((line for line in others if line > starts[0]), len(self._text)))

    def remember(self, mnemonic: str, *places: range) -> None:
        """Note where a participant is described: itself, then its group."""
        self._of[mnemonic] = places

    def of(self, mnemonic: str) -> tuple[range, ...]:
        """Return where a participant is described."""
        return self._of.get(mnemonic, ())

    def error(self, near: str, message: str, *places: range) -> TopologyError:
        """Return an error at the first line of `places` that has `near` as a word, else where they begin."""
        word = re.compile(rf"(?<![\w/.\-]){re.escape(near)}(?![\w/\-])")
        searched = places or (self._all,)
        lines = (line for place in searched for line in place if word.search(self._text[line]))
        return TopologyError(self._path, next(lines, searched[0].start) + 1, message)

    def _matching(self, pattern: str) -> list[int]:
        matches = re.compile(rf"\s*(?:{pattern})").match
        return [number for number, line in enumerate(self._text) if matches(line)]


@dataclass(frozen=True, slots=True)
class Topology:
    """Participants, providers by kind id, the nodes to run, and the codes of the services that a body provides."""

    title: str = ""
    participants: tuple[Participant, ...] = ()
    providers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nodes: tuple[NodeSpec, ...] = ()
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: Lines = field(default_factory=Lines, compare=False, repr=False)

    def wrong(self, mnemonic: str, text: str, message: str) -> TopologyError:
        """Return the error that points at the line where `mnemonic`, or else its group, says `text`."""
        return self.lines.error(text, message, *self.lines.of(mnemonic))


def load(path: Path, known_kinds: frozenset[str]) -> Topology:
    """Read a topology file; `provides` and `may_request` may only name `known_kinds`.

    Which services there are is not known here: `Topology.wrong` makes the error for a code that nobody knows.

    Raises: TopologyError.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TopologyError(path, 1, say(f"файл не прочитать: {error}", f"cannot read the file: {error}")) from error
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TopologyError(path, _line_in(str(error)), str(error)) from error
    return _Reader(Lines(path, text), known_kinds).topology(document)


def _line_in(message: str) -> int:
    _, found, rest = message.partition("at line ")
    digits = rest.split(",")[0] if found else ""
    return int(digits) if digits.isdigit() else 1


@dataclass(frozen=True, slots=True)
class _Group:
    """What its participants have in common, and the lines that say it: of the group, then of its own one."""

    says: _Table = field(default_factory=dict)
    places: tuple[range, ...] = ()

    def completing(self, table: _Table) -> dict[str, Any]:
        """Return what `table` says and, where it is silent, the group; options are put together one by one."""
        options = {**self.says.get("options", {}), **table.get("options", {})}
        return {**self.says, **table, "options": options}


class _Reader:
    def __init__(self, lines: Lines, known_kinds: frozenset[str]) -> None:
        self._lines, self._known_kinds = lines, known_kinds
        self._groups: dict[str, _Group] = {}
        self._participants: dict[str, Participant] = {}
        self._providers: dict[str, list[str]] = {}
        self._nodes: list[NodeSpec] = []

    def topology(self, document: _Table) -> Topology:
        self._refuse_unknown_keys(document, ("title", "groups", "participants"), say("топологии", "the topology"))
        groups = self._of_type(document, "groups", dict, say("таблица", "a table"))
        for name, table in groups.items():
            self._groups[name] = self._group(name, table)
        listed = self._of_type(document, "participants", list, say("список таблиц", "a list of tables"))
        for table, place in zip(listed, self._lines.participants(len(listed)), strict=True):
            if not isinstance(table, dict):
                raise self._unexpected("participants", say("список таблиц", "a list of tables"), table, place)
            self._add(table, place)
        return Topology(
            str(document.get("title", "")),
            tuple(self._participants.values()),
            {kind: tuple(mnemonics) for kind, mnemonics in self._providers.items()},
            tuple(self._nodes),
            {mnemonic: each.services for mnemonic, each in self._participants.items() if each.services},
            self._lines,
        )

    def _group(self, name: str, table: object) -> _Group:
        place = self._lines.group(name)
        if not isinstance(table, dict):
            raise self._unexpected(name, say("таблица", "a table"), table, place)
        self._judge(table, _SHARED_KEYS, say(f"группы {name}", f"the group {name}"), place)
        above = self._group_of(table, place)
        return _Group(above.completing(table), (place, *above.places))

    def _add(self, table: _Table, place: range) -> None:
        mnemonic = self._mnemonic(table, place)
        self._judge(table, _KEYS, say(f"участника {mnemonic}", f"the participant {mnemonic}"), place)
        group = self._group_of(table, place)
        self._lines.remember(mnemonic, place, *group.places)
        merged = group.completing(table)
        services = self._services(merged, mnemonic)
        for kind in merged.get("provides", ()):
            self._providers.setdefault(kind, []).append(mnemonic)
        if "node" in merged:
            options = {**merged["options"], **({"services": list(services)} if "services" in merged else {})}
            self._nodes.append(NodeSpec(mnemonic, merged["node"], options))
        self._participants[mnemonic] = Participant(
            mnemonic,
            merged.get("name", mnemonic),
            merged.get("oktmo"),
            frozenset(merged["may_request"]) if "may_request" in merged else None,
            level=self._chosen(merged, "level", Level, place),
            provenance=self._chosen(merged, "provenance", Provenance, place),
            services=services,
        )

    def _mnemonic(self, table: _Table, place: range) -> str:
        mnemonic = table.get("mnemonic")
        if not isinstance(mnemonic, str):
            why = say("у участника нет mnemonic", "a participant without mnemonic")
            raise self._lines.error("[[participants]]", why, place)
        try:
            checked_mnemonic(mnemonic)
        except InvalidMnemonic as error:
            raise self._lines.error(mnemonic, str(error), place) from error
        if mnemonic in self._participants:
            first = self._lines.error(mnemonic, "", *self._lines.of(mnemonic)).line
            why = say(
                f"мнемоника {mnemonic!r} дважды, впервые — в строке {first}",
                f"the mnemonic {mnemonic!r} twice, first in line {first}",
            )
            again = [line for line in place if line >= first] or place
            raise self._lines.error(mnemonic, why, range(again[0], place.stop))
        return mnemonic

    def _group_of(self, table: _Table, place: range) -> _Group:
        """Return the group that a table names, which stands above it; one that says nothing if it names none."""
        name = table.get("group")
        if name is None:
            return _Group()
        if name not in self._groups:
            why = say(f"выше нет группы {name!r}", f"no group {name!r} above")
            raise self._lines.error(name, why + _known(name, self._groups), place)
        return self._groups[name]

    def _services(self, merged: _Table, mnemonic: str) -> tuple[str, ...]:
        """Return the codes of the services that a participant provides: its own key, or that of its options."""
        places = self._lines.of(mnemonic)
        inner = merged["options"].get("services")
        if inner is not None and "services" in merged:
            why = say(
                f"services участника {mnemonic} — и ключ, и в options: оставьте одно",
                f"services of the participant {mnemonic} both as a key and in options: keep one",
            )
            raise self._lines.error("services", why, *places)
        codes = merged.get("services", inner or [])
        if not isinstance(codes, dict | list):
            expected = say("список кодов услуг или таблица", "a list of codes of services or a table")
            raise self._unexpected("services", expected, codes, *places)
        return tuple(dict.fromkeys(map(str, codes)))

    def _judge(self, table: _Table, keys: tuple[str, ...], whose: str, place: range) -> None:
        """Refuse unknown keys, and values that no such key can have."""
        self._refuse_unknown_keys(table, keys, whose, place)
        for key, value in table.items():
            if key in _TEXTS and not isinstance(value, str):
                raise self._unexpected(key, say("строка", "a string"), value, place)
            if key in _LISTS and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
                raise self._unexpected(key, say("список строк", "a list of strings"), value, place)
            if key == "options" and not isinstance(value, dict):
                raise self._unexpected(key, say("таблица", "a table"), value, place)
        for kind in (*table.get("provides", ()), *table.get("may_request", ())):
            if kind not in self._known_kinds:
                why = say(f"неизвестный вид сведений {kind!r}", f"unknown data kind {kind!r}")
                raise self._lines.error(kind, why + _known(kind, self._known_kinds), place)
        self._chosen(table, "level", Level, place)
        self._chosen(table, "provenance", Provenance, place)

    def _refuse_unknown_keys(self, table: _Table, keys: tuple[str, ...], whose: str, *places: range) -> None:
        for key in table:
            if key not in keys:
                why = say(f"неизвестный ключ {key!r} {whose}", f"unknown key {key!r} of {whose}")
                raise self._lines.error(key, why + _known(key, keys), *places)

    def _chosen(self, table: _Table, key: str, choices: type[_Choice], place: range) -> _Choice | None:
        value = table.get(key)
        if value is None:
            return None
        try:
            return choices(value)
        except ValueError:
            why = say(f"{key}: неизвестно {value!r}", f"{key}: unknown {value!r}")
            raise self._lines.error(str(value), why + _known(str(value), choices), place) from None

    def _of_type(self, table: _Table, key: str, kind: type, expected: str) -> Any:
        value = table.get(key, kind())
        if not isinstance(value, kind):
            raise self._unexpected(key, expected, value)
        return value

    def _unexpected(self, key: str, expected: str, found: object, *places: range) -> TopologyError:
        why = say(f"{key}: ожидалось: {expected}, найдено {found!r}", f"{key}: expected {expected}, found {found!r}")
        return self._lines.error(key, why, *places)


def _known(name: str, known: Iterable[str]) -> str:
    """Return what was probably meant, and everything that there is."""
    listed = sorted(map(str, known))
    meant = nearest(name, listed)
    guess = say(f"; вероятно, {meant!r}", f"; {meant!r} was meant perhaps") if meant else ""
    return guess + say(f"; есть {', '.join(listed) or 'ничего'}", f"; there are {', '.join(listed) or 'none'}")
