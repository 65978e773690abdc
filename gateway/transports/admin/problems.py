"""Errors of the admin API: RFC 9457 problems, each with a `hint` that says what to do."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiohttp import web
from pydantic import ValidationError

from gateway.storage.database import StoreError
from gateway.words import say

MEDIA_TYPE: Final = "application/problem+json"
_LONGEST_FOUND: Final = 120


def problem(status: int, kind: str, title: str, detail: str, hint: str, **members: object) -> web.Response:
    """Return a problem. `kind` ends its type, `urn:mock-smev:problem:<kind>`; `members` are added to its members."""
    body = {
        "type": f"urn:mock-smev:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "hint": hint,
        **members,
    }
    # What a caller wrote may be no Unicode at all; it comes back with question marks.
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return web.Response(body=text, status=status, headers={"Content-Type": f"{MEDIA_TYPE}; charset=utf-8"})


class Refused(Exception):
    """An endpoint refuses: raised where it is found out, answered as a `problem` in one place."""

    def __init__(  # noqa: PLR0913 - the members of a problem
        self,
        status: int,
        kind: str,
        title: str,
        detail: str,
        hint: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        self.status, self.kind = status, kind
        self._words, self._headers, self._members = (title, detail, hint), headers or {}, members
        super().__init__(detail)

    def response(self, prefix: str = "") -> web.Response:
        """Return the problem; addresses in its hint begin with `prefix`."""
        title, detail, hint = self._words
        hint = hint.replace("/__admin", f"{prefix}/__admin")
        response = problem(self.status, self.kind, title, detail, hint, **self._members)
        response.headers.update(self._headers)
        return response


def not_found(path: str) -> Refused:
    """There is nothing at `path`."""
    hint = say("все адреса: GET /__admin/docs", "all addresses: GET /__admin/docs")
    return Refused(404, "not-found", say("Такого адреса нет", "No such address"), path, hint)


def store_failed(error: StoreError) -> Refused:
    """The store did not do it."""
    title = say("Хранилище не отвечает", "The store does not answer")
    hint = say("проверьте место на диске и права", "check the space on the disk and the rights")
    return Refused(503, "store", title, str(error), hint)


def of_http(error: web.HTTPException) -> Refused:
    """Translate what aiohttp refuses by itself."""
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        title = say("Такого действия нет", "No such method")
        hint = say(f"есть {allowed}", f"there are {allowed}")
        return Refused(405, "method", title, error.method, hint, headers={"Allow": allowed})
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        hint = say("поднимите предел: --max-body", "raise the limit: --max-body")
        return Refused(413, "too-large", say("Тело слишком велико", "The body is too large"), error.text or "", hint)
    hint = say("сверьтесь с /__admin/docs", "compare with /__admin/docs")
    return Refused(error.status, "request", say("Неверный запрос", "Bad request"), error.text or error.reason, hint)


def of_validation(error: ValidationError, context: str) -> Refused:
    """Say of every value that is not what it must be: where it stands, what was expected, what was found."""
    errors = [_explained(item) for item in error.errors(include_url=False)]
    expected, found = say("ожидалось", "expected"), say("найдено", "found")
    detail = "; ".join(f"{each['where']}: {expected}: {each['expected']}, {found}: {each['found']}" for each in errors)
    hint = say("исправьте названные значения; все поля — в /__admin/docs", "correct them; all fields: /__admin/docs")
    if context == "body":
        return Refused(422, "body", say("Неверное тело", "Bad body"), detail, hint, errors=errors)
    if context == "path":
        return Refused(404, "not-found", say("Такого адреса нет", "No such address"), detail, hint, errors=errors)
    return Refused(400, "query", say("Неверный запрос", "Bad query"), detail, hint, errors=errors)


def unknown_names(unknown: Iterable[str], known: Iterable[str]) -> Refused:
    """Query parameters that the endpoint does not have: a filter misspelt must not find everything."""
    have = ", ".join(sorted(known)) or say("ни одного", "none")
    hint = say(f"параметры: {have}", f"the parameters: {have}")
    found = ", ".join(repr(name[:_LONGEST_FOUND]) for name in sorted(unknown))
    return Refused(400, "query", say("Неверный запрос", "Bad query"), found, hint)


def _explained(item: Mapping[str, Any]) -> dict[str, str]:
    where = ".".join(str(part) for part in item["loc"])
    found = say("ничего", "nothing") if item["type"] == "missing" else repr(item["input"])
    return {"where": where, "expected": _expected(item), "found": found[:_LONGEST_FOUND]}


def _expected(item: Mapping[str, Any]) -> str:
    """Return what pydantic expected, in the language of the program."""
    limits: Mapping[str, Any] = item.get("ctx", {})
    for prefix, text in (
        ("missing", say("значение", "a value")),
        ("extra_forbidden", say("ничего: такого поля нет", "nothing: there is no such field")),
        ("int_", say("целое число", "an integer")),
        ("bool_", "true, false"),
        ("string_type", say("строка", "a text")),
        ("list_", say("список", "a list")),
        ("tuple_", say("список", "a list")),
        ("model_", say("объект", "an object")),
        ("datetime_", say("момент, например 2013-03-04T09:00:00+03:00", "a moment, as 2013-03-04T09:00:00+03:00")),
    ):
        if item["type"].startswith(prefix):
            return text
    for name, text in (
        ("ge", say("не меньше", "at least")),
        ("le", say("не больше", "at most")),
        ("lt", say("меньше", "less than")),
        ("min_length", say("знаков не меньше", "a length of at least")),
        ("max_length", say("знаков не больше", "a length of at most")),
        ("expected", say("одно из", "one of")),
        ("pattern", say("текст по образцу", "a text that matches")),
    ):
        if name in limits:
            return f"{text} {limits[name]}"
    return str(item["msg"])
