"""The pages that people read, and the pieces of Markdown that the tests look at."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
README: Final = ROOT / "README.md"
README_RU: Final = ROOT / "README.ru.md"
PAGES: Final = (
    *sorted(ROOT.glob("README*.md")),
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").glob("README.md")),
    *sorted((ROOT / "examples").glob("*/README.md")),
)

_FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)


def read(page: Path) -> str:
    """Return the text of a page."""
    return page.read_text(encoding="utf-8")


def code_block(page: Path, language: str, containing: str) -> str:
    """Return the one code block of `language` that contains a text."""
    found = [code for spoken, code in _FENCE.findall(read(page)) if spoken == language and containing in code]
    assert len(found) == 1, f"{page.name}: {len(found)} blocks of {language} contain {containing!r}"
    return str(found[0])


def links(page: Path) -> list[str]:
    """Return the targets of the links, those in code left out."""
    return _LINK.findall(_FENCE.sub("", read(page)))


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings, spelt as GitHub spells them."""
    headings = _HEADING.findall(_FENCE.sub("", read(page)))
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}
