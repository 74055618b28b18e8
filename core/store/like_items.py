"""Which known SKU a new one is expected to sell like, as planners chose it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from core.store.clock import now
from core.store.sql import Cursor, arrow, load, put_rows
from core.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class LikeItem:
    """A SKU that is forecast like another one until it has a history of its own.

    Attributes:
        sku: the new SKU.
        like_sku: the SKU it is expected to sell like.
        multiplier: units expected per unit of like_sku, > 0.
        reason: in the planner's words.
    """

    sku: str
    like_sku: str
    multiplier: float = 1.0
    reason: str = ""


def like_items(workspace: Workspace) -> pd.DataFrame:
    """All choices: sku, like_sku, multiplier, reason, created_at (UTC)."""
    with workspace.cursor() as cursor:
        return arrow(cursor, "like_items").to_pandas()


def put_like_items(workspace: Workspace, wanted: Sequence[LikeItem]) -> None:
    """Store choices, each in the place of an earlier one of the same SKU; all of them or none."""

    def work(cursor: Cursor) -> None:
        put_rows(cursor, "like_item_put", {each.sku: asdict(each) | {"created_at": now()} for each in wanted})
        workspace.audited(cursor, "choose like-items", f"{len(wanted):,} SKUs")

    workspace.write(work)


def drop_like_item(workspace: Workspace, sku: str) -> bool:
    """Forecast a SKU by its own history again; whether it had a like-item."""

    def work(cursor: Cursor) -> bool:
        removed = cursor.execute(load("like_item_remove"), {"sku": sku}).fetchone()
        workspace.audited(cursor, "take like-item back", "one SKU")
        return bool(removed and removed[0])

    return workspace.write(work)
