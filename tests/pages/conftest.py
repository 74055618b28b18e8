"""A small made-up shop, prepared once and copied per test, and the pages run against it without a browser."""

import gzip
import math
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core.jobs.runner import JobRunner
from core.workflows import comparing, forecasting, importing, planning
from core.workflows.importing import Decision, UploadedFile
from core.workflows.workspace import Workspace, open_workspace

ROOT = Path(__file__).parents[2]
FIRST_DAY = date(2025, 9, 1)
N_DAYS = 120
SKUS = tuple(f"SKU-{number:02d}" for number in range(1, 13))
QUICK_MODELS = ("seasonal_naive", "moving_average")
JOB_SECONDS = 60.0


def units_sold(sku: int, day: int) -> int:
    """Units of one SKU on one day: a weekly wave of its own height, and nothing by chance."""
    return round((3 + 2 * sku) * (1.0 + 0.4 * math.sin(2 * math.pi * (day + sku) / 7)) + (day * (sku + 3)) % 4)


def sales_csv() -> bytes:
    """Sales of every SKU on every day, a return, a charge for postage and one unreadable quantity."""
    lines = ["order_id,order_date,sku,product_name,quantity,unit_price"]
    for day in range(N_DAYS):
        for place, sku in enumerate(SKUS):
            sold = units_sold(place, day)
            lines.append(f"o{day}-{place},{FIRST_DAY + timedelta(day)},{sku},Item {sku},{sold},{4 + place}.50")
    lines.append(f"c1,{FIRST_DAY + timedelta(60)},{SKUS[3]},Item {SKUS[3]},-4,7.50")
    lines.append(f"p1,{FIRST_DAY + timedelta(61)},POST,POSTAGE,1,18.00")
    lines.append(f"x1,{FIRST_DAY + timedelta(62)},{SKUS[4]},Item {SKUS[4]},a few,8.50")
    return "\n".join(lines).encode()


def stock_csv() -> bytes:
    """Stock at the end of the last day: the first SKU is out, the last far too much."""
    last = FIRST_DAY + timedelta(N_DAYS - 1)
    rows = [f"{last},{sku},{0 if place == 0 else 40 * place}" for place, sku in enumerate(SKUS)]
    rows[-1] = f"{last},{SKUS[-1]},20000"
    return "\n".join(["stock_date,sku,on_hand", *rows]).encode()


def products_csv() -> bytes:
    """Names, two categories, costs and a supplier per SKU."""
    rows = [
        f"{sku},Item {sku},{'Garden' if place % 2 else 'Kitchen'},{2 + place},{4 + place}.50,Supplier {place % 2}"
        for place, sku in enumerate(SKUS)
    ]
    return "\n".join(["sku,product_name,category,unit_cost,unit_price,supplier", *rows]).encode()


def suppliers_csv() -> bytes:
    """Two suppliers with lead times."""
    return b"supplier,lead_time_days,moq,pack,order_cost\nSupplier 0,7,1,1,30\nSupplier 1,14,12,6,45\n"


def shop_files() -> list[UploadedFile]:
    """The files of the small shop."""
    return [
        UploadedFile("sales.csv.gz", gzip.compress(sales_csv(), mtime=0)),
        UploadedFile("stock.csv", stock_csv()),
        UploadedFile("products.csv", products_csv()),
        UploadedFile("suppliers.csv", suppliers_csv()),
    ]


def _imported(workspace: Workspace) -> None:
    looks = importing.preview(workspace, shop_files())
    decisions = [Decision(look, look.recognition.to_mapping()) for look in looks if look.recognition is not None]
    importing.import_tables(workspace, decisions)


def _compared(workspace: Workspace) -> None:
    comparing.compare(workspace, comparing.CompareRequest(models=QUICK_MODELS, horizon=14, folds=2))


def _planned(workspace: Workspace) -> None:
    forecasting.forecast(workspace, forecasting.ForecastRequest(horizon=42))
    planning.plan(workspace, planning.PlanOptions())


def _advanced(former: Path | None, folder: Path, step: Callable[[Workspace], None] | None) -> Path:
    """A copy of a prepared workspace's folder, carried one step further and closed."""
    if former is not None:
        shutil.copytree(former, folder, dirs_exist_ok=True)
    workspace = open_workspace(folder / "shop.duckdb")
    if step is not None:
        step(workspace)
    workspace.close()
    return folder


@pytest.fixture(scope="session", autouse=True)
def no_search_for_components() -> Iterator[None]:
    """The app uses no third-party components, and each AppTest would read the metadata of every package for some."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda *_: [])
        yield


@pytest.fixture(scope="session")
def empty_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _advanced(None, tmp_path_factory.mktemp("empty"), None)


@pytest.fixture(scope="session")
def imported_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _advanced(None, tmp_path_factory.mktemp("imported"), _imported)


@pytest.fixture(scope="session")
def compared_template(tmp_path_factory: pytest.TempPathFactory, imported_template: Path) -> Path:
    return _advanced(imported_template, tmp_path_factory.mktemp("compared"), _compared)


@pytest.fixture(scope="session")
def planned_template(tmp_path_factory: pytest.TempPathFactory, compared_template: Path) -> Path:
    return _advanced(compared_template, tmp_path_factory.mktemp("planned"), _planned)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Workspace]]:
    """Copies a prepared workspace, makes it the one the pages open, and closes it after the test."""
    home = tmp_path / "home"
    monkeypatch.setenv("STOCKCAST_HOME", str(home))
    st.cache_data.clear()
    st.cache_resource.clear()
    workspaces: list[Workspace] = []

    def copy(template: Path) -> Workspace:
        shutil.copytree(template, home)
        workspaces.append(open_workspace())
        return workspaces[0]

    yield copy
    for path in {each.path for each in workspaces if Workspace.is_open(each.path)}:
        # a test may have closed the workspace and opened it again
        workspace = open_workspace(path)
        runner = JobRunner.for_workspace(workspace)
        for view in runner.active():
            runner.cancel(view.job_id)
            runner.wait(view.job_id, JOB_SECONDS)
        workspace.close()
    st.cache_resource.clear()


@pytest.fixture
def empty_shop(opened: Callable[[Path], Workspace], empty_template: Path) -> Workspace:
    """A workspace with nothing in it."""
    return opened(empty_template)


@pytest.fixture
def imported_shop(opened: Callable[[Path], Workspace], imported_template: Path) -> Workspace:
    """The small shop after its import: sales, stock, products and suppliers."""
    return opened(imported_template)


@pytest.fixture
def compared_shop(opened: Callable[[Path], Workspace], compared_template: Path) -> Workspace:
    """The small shop after a comparison of two quick models, horizon 14, two folds."""
    return opened(compared_template)


@pytest.fixture
def planned_shop(opened: Callable[[Path], Workspace], planned_template: Path) -> Workspace:
    """The small shop after comparison, forecast (42 days) and order plan."""
    return opened(planned_template)


@pytest.fixture
def page() -> Callable[[str], AppTest]:
    """Runs one page alone, e.g. page("upload"); use after a fixture that opens a shop."""

    def run(name: str, **query: str) -> AppTest:
        test = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=30)
        for key, value in query.items():
            test.query_params[key] = value
        return test.run()

    return run


@pytest.fixture
def finished() -> Callable[[Workspace], None]:
    """Waits until every job of the workspace has ended."""

    def wait(workspace: Workspace) -> None:
        runner = JobRunner.for_workspace(workspace)
        for view in runner.active():
            runner.wait(view.job_id, JOB_SECONDS)

    return wait
