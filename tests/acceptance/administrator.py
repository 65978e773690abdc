"""Whoever administers a gateway by HTTP, as the tests say it."""

from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from gateway.app import Gateway

EGRUL: Final = "fns/egrul"
PROBLEM: Final = "application/problem+json"


@dataclass(frozen=True)
class Reply:
    """What the admin API answered. `body` is the JSON, a text where it is none."""

    status: int
    body: Any
    headers: Any

    @property
    def media_type(self) -> str:
        return str(self.headers["Content-Type"]).partition(";")[0]


async def call(gateway: Gateway, method: str, path: str, **options: Any) -> Reply:
    """Ask the admin API; every answer is JSON, a page, or a problem with a hint."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{gateway.url}/__admin{path}", **options) as answer,
    ):
        is_json = answer.content_type.endswith("json")
        body = await answer.json(content_type=None) if is_json and method != "HEAD" else await answer.text()
        reply = Reply(answer.status, body, dict(answer.headers))
    if reply.status >= 400 and method != "HEAD":
        assert reply.media_type == PROBLEM, reply
        assert reply.body["status"] == reply.status
        assert reply.body["hint"], reply
        assert reply.body["title"], reply
        assert reply.body["type"].startswith("urn:mock-smev:problem:")
    return reply


async def get(gateway: Gateway, path: str, **options: Any) -> Any:
    """GET what is there."""
    reply = await call(gateway, "GET", path, **options)
    assert reply.status == 200, reply
    return reply.body


async def post(gateway: Gateway, path: str, body: object, status: int = 200) -> Any:
    """POST what is taken."""
    reply = await call(gateway, "POST", path, json=body)
    assert reply.status == status, reply
    return reply.body


async def refused(gateway: Gateway, method: str, path: str, status: int, kind: str, **options: Any) -> Any:
    """Do what is refused; return the problem."""
    reply = await call(gateway, method, path, **options)
    assert (reply.status, reply.body["type"]) == (status, f"urn:mock-smev:problem:{kind}"), reply
    return reply.body
