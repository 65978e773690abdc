"""What members of a scenario are made of: texts that stay texts, lengths of time, names, and the base of every mapping.

Values come from `document` as texts; each shape here says what such a text becomes, and how an editor sees it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from gateway.domain.participants import InvalidMnemonic, checked_mnemonic
from gateway.protocol.moments import read_duration
from gateway.protocol.smev_messages import SMEV_MNEMONIC
from gateway.scenarios.problems import expected
from gateway.words import say

LONGEST_WAIT: Final = timedelta(days=3660)
"""Of one step: nobody waits for ever."""
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,49}")
_MOST_TEXT: Final = 100_000


def to_kebab(name: str) -> str:
    """Return how a field is written in a file; a trailing "_" keeps a field off a word of Python."""
    return name.rstrip("_").replace("_", "-")


class Part(BaseModel):
    """A mapping of the file: kebab-case there, snake_case here, nothing that is not declared."""

    model_config = ConfigDict(alias_generator=to_kebab, extra="forbid", frozen=True)


def wrong(what: str, found: object) -> PydanticCustomError:
    """Return the error that says what was expected instead of `found`."""
    return PydanticCustomError("said", "{said}", {"said": expected(what, found)})


def refused(error: Exception) -> PydanticCustomError:
    """Return the error that says what `error` says: what was expected, and what was found."""
    return PydanticCustomError("said", "{said}", {"said": str(error)})


def _text(found: object) -> object:
    if not isinstance(found, str):
        raise wrong(say("текст", "a text"), found)
    if len(found) > _MOST_TEXT:
        raise wrong(say(f"не более {_MOST_TEXT} знаков", f"at most {_MOST_TEXT} characters"), found)
    return found


def _line(found: object) -> object:
    if not isinstance(found, str) or not found.strip() or "\n" in found.strip() or len(found) > 200:
        raise wrong(say("строка текста до 200 знаков", "a line of text of up to 200 characters"), found)
    return found.strip()


def _length(found: object) -> object:
    if isinstance(found, timedelta):
        return found
    what = say("срок, например 5m", "a length of time such as 5m")
    if not isinstance(found, str):
        raise wrong(what, found)
    try:
        length = read_duration(found)
    except (ValueError, OverflowError):
        raise wrong(what, found) from None
    if length > LONGEST_WAIT:
        raise wrong(
            say(f"срок не более {LONGEST_WAIT.days}d", f"a length of time of at most {LONGEST_WAIT.days}d"), found
        )
    return length


def _yes(found: object) -> object:
    if found in (True, False) and isinstance(found, bool):
        return found
    if found not in ("true", "false"):
        raise wrong(say("true или false", "true or false"), found)
    return found == "true"


def _number(found: object) -> object:
    if isinstance(found, int):
        return found
    if not isinstance(found, str) or not re.fullmatch(r"-?\d{1,12}", found, re.ASCII):
        raise wrong(say("целое число", "a whole number"), found)
    return int(found)


def _count(found: object) -> object:
    number = _number(found)
    if isinstance(number, int) and number < 0:
        raise wrong(say("число не меньше 0", "a number of at least 0"), found)
    return number


def _name(found: object) -> object:
    if not isinstance(found, str) or not _NAME.fullmatch(found):
        what = say("имя: латинские строчные буквы, цифры и «-»", "a name: lower-case Latin letters, digits and “-”")
        raise wrong(what, found)
    return found


def _mnemonic(found: object) -> object:
    if not isinstance(found, str):
        raise wrong(say("мнемоника", "a mnemonic"), found)
    try:
        return checked_mnemonic(found)
    except InvalidMnemonic as error:
        raise refused(error) from None


def _sender(found: object) -> object:
    return found if found == SMEV_MNEMONIC else _mnemonic(found)


def _texts(found: object) -> object:
    if not isinstance(found, list | tuple):
        raise wrong(say("список", "a list"), found)
    return found


_SCALAR: Final[dict[str, Any]] = {"type": ["string", "number", "boolean"]}

Text = Annotated[str, BeforeValidator(_text), WithJsonSchema(_SCALAR)]
"""Any text; `no`, 0012 and 2026-03-02 are texts too."""
Line = Annotated[str, BeforeValidator(_line), WithJsonSchema(_SCALAR)]
"""A line of text."""
Length = Annotated[
    timedelta,
    BeforeValidator(_length),
    WithJsonSchema(
        {"type": "string", "pattern": r"^(\d+[wdhms])+$|^P", "examples": ["90s", "5m", "2h", "5d", "1d12h"]}
    ),
]
"""A length of time: 90s, 5m, 2h, 5d, 1w, 1d12h, or ISO 8601."""
Yes = Annotated[bool, BeforeValidator(_yes)]
"""true or false."""
Number = Annotated[int, BeforeValidator(_number)]
Count = Annotated[int, BeforeValidator(_count), WithJsonSchema({"type": "integer", "minimum": 0})]
Name = Annotated[str, BeforeValidator(_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})]
"""What a step is called by later ones."""
Mnemonic = Annotated[str, BeforeValidator(_mnemonic), WithJsonSchema({"type": "string"})]
"""Of a participant."""
Sender = Annotated[str, BeforeValidator(_sender), WithJsonSchema({"type": "string"})]
"""Of a participant, or SMEV: what it rejects it tells of itself."""
Texts = Annotated[tuple[Text, ...], BeforeValidator(_texts)]
"""A list of texts."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """A text that is one of `names`."""

    names: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        # YAML reads 1.2 as a number, and so does an editor.
        numbers = [float(name) for name in self.names if re.fullmatch(r"\d+\.\d+", name)]
        return {"enum": [*self.names, *numbers]}

    def _check(self, found: str) -> str:
        if found not in self.names:
            raise wrong(say("одно из: ", "one of: ") + ", ".join(self.names), found)
        return found


def listed(names: Iterable[str]) -> OneOf:
    """Return what makes a text one of `names`."""
    return OneOf(tuple(map(str, names)))


@dataclass(frozen=True, slots=True)
class Short:
    """A mapping that may be written as the value of `key` alone; without a key as `true`, which says nothing more."""

    key: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._lengthened, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        long = handler(schema)
        alone = handler.resolve_ref_schema(long)["properties"][self.key] if self.key else {"const": True}
        return {"anyOf": [alone, long]}

    def _lengthened(self, found: object) -> object:
        if not self.key:
            return {} if found in ("true", True) else found
        return {self.key: found} if isinstance(found, str) else found
