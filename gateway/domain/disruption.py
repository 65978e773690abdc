"""Rules that break an exchange on purpose: what one says, and how it is read from JSON or YAML."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from gateway.domain.breakages import BREAKAGES, Breakage, Damage, Direction
from gateway.domain.likeness import nearest
from gateway.protocol.faults import DECLARED
from gateway.protocol.moments import read_duration
from gateway.protocol.statuses import SignatureFailure
from gateway.words import say

REORDERED_WITHIN: Final = timedelta(minutes=1)
LONGEST_SLOWNESS: Final = timedelta(minutes=10)
LONGEST: Final = timedelta(days=3660)
FAULTS: Final = tuple(sorted({fault.__name__ for declared in DECLARED.values() for fault in declared}))
"""Faults by name, in order."""

_OF_SIGNATURES: Final = "SignatureVerificationFault"
_NAME: Final = re.compile(r"\w[\w.-]{0,29}", re.ASCII)
"""It is a step of an address, and a column of 30 characters in the journal."""


class InvalidDisruption(ValueError):
    """A rule that cannot be: which `field`, what was expected there, what was found. `advice` may be empty."""

    def __init__(self, field: str, expected: str, found: str, advice: str = "") -> None:
        self.field, self.expected, self.found, self.advice = field, expected, found, advice
        super().__init__(f"{field}: {say('ожидалось', 'expected')}: {expected}; {say('найдено', 'found')}: {found}")


@dataclass(frozen=True, slots=True)
class Disruption:
    """One rule: what `does` break, for whom, how often, for how long.

    `participant` is whom it hits: who takes the message (late, lost, duplicated, reordered, garbled, wrong-id,
    expired-lease), who calls (all others); `counterpart` is the other side. `kind` is the id of a data kind or the full
    name of a root, `{namespace}root`. Of the filters None is any. `probability` is from 0 to 1, `count` how often at
    most (None: no bound), `lasts` how long on the gateway's clock (None: no bound). `seed` says where it hits.
    """

    name: str
    does: Breakage
    participant: str | None = None
    counterpart: str | None = None
    kind: str | None = None
    operation: str | None = None
    direction: Direction | None = None
    probability: float = 1.0
    count: int | None = None
    lasts: timedelta | None = None
    seed: int = 0
    delay: timedelta | None = None
    fault: str | None = None
    text: str | None = None
    share: float | None = None
    damage: Damage | None = None
    failure: SignatureFailure | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what `read_disruption` reads back; fields that are not said are left out."""
        said: dict[str, Any] = {}
        for name in FIELDS:
            found = getattr(self, name)
            if found is not None:
                said[name] = written_duration(found) if isinstance(found, timedelta) else found
        return {**said, "does": self.does.value}


FIELDS: Final = tuple(Disruption.__dataclass_fields__)
"""The keys of a rule, in JSON and YAML as here."""


def read_disruption(mapping: Mapping[str, Any]) -> Disruption:
    """Read a rule from what JSON or YAML says.

    Raises: InvalidDisruption for the first thing that is wrong.
    """
    for key in mapping:
        if key not in FIELDS:
            near = nearest(str(key), FIELDS)
            raise InvalidDisruption(
                str(key)[:60],
                say(f"поле правила: {', '.join(FIELDS)}", f"a field of a rule: {', '.join(FIELDS)}"),
                repr(str(key)[:60]),
                say(f"возможно, {near}", f"perhaps {near}") if near else "",
            )
    for required in ("name", "does"):
        if required not in mapping:
            raise InvalidDisruption(required, _EXPECTED[required](), say("ничего", "nothing"))
    rule = Disruption(**{key: _READERS[key](key, value) for key, value in mapping.items()})
    _fit(rule, mapping)
    return rule


