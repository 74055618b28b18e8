"""SQL texts that row rules share; the relation `rows` holds the imported sales lines."""

import re
from typing import Final

CONTENT: Final = (
    "order_id, sold_at, sku, product_name, location, quantity, unit_price, amount, discount, status, channel, "
    "category, customer, unit, currency"
)
"""What a sales line says; its file and line number only say where it stands."""
PRICE: Final = (
    "coalesce(nullif(unit_price, 0), CASE WHEN quantity < 0 THEN abs(amount) ELSE amount END "
    "/ nullif(abs(quantity), 0), unit_price)"
)
"""Money per unit. A price of 0 beside an amount paid is a gap in the file, not a gift, and what a return pays back
stands in some files without its sign."""
FITS_NOTHING: Final = r"[^\s\S]"
"""A pattern for an empty list of words."""


def removed(condition: str, reason: str) -> str:
    """SELECT of the findings for lines removed by the condition (an unknown condition keeps a line).

    Args:
        condition: SQL over a line of `rows`.
        reason: SQL giving the sentence for the planner.
    """
    return (
        f"SELECT upload_id, line, {reason} AS reason, quantity AS before, NULL::DOUBLE AS after "  # noqa: S608 - fixed
        f"FROM rows WHERE {condition}"
    )


def amount_of(after: str) -> str:
    """SQL giving a line's amount when its quantity becomes `after`: the amount follows the units.

    A line turned into a return pays money back, whatever sign its amount had.
    """
    return (
        f"CASE WHEN ({after}) * quantity < 0 THEN -abs(amount * ({after}) / quantity) "
        f"ELSE amount * ({after}) / quantity END"
    )


def listed(text: str) -> tuple[str, ...]:
    """The words of a setting, without blanks around them and without empty ones.

    Args:
        text: words separated by commas, semicolons or line ends, in Western or Chinese form.
    """
    return tuple(word.strip() for word in re.split(r"[,;，；、\n]", text) if word.strip())


def pattern_of(words: tuple[str, ...]) -> str:
    """A regular expression that fits any of the words; * in a word stands for any characters."""
    return "|".join(re.escape(word).replace(r"\*", ".*") for word in words) or FITS_NOTHING
