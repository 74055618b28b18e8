"""A small made-up shop, prepared step by step, and the pages run against it without a browser."""

import gzip
import math
import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from core.store.people import customer_key
from core.workflows import comparing, forecasting, importing, planning
from core.workflows.importing import Decision, UploadedFile
from core.workflows.workspace import Workspace
from tests.pages.shops import Shops, end_jobs, forget_pages, prepared

ROOT = Path(__file__).parents[2]
FIRST_DAY = date(2025, 9, 1)
N_DAYS = 120
SKUS = tuple(f"SKU-{number:02d}" for number in range(1, 13))
QUICK_MODELS = ("seasonal_naive", "moving_average")


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In each file, tests that look at the same shop follow one another, and those whose jobs change it come last."""
    places = [at for at, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    files = list(dict.fromkeys(items[at].path for at in places))
    # the order within remains as it was, so that it may be random
    ordered = sorted((items[at] for at in places), key=lambda item: (files.index(item.path), *_shop_of(item)))
    for at, item in zip(places, ordered, strict=True):
        items[at] = item


def _shop_of(item: pytest.Item) -> tuple[str, bool]:
    given = item.callspec.params.values() if hasattr(item, "callspec") else ()
    named = [name for name in (*item.fixturenames, *given) if isinstance(name, str)]
    return next((name for name in named if name.endswith("_shop")), ""), "finished" in named


@pytest.fixture(scope="session", autouse=True)
def quick_pages() -> Iterator[None]:
    """The app uses no third-party components, and each AppTest would read the metadata of every package for some.

    It would also ask a thousand times a second whether the page has run to its end, and tidy up Keras before each run
    where an earlier test has loaded it, which takes longer than most pages; the app computes in a process of its own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(script_runner, "_clean_problem_modules", lambda: None)
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda *_: [])
        patch.setattr(LocalScriptRunner, "script_stopped", _ended)
        yield


def _ended(runner: LocalScriptRunner) -> bool:
    """Whether the page's thread has ended; returns at its end or after a moment."""
    runner._script_thread.join(0.5)
    return not runner._script_thread.is_alive()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of prepared workspaces, shared by the workers of one test run."""
    own = tmp_path_factory.getbasetemp()
    place = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shops"
    place.mkdir(exist_ok=True)
    return place


@pytest.fixture(scope="session")
def empty_template(templates: Path) -> Path:
    # with the key that the first look at a file would make
    return prepared(templates / "empty", step=customer_key)


@pytest.fixture(scope="session")
def imported_template(templates: Path, empty_template: Path) -> Path:
    return prepared(templates / "imported", empty_template, _imported)


@pytest.fixture(scope="session")
def compared_template(templates: Path, imported_template: Path) -> Path:
    return prepared(templates / "compared", imported_template, _compared)


@pytest.fixture(scope="session")
def planned_template(templates: Path, compared_template: Path) -> Path:
    return prepared(templates / "planned", compared_template, _planned)


@pytest.fixture(scope="session")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shops]:
    """The copies of prepared workspaces."""
    made = Shops(tmp_path_factory.mktemp("copies"))
    yield made
    made.close()


@pytest.fixture
def opened(request: pytest.FixtureRequest, shops: Shops) -> Iterator[Callable[[Path], Workspace]]:
    """Makes a copy of a prepared workspace the one that the pages open."""
    # what a patched function gave must not be shown to another test, nor a test miss its patch
    patched = "monkeypatch" in request.fixturenames
    taken: list[Path] = []
    with pytest.MonkeyPatch.context() as patch:

        def take(template: Path) -> Workspace:
            workspace = shops.take(template)
            taken.append(template)
            patch.setenv("STOCKCAST_HOME", str(workspace.path.parent))
            return workspace

        if patched:
            forget_pages()
        yield take
        for template in taken:
            shops.give_back(template)
    if patched:
        forget_pages()


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
    return end_jobs
