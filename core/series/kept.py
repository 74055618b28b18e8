"""Results of costly work are kept for the next who asks; however many threads ask at a time, each is made once."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Final, Generic, TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary

import numpy as np

from core.base.types import BoolArray
from core.series.panel import Panel

T = TypeVar("T")
MOST_OBSERVATIONS: Final = 1_000_000
"""Of the largest panel beside which results are kept; those of larger ones would fill the memory."""


class _Place(Generic[T]):
    """Where a result is made, or was: the first who comes makes it, the others wait at `turn`."""

    def __init__(self) -> None:
        self.turn: Final = threading.Lock()
        self.made: Final[list[T]] = []


class Recent(Generic[T]):
    """The latest few results, by what they depend on."""

    def __init__(self, most: int) -> None:
        """Keep at most `most` results; with 0 those who ask while one is made still share it."""
        self._most: Final = most
        self._turn: Final = threading.Lock()
        self._asked: Final[WeakValueDictionary[Hashable, _Place[T]]] = WeakValueDictionary()
        self._kept: Final[OrderedDict[Hashable, _Place[T]]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result kept under this key, else the one made now; others who ask meanwhile wait for it.

        When making it fails, the error is this caller's alone: those who wait try in their turn.
        """
        place = self._place(key)
        with place.turn:
            if not place.made:
                place.made.append(make())
            return place.made[0]

    def known(self, key: Hashable) -> T | None:
        """The result kept under this key, if there is one."""
        with self._turn:
            place = self._asked.get(key)
        return place.made[0] if place is not None and place.made else None

    def _place(self, key: Hashable) -> _Place[T]:
        with self._turn:
            place = self._asked.get(key)
            if place is None:
                place = self._asked[key] = _Place()
            self._kept[key] = place
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return place


class Beside(Generic[T]):
    """The latest result of each panel, which goes when the panel goes; so it must not hold the panel."""

    def __init__(self, most: float = MOST_OBSERVATIONS) -> None:
        """Keep results of panels of at most so many observations."""
        self._most: Final = most
        self._turn: Final = threading.Lock()
        self._kept: Final[WeakKeyDictionary[Panel, Recent[T]]] = WeakKeyDictionary()

    def get(self, panel: Panel, key: Hashable, make: Callable[[], T]) -> T:
        """The panel's result under this key, kept or made now; as `Recent.get`."""
        return self._of(panel).get(key, make)

    def known(self, panel: Panel, key: Hashable) -> T | None:
        """The panel's result under this key, if it is kept."""
        return self._of(panel).known(key)

    def _of(self, panel: Panel) -> Recent[T]:
        with self._turn:
            return self._kept.setdefault(panel, Recent(int(panel.values.size <= self._most)))


class Parts:
    """Some series of a panel, cut out once for all who ask for the same ones while one of them still holds them.

    They are never kept for themselves, so nobody holds more than is in use, however large the panel.
    """

    def __init__(self) -> None:
        """Nothing is cut out yet."""
        self._turn: Final = threading.Lock()
        self._cut: Final[WeakKeyDictionary[Panel, _Cuts]] = WeakKeyDictionary()

    def of(self, panel: Panel, chosen: BoolArray, *, drivers: bool) -> Panel:
        """The panel of the chosen series; the panel itself when all are chosen.

        Args:
            panel: all series.
            chosen: which ones, shape (n_series,).
            drivers: whether drivers are cut out with them; of many series they take most of the room.
        """
        if chosen.all():
            return panel
        with self._turn:
            cuts = self._cut.setdefault(panel, _Cuts())
        # of one panel one at a time: whoever asks for the same series meanwhile gets them too
        with cuts.turn:
            key = (drivers, np.packbits(chosen).tobytes())
            part = cuts.parts.get(key)
            if part is None:
                whole = panel if drivers else replace(panel, drivers={}, future_drivers={})
                part = cuts.parts[key] = whole.take(chosen)
            return part


class _Cuts:
    """What is cut out of one panel, by the series chosen."""

    def __init__(self) -> None:
        self.turn: Final = threading.Lock()
        self.parts: Final[WeakValueDictionary[tuple[bool, bytes], Panel]] = WeakValueDictionary()
