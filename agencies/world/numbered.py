"""A sequence whose items are made when they are looked at."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar, overload

Item = TypeVar("Item")


class Numbered(Sequence[Item]):
    """Items from 0 to `length` - 1, each given by `item`."""

    def __init__(self, length: int, item: Callable[[int], Item]) -> None:
        self._length: Final = length
        self._item: Final = item

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Item: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...

    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        if isinstance(index, slice):
            return tuple(self._item(at) for at in range(self._length)[index])
        return self._item(range(self._length)[index])
