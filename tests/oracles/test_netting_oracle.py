"""Netting by window functions against a stack that is walked line by line."""

import random
from collections import defaultdict

import duckdb
import pytest

from core.clean.netting import netted


def walked(lines):
    """Units netted per line: each return takes from the latest sales of its group that still have units."""
    stacks, result = defaultdict(list), {}
    for number, _at, weight, group in sorted(lines, key=lambda entry: (entry[1], entry[2] < 0, entry[0])):
        if weight >= 0:
            stacks[group].append([number, weight])
            result[number] = 0.0
            continue
        wanted = -weight
        while wanted > 0 and stacks[group]:
            sale = stacks[group][-1]
            taken = min(wanted, sale[1])
            sale[1] -= taken
            wanted -= taken
            result[sale[0]] += taken
            if sale[1] == 0:
                stacks[group].pop()
        result[number] = -weight - wanted
    return result


@pytest.mark.parametrize("seed", range(8))
def test_window_functions_net_what_a_stack_nets(seed):
    rng = random.Random(seed)  # noqa: S311 - test data
    lines = [
        (n, rng.randrange(12), rng.choice([-4, -2.5, -1, 1, 2, 3, 5]), rng.choice(["a", "b", None])) for n in range(150)
    ]
    cursor = duckdb.connect(":memory:")
    cursor.execute("CREATE TABLE lines (line INT, sold_at INT, weight DOUBLE, who VARCHAR)")
    cursor.executemany("INSERT INTO lines VALUES (?, ?, ?, ?)", lines)
    source = "SELECT 'u' AS upload_id, *, 's' AS sku, 'l' AS location, NULL AS size FROM lines"
    found = {number: units for _, number, _, units in cursor.execute(netted(source)).fetchall()}
    assert found == pytest.approx(walked(lines))