def _fit(rule: Disruption, said: Mapping[str, Any]) -> None:
    kind = BREAKAGES[rule.does]
    for name in _OF_BREAKAGES:
        if name in said and name not in kind.fields:
            owners = ", ".join(each.does.value for each in BREAKAGES.values() if name in each.fields)
            nothing = say(f"ничего: {name} бывает у {owners}", f"nothing: {name} is of {owners}")
            raise InvalidDisruption(name, nothing, f"{said[name]!r} ({rule.does.value})"[:80])
        if name in kind.needs and name not in said:
            raise InvalidDisruption(
                name, f"{_EXPECTED[name]()} ({rule.does.value})", say("ничего", "nothing"), kind.text()
            )
    if rule.operation is not None and kind.operations and rule.operation not in kind.operations:
        expected = say(f"одно из: {', '.join(kind.operations)}", f"one of: {', '.join(kind.operations)}")
        raise InvalidDisruption("operation", f"{expected} ({rule.does.value})", rule.operation)
    _fit_fault(rule)
    if rule.does is Breakage.SLOW_RESPONSE and rule.delay is not None and rule.delay > LONGEST_SLOWNESS:
        most = written_duration(LONGEST_SLOWNESS)
        expected = say(f"не более {most}: это настоящее время", f"at most {most}: it is real time")
        raise InvalidDisruption("delay", expected, written_duration(rule.delay))


def _fit_fault(rule: Disruption) -> None:
    if rule.failure is not None and rule.fault != _OF_SIGNATURES:
        raise InvalidDisruption("fault", _OF_SIGNATURES, repr(rule.fault), f"failure: {rule.failure.value}")
    if rule.does is Breakage.REJECTED and rule.fault is not None and rule.fault not in _REJECTING:
        expected = say(f"отказ на отправку: {', '.join(_REJECTING)}", f"a fault of sending: {', '.join(_REJECTING)}")
        raise InvalidDisruption("fault", expected, rule.fault)


def written_duration(length: timedelta) -> str:
    """Return a length of time as `read_duration` reads it: 5m, 1h30m, PT0.25S."""
    if length.microseconds:
        return f"PT{length.total_seconds():.6f}".rstrip("0").rstrip(".") + "S"
    rest, text = length.days * 86400 + length.seconds, ""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, rest = divmod(rest, size)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


# --- one reader for each type of value --------------------------------------------------------------------------------


def _wrong(field: str, found: object) -> InvalidDisruption:
    return InvalidDisruption(field, _EXPECTED[field](), repr(found)[:80])


def _text(field: str, found: object) -> str:
    if not isinstance(found, str) or not 0 < len(found) <= 500 or not found.isprintable():
        raise _wrong(field, found)
    return found


def _name(field: str, found: object) -> str:
    if not isinstance(found, str) or _NAME.fullmatch(found) is None:
        raise _wrong(field, found)
    return found


def _one_of(names: tuple[str, ...]) -> Callable[[str, object], str]:
    def read(field: str, found: object) -> str:
        if not isinstance(found, str) or found not in names:
            near = nearest(str(found)[:60], names)
            advice = say(f"возможно, {near}", f"perhaps {near}") if near else ""
            raise InvalidDisruption(field, _EXPECTED[field](), repr(found)[:80], advice)
        return found

    return read


def _share(field: str, found: object) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 1:
        raise _wrong(field, found)
    return float(found)


def _integer(smallest: int, largest: int) -> Callable[[str, object], int]:
    def read(field: str, found: object) -> int:
        if isinstance(found, bool) or not isinstance(found, int) or not smallest <= found <= largest:
            raise _wrong(field, found)
        return found

    return read


def _duration(field: str, found: object) -> timedelta:
    try:
        length = read_duration(found) if isinstance(found, str) and found == found.strip() else timedelta(0)
    except (ValueError, OverflowError):
        raise _wrong(field, found) from None
    if not timedelta(0) < length <= LONGEST:
        raise _wrong(field, found)
    return length


def _values(names: type[StrEnum]) -> tuple[str, ...]:
    return tuple(each.value for each in names)


