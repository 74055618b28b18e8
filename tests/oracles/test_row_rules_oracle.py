"""Row rules in SQL against the same rules walked line by line."""

import random
from collections import defaultdict
from statistics import median

import pytest

from core.clean.registry import create
from core.store.cleaning import run_row_rules
from tests.clean_lines import left, line, store

UPLOADS = "abc"


def orders(seed):
    """Lines of few orders, so that many are the same, in three uploads loaded one after another."""
    rng = random.Random(seed)  # noqa: S311 - test data
    return [
        line(
            number,
            f"2024-01-{rng.randrange(1, 4):02d}",
            rng.choice("AB"),
            rng.choice([1, 2]),
            order_id=rng.choice([None, "1", "2"]),
            customer=rng.choice([None, "c"]),
            upload_id=rng.choice(UPLOADS),
            status=rng.choice(["paid", "shipped"]),
        )
        for number in range(90)
    ]


def kept_as_latest(lines):
    """Line numbers left when each order line is believed as its latest upload has it."""
    groups = defaultdict(list)
    for entry in lines:
        if entry["order_id"] is not None:
            key = tuple(entry[name] for name in ("order_id", "sku", "sold_at", "location", "quantity", "customer"))
            groups[key].append(entry)
    gone = set()
    for group in groups.values():
        latest = max(entry["upload_id"] for entry in group)
        gone |= {entry["line"] for entry in group if entry["upload_id"] != latest}
    return {entry["line"] for entry in lines} - gone


def kept_once(lines):
    """How many lines of each content are left when repeated ones count once."""
    counts = defaultdict(lambda: defaultdict(int))
    for entry in lines:
        content = tuple(value for name, value in entry.items() if name not in {"upload_id", "line"})
        counts[content][entry["upload_id"]] += 1
    return {content: 1 if content[0] is not None else max(times.values()) for content, times in counts.items()}


@pytest.mark.parametrize("seed", range(5))
def test_key_duplicates_keep_what_a_walk_through_the_orders_keeps(seed):
    lines = orders(seed)
    cursor = store(*lines)
    run_row_rules(cursor, [create("key_duplicates")])
    assert {number for number, _ in left(cursor)} == kept_as_latest(lines)


@pytest.mark.parametrize("seed", range(5))
def test_exact_duplicates_keep_as_many_lines_as_counting_them_does(seed):
    lines = orders(seed)
    cursor = store(*lines)
    run_row_rules(cursor, [create("exact_duplicates")])
    remaining = {number for number, _ in left(cursor)}
    found = defaultdict(int)
    for entry in lines:
        if entry["line"] in remaining:
            found[tuple(value for name, value in entry.items() if name not in {"upload_id", "line"})] += 1
    assert dict(found) == kept_once(lines)


def best_split(days, prices):
    """Every day tried: size of the pack and the day it begins, None where the prices tell of none."""
    best = None
    for day in sorted(set(days))[1:]:
        before = [price for at, price in zip(days, prices, strict=True) if at < day]
        after = [price for at, price in zip(days, prices, strict=True) if at >= day]
        middle = (median(before) * median(after)) ** 0.5
        wrong = sum(price > middle for price in before) + sum(price < middle for price in after)
        if median(after) > median(before) and (best is None or wrong < best[0]):
            best = (wrong, day, round(median(after) / median(before)))
    return best


@pytest.mark.parametrize(("seed", "size"), [(0, 2), (1, 3), (2, 6), (3, 10), (4, 12), (5, 24), (6, 144)])
def test_a_pack_jump_is_found_where_trying_every_day_finds_it(seed, size):
    rng = random.Random(seed)  # noqa: S311 - test data
    change = rng.randrange(20, 40)
    lines = []
    for day in range(60):
        for number in range(rng.randrange(1, 4)):
            pack = size if day >= change else 1
            packs = rng.randrange(1, 4)
            price = round(2.5 * pack * rng.uniform(0.97, 1.03), 4)
            when = f"2024-{1 + day // 28:02d}-{1 + day % 28:02d}"
            units = packs if pack > 1 else packs * size
            lines.append(line(100 * day + number, when, "A", units, unit_price=price))
    days = [entry["sold_at"] for entry in lines]
    _wrong, since, found = best_split(days, [entry["unit_price"] for entry in lines])
    suspicion = run_row_rules(store(*lines), [], suspects=[create("pack_jumps")]).suspicions.to_pylist()[0]
    assert found == size
    assert suspicion["period"] == since.date().isoformat()
    assert f"packs of {size} since" in suspicion["reason"]
