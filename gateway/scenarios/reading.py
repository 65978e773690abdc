"""A scenario file becomes a scenario, or the list of everything that is wrong with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from gateway.scenarios.document import Document, read_document
from gateway.scenarios.model import Scenario
from gateway.scenarios.problems import Member, Place, Problem, ScenarioError, expected, in_words, unknown, written
from gateway.scenarios.variables import VARIABLE, filled_everywhere
from gateway.words import say

_NONE: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class ReadScenario:
    """A scenario, and where its values stand. `warnings` keep nobody from running it."""

    scenario: Scenario
    document: Document
    warnings: tuple[Problem, ...] = ()

    @property
    def file(self) -> Path:
        """Where it was read."""
        return self.document.file

    def place(self, *member: str | int) -> Place:
        """Return where a value stands."""
        return self.document.place(member)

    def problem(self, member: Member, text: str, *, of_key: bool = False) -> Problem:
        """Return that something is wrong with a value."""
        return Problem(str(self.file), self.document.place(member, of_key=of_key), written(member), text)


def read_scenario(file: Path, variables: Mapping[str, str] = _NONE) -> ReadScenario:
    """Read a file as far as it says by itself whether it is right; `checks` knows kinds, files and names.

    `variables` take the place of those that the file has.

    Raises: ScenarioError.
    """
    return scenario_of(read_document(file), variables)


def scenario_of(document: Document, variables: Mapping[str, str] = _NONE) -> ReadScenario:
    """Return the scenario of a document.

    Raises: ScenarioError.
    """
    file, value = document.file, document.value
    if not isinstance(value, dict):
        raise ScenarioError.of_file(file, expected(say("таблица ключей", "a mapping"), value), document.place(()))
    problems = list(_constant_variables(document))
    own = _variables(value)
    problems += [_no_variable(document, name, own) for name in variables if name not in own]
    filled = {**filled_everywhere(value, {**own, **variables}), "variables": value.get("variables") or {}}
    try:
        scenario = Scenario.model_validate(filled)
    except ValidationError as error:
        problems += [_problem(each, document) for each in error.errors(include_url=False)]
    if problems:
        raise ScenarioError(problems)
    return ReadScenario(scenario, document)


def _no_variable(document: Document, name: str, own: Mapping[str, str]) -> Problem:
    why = unknown(say("переменная", "variable"), name, own)
    return Problem(str(document.file), document.place(("variables",)), "variables", why)


def _variables(value: Mapping[str, Any]) -> dict[str, str]:
    told = value.get("variables")
    return {name: text for name, text in told.items() if isinstance(text, str)} if isinstance(told, dict) else {}


def _constant_variables(document: Document) -> Iterator[Problem]:
    for name, text in _variables(document.value).items():
        if VARIABLE.search(text):
            member: Member = ("variables", name)
            why = expected(say("текст без ${…}", "a text without ${…}"), text)
            yield Problem(str(document.file), document.place(member), written(member), why)


# --- what pydantic found, in our words -------------------------------------------------------------------------------


def _a_mapping() -> str:
    return say("таблица ключей", "a mapping")


def _a_list() -> str:
    return say("список", "a list")


_SHAPES: Final[Mapping[str, Callable[[], str]]] = {
    "model_type": _a_mapping,
    "model_attributes_type": _a_mapping,
    "dict_type": _a_mapping,
    "tuple_type": _a_list,
    "too_short": lambda: say("хотя бы один элемент", "at least one item"),
}


def _problem(error: Any, document: Document) -> Problem:
    member: Member = tuple(part for part in error["loc"] if part != "[key]")
    place = document.place(member, of_key=error["type"] == "extra_forbidden" or "[key]" in error["loc"])
    return Problem(str(document.file), place, written(member), _text(error, member))


def _text(error: Any, member: Member) -> str:
    kind, found = error["type"], error["input"]
    if kind == "extra_forbidden":
        return unknown(say("ключ", "key"), str(member[-1]), _keys(Scenario, member[:-1]))
    if kind == "missing":
        return say(f"нет обязательного ключа {member[-1]}", f"the key {member[-1]} is missing")
    if kind in _SHAPES:
        return expected(_SHAPES[kind](), found)
    if kind == "literal_error":
        names = str(error["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
        return expected(say(f"одно из: {names}", f"one of: {names}"), found)
    if kind == "said":
        return str(error["ctx"]["said"])
    return f"{error['msg']}; " + say("найдено: ", "found ") + in_words(found)


def _keys(model: Any, member: Iterable[str | int]) -> list[str]:
    """Return the keys of the mapping at `member`."""
    for part in member:
        models = list(_models(model))
        if isinstance(part, int) or not models or (_is_table(model) and not _is_model(model)):
            model = models[0] if models else None
            continue
        fields = {field.alias: field.annotation for field in models[0].model_fields.values()}
        model = fields.get(part)
    models = list(_models(model))
    return [str(field.alias) for field in models[0].model_fields.values()] if models else []


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models in an annotation, outermost first."""
    if _is_model(annotation):
        yield annotation
        return
    for part in get_args(annotation):
        yield from _models(part)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _is_table(annotation: Any) -> bool:
    return "dict" in str(annotation)


def name_of(file: Path) -> str:
    """Return the name that a scenario gives itself, that of its file when it cannot be read."""
    try:
        value = read_document(file).value
    except ScenarioError:
        return file.stem
    return str(value["scenario"]) if isinstance(value, dict) and isinstance(value.get("scenario"), str) else file.stem
