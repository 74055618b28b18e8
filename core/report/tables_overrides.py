"""Tables of changes by hand: which ones there are, whom they change, and whether they helped."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from core.base.language import _, ngettext
from core.report.numbers import BLANK, change, day, minute, number, percent
from core.series.overriding import PERCENT, SET


def scope_label(level: str, name: str, location: str = "") -> str:
    """What a part of the shop is called in a table; a SKU is told from a location of the same name.

    Example:
        >>> scope_label("location", "20"), scope_label("sku", "20", "7")
        ('Location 20', '20 · 7')
    """
    if level == "total":
        return _("Whole shop")
    if level == "category":
        return _("Category {name}").format(name=name)
    if level == "location":
        return _("Location {name}").format(name=name)
    return f"{name} · {location}" if location else name


def asked(kind: str, value: float) -> str:
    """What a change does, in a few words.

    Example:
        >>> asked("percent", 20), asked("units", -30), asked("set", 120)
        ('+20%', '−30 units', 'set to 120 units')
    """
    digits = 0 if float(value).is_integer() else 1
    if kind == PERCENT:
        return change(value / 100, digits).replace("-", "−")
    units = ngettext("{n} unit", "{n} units", round(abs(value))).format(n=number(abs(value), digits))
    if kind == SET:
        return _("set to {units}").format(units=units)
    return f"{'+' if value >= 0 else '−'}{units}"


def span(first: Any, last: Any) -> str:
    """Two days as one text."""
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def states() -> dict[str, str]:
    """What the states of a change are called, by key."""
    return {
        "in force": _("in force"),
        "lapsed": _("lapsed"),
        "taken back": _("taken back"),
        "does not meet this forecast": _("does not meet this forecast"),
    }


def listing(stated: Sequence[Any], reasons: Mapping[str, str], judged: Mapping[str, Any]) -> pd.DataFrame:
    """One row per change: what, for whom, when, before and after, its state, who made it and why, and if it helped.

    Args:
        stated: changes with their override, state, before, after and why.
        reasons: name of each reason.
        judged: changes held against what sold, by key of the override.
    """
    rows = [(each, each.override) for each in stated]
    table = pd.DataFrame(
        {
            _("For"): [scope_label(one.level, one.name, one.location) for _each, one in rows],
            _("Days"): [span(one.first, one.last) for _each, one in rows],
            _("Change"): [asked(one.kind, one.value) for _each, one in rows],
            _("Before"): [_units(each.before) for each, _one in rows],
            _("After"): [_units(each.after) for each, _one in rows],
            _("Reason"): [reasons.get(one.reason, one.reason) for _each, one in rows],
            _("State"): [_state(each) for each, _one in rows],
            _("Who"): [one.who for _each, one in rows],
            _("When"): [minute(one.created_at) for _each, one in rows],
            _("Holds until"): [day(one.until) for _each, one in rows],
            _("Comment"): [one.comment for _each, one in rows],
        }
    )
    if judged:
        table.insert(6, _("Error"), [_error(judged.get(one.override_id)) for _each, one in rows])
    return table


def _error(each: Any | None) -> str:
    """WAPE without and with a change; blank where it is not known."""
    if each is None or not each.sold > 0:
        return BLANK
    return f"{percent(each.error_before / each.sold)} → {percent(each.error_after / each.sold)}"


def _units(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _state(each: Any) -> str:
    """The state in words; who took it back and when, or why it does not meet the forecast."""
    text = states()[each.state]
    if each.override.withdrawn_at is not None:
        who, when = each.override.withdrawn_by, minute(each.override.withdrawn_at)
        return _("{state} by {who}, {when}").format(state=text, who=who, when=when)
    return f"{text}: {each.why}" if each.why else text


def movers(rows: pd.DataFrame, change_in_all: float, *, with_location: bool) -> pd.DataFrame:
    """The series that a change moves most, and what share of it each takes.

    Args:
        rows: sku, location, product_name, before, after.
        change_in_all: units by which all series together move.
        with_location: whether there is more than one location.
    """
    moved = rows["after"] - rows["before"]
    named = {_("SKU"): rows["sku"], _("Product"): rows["product_name"]}
    placed = {_("Location"): rows["location"]} if with_location else {}
    units = {_("Before"): rows["before"], _("After"): rows["after"], _("Difference"): moved}
    shares = [percent(each / change_in_all if change_in_all else None) for each in moved]
    numbers = {name: values.round(1) for name, values in units.items()}
    return pd.DataFrame(named | placed | numbers | {_("Share of the change"): shares})


def records(groups: Mapping[tuple[str, ...], Any], heads: tuple[str, ...], names: Mapping[str, str]) -> pd.DataFrame:
    """How changes did, one row per group; errors in percent of units sold, blank where they are undefined.

    Args:
        groups: name of each group and its record.
        heads: what the parts of a name are.
        names: what each part of a name is called; itself where it is not among them.
    """
    parts = {head: [names.get(group[at], group[at]) for group in groups] for at, head in enumerate(heads)}
    found = list(groups.values())
    short = {_("Days out of stock"): [each.left_out for each in found]} if any(each.left_out for each in found) else {}
    return pd.DataFrame(
        parts
        | {
            _("Changes"): [each.judged for each in found],
            _("Helped"): [percent(each.helped / each.judged, 0) for each in found],
            _("Naive"): [percent(each.naive) for each in found],
            _("Before"): [percent(each.before) for each in found],
            _("After"): [percent(each.after) for each in found],
            _("Points taken off"): [points(each.gain) for each in found],
        }
        | short
    )


def points(gain: float) -> str:
    """What changes took off the error, in percentage points, with a sign.

    Example:
        >>> points(0.0312), points(-0.02), points(float("nan"))
        ('+3.1', '−2.0', '–')
    """
    text = number(100 * gain, 1)
    if text == BLANK or gain < 0:
        return text.replace("-", "−")
    return f"+{text}"