_BREAKAGE: Final = _one_of(_values(Breakage))
_DIRECTION: Final = _one_of(_values(Direction))
_DAMAGE: Final = _one_of(_values(Damage))
_FAILURE: Final = _one_of(_values(SignatureFailure))
_LARGEST: Final = 2**63 - 1
_READERS: Final[Mapping[str, Callable[[str, object], Any]]] = {
    "name": _name,
    "does": lambda field, found: Breakage(_BREAKAGE(field, found)),
    "participant": _text,
    "counterpart": _text,
    "kind": _text,
    "operation": _one_of(tuple(DECLARED)),
    "direction": lambda field, found: Direction(_DIRECTION(field, found)),
    "probability": _share,
    "count": _integer(1, _LARGEST),
    "lasts": _duration,
    "seed": _integer(-_LARGEST, _LARGEST),
    "delay": _duration,
    "fault": _one_of(FAULTS),
    "text": _text,
    "share": _share,
    "damage": lambda field, found: Damage(_DAMAGE(field, found)),
    "failure": lambda field, found: SignatureFailure(_FAILURE(field, found)),
}
_OF_BREAKAGES: Final = ("delay", "fault", "text", "share", "damage", "failure")
_REJECTING: Final = tuple(
    sorted({fault.__name__ for name in ("SendRequest", "SendResponse") for fault in DECLARED[name]})
)


def _listed(names: tuple[str, ...]) -> Callable[[], str]:
    return lambda: say("одно из: ", "one of: ") + ", ".join(names)


def _a_text() -> str:
    return say("строка до 500 знаков", "a line of up to 500 characters")


def _a_duration() -> str:
    return say("срок: 90s, 5m, 2h, 3d или PT0.5S", "a length of time: 90s, 5m, 2h, 3d or PT0.5S")


_EXPECTED: Final[Mapping[str, Callable[[], str]]] = {
    "name": lambda: say(
        "имя до 30 знаков: латинские буквы, цифры, точка, дефис, подчёркивание",
        "a name of up to 30 characters: Latin letters, digits, dot, hyphen, underscore",
    ),
    "does": _listed(_values(Breakage)),
    "participant": _a_text,
    "counterpart": _a_text,
    "kind": _a_text,
    "operation": _listed(tuple(DECLARED)),
    "direction": _listed(_values(Direction)),
    "probability": lambda: say("число от 0 до 1", "a number from 0 to 1"),
    "count": lambda: say("целое число от 1", "an integer, 1 or more"),
    "lasts": _a_duration,
    "seed": lambda: say("целое число", "an integer"),
    "delay": _a_duration,
    "fault": _listed(FAULTS),
    "text": _a_text,
    "share": lambda: say("число от 0 до 1", "a number from 0 to 1"),
    "damage": _listed(_values(Damage)),
    "failure": _listed(_values(SignatureFailure)),
}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a rule: for the OpenAPI, and for what completes scenario files."""
    line = {"type": "string", "minLength": 1, "maxLength": 500}
    length = {"type": "string", "pattern": r"^(([0-9]{1,9}[wdhms])+|P.+)$"}
    share = {"type": "number", "minimum": 0, "maximum": 1}
    types: dict[str, dict[str, Any]] = {
        "name": {"type": "string", "pattern": r"^[A-Za-z0-9_][A-Za-z0-9_.\-]{0,29}$"},
        "does": {
            "type": "string",
            "enum": [kind.does.value for kind in BREAKAGES.values()],
        },
        "participant": line,
        "counterpart": line,
        "kind": line,
        "operation": {"type": "string", "enum": list(DECLARED)},
        "direction": {"type": "string", "enum": list(_values(Direction))},
        "probability": {**share, "default": 1},
        "count": {"type": "integer", "minimum": 1, "maximum": _LARGEST},
        "lasts": length,
        "seed": {"type": "integer", "minimum": -_LARGEST, "maximum": _LARGEST, "default": 0},
        "delay": length,
        "fault": {"type": "string", "enum": list(FAULTS)},
        "text": line,
        "share": share,
        "damage": {"type": "string", "enum": list(_values(Damage))},
        "failure": {"type": "string", "enum": list(_values(SignatureFailure))},
    }
    described = {name: {**kind, "description": _EXPECTED[name]()} for name, kind in types.items()}
    does = "; ".join(f"{kind.does.value}: {kind.text()}" for kind in BREAKAGES.values())
    described["does"] = {**types["does"], "description": does}
    return {
        "type": "object",
        "title": "Disruption",
        "required": ["name", "does"],
        "properties": described,
        "additionalProperties": False,
    }
