"""What people read is looked at in English where a test says so."""

from collections.abc import Iterator

import pytest

from gateway.words import Language, say, speak


@pytest.fixture
def english() -> Iterator[None]:
    """Speak English for one test, and leave the language as it was."""
    before = Language.RUSSIAN if say("да", "yes") == "да" else Language.ENGLISH
    speak(Language.ENGLISH)
    yield
    speak(before)
