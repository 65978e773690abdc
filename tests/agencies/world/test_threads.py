"""Agencies answer in threads (agencies/answering.py): whoever asks the world at once with others hears the same."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any, Final

import pytest

from agencies.world import World
from agencies.world.describe import describe

THREADS: Final = 8
TODAY: Final = date(2013, 3, 4)


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads that take turns a thousand times as often as usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


def told(world: World, numbers: list[str]) -> dict[str, Any]:
    said = {number: describe(world, number) for number in numbers}
    for number in numbers:
        person = world.person_by_snils(number)
        assert person is not None
        namesakes = world.persons_by_name(person.family_name, person.first_name, person.patronymic, person.birth_date)
        assert person in namesakes
        assert person in world.persons_at(person.address) or person.death is not None
    return said


@pytest.mark.usefixtures("hasty_threads")
@pytest.mark.parametrize("seed", [0, 7, 20])
def test_many_threads_hear_of_a_fresh_world_what_one_hears(seed: int) -> None:
    alone, together = World(seed, TODAY), World(seed, TODAY)
    numbers = [alone.person(index).snils for index in range(0, 400, 25)]
    expected = told(alone, numbers)
    orders = [numbers[turn:] + numbers[:turn] for turn in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as threads:
        for said in threads.map(lambda order: told(together, order), orders):
            assert said == expected


@pytest.mark.usefixtures("hasty_threads")
def test_whoever_is_invented_is_invented_once() -> None:
    alone, together = (World(0, TODAY, invent_unknown=True) for _ in range(2))
    number = "11223344595"
    expected = alone.person_by_snils(number)
    assert expected is not None
    with ThreadPoolExecutor(THREADS) as threads:
        found = set(threads.map(together.person_by_snils, [number] * (4 * THREADS)))
    assert found == {expected}
