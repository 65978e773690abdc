"""docs/how-to/break-on-purpose.md works as pasted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from gateway import words
from gateway.app import running
from gateway.settings import Settings
from gateway.words import Language, speak
from tests.docs.pages import ROOT, read
from tests.docs.played import Reader, blocks

HOW_TO: Final = ROOT / "docs" / "how-to"


@pytest.fixture(params=["break-on-purpose.md", "break-on-purpose.ru.md"])
def page(request: pytest.FixtureRequest) -> Iterator[str]:
    before = words._Speaker.language
    speak(Language.RUSSIAN if request.param.endswith(".ru.md") else Language.ENGLISH)
    yield read(HOW_TO / request.param)
    speak(before)


async def test_the_page_works_as_pasted(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = 0
    async with running(Settings(port=0, data=tmp_path / "data")) as gateway:
        reader = Reader(tmp_path, url=gateway.url)
        for language, code in blocks(page):
            if language == "sh":
                await reader.pastes(code)
            elif language == "text":
                reader.finds(code)
                shown += 1
    assert shown == 8
