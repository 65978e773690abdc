"""The command line: arguments become settings, errors become one line and an exit code."""

import os
import sys

import typer

from gateway.cli import by_hand, checks, demo, serve
from gateway.cli.common import CommandFailed, show_error
from gateway.words import Language, speak

application = typer.Typer(
    name="mock-smev",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Песочница СМЭВ 3: настоящий протокол, надёжные очереди, имитируемые ведомства.",
)
application.command("serve")(serve.serve)
application.command("demo")(demo.demo)
application.command("send")(by_hand.send)
application.command("take")(by_hand.take)
application.command("check-schemas")(checks.check_schemas)
application.command("healthcheck")(checks.healthcheck)


def main() -> None:
    """Run the command line; the exit code is 0, 1 for a failure, 2 for wrong arguments, 130 for an interrupt."""
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    if debug:
        arguments.remove("--debug")
    # Read here, before any command: its help is already a text for people.
    speak(Language.ENGLISH if os.environ.get("MOCK_SMEV_LANG") == "en" else Language.RUSSIAN)  # noqa: TID251
    try:
        application(args=arguments)
    except CommandFailed as failure:
        if debug:
            raise
        show_error(str(failure))
        sys.exit(failure.code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        show_error(f"{type(error).__name__}: {error} (--debug)")
        sys.exit(1)
