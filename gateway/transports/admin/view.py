"""What every endpoint of the admin API shares: strict input, answers of declared shapes, refusals as problems.

A view is a class with one method per HTTP method. Its parameters say what it takes, as aiohttp-pydantic reads them:
before `/` from the path, a `Shape` from the body, other positional ones from the query (their names are those on the
wire), keyword-only ones from the headers. `described` says what it does and what it answers.
"""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, ClassVar, Final, TypeVar

from aiohttp import web
from aiohttp_pydantic import PydanticView
from aiohttp_pydantic.injectors import (
    BodyGetter,
    Group,
    HeadersGetter,
    MatchInfoGetter,
    QueryGetter,
    _parse_func_signature,
)
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from gateway.protocol.moments import MOSCOW
from gateway.storage.database import StoreError
from gateway.transports.admin import problems
from gateway.transports.admin.administration import ADMINISTRATION, Administration
from gateway.transports.admin.problems import Refused
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)
_UNESCAPED_PLUS: Final = re.compile(r"(T.*) (\d\d:\d\d)$")

Received = TypeVar("Received")
AnyShape = TypeVar("AnyShape", bound="Shape")
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[web.StreamResponse]])


class Shape(BaseModel):
    """A JSON object of the API: snake_case here, camelCase there, nothing that is not declared."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        defer_build=True,  # built when it is first used: forty of them would cost 20 ms of every start
    )


Word = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A line of text."""

Written = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""A moment as the API writes it: with milliseconds and the Moscow offset."""


class Filters(Group):  # type: ignore[misc] # aiohttp-pydantic has no types
    """Query parameters that several endpoints take; their names are those on the wire."""


def _with_plus(text: object) -> object:
    # In a query "+" means a space, and few people escape it.
    return _UNESCAPED_PLUS.sub(r"\1+\2", text) if isinstance(text, str) else text


Moment = Annotated[
    datetime,
    BeforeValidator(_with_plus),
    AfterValidator(lambda moment: moment if moment.tzinfo else moment.replace(tzinfo=MOSCOW)),
]
"""A moment as the API reads it; without an offset it is Moscow time."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a method does, and what it answers: a shape, or the media type of what has none; `media` are others."""

    text: Callable[[], str]
    answer: type[BaseModel] | str
    status: int
    problems: tuple[int, ...]
    body: Mapping[str, Any] | None
    media: tuple[str, ...]


def described(
    text: Callable[[], str],
    answer: type[BaseModel] | str,
    *statuses: int,
    status: int = 200,
    body: Mapping[str, Any] | None = None,
    media: tuple[str, ...] = (),
) -> Callable[[Handler], Handler]:
    """Describe a method for the OpenAPI; `statuses` are those of its problems beside the ones that all have.

    `text` is a function because the language is chosen after the import: `lambda: say("…", "…")`. `body` is the
    content of a requestBody that is no JSON, `media` are texts in which the same is answered on request.
    """

    def mark(handler: Handler) -> Handler:
        handler.__dict__["description"] = Description(text, answer, status, statuses, body, media)
        return handler

    return mark


