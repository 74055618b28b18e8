"""Settings of a policy for series that may each have a service level of their own."""

import dataclasses

import numpy as np
import numpy.typing as npt

from core.base.types import FloatArray
from core.inventory.contract import InventoryPolicy, Settings, SupplyTerms
from core.inventory.formulas import levels_for
from core.inventory.terms import take_terms


def decided(policy: InventoryPolicy, demand: FloatArray, terms: SupplyTerms, service_level: npt.ArrayLike) -> Settings:
    """What the policy decides for every series, computed once per distinct service level.

    Args:
        policy: the rule.
        demand: units over lead time + review period, shape (n_paths, n_series).
        terms: supply terms.
        service_level: fraction in (0, 1), one or one per series.
    """
    levels = levels_for(service_level, len(terms))
    # usually one level for all, or one per segment: a few calls, never one per series
    distinct = np.unique(levels)
    if len(distinct) == 1:
        return policy.settings(demand, terms, float(distinct[0]))
    names = [field.name for field in dataclasses.fields(Settings)]
    columns = {name: np.empty(len(terms)) for name in names}
    for level in distinct:
        chosen = np.flatnonzero(levels == level)
        part = policy.settings(demand[:, chosen], take_terms(terms, chosen), float(level))
        for name in names:
            columns[name][chosen] = getattr(part, name)
    return Settings(**columns)
