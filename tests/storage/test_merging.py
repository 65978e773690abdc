"""Two stores become one, as though one gateway had seen what happened in both."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from gateway.domain.cases import Case
from gateway.storage import cases, interactions, journal, violations
from gateway.storage.database import Database, open_database
from gateway.storage.merging import copy_to_file, is_empty, merge
from gateway.storage.schema import upgrade
from tests.exchange.lawful import APPLICATION, CASE, EGRUL, PORTAL, application, lawful, serving
from tests.exchange.participants import Sandbox

OTHER: Final = "37-2013-000002"


@pytest.fixture
def parts() -> Iterator[list[Sandbox]]:
    """Two gateways, whose ids are of different seeds."""
    sandboxes = [lawful(Sandbox("sqlite://", seed=seed)) for seed in (1, 2)]
    yield sandboxes
    for sandbox in sandboxes:
        sandbox.close()


@pytest.fixture
def target(store_url: str) -> Iterator[Database]:
    with closing(open_database(store_url)) as store:
        upgrade(store.engine)
        yield store


async def case_is_worked(sandbox: Sandbox, number: str) -> None:
    """The portal sends an application, the city asks the tax service, which answers."""
    city, fns = sandbox.speaker("CITY"), sandbox.speaker("FNS")
    await sandbox.speaker(PORTAL).sends(APPLICATION if number == CASE else application(case=number))
    await city.sends(EGRUL, serving(number))
    await fns.answers(await fns.takes())
    await city.sends(EGRUL)  # without a case


async def merged(target: Database, sandboxes: list[Sandbox], folder: Path) -> None:
    files = [folder / f"{number}.db" for number, _ in enumerate(sandboxes)]
    for sandbox, file in zip(sandboxes, files, strict=True):
        sandbox.store.run_now(lambda connection, file=file: copy_to_file(connection, file))  # type: ignore[misc]
    stores = [open_database(f"sqlite:///{file}") for file in files]
    connections = [store.engine.connect() for store in stores]
    target.run_now(lambda connection: merge(connection, connections))
    for connection, store in zip(connections, stores, strict=True):
        connection.close()
        store.close()


async def test_what_two_gateways_have_seen_is_in_one_store(
    parts: list[Sandbox], target: Database, tmp_path: Path
) -> None:
    first, second = parts
    second.clock.advance(timedelta(hours=1))
    await case_is_worked(second, OTHER)
    await case_is_worked(first, CASE)
    first.clock.advance(timedelta(hours=2))
    await first.speaker("CITY").sends(EGRUL)
    assert target.run_now(is_empty)
    await merged(target, parts, tmp_path)

    def whole(number: str) -> Case | None:
        return target.run_now(lambda connection: cases.load(connection, number))

    for sandbox, number in ((first, CASE), (second, OTHER)):
        assert whole(number) == sandbox.store.run_now(lambda c, number=number: cases.load(c, number))  # type: ignore[misc]
    entries = [item.entry for item in target.run_now(lambda connection: journal.read(connection, 0, 1000))]
    assert [entry.moment for entry in entries] == sorted(entry.moment for entry in entries)
    assert len(entries) == len(first.journal()) + len(second.journal())
    found = target.run_now(lambda connection: violations.search(connection, violations.Sought(), 100))
    assert [item.at for item in found] == sorted((item.at for item in found), reverse=True)


async def test_messages_still_know_what_they_answer(parts: list[Sandbox], target: Database, tmp_path: Path) -> None:
    for sandbox, number in zip(parts, (CASE, OTHER), strict=True):
        await case_is_worked(sandbox, number)
    await merged(target, parts, tmp_path)
    sought = interactions.Sought()
    keys = [found.key for found in target.run_now(lambda c: interactions.search(c, sought, range(100), 9))]
    assert len(keys) == 6
    for key in keys:
        request, *answers = target.run_now(lambda c, key=key: interactions.messages_of(c, key))  # type: ignore[misc]
        assert {answer.original_message_id for answer in answers} <= {request.message_id}
    answered = [key for key in keys if len(target.run_now(lambda c, key=key: interactions.messages_of(c, key))) == 2]  # type: ignore[misc]
    assert len(answered) == 2


async def test_a_merged_store_goes_on(parts: list[Sandbox], target: Database, tmp_path: Path, store_url: str) -> None:
    await case_is_worked(parts[0], CASE)
    await merged(target, parts[:1], tmp_path)
    sandbox = lawful(Sandbox(store_url, seed=7))
    sandbox.clock.advance(timedelta(days=1))
    sent = await sandbox.speaker("CITY").sends(EGRUL, serving())
    assert sandbox.store.run_now(lambda c: interactions.case_of(c, sent.message_id)) == CASE
    sandbox.close()
