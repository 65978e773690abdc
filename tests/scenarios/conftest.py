"""What is told of scenarios is English here, as the documents have it."""

from collections.abc import Iterator

import pytest

from gateway import words
from gateway.words import Language, speak


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = words._Speaker.language
    speak(Language.ENGLISH)
    yield
    speak(before)
