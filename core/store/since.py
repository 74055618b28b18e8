"""What left and reached the shelves from a day on, as sales lines and purchase orders tell it."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from core.store.sql import load
from core.store.workspace import Workspace


def sold_since(workspace: Workspace, version: str, first: date, rules: Iterable[str]) -> pd.DataFrame:
    """Pieces that left the shelf, less those that came back: sku, location, day, units.

    Args:
        workspace: the store.
        version: of the clean data, whose calendar names weeks and months by their first day.
        first: earliest day or period.
        rules: cleaning rules whose changes tell what a line really took; of all others the line as imported counts.
    """
    asked = {"version": version, "first": first, "rules": sorted(rules)}
    with workspace.cursor() as cursor:
        return cursor.execute(load("sold_since"), asked).df()


def received_since(workspace: Workspace, first: date) -> pd.DataFrame:
    """Pieces of purchase orders that came in after a day: sku, location, day, units.

    Of a receipt without a day the day of its order stands here: it came after that.
    """
    with workspace.cursor() as cursor:
        return cursor.execute(load("received_since"), {"first": first}).df()
