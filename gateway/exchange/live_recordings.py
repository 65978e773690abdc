"""Recordings from now on: a reader of the journal each, who writes what is committed into a file until it is stopped.

A message is in the journal before it is answered, so nothing has to be done while it crosses; the recorder reads what
has come since, a few times a second, and writes in another thread. What the journal drops before that
(`--journal-limit`, a reset) is not in the recording.
"""

import asyncio
import logging
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.exchange.follower import Frontier, pause
from gateway.exchange.inquiry import Inquiry
from gateway.exchange.recordings import Batch, Reading, Selection
from gateway.recording.format import Header, RecordingError, Writer, attachments_folder
from gateway.storage.database import StoreError
from gateway.words import say

_LOG: Final = logging.getLogger(__name__)
NAME: Final = r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}"
"""Names of recordings: they become names of files."""
_SUFFIX: Final = ".jsonl"
_LAST_LOOKS: Final = 20
"""Looks at the journal after the end: transactions that had begun before it may still be on their way."""


class BadName(ValueError):
    """A recording cannot have that name."""


class NameTaken(Exception):
    """There is a recording of that name."""


class NoSuchRecording(LookupError):
    """There is no recording of that name."""


class StillRunning(Exception):
    """The recording has to be stopped first."""


class Following:
    """What is committed from now on, in batches, until `end` is set and everything until then has been read."""

    def __init__(self, inquiry: Inquiry, selection: Selection, end: asyncio.Event) -> None:
        self._reading, self._frontier, self._end = Reading(inquiry, selection), Frontier(inquiry), end
        self.after = 0
        """The seq that has been read up to."""

    async def begin(self, after: int | None = None) -> None:
        """Settle where to start, after the seq `after` or now: whatever is committed from then on will be found.

        Raises: StoreError.
        """
        newest = await self._frontier.look()
        self.after = newest if after is None else after

    async def batches(self) -> AsyncIterator[Batch]:
        """Yield batches as they come; one without entries tells that there was nothing. After a StoreError go on.

        Raises: StoreError.
        """
        last: int | None = None
        looks = 0
        while True:
            is_over = self._end.is_set()
            newest = await self._frontier.look()
            while self.after < self._frontier.decided:
                batch = await self._reading.batch(self.after, self._frontier.decided)
                self.after = batch.after
                yield batch
            if is_over:
                last, looks = newest if last is None else last, looks + 1
                if self._frontier.decided >= last or looks >= _LAST_LOOKS:
                    return
                await asyncio.sleep(0.05)
            else:
                yield Batch((), {}, self.after)
                await pause(self._end)


@dataclass(frozen=True, slots=True)
class Live:
    """A recording in the folder. `since` and `error` are known of those that this gateway has begun itself.

    `error` says why it ended by itself, or what it is waiting for; `size` is in bytes, without attachments.
    """

    name: str
    file: Path
    entries: int
    size: int
    is_running: bool
    since: datetime | None = None
    error: str = ""


class _Recorder:
    """One recording under way."""

    def __init__(self, inquiry: Inquiry, selection: Selection, writer: Writer, since: datetime) -> None:
        self.since, self.writer = since, writer
        self.end, self.ended = asyncio.Event(), asyncio.Event()
        self.following = Following(inquiry, selection, self.end)
        self.error = ""

    async def run(self) -> None:
        """Write until told to end, or until the file cannot be written."""
        try:
            while not await self._is_written():
                await pause(self.end)
        except OSError as error:
            self.error = f"{self.writer.path}: {error.strerror or error}"
            _LOG.error("recording: %s", self.error)
        finally:
            try:
                await asyncio.to_thread(self.writer.close)
            except OSError as error:
                self.error = self.error or f"{self.writer.path}: {error.strerror or error}"
            self.ended.set()

    async def _is_written(self) -> bool:
        """Write until told to end; False when the store has failed, and it is to be tried again."""
        try:
            async for batch in self.following.batches():
                self.error = ""
                if batch.entries:
                    await asyncio.to_thread(self.writer.add, batch.entries, batch.content)
        except StoreError as error:  # it goes on where it was as soon as the store answers
            self.error = str(error)
            _LOG.error("recording %s: %s", self.writer.path.name, error)
            return self.end.is_set()
        return True


