"""Tables of the Runs & settings page."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
from babel import Locale
from babel.numbers import get_currency_name

from core.base.language import _, current, ngettext
from core.report.numbers import BLANK, local, number

SHORT: Final = 12
"""Characters of a key that are shown."""
LONG_VALUE: Final = 300


def kind_labels() -> dict[str, str]:
    """Kinds of runs and jobs: key → words."""
    return {
        "import": _("Import"), "removal": _("Upload taken back"), "linking": _("Codes linked"),
        "marking": _("Drivers marked"),
        "sample": _("Sample shop"),
        "cleaning": _("Cleaning"), "comparison": _("Comparison of methods"), "forecast": _("Forecast"),
        "overriding": _("Forecast changed by hand"),
        "plan": _("Order plan"), "preparation": _("Compare, forecast and plan"), "segmentation": _("Segments"),
        "simulation": _("What-if scenario"), "tuning": _("Settings of a method tuned"),
        "recovery": _("Lost loads rebuilt"),
    }  # fmt: skip


def status_labels() -> dict[str, str]:
    """How runs and jobs stand: key → words."""
    return {
        "running": _("Running"), "done": _("Done"), "failed": _("Failed"), "cancelled": _("Cancelled"),
        "interrupted": _("Interrupted"), "replaced": _("Replaced"),
    }  # fmt: skip


def run_table(records: Sequence[Any]) -> pd.DataFrame:
    """What was computed: when, what, how long it took and from which data."""
    kinds, states = kind_labels(), status_labels()
    return pd.DataFrame(
        {
            _("When"): [local(each.created_at) for each in records],
            _("What"): [kinds.get(each.kind, each.kind) + _changes(each.manifest) for each in records],
            _("Status"): [states.get(each.status, each.status) for each in records],
            _("Seconds"): [round(float(each.seconds), 1) for each in records],
            _("Data version"): [each.version[:SHORT] for each in records],
            _("Run"): [each.run_id[:SHORT] for each in records],
        }
    )


def _changes(manifest: Mapping[str, Any]) -> str:
    """How many changes by hand a forecast holds, to be put after its name; "" when there are none."""
    count = len(manifest.get("overrides", ()))
    text = ngettext(" with {n:,} change by hand", " with {n:,} changes by hand", count)
    return text.format(n=count) if count else ""


def job_table(records: Sequence[Any]) -> pd.DataFrame:
    """What ran in the background: when, what, how it ended and why."""
    kinds, states = kind_labels(), status_labels()
    return pd.DataFrame(
        {
            _("When"): [local(each.created_at) for each in records],
            _("What"): [kinds.get(each.kind, each.kind) for each in records],
            _("Status"): [states.get(each.status, each.status) for each in records],
            _("Progress"): [100 * float(each.fraction) for each in records],
            _("Last step"): [each.stage for each in records],
            _("Message"): [each.message for each in records],
        }
    )


def manifest_table(manifest: Mapping[str, Any]) -> pd.DataFrame:
    """What a run was made with, one row per setting, nested names joined by dots.

    Example:
        >>> manifest_table({"seed": 1, "request": {"folds": 3}}).to_dict("list")
        {'Setting': ['seed', 'request · folds'], 'Value': ['1', '3']}
    """
    rows = list(_flat(manifest, ""))
    return pd.DataFrame({_("Setting"): [name for name, _value in rows], _("Value"): [value for _name, value in rows]})


def _flat(values: Mapping[str, Any], before: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in values.items():
        name = f"{before}{str(key).replace('_', ' ')}"
        if isinstance(value, Mapping) and value:
            rows += _flat(value, f"{name} · ")
        else:
            rows.append((name, _text(value)))
    return rows


def _text(value: Any) -> str:
    if value is None or value in ({}, [], ""):
        return BLANK
    if isinstance(value, float):
        return number(value, 0 if value == round(value) else 3)
    if isinstance(value, list) and len(value) > 12:
        return _("{count} values").format(count=number(len(value)))
    plain = ", ".join(_text(each) for each in value) if isinstance(value, list) else str(value)
    return plain if len(plain) <= LONG_VALUE else plain[: LONG_VALUE - 1] + "…"


def contents(rows: Mapping[str, int]) -> pd.DataFrame:
    """Rows per table of the workspace, largest first."""
    ranked = sorted(rows.items(), key=lambda each: -each[1])
    return pd.DataFrame(
        {
            _("Table"): [name.replace("_", " ").capitalize() for name, _count in ranked],
            _("Rows"): [count for _name, count in ranked],
        }
    )


def size(n_bytes: int) -> str:
    """A file size in the unit that fits.

    Example:
        >>> size(18_886_656)
        '18.9 MB'
    """
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= step:
            return f"{number(n_bytes / step, 1)} {unit}"
    return _("{count} bytes").format(count=number(n_bytes))


def currency_label(code: str) -> str:
    """A currency by name, e.g. “EUR – Euro”; an unknown code by itself."""
    return f"{code} – {get_currency_name(code, locale=current())}"


def rate_table(rates: Mapping[str, float], own: str) -> pd.DataFrame:
    """Exchange rates in force: currency, and what one unit of it is worth in the shop's money."""
    return pd.DataFrame(
        {
            _("Currency"): [currency_label(code) for code in rates],
            _("{own} for one").format(own=own): [float(rate) for rate in rates.values()],
        }
    )


def country_label(code: str) -> str:
    """A country by name; "" is no country."""
    if not code:
        return _("None")
    return str(Locale.parse(current()).territories.get(code, code))


def language_label(code: str) -> str:
    """A language by its own name."""
    return str(Locale.parse(code).get_display_name(code)).capitalize()
