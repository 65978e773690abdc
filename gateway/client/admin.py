"""A client of a sandbox's admin API: JSON in, JSON out; a problem (RFC 9457) becomes an exception."""

import json
from collections.abc import Mapping
from typing import Any, Final, Self

import aiohttp

from gateway.words import say

PREFIX: Final = "/__admin"


class AdminRefused(Exception):
    """The sandbox refused; `problem` is its answer as JSON, `status` the HTTP status."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status, self.problem = status, problem
        said = [str(problem[member]) for member in ("title", "detail", "hint") if problem.get(member)]
        super().__init__(": ".join(said) or f"HTTP {status}")


class NoSandbox(Exception):
    """There is no sandbox at the address, or it went away meanwhile."""


class NobodyListens(NoSandbox):
    """Nothing listens at the address."""


class Admin:
    """Asks the sandbox at `url`: its root, or that of a namespace. Every call raises AdminRefused and NoSandbox.

    `seconds` is how long an answer may take; None is as long as it takes.
    """

    def __init__(self, url: str, token: str | None = None, seconds: float | None = 120) -> None:
        self._root: Final = url.rstrip("/") + PREFIX
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return what GET answers; `path` begins below /__admin."""
        return self._json(*await self._call("GET", path, params=query))

    async def post(self, path: str, body: object) -> dict[str, Any]:
        """Return what POST answers to a JSON body."""
        return self._json(*await self._call("POST", path, json=body))

    async def post_form(self, path: str, form: aiohttp.FormData) -> dict[str, Any]:
        """Return what POST answers to a form."""
        return self._json(*await self._call("POST", path, data=form))

    async def post_text(self, path: str, text: bytes, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return what POST answers to a text."""
        payload = aiohttp.BytesPayload(text, content_type="text/plain")
        return self._json(*await self._call("POST", path, data=payload, params=query))

    async def delete(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return what DELETE answers."""
        return self._json(*await self._call("DELETE", path, params=query))

    async def text(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """Return what GET answers where that is no JSON."""
        status, body = await self._call("GET", path, params=query)
        if status >= 400:
            self._json(status, body)
        return body

    async def _call(self, method: str, path: str, **sent: Any) -> tuple[int, bytes]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, headers=self._headers)
        address = self._root + path
        try:
            async with self._session.request(method, address, **sent) as answer:
                return answer.status, await answer.read()
        except aiohttp.ClientConnectorError as error:
            raise NobodyListens(f"{address}: {error.strerror or error}") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NoSandbox(f"{address}: {error or type(error).__name__}") from error

    def _json(self, status: int, body: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(body or b"{}")
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise NoSandbox(
                say(f"{self._root}: это не шлюз (HTTP {status})", f"{self._root}: no gateway (HTTP {status})")
            )
        if status >= 400:
            raise AdminRefused(status, answer)
        return answer
