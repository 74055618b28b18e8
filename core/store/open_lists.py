"""Order lines as they were told before an upload, to be held against what it tells."""

import pandas as pd

from core.store.sql import load
from core.store.workspace import Workspace


def orders_before(workspace: Workspace, upload_id: str) -> pd.DataFrame:
    """Order lines of all other uploads in their latest state.

    Returns:
        po_id, supplier, sku, location, ordered_on, due_on, ordered_units, remaining_units (0 = nothing is awaited).
    """
    with workspace.cursor() as cursor:
        return cursor.execute(load("orders_before"), {"upload_id": upload_id}).df()
