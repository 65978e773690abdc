"""What commands ask of a running gateway's admin API; a problem that comes back is one line and what to do."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final
from urllib.parse import quote

import aiohttp
import typer

from gateway.cli.common import CommandFailed
from gateway.client.admin import Admin, AdminRefused, NobodyListens, NoSandbox
from gateway.environment import ENVIRONMENT_PREFIX
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
        self._url, self._token, self._seconds = url, token, seconds

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return what GET answers; `path` begins below /__admin."""
        return await self._ask(lambda admin: admin.get(path, query))

    async def post(self, path: str, body: Any) -> dict[str, Any]:
        """Return what POST answers to a JSON body."""
        return await self._ask(lambda admin: admin.post(path, body))

    async def post_form(self, path: str, form: aiohttp.FormData) -> dict[str, Any]:
        """Return what POST answers to a form."""
        return await self._ask(lambda admin: admin.post_form(path, form))

    async def post_text(self, path: str, text: bytes, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return what POST answers to a text."""
        return await self._ask(lambda admin: admin.post_text(path, text, query))

    async def delete(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return what DELETE answers."""
        return await self._ask(lambda admin: admin.delete(path, query))

    @staticmethod
    def quoted(part: str) -> str:
        """Return one step of a path, escaped."""
        return quote(part, safe="")

    async def _ask(self, call: Callable[[Admin], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        try:
            async with Admin(self._url, self._token, self._seconds) as admin:
                return await call(admin)
        except AdminRefused as refused:
            problem = refused.problem
            said = ": ".join(str(problem[member]) for member in ("title", "detail") if problem.get(member))
            raise ProblemTold(one_line(said, str(problem.get("hint") or "")), problem) from refused
        except NobodyListens as error:
            raise NobodyThere(str(error)) from error
        except NoSandbox as error:
            raise CommandFailed(str(error)) from error


def one_line(what: str, hint: str) -> str:
    """Return what went wrong and what to do."""
    return f"{what}; {say('что делать', 'what to do')}: {hint}" if hint else what
