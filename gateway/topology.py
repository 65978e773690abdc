"""A topology: who takes part, who provides what, and which simulated node stands behind whom. A TOML file."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gateway.domain.participants import InvalidMnemonic, Participant, checked_mnemonic
from gateway.words import say

_KEYS: Final = {"mnemonic", "name", "oktmo", "provides", "may_request", "node", "options"}


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


@dataclass(frozen=True, slots=True)
class Topology:
    """Participants, providers by kind id, and the nodes to run."""

    title: str = ""
    participants: tuple[Participant, ...] = ()
    providers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nodes: tuple[NodeSpec, ...] = ()


def load(path: Path, known_kinds: frozenset[str]) -> Topology:
    """Read a topology file; `provides` and `may_request` may only name `known_kinds`.

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
    return _Reader(path, text, known_kinds).topology(document)


def _line_in(message: str) -> int:
    _, found, rest = message.partition("at line ")
    digits = rest.split(",")[0] if found else ""
    return int(digits) if digits.isdigit() else 1


class _Reader:
    def __init__(self, path: Path, text: str, known_kinds: frozenset[str]) -> None:
        self._path, self._lines, self._known_kinds = path, text.splitlines(), known_kinds

    def topology(self, document: dict[str, Any]) -> Topology:
        for key in document:
            if key not in ("title", "participants"):
                why = say(
                    f"неизвестный ключ {key!r}; есть title и participants",
                    f"unknown key {key!r}; there are title and participants",
                )
                raise self._error(key, why)
        participants: dict[str, Participant] = {}
        providers: dict[str, tuple[str, ...]] = {}
        nodes: list[NodeSpec] = []
        for table in document.get("participants", []):
            participant = self._participant(table)
            if participant.mnemonic in participants:
                mnemonic = participant.mnemonic
                why = say(f"мнемоника {mnemonic!r} дважды", f"the mnemonic {mnemonic!r} twice")
                raise self._error(mnemonic, why, last=True)
            participants[participant.mnemonic] = participant
            for kind in self._kinds(table, "provides"):
                providers[kind] = (*providers.get(kind, ()), participant.mnemonic)
            if "node" in table:
                nodes.append(NodeSpec(participant.mnemonic, table["node"], table.get("options", {})))
        return Topology(str(document.get("title", "")), tuple(participants.values()), providers, tuple(nodes))

    def _participant(self, table: dict[str, Any]) -> Participant:
        mnemonic = table.get("mnemonic")
        if not isinstance(mnemonic, str):
            raise self._error("[[participants]]", say("у участника нет mnemonic", "a participant without mnemonic"))
        try:
            checked_mnemonic(mnemonic)
        except InvalidMnemonic as error:
            raise self._error(mnemonic, str(error)) from error
        for key, value in table.items():
            if key not in _KEYS:
                keys = ", ".join(sorted(_KEYS))
                why = say(
                    f"неизвестный ключ {key!r} участника {mnemonic}; есть {keys}",
                    f"unknown key {key!r} of the participant {mnemonic}; there are {keys}",
                )
                raise self._error(key, why)
            if key in ("name", "oktmo", "node") and not isinstance(value, str):
                why = say(
                    f"{key} участника {mnemonic}: ожидалась строка, найдено {value!r}",
                    f"{key} of the participant {mnemonic}: expected a string, found {value!r}",
                )
                raise self._error(key, why)
        rights = frozenset(self._kinds(table, "may_request")) if "may_request" in table else None
        return Participant(mnemonic, table.get("name", mnemonic), table.get("oktmo"), rights)

    def _kinds(self, table: dict[str, Any], key: str) -> list[str]:
        kinds = table.get(key, [])
        if not isinstance(kinds, list):
            why = say(
                f"{key}: ожидался список видов сведений, найдено {kinds!r}",
                f"{key}: expected a list of data kinds, found {kinds!r}",
            )
            raise self._error(key, why)
        for kind in kinds:
            if kind not in self._known_kinds:
                known = ", ".join(sorted(self._known_kinds))
                why = say(
                    f"неизвестный вид сведений {kind!r}; есть {known}", f"unknown data kind {kind!r}; there are {known}"
                )
                raise self._error(str(kind), why)
        return kinds

    def _error(self, near: str, message: str, *, last: bool = False) -> TopologyError:
        found = [number for number, line in enumerate(self._lines, 1) if near in line] or [1]
        return TopologyError(self._path, found[-1 if last else 0], message)
