"""Why an order is what it is, in plain language: the terms of its sum, and the sentences around it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.base.language import _
from core.report.numbers import number, percent, undefined

Terms = Sequence[tuple[str, float]]
NEED: Final = 5
"""The first five terms of a plan's sum are the net need; the sixth is what the ordering rule makes of it."""
SMALL: Final = 0.05
MANY: Final = 10.0
"""Units from which half a unit more or less does not matter to a reader."""


def names() -> tuple[str, ...]:
    """Names of the terms of a plan's sum, in the plan's order."""
    return (
        _("Expected demand"), _("Safety stock"), _("On hand"), _("On order"), _("Promised to customers"),
        _("Up to target or full lot"), _("Minimum order"), _("Rounding up"), _("Cut to budget"),
    )  # fmt: skip


def net_need(steps: Terms) -> float:
    """Units missing to the reorder point; negative = more than enough."""
    return sum(units for _name, units in steps[:NEED])


def ordered(steps: Terms) -> float:
    """Units that the terms add up to."""
    return sum(units for _name, units in steps)


def nothing_suggested(steps: Terms) -> bool:
    """Whether the ordering rule wants nothing, before minimum order and packs."""
    return abs(sum(units for _name, units in steps[: NEED + 1])) < SMALL


def chart_terms(steps: Terms) -> list[tuple[str, float]]:
    """The terms of an order by names a planner reads, those without effect left out, the order itself last.

    Where nothing is to be ordered, what cancels the surplus is named so.

    Example:
        >>> plain = [("", 20.0), ("", 5.0), ("", -40.0), ("", 0.0), ("", 0.0), ("", 15.0), ("", 0.0)]
        >>> [name for name, units in chart_terms(plain)]
        ['Expected demand', 'Safety stock', 'On hand', 'Surplus, nothing to order', 'To order']
    """
    labels = list(names())
    if nothing_suggested(steps):
        labels[NEED] = _("Surplus, nothing to order")
    least = 0.5 if max(abs(units) for _name, units in steps) >= MANY else SMALL
    shown = [(labels[place], units) for place, (_name, units) in enumerate(steps) if place == 0 or abs(units) >= least]
    return [*shown, (_("To order"), ordered(steps))]


def reason(line: Mapping[str, Any], steps: Terms) -> str:
    """The sum behind an order in one line of text, and what was assumed or limited; without terms only the latter.

    Example:
        >>> plain = [("", 20.4), ("", 0.0), ("", -8.4), ("", 0.0), ("", 0.0), ("", 0.0), ("", 0.0)]
        >>> reason({"notes": ""}, plain)
        '20 expected demand − 8 on hand = 12 units to order'
    """
    if not steps:
        return str(line["notes"])
    text = _surplus(steps) if nothing_suggested(steps) else _need(steps)
    return f"{text}. {line['notes']}" if line.get("notes") else text


def _surplus(steps: Terms) -> str:
    left = -net_need(steps)
    terms = _signed_terms(steps[:NEED], 1 if 0 < left < MANY else 0)
    if left < 0.5:
        return _("{terms} = nothing to order").format(terms=terms)
    text = _("{terms} = {units} units more than needed: nothing to order")
    return text.format(terms=terms, units=number(left, 1 if left < MANY else 0))


def _need(steps: Terms) -> str:
    # sums of binary fractions may miss a whole number by a hair
    total = round(ordered(steps), 6)
    exact = total.is_integer() and sum(round(units) for _name, units in steps if abs(units) >= 0.5) == round(total)
    text = _("{terms} = {units} units to order")
    return text.format(terms=_signed_terms(steps, 0 if exact else 1), units=_exact(total))


def _signed_terms(steps: Terms, digits: int) -> str:
    least = 0.5 if digits == 0 else SMALL
    labels = names()
    terms = [
        f"{'+' if units >= 0 else '−'} {number(abs(units), digits)} {labels[place].lower()}"
        for place, (_name, units) in enumerate(steps)
        if abs(units) >= least
    ]
    # a leading plus would make a spreadsheet take the sentence for a formula
    return " ".join(terms).removeprefix("+ ") or "0"


def decision(line: Mapping[str, Any]) -> str:
    """The comparison that decided: stock position against reorder point, with the figures filled in."""
    on_hand = 0.0 if undefined(line["on_hand"]) else float(line["on_hand"])
    position = on_hand + float(line["on_order"]) - float(line["allocated"])
    trigger = float(line["trigger"])
    # 7.6 is not above 8.4, which nobody would see of an 8 and an 8
    digits = 1 if position != trigger and round(position) == round(trigger) else 0
    facts = {"position": number(position, digits), "trigger": number(trigger, digits)}
    if float(line["suggested_units"]) > 0:
        text = _("Stock position {position} (on hand + on order − promised) is not above the reorder point {trigger}.")
    else:
        text = _("Stock position {position} (on hand + on order − promised) covers the reorder point {trigger}.")
    return text.format(**facts)


def terms_used(line: Mapping[str, Any], money: str) -> list[tuple[str, str]]:
    """The supply terms behind a line: what, and its value in words.

    Args:
        line: of the plan.
        money: unit cost as text.
    """
    days = _("{mean} days ± {spread}")
    assumed = str(line.get("assumed") or "")
    rows = [
        (
            _("Lead time"),
            days.format(mean=number(line["lead_time_days"], 1), spread=number(line["lead_time_sd_days"], 1)),
        ),
        (_("Review period"), _("every {days} days").format(days=_exact(line["review_period_days"]))),
        (_("Service level"), percent(float(line["service_level"]))),
        (_("Minimum order"), _units(line["moq"]) if line["moq"] else _("none")),
        (_("Pack"), _("single units") if line["pack"] == 1 else _units(line["pack"])),
        (_("Unit cost"), money),
    ]
    return [*rows, (_("Assumed, since no file says"), assumed)] if assumed else rows


def _units(value: float) -> str:
    return _("{units} units").format(units=_exact(value))


def _exact(value: float) -> str:
    """What was agreed, with decimals where it has some."""
    return number(value, 0 if float(value).is_integer() else 2)
