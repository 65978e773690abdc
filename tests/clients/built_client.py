"""A client under examples/ that is built first: `make` in a copy of its folder, from the WSDL that a gateway serves."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from gateway.app import running
from gateway.settings import Settings
from tests.clients.example_client import EXAMPLES, ExampleClient
from tests.clients.wire import Wire, watched

_PATIENCE_SECONDS: Final = 120


async def built(client: ExampleClient, folder: Path) -> ExampleClient:
    """Build the client as its README says, in `folder`; return it as it is run from there.

    Skips the test when what the client needs is missing; under CI that is a failure.
    """
    await client.check_installed()
    copy = folder / client.folder
    shutil.copytree(EXAMPLES / client.folder, copy, ignore=shutil.ignore_patterns("build"))
    async with served(folder) as wire:
        await succeed("make", f"URL={wire.url}", folder=copy)
    assert "/smev/v1.2/ws?wsdl" in wire.fetched
    assert any("?xsd=" in target for target in wire.fetched), wire.fetched
    return replace(client, folder=str(copy))


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Wire]:
    """A gateway, for its WSDL."""
    settings = Settings(port=0, data=folder / "data", topology="none")
    async with running(settings) as gateway, watched(gateway.url) as wire:
        yield wire


async def succeed(*command: str, folder: Path) -> None:
    """Run a command that has to succeed."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, printed.decode("utf-8", "replace")
