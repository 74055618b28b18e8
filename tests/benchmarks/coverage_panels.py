"""Published panels for measuring uncertainty, imported and cleaned as a user's files would be."""

import io
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from core.base.calendar import Frequency, TradingCalendar, regular
from core.command.main import main
from core.series.panel import Panel, from_dense
from core.workflows import datasets, sample
from core.workflows.workspace import open_workspace

DATA: Final = Path(__file__).parents[3] / "shared" / "data"


def imported(*files: Path) -> Panel:
    """The panel the product makes of some files, with everything left as it proposes."""
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        place = Path(folder) / "coverage.duckdb"
        if main(["import", *(str(file) for file in files), "--workspace", str(place)]) != 0:
            raise RuntimeError(f"{files[0].name} was not imported")
        return datasets.current_dataset(open_workspace(place)).panel


def by_week(days: Panel) -> Panel:
    """Demand per week from Monday on; a first or last week of fewer than five trading days is left out."""
    number = (days.calendar.periods.astype("datetime64[D]").astype(int) - 4) // 7
    weeks, length = np.unique(number, return_counts=True)
    kept = [w for k, w in enumerate(weeks) if 0 < k < len(weeks) - 1 or length[k] >= 5]
    dense = days.observed()
    units = np.stack([_total(dense[:, number == w]) for w in kept], axis=1)
    mondays = (np.array(kept) * 7 + 4).astype("datetime64[D]")
    return from_dense(units, TradingCalendar(Frequency.WEEK, mondays), list(days.skus), locations=list(days.locations))


def _total(values: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values).all(axis=1), np.nan, np.nansum(values, axis=1))


def items_and_stores() -> Panel:
    """Every fifteenth item of every store, complete months from its first sale on."""
    table = pd.read_parquet(DATA / "m5" / "monthly_item_store_201101_201604.parquet")
    table = table[(table["month"] > "2011-01-01") & (table["month"] < "2016-05-01")]
    named = table.astype({"item_id": str, "store_id": str})
    wide = named.pivot_table(index=["item_id", "store_id"], columns="month", values="units", aggfunc="sum").iloc[::15]
    values = wide.to_numpy(float)
    values = np.where(np.cumsum(values > 0, axis=1) > 0, values, np.nan)
    calendar = regular(Frequency.MONTH, str(wide.columns[0])[:10], values.shape[1])
    names, stores = wide.index.get_level_values(0), wide.index.get_level_values(1)
    panel = from_dense(values, calendar, list(names), locations=list(stores))
    return panel.take(panel.lengths > 0)


def panels() -> dict[str, Callable[[], Panel]]:
    """Makers of the panels whose files are here, by the name in the table."""
    retail = DATA / "online_retail_uci" / "online_retail_2010_2011.csv.gz"
    walmart = DATA / "walmart_2014"
    known: dict[str, tuple[Path, Callable[[], Panel]]] = {
        "Sample shop": (sample.FOLDER, lambda: imported(*(sample.FOLDER / name for name in sample.FILES))),
        "UCI daily": (retail, lambda: imported(retail)),
        "UCI weekly": (retail, lambda: by_week(imported(retail))),
        "Walmart departments": (
            walmart / "train.csv.gz",
            lambda: imported(walmart / "train.csv.gz", walmart / "features.csv.gz", walmart / "stores.csv"),
        ),
        "Carparts": (
            DATA / "carparts" / "carparts_wide.csv",
            lambda: imported(DATA / "carparts" / "carparts_wide.csv"),
        ),
        "M5 item and store": (DATA / "m5" / "monthly_item_store_201101_201604.parquet", items_and_stores),
        "M5 totals": (
            DATA / "m5" / "calendar.csv",
            lambda: imported(DATA / "m5" / "daily_levels1to9_train_d1_d1941.csv", DATA / "m5" / "calendar.csv"),
        ),
    }
    return {name: maker for name, (file, maker) in known.items() if file.exists()}
