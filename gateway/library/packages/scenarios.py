"""scenarios.toml: which answer a request gets, by a condition over its content. Format: docs/reference/kinds.md."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path, PurePosixPath
from typing import Any, Final, TypeVar

from lxml import etree

from gateway import xml
from gateway.library.kind_file import TYPE_NAMES, KindError, TomlFile
from gateway.protocol.statuses import RejectCode
from gateway.xml import Element

SCENARIOS: Final = "scenarios.toml"
MAX_SCENARIOS: Final = 1_000
MAX_STEPS: Final = 20
LONGEST_DELAY: Final = 7 * 24 * 3600.0
"""Seconds; what waits longer outlives any test."""
_LONGEST_CONDITION: Final = 2_000

_SAID: Final = ("response", "reject", "status")
_STEP_KEYS: Final = (*_SAID, "description", "delay")
_SCENARIO_KEYS: Final = ("name", "when", "steps", *_STEP_KEYS)
_T = TypeVar("_T")

# XPath 1.0, sections 2.3 and 4: whatever else stands before a parenthesis is no function that libxml2 knows.
_FUNCTIONS: Final = re.compile(
    "node|text|comment|processing-instruction|and|or|div|mod|"
    "last|position|count|id|local-name|namespace-uri|name|string|concat|starts-with|contains|substring-before|"
    "substring-after|substring|string-length|normalize-space|translate|boolean|not|true|false|lang|number|sum|floor|"
    "ceiling|round"
)
_LITERAL: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_CALL: Final = re.compile(r"([\w.:-]+)\s*\(")
_PREFIX: Final = re.compile(r"([\w.-]+):(?!:)(?=[\w*])")


class Condition:
    """An XPath 1.0 expression over the content of a request, taken as a boolean.

    An expression without prefixes sees names without their namespaces: `//ИННФЛ = '7700'`. With prefixes it sees the
    content as it is: `//t:ИННФЛ = '7700'`.

    Raises: ValueError, in words, for an expression that cannot be evaluated.
    """

    def __init__(self, text: str, namespaces: dict[str, str]) -> None:
        self.text: Final = text
        if len(text) > _LONGEST_CONDITION:
            raise ValueError(f"expected at most {_LONGEST_CONDITION} characters, found {len(text)}")
        bare = _LITERAL.sub("''", text)
        prefixes = set(_PREFIX.findall(bare))
        unknown = sorted(prefixes - namespaces.keys())
        if unknown:
            raise ValueError(f"the prefix {unknown[0]!r} is not in [namespaces]")
        functions = [name for name in _CALL.findall(bare) if not _FUNCTIONS.fullmatch(name.rpartition("::")[2])]
        if functions:
            raise ValueError(f"XPath 1.0 has no function {functions[0]}()")
        self._sees_namespaces: Final = bool(prefixes)
        try:
            self._xpath = etree.XPath(f"boolean({text})", namespaces=namespaces or None, regexp=False)
            self._xpath(etree.Element("probe"))  # tells what compiling does not: a variable, for one
        except etree.XPathError as error:
            raise ValueError(f"{text!r}: {error}") from error

    def holds(self, request: Element) -> bool:
        """Tell whether the condition is true of `request`, the root of a business content."""
        document = xml.parse(xml.source(request))  # a document of its own: paths start at the content root
        if not self._sees_namespaces:
            _drop_namespaces(document)
        try:
            return bool(self._xpath(document))
        except etree.XPathError:  # libxml2's own limits: such content fulfils nothing
            return False


def _drop_namespaces(document: Element) -> None:
    for element in document.iter("*"):
        element.tag = xml.name_of(element)[1]
        for name in [name for name in element.attrib if str(name).startswith("{")]:
            element.set(str(name).partition("}")[2], element.attrib.pop(name))


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer with a document. `file` is its path below the kind's folder, `content` what it holds."""

    file: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Reject:
    """Answer with types:RequestRejected."""

    code: RejectCode
    description: str


@dataclass(frozen=True, slots=True)
class TellStatus:
    """Tell an intermediate business status, types:RequestStatus; an answer follows."""

    code: int
    description: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the provider says, `delay` seconds after the one before."""

    delay: float
    answer: Respond | Reject | TellStatus


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is said to a request that fulfils `condition`, or to any where it is None. The last step is final."""

    name: str
    condition: Condition | None
    steps: tuple[Step, ...]

    def fits(self, request: Element) -> bool:
        """Tell whether this scenario is about `request`, the root of a business content."""
        return self.condition is None or self.condition.holds(request)


def choose(scenarios: Sequence[Scenario], request: Element) -> Scenario | None:
    """Return the first scenario that fits, None where none does."""
    return next((scenario for scenario in scenarios if scenario.fits(request)), None)


def read_scenarios(folder: Path) -> tuple[Scenario, ...]:
    """Return the scenarios in a kind's folder, in the order of the file; none where there is no file.

    Raises: KindError with the line.
    """
    path = folder / SCENARIOS
    if not path.is_file():
        return ()
    return Scenarios(TomlFile.read(path), lambda name: _read(folder, name)).all


