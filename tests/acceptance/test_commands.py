"""Every command of the list is there, and none is imported before it is called."""

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from gateway.cli import application
from gateway.cli.late import loaded

COMMANDS = typer.main.get_group(application).commands


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_of_the_list_is_there(name: str) -> None:
    command = loaded(COMMANDS[name])
    assert (command.name, command.help) == (name, COMMANDS[name].help)
    told = CliRunner().invoke(application, [name, "--help"])
    assert told.exit_code == 0, told.output
    assert f"{name} [OPTIONS]" in " ".join(told.output.split())


def test_a_command_does_not_pay_for_the_others() -> None:
    script = (
        "import sys; from gateway.cli import main; sys.argv[1:] = ['kinds', '--help']\n"
        "try: main()\n"
        "except SystemExit: print({'gateway.cli.run', 'gateway.app', 'yaml'} & set(sys.modules))"
    )
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[-1] == "set()"
