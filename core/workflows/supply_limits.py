"""Terms that an older store holds and that cannot be: the plan does without them and says so."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from core.base.errors import examples
from core.base.language import _, ngettext
from core.base.types import FloatArray
from core.ingest.limits import HIGHEST, impossible

_NONE: Final = ("review_period_days", "pack", "shelf_life_days")
"""Terms of which 0 says that there is none."""


def possible(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Rows of products or supply terms without the values that cannot be, and which these were.

    Args:
        rows: with a column sku and perhaps supplier; terms as floats, NaN = not stated.
    """
    left_out: list[str] = []
    kept: dict[str, FloatArray] = {}
    # a row about no single SKU is about all of its supplier
    owners = rows["sku"].fillna(rows["supplier"]) if "supplier" in rows else rows["sku"]
    labels = _labels()
    for name in [each for each in HIGHEST if each in rows]:
        values = rows[name].to_numpy(float)
        wrong = impossible(name, values)
        left_out += [f"{owners.iloc[i]} ({labels[name]} {values[i]:g})" for i in np.flatnonzero(wrong).tolist()]
        kept[name] = np.where(wrong | ((values == 0) & (name in _NONE)), np.nan, values)
    return rows.assign(**kept), left_out


def sentence(left_out: Sequence[str]) -> str:
    """What to tell the planner of values left out, with examples; "" when there are none."""
    if not left_out:
        return ""
    text = ngettext(
        "{n:,} value of a products or suppliers file cannot be and is left out: {which}. Correct the file and import "
        "it again.",
        "{n:,} values of products or suppliers files cannot be and are left out: {which}. Correct the files and import "
        "them again.",
        len(left_out),
    )
    return text.format(n=len(left_out), which=examples(list(left_out)))


def _labels() -> dict[str, str]:
    return {
        "lead_time_days": _("lead time"), "lead_time_sd_days": _("lead time spread"),
        "review_period_days": _("review period"), "shelf_life_days": _("shelf life"), "moq": _("minimum order"),
        "pack": _("pack"), "units_per_pack": _("units per pack"), "order_minimum": _("supplier minimum"),
        "order_cost": _("cost per order"), "unit_cost": _("unit cost"), "unit_price": _("price"),
    }  # fmt: skip
