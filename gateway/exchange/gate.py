"""A gate that everybody passes at once while it is open, and that can be closed behind the last one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Final

_PATIENCE_SECONDS: Final = 5.0
"""How long to wait for those inside: somebody may wait for what will never come."""


class Gate:
    """`async with gate:` is a passage; whoever comes while it is closed waits."""

    def __init__(self) -> None:
        self._inside = 0
        self._open, self._empty = asyncio.Event(), asyncio.Event()
        self._open.set()
        self._empty.set()

    async def __aenter__(self) -> None:
        while not self._open.is_set():
            await self._open.wait()
        self._inside += 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._inside -= 1
        if not self._inside:
            self._empty.set()

    @asynccontextmanager
    async def closed(self) -> AsyncIterator[None]:
        """Let nobody in until the block ends, which begins when those inside have come out, or take too long."""
        self._open.clear()
        try:
            if self._inside:
                self._empty.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_PATIENCE_SECONDS):
                        await self._empty.wait()
            yield
        finally:
            self._open.set()
