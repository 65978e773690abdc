"""The OpenAPI description: parameters and bodies as aiohttp-pydantic reads them, answers as the views declare them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version as package_version
from typing import Any, Final

from aiohttp import web
from aiohttp_pydantic.oas.pydantic_schema_to_oas import add_or_replace_translater
from aiohttp_pydantic.oas.view import generate_oas
from pydantic import ConfigDict
from pydantic.json_schema import models_json_schema

from gateway.transports.admin.addresses import PREFIX, load_view
from gateway.transports.admin.problems import MEDIA_TYPE
from gateway.transports.admin.view import AdminView, Description, Shape
from gateway.words import say

_METHODS: Final = ("get", "post", "patch", "put", "delete")
_REFERENCE: Final = "#/components/schemas/{model}"
_TEXT: Final = {"schema": {"type": "string"}}
_OF_THE_GATEWAY: Final = ("", "docs", "openapi.json", "health")
_ALWAYS: Final = (400, 500, 503)
_GUARDED: Final = (401, 403)
_WITH_BODY: Final = (408, 413, 415, 422)


class Problem(Shape):
    """RFC 9457; `hint` says what to do. Some problems have members of their own."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    hint: str


@dataclass(frozen=True, slots=True)
class _Operation:
    """One method of one view."""

    path: str
    method: str
    guarded: bool
    description: Description

    @property
    def group(self) -> str:
        """What stands after /__admin; pages and probes are of the gateway itself."""
        word = self.path.removeprefix(PREFIX).strip("/").split("/")[0]
        return word if self.path.startswith(PREFIX) and word not in _OF_THE_GATEWAY else "gateway"

    @property
    def id(self) -> str:
        words = re.findall(r"[A-Za-z]+", self.path.removeprefix(f"{PREFIX}/")) or ["root"]
        return self.method + "".join(word[0].upper() + word[1:] for word in words)


def describe(views: Mapping[str, str]) -> dict[str, Any]:
    """Return the OpenAPI document of views, path -> dotted name."""
    # OpenAPI 3.1 takes JSON Schema as pydantic writes it; what translates it to 3.0 breaks references that may be null.
    add_or_replace_translater("3.0.0", lambda _: None)
    loaded = {path: load_view(dotted) for path, dotted in views.items()}
    application = web.Application()
    application.add_routes([web.view(path, view) for path, view in loaded.items()])
    title = say("Mock SMEV: управление", "Mock SMEV: administration")
    document: dict[str, Any] = generate_oas([application], package_version("mock-smev"), title)
    operations = [operation for path, view in loaded.items() for operation in _operations(path, view)]
    components = document.setdefault("components", {})
    components.setdefault("schemas", {}).update(_schemas(operations))
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    paths: dict[str, Any] = {}
    for operation in operations:
        item = document["paths"][operation.path][operation.method]
        _complete(item, operation, components["schemas"])
        paths.setdefault(operation.path, {})[operation.method] = item
    return {**document, "openapi": "3.1.0", "paths": paths}


def _operations(path: str, view: type[AdminView]) -> list[_Operation]:
    handlers = {method: getattr(view, method, None) for method in _METHODS}
    return [
        _Operation(path, method, view.guarded, handler.__dict__["description"])
        for method, handler in handlers.items()
        if handler is not None
    ]


def _schemas(operations: Iterable[_Operation]) -> dict[str, Any]:
    models: dict[str, Any] = {Problem.__name__: (Problem, "serialization")}
    for operation in operations:
        answer = operation.description.answer
        if isinstance(answer, type):
            models[answer.__name__] = (answer, "serialization")
    definitions: dict[str, Any] = models_json_schema(list(models.values()), ref_template=_REFERENCE)[1]["$defs"]
    return definitions


def _complete(item: dict[str, Any], operation: _Operation, schemas: Mapping[str, Any]) -> None:
    description = operation.description
    summary, _, rest = description.text().partition(". ")
    item.update(operationId=operation.id, tags=[operation.group], summary=summary.rstrip("."), description=rest)
    for parameter in item.get("parameters", ()):
        _complete_parameter(parameter)
    if description.body is not None:
        item["requestBody"] = {"content": description.body, "required": True}
    elif "requestBody" in item:
        (content,) = item["requestBody"]["content"].values()
        name = content["schema"]["$ref"].rpartition("/")[2]
        item["requestBody"]["required"] = bool(schemas[name].get("required"))
    if operation.guarded:
        item["security"] = [{"bearer": []}, {}]
    statuses = {
        *_ALWAYS,
        *(_GUARDED if operation.guarded else ()),
        *(_WITH_BODY if "requestBody" in item else ()),
        *description.problems,
    }
    item["responses"] = {
        str(description.status): _answer(description),
        **{str(status): _problem(status) for status in sorted(statuses)},
    }


