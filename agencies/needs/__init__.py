"""How a body asks for what its services need: a request of each kind, built from an application and nothing else."""

from collections.abc import Mapping
from typing import Final

from agencies.needs.firms import FIRMS
from agencies.needs.need import Asking, Need
from agencies.needs.objects import OBJECTS
from agencies.needs.persons import PERSONS

__all__ = ["NEEDS", "Asking", "Need"]

NEEDS: Final[Mapping[str, Need]] = {**PERSONS, **FIRMS, **OBJECTS}
"""By kind id. Which service needs which stands in its passport."""
