"""BASE: bare aiohttp that parses a 3 KB SOAP body with lxml and answers 2 KB. Prints its port, serves until killed."""

import sys

from aiohttp import web
from lxml import etree

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
_REPLY = b"<soap:Envelope>" + b"x" * 2000 + b"</soap:Envelope>"


async def _answer(request: web.Request) -> web.Response:
    etree.fromstring(await request.read(), _PARSER)  # noqa: TID251 - the thing measured
    return web.Response(body=_REPLY, content_type="text/xml")


if __name__ == "__main__":
    application = web.Application()
    application.router.add_post("/", _answer)
    web.run_app(application, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
