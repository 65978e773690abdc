"""SMEV 3 over HTTP: SOAP in, SOAP out, the WSDL for whoever asks with GET."""

import asyncio
import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from aiohttp import web

from gateway.domain.breakages import OF_SIGNATURE, Breakage
from gateway.domain.disruptions import Hit
from gateway.domain.participants import Participant
from gateway.exchange.callers import Callers
from gateway.exchange.message_exchange import MessageExchange
from gateway.exchange.refusals import Refusals
from gateway.ns import SMEV3_BY_TYPES, SMEV3_VERSIONS, Smev3
from gateway.protocol import mtom, operations, soap
from gateway.protocol.faults import Explanation, SMEVFailure, SmevFault, SoapFault
from gateway.protocol.replies import Sign, encode
from gateway.protocol.smev3 import read_call
from gateway.protocol.soap import Answer
from gateway.storage.database import StoreError
from gateway.transports.wsdl import ServiceDescription
from gateway.words import say
from gateway.xml import Element, name_of

_LOG: Final = logging.getLogger(__name__)
EXPLAIN_HEADER: Final = "X-Mock-Smev-Explain"
MNEMONIC_HEADER: Final = "X-Smev-Mnemonic"
_HALF: Final = 0.5
_ALMOST: Final = 1 - 1e-9
"""A half response never comes whole."""


class Smev3Soap:
    """Calls as bytes in, answers as bytes out, whatever carries them."""

    def __init__(  # noqa: PLR0913 - what a composition root hands over
        self,
        exchange: MessageExchange,
        callers: Callers,
        refusals: Refusals,
        *,
        sign: Sign | None = None,
        always_multipart: bool = False,
        prefix: str = "",
    ) -> None:
        """`sign` signs replies as SMEV; None where they go unsigned.

        `always_multipart` frames every reply as a multipart package, not only those to a multipart call.
        `prefix` is what the addresses of this gateway begin with.
        """
        self._exchange, self._callers, self._refusals, self._sign = exchange, callers, refusals, sign
        self._always_multipart, self._prefix = always_multipart, prefix

    async def answer(self, smev: Smev3, caller: str | None, content_type: str, body: bytes) -> Answer:
        """Perform one operation. A refusal has the status 500 and a SOAP fault (SOAP 1.1, section 6.2).

        `smev` is the version of the address; `caller` is who calls by address or header, None when neither says.
        """
        progress = _Progress(smev, caller, self._is_multipart(content_type), body)
        answer, arrived = await self._answer(progress, content_type), progress.arrived
        if arrived is None:
            return answer
        if arrived.reply is None:  # refused
            arrived.hit = await self._hit(arrived)
        return answer if arrived.hit is None else _broken(answer, arrived.hit)

    async def _answer(self, progress: "_Progress", content_type: str) -> Answer:
        try:
            return await self._perform(progress, content_type)
        except (SmevFault, SoapFault) as fault:
            return await self._refuse(fault, progress)
        except mtom.MtomError as error:
            expected = say(
                "пакет multipart/related с частями XOP (MTOM)", "a multipart/related package with XOP parts (MTOM)"
            )
            return await self._refuse(SoapFault(Explanation("mtom", expected, str(error))), progress)
        except StoreError as error:
            advice = say("проверьте место на диске", "check the space on the disk")
            explanation = Explanation(
                "store", say("запись в хранилище", "a write to the store"), str(error), advice=advice
            )
            return await self._refuse(SMEVFailure(explanation), progress)
        except Exception as error:  # noqa: BLE001 - a defect of ours must not cost the client its answer
            _LOG.exception("defect while performing a call")
            expected = say("исправный шлюз", "a gateway without defects")
            explanation = Explanation("defect", expected, f"{type(error).__name__}: {error}")
            return await self._refuse(SMEVFailure(explanation), progress)

    async def refuse_unread(self, smev: Smev3, caller: str | None, content_type: str, unread: "Unread") -> Answer:
        """Answer a call whose body was not read to its end."""
        progress = _Progress(smev, caller, self._is_multipart(content_type))
        return await self._refuse(unread, progress, status=unread.status)

    def _is_multipart(self, content_type: str) -> bool:
        return self._always_multipart or content_type[:10].lower() == "multipart/"

    async def _perform(self, progress: "_Progress", content_type: str) -> Answer:
        package = mtom.unpack(content_type, progress.envelope)
        progress.envelope = package.root
        body_child = soap.open_envelope(package.root)
        at, spoken = progress.smev, SMEV3_BY_TYPES.get(name_of(body_child)[0])
        progress.smev = spoken or at
        call = progress.call = read_call(body_child, package)
        package.check_all_used()
        if call.smev is not at:
            raise _other_version(at.version, call.smev.version)
        async with self._callers.door:
            caller = await self._callers.recognise(call, progress.caller, package.root)
            progress.caller = caller.participant.mnemonic
            arrived = progress.arrived = _Arrived(call, caller.participant, body_child)
            reply = arrived.reply = await self._exchange.perform(call, caller, body_child)
        hit = arrived.hit = await self._hit(arrived)
        sign = (None if hit is None else self._exchange.sign_wrongly(hit)) or self._sign
        encoded = encode(reply, call.smev, call.name, xop=progress.multipart, sign=sign)
        return _framed(soap.close_envelope(encoded.body_child), encoded.parts, multipart=progress.multipart)

    async def _hit(self, arrived: "_Arrived") -> Hit | None:
        """Return the rule that breaks the answer on its way out, if one does (ADR 0010)."""
        if not self._exchange.disruptions.active:
            return None
        return await self._exchange.break_answer(arrived.call, arrived.participant, arrived.body_child, arrived.reply)

    async def _refuse(self, fault: SmevFault | SoapFault, progress: "_Progress", *, status: int = 500) -> Answer:
        seq = await self._refusals.record(fault, progress.caller or "", progress.call, progress.envelope)
        if isinstance(fault, SmevFault):
            envelope = soap.render_fault(fault, progress.smev)
        else:
            envelope = soap.render_soap_fault(fault)
        explain = None if seq is None else f"{self._prefix}/__admin/journal/{seq}"
        return _framed(envelope, (), multipart=progress.multipart, status=status, explain=explain)


