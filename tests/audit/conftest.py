"""The small shop, taken through the product once by its command line, with what each command wrote and printed."""

import contextlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.command.main import main
from core.workflows import forecasting
from core.workflows.workspace import Workspace, open_workspace
from tests.audit import books, small_shop
from tests.pages.shops import forget_pages, prepared

PAGES = Path(__file__).parents[2] / "pages"
METHODS = ("seasonal_naive", "moving_average", "ses", "mean_of_best", "inverse_error")


@dataclass(frozen=True)
class Audited:
    """The shop after import, comparison, forecast and plan.

    Attributes:
        home: folder of the workspace and of the files written.
        told: what each command printed, by its name.
    """

    home: Path
    told: dict[str, Any]

    @property
    def workspace(self) -> Workspace:
        return open_workspace(self.home / "shop.duckdb")

    def written(self, name: str) -> pd.DataFrame:
        """A table as a command wrote it."""
        return pd.read_csv(self.home / f"{name}.csv")

    def run(self, command: str, *options: str) -> Any:
        """What a command prints, as a program reads it."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            status = main([command, "--workspace", str(self.home / "shop.duckdb"), "--json", *options])
        assert status == 0
        return json.loads(printed.getvalue())

    def out(self, name: str) -> tuple[str, str]:
        return "--out", str(self.home / name)


def _forecast(audited: Audited, model: str, name: str) -> tuple[str, ...]:
    return "--model", model, "--horizon", "56", "--reconciliation", "bottom_up", *audited.out(name)


@pytest.fixture(scope="session")
def files() -> dict[str, str]:
    """The raw files by name."""
    return small_shop.files()


def _taken_through(workspace: Workspace) -> None:
    """Everything the audit looks at, made once; what the commands printed is kept beside it."""
    audited, files = Audited(workspace.path.parent, {}), small_shop.files()
    for name, text in files.items():
        (audited.home / name).write_text(text)
    raw = [str(audited.home / name) for name in files]
    late = raw.pop(1)
    for command, options in (
        ("settings", ("--set", "currency=EUR", "--set", "service_level=0.9", "--rate", f"USD={small_shop.RATE}")),
        ("import", tuple(raw)),
        ("import", (late,)),
        ("export", audited.out("clean.csv")),
        ("compare", ("--models", ",".join(METHODS), "--horizon", "12", "--folds", "3")),
        *(("forecast", _forecast(audited, model, f"{model}.csv")) for model in METHODS[:3]),
        ("forecast", _forecast(audited, "inverse_error", "forecast.csv")),
        ("plan", ("--policy", "min_max", *audited.out("min_max.csv"))),
        ("plan", ("--budget", "300", *audited.out("budget.csv"))),
        ("plan", audited.out("plan.csv")),
        ("status", ()),
        ("segment", ("--groups", "2", *audited.out("segments.csv"))),
        ("fit", ()),
    ):
        audited.told[command] = audited.run(command, *options)
    (audited.home / "told.json").write_text(json.dumps(audited.told))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    """The shop with everything made, by whichever worker of the test run comes first."""
    own = tmp_path_factory.getbasetemp()
    made = prepared((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "audited", step=_taken_through)
    home = shutil.copytree(made, tmp_path_factory.mktemp("audit") / "shop")
    audited = Audited(home, json.loads((home / "told.json").read_text()))
    yield audited
    audited.workspace.close()


@pytest.fixture(scope="session")
def daily(shop: Audited) -> dict[books.Key, np.ndarray]:
    """Demand paths per calendar day from the day of the plan on, nothing on closed days; (path, day)."""
    today = small_shop.LAST + timedelta(1)
    stored = forecasting.stored_paths(shop.workspace, forecasting.required(shop.workspace).run_id)
    days = [(day.astype(date) - today).days for day in stored.periods.astype("datetime64[D]")]
    found = {}
    for at, key in enumerate(zip(stored.skus, stored.locations, strict=True)):
        found[key] = np.zeros((stored.n_paths, 56))
        found[key][:, days] = stored.units[:, at]
    return found


@dataclass(frozen=True)
class Shown:
    """A page as it was drawn, and the files it offers by their names."""

    at: AppTest
    offered: dict[str, Callable[[], bytes]]

    @property
    def cards(self) -> dict[str, tuple[str, str]]:
        """Value and change (or note) of each card by its label."""
        return {each.label: (each.value, each.delta) for each in self.at.metric}

    def table(self, column: str) -> pd.DataFrame:
        """The first table that has this column."""
        return next(each.value for each in self.at.dataframe if column in each.value.columns)

    def csv(self, name: str) -> pd.DataFrame:
        """A CSV file as it is downloaded."""
        return pd.read_csv(io.BytesIO(self.offered[f"{name}.csv"]()))

    def sheet(self, name: str, sheet: str, header: int = 0) -> pd.DataFrame:
        """One sheet of a workbook as it is downloaded."""
        return pd.read_excel(io.BytesIO(self.offered[f"{name}.xlsx"]()), sheet, header=header, engine="openpyxl")


@pytest.fixture(scope="session")
def page(shop: Audited) -> Iterator[Callable[..., Shown]]:
    """Draws one page of the shop; the same page with the same address only once."""
    drawn: dict[tuple[str, ...], Shown] = {}
    offered: dict[str, Callable[[], bytes]] = {}

    def offer(_label: str, make: Callable[[], bytes], file_name: str, *_rest: Any, **_more: Any) -> bool:
        offered[file_name] = make
        return False

    def draw(name: str, **query: str) -> Shown:
        key = (name, *(f"{each}={value}" for each, value in query.items()))
        if key not in drawn:
            offered.clear()
            test = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=30)
            test.query_params.update(query)
            drawn[key] = Shown(test.run(), dict(offered))
            assert not test.exception
        return drawn[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STOCKCAST_HOME", str(shop.home))
        patch.setattr(st, "download_button", offer)
        yield draw
        forget_pages()
