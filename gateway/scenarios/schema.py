"""The JSON Schema of a scenario file, for editors; made from the model."""

import json
from typing import Any, Final

from gateway.scenarios.model import Scenario

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TITLE: Final = "Mock SMEV scenario"


def json_schema() -> dict[str, Any]:
    """Return the schema."""
    made = Scenario.model_json_schema(by_alias=True)
    return {"$schema": DIALECT, **_tidied(made), "title": TITLE}


def as_text() -> str:
    """Return the schema as it stands in schemas/scenario.schema.json."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def _tidied(value: Any) -> Any:
    """Leave out what says nothing: titles made of names, defaults of None, null where a key may be absent."""
    if isinstance(value, list):
        return [_tidied(each) for each in value]
    if not isinstance(value, dict):
        return value
    said = {key: _tidied(child) for key, child in value.items() if not _is_noise(key, child)}
    choices = said.get("anyOf")
    if isinstance(choices, list):
        real = [each for each in choices if each != {"type": "null"}]
        others = {key: child for key, child in said.items() if key != "anyOf"}
        return {**real[0], **others} if len(real) == 1 else {**others, "anyOf": real}
    return said


def _is_noise(key: str, child: Any) -> bool:
    return (key == "title" and isinstance(child, str)) or (key == "default" and child in (None, [], {}))
