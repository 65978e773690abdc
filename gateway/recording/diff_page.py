"""A comparison as one HTML file, which needs nothing else: to attach to a build, to print, to send."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from gateway.recording.diff import Comparison
from gateway.recording.diff_text import path_in_words, place_in_words, summary, value_in_words
from gateway.words import say

_OPEN: Final = 50
"""Exchanges whose differences are unfolded at first."""


def as_page(comparison: Comparison) -> str:
    """Return the page; everything that came from messages is escaped."""
    html: str = (
        _environment()
        .get_template("diff.html.j2")
        .render(
            comparison=comparison,
            summary=summary(comparison),
            open_until=_OPEN,
            place=place_in_words,
            path=path_in_words,
            value=value_in_words,
            say=say,
            lang=say("ru", "en"),
        )
    )
    return html


@lru_cache(1)
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - other commands start faster

    templates = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(
        autoescape=True, undefined=StrictUndefined, loader=templates, trim_blocks=True, lstrip_blocks=True
    )
