"""An event loop in a thread, and a gateway that runs in it: tests need not be asynchronous to speak to it."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

if TYPE_CHECKING:
    from gateway.app import Gateway
    from gateway.settings import Settings

Result = TypeVar("Result")

_START_SECONDS: Final = 60


class Loop:
    """An event loop in a thread of its own until `close`."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mock-smev", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result], seconds: float | None = None) -> Result:
        """Run a coroutine there; return its result, or raise what it raises.

        Raises: TimeoutError after `seconds`; the coroutine is cancelled then.
        """
        waiting: Future[Result] = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return waiting.result(seconds)
        except TimeoutError:
            waiting.cancel()
            raise

    def close(self) -> None:
        """Stop the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class RunningGateway:
    """A gateway of this process, in the thread of `loop`."""

    def __init__(self, loop: Loop, settings: "Settings") -> None:
        """Raises: CannotStart."""
        self._loop = loop
        self._until: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None
        self.gateway: Final = loop.run(self._start(settings), _START_SECONDS)

    async def _start(self, settings: "Settings") -> "Gateway":
        from gateway.app import running  # noqa: PLC0415 - most sessions of pytest need no gateway

        started: asyncio.Future[Gateway] = asyncio.get_running_loop().create_future()
        self._until = asyncio.Event()
        # Lives as long as the fixture, which `stop` awaits: there is no block that a TaskGroup could be bound to.
        self._task = asyncio.get_running_loop().create_task(self._serve(running(settings), started))
        return await started

    async def _serve(self, gateway: "AbstractAsyncContextManager[Gateway]", started: "asyncio.Future[Gateway]") -> None:
        try:
            async with gateway as running:
                started.set_result(running)
                assert self._until is not None  # noqa: S101 - made before this began
                await self._until.wait()
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    def stop(self) -> None:
        """End it; return when it has ended."""
        self._loop.run(self._stop())

    async def _stop(self) -> None:
        if self._until is not None and self._task is not None:
            self._until.set()
            await self._task
