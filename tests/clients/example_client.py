"""A client under examples/, run the way its README says: the program's own files, as a process of its own."""

import asyncio
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pytest

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"
Framing = Literal["text", "mtom"]
_PATIENCE_SECONDS: Final = 60


@dataclass(frozen=True)
class Ran:
    """How a program ended: exit code, standard output, standard error."""

    code: int
    printed: str
    complaints: str

    def __str__(self) -> str:
        return f"exit {self.code}\n{self.printed}\n{self.complaints}"

    def line(self, start: str) -> str:
        """The rest of the one printed line that begins with `start`."""
        found = [line.removeprefix(start) for line in self.printed.splitlines() if line.startswith(start)]
        assert len(found) == 1, f"{len(found)} lines begin with {start!r}: {self}"
        return found[0]


@dataclass(frozen=True)
class ExampleClient:
    """`consumer` and `provider` are commands, run in `folder` of examples/; `probe` is one that succeeds where all
    that they need is installed. A client that does not read the WSDL says so, and one that calls in text only where
    replies are text. `signing` is what it is told at the end of its command to make it sign."""

    folder: str
    consumer: tuple[str, ...]
    provider: tuple[str, ...]
    probe: tuple[str, ...]
    reads_wsdl: bool = True
    text_takes_multipart: bool = True
    signing: tuple[str, ...] = ()

    async def check_installed(self) -> None:
        """Skip the test when what the client needs is missing; under CI that is a failure."""
        missing = shutil.which(self.probe[0]) is None or (await self._ran(self.probe)).code != 0
        if missing:
            # .ci/run installs it: there a skip would hide that the example went untested.
            reason = f"examples/{self.folder}: not installed, see its README.md; {' '.join(self.probe)} fails"
            (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)  # noqa: TID251 - no setting of the program

    async def asks(self, url: str, mnemonic: str, framing: Framing) -> Ran:
        """Run the consumer to its end."""
        return await self._ran((*self.consumer, url, mnemonic, framing, *self.signing))

    async def answers(self, url: str, mnemonic: str, framing: Framing) -> Ran:
        """Run the provider to its end."""
        return await self._ran((*self.provider, url, mnemonic, framing, *self.signing))

    async def _ran(self, command: tuple[str, ...]) -> Ran:
        pipe = asyncio.subprocess.PIPE
        speaking_utf8 = ("env", "LC_ALL=C.UTF-8", *command)
        process = await asyncio.create_subprocess_exec(
            *speaking_utf8, stdout=pipe, stderr=pipe, cwd=EXAMPLES / self.folder
        )
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                printed, complaints = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode is not None
        return Ran(process.returncode, printed.decode("utf-8", "replace"), complaints.decode("utf-8", "replace"))
