"""What was worked out about a panel once is kept beside it for the next who asks, and goes when the panel goes."""

from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from core.series.panel import Panel

T = TypeVar("T")
MOST_KEPT: Final = 1_000_000
"""Observations of the largest panel whose tables are kept; those of larger ones would fill the memory."""


class Beside(Generic[T]):
    """One result per panel, the latest; it must not hold the panel, or neither would ever go."""

    def __init__(self, most: float = MOST_KEPT) -> None:
        """Keep results of panels of at most so many observations."""
        self._most = most
        self._kept: WeakKeyDictionary[Panel, tuple[Hashable, T]] = WeakKeyDictionary()

    def get(self, panel: Panel, key: Hashable, make: Callable[[], T]) -> T:
        """The result kept under this key, else the one made now; two threads at once may both make it."""
        known = self.known(panel, key)
        if known is not None:
            return known
        made = make()
        if panel.values.size <= self._most:
            self._kept[panel] = (key, made)
        return made

    def known(self, panel: Panel, key: Hashable) -> T | None:
        """The result kept under this key, if there is one."""
        found = self._kept.get(panel)
        return found[1] if found is not None and found[0] == key else None
