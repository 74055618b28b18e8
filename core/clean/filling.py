"""A number missing on some lines, filled in from the SKU's other lines; several rules share it."""

from typing import Final

DROP: Final = "drop"
LEAVE: Final = "leave"
METHODS: Final = ("last value", "mean", "median", "interpolation", "seasonal", "zero", DROP, LEAVE)
"""How a gap may be filled: over time, per SKU; "drop" takes the line out."""


def filled(value: str, missing: str) -> str:
    """SELECT of upload_id, line, quantity, currency and the value found for each line that misses one (NULL = none).

    `known` says that the value follows from the line itself, not from the SKU's other lines.

    Args:
        value: SQL over a line of `rows` giving the number, also where it follows from other fields of a gap.
        missing: SQL over a line of `rows`, true where the number is missing.

    The text uses the parameter $method, one of METHODS. "last value" takes the latest earlier line, or else the first
    later one; "seasonal" the mean of the same month of any year, or else of all lines.
    """
    return f"""
    WITH lines AS (
        SELECT upload_id, line, sku, sold_at, quantity, currency, {missing} AS gap, epoch(sold_at) AS instant,
               {value} AS value
        FROM rows WHERE $method <> '{LEAVE}' AND sku IN (SELECT sku FROM rows WHERE {missing})),
    neighbours AS (
        SELECT *, last_value(value IGNORE NULLS) OVER earlier AS before_value,
               last_value(CASE WHEN value IS NOT NULL THEN instant END IGNORE NULLS) OVER earlier AS before_at,
               first_value(value IGNORE NULLS) OVER later AS after_value,
               first_value(CASE WHEN value IS NOT NULL THEN instant END IGNORE NULLS) OVER later AS after_at,
               avg(value) OVER (PARTITION BY sku) AS mean_value, median(value) OVER (PARTITION BY sku) AS median_value,
               avg(value) OVER (PARTITION BY sku, month(sold_at)) AS season_value
        FROM lines
        WINDOW earlier AS (PARTITION BY sku ORDER BY sold_at, upload_id, line ROWS UNBOUNDED PRECEDING),
               later AS (PARTITION BY sku ORDER BY sold_at, upload_id, line
                         ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING))
    SELECT upload_id, line, quantity, currency, value IS NOT NULL AS known, round(coalesce(value, CASE $method
            WHEN 'mean' THEN mean_value
            WHEN 'median' THEN median_value
            WHEN 'seasonal' THEN coalesce(season_value, mean_value)
            WHEN 'zero' THEN 0
            WHEN '{DROP}' THEN NULL
            WHEN 'interpolation' THEN coalesce(before_value + (after_value - before_value)
                * coalesce((instant - before_at) / nullif(after_at - before_at, 0), 0), before_value, after_value)
            ELSE coalesce(before_value, after_value) END), 6) AS value
    FROM neighbours WHERE gap
    """  # noqa: S608 - fixed texts of the rules
