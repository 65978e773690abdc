"""MessageIDs that this side writes: version 1, of the moment, new each time, the same again for the same seed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import machine
from gateway.protocol.message_id import is_time_based, is_uuid, moment_of

MOMENT = datetime(2013, 3, 4, 6, 0, 0, 123456, tzinfo=UTC)


@given(st.integers(0), st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_an_id_is_a_version_1_uuid_that_carries_its_moment(seed: int, naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    text = machine.new_ids(seed).message_id(moment)
    assert is_uuid(text)
    assert is_time_based(text)
    assert (UUID(text).variant, UUID(text).version) == (RFC_4122, 1)
    assert moment_of(text) == moment
    assert UUID(text).node >> 40 & 1  # no network card has this address


def test_ids_of_one_moment_differ() -> None:
    ids = machine.new_ids(1)
    made = [ids.message_id(MOMENT) for _ in range(50_000)]
    assert len(set(made)) == len(made)
    assert {moment_of(text) for text in made} == {MOMENT}


def test_ids_of_neighbouring_moments_differ() -> None:
    """Ten ids fill the microsecond; the next ones must not run into the moment after it."""
    ids = machine.new_ids(1)
    made = [ids.message_id(MOMENT + timedelta(microseconds=step // 25)) for step in range(5000)]
    assert len(set(made)) == len(made)


def test_a_clock_that_is_set_back_repeats_no_id() -> None:
    ids = machine.new_ids(1)
    made = [ids.message_id(MOMENT + timedelta(seconds=step % 2)) for step in range(100)]
    assert len(set(made)) == len(made)


def test_one_seed_gives_the_same_ids_another_gives_others() -> None:
    def some(seed: int) -> list[str]:
        ids = machine.new_ids(seed)
        return [ids.message_id(MOMENT) for _ in range(30)]

    assert some(1) == some(1)
    assert not set(some(1)) & set(some(2))
    assert not set(some(1)) & {machine.new_ids().message_id(MOMENT)}


def test_threads_get_different_ids() -> None:
    ids = machine.new_ids(1)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: ids.message_id(MOMENT), range(4000)))
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("tick", range(1, 12))
def test_ids_of_one_moment_are_ordered_by_time(tick: int) -> None:
    ids = machine.new_ids(1)
    made = [UUID(ids.message_id(MOMENT)).time for _ in range(tick)]
    assert made == [made[0] + number % 10 for number in range(tick)]
