"""What can be said of a scenario before it is run: names nobody bears, contents that cannot be, nothing asserted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

from pydantic import BaseModel

from gateway.domain.catalogue import DataKind
from gateway.domain.disruption import FAULTS, InvalidDisruption, read_disruption
from gateway.domain.once_only.rules import RULES
from gateway.domain.signature_mode import SignatureMode
from gateway.recording.format import RecordingError, read_header
from gateway.scenarios import xpaths
from gateway.scenarios.contents import EXAMPLE, OFFERED, SAMPLE, ContentProblem, Contents, kind_of
from gateway.scenarios.moving import target_of
from gateway.scenarios.problems import Member, Problem, ScenarioError, expected, unknown
from gateway.scenarios.reading import ReadScenario
from gateway.scenarios.signing import Signature
from gateway.scenarios.steps import Answer, Check, Judged, Said, Send, Sought, Step
from gateway.scenarios.surroundings import Surroundings, known_participants, surroundings_of
from gateway.scenarios.variables import MEMBERS, VARIABLE, names_in
from gateway.words import say

_TODAY: Final = date(2026, 3, 2)
"""Of the samples that are only looked at."""
_ASSERTING: Final = frozenset({"expect", "never", "count", "order", "expect-violation", "no-violations"})
_NAMING: Final = ("send", "take", "answer", "expect", "open-case")
_MESSAGES: Final = ("send", "take", "answer", "expect")


def asserts_nothing(read: ReadScenario) -> bool:
    """Tell whether nothing could fail: such a scenario is not worth a green light."""
    return not any(_asserts(step) for step in read.scenario.steps)


def _asserts(step: Step) -> bool:
    if step.word in _ASSERTING:
        return True
    does = step.does
    return bool(
        getattr(does, "assert_", ())
        or getattr(does, "fault", None) is not None
        or (isinstance(does, Judged) and (does.refused or does.rule))
    )


def checked(read: ReadScenario) -> ReadScenario:
    """Return the scenario with warnings.

    Raises: ScenarioError with everything that is wrong.
    """
    try:
        around = surroundings_of(read)
        problems: tuple[Problem, ...] = ()
    except ScenarioError as error:
        # Settings that cannot be do not hide what else is wrong; without its kinds nothing can be said of a scenario.
        if not all(problem.member.startswith("settings") for problem in error.problems):
            raise
        default = read.scenario.model_copy(update={"settings": type(read.scenario.settings)()})
        around, problems = surroundings_of(replace(read, scenario=default)), error.problems
    look = _Look(read, around)
    look.problems += problems
    look.whole()
    if look.problems:
        raise ScenarioError(look.problems)
    return replace(read, warnings=tuple(sorted(set(look.warnings))))


class _Look:
    def __init__(self, read: ReadScenario, around: Surroundings) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._read, self._around = read, around
        self._players = known_participants(read, around.topology)
        self._names: dict[str, Step] = {}
        self._kept: set[str] = set()
        scenario = read.scenario
        self._contents = Contents(
            around.library, read.file.parent, scenario.namespaces, scenario.seed, _TODAY, lambda text: text
        )
        self._kind_ids = [kind.id for kind in around.library.catalogue]

    def _wrong(self, member: Member, text: str, *, of_key: bool = False) -> None:
        self.problems.append(self._read.problem(member, text, of_key=of_key))

    def whole(self) -> None:
        """Look at everything."""
        self._participants()
        self._faults()
        for number, step in enumerate(self._read.scenario.steps):
            member: Member = ("steps", number, step.word)
            self._variables(step.does, member)
            self._who(step, member)
            self._of_kinds(step.does, member)
            self._of_names(step.does, member)
            self._of_rules(step.does, member)
            self._signature(step.does, member)
            self._of_message(step, member)
            self._clock(step, member)
            self._remember(step, member)

    # --- who and what there is ---------------------------------------------------------------------------------------

    def _participants(self) -> None:
        for mnemonic, player in self._read.scenario.participants.items():
            member: Member = ("participants", mnemonic)
            for number, kind in enumerate(player.provides):
                self._kind(kind, (*member, "provides", number))
            if player.played == "replayed":
                self._recording(player.recording, member)
            elif player.recording is not None:
                why = say("recording бывает у replayed", "only a replayed participant has a recording")
                self._wrong((*member, "recording"), why)

    def _recording(self, name: str | None, member: Member) -> None:
        if name is None:
            self._wrong(member, say("нет ключа recording: файла записи", "the key recording is missing: the file"))
            return
        path = self._read.file.parent / name
        try:
            with path.open(encoding="utf-8") as file:
                read_header(path, [file.readline()])
        except OSError as error:
            why = error.strerror or str(error)
            self._wrong(
                (*member, "recording"), expected(say("файл записи", "the file of a recording"), name) + f": {why}"
            )
        except (RecordingError, UnicodeDecodeError) as error:
            self._wrong((*member, "recording"), str(error))

    def _faults(self) -> None:
        names: set[str] = set()
        for number, told in enumerate(self._read.scenario.faults):
            member: Member = ("faults", number)
            try:
                rule = read_disruption(typed(told))
            except InvalidDisruption as error:
                inner = member if error.field not in told else (*member, error.field)
                said = say(f"ожидалось: {error.expected}; найдено: {error.found}",
                           f"expected {error.expected}, found {error.found}")  # fmt: skip
                self._wrong(inner, "; ".join(filter(None, (said, error.advice))))
                continue
            if rule.name in names:
                self._wrong((*member, "name"), say(f"правило {rule.name!r} уже есть", f"a rule {rule.name!r} already"))
            names.add(rule.name)
            for who in ("participant", "counterpart"):
                self._known(getattr(rule, who), (*member, who))
            if rule.kind is not None and not rule.kind.startswith("{"):
                self._kind(rule.kind, (*member, "kind"))

    def _known(self, mnemonic: str | None, member: Member) -> None:
        if mnemonic is not None and mnemonic != "SMEV" and mnemonic not in self._players:
            self._wrong(member, unknown(say("участник", "participant"), mnemonic, self._players))

    def _kind(self, kind_id: str | None, member: Member) -> DataKind | None:
        if kind_id is None or VARIABLE.search(kind_id):
            return None
        kind = self._around.library.catalogue.by_id(kind_id)
        if kind is None:
            self._wrong(member, unknown(say("вид сведений", "data kind"), kind_id, self._kind_ids))
        return kind

    def _who(self, step: Step, member: Member) -> None:
        for key in ("from_", "at", "by", "participant", "body"):
            self._known(getattr(step.does, key, None), (*member, key.rstrip("_")))
        acting = {"send": "from_", "take": "at"}.get(step.word)
        if acting is not None:
            mnemonic = getattr(step.does, acting)
            if self._players.get(mnemonic, "scripted") != "scripted":
                how = self._players[mnemonic]
                why = say(
                    f"{mnemonic} — {how}: шаги есть только у scripted",
                    f"{mnemonic} is {how}: only a scripted one has steps",
                )
                self._wrong((*member, acting.rstrip("_")), why)
        if step.word == "order":
            for number, entry in enumerate(step.does):
                for key in ("by", "participant"):
                    self._known(getattr(entry, key), (*member, number, key.rstrip("_")))

    def _of_kinds(self, does: Any, member: Member) -> None:
        for place, part in _parts(does, member):
            if hasattr(part, "kind"):
                self._kind(part.kind, (*place, "kind"))

    def _of_rules(self, does: Any, member: Member) -> None:
        rule = getattr(does, "rule", None)
        if rule is not None and rule not in (ids := [each.id for each in RULES]):
            self._wrong((*member, "rule"), unknown(say("правило", "rule"), rule, ids))
        for place, part in _parts(does, member):
            fault = getattr(part, "fault", None)
            if fault is not None and fault not in FAULTS and not VARIABLE.search(fault):
                self._wrong((*place, "fault"), unknown(say("отказ СМЭВ", "fault of SMEV"), fault, FAULTS))
            if isinstance(part, Check):
                self._check(part, place)
        for name, expression in getattr(does, "keep", {}).items():
            self._xpath(expression, (*member, "keep", name))

    def _check(self, check: Check, member: Member) -> None:
        if check.xpath is not None:
            self._xpath(check.xpath, (*member, "xpath"))
        if check.matches is not None:
            try:
                re.compile(check.matches)
            except (re.error, OverflowError, RecursionError) as error:
                why = say("регулярное выражение", "a regular expression")
                self._wrong((*member, "matches"), f"{expected(why, check.matches)}: {error}")

    def _xpath(self, expression: str, member: Member) -> None:
        if VARIABLE.search(expression):
            return
        try:
            xpaths.checked(expression, self._read.scenario.namespaces)
        except xpaths.WrongXPath as error:
            self._wrong(member, str(error))

    def _signature(self, does: Any, member: Member) -> None:
        if (
            getattr(does, "signature", Signature.OWN) != Signature.OWN
            and self._around.settings.signatures is SignatureMode.OFF
        ):
            why = say("подписи выключены: settings.signatures: off", "signatures are off: settings.signatures: off")
            self._wrong((*member, "signature"), why)
        if getattr(does, "failure", None) is not None and does.fault is None:
            why = say("failure бывает у отказа: нужен и fault", "failure is said of a fault: add fault")
            self._wrong((*member, "failure"), why)

    # --- names and variables -----------------------------------------------------------------------------------------

    def _variables(self, does: Any, member: Member) -> None:
        for place, text in _texts(does, member):
            for name in names_in(text):
                self._variable(name, place)

    def _variable(self, name: str, member: Member) -> None:
        first, dot, second = name.partition(".")
        if not dot:
            if name not in self._kept:
                known = [*self._read.scenario.variables, *self._kept]
                known += [f"{each}.{last}" for each, step in self._names.items() for last in MEMBERS[step.word]]
                self._wrong(member, unknown(say("переменная", "variable"), name, known))
        elif first not in self._names:
            self._wrong(member, unknown(say("имя шага выше", "name of a step above"), first, self._names))
        elif second not in MEMBERS[self._names[first].word]:
            self._wrong(
                member, unknown(say(f"поле {first}", f"member of {first}"), second, MEMBERS[self._names[first].word])
            )

    def _of_names(self, does: Any, member: Member) -> None:
        for place, part in _parts(does, member):
            for key in ("to", "of", "message"):
                name = getattr(part, key, None)
                is_word = key == "message" and isinstance(part, Sought)
                if name is not None and not is_word:
                    self._named(name, (*place, key), part)
        case = getattr(does, "case", None)
        if case is not None and case in self._names and self._names[case].word != "open-case":
            self._wrong((*member, "case"), expected(say("имя дела", "the name of a case"), case))

    def _named(self, name: str, member: Member, part: Any) -> None:
        words = ("take", "expect") if isinstance(part, Answer) or member[2] == "ack" else _MESSAGES
        fitting = [each for each, step in self._names.items() if step.word in words]
        if name in fitting:
            step = self._names[name].does
            if isinstance(part, Answer) or member[2] == "ack":
                self._taken(name, step, member)
            return
        what = (
            say("сообщение, взятое выше", "message taken above")
            if len(words) == 2
            else say("сообщение выше", "message above")
        )
        self._wrong(member, unknown(what, name, fitting))

    def _taken(self, name: str, step: Any, member: Member) -> None:
        if self._players.get(step.at, "scripted") != "scripted":
            why = say(
                f"{name} взял {step.at}, который отвечает сам", f"{name} was taken by {step.at}, who answers himself"
            )
            self._wrong(member, why)
        elif member[2] == "answer" and step.message not in (None, "request"):
            self._wrong(member, expected(say("взятый запрос", "a request that was taken"), f"{name}: {step.message}"))

    def _remember(self, step: Step, member: Member) -> None:
        name = getattr(step.does, "as_", None)
        if name is not None:
            if name in self._names:
                self._wrong((*member, "as"), say(f"имя {name!r} уже занято", f"the name {name!r} is taken already"))
            self._names[name] = step
        self._kept.update(getattr(step.does, "keep", {}))

    # --- contents ----------------------------------------------------------------------------------------------------

    def _of_message(self, step: Step, member: Member) -> None:
        if not isinstance(step.does, Said):
            return
        told, role = step.does, "request" if isinstance(step.does, Send) else "response"
        try:
            self._contents.attachments(told)
        except ContentProblem as problem:
            self._wrong((*member, *problem.member), str(problem))
        if isinstance(told, Answer) and (told.reject is not None or told.status is not None):
            return
        kind = self._kind_of(told)
        if self._is_known_later(told, kind):
            return
        try:
            content = self._contents.made(told, kind, role)
        except ContentProblem as problem:
            of_key = problem.member[:1] == ("set",)
            self._wrong((*member, *problem.member), str(problem), of_key=of_key)
            return
        self._content(told, content, kind, member)

    def _is_known_later(self, told: Said, kind: DataKind | None) -> bool:
        """Tell whether the content can only be made when the step is done."""
        if isinstance(told, Answer) and kind is None and told.content in (None, EXAMPLE, SAMPLE):
            return True
        if told.content == OFFERED and isinstance(told, Send) and told.case is not None:
            return True
        return any(VARIABLE.search(text) for text in (told.content or "", *told.set_.values()))

    def _kind_of(self, told: Said) -> DataKind | None:
        if isinstance(told, Send):
            return self._around.library.catalogue.by_id(told.kind) if told.kind else None
        asked: Any = self._names.get(told.to) if isinstance(told, Answer) else None
        while asked is not None and asked.word in ("take", "expect") and asked.does.kind is None:
            asked = self._names.get(asked.does.to)
        kind_id = None if asked is None else getattr(asked.does, "kind", None)
        return None if kind_id is None else self._around.library.catalogue.by_id(kind_id)

    def _content(self, told: Said, content: Any, kind: DataKind | None, member: Member) -> None:
        found, _ = kind_of(self._around.library, content)
        if found is None or (kind is not None and found.id != kind.id):
            if told.valid and told.fault is None:
                root = str(content.tag)
                why = say(f"корень {root} — не этого вида сведений", f"the root {root} is not of this data kind")
                self.warnings.append(self._read.problem((*member, "content"), why))
            return
        violations = self._around.library.violations(content)
        if violations and told.valid:
            why = say(f"не по схеме: {violations[0]}; если так и надо: valid: false",
                      f"against the schema: {violations[0]}; if that is meant: valid: false")  # fmt: skip
            self.warnings.append(self._read.problem((*member, "content"), why))
        if not violations and not told.valid:
            why = say("valid: false, а содержимое по схеме верно", "valid: false, but the content follows the schema")
            self.warnings.append(self._read.problem((*member, "valid"), why))

    def _clock(self, step: Step, member: Member) -> None:
        settings = self._around.settings
        is_real = settings.clock is not None and settings.clock == "real"
        if step.word == "advance" and is_real:
            why = say(
                "настоящие часы не перевести: нужны clock: frozen@…",
                "a real clock is not moved: clock: frozen@… is needed",
            )
            self._wrong(member, why)
        if step.word == "advance" and not VARIABLE.search(step.does):
            try:
                target_of(step.does)
            except ValueError as error:
                self._wrong(member, str(error))


def typed(value: Any) -> Any:
    """Return texts that are numbers as numbers: rules of faults are read as from JSON."""
    if isinstance(value, dict):
        return {key: child if key in ("name", "text") else typed(child) for key, child in value.items()}
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}\.\d{1,9}", value, re.ASCII):
        return float(value)
    return value


# --- walking through what a step says --------------------------------------------------------------------------------


def _parts(does: Any, member: Member) -> Iterator[tuple[Member, BaseModel]]:
    """Yield every mapping of a step, itself first, with its member."""
    if isinstance(does, BaseModel):
        yield member, does
        for name, field in type(does).model_fields.items():
            yield from _parts(getattr(does, name), (*member, str(field.alias)))
    elif isinstance(does, tuple | list):
        for number, each in enumerate(does):
            yield from _parts(each, (*member, number))


def _texts(does: Any, member: Member) -> Iterator[tuple[Member, str]]:
    if isinstance(does, str):
        yield member, does
    elif isinstance(does, BaseModel):
        for name, field in type(does).model_fields.items():
            yield from _texts(getattr(does, name), (*member, str(field.alias)))
    else:
        children: Iterable[tuple[Any, Any]] = (
            does.items() if isinstance(does, dict) else enumerate(does) if isinstance(does, tuple | list) else ()
        )
        for key, child in children:
            yield from _texts(child, (*member, key))
