"""The command line as a person types it: in this process, or in one of its own where the test is about the process.

A start of Python with all that the program imports is most of what a command costs.
"""

import asyncio
import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from unittest.mock import patch

from gateway.cli import main
from gateway.cli.common import ERRORS, OUTPUT

_PATIENCE_SECONDS: Final = 60
_SURROUNDINGS: Final = {"PYTHONIOENCODING": "utf-8", "COLUMNS": "200"}
_ONE_AT_A_TIME: Final = threading.Lock()
"""There is one standard output."""


@dataclass(frozen=True)
class Ended:
    code: int
    output: str
    errors: str


async def run(*arguments: str, stdin: bytes = b"", **environment: str) -> Ended:
    """Run a command to its end.

    Another language is another process: the gateway of the test would speak it, too. So are commands that serve: they
    take over the log and the signals of their process.
    """
    if environment.get("MOCK_SMEV_LANG", "ru") != "ru" or arguments[0] in ("serve", "demo", "simulate"):
        return await run_process(*arguments, stdin=stdin, **environment)
    ended = asyncio.to_thread(_run_here, arguments, stdin, {**_SURROUNDINGS, **environment})
    return await asyncio.wait_for(ended, _PATIENCE_SECONDS)


async def run_process(*arguments: str, stdin: bytes = b"", **environment: str) -> Ended:
    """Run `python -m gateway` to its end."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", *arguments,
        stdin=pipe, stdout=pipe, stderr=pipe, env={**_SURROUNDINGS, **environment},
    )  # fmt: skip
    output, errors = await asyncio.wait_for(process.communicate(stdin), _PATIENCE_SECONDS)
    return Ended(process.returncode or 0, output.decode(), errors.decode())


def _run_here(arguments: tuple[str, ...], stdin: bytes, environment: dict[str, str]) -> Ended:
    output, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        _ONE_AT_A_TIME,
        patch.dict(os.environ, environment, clear=True),  # noqa: TID251 - what a process of its own would be given
        patch.multiple(
            sys, argv=["mock-smev", *arguments], stdin=io.TextIOWrapper(io.BytesIO(stdin)), stdout=output, stderr=errors
        ),
        _colourless(),
    ):
        code = _exit_code()
    return Ended(code, _written(output), _written(errors))


def _exit_code() -> int:
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    else:
        code = 0
    assert isinstance(code, int), code
    return code


@contextmanager
def _colourless() -> Iterator[None]:
    # The consoles were made when the tests were imported, perhaps on a terminal.
    with patch.object(OUTPUT, "_color_system", None), patch.object(ERRORS, "_color_system", None):
        yield


def _written(stream: io.TextIOWrapper) -> str:
    content = stream.buffer
    assert isinstance(content, io.BytesIO)
    return content.getvalue().decode()
