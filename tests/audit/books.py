"""The bookkeeping of the audit: what the documentation says, in plain arithmetic of its own."""

import io
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

Key = tuple[str, str]
"""SKU and location."""


def table(text: str) -> pd.DataFrame:
    """A CSV file as it stands, texts as texts."""
    frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    for name in ("quantity", "unit_price", "on_hand", "allocated", "unit_cost", "ordered_units"):
        if name in frame:
            frame[name] = pd.to_numeric(frame[name])
    return frame


def true_lines(*files: str) -> list[dict]:
    """Sales lines that count, returns taken off their purchases; each order line once, in whatever file it stands."""
    told = pd.concat([table(each) for each in files]).drop_duplicates()
    told = told[(told["status"] != "cancelled") & (told["sku"] != "POSTAGE")]
    lines = told.sort_values("order_date", kind="stable").to_dict("records")
    for back in [line for line in lines if line["quantity"] < 0]:
        _taken_off(back, [line for line in lines if line["quantity"] > 0])
    return [line for line in lines if line["quantity"]]


def _taken_off(back: dict, sold: list[dict]) -> None:
    """A return comes off the order it names, else off the customer's latest purchases; what is left stays a return."""
    own = [
        line for line in sold
        if all(line[name] == back[name] for name in ("sku", "location", "customer_id"))
        and line["order_date"] <= back["order_date"]
    ]  # fmt: skip
    named = [line for line in own if f"R-{line['order_id']}" == back["order_id"]]
    for line in named or own[::-1]:
        units = min(line["quantity"], -back["quantity"])
        line["quantity"] -= units
        back["quantity"] += units


def units_by_day(lines: Iterable[dict]) -> dict[tuple[str, str, str], float]:
    """Units per SKU, location and day; what came back and belongs to no purchase comes off its own day."""
    units: dict[tuple[str, str, str], float] = defaultdict(float)
    for line in lines:
        units[line["sku"], line["location"], line["order_date"]] += line["quantity"]
    return units


def fence(units: Sequence[float], day: date, days: Sequence[date]) -> float:
    """The most units that are not unusual on a day: 8 robust deviations above the weekday's median of the log."""
    x = np.log1p(np.array(units, float))
    same = np.array([each.weekday() == day.weekday() for each in days])
    medians = {w: np.median(x[[each.weekday() == w for each in days]]) for w in {each.weekday() for each in days}}
    off = np.abs(x - np.array([medians[each.weekday()] for each in days]))
    middle = float(np.median(x[same]))
    return math.expm1(middle + 8 * max(float(np.median(off)), 0.6745 * math.exp(-middle / 2), 0.2))


def covering_quantile(outcomes: Sequence[float], share: float) -> float:
    """The smallest outcome that covers a share of all outcomes."""
    ordered = sorted(outcomes)
    return ordered[math.ceil(share * len(ordered) - 1e-9) - 1]


def summed(path: Sequence[float], days: float) -> float:
    """Demand of the first days, a part of a day in its linear share."""
    whole = math.floor(days + 1e-9)
    part = days - whole
    return float(sum(path[:whole])) + (part * float(path[whole]) if part > 1e-9 else 0.0)


def to_packs(units: float, moq: float, pack: float) -> float:
    """What can be ordered: nothing stays nothing, else at least the minimum, up to whole packs."""
    return math.ceil(max(units, moq) / pack - 1e-9) * pack if units > 0 else 0.0


def classes(amounts: Mapping[str, float]) -> dict[str, str]:
    """ABC: A up to and including the SKU that passes 80 % of the total, B up to 95 %, C the rest."""
    total, so_far, found = sum(amounts.values()), 0.0, {}
    for sku in sorted(amounts, key=lambda name: -amounts[name]):
        found[sku] = "A" if so_far < 0.8 * total else "B" if so_far < 0.95 * total else "C"
        so_far += amounts[sku]
    return found


def days_from(first: date, n: int) -> list[date]:
    """Calendar days from one on."""
    return [first + timedelta(each) for each in range(n)]


def played(demand: Sequence[float], terms: Mapping[str, float], receipts: Mapping[int, float]) -> dict[str, float]:
    """One path played day by day: receipts, review, service; unmet demand is lost.

    Args:
        demand: units per day.
        terms: on_hand, on_order, owed, trigger, moq, pack, lead (whole days) and review (days).
        receipts: units of open orders by day.
    """
    due: dict[int, float] = defaultdict(float, receipts)
    stock, coming, owed = terms["on_hand"], terms["on_order"], terms["owed"]
    sums = dict.fromkeys(("demanded", "unmet", "held", "orders", "ordered", "short", "cycles", "short_cycles"), 0.0)
    short = False
    for day, wanted in enumerate(demand):
        arrived = due.pop(day, 0.0)
        stock, coming = stock + arrived, coming - arrived
        if day % terms["review"] == 0 and (position := stock + coming - owed) <= terms["trigger"]:
            units = to_packs(terms["trigger"] - position, terms["moq"], terms["pack"])
            due[day + int(terms["lead"])] += units
            coming += units
            sums["ordered"] += units
            sums["orders"] += units > 0
        if arrived and day:
            sums["cycles"] += 1
            sums["short_cycles"] += short
            short = False
        late = min(stock, owed)
        stock, owed = stock - late, owed - late
        unmet = max(wanted - stock, 0.0)
        left = max(stock - wanted, 0.0)
        short = short or unmet > 0
        sums["demanded"] += wanted
        sums["unmet"] += unmet
        sums["short"] += unmet > 0
        sums["held"] += (stock + left) / 2
        stock = left
    return sums