class LiveRecordings:
    """The recordings in one folder, and those of them that are being made."""

    def __init__(self, inquiry: Inquiry, folder: Path, header: Callable[[str, Selection], Header]) -> None:
        """`header` makes the first line of a recording that is begun now, of its name and what it selects."""
        self._inquiry, self._folder, self._header = inquiry, folder, header
        self._recorders: dict[str, _Recorder] = {}
        self._group, self._ready = asyncio.TaskGroup(), asyncio.Event()

    async def run(self) -> None:
        """Let recordings be made until cancelled; each is then written to its end and closed."""
        async with self._group:
            self._ready.set()
            with suppress(asyncio.CancelledError):  # a group that is cancelled would cut its tasks off
                await asyncio.Event().wait()
            for recorder in self._recorders.values():
                recorder.end.set()

    def header(self, run: str, selection: Selection) -> Header:
        """Return the first line of a recording that is made now."""
        return self._header(run, selection)

    async def start(self, name: str, selection: Selection, after: int | None = None) -> Live:
        """Begin a recording; what is committed after this returns will be in it, and what is there after `after`.

        Raises: BadName, NameTaken, OSError, StoreError.
        """
        file = self._file(name)
        header = self._header(name, selection)
        await self._ready.wait()
        try:
            writer = await asyncio.to_thread(_create, file, header)
        except RecordingError as error:
            raise NameTaken(name) from error
        recorder = _Recorder(self._inquiry, selection, writer, header.recorded_at)
        try:
            await recorder.following.begin(after)
        except BaseException:
            writer.close()
            file.unlink(missing_ok=True)
            raise
        self._recorders[name] = recorder
        self._group.create_task(recorder.run(), name=f"recording {name}")
        return await self.get(name)

    async def stop(self, name: str) -> Live:
        """End a recording with everything that was committed until now; return it. One that has ended stays so.

        Raises: BadName, NoSuchRecording.
        """
        await self.get(name)
        recorder = self._recorders.get(name)
        if recorder is not None:
            recorder.end.set()
            await recorder.ended.wait()
        return await self.get(name)

    async def get(self, name: str) -> Live:
        """Return a recording.

        Raises: BadName, NoSuchRecording.
        """
        file = self._file(name)
        recorder = self._recorders.get(name)
        try:
            size = file.stat().st_size
        except OSError as error:
            raise NoSuchRecording(name) from error
        if recorder is None:
            return Live(name, file, await asyncio.to_thread(_count, file), size, is_running=False)
        is_running, entries = not recorder.ended.is_set(), recorder.writer.entries
        return Live(name, file, entries, size, is_running, recorder.since, recorder.error)

    async def all(self) -> list[Live]:
        """Return every recording of the folder by name."""
        names = [file.name.removesuffix(_SUFFIX) for file in self._folder.glob(f"*{_SUFFIX}") if file.is_file()]
        return [await self.get(name) for name in sorted(names) if re.fullmatch(NAME, name)]

    async def remove(self, name: str) -> None:
        """Remove a recording with its attachments.

        Raises: BadName, NoSuchRecording, StillRunning, OSError.
        """
        found = await self.get(name)
        if found.is_running:
            raise StillRunning(name)
        self._recorders.pop(name, None)
        await asyncio.to_thread(_remove, found.file)

    def _file(self, name: str) -> Path:
        if re.fullmatch(NAME, name) is None:
            raise BadName(
                say(
                    f"ожидалось имя из латинских букв, цифр, «_», «-» и «.», не с точки, найдено {name[:120]!r}",
                    f"expected a name of Latin letters, digits, “_”, “-” and “.”, no dot first, found {name[:120]!r}",
                )
            )
        return self._folder / f"{name}{_SUFFIX}"


def _create(file: Path, header: Header) -> Writer:
    file.parent.mkdir(parents=True, exist_ok=True)
    return Writer(file, header)


def _remove(file: Path) -> None:
    file.unlink()
    folder = attachments_folder(file)
    if folder.is_dir():
        shutil.rmtree(folder)


def _count(file: Path) -> int:
    """Return how many lines follow the header, without reading the file into memory."""
    count = 0
    with file.open("rb") as content:
        while chunk := content.read(1 << 20):
            count += chunk.count(b"\n")
    return max(count - 1, 0)
