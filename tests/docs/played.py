"""A page played as its reader would: the commands of its blocks in order, `mock-smev` in this process."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest.mock import patch

from gateway.cli.common import ERRORS, OUTPUT
from gateway.settings import Settings
from tests.acceptance.command_line import run
from tests.docs.examples import ADDRESS, output_of

_FENCE: Final = re.compile(r"^```(sh|text|bash)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMANDS: Final = re.compile(r"^(mock-smev .*)$|((?:^(?!mock-smev ).*\n)+)", re.MULTILINE)
"""One of ours, or lines for a shell."""
_WIDTH: Final = 120
"""Columns of the reader's terminal, whatever the test runs in: narrow ones break words that the page shows."""
_SEVERAL: Final = frozenset({"participant", "provide"})
"""Settings that are lists."""


@dataclass
class Reader:
    """Somebody who pastes the commands of a page in `folder`, which has to be the current one."""

    folder: Path
    url: str = ADDRESS
    """Where the gateway is that the page has started."""
    language: str = "ru"
    printed: str = ""
    """What the commands have printed since the page showed something of it."""

    async def pastes(self, code: str) -> None:
        """Run each command of a block. Exit codes are the page's to tell: some commands have to fail."""
        lines = code.replace(ADDRESS, self.url).replace("\\\n", " ")
        for ours, other in _COMMANDS.findall(lines):
            self.printed += await (self._runs(ours) if ours else output_of("sh", "-ec", other, folder=self.folder))

    async def _runs(self, command: str) -> str:
        words = shlex.split(command)[1:]
        into = self.folder / words.pop() if ">" in words else None
        if into is not None:
            assert words.pop() == ">", command
        language = self.language if words[0] == "demo" else "ru"  # the others speak the language of this process
        with patch.object(OUTPUT, "_width", _WIDTH), patch.object(ERRORS, "_width", _WIDTH):
            ended = await run(*words, MOCK_SMEV_URL=self.url, MOCK_SMEV_LANG=language)
        if into is None:
            return ended.output + ended.errors
        into.write_text(ended.output, encoding="utf-8")
        return ended.errors

    def finds(self, shown: str) -> None:
        """Find each line that the page shows in what was printed; order is that of the lines."""
        position = 0
        for line in shown.splitlines():
            found = self.printed.find(line, position)
            assert found >= 0, f"{line!r} is not in what follows:\n{self.printed[position:]}"
            position = found
        self.printed = ""


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the blocks of a page, or of a part of one: `sh`, `text` or `bash`, and what stands there."""
    return _FENCE.findall(text)


def sections(text: str) -> list[list[tuple[str, str]]]:
    """Return the blocks of each section of a page."""
    return [blocks(section) for section in re.split(r"^## ", text, flags=re.MULTILINE)]


def settings_of(arguments: list[str], folder: Path) -> Settings:
    """Return what a page starts its gateway with: the options of its `mock-smev serve`."""
    given: dict[str, str | tuple[str, ...]] = {}
    for flag, value in zip(arguments[1::2], arguments[2::2], strict=True):
        name = flag.removeprefix("--").replace("-", "_")
        given[name] = (value,) if name in _SEVERAL else value
    return Settings.model_validate({"port": 0, "data": folder, **given})
