"""What commands ask of a running gateway's admin API; a problem that comes back is one line and what to do."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import quote

import aiohttp
import typer

from gateway.cli.common import CommandFailed
from gateway.settings import ENVIRONMENT_PREFIX
from gateway.words import say

_SECONDS: Final = 120

Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar=f"{ENVIRONMENT_PREFIX}ADMIN_TOKEN",
        help=say("токен администрирования, если шлюз его требует", "admin token, where the gateway wants one"),
    ),
]


class NobodyThere(CommandFailed):
    """No gateway listens at the address."""


class ProblemTold(CommandFailed):
    """The gateway refused; `problem` is its answer."""

    def __init__(self, text: str, problem: Mapping[str, Any]) -> None:
        self.problem = problem
        super().__init__(text)


class AdminClient:
    """Asks the gateway at `url`. Every call raises CommandFailed for a problem, NobodyThere without a gateway.

    `seconds` is how long an answer may take; None is as long as it takes.
    """

    def __init__(self, url: str, token: str | None, seconds: float | None = _SECONDS) -> None:
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._root = f"{url.rstrip('/')}/__admin"
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return what GET answers; `path` begins below /__admin."""
        return await self._call("GET", path, params=query)

    async def post(self, path: str, body: Any) -> dict[str, Any]:
        """Return what POST answers to a JSON body."""
        return await self._call("POST", path, json=body)

    async def post_form(self, path: str, form: aiohttp.FormData) -> dict[str, Any]:
        """Return what POST answers to a form."""
        return await self._call("POST", path, data=form)

    async def post_text(self, path: str, text: bytes, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return what POST answers to a text."""
        return await self._call("POST", path, data=aiohttp.BytesPayload(text, content_type="text/plain"), params=query)

    async def delete(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return what DELETE answers."""
        return await self._call("DELETE", path, params=query)

    @staticmethod
    def quoted(part: str) -> str:
        """Return one step of a path, escaped."""
        return quote(part, safe="")

    async def _call(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        address = self._root + path
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.request(method, address, headers=self._headers, **sent) as answer,
            ):
                return _told(answer.status, await answer.read(), address)
        except aiohttp.ClientConnectorError as error:
            raise NobodyThere(f"{address}: {error.strerror or error}") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CommandFailed(f"{address}: {error or type(error).__name__}") from error


def one_line(what: str, hint: str) -> str:
    """Return what went wrong and what to do."""
    return f"{what}; {say('что делать', 'what to do')}: {hint}" if hint else what


def _told(status: int, body: bytes, address: str) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise CommandFailed(say(f"{address}: это не шлюз (HTTP {status})", f"{address}: no gateway (HTTP {status})"))
    if status >= 400:
        said = ": ".join(str(answer[member]) for member in ("title", "detail") if answer.get(member))
        raise ProblemTold(one_line(said, str(answer.get("hint") or "")), answer)
    return answer
