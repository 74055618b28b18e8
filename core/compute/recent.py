"""Keeps the latest few results of costly work, found again by what they were worked out from."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The latest few results by a digest of what they depend on; may be asked from several threads."""

    def __init__(self, most: int) -> None:
        """Remember at most `most` results."""
        self._most = most
        self._kept: OrderedDict[bytes, T] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[bytes, threading.Lock] = {}

    def get(self, digest: bytes, make: Callable[[], T]) -> T:
        """The result kept under the digest, else the one made now; others who ask meanwhile wait for it."""
        with self._lock:
            turn = self._making.setdefault(digest, threading.Lock())
        with turn:
            with self._lock:
                if digest in self._kept:
                    self._kept.move_to_end(digest)
                    return self._kept[digest]
            return self._keep(digest, make())

    def _keep(self, digest: bytes, made: T) -> T:
        with self._lock:
            self._kept[digest] = made
            while len(self._kept) > self._most:
                self._making.pop(self._kept.popitem(last=False)[0], None)
        return made
