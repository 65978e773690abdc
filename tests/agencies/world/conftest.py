"""What people read is looked at in English where a test says so."""

from collections.abc import Iterator

import pytest

from agencies.world import World
from gateway.words import Language, say, speak
from tests.agencies.world.people import TODAY


@pytest.fixture(scope="session")
def world() -> World:
    """A world of which nothing is said; who says something takes one of his own."""
    return World(37, TODAY)


@pytest.fixture
def english() -> Iterator[None]:
    """Speak English for one test, and leave the language as it was."""
    before = Language.RUSSIAN if say("да", "yes") == "да" else Language.ENGLISH
    speak(Language.ENGLISH)
    yield
    speak(before)
