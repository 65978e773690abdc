"""The admin API: `/livez`, `/readyz`, `/`, and everything below `/__admin`. JSON in, JSON out, problems by RFC 9457.

A sub-application, so that its routes and its rules stay away from those of SOAP. Simulated agencies add views of
their own: `nodes.admin_routes()` returns path below `/__admin` -> `module:View`, where View is an `AdminView`.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from gateway.transports.admin.addresses import NOT_FOUND, PREFIX, load_view, views
from gateway.transports.admin.administration import ADMINISTRATION, Administration

__all__ = ["Administration", "mount"]


def mount(application: web.Application, administration: Administration) -> None:
    """Add the admin API to `application`."""
    inside = web.Application()
    inside[ADMINISTRATION] = application[ADMINISTRATION] = administration
    for path, dotted in views(administration).items():
        if path.startswith(PREFIX):
            inside.router.add_route("*", path.removeprefix(PREFIX), _late(dotted))
        else:
            application.router.add_route("*", administration.prefix + path, _late(dotted))
    inside.router.add_route("*", "/{rest:.*}", _late(NOT_FOUND))
    inside.on_shutdown.append(_end_streams)
    application.add_subapp(administration.prefix + PREFIX, inside)


def _late(dotted: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(request: web.Request) -> web.StreamResponse:
        answer: web.StreamResponse = await load_view(dotted)(request)
        return answer

    return handler


async def _end_streams(application: web.Application) -> None:
    application[ADMINISTRATION].closing.set()
