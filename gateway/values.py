"""Value classes of the hot path: frozen to the type checker, plain at run time.

A frozen dataclass sets each field through `object.__setattr__`: measured 4 % of a gateway under load. Such values are
not hashable; what is a key somewhere stays an ordinary frozen dataclass.
"""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

Class = TypeVar("Class")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[Class]) -> type[Class]:
    """Make `cls` a dataclass with slots whose fields are set once, by the constructor."""
    return dataclass(slots=True)(cls)
