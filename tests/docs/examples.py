"""Examples of the pages, run as a reader would run them."""

import asyncio
from pathlib import Path
from typing import Final

from gateway.app import Gateway
from gateway.client import Smev3Client

ADDRESS: Final = "http://127.0.0.1:8630"
"""What the pages write; the tests put the address of a gateway of their own in its place."""

_PATIENCE_SECONDS: Final = 180  # a page of commands, on a busy machine


async def output_of(*command: str, folder: Path) -> str:
    """Run a command to its end; return what it printed."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, cwd=folder)
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            printed, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, complaints.decode()
    return printed.decode()


async def nothing_is_left_for(mnemonic: str, gateway: Gateway) -> bool:
    """Whether the queue of responses is empty, taken messages included."""
    async with Smev3Client(gateway.url, mnemonic, version="1.1") as client:
        return set((await client.queue_statistics()).values()) == {0}
