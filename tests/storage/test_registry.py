"""Participants who registered by calling, and the settings of a store."""

import asyncio
from datetime import UTC, datetime

from gateway.domain.participants import Participant
from gateway.storage import registry
from gateway.storage.database import Database

NOW = datetime(2013, 3, 4, tzinfo=UTC)
SOMEBODY = Participant("SOMEBODY", "Кто-то", certificate="ab" * 32)


def test_a_participant_is_registered_once(store: Database) -> None:
    another = Participant("ANOTHER", "Другой")
    assert store.run_now(lambda c: registry.register(c, SOMEBODY, NOW))
    assert store.run_now(lambda c: registry.register(c, another, NOW))
    assert not store.run_now(lambda c: registry.register(c, Participant("SOMEBODY", "Самозванец"), NOW))
    assert store.run_now(registry.participants) == [another, SOMEBODY]


async def test_of_many_registrations_at_once_one_counts(store: Database) -> None:
    calls = [store.run(lambda c: registry.register(c, SOMEBODY, NOW)) for _ in range(20)]
    assert sorted(await asyncio.gather(*calls)) == [False] * 19 + [True]


def test_a_setting_keeps_its_first_value(store: Database) -> None:
    assert store.run_now(lambda c: registry.setting(c, "secret", b"\x00first")) == b"\x00first"
    assert store.run_now(lambda c: registry.setting(c, "secret", b"second")) == b"\x00first"
    store.run_now(lambda c: registry.replace_setting(c, "secret", b"third"))
    assert store.run_now(lambda c: registry.setting(c, "secret", b"second")) == b"third"


def test_a_participant_is_kept_as_it_was_written(store: Database) -> None:
    store.run_now(lambda c: registry.register(c, SOMEBODY, NOW))
    assert store.run_now(registry.edits) == {}
    edited = Participant("SOMEBODY", "Иначе", oktmo="24701000", may_request=frozenset({"b/c", "a/b"}))
    store.run_now(lambda c: registry.keep(c, edited, ["x/y", "a/b"], NOW))
    added = Participant("ADDED", "Новый", may_request=frozenset())
    store.run_now(lambda c: registry.keep(c, added, None, NOW))
    assert store.run_now(registry.participants) == [added, edited]
    assert store.run_now(registry.edits) == {"ADDED": None, "SOMEBODY": ("x/y", "a/b")}


def test_who_is_forgotten_is_gone(store: Database) -> None:
    store.run_now(lambda c: registry.register(c, SOMEBODY, NOW))
    store.run_now(lambda c: registry.keep(c, Participant("ADDED", "Новый"), [], NOW))
    assert store.run_now(registry.forget_edits) == 1
    assert store.run_now(registry.participants) == [SOMEBODY]
    store.run_now(lambda c: registry.forget(c, "SOMEBODY"))
    assert store.run_now(registry.participants) == []
