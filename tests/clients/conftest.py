"""A gateway on a real socket, and a watched wire to it that the clients of examples/ are pointed at."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.register_assert_rewrite("tests.clients.conversations", "tests.clients.example_client")

from gateway.app import Gateway, running  # noqa: E402 - asserts speak once they are registered
from gateway.settings import Settings  # noqa: E402
from tests.clients.wire import Wire, watched  # noqa: E402

Start = Callable[..., Awaitable[tuple[Gateway, Wire]]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Start a gateway as `mock-smev serve` does, on a free port, and a wire to it."""
    async with AsyncExitStack() as stack:

        async def starting(**settings: Any) -> tuple[Gateway, Wire]:
            gateway = await stack.enter_async_context(running(Settings(port=0, data=tmp_path / "data", **settings)))
            return gateway, await stack.enter_async_context(watched(gateway.url))

        yield starting
