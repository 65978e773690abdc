"""A gateway as `make serve` starts it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.app import Gateway, running
from gateway.settings import Settings


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Gateway]:
    """What `make serve` starts, on a free port."""
    async with running(Settings(port=0, data=tmp_path / "data")) as gateway:
        yield gateway
