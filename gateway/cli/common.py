"""What the commands share: consoles, failures, options that more than one of them takes."""

import logging
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from rich.console import Console

from gateway.environment import ENVIRONMENT_PREFIX, language
from gateway.logs import escaped
from gateway.words import say, speak

# Before anything else is said: the commands' own help is made while they are imported.
speak(language())

Result = TypeVar("Result")

OUTPUT: Final = Console(highlight=False, soft_wrap=True)
ERRORS: Final = Console(stderr=True, highlight=False, soft_wrap=True)
DEFAULT_URL: Final = "http://127.0.0.1:8630"


class CommandFailed(Exception):
    """The command could not do what it was asked for; the text is the one line that a person reads."""

    def __init__(self, text: str, code: int = 1) -> None:
        self.code = code
        super().__init__(text)


def show_error(text: str) -> None:
    """Print one line on standard error."""
    ERRORS.print(f"mock-smev: {escaped(text)}", style="red", markup=False)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine on the fastest loop there is."""
    import uvloop  # noqa: PLC0415 - no command pays for it that runs nothing

    return uvloop.run(work)


Url = Annotated[
    str,
    typer.Option(
        "--url",
        envvar=f"{ENVIRONMENT_PREFIX}URL",
        help=say("адрес работающего шлюза", "address of a running gateway"),
        show_default=True,
    ),
]
As = Annotated[
    str,
    typer.Option(
        "--as", help=say("мнемоника участника, от имени которого вызов", "mnemonic of the participant who calls")
    ),
]
Version = Annotated[
    str,
    typer.Option(
        "--version",
        help=say("версия message-exchange: 1.1, 1.2 или 1.3", "version of message-exchange: 1.1, 1.2 or 1.3"),
    ),
]
File = Annotated[Path, typer.Argument(help=say("файл XML; «-» — стандартный ввод", "XML file; - is standard input"))]


def log_level(*, verbose: bool) -> int:
    """Refusals and registrations are worth a line, each call only with --verbose."""
    return logging.DEBUG if verbose else logging.INFO
