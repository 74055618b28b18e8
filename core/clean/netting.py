"""Which sale a return belongs to: the latest earlier one, found for all customers at once with window functions.

Each group of lines is a stack: a sale lays its units on top, a return takes units from the top, and a return that
finds the stack empty stays unmatched. The height of the stack is the running sum reflected at zero; a sale has lost
the part of its units above the lowest later height. No line is visited in a loop.
"""

from typing import Final

BEFORE: Final = r"(?i)^(rma|return|retoure|retour|refund|ret|rt|r|cr|cn|c|退货|退款|退)[-_ #/:]*"
"""What a return's order number has before the number of the order it takes back ("R-1001", "退1001")."""
AFTER: Final = r"(?i)[-_ #/]*(rma|return|retoure|retour|refund|ret|r|退货|退款|退)[-_ #/]*[0-9]{0,2}$"
"""What it has behind that number ("1001-R1")."""
_SHORTENED: Final = ", ".join(f"regexp_replace(order_id, '{mark}', '')" for mark in (BEFORE, AFTER))
ORDERS_NAMED: Final = f"unnest([order_id, {_SHORTENED}])"
"""SQL: the order numbers that a return's own may name, itself first."""


def netted(lines: str) -> str:
    """SELECT of the lines that may meet a return, with the units netted on each.

    Args:
        lines: SELECT of upload_id, line, sold_at, weight (units, negative for a return) and the group a return is
            matched in: sku, location, who and size. NULL is a value of who and size like any other.

    Returns:
        SQL text with columns upload_id, line, weight and netted (units ≥ 0, as much on sales as on returns).
    """
    # At one instant sales come first, so that a return on a date without time finds the sale of that date.
    order = "PARTITION BY sku, location, who, size ORDER BY sold_at, weight < 0, upload_id, line"
    # The hash only narrows the lines down to groups with a return; the groups themselves are exact. Reading the lines
    # twice is cheaper than keeping millions of them that no return can meet.
    return f"""
    WITH keyed AS NOT MATERIALIZED (SELECT *, hash(sku, location, who, size) AS buyer FROM ({lines})),
    candidates AS MATERIALIZED (
        SELECT * FROM keyed WHERE buyer IN (SELECT buyer FROM keyed WHERE weight < 0)),
    summed AS (SELECT *, sum(weight) OVER ({order} ROWS UNBOUNDED PRECEDING) AS total FROM candidates),
    floored AS (
        SELECT *, least(0, min(total) OVER ({order} ROWS UNBOUNDED PRECEDING)) AS floor,
               least(0, coalesce(min(total) OVER ({order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))
                   AS floor_before
        FROM summed),
    stacked AS (
        SELECT *, total - floor AS height,
               min(total - floor) OVER ({order} ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS lowest_later
        FROM floored)
    SELECT upload_id, line, weight, round(CASE
        WHEN weight < 0 THEN -weight - (floor_before - floor)
        ELSE weight - greatest(0, least(weight, coalesce(lowest_later, height) - (height - weight)))
        END, 6) AS netted
    FROM stacked
    """  # noqa: S608 - fixed texts of the rules
