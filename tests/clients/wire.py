"""A wire that is watched: whatever a client says to the gateway passes through here, unchanged, and is noted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from aiohttp import web

_OF_THE_CONNECTION: Final = {"connection", "content-length", "content-encoding", "date", "server", "transfer-encoding"}


@dataclass(frozen=True)
class Passed:
    """One request and its reply."""

    method: str
    target: str
    content_type: str
    body: bytes
    status: int
    reply_content_type: str


@dataclass
class Wire:
    """`url` is the root that the client is given; `passed` is what went through, in order."""

    url: str
    passed: list[Passed] = field(default_factory=list)

    @property
    def calls(self) -> list[Passed]:
        """The SOAP calls."""
        return [one for one in self.passed if one.method == "POST"]

    @property
    def fetched(self) -> list[str]:
        """What was fetched, in lower case: path and query."""
        return [one.target.lower() for one in self.passed if one.method == "GET"]


@asynccontextmanager
async def watched(gateway_url: str) -> AsyncIterator[Wire]:
    """Listen on a free port and pass on to the gateway; the WSDL it serves names this port, as behind any proxy."""
    wire = Wire("")

    async def passing(request: web.Request) -> web.Response:
        body = await request.read()
        async with session.request(
            request.method, gateway_url + request.raw_path, data=body, headers=request.headers, allow_redirects=False
        ) as reply:
            content = await reply.read()
        content_types = (request.headers.get("Content-Type", ""), reply.headers.get("Content-Type", ""))
        wire.passed.append(
            Passed(request.method, request.raw_path, content_types[0], body, reply.status, content_types[1])
        )
        headers = {name: value for name, value in reply.headers.items() if name.lower() not in _OF_THE_CONNECTION}
        return web.Response(body=content, status=reply.status, headers=headers)

    application = web.Application(client_max_size=2**25)
    application.router.add_route("*", "/{anything:.*}", passing)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    async with aiohttp.ClientSession() as session:
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            wire.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield wire
        finally:
            await runner.cleanup()
