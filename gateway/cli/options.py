"""Options of commands that are settings: their help and the names of their environment variables."""

from typing import Any

import typer

from gateway.environment import ENVIRONMENT_PREFIX
from gateway.settings import ENGLISH, Settings
from gateway.words import say


def option(name: str, *flags: str) -> Any:
    """Return the option of a setting, with its help and the name of its environment variable."""
    flag = "--" + name.replace("_", "-")
    description = say(Settings.model_fields[name].description or "", ENGLISH[name])
    return typer.Option(
        *(flags or (flag,)),
        help=f"{description} [{ENVIRONMENT_PREFIX}{name.upper()}]",
        show_default=False,
    )
