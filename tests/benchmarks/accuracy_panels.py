"""Published panels for measuring accuracy: read from their files as a shop with a calendar would have them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from core.base.calendar import Frequency, TradingCalendar, regular
from core.series import holidays
from core.series.panel import Panel, from_dense
from tests.benchmarks.coverage_panels import by_week

DATA: Final = Path(__file__).parents[3] / "shared" / "data"
M5_DAYS: Final = 1941
HORIZON: Final = 28


@dataclass(frozen=True, slots=True, eq=False)
class M5:
    """The 154 totals of levels 1 to 9.

    Attributes:
        panel: units, events and SNAP days, which the calendar of the competition tells ahead.
        level: of each series, 1 to 9, shape (154,).
        weight: share of each series in its level, shape (154,).
        sums: which series of level 9 each one is the sum of, shape (154, 70).
    """

    panel: Panel
    level: np.ndarray
    weight: np.ndarray
    sums: np.ndarray


def m5() -> M5:
    """Levels 1 to 9 of the M5 competition (Makridakis, Spiliotis & Assimakopoulos 2022)."""
    folder = DATA / "m5"
    table = pd.read_csv(folder / "daily_levels1to9_train_d1_d1941.csv")
    weights = pd.read_csv(folder / "weights_levels1to9.csv").set_index("series_id")["weight"]
    # Level7/CA/ALL/ALL/FOODS_1: level, state, store, category, department
    names = [str(name).split("/") for name in table["series_id"]]
    bottom = [name for name in names if name[0] == "Level9"]
    return M5(
        panel=_m5_panel(names, table.iloc[:, 6:].to_numpy(float), folder),
        level=np.array([int(name[0].removeprefix("Level")) for name in names]),
        weight=weights.loc[table["series_id"]].to_numpy(float),
        sums=np.array([[_holds(group, member) for member in bottom] for group in names], float),
    )


def _holds(group: list[str], member: list[str]) -> bool:
    """Whether a store × department belongs to a group; names of stores begin with the state's, of departments alike."""
    _, state, store, category, department = group
    return (
        store in ("ALL", member[2])
        and department in ("ALL", member[4])
        and (state == "ALL" or member[2].startswith(state))
        and (category == "ALL" or member[4].startswith(category))
    )


def _m5_panel(names: list[list[str]], values: np.ndarray, folder: Path) -> Panel:
    calendar = pd.read_csv(folder / "calendar.csv")
    days = calendar["date"].to_numpy("datetime64[D]")[:M5_DAYS]
    named = calendar[["event_name_1", "event_name_2"]].fillna("").to_numpy(str)
    rows = {f"event:{name}": (named == name).any(axis=1).astype(float) for name in np.unique(named) if name}
    rows |= {f"event:snap {state}": calendar[f"snap_{state}"].to_numpy(float) for state in ("CA", "TX", "WI")}
    reach = M5_DAYS + HORIZON
    past, planned = shared_drivers({name: row[:reach] for name, row in rows.items()}, values.shape)
    about = ("state", "store", "category", "department")
    return from_dense(
        values,
        TradingCalendar(Frequency.DAY, days),
        ["/".join(name) for name in names],
        drivers=past,
        future_drivers=planned,
        attributes={kind: np.array([name[k] for name in names], object) for k, kind in enumerate(about, 1)},
    )


def shared_drivers(
    rows: dict[str, np.ndarray], shape: tuple[int, ...]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The same driver for every series: past and planned part; rows reach beyond the shape's periods."""
    n_series, n_periods = shape
    past = {name: np.tile(row[:n_periods], (n_series, 1)) for name, row in rows.items()}
    return past, {name: np.tile(row[n_periods:], (n_series, 1)) for name, row in rows.items()}


def walmart() -> Panel:
    """Weekly sales of the departments on sale to the end, with the holidays of the country and of the file."""
    folder = DATA / "walmart_2014"
    table = pd.read_csv(folder / "train.csv.gz", parse_dates=["Date"])
    features = pd.read_csv(folder / "features.csv.gz", parse_dates=["Date"])
    wide = table.pivot_table(index=["Store", "Dept"], columns="Date", values="Weekly_Sales", aggfunc="sum").clip(
        lower=0
    )
    wide = wide[wide.iloc[:, -1].notna() & (wide.notna().sum(axis=1) >= 100)]
    # the file names a week by its Friday
    ends = wide.columns.to_numpy("datetime64[D]")
    calendar = TradingCalendar(Frequency.WEEK, ends - np.timedelta64(6, "D"))
    weeks = np.concatenate([calendar.periods, calendar.following(8)])
    told = features[features["IsHoliday"]]["Date"].to_numpy("datetime64[D]")
    rows = holidays.flags("US", weeks, Frequency.WEEK)
    rows["holiday"] = np.isin(weeks + np.timedelta64(6, "D"), told).astype(float)
    past, planned = shared_drivers(rows, wide.shape)
    stores, departments = (wide.index.get_level_values(k).astype(str) for k in (0, 1))
    return from_dense(
        wide.to_numpy(), calendar, list(departments), locations=list(stores), drivers=past, future_drivers=planned,
        attributes={"department": departments.to_numpy(object)},
    )  # fmt: skip


def uci_daily() -> Panel:
    """Units sold per trading day of an online shop; cancellations and the two slips of over 70,000 left out."""
    lines = pd.read_csv(
        DATA / "online_retail_uci" / "online_retail_2010_2011.csv.gz", dtype={"InvoiceNo": str, "StockCode": str}
    )
    sold = (lines["Quantity"] > 0) & (lines["UnitPrice"] > 0) & (lines["Quantity"] < 70_000)
    lines = lines[sold & ~lines["InvoiceNo"].str.startswith("C")]
    lines = lines.assign(day=pd.to_datetime(lines["InvoiceDate"]).dt.normalize())
    wide = lines.pivot_table(index="StockCode", columns="day", values="Quantity", aggfunc="sum")
    calendar = TradingCalendar(Frequency.DAY, wide.columns.to_numpy("datetime64[D]"), frozenset([5]))
    starts = wide.notna().to_numpy().argmax(axis=1)
    return from_dense(wide.fillna(0.0).to_numpy(), calendar, list(wide.index), starts=starts)


def uci_weekly() -> Panel:
    """The same per week."""
    return by_week(uci_daily())


def carparts() -> Panel:
    """Monthly sales of spare parts, of those known for at least 40 months."""
    wide = pd.read_csv(DATA / "carparts" / "carparts_wide.csv", index_col=0).T
    wide = wide[wide.notna().sum(axis=1) >= 40]
    return from_dense(wide.to_numpy(float), regular(Frequency.MONTH, "1998-01-01", wide.shape[1]), list(wide.index))


def fresh_vegetables() -> Panel:
    """Kilograms per open day of a supermarket's vegetables; a gap of more than four weeks is “not on sale”."""
    table = pd.read_csv(DATA / "fresh_veg_cn" / "daily_sales.csv.gz", dtype={"单品编码": str}, parse_dates=["销售日期"])
    wide = table.pivot_table(index="单品编码", columns="销售日期", values="total_qty", aggfunc="sum")
    wide = wide[wide.notna().sum(axis=1) > 60]
    near = wide.ffill(axis=1, limit=14).notna() & wide.bfill(axis=1, limit=14).notna()
    values = np.where(wide.isna() & near, 0.0, wide)
    return from_dense(values, TradingCalendar(Frequency.DAY, wide.columns.to_numpy("datetime64[D]")), list(wide.index))
