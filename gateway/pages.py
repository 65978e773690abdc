"""Pages for a browser: templates rendered with everything escaped. They load nothing from anywhere and run nothing."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from gateway.words import say

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
}
"""With which a gateway sends a page; a saved one says the same of itself."""


def rendered(template: Path, **values: object) -> str:
    """Return a page made from `template`, a file beside the module that asks; `say` and `lang` are there too."""
    html: str = (
        _environment(template.parent).get_template(template.name).render(say=say, lang=say("ru", "en"), **values)
    )
    return html


@cache
def _environment(folder: Path) -> Any:
    import jinja2  # noqa: PLC0415 - whoever wants no page starts without it

    loader = jinja2.FileSystemLoader(folder)
    return jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
