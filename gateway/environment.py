"""What every command asks of the environment, apart from the settings: pydantic need not be imported for it."""

import os
from typing import Final

from gateway.words import Language

ENVIRONMENT_PREFIX: Final = "MOCK_SMEV_"


def language() -> Language:
    """Return the language that the environment asks for."""
    asked = os.environ.get(f"{ENVIRONMENT_PREFIX}LANG")  # noqa: TID251 - read as the settings are, once at the start
    return Language.ENGLISH if asked == "en" else Language.RUSSIAN
