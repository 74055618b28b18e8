"""SQL texts that row rules share; the relation `rows` holds the imported sales lines."""

from typing import Final

CONTENT: Final = (
    "order_id, sold_at, sku, product_name, location, quantity, unit_price, amount, discount, status, channel, "
    "category, customer"
)
"""What a sales line says; its file and line number only say where it stands."""


def kept(condition: str) -> str:
    """SELECT of the lines that do not meet the condition (an unknown condition keeps a line)."""
    return f"SELECT * FROM rows WHERE NOT coalesce({condition}, false)"  # noqa: S608 - fixed texts of the rules


def removed(condition: str, reason: str) -> str:
    """SELECT of the findings for lines removed by the condition.

    Args:
        condition: SQL over a line of `rows`.
        reason: SQL giving the sentence for the planner.
    """
    return (
        f"SELECT upload_id, line, {reason} AS reason, quantity AS before, NULL::DOUBLE AS after "  # noqa: S608 - fixed
        f"FROM rows WHERE {condition}"
    )


def applied(changes: str) -> str:
    """SELECT of the rows after the changes: new quantities with their share of the amount, removed lines left out.

    Args:
        changes: SELECT of upload_id, line, before and after (NULL = removed), at most one per line.
    """
    # The amount follows the units; a line turned into a return pays money back, whatever sign its amount had.
    return f"""
    WITH changes AS ({changes})
    SELECT rows.* REPLACE (
        coalesce(changes.after, rows.quantity) AS quantity,
        CASE WHEN changes.line IS NULL THEN rows.amount
             WHEN changes.after * rows.quantity < 0 THEN -abs(rows.amount * changes.after / rows.quantity)
             ELSE rows.amount * changes.after / rows.quantity END AS amount)
    FROM rows LEFT JOIN changes ON rows.upload_id = changes.upload_id AND rows.line = changes.line
    WHERE changes.line IS NULL OR changes.after IS NOT NULL
    """  # noqa: S608 - fixed texts of the rules
