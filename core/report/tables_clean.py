"""Tables of the Clean page: rules and what they changed, history in rows, states, stock-outs, and the exports."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from core.base.language import _
from core.report.numbers import day, number, percent


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


def dimensions(quality: Any) -> pd.DataFrame:
    """Score of each dimension of data quality with the figures behind it, the mean of all first."""
    overall = _("Mean of the dimensions that have a score. 100 = everything that was checked is in order.")
    rows = [(_("Data quality"), quality.score, overall)]
    rows += [(each.label, each.score, each.reason) for each in quality.dimensions]
    table = pd.DataFrame(rows, columns=[_("Dimension"), _("Score"), _("Why")])
    return table.astype({_("Score"): float})


def issues(found: Iterable[Any]) -> pd.DataFrame:
    """Everything that was found, the most units first: what, how often, and the units it moved."""
    rows = [(each.label, each.cells, each.units, each.share) for each in found]
    names = [_("Found"), _("Lines, periods or SKUs"), _("Units moved"), _("Share of units")]
    return pd.DataFrame(rows, columns=names)


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


def examples(table: pd.DataFrame) -> pd.DataFrame:
    """Changes of one rule to look at: as `findings`, without the rule, days in words and not to be sorted by."""
    shown = findings(table.assign(period=table["period"].map(spoken)), {})
    return shown.drop(columns=_("Rule"))


def spoken(period: str) -> str:
    """When a finding was, in words: a day, or the first and last of several.

    Example:
        >>> spoken("2026-04-03"), spoken("2026-04-03/2026-05-01"), spoken("")
        ('3 Apr 2026', '3 Apr 2026 – 1 May 2026', '')
    """
    return " – ".join(day(each) for each in period.split("/")) if period else ""


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


def row_names() -> dict[str, str]:
    """What the terms between imported units and clean demand are called: name in the history → words."""
    return {
        "returns": _("Returns"), "others": _("Cancelled and others"), "outliers": _("Outliers"),
        "filled": _("Filled gaps"), "lost_sales": _("Lost sales"), "manual": _("By hand"),
    }  # fmt: skip


def history(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the history under the reader's headings, from imported units to clean demand."""
    names = {
        "period": _("Period"), "imported": _("Imported"), **row_names(), "clean": _("Clean demand"),
        "promotions": _("of which promotions added"),
    }  # fmt: skip
    digits = {name: 1 for name in names if name != "period"}
    return table[list(names)].round(digits).rename(columns=names)


def history_total(table: pd.DataFrame) -> pd.DataFrame:
    """The history as a sum from imported units to clean demand: one line per row with its share of the imported."""
    columns = ["imported", *row_names(), "clean", "promotions"]
    names = [_("Imported"), *row_names().values(), _("= Clean demand"), _("of which promotions added")]
    units = table[columns].sum().to_numpy(float).round(1)
    shares = (100.0 * units / units[0]).round(2) + 0.0 if units[0] > 0 else np.full(len(units), np.nan)
    return pd.DataFrame({_("Row"): names, _("Units"): units, _("% of imported"): shares})


def grains(frequency: str) -> dict[str, str]:
    """Spans the history can be added up to: key → words, the finest first."""
    names = {"day": _("Days"), "week": _("Weeks"), "month": _("Months")}
    return dict(list(names.items())[list(names).index(frequency) :])


def by_grain(table: pd.DataFrame, grain: str) -> pd.DataFrame:
    """The history added up to weeks from Monday on or to months; as it is for days.

    Args:
        table: one row per period, column period and units besides.
        grain: day, week or month.
    """
    if grain == "day":
        return table
    days = table["period"].to_numpy("datetime64[D]")
    back = (days.astype(np.int64) + 3) % 7
    starts = days - back.astype("timedelta64[D]") if grain == "week" else days.astype("datetime64[M]")
    start = pd.Series(starts.astype("datetime64[s]"), index=table.index, name="period")
    return table.drop(columns="period").groupby(start).sum().reset_index()


def shelf_states() -> dict[str, tuple[str, str]]:
    """States of a SKU's period: key → its name, and how charts draw it."""
    return {
        "sold": (_("Sold"), "sold"),
        "zero": (_("Nothing sold"), "nothing"),
        "out of stock": (_("Out of stock"), "out"),
        "taken as out of stock": (_("Taken as out of stock"), "inferred"),
        "perhaps out of stock": (_("Perhaps out of stock"), "suspected"),
        "not on sale": (_("Not on sale"), "absent"),
    }


