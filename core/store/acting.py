"""Who acts: the name that the audit notes beside what was done."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_NAME_LENGTH: Final = 120
_who: ContextVar[str] = ContextVar("who", default="")


def acting() -> str:
    """The user in whose name this thread works; STOCKCAST_USER, or "local user", until `as_user` says otherwise."""
    return (_who.get() or os.environ.get("STOCKCAST_USER") or "local user")[:_NAME_LENGTH]


@contextmanager
def as_user(name: str) -> Iterator[None]:
    """Work in the name of a user."""
    token = _who.set(name)
    try:
        yield
    finally:
        _who.reset(token)