class AdminView(PydanticView):  # type: ignore[misc] # aiohttp-pydantic has no types
    """Base of every endpoint."""

    guarded: ClassVar[bool] = True

    @property
    def administration(self) -> Administration:
        """What this endpoint is served from."""
        administration: Administration = self.request.app[ADMINISTRATION]
        return administration

    @property
    def nodes(self) -> Any:
        """The simulated agencies."""
        return self.administration.nodes

    async def _iter(self) -> web.StreamResponse:
        try:
            if self.guarded:
                self.administration.guard.admit(self.request)
            return await self._answered()
        except Refused as refused:
            return refused.response(self.administration.prefix)
        except StoreError as error:
            return problems.store_failed(error).response(self.administration.prefix)
        except web.HTTPException as error:
            return problems.of_http(error).response(self.administration.prefix)
        except Exception as error:  # noqa: BLE001 - whoever asks gets an answer
            _LOG.exception("defect in the admin API")
            title, hint = say("Дефект шлюза", "A defect of the gateway"), say("сообщите о нём", "report it")
            return problems.problem(500, "defect", title, f"{type(error).__name__}: {error}", hint)

    async def _answered(self) -> web.StreamResponse:
        method = "GET" if self.request.method == "HEAD" else self.request.method
        if method not in self.allowed_methods:
            raise web.HTTPMethodNotAllowed(method, self.allowed_methods)
        answer: web.StreamResponse = await getattr(self, method.lower())()
        return answer

    @staticmethod
    def _parse_func_signature(func: Callable[..., Any]) -> "tuple[_Input]":
        return (_Input(func),)

    @staticmethod
    def reply(shape: Shape, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
        """Return `shape` as JSON."""
        text = shape.model_dump_json(by_alias=True)
        return web.Response(text=text, status=status, headers=headers, content_type="application/json")

    def address(self, path: str) -> str:
        """Return the address of `path`, which begins below /__admin, in this gateway."""
        return f"{self.administration.prefix}/__admin{path}"

    def link(self, **query: object) -> str:
        """Return the address of this request with other values in its query: where a page goes on."""
        return str(self.request.rel_url.update_query({name: str(value) for name, value in query.items()}))


class _Input:
    """Reads what one method takes out of a request. Made at the first call: start-up need not wait for it."""

    context = "body"

    def __init__(self, handler: Callable[..., Any]) -> None:
        self._handler = handler

    @cached_property
    def _getters(self) -> tuple[Any, ...]:
        path, body, query, headers, defaults = _parse_func_signature(self._handler)

        def made(getter: Any, names: dict[str, Any]) -> list[Any]:
            return [getter(names, {name: defaults[name] for name in names if name in defaults})] if names else []

        files = any(not issubclass(kind, BaseModel) for kind in body.values())
        return (
            *made(MatchInfoGetter, path),
            *made(QueryGetter, query),
            *made(HeadersGetter, headers),
            *made(BodyGetter if files else _JsonBody, body),
        )

    async def inject(self, request: web.Request, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Fill the arguments of the method.

        Raises: Refused.
        """
        known = {name for getter in self._getters if isinstance(getter, QueryGetter) for name in getter.args_spec}
        if unknown := set(request.query) - known:
            raise problems.unknown_names(unknown, known)
        for getter in self._getters:
            try:
                waiting = getter.inject(request, args, kwargs)
                if waiting is not None:
                    await waiting
            except ValidationError as error:
                raise problems.of_validation(error, getter.context) from error


class _JsonBody:
    """Reads a JSON body into a shape."""

    context = "body"

    def __init__(self, names: dict[str, type[Shape]], _: dict[str, Any]) -> None:
        ((self._name, self._shape),) = names.items()

    async def inject(self, request: web.Request, _: list[Any], kwargs: dict[str, Any]) -> None:
        """Raises: Refused."""
        kwargs[self._name] = await json_body(request, self._shape)


async def json_body(request: web.Request, shape: type[AnyShape]) -> AnyShape:
    """Read a JSON body into a shape.

    Raises: Refused.
    """
    if request.can_read_body and request.content_type != "application/json":
        hint = say("заголовок Content-Type: application/json", "header Content-Type: application/json")
        title = say("Нужен JSON", "JSON is needed")
        raise Refused(415, "media-type", title, request.content_type, hint, headers={"Accept": "application/json"})
    # Nothing is to be said where everything has a default.
    said = _parsed(await received(request, request.read())) if request.can_read_body else {}
    try:
        return shape.model_validate(said)
    except ValidationError as error:
        raise problems.of_validation(error, "body") from error


async def received(request: web.Request, reading: Awaitable[Received]) -> Received:
    """Wait for what reads a body, as long as a client may take for it.

    Raises: Refused.
    """
    seconds = request.app[ADMINISTRATION].body_timeout
    try:
        async with asyncio.timeout(seconds):
            return await reading
    except TimeoutError as error:
        detail = say(f"тело не пришло за {seconds:g} с", f"the body did not come within {seconds:g} s")
        title = say("Тело не пришло", "The body did not come")
        raise Refused(408, "timeout", title, detail, "--body-timeout") from error
    except (web.RequestPayloadError, ConnectionError) as error:
        title, hint = say("Тело не прочесть", "The body cannot be read"), say("повторите запрос", "repeat the request")
        raise Refused(400, "body", title, str(error), hint) from error


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        found = str(error) if body else say("тело пусто", "the body is empty")
        hint = say("исправьте JSON: RFC 8259, UTF-8", "correct the JSON: RFC 8259, UTF-8")
        raise Refused(400, "json", say("Это не JSON", "Not JSON"), found, hint) from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


class NotFoundView(AdminView):
    """Whatever has no other endpoint."""

    async def _answered(self) -> web.StreamResponse:
        raise problems.not_found(self.request.path)