def _complete_parameter(parameter: dict[str, Any]) -> None:
    if parameter["in"] == "header":
        parameter["name"] = parameter["name"].replace("_", "-")
    schema = parameter["schema"]
    schema.pop("title", None)
    # A parameter that is left out is absent, not null.
    given = [each for each in schema.pop("anyOf", ()) if each != {"type": "null"}]
    schema.update(given[0] if len(given) == 1 else {"anyOf": given} if given else {})
    meaning = _meaning_of(parameter["name"])
    if meaning:
        parameter["description"] = meaning


def _meaning_of(name: str) -> str | None:
    return {
        "mnemonic": say("мнемоника участника", "the mnemonic of a participant"),
        "messageId": say("MessageID запроса или ответа", "the MessageID of a request or an answer"),
        "messageType": say("корневой элемент: {пространство имён}имя", "the root element: {namespace}name"),
        "kind": say("вид сведений: ведомство/вид", "the data kind: agency/kind"),
        "participant": say("мнемоника с любой стороны", "a mnemonic on either side"),
        "fault": say("имя отказа, например InvalidContent", "the name of a fault, as InvalidContent"),
        "from": say("первый день, по Москве", "the first day, in Moscow"),
        "to": say("последний день, включительно", "the last day, inclusive"),
        "now": say("на какой момент; без него — по часам шлюза", "as of which moment; else by the gateway's clock"),
        "format": say("важнее заголовка Accept", "goes before the header Accept"),
        "since": say("не раньше этого момента", "at this moment or later"),
        "until": say("раньше этого момента", "before this moment"),
        "after": say("после этой записи", "after this entry"),
        "before": say("старше этого ключа, см. next", "older than this key, see next"),
        "limit": say("сколько самое большее", "how many at most"),
        "last-event-id": say("то же, что after; его шлёт браузер", "the same as after; browsers send it"),
        "caseNumber": say(
            "номер дела, то же, что transactionCode", "the number of a case, the same as transactionCode"
        ),
        "case": say("номер дела", "the number of a case"),
        "position": say("номер вложения, с 0", "the number of the attachment, from 0"),
        "xpath": say("XPath по содержимому, без префиксов", "an XPath into the content, without prefixes"),
        "message": say("MessageID вызова", "the MessageID of a call"),
        "seq": say("номер записи журнала", "the number of an entry of the journal"),
        "force": say("вместе с сообщениями", "with its messages"),
        "version": say("версия вида сведений", "the version of a data kind"),
    }.get(name)


def _answer(description: Description) -> dict[str, Any]:
    answer = description.answer
    if isinstance(answer, str):
        schema = {"type": "object" if answer == "application/json" else "string"}
        content = {answer: {"schema": schema}, **dict.fromkeys(description.media, _TEXT)}
        return {"description": " / ".join(content), "content": content}
    reference = {"$ref": _REFERENCE.format(model=answer.__name__)}
    content = {"application/json": {"schema": reference}, **dict.fromkeys(description.media, _TEXT)}
    return {"description": (answer.__doc__ or "").strip(), "content": content}


def _problem(status: int) -> dict[str, Any]:
    reference = {"$ref": _REFERENCE.format(model=Problem.__name__)}
    return {"description": _meaning(status), "content": {MEDIA_TYPE: {"schema": reference}}}


def _meaning(status: int) -> str:
    return {
        400: say("неверный запрос", "bad request"),
        401: say("нужен токен", "a token is needed"),
        403: say("чужой Host или Origin", "a foreign Host or Origin"),
        404: say("такого нет", "no such thing"),
        408: say("тело не пришло вовремя", "the body did not come in time"),
        409: say("сейчас нельзя", "not possible now"),
        413: say("тело слишком велико", "the body is too large"),
        415: say("нужен другой тип тела", "another type of body is needed"),
        422: say("неверное значение или отказ СМЭВ", "a bad value, or SMEV refused"),
        500: say("дефект шлюза", "a defect of the gateway"),
        503: say("хранилище не отвечает", "the store does not answer"),
    }[status]
