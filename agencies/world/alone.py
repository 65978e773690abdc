"""Methods of one object that must not run at the same time: each sees whole what another one has changed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Lockable(Protocol):
    """An object with a lock of its own, which a thread may take again while it holds it."""

    @property
    def lock(self) -> AbstractContextManager[bool]: ...


_Self = TypeVar("_Self", bound=Lockable)


def alone(method: Callable[Concatenate[_Self, _P], _R]) -> Callable[Concatenate[_Self, _P], _R]:
    """Let a thread run `method` only while no other one runs such a method of the same object."""

    @wraps(method)
    def locked(self: _Self, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        with self.lock:
            return method(self, *args, **kwargs)

    return locked
