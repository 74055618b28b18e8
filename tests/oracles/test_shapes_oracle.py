"""Counters and spans against slow, obvious loops."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from core.ingest.conversion import convert
from core.ingest.mapping import TableMapping
from core.ingest.spans import OPEN_DAYS
from core.ingest.tables import Dialect, RawTable

SEEDS = range(8)


def table(header, rows):
    columns = {f"c{i}": pa.chunked_array([pa.array([row[i] for row in rows], pa.string())]) for i in range(len(header))}
    return RawTable(header, pa.table(columns), np.arange(2, len(rows) + 2), Dialect("utf-8", ",", '"', ".", 1))


def readings(rng):
    rows = []
    for sku in "ABC":
        for site in ("north", "south"):
            level = 0
            for day in range(int(rng.integers(1, 9))):
                level = int(rng.integers(0, 4)) if rng.random() < 0.15 else level + int(rng.integers(0, 6))
                rows.append((f"2026-01-{day + 1:02d}", sku, site, str(level)))
    return [rows[i] for i in rng.permutation(len(rows))]


@pytest.mark.parametrize("seed", SEEDS)
def test_counter_differences(seed):
    rows = readings(np.random.default_rng(seed))
    expected, last = {}, {}
    for day, sku, site, text in sorted(rows):
        units = float(text)
        if (sku, site) in last:
            before = last[sku, site]
            expected[day, sku, site] = units if units < before else units - before
        last[sku, site] = units
    mapping = TableMapping(
        "sales", "own columns", "long", {0: "sold_at", 1: "sku", 2: "location", 3: "quantity"}, counter="difference"
    )
    done = convert(table(("date", "sku", "store", "quantity"), rows), mapping, customer_key=None)
    found = {
        (f"{row['sold_at']:%Y-%m-%d}", row["sku"], row["location"]): row["quantity"] for row in done.rows.to_pylist()
    }
    assert found == expected
    assert len(done.quarantined) == len(last)


def spans(rng):
    rows = []
    for sku in "ABC":
        for _ in range(int(rng.integers(1, 5))):
            since = date(2026, 1, 1) + timedelta(days=int(rng.integers(0, 40)))
            length = int(rng.integers(-2, 9))
            until = "" if rng.random() < 0.3 else str(since + timedelta(days=length))
            rows.append((sku, str(since), until, str(int(rng.integers(5, 30)))))
    return rows


@pytest.mark.parametrize("seed", SEEDS)
def test_days_of_spans(seed):
    rows = spans(np.random.default_rng(seed))
    good = [row for row in rows if not row[2] or row[2] >= row[1]]
    last = max(date.fromisoformat(text) for row in good for text in row[1:3] if text) + timedelta(days=OPEN_DAYS)
    expected = []
    for sku, since, until, price in good:
        later = [other[1] for other in good if other[0] == sku and other[1] > since]
        end = date.fromisoformat(until) if until else last
        if not until and later:
            end = date.fromisoformat(min(later)) - timedelta(days=1)
        day = date.fromisoformat(since)
        while day <= end:
            expected.append((sku, day, float(price)))
            day += timedelta(days=1)
    mapping = TableMapping("drivers", "own columns", "wide", {0: "sku", 1: "since", 2: "until", 3: "driver"})
    done = convert(table(("sku", "from", "to", "price"), rows), mapping, customer_key=None)
    found = [(row["sku"], row["period"], row["value"]) for row in done.rows.to_pylist()]
    assert sorted(found) == sorted(expected)
    assert len(done.quarantined) == len(rows) - len(good)
