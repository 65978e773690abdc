"""The one world of a gateway, with what testers say of it: in files, read at the start, and by REST, kept in a file."""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agencies.world import World
from gateway.words import say

if TYPE_CHECKING:
    from agencies.world.fixtures import Fixtures


class WorldUnusable(Exception):
    """The fixtures of a world cannot be applied; the text says which file, what, and where."""


@dataclass(frozen=True, slots=True)
class WorldOptions:
    """Which world. `kept` is the file of what came by REST; it need not exist."""

    seed: int
    kept: Path
    fixtures: tuple[Path, ...] = ()
    invent_unknown: bool = False


class KeptWorld:
    """A world whose fixtures survive a restart."""

    def __init__(self, options: WorldOptions, today: date) -> None:
        """Raises: WorldUnusable."""
        self.world: Final = World(options.seed, today, invent_unknown=options.invent_unknown)
        self._options = options
        self._by_rest: dict[tuple[str, str], dict[str, Any]] = {}
        from_files = tuple(self._apply_files())
        kept = tuple(self._apply_file(options.kept, remember=True)) if options.kept.is_file() else ()
        self.warnings: Final = (*from_files, *kept)

    def apply(self, said: "Mapping[str, Any] | Fixtures") -> tuple[str, ...]:
        """Add or change subjects from now on and after a restart; return warnings.

        Raises: FixtureError, OSError when they cannot be kept; nothing has been changed then.
        """
        from agencies.world.fixtures import read_fixtures  # noqa: PLC0415 - 0.1 s that only fixtures pay for

        fixtures = read_fixtures(said)
        before = dict(self._by_rest)
        self._remember(fixtures)
        try:
            self._write()
        except OSError:
            self._by_rest = before
            raise
        return self.world.apply(fixtures)

    def fixtures(self) -> dict[str, Any]:
        """Return what testers have said, files included, in the form that `apply` takes."""
        return self.world.fixtures()

    def forget(self) -> int:
        """Forget what came by REST; return of how many subjects it was.

        Raises: OSError.
        """
        self._options.kept.unlink(missing_ok=True)
        count = len(self._by_rest)
        self._by_rest.clear()
        self.world.forget_fixtures()
        tuple(self._apply_files())
        return count

    def _apply_files(self) -> Iterator[str]:
        for file in self._options.fixtures:
            yield from self._apply_file(file)

    def _apply_file(self, file: Path, *, remember: bool = False) -> Iterator[str]:
        from agencies.world.fixtures import FixtureError, load_fixtures  # noqa: PLC0415 - see above

        try:
            fixtures = load_fixtures(file)
        except FixtureError as error:
            raise WorldUnusable(say(f"фикстуры {file}: {error}", f"fixtures {file}: {error}")) from error
        if remember:
            self._remember(fixtures)
        for warning in self.world.apply(fixtures):
            yield f"{file}: {warning}"

    def _remember(self, fixtures: "Fixtures") -> None:
        for facts in fixtures.subjects:
            said = facts.model_dump(mode="json", exclude_unset=True)
            self._by_rest[facts.subject] = {**self._by_rest.get(facts.subject, {}), **said}

    def _write(self) -> None:
        document: dict[str, list[dict[str, Any]]] = {"person": [], "firm": [], "estate": []}
        for (kind, _), said in self._by_rest.items():
            document[kind].append(said)
        file = self._options.kept
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(".new")
        try:
            with beside.open("w", encoding="utf-8") as written:
                json.dump(document, written, ensure_ascii=False, indent=1)
                written.flush()
                os.fsync(written.fileno())  # an answer that says "kept" leaves after this
            beside.replace(file)
        except OSError:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
