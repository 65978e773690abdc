"""The language of the program, put back after each test that changes it."""

from collections.abc import Iterator

import pytest

from gateway import words
from gateway.words import Language, speak


@pytest.fixture
def language() -> Iterator[Language]:
    before = words._Speaker.language
    yield before
    speak(before)
