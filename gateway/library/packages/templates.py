"""response.xml.j2: the answer to any request as a Jinja2 template. What it is given: docs/reference/kinds.md."""

from pathlib import Path
from typing import Final

from gateway.library.kind_file import KindError

TEMPLATE: Final = "response.xml.j2"


def read_template(folder: Path) -> str | None:
    """Return the text of the template in a kind's folder, None where there is none.

    Raises: KindError when it is no text.
    """
    path = folder / TEMPLATE
    try:
        return path.read_text(encoding="utf-8-sig") if path.is_file() else None
    except (OSError, UnicodeDecodeError) as error:
        raise KindError.from_cause(path, error) from error


def check_template(folder: Path) -> None:
    """Judge the syntax of the template in a kind's folder.

    Raises: KindError with the line.
    """
    text = read_template(folder)
    if text is None:
        return
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415 a start without templates is fast
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    try:
        SandboxedEnvironment().parse(text)
    except TemplateSyntaxError as error:
        raise KindError(folder / TEMPLATE, error.lineno, error.message or "not a template") from error
