"""Commands whose modules are imported when they are called: no command pays for what the others need."""

import importlib
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperGroup


def late(dotted: str) -> Callable[[], None]:
    """Return what stands in the place of a command in the list of them; `dotted` is "module:function or Typer"."""

    def stand_in() -> None:
        raise AssertionError(f"{dotted} is called in its stead")

    stand_in.__dict__["dotted"] = dotted
    return stand_in


class LateCommands(TyperGroup):
    """A group whose commands are `late`: help lists them by what they are registered with, a call imports one."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, stand_in, rest = super().resolve_command(ctx, args)
        return name, None if stand_in is None else loaded(stand_in), rest


def loaded(stand_in: Any) -> Any:
    """Return the command that `stand_in` stands for, with its name and its help."""
    module, _, attribute = stand_in.callback.__wrapped__.dotted.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    if isinstance(found, typer.Typer):
        command: Any = typer.main.get_group(found)
    else:
        alone = typer.Typer(add_completion=False)
        alone.command(help=stand_in.help)(found)
        command = typer.main.get_command(alone)
    command.name, command.help = stand_in.name, stand_in.help
    return command
