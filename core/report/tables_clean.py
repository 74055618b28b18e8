"""Tables of the Clean page: what each rule changed, examples of it, states of the history, and the exports."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from core.base.language import _


def effects(rules: Iterable[Any], report: Any, units: float) -> pd.DataFrame:
    """One row per rule: whether it is in force, what it found, the units it moved, and their share of all units.

    Args:
        rules: every rule there is.
        report: the Clean page's report, for its recipe and effects.
        units: units imported.
    """
    active = {step.rule for step in report.recipe.steps if step.enabled}
    found = {key: report.effects.get(key, (0, 0.0)) for key in (rule.key for rule in rules)}
    return pd.DataFrame(
        {
            _("Rule"): [rule.label for rule in rules],
            _("In force"): [rule.key in active for rule in rules],
            _("Looks at"): [_("sales lines") if rule.kind == "row" else _("SKU-periods") for rule in rules],
            _("Changed"): [found[rule.key][0] for rule in rules],
            _("Units moved"): [found[rule.key][1] for rule in rules],
            _("Share of units"): [found[rule.key][1] / units if units > 0 else None for rule in rules],
        }
    )


def findings(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Changes as the reader sees them: rule, SKU, location, period, units before and after, reason, line of the file.

    Args:
        table: findings as stored.
        labels: what each rule is called.
    """
    shown = table.assign(rule=table["rule"].map(lambda key: labels.get(key, key)))
    names = {
        "rule": _("Rule"), "sku": _("SKU"), "location": _("Location"), "period": _("Day or period"),
        "before_units": _("Units before"), "after_units": _("Units after"), "reason": _("Reason"),
        "line": _("File and line"),
    }  # fmt: skip
    return shown[list(names)].rename(columns=names)


def not_products(table: pd.DataFrame) -> pd.DataFrame:
    """Codes that are no product: lines and units set aside, most lines first."""
    chosen = table[table["rule"] == "non_products"]
    grouped = chosen.groupby("sku", sort=False)["before_units"].agg(["size", "sum"]).reset_index()
    ordered = grouped.sort_values("size", ascending=False, ignore_index=True)
    return ordered.set_axis([_("Code"), _("Lines"), _("Units")], axis=1)


def states(shares: Mapping[str, float]) -> pd.DataFrame:
    """Share of the SKU-periods in each state, in the order sold, nothing sold, out of stock, not on sale."""
    names = {
        "sold": (_("Sold"), _("At least one unit was sold.")),
        "zero": (_("Nothing sold"), _("It was on sale and nobody bought it: a demand of 0.")),
        "out of stock": (_("Out of stock"), _("Nothing could be sold; the demand is unknown, not 0.")),
        "not on sale": (_("Not on sale"), _("Not offered or not observed; left out of every forecast.")),
    }
    return pd.DataFrame(
        {
            _("State"): [label for label, _meaning in names.values()],
            _("Share"): [100.0 * shares[key] for key in names],
            _("Meaning"): [meaning for _label, meaning in names.values()],
        }
    )


def demand(table: pd.DataFrame) -> pd.DataFrame:
    """Clean demand under the reader's headings."""
    names = {
        "sku": _("SKU"), "location": _("Location"), "period": _("Period"), "units": _("Units"),
        "out_of_stock": _("Out of stock"),
    }  # fmt: skip
    return table.rename(columns=names)
