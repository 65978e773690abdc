"""A gateway as `make serve` starts it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.app import Gateway, running
from gateway.settings import Settings


@pytest.fixture(autouse=True)
def _no_authorities(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of the pages talk to loopback without TLS; to read all authorities is a quarter of their start."""
    nothing = tmp_path_factory.mktemp("authorities")
    (nothing / "none.pem").touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(nothing / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(nothing))


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Gateway]:
    """What `make serve` starts, on a free port."""
    async with running(Settings(port=0, data=tmp_path / "data")) as gateway:
        yield gateway
