"""Methods pinned for parts of the shop, kept with the shop's other settings."""

import json
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
        stored = dict(cursor.execute(load("settings")).fetchall())
    return tuple(Pin(**each) for each in json.loads(stored.get(NAME, "[]")))


def put(workspace: Workspace, pin: Pin) -> None:
    """Keep a pin behind all others, in the place of the one its part had."""
    others = [each for each in read(workspace) if each.part != pin.part]
    _write(workspace, [*others, pin], f"{pin.dimension} {pin.segment}: {pin.model}")


def remove(workspace: Workspace, dimension: str, segment: str) -> bool:
    """Take the pin of a part off; whether there was one."""
    former = read(workspace)
    left = [each for each in former if each.part != (dimension, segment)]
    if len(left) < len(former):
        _write(workspace, left, f"{dimension} {segment}: taken off")
    return len(left) < len(former)


def _write(workspace: Workspace, pins: list[Pin], said: str) -> None:
    row = {"name": NAME, "value": json.dumps([asdict(pin) for pin in pins])}

    def work(cursor: Cursor) -> None:
        cursor.execute(load("setting_write"), row)
        workspace.audited(cursor, "pin", said)

    workspace.write(work)
