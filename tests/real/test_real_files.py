"""Published files the whole way on the command line: what comes in, what the calendar says, what a plan needs."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.command.main import main
from core.workflows import datasets
from core.workflows.workspace import open_workspace

DATA = Path(__file__).parents[3] / "shared" / "data"
CHINESE = Path(__file__).parents[2] / "sample_data" / "chinese"

pytestmark = [pytest.mark.real_data, pytest.mark.xdist_group("real files")]


def found(*names: str) -> list[str]:
    paths = [DATA / name for name in names]
    missing = [path.name for path in paths if not path.exists()]
    if missing:
        pytest.skip(f"{', '.join(missing)} not in ../shared/data, so the way of these files cannot be tested here")
    return [str(path) for path in paths]


class Shop:
    """A workspace driven by commands."""

    def __init__(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file, self._capsys = file, capsys

    def run(self, *arguments: str):
        self._capsys.readouterr()
        assert main([*arguments, "--workspace", str(self.file), "--json"]) == 0
        return json.loads(self._capsys.readouterr().out)

    def data(self) -> datasets.Dataset:
        return datasets.current_dataset(open_workspace(self.file))


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop(tmp_path / "shop.duckdb", capsys)


def test_a_folder_of_daily_exports_is_one_import_and_never_doubles(shop: Shop) -> None:
    (folder,) = found("online_retail_uci/by_day")
    first = shop.run("import", folder)["files"]
    units = shop.data().imported
    assert len(first) == 12
    assert sum(entry["loaded"] for entry in first) == 31_102
    again = shop.run("import", folder)["files"]
    assert all("already_loaded_at" in entry for entry in again)
    assert np.array_equal(shop.data().imported, units, equal_nan=True)


def test_weekly_dollars_with_drivers_per_store_keep_their_cents_and_their_fridays(shop: Shop) -> None:
    shop.run("import", *found(*(f"walmart_2014/{name}" for name in ("train.csv.gz", "features.csv.gz", "stores.csv"))))
    data = shop.data()
    panel = data.panel
    assert (panel.frequency.value, len(panel), panel.n_periods) == ("week", 3_322, 143)
    assert str(panel.calendar.periods[0]) == "2010-02-05"
    # 1,285 weeks with more returned than sold count as nothing sold, never as demand
    assert panel.values.min() == 0
    assert panel.values.sum() <= np.nansum(data.imported)
    sold = panel.values[panel.values > 0]
    assert np.mean(np.abs(sold % 1) > 0.001) > 0.9
    assert panel.drivers["temperature"].min() < 10
    assert panel.drivers["macro_index"].min() > 100  # the consumer price index
    holiday = panel.dense(panel.drivers["holiday"])[0]
    assert panel.calendar.periods[holiday > 0][:2].astype(str).tolist() == ["2010-02-12", "2010-09-10"]
    assert set(panel.attributes["Type"]) == {"A", "B", "C"}


def test_one_week_after_almost_nothing_does_not_spoil_the_pooled_model(shop: Shop) -> None:
    shop.run("import", *found("walmart_2014/train.csv.gz"))
    (row,) = shop.run("compare", "--models", "kmeans_regression", "--folds", "1")
    assert row["wape"] < 0.2


def test_parts_by_month_come_in_wide_and_are_planned_without_stock(shop: Shop) -> None:
    shop.run("import", *found("carparts/carparts_wide.csv"))
    panel = shop.data().panel
    assert (panel.frequency.value, len(panel), panel.n_periods) == ("month", 2_674, 51)
    assert shop.run("forecast", "--model", "ses")["series"] == 2_674
    assert shop.run("plan")["series_without_stock"] == 2_674


def test_daily_totals_meet_their_calendar_of_events(shop: Shop) -> None:
    shop.run("import", *found("m5/daily_levels1to9_train_d1_d1941.csv", "m5/calendar.csv"))
    panel = shop.data().panel
    assert (len(panel), panel.n_periods) == (154, 1_941)
    christmas = panel.dense(panel.drivers["event:Christmas"])[0]
    assert panel.calendar.periods[christmas > 0].astype(str).tolist() == [f"{year}-12-25" for year in range(2011, 2016)]
    assert panel.drivers["snap_CA"].mean() == pytest.approx(650 / 1_969, abs=0.01)


def test_the_chinese_export_says_the_same_as_the_english_one(shop: Shop, tmp_path: Path) -> None:
    english = [str(CHINESE.parent / name) for name in ("sales.csv.gz", "stock.csv.gz", "products.csv")]
    shop.run("import", *sorted(str(path) for path in CHINESE.iterdir()))
    chinese = shop.data()
    shop.file = tmp_path / "english.duckdb"
    shop.run("import", *english)
    assert len(chinese.panel) == len(shop.data().panel)
    # without customers a return is netted on its own day, so a few units move between days and none appear
    assert np.nansum(chinese.imported) == pytest.approx(np.nansum(shop.data().imported), rel=1e-4)
    assert np.nansum(chinese.panel.values) == pytest.approx(np.nansum(shop.data().panel.values), rel=1e-4)
