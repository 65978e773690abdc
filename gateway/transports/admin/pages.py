"""Pages for a browser: links to everything, and the documentation of this API. They load nothing from anywhere.

The documentation takes a fifth of a second to make: it is made once, in another thread.
"""

import asyncio
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from gateway.ns import SMEV3_VERSIONS
from gateway.pages import HEADERS, rendered
from gateway.transports.admin.addresses import views
from gateway.transports.admin.view import AdminView, described
from gateway.words import say

_TEMPLATES: Final = Path(__file__).parent / "templates"
Addresses = tuple[tuple[str, str], ...]


class IndexView(AdminView):
    """`/__admin`."""

    @described(lambda: say("Страница со ссылками.", "A page of links."), "text/html")
    async def get(self) -> web.Response:
        prefix = self.administration.prefix
        root = f"{self.request.scheme}://{self.request.host}{prefix}"
        return _page(rendered(_TEMPLATES / "index.html.j2", root=root, prefix=prefix, versions=list(SMEV3_VERSIONS)))


class RootView(IndexView):
    """`/`: links only, so that whoever meets the gateway finds it."""

    guarded = False


class OpenApiView(AdminView):
    """`/__admin/openapi.json`."""

    @described(lambda: say("Описание этого API по OpenAPI 3.1.", "The OpenAPI 3.1 of this API."), "application/json")
    async def get(self) -> web.Response:
        document = await asyncio.to_thread(_openapi, _addresses(self), say("ru", "en"))
        document = {**document, "servers": [{"url": self.administration.prefix or "/"}]}
        return web.json_response(document, dumps=lambda value: json.dumps(value, ensure_ascii=False))


class DocsView(AdminView):
    """`/__admin/docs`."""

    @described(lambda: say("Описание этого API для чтения.", "The documentation of this API."), "text/html")
    async def get(self) -> web.Response:
        needs_token = self.administration.guard.needs_token
        return _page(await asyncio.to_thread(_documentation, _addresses(self), say("ru", "en"), needs_token))


def _addresses(view: AdminView) -> Addresses:
    return tuple(views(view.administration).items())


@lru_cache(4)
def _openapi(addresses: Addresses, _language: str) -> dict[str, Any]:
    from gateway.transports.admin.openapi import describe  # noqa: PLC0415 - 60 ms that a start need not pay

    return describe(dict(addresses))


@lru_cache(4)
def _documentation(addresses: Addresses, language: str, needs_token: bool) -> str:
    document = _openapi(addresses, language)
    groups: dict[str, list[tuple[str, str, Any]]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            groups.setdefault(operation["tags"][0], []).append((path, method, operation))
    responses = [operation["responses"] for operations in groups.values() for _, _, operation in operations]
    return rendered(
        _TEMPLATES / "docs.html.j2", document=document, groups=groups, usual=_usual(responses), needs_token=needs_token
    )


def _usual(responses: list[dict[str, Any]]) -> dict[str, str]:
    """Return status -> meaning of the errors that every guarded endpoint may answer with."""
    guarded = [statuses for statuses in responses if "401" in statuses]
    return {
        status: answer["description"]
        for status, answer in guarded[0].items()
        if status >= "400" and all(status in statuses for statuses in guarded)
    }


def _page(html: str) -> web.Response:
    return web.Response(text=html, content_type="text/html", charset="utf-8", headers=HEADERS)
