"""Supply terms: which are impossible, and the terms of some series only."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from core.base.errors import InfeasibleTermsError, examples
from core.base.types import AnyArray, BoolArray, FloatArray
from core.inventory.contract import Settings, SupplyTerms


def take_terms(terms: SupplyTerms, chosen: AnyArray) -> SupplyTerms:
    """The terms of the chosen series (indices or mask), in the order given."""
    return SupplyTerms(**{field.name: getattr(terms, field.name)[chosen] for field in dataclasses.fields(terms)})


def take_settings(settings: Settings, chosen: AnyArray) -> Settings:
    """The settings of the chosen series (indices or mask), in the order given."""
    return Settings(**{field.name: getattr(settings, field.name)[chosen] for field in dataclasses.fields(settings)})


def check_terms(terms: SupplyTerms, keys: Sequence[str]) -> None:
    """Refuse terms nobody can order by.

    Args:
        terms: supply terms.
        keys: "sku@location" of each series, for the error text.

    Raises:
        InfeasibleTermsError: a lead time, MOQ, order cost, holding rate or order minimum is negative or missing, or a
            review period or pack is not above 0.
    """
    for name, label, unit in (
        ("lead_time_days", "Lead time", "days"),
        ("lead_time_sd_days", "Lead time spread", "days"),
        ("moq", "Minimum order quantity", "units"),
        ("order_cost", "Cost per order", "money"),
        ("holding_rate_per_year", "Holding rate", "per year"),
        ("order_minimum", "Supplier minimum", "money"),
    ):
        values = np.asarray(getattr(terms, name), float)
        _refuse(~(np.isfinite(values) & (values >= 0)), values, keys, f"{label} must be 0 {unit} or more")
    for name, label, unit in (("review_period_days", "Review period", "days"), ("pack", "Pack size", "units")):
        values = np.asarray(getattr(terms, name), float)
        _refuse(~(np.isfinite(values) & (values > 0)), values, keys, f"{label} must be above 0 {unit}")


def _refuse(wrong: BoolArray, values: FloatArray, keys: Sequence[str], expected: str) -> None:
    if not wrong.any():
        return
    found = [f"{keys[i]} ({values[i]:g})" for i in np.flatnonzero(wrong).tolist()]
    raise InfeasibleTermsError(
        f"{expected}; {len(found):,} SKUs have another value: {examples(found)}. "
        "Correct the supply terms of these SKUs or set a default."
    )
