"""Applications behind a prefix of another one: `/ns/<name>/…` is the root of a gateway of its own.

The routes of such an application begin with the prefix themselves, so that an address is written as it is called.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

from aiohttp import web

from gateway.protocol import soap
from gateway.protocol.faults import Explanation, SoapFault
from gateway.transports.admin import problems
from gateway.words import say

NAMESPACES: Final = "/ns"
_FINISH_SECONDS: Final = 1.0
"""How long calls under way may take when their application goes."""


class Prefixes:
    """The applications by name. `touch` is told the name of whoever is called."""

    def __init__(self, touch: Callable[[str], None] = lambda name: None) -> None:
        self._touch = touch
        self._published: dict[str, _Published] = {}
        self.root = ""
        """Address of the application that they are behind."""

    def add_to(self, application: web.Application) -> None:
        """Let `application` hand requests over."""
        path = f"{NAMESPACES}/{{rest:.+}}"
        application.router.add_route("*", path, self._hand_over, expect_handler=_leave_it)

    @staticmethod
    def prefix(name: str) -> str:
        """Return what the routes of an application begin with."""
        return f"{NAMESPACES}/{name}"

    @asynccontextmanager
    async def publish(self, name: str, application: web.Application) -> AsyncIterator[str]:
        """Hand requests to `application` until the block ends; yield its address."""
        application.freeze()
        await application.startup()
        published = self._published[name] = _Published(application)
        try:
            yield self.root + self.prefix(name)
        finally:
            del self._published[name]
            await application.shutdown()
            await published.finished()
            await application.cleanup()

    async def _hand_over(self, request: web.Request) -> web.StreamResponse:
        # Not by match_info, which a request reads once: that of the application behind is to come.
        name = request.path.removeprefix(f"{NAMESPACES}/").partition("/")[0]
        published = self._published.get(name)
        if published is None:
            return self._unknown(name, request)
        self._touch(name)
        with published.called():
            # What aiohttp's own sub-applications do, but they cannot come and go while a server runs.
            return await published.application._handle(request)

    def _unknown(self, name: str, request: web.Request) -> web.Response:
        names = ", ".join(sorted(self._published)) or say("их нет", "there are none")
        expected = say(f"одно из пространств имён: {names}", f"one of the namespaces: {names}")
        advice = say("создайте его: POST /__admin/namespaces", "create it: POST /__admin/namespaces")
        if request.method == "POST" and request.path.endswith("/ws"):
            fault = SoapFault(Explanation("namespace", expected, repr(name[:80]), where=request.path, advice=advice))
            body = soap.render_soap_fault(fault)
            return web.Response(status=404, body=body, content_type="text/xml", charset="utf-8")
        title = say("Такого пространства имён нет", "No such namespace")
        return problems.problem(404, "namespace", title, repr(name[:80]), f"{expected}; {advice}")


class _Published:
    """An application, and how many calls are under way in it."""

    def __init__(self, application: web.Application) -> None:
        self.application: Final = application
        self._calls = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def called(self) -> Iterator[None]:
        self._calls += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._calls -= 1
            if not self._calls:
                self._idle.set()

    async def finished(self) -> None:
        """Return when no call is under way, or has been for too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_FINISH_SECONDS):
                await self._idle.wait()


async def _leave_it(_: web.Request) -> None:
    """Say nothing to `Expect: 100-continue`: the application behind will."""
