"""What a sales table holds on each day, so that a hole or a doubled day is seen before it is imported."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

COLUMNS = ("day", "rows", "skus", "revenue", "returns", "returned")


def upload_days(rows: pa.Table) -> pd.DataFrame:
    """Figures per day of sale.

    Args:
        rows: typed lines with sold_at, sku and quantity, and amount or unit_price where the file has them.

    Returns:
        day, rows, skus (distinct), revenue (as the file has the money, returns taken off; NaN where it has none),
        returns (rows of negative quantity), returned (units in them, > 0); by day, days without rows left out. Empty
        for a table of anything else.
    """
    if not {"sold_at", "sku", "quantity"} <= set(rows.column_names):
        return pd.DataFrame(columns=list(COLUMNS))
    units = rows["quantity"]
    back = pc.less(units, 0.0)
    plain = pa.table(
        {
            "day": pc.cast(rows["sold_at"], pa.date32(), safe=False),
            # numbers are told apart far quicker than texts
            "skus": pc.dictionary_encode(rows["sku"].combine_chunks()).indices,
            "rows": units,
            "revenue": _money(rows),
            "returns": pc.cast(back, pa.int64()),
            "returned": pc.if_else(back, pc.negate(units), 0.0),
        }
    )
    found = plain.group_by("day").aggregate(
        [
            ("rows", "count"),
            ("skus", "count_distinct"),
            ("revenue", "sum"),
            ("returns", "sum"),
            ("returned", "sum"),
        ]
    )
    frame = found.to_pandas().rename(columns=lambda name: name.removesuffix("_sum").removesuffix("_count"))
    frame = frame.rename(columns={"skus_count_distinct": "skus"}).astype({"day": "datetime64[s]"})
    return frame[list(COLUMNS)].sort_values("day", ignore_index=True)


def _money(rows: pa.Table) -> pa.ChunkedArray:
    """Amount of each line, else quantity × price; missing where the file has neither."""
    nothing = pa.chunked_array([pa.nulls(rows.num_rows, pa.float64())])
    named = set(rows.column_names)
    amount = rows["amount"] if "amount" in named else nothing
    price = rows["unit_price"] if "unit_price" in named else nothing
    return pc.coalesce(amount, pc.multiply(rows["quantity"], price))
