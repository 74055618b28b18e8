"""Tables of two forecasts side by side: what was asked differently, and which series changed most."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from core.base.language import _


def asked_labels() -> dict[str, str]:
    """What two forecasts may differ in, by key."""
    return {
        "version": _("Data"),
        "model": _("Methods asked for"),
        "reconciliation": _("How levels agree"),
        "without": _("Drivers switched off"),
        "like_items": _("New items forecast like others"),
        "overrides": _("Changes by hand"),
        "settings": _("Settings of methods"),
        "comparison": _("Comparison it follows"),
        "horizon": _("Horizon, calendar periods"),
        "n_paths": _("Sample paths per series"),
        "seed": _("Seed"),
        "n_substitutions": _("Series with another method than wanted"),
        "code_version": _("Program version"),
    }


def differences(found: Sequence[Any], labels: Mapping[str, str]) -> pd.DataFrame:
    """One row per difference: what, in the earlier forecast, in the newer one.

    Args:
        found: differences with name, old and new.
        labels: name of each method.
    """
    names = asked_labels()
    rows = [(names[each.name], _told(each.old, labels), _told(each.new, labels)) for each in found]
    return pd.DataFrame(rows, columns=[_("What"), _("Earlier"), _("Newer")])


def _told(value: Any, labels: Mapping[str, str]) -> str:
    """A method by its name, a key of 32 signs by its first eight."""
    text = "–" if value in (None, "") else str(value)
    return labels.get(text, text[:8] if len(text) >= 16 and " " not in text else text)


def movers(rows: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Series by how much their forecast changed, units over the periods both forecasts hold.

    Args:
        rows: sku, location, old_units, new_units, old_model, new_model; NaN units = not in that forecast.
        labels: name of each method.
    """
    change = rows["new_units"].fillna(0.0) - rows["old_units"].fillna(0.0)
    return pd.DataFrame(
        {
            _("SKU"): rows["sku"],
            _("Location"): rows["location"],
            _("Earlier, units"): rows["old_units"],
            _("Newer, units"): rows["new_units"],
            _("Change, units"): change,
            _("Earlier method"): [_method(key, labels) for key in rows["old_model"]],
            _("Newer method"): [_method(key, labels) for key in rows["new_model"]],
        }
    )


def _method(key: Any, labels: Mapping[str, str]) -> str:
    return labels.get(key, str(key)) if isinstance(key, str) else "–"