def _read(folder: Path, name: str) -> bytes | None:
    path = (folder / name).resolve()
    return path.read_bytes() if path.is_relative_to(folder.resolve()) and path.is_file() else None


class Scenarios:
    """A scenarios.toml, read. `content_of` returns the bytes of a file named in it, None where there is none.

    Raises: KindError with the line.
    """

    def __init__(self, file: TomlFile, content_of: Callable[[str], bytes | None]) -> None:
        self._file, self._content_of = file, content_of
        file.only(("namespaces", "scenario"))
        self._namespaces = self._read_namespaces()
        tables = file.find("scenario", list) or []
        if not 0 < len(tables) <= MAX_SCENARIOS:
            raise file.error("scenario", f"expected 1 to {MAX_SCENARIOS} tables [[scenario]], found {len(tables)}")
        self.all: Final = tuple(self._scenario(_Table(file, number, table)) for number, table in enumerate(tables, 1))

    def _read_namespaces(self) -> dict[str, str]:
        found = self._file.find("namespaces", dict) or {}
        for prefix, uri in found.items():
            if not isinstance(uri, str) or not uri or not re.fullmatch(r"[^\W\d][\w.-]*", prefix):
                problem = f'expected prefix = "namespace", found {prefix!r} = {uri!r}'
                raise self._file.error(f"namespaces.{prefix}", problem)
        return found

    def _scenario(self, table: "_Table") -> Scenario:
        table.only(_SCENARIO_KEYS)
        listed = table.find("steps", list)
        if listed is None:
            steps = [self._step(table)]
        elif not 0 < len(listed) <= MAX_STEPS:
            raise table.error("steps", f"expected 1 to {MAX_STEPS} steps, found {len(listed)}")
        elif any(key in table.content for key in _STEP_KEYS):
            raise table.error("steps", f"expected either steps or one answer ({' or '.join(_SAID)}), found both")
        else:
            steps = [self._step(_Table(table.file, table.number, step, _STEP_KEYS)) for step in listed]
        if [isinstance(step.answer, TellStatus) for step in steps] != [True] * (len(steps) - 1) + [False]:
            raise table.error("steps", "expected any number of statuses, then one response or reject as the last step")
        return Scenario(table.find("name", str) or f"#{table.number}", self._condition(table), tuple(steps))

    def _condition(self, table: "_Table") -> Condition | None:
        text = table.find("when", str)
        try:
            return None if text is None else Condition(text, self._namespaces)
        except ValueError as error:
            raise table.error("when", f"when: {error}") from error

    def _step(self, table: "_Table") -> Step:
        delay = table.number_of("delay")
        if not 0 <= delay <= LONGEST_DELAY:
            raise table.error("delay", f"delay: expected 0 to {LONGEST_DELAY:.0f} seconds, found {delay}")
        said = [key for key in _SAID if key in table.content]
        if len(said) != 1:
            raise table.error("", f"expected one of {', '.join(_SAID)}, found {' and '.join(said) or 'none of them'}")
        return Step(delay, self._answer(said[0], table))

    def _answer(self, said: str, table: "_Table") -> Respond | Reject | TellStatus:
        if said == "response":
            return self._respond(table)
        description = table.find("description", str) or ""
        if said == "status":
            return TellStatus(int(table.number_of("status")), description)
        code = table.find("reject", str)
        if code is None or code not in RejectCode.__members__:
            raise table.error("reject", f"reject: expected {' or '.join(RejectCode)}, found {code!r}")
        return Reject(RejectCode(code), description or code)

    def _respond(self, table: "_Table") -> Respond:
        name = table.find("response", str) or ""
        path = PurePosixPath(name)
        inside = not path.is_absolute() and ".." not in path.parts
        content = self._content_of(name) if inside else None
        if content is None:
            raise table.error("response", f"response: expected a file of the package, found {name!r}")
        return Respond(name, content)


class _Table:
    """One [[scenario]], the `number`th of its file, or one of its steps."""

    def __init__(self, file: TomlFile, number: int, content: Any, known: tuple[str, ...] = ()) -> None:
        self.file, self.number = file, number
        if not isinstance(content, dict):
            raise self.error("", f"expected a table, found {content!r}")
        self.content: Final[dict[str, Any]] = content
        if known:
            self.only(known)

    def only(self, known: tuple[str, ...]) -> None:
        for key in self.content:
            if key not in known:
                raise self.error(key, f"unknown key {key!r}; known are {', '.join(known)}")

    def find(self, key: str, expected: type[_T]) -> _T | None:
        found = self.content.get(key)
        if found is not None and (not isinstance(found, expected) or found == ""):
            raise self.error(key, f"{key}: expected {TYPE_NAMES[expected]}, found {found!r}")
        return found

    def number_of(self, key: str) -> float:
        found = self.content.get(key, 0)
        if isinstance(found, bool) or not isinstance(found, int | float) or not isfinite(found):
            raise self.error(key, f"{key}: expected a number, found {found!r}")
        return found

    def error(self, key: str, message: str) -> KindError:
        line = self.file.line_of(f"scenario.{key}", self.number)
        return KindError(self.file.path, line, f"scenario {self.number}: {message}")
