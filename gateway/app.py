"""The composition root: a gateway that listens, and the namespaces behind its address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from aiohttp import web

from gateway import machine
from gateway.background import Background
from gateway.composition import Gateway, Grounds, composed
from gateway.domain.clock import Clock
from gateway.domain.ids import IdSource
from gateway.exchange.namespaces import ImpossibleNamespace, Namespaces, Wanted
from gateway.exchange.snapshots import SnapshotRefusal
from gateway.file_service import Files, file_service, tidy_uploads
from gateway.inventory import CannotStart, forget_namespace, namespace_settings
from gateway.settings import Settings
from gateway.transports.prefixes import Prefixes
from gateway.words import say

__all__ = ["CannotStart", "Gateway", "running"]

_SHUTDOWN_SECONDS: Final = 1.0


@asynccontextmanager
async def running(
    settings: Settings, clock: Clock | None = None, ids: IdSource | None = None, *, serial: bool = False
) -> AsyncIterator[Gateway]:
    """Run a gateway, with the nodes of its topology, until the block ends.

    With `serial` a run can be repeated: the nodes work one at a time, in the order in which they are rung, and their
    SOAP goes straight into the gateway, without sockets.

    Raises: CannotStart.
    """
    own_clock = clock or machine.SystemClock()
    async with file_service(settings) as files, _running(settings, own_clock, ids, files, serial=serial) as gateway:
        yield gateway


@asynccontextmanager
async def _running(
    settings: Settings, clock: Clock, ids: IdSource | None, files: Files, *, serial: bool
) -> AsyncIterator[Gateway]:
    grounds = Grounds.of(settings, clock, files, serial=serial)
    own_ids = ids or machine.new_ids(settings.seed)
    begin, forget = partial(_namespace, settings, grounds), partial(forget_namespace, settings)
    namespaces: Namespaces[Gateway] = Namespaces(lambda *given: begin(prefixes, *given), forget, grounds.clock, own_ids)
    prefixes = Prefixes(namespaces.touch)
    publish = partial(_listening, settings, prefixes)
    async with composed(settings, grounds, own_ids, publish, namespaces) as gateway, Background() as background:
        await background.begin(namespaces=namespaces.run(), uploads=tidy_uploads(settings, clock, files.folder))
        yield gateway


@asynccontextmanager
async def _namespace(
    settings: Settings, grounds: Grounds, prefixes: Prefixes, name: str, wanted: Wanted
) -> AsyncIterator[Gateway]:
    """Run a gateway of its own behind the address of another, until the block ends.

    Raises: ImpossibleNamespace.
    """
    try:
        origin = None if wanted.snapshot is None else grounds.snapshots.found(wanted.snapshot)
        with namespace_settings(settings, name, wanted) as chosen:
            ids, own = machine.new_ids(chosen.seed), grounds.of_namespace(chosen.data)
            none: Namespaces[Gateway] = Namespaces(None, lambda name: None, grounds.clock, ids)
            publish = partial(prefixes.publish, name)
            prefix = prefixes.prefix(name)
            async with composed(chosen, own, ids, publish, none, prefix=prefix, origin=origin) as gateway:
                yield gateway
    except SnapshotRefusal as error:
        raise ImpossibleNamespace("from", error.found, error.advice) from error
    except CannotStart as error:
        hint = say("исправьте настройки пространства имён", "correct the settings of the namespace")
        raise ImpossibleNamespace("settings", str(error), hint) from error


@asynccontextmanager
async def _listening(settings: Settings, prefixes: Prefixes, application: web.Application) -> AsyncIterator[str]:
    """Serve until the block ends; yield the root address."""
    prefixes.add_to(application)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as error:
            port, host = settings.port, settings.host
            raise CannotStart(
                say(
                    f"порт {port} на {host} не занять: {error.strerror}",
                    f"cannot listen on port {port} of {host}: {error.strerror}",
                )
            ) from error
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        prefixes.root = f"http://{host}:{runner.addresses[0][1]}"
        yield prefixes.root
    finally:
        await runner.cleanup()
