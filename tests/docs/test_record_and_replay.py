"""docs/how-to/record-and-replay.md works as pasted: record, change one field, replay, and see exactly that field."""

import asyncio
import shlex
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from gateway import words
from gateway.app import running
from gateway.words import Language, speak
from tests.docs.pages import ROOT, read
from tests.docs.played import Reader, sections, settings_of

HOW_TO: Final = ROOT / "docs" / "how-to"
_PATIENCE_SECONDS: Final = 60


@pytest.fixture(params=["record-and-replay.md", "record-and-replay.ru.md"])
def page(request: pytest.FixtureRequest) -> Iterator[str]:
    before = words._Speaker.language
    speak(Language.RUSSIAN if request.param.endswith(".ru.md") else Language.ENGLISH)
    yield read(HOW_TO / request.param)
    speak(before)


async def test_the_page_works_as_pasted(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a section starts in a terminal of its own runs beside the commands of that section."""
    monkeypatch.chdir(tmp_path)
    reader = Reader(tmp_path, language=words._Speaker.language.value)
    for section in sections(page):
        blocks = dict(section)
        assert len(blocks) == len(section), "one block of each language in a section"
        background = blocks.get("bash", "")
        async with _started(background.strip(), reader):
            if "sh" in blocks:
                await reader.pastes(blocks["sh"])
            reader.finds(blocks.get("text", ""))
    assert "livingPlaceRegistrationRequest" in (tmp_path / "demo.html").read_text(encoding="utf-8")


@asynccontextmanager
async def _started(command: str, reader: Reader) -> AsyncIterator[None]:
    arguments = shlex.split(command)[1:] if command.startswith("mock-smev ") else []
    if not arguments:
        yield
    elif arguments[0] == "replay":
        async with _replaying(arguments, reader):
            yield
    else:
        async with running(settings_of(arguments, reader.folder / "data")) as gateway:
            reader.url = gateway.url
            yield


@asynccontextmanager
async def _replaying(arguments: list[str], reader: Reader) -> AsyncIterator[None]:
    """Let a process of its own answer from a recording until Ctrl-C; then it tells what was missed."""
    environment = {"PYTHONIOENCODING": "utf-8", "MOCK_SMEV_LANG": reader.language}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", *arguments, "--port", "0", stdout=asyncio.subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            reader.url = (await process.stdout.readline()).decode().split()[-1]
            assert reader.url.startswith("http://127.0.0.1:")
            await process.stdout.readuntil(b"minimal")  # the topology: the last of what it prints at first
            yield
            process.send_signal(signal.SIGINT)
            told, _ = await process.communicate()
        assert told.decode().count("livingPlaceRegistrationRequest") == 1, told.decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
