"""Plans and what-ifs read in the moment in which changes by hand put another forecast in the newest one's place."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from core.base.errors import NoDataError
from core.store import paths as path_store
from core.workflows import forecasting, overrides, planning, simulating
from core.workflows.forecasting import ForecastRequest
from core.workflows.overrides import OverrideRequest
from core.workflows.scopes import Scope
from core.workflows.workspace import Workspace

WEEKS = [date(2026, 1, 5) + timedelta(7 * number) for number in range(30)]
SALES = "Date,SKU,Quantity\n" + "".join(f"{day},{sku},20\n" for day in WEEKS for sku in ("A1", "B1"))


@pytest.fixture
def shop(imported: Callable[..., Workspace]) -> Workspace:
    workspace = imported(sales=SALES)
    forecasting.forecast(workspace, ForecastRequest("moving_average", horizon=6))
    return workspace


def save(shop: Workspace, percent: float) -> str:
    """Change the first week of the whole shop; the run that is the newest then."""
    week = overrides.spans(shop, Scope())[0]
    return overrides.save(
        shop, [OverrideRequest(Scope(), week.first, week.last, "percent", percent, "promotion")], ""
    ).run_id


def read_while_saved(shop: Workspace, monkeypatch: pytest.MonkeyPatch, read: Callable[[], object]) -> str:
    """Read a forecast whose changes another session replaces just before its paths are read; the newest run then."""
    save(shop, 10)
    read_paths, at_paths, saved = path_store.read_paths, threading.Event(), threading.Event()

    def held(workspace: Workspace, run_id: str, skus: Sequence[str] | None = None) -> path_store.StoredPaths:
        if not at_paths.is_set():
            at_paths.set()
            assert saved.wait(60)
        return read_paths(workspace, run_id, skus)

    monkeypatch.setattr(path_store, "read_paths", held)
    with ThreadPoolExecutor() as sessions:
        reading = sessions.submit(read)
        assert at_paths.wait(60)
        newest = save(shop, 10)
        saved.set()
        reading.result(60)
    return newest


def test_a_plan_made_while_changes_are_saved_is_made_from_the_newest(shop: Workspace, monkeypatch) -> None:
    plans = []
    newest = read_while_saved(shop, monkeypatch, lambda: plans.append(planning.plan(shop, planning.PlanOptions())))
    assert plans[0].manifest["forecast_run"] == newest


def test_a_what_if_read_while_changes_are_saved_plays_the_newest(shop: Workspace, monkeypatch) -> None:
    cases = []
    newest = read_while_saved(shop, monkeypatch, lambda: cases.append(simulating.case_of(shop)))
    stored = forecasting.stored_paths(shop, newest)
    assert cases[0].paths.units.sum() == stored.units.sum()


def test_plans_and_looks_go_on_while_changes_are_saved_one_after_another(shop: Workspace) -> None:
    saving = threading.Event()

    def save_often() -> None:
        for number in range(8):
            save(shop, 1 + number)
        saving.set()

    def read() -> int:
        done = 0
        while not saving.is_set():
            planning.plan(shop, planning.PlanOptions())
            simulating.case_of(shop, "A1")
            done += 1
        return done

    with ThreadPoolExecutor() as sessions:
        readers = [sessions.submit(read) for _reader in range(2)]
        sessions.submit(save_often).result(120)
        assert min(reader.result(60) for reader in readers) > 0


def test_paths_that_are_really_gone_are_told(shop: Workspace) -> None:
    path_store.drop_paths(shop, forecasting.required_record(shop).run_id)
    with pytest.raises(NoDataError, match="no longer on disk"):
        planning.plan(shop, planning.PlanOptions())
