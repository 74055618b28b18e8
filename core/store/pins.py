"""Methods pinned for parts of the shop, kept with the shop's other settings."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

from core.store.sql import Cursor, load
from core.store.workspace import Workspace

NAME: Final = "pins"
"""Name under which all pins are kept."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A part of the shop and the method that forecasts it whatever a comparison finds best.

    Attributes:
        dimension: what the part is cut by: demand class, ABC, category, location or sku.
        segment: which of them.
        model: key of the method.
    """

    dimension: str
    segment: str
    model: str

    @property
    def part(self) -> tuple[str, str]:
        """What it is for."""
        return self.dimension, self.segment


def read(workspace: Workspace) -> tuple[Pin, ...]:
    """All pins in the order they were set."""
    with workspace.cursor() as cursor:
        return _read(cursor)


def put(workspace: Workspace, pin: Pin) -> None:
    """Keep a pin behind all others, in the place of the one its part had."""

    def work(cursor: Cursor) -> None:
        others = (each for each in _read(cursor) if each.part != pin.part)
        _write(cursor, [*others, pin])
        workspace.audited(cursor, "pin", f"{pin.dimension} {pin.segment}: {pin.model}")

    workspace.write(work)


def remove(workspace: Workspace, dimension: str, segment: str) -> bool:
    """Take the pin of a part off; whether there was one."""

    def work(cursor: Cursor) -> bool:
        former = _read(cursor)
        left = [each for each in former if each.part != (dimension, segment)]
        if len(left) == len(former):
            return False
        _write(cursor, left)
        workspace.audited(cursor, "pin", f"{dimension} {segment}: taken off")
        return True

    return workspace.write(work)


def _read(cursor: Cursor) -> tuple[Pin, ...]:
    stored = dict(cursor.execute(load("settings")).fetchall())
    return tuple(Pin(**each) for each in json.loads(stored.get(NAME, "[]")))


def _write(cursor: Cursor, pins: Iterable[Pin]) -> None:
    cursor.execute(load("setting_write"), {"name": NAME, "value": json.dumps([asdict(pin) for pin in pins])})
