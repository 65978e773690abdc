"""`mock-smev check-schemas` and `mock-smev healthcheck`."""

from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from gateway import library
from gateway.cli.common import DEFAULT_URL, OUTPUT, CommandFailed, Url, run
from gateway.data_files import data_folder
from gateway.library.wire_schema import WireSchemas
from gateway.words import say


def check_schemas(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            help=say("папки видов сведений; без них — поставляемые", "folders of kinds; those that ship by default")
        ),
    ] = None,
) -> None:
    """Check kinds: their schemas compile, their examples validate."""
    roots = folders or [data_folder("schemas") / "kinds"]
    for root in roots:
        if not root.is_dir():
            raise CommandFailed(say(f"{root}: такой папки нет", f"{root}: no such folder"), code=2)
    errors = list(library.check(*roots))
    for error in errors:
        OUTPUT.print(str(error), markup=False)
    WireSchemas(data_folder("schemas") / "smev3").compile()
    if errors:
        raise CommandFailed(say(f"ошибок: {len(errors)}", f"errors: {len(errors)}"))
    count = len(list(library.load(*roots).catalogue))
    OUTPUT.print(say(f"видов сведений: {count}, всё верно", f"kinds: {count}, all valid"))


def healthcheck(url: Url = DEFAULT_URL) -> None:
    """Ask `/readyz`, for containers and scripts."""
    run(_ask(f"{url.rstrip('/')}/readyz"))
    OUTPUT.print(say("готов", "ready"))


async def _ask(address: str) -> None:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
            session.get(address) as answer,
        ):
            status = answer.status
    except (aiohttp.ClientError, TimeoutError) as error:
        raise CommandFailed(f"{address}: {error or type(error).__name__}") from error
    if status != 200:
        raise CommandFailed(f"{address}: HTTP {status}")
