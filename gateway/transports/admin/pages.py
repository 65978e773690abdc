"""Pages for a browser: links to everything, and the documentation of this API. They load nothing from anywhere."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from gateway.ns import SMEV3_VERSIONS
from gateway.transports.admin.addresses import views
from gateway.transports.admin.view import AdminView, described
from gateway.words import say

_HEADERS: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


class IndexView(AdminView):
    """`/__admin`."""

    @described(lambda: say("Страница со ссылками.", "A page of links."), "text/html")
    async def get(self) -> web.Response:
        return _page("index.html.j2", root=str(self.request.url.origin()), versions=list(SMEV3_VERSIONS))


class RootView(IndexView):
    """`/`: links only, so that whoever meets the gateway finds it."""

    guarded = False


class OpenApiView(AdminView):
    """`/__admin/openapi.json`."""

    @described(lambda: say("Описание этого API по OpenAPI 3.1.", "The OpenAPI 3.1 of this API."), "application/json")
    async def get(self) -> web.Response:
        return web.json_response(_openapi(self))


class DocsView(AdminView):
    """`/__admin/docs`."""

    @described(lambda: say("Описание этого API для чтения.", "The documentation of this API."), "text/html")
    async def get(self) -> web.Response:
        document = _openapi(self)
        operations = [(path, method, each) for path, item in document["paths"].items() for method, each in item.items()]
        groups: dict[str, list[tuple[str, str, Any]]] = {}
        for path, method, operation in operations:
            groups.setdefault(operation["tags"][0], []).append((path, method, operation))
        return _page(
            "docs.html.j2",
            document=document,
            groups=groups,
            usual=_usual([operation["responses"] for _, _, operation in operations]),
            needs_token=self.administration.guard.needs_token,
        )


def _usual(responses: list[dict[str, Any]]) -> dict[str, str]:
    """Return status -> meaning of the errors that every guarded endpoint may answer with."""
    guarded = [statuses for statuses in responses if "401" in statuses]
    return {
        status: answer["description"]
        for status, answer in guarded[0].items()
        if status >= "400" and all(status in statuses for statuses in guarded)
    }


def _openapi(view: AdminView) -> dict[str, Any]:
    from gateway.transports.admin.openapi import describe  # noqa: PLC0415 - 60 ms that a start need not pay

    return describe(views(view.administration))


@lru_cache(1)
def _environment() -> Any:
    import jinja2  # noqa: PLC0415 - see above

    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    return jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )


def _page(name: str, **values: object) -> web.Response:
    html = _environment().get_template(name).render(say=say, lang=say("ru", "en"), **values)
    return web.Response(text=html, content_type="text/html", charset="utf-8", headers=_HEADERS)
