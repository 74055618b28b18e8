"""Stock per day against its slow, obvious twin: the nearest count and every movement in between, one by one."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from core.store.facts import stock_history
from core.store.uploads import Upload, add_upload
from core.store.workspace import Workspace

FIRST = date(2024, 1, 1)
N_DAYS = 20
Counts = dict[tuple[str, int], float]
Moves = list[tuple[str, int, float]]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.duckdb"
    Workspace.open(path).close()
    return path


@pytest.fixture
def workspace(tmp_path: Path, empty: Path) -> Iterator[Workspace]:
    shutil.copy(empty, tmp_path / "shop.duckdb")
    opened = Workspace.open(tmp_path / "shop.duckdb")
    yield opened
    opened.close()


def made_up(seed: int) -> tuple[Counts, Moves]:
    """Counts and movements of four SKUs, the last of them never counted."""
    rng = np.random.default_rng(seed)
    keys = [(sku, day) for sku in "ABCD" for day in range(N_DAYS)]
    counts = {key: float(rng.integers(0, 20)) for key in keys if key[0] != "D" and rng.random() < 0.15}
    moves = [(*key, float(rng.choice([-3, -2, -1, 4, 5]))) for key in keys * 2 if rng.random() < 0.3]
    return counts, moves


def load(workspace: Workspace, role: str, day: str, number: str, rows: Moves) -> None:
    table = {
        "line": list(range(len(rows))),
        day: [FIRST + timedelta(days=row[1]) for row in rows],
        "sku": [row[0] for row in rows],
        "location": ["main"] * len(rows),
        number: [row[2] for row in rows],
    }
    described = Upload(role, f"{role}.csv", "", role, "own columns", "{}", len(rows))
    add_upload(workspace, described, pa.table(table))


def twin(counts: Counts, moves: Moves, sku: str, day: int) -> float:
    def moved(after: int, until: int) -> float:
        return sum(quantity for code, at, quantity in moves if code == sku and after < at <= until)

    counted = sorted(at for code, at in counts if code == sku)
    before, later = [at for at in counted if at <= day], [at for at in counted if at > day]
    if before:
        return counts[sku, before[-1]] + moved(before[-1], day)
    if later:
        return counts[sku, later[0]] - moved(day, later[0])
    lowest = min(0.0, *(moved(-1, until) for until in range(N_DAYS)))
    return moved(-1, day) - lowest


@pytest.mark.parametrize("seed", range(5))
def test_stock_is_the_nearest_count_with_what_moved_between(workspace: Workspace, seed: int) -> None:
    counts, moves = made_up(seed)
    load(workspace, "stock", "stock_date", "on_hand", [(*key, on_hand) for key, on_hand in counts.items()])
    load(workspace, "movements", "moved_on", "quantity", moves)
    rows = stock_history(workspace).to_pylist()
    assert len(rows) == len({*counts, *((code, at) for code, at, _quantity in moves)})
    for row in rows:
        assert row["on_hand"] == pytest.approx(twin(counts, moves, row["sku"], (row["day"] - FIRST).days))