def shelf_told(table: pd.DataFrame) -> list[str]:
    """One sentence per period of a SKU: the day, its state, and the units."""
    names = {key: name for key, (name, _look) in shelf_states().items()}
    told = []
    for period, state, units, lost, share in table.itertuples(index=False):
        parts = [day(period), names[state]]
        parts += [_("{units} units").format(units=number(units, 1))] if units > 0 else []
        parts += [_("{units} of them estimated as lost").format(units=number(lost, 1))] if lost > 0 else []
        parts += [_("{share} chance of an empty shelf").format(share=percent(share, 0))] if share > 0 else []
        told.append(" · ".join(parts))
    return told


def shelf(table: pd.DataFrame) -> pd.DataFrame:
    """The periods of a SKU under the reader's headings."""
    states = {key: name for key, (name, _look) in shelf_states().items()}
    names = {
        "period": _("Period"), "state": _("State"), "units": _("Units"), "lost": _("Estimated as lost"),
        "probability": _("Probability of an empty shelf, %"),
    }  # fmt: skip
    rounded = table.assign(probability=100.0 * table["probability"]).round({"lost": 1, "probability": 0})
    shown = rounded.assign(state=table["state"].map(states))
    return shown[list(names)].rename(columns=names)


def fix_first(table: pd.DataFrame) -> pd.DataFrame:
    """Issues with the most at stake first: what, how many SKUs, units and money it would move, and what to do."""
    names = {
        "label": _("Issue"), "skus": _("SKU × location"), "units": _("Units at stake"), "money": _("Money at stake"),
        "how": _("What to do"),
    }  # fmt: skip
    return table.round({"units": 0, "money": 0})[list(names)].rename(columns=names)


def choices() -> dict[str, str]:
    """How the stock-outs of a SKU may be treated: key → words."""
    return {"": _("as the switch says"), "estimate": _("estimate"), "leave": _("leave unknown")}


def stock_outs(table: pd.DataFrame) -> pd.DataFrame:
    """SKUs with out-of-stock periods, what they sold and lost in them, whether it counts, and what was chosen."""
    names = {
        "sku": _("SKU"), "location": _("Location"), "choice": _("Chosen"), "periods": _("Periods out of stock"),
        "sold_units": _("Units sold in them"), "expected_units": _("Units lost, estimated"),
        "expected_sd": _("± (1 sd)"), "lost_units": _("Counted"),
    }  # fmt: skip
    rounded = table.round({"sold_units": 1, "expected_units": 1, "expected_sd": 1, "lost_units": 1})
    return rounded.assign(choice=table["choice"].map(choices()))[list(names)].rename(columns=names)


def suspected(table: pd.DataFrame) -> pd.DataFrame:
    """Stretches without a sale that chance hardly explains, the likeliest stock-outs first."""
    names = {
        "sku": _("SKU"), "location": _("Location"), "probability": _("Probability of an empty shelf"),
        "first": _("From"), "last": _("To"), "periods": _("Periods"),
        "usual_units": _("Units usual in such a time"), "lasts": _("Still lasting"),
    }  # fmt: skip
    shown = table.assign(probability=100.0 * table["probability"], usual_units=table["usual_units"].round(1))
    return shown[list(names)].rename(columns=names)


def suspicions(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """What row rules noticed and left as it is.

    Args:
        table: rule, sku, location, period, units, reason.
        labels: what each rule is called.
    """
    names = {
        "rule": _("Rule"), "sku": _("SKU"), "location": _("Location"), "units": _("Units"), "reason": _("Reason"),
        "period": _("Day or period"),
    }  # fmt: skip
    shown = table.assign(rule=table["rule"].map(lambda key: labels.get(key, key)), period=table["period"].map(spoken))
    return shown[list(names)].rename(columns=names)


def corrections(table: pd.DataFrame) -> pd.DataFrame:
    """Demand put in by hand, with the reason."""
    names = {
        "sku": _("SKU"), "location": _("Location"), "period": _("Period"), "units": _("Units"),
        "reason": _("Reason"),
    }  # fmt: skip
    return table.assign(period=pd.to_datetime(table["period"]))[list(names)].rename(columns=names)
