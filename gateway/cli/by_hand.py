"""`mock-smev send` and `mock-smev take`: one call by hand, as any participant."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import aiohttp
import typer
from lxml import etree

from gateway import machine
from gateway.cli.admin_client import Token
from gateway.cli.common import DEFAULT_URL, ERRORS, OUTPUT, As, CommandFailed, File, Url, Version, run
from gateway.client import NoAnswer, Smev3Client
from gateway.client.admin import Admin
from gateway.client.lent_keys import keys_lent, signer_in
from gateway.ns import SMEV3_VERSIONS, SOAP_ENVELOPE
from gateway.protocol.messages import Rejection
from gateway.protocol.participant_replies import FaultReceived, ProtocolError, ReceivedRequest, ReceivedResponse
from gateway.protocol.statuses import RejectCode
from gateway.signature.keys import Signer
from gateway.words import say
from gateway.xml import Element, XmlError, name_of, parse

_Taken = TypeVar("_Taken")
_PAUSE: Final = 0.1
"""Seconds between two looks into an empty queue."""
_SERVICE: Final = "/ws"
"""Ends the address of a service, which lends no keys."""

Key = Annotated[
    Path | None,
    typer.Option(
        "--key",
        help=say(
            "файл PEM с ключом и сертификатом, чтобы подписать; без него ключ даёт песочница",
            "PEM file with a key and its certificate, to sign with; without it the sandbox lends a key",
        ),
    ),
]


@dataclass(frozen=True, slots=True)
class _Caller:
    """Who calls, where and how. Without a `signer` the sandbox is asked for a key, with the admin token `token`."""

    url: str
    mnemonic: str
    version: str
    signer: Signer | None
    token: str | None


class QueueName(StrEnum):
    """Which queue to take from."""

    REQUESTS = "requests"
    RESPONSES = "responses"
    STATUSES = "statuses"


def send(  # noqa: PLR0913, PLR0917 - each is one option
    file: File,
    as_: As,
    to: Annotated[
        str | None,
        typer.Option(
            "--to", help=say("ответить: ReplyTo полученного запроса", "answer: ReplyTo of the request that was taken")
        ),
    ] = None,
    reject: Annotated[
        RejectCode | None,
        typer.Option(
            "--reject",
            help=say("ответить отказом с этим кодом; FILE — его описание", "answer by a rejection; FILE describes it"),
        ),
    ] = None,
    url: Url = DEFAULT_URL,
    version: Version = "1.2",
    key: Key = None,
    token: Token = None,
) -> None:
    """Send one message."""
    content, caller = _read(file), _Caller(url, as_, _checked(version), _signer(key), token)
    if reject is not None and to is None:
        raise CommandFailed(
            say("--reject отвечает на запрос: нужен и --to", "--reject answers a request: add --to"), code=2
        )
    if to is not None and reject is not None:
        text = content.decode("utf-8", "replace").strip()
        run(_with_client(caller, lambda client: _answer(client, to, (Rejection(reject, text),))))
        return
    element = _parse(file, content)
    if name_of(element) == (SOAP_ENVELOPE, "Envelope"):
        run(_post_as_is(f"{url.rstrip('/')}/as/{as_}/smev/v{caller.version}/ws", content))
    elif to is not None:
        run(_with_client(caller, lambda client: _answer(client, to, element)))
    else:
        run(_with_client(caller, lambda client: _request(client, element)))


def take(  # noqa: PLR0913, PLR0917 - each is one option
    queue: Annotated[QueueName, typer.Argument(help="requests, responses, statuses")],
    as_: As,
    ack: Annotated[bool, typer.Option("--ack", help=say("сразу подтвердить получение", "acknowledge at once"))] = False,
    wait: Annotated[
        float, typer.Option("--wait", min=0, help=say("секунды ждать сообщения", "seconds to wait for a message"))
    ] = 0,
    url: Url = DEFAULT_URL,
    version: Version = "1.2",
    key: Key = None,
    token: Token = None,
) -> None:
    """Take one message; exit code 3 when there is none."""
    caller = _Caller(url, as_, _checked(version), _signer(key), token)
    run(_with_client(caller, lambda client: _take(client, queue, ack=ack, wait=wait)))


def ack(  # noqa: PLR0913, PLR0917 - each is one option
    message_id: Annotated[str, typer.Argument(help="MessageMetadata/MessageId")],
    as_: As,
    reject: Annotated[
        bool, typer.Option("--reject", help=say("сообщить accepted=false", "say accepted=false"))
    ] = False,
    url: Url = DEFAULT_URL,
    version: Version = "1.2",
    key: Key = None,
    token: Token = None,
) -> None:
    """Acknowledge a message that was taken."""
    caller = _Caller(url, as_, _checked(version), _signer(key), token)
    run(_with_client(caller, lambda client: client.ack(message_id, accepted=not reject)))


async def _request(client: Smev3Client, content: Element) -> None:
    sent = await client.send_request(content)
    OUTPUT.print(say("принято: ", "accepted: ") + sent.message_id)


async def _answer(client: Smev3Client, to: str, answer: Element | tuple[Rejection, ...]) -> None:
    sent = await client.send_response(to, answer)
    OUTPUT.print(say("ответ принят: ", "answer accepted: ") + sent.message_id)


async def _take(client: Smev3Client, queue: QueueName, *, ack: bool, wait: float) -> None:
    if queue is QueueName.STATUSES:
        status = await _waited(client.take_status, queue, wait)
        OUTPUT.print(f"{status.original_message_id}: {status.category}: {status.fault or status.details}", markup=False)
        return
    message: ReceivedRequest | ReceivedResponse
    if queue is QueueName.REQUESTS:
        message = await _waited(client.take_request, queue, wait)
    else:
        message = await _waited(client.take_response, queue, wait)
    etree.indent(message.element)
    typer.echo(etree.tostring(message.element, encoding="unicode", pretty_print=True))
    if ack:
        await client.ack(message.metadata.message_id)
        ERRORS.print(say("подтверждено: ", "acknowledged: ") + message.metadata.message_id)


async def _waited(take: Callable[[], Awaitable[_Taken | None]], queue: QueueName, seconds: float) -> _Taken:
    """Return what `take` gets, asking again for `seconds`."""
    for _ in range(1 + int(seconds / _PAUSE)):
        taken = await take()
        if taken is not None:
            return taken
        if seconds:
            await asyncio.sleep(_PAUSE)
    raise _empty(queue)


def _empty(queue: QueueName) -> CommandFailed:
    return CommandFailed(say(f"очередь {queue} пуста", f"the queue {queue} is empty"), code=3)


def _signer(file: Path | None) -> Signer | None:
    if file is None:
        return None
    try:
        return signer_in(_read(file))
    except ValueError as error:
        raise CommandFailed(f"{file}: {error}", code=2) from error


async def _with_client(caller: _Caller, work: Callable[[Smev3Client], Awaitable[None]]) -> None:
    """Do `work` as the caller: signed with its own key, or with the one that the sandbox lends."""
    keys: dict[str, Any] = {"signer": caller.signer}
    if caller.signer is None and not caller.url.endswith(_SERVICE):
        async with Admin(caller.url, caller.token) as admin:
            keys = await keys_lent(admin, caller.mnemonic)
    clock, ids = machine.SystemClock(), machine.new_ids()
    async with Smev3Client(caller.url, caller.mnemonic, clock, ids, version=caller.version, **keys) as client:
        try:
            await work(client)
        except FaultReceived as fault:
            raise CommandFailed(await _explained(client, fault)) from fault
        except (NoAnswer, ProtocolError) as error:
            raise CommandFailed(str(error)) from error


def _checked(version: str) -> str:
    if version not in SMEV3_VERSIONS:
        raise CommandFailed(f"--version {version}: {', '.join(SMEV3_VERSIONS)}", code=2)
    return version


async def _explained(client: Smev3Client, fault: FaultReceived) -> str:
    try:
        explanation = await client.explanation_of(fault)
    except aiohttp.ClientError:
        explanation = None
    return str(fault) if explanation is None else f"{str(fault).rstrip('.')} {explanation}"


async def _post_as_is(address: str, envelope: bytes) -> None:
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    try:
        async with aiohttp.ClientSession() as session, session.post(address, data=envelope, headers=headers) as answer:
            body, status = await answer.read(), answer.status
    except aiohttp.ClientError as error:
        raise CommandFailed(f"{address}: {error}") from error
    typer.echo(body.decode("utf-8", "replace"))
    if status != 200:
        raise CommandFailed(f"HTTP {status}")


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{file}: {error.strerror}", code=2) from error


def _parse(file: Path, content: bytes) -> Element:
    try:
        return parse(content)
    except XmlError as error:
        raise CommandFailed(f"{file}: {error}", code=2) from error
