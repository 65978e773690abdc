"""A comparison as one HTML file, which needs nothing else: to attach to a build, to print, to send."""

from pathlib import Path
from typing import Final

from gateway.pages import rendered
from gateway.recording.diff import Comparison
from gateway.recording.diff_text import path_in_words, place_in_words, summary, value_in_words

_TEMPLATE: Final = Path(__file__).parent / "templates" / "diff.html.j2"
_OPEN: Final = 50
"""Exchanges whose differences are unfolded at first."""


def as_page(comparison: Comparison) -> str:
    """Return the page; everything that came from messages is escaped."""
    return rendered(
        _TEMPLATE,
        comparison=comparison,
        summary=summary(comparison),
        open_until=_OPEN,
        place=place_in_words,
        path=path_in_words,
        value=value_in_words,
    )
