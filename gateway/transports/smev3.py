"""SMEV 3 over HTTP: SOAP in, SOAP out, the WSDL for whoever asks with GET."""

import asyncio
import logging
import re
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from gateway.exchange.callers import Callers
from gateway.exchange.message_exchange import Caller, MessageExchange
from gateway.exchange.refusals import Refusals
from gateway.ns import SMEV3_BY_TYPES, SMEV3_VERSIONS, Smev3
from gateway.protocol import mtom, operations, soap
from gateway.protocol.faults import Explanation, SMEVFailure, SmevFault, SoapFault
from gateway.protocol.replies import Encoded, encode
from gateway.protocol.smev3 import read_call
from gateway.storage.database import StoreError
from gateway.transports.wsdl import ServiceDescription
from gateway.words import say
from gateway.xml import name_of

_LOG: Final = logging.getLogger(__name__)
EXPLAIN_HEADER: Final = "X-Mock-Smev-Explain"
MNEMONIC_HEADER: Final = "X-Smev-Mnemonic"


@dataclass(frozen=True, slots=True)
class Framing:
    """How replies are framed, and how long a client may take to send a body (seconds)."""

    always_multipart: bool = False
    body_timeout: float = 30.0


class Smev3Endpoint:
    """Handles `/smev/v<version>/ws` and, with the caller in the address, `/as/<mnemonic>/smev/v<version>/ws`."""

    def __init__(
        self,
        exchange: MessageExchange,
        callers: Callers,
        refusals: Refusals,
        description: ServiceDescription,
        framing: Framing,
    ) -> None:
        self._exchange, self._callers, self._refusals = exchange, callers, refusals
        self._description, self._framing = description, framing

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of every version. `/ws` is the old address of 1.1."""
        versions = "|".join(re.escape(version) for version in SMEV3_VERSIONS)
        # One resource for all versions with the caller named: each is a regular expression to try on every call.
        paths = [f"/as/{{mnemonic}}/smev/v{{version:{versions}}}/ws", *(f"/smev/v{v}/ws" for v in SMEV3_VERSIONS)]
        return [
            route
            for path in [*paths, "/ws"]
            for route in (web.post(path, self.call), web.get(path, self.describe, allow_head=True))
        ]

    async def describe(self, request: web.Request) -> web.Response:
        """`?wsdl` (or no query at all) is the WSDL, `?xsd=NAME` one of its schemas."""
        version = _version_of(request).version
        address = str(request.url.with_query(None).with_fragment(None))
        name = request.query.get("xsd")
        document = (
            self._description.wsdl(version, address) if name is None else self._description.xsd(version, name, address)
        )
        if document is None:
            names = ", ".join(self._description.names(version))
            raise web.HTTPNotFound(
                text=say(f"{name!r}: такой схемы нет; есть {names}\n", f"{name!r}: no such schema; there are {names}\n")
            )
        return web.Response(body=document, content_type="text/xml", charset="utf-8")

    async def call(self, request: web.Request) -> web.Response:
        """Perform one operation; a refusal is HTTP 500 with a SOAP fault (SOAP 1.1, section 6.2)."""
        content_type = request.headers.get("Content-Type", "text/xml")
        multipart = self._framing.always_multipart or content_type.lower().startswith("multipart/")
        caller = request.match_info.get("mnemonic") or request.headers.get(MNEMONIC_HEADER)
        progress = _Progress(_version_of(request), caller)
        try:
            progress.envelope = await self._read(request)
            encoded = await self._perform(progress, content_type, xop=multipart)
            return self._respond(soap.close_envelope(encoded.body_child), encoded.parts, multipart=multipart)
        except _Unread as unread:
            return await self._refuse(unread, progress, multipart=multipart, status=unread.status)
        except (SmevFault, SoapFault) as fault:
            return await self._refuse(fault, progress, multipart=multipart)
        except mtom.MtomError as error:
            expected = say(
                "пакет multipart/related с частями XOP (MTOM)", "a multipart/related package with XOP parts (MTOM)"
            )
            explanation = Explanation("mtom", expected, str(error))
            return await self._refuse(SoapFault(explanation), progress, multipart=multipart)
        except StoreError as error:
            advice = say("проверьте место на диске", "check the space on the disk")
            explanation = Explanation(
                "store", say("запись в хранилище", "a write to the store"), str(error), advice=advice
            )
            return await self._refuse(SMEVFailure(explanation), progress, multipart=multipart)
        except Exception as error:  # noqa: BLE001 - a defect of ours must not cost the client its answer
            _LOG.exception("defect while performing a call")
            expected = say("исправный шлюз", "a gateway without defects")
            explanation = Explanation("defect", expected, f"{type(error).__name__}: {error}")
            return await self._refuse(SMEVFailure(explanation), progress, multipart=multipart)

    async def _read(self, request: web.Request) -> bytes:
        limit, announced = request._client_max_size, request.content_length
        try:
            if announced is not None and announced > limit:
                raise web.HTTPRequestEntityTooLarge(limit, announced)
            if request.content.is_eof():  # all of it came with the headers: nothing to wait for
                body = request.content.read_nowait()
                if len(body) > limit:
                    raise web.HTTPRequestEntityTooLarge(limit, len(body))
                return body
            async with asyncio.timeout(self._framing.body_timeout):
                return await request.read()
        except web.HTTPRequestEntityTooLarge as error:
            expected = say(f"тело не более {limit} байт", f"a body of at most {limit} bytes")
            found = say("больше", "more") if announced is None else say(f"{announced} байт", f"{announced} bytes")
            advice = say("поднимите предел: --max-body", "raise the limit: --max-body")
            raise _Unread(413, Explanation("body", expected, found, advice=advice)) from error
        except TimeoutError as error:
            seconds = f"{self._framing.body_timeout:g}"
            expected = say(f"тело за {seconds} с", f"the body within {seconds} s")
            found = say("тело не пришло", "the body did not come")
            raise _Unread(408, Explanation("body", expected, found, advice="--body-timeout")) from error
        except (web.RequestPayloadError, ConnectionError) as error:
            found = say(f"соединение прервано: {error}", f"the connection was broken: {error}")
            raise _Unread(400, Explanation("body", say("тело целиком", "the whole body"), found)) from error

    async def _perform(self, progress: "_Progress", content_type: str, *, xop: bool) -> Encoded:
        package = mtom.unpack(content_type, progress.envelope)
        progress.envelope = package.root
        body_child = soap.open_envelope(package.root)
        at, spoken = progress.smev, SMEV3_BY_TYPES.get(name_of(body_child)[0])
        progress.smev = spoken or at
        call = progress.call = read_call(body_child, package)
        package.check_all_used()
        if call.smev is not at:
            raise _other_version(at.version, call.smev.version)
        participant = await self._callers.identify(progress.caller, call.caller_signature)
        progress.caller = participant.mnemonic
        reply = await self._exchange.perform(call, Caller(participant, package.root), body_child)
        return encode(reply, call.smev, call.name, xop=xop)

    async def _refuse(
        self, fault: SmevFault | SoapFault, progress: "_Progress", *, multipart: bool, status: int = 500
    ) -> web.Response:
        seq = await self._refusals.record(fault, progress.caller or "", progress.call, progress.envelope)
        if isinstance(fault, SmevFault):
            envelope = soap.render_fault(fault, progress.smev)
        else:
            envelope = soap.render_soap_fault(fault)
        response = self._respond(envelope, (), multipart=multipart, status=status)
        if seq is not None:
            response.headers[EXPLAIN_HEADER] = f"/__admin/journal/{seq}"
        return response

    def _respond(
        self, envelope: bytes, parts: tuple[tuple[str, bytes], ...], *, multipart: bool, status: int = 200
    ) -> web.Response:
        if not multipart:
            return web.Response(body=envelope, status=status, headers={"Content-Type": "text/xml; charset=utf-8"})
        content_type, body = mtom.pack(envelope, parts)
        return web.Response(body=body, status=status, headers={"Content-Type": content_type})


def _other_version(address: str, call: str) -> SoapFault:
    return SoapFault(
        Explanation(
            "version",
            say(f"вызов версии {address}, как в адресе", f"a call of version {address}, as in the address"),
            say(f"вызов версии {call}", f"a call of version {call}"),
            where="/Envelope/Body",
            advice=say(f"отправьте его по адресу /smev/v{call}/ws", f"send it to the address /smev/v{call}/ws"),
        )
    )


class _Unread(SoapFault):
    """A body that was not read to its end; HTTP has a status for that."""

    def __init__(self, status: int, explanation: Explanation) -> None:
        self.status = status
        super().__init__(explanation)


@dataclass(slots=True)
class _Progress:
    """How far a call has come: what its refusal can say of it. `smev` is the address's version, then the call's."""

    smev: Smev3
    caller: str | None
    envelope: bytes = b""
    call: operations.Call | None = None


def _version_of(request: web.Request) -> Smev3:
    _, found, rest = request.path.rpartition("/smev/v")
    return SMEV3_VERSIONS[rest.removesuffix("/ws")] if found else SMEV3_VERSIONS["1.1"]