def _broken(answer: Answer, hit: Hit) -> Answer:
    """Return the answer as it leaves where a rule breaks it on its way out."""
    if hit.rule.does in OF_SIGNATURE:
        return answer  # it was signed so
    if hit.rule.does is Breakage.SLOW_RESPONSE:
        return replace(answer, delay=hit.rule.delay.total_seconds() if hit.rule.delay else 0.0)
    if hit.rule.does is Breakage.CUT_RESPONSE:
        return replace(answer, share=0.0)
    return replace(answer, share=_HALF if hit.rule.share is None else min(hit.rule.share, _ALMOST))


def _framed(
    envelope: bytes,
    parts: tuple[tuple[str, bytes], ...],
    *,
    multipart: bool,
    status: int = 200,
    explain: str | None = None,
) -> Answer:
    if not multipart:
        return Answer(status, "text/xml; charset=utf-8", envelope, explain)
    content_type, body = mtom.pack(envelope, parts)
    return Answer(status, content_type, body, explain)


class Smev3Endpoint:
    """Handles `/smev/v<version>/ws` and, with the caller in the address, `/as/<mnemonic>/smev/v<version>/ws`."""

    def __init__(self, calls: Smev3Soap, description: ServiceDescription, *, body_timeout: float = 30.0) -> None:
        """`body_timeout`: how long a client may take to send a body (seconds)."""
        self._calls, self._description, self._body_timeout = calls, description, body_timeout

    def routes(self, prefix: str = "") -> list[web.RouteDef]:
        """Return the routes of every version, each below `prefix`. `/ws` is the old address of 1.1."""
        versions = "|".join(re.escape(version) for version in SMEV3_VERSIONS)
        # One resource for all versions with the caller named: each is a regular expression to try on every call.
        paths = [f"/as/{{mnemonic}}/smev/v{{version:{versions}}}/ws", *(f"/smev/v{v}/ws" for v in SMEV3_VERSIONS)]
        return [
            route
            for path in [*paths, "/ws"]
            for route in (web.post(prefix + path, self.call), web.get(prefix + path, self.describe, allow_head=True))
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

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Perform one operation."""
        content_type = request.headers.get("Content-Type", "text/xml")
        smev, caller = _version_of(request), request.match_info.get("mnemonic") or request.headers.get(MNEMONIC_HEADER)
        try:
            body = await self._read(request)
        except Unread as unread:
            answer = await self._calls.refuse_unread(smev, caller, content_type, unread)
        else:
            answer = await self._calls.answer(smev, caller, content_type, body)
        headers = {"Content-Type": answer.content_type}
        if answer.explain is not None:
            headers[EXPLAIN_HEADER] = answer.explain
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.share < 1:
            return await _cut_short(request, answer, headers)
        return web.Response(body=answer.body, status=answer.status, headers=headers)

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
            async with asyncio.timeout(self._body_timeout):
                return await request.read()
        except web.HTTPRequestEntityTooLarge as error:
            expected = say(f"тело не более {limit} байт", f"a body of at most {limit} bytes")
            found = say("больше", "more") if announced is None else say(f"{announced} байт", f"{announced} bytes")
            advice = say("поднимите предел: --max-body", "raise the limit: --max-body")
            raise Unread(413, Explanation("body", expected, found, advice=advice)) from error
        except TimeoutError as error:
            seconds = f"{self._body_timeout:g}"
            expected = say(f"тело за {seconds} с", f"the body within {seconds} s")
            found = say("тело не пришло", "the body did not come")
            raise Unread(408, Explanation("body", expected, found, advice="--body-timeout")) from error
        except (web.RequestPayloadError, ConnectionError) as error:
            found = say(f"соединение прервано: {error}", f"the connection was broken: {error}")
            raise Unread(400, Explanation("body", say("тело целиком", "the whole body"), found)) from error


async def _cut_short(request: web.Request, answer: Answer, headers: Mapping[str, str]) -> web.StreamResponse:
    """Send less than Content-Length says, or nothing at all, and close the connection."""
    length = len(answer.body)
    response = web.StreamResponse(status=answer.status, headers={**headers, "Content-Length": f"{length}"})
    with suppress(ConnectionError):  # who waited for it may be gone
        if answer.share > 0:
            await response.prepare(request)
            await response.write(answer.body[: min(int(length * answer.share), length - 1)])
        if request.transport is not None:
            request.transport.close()
    return response


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


@dataclass(slots=True)
class _Arrived:
    """A call whose caller is known, and the reply to it; None as long as there is none, or where it was refused."""

    call: operations.Call
    participant: Participant
    body_child: Element
    reply: operations.Reply | None = None
    hit: Hit | None = None
    """The rule that breaks the answer on its way out."""


class Unread(SoapFault):
    """A body that was not read to its end; HTTP has a status for that."""

    def __init__(self, status: int, explanation: Explanation) -> None:
        self.status = status
        super().__init__(explanation)


@dataclass(slots=True)
class _Progress:
    """How far a call has come: what its refusal can say of it. `smev` is the address's version, then the call's."""

    smev: Smev3
    caller: str | None
    multipart: bool
    envelope: bytes = b""
    call: operations.Call | None = None
    arrived: _Arrived | None = None


def _version_of(request: web.Request) -> Smev3:
    _, found, rest = request.path.rpartition("/smev/v")
    return SMEV3_VERSIONS[rest.removesuffix("/ws")] if found else SMEV3_VERSIONS["1.1"]
