"""Comparisons that compute only what is new, and combinations on the way to a forecast."""

import threading
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.base.calendar import Frequency, regular
from core.base.errors import CancelledError, NoDataError, ParameterError
from core.base.progress import Progress, Step
from core.compute.executor import WorkerError
from core.evaluate import combining
from core.evaluate.backtest import Plan
from core.models.library.simple_exponential_smoothing import SimpleExponentialSmoothing
from core.models.reconciliation import BOTTOM_UP
from core.series.panel import from_dense
from core.store import backtests, datasets
from core.workflows import (
    comparing,
    comparing_cache,
    comparing_costs,
    comparing_methods,
    comparing_trials,
    forecasting,
    networks,
)
from core.workflows import datasets as datasets_workflow
from core.workflows.comparing import CompareRequest, Comparison, compare
from core.workflows.comparing_trials import Answer, Begun, Task, Work, run_all
from core.workflows.forecasting import ForecastRequest
from core.workflows.workspace import Workspace
from tests.uploading import import_files

MODELS = ("seasonal_naive", "moving_average", "ses")


def sales(n_days: int) -> bytes:
    rng = np.random.default_rng(8)
    lines = [
        f"{np.datetime64('2026-01-01') + day},{sku},{int(rng.poisson(level)) + 1},2.0"
        for day in range(n_days)
        for sku, level in (("A1001", 9), ("B1002", 30), ("C1003", 4))
    ]
    return "\n".join(["Date,SKU,Quantity,Unit price", *lines]).encode()


@pytest.fixture
def shop(imported) -> Workspace:
    return imported(sales=sales(90))


@pytest.fixture(scope="module")
def compared(tmp_path_factory, imported_in) -> tuple[Workspace, Comparison]:
    """A shop that no test changes, and its comparison of MODELS."""
    workspace = imported_in(tmp_path_factory.mktemp("compared"), sales=sales(90), then=methods_compared)
    return workspace, comparing.latest(workspace)


@pytest.fixture
def known(imported) -> Workspace:
    """The shop after its comparison of MODELS, a test's own."""
    return imported(sales=sales(90), then=methods_compared)


def methods_compared(workspace: Workspace) -> None:
    compare(workspace, request())


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys of the methods really run, in turn."""
    keys: list[str] = []
    real = comparing_trials.Trial

    def counted(task, scene):
        keys.append(task.key)
        return real(task, scene)

    monkeypatch.setattr(comparing_trials, "Trial", counted)
    return keys


def request(*models: str, **about) -> CompareRequest:
    return CompareRequest(models or MODELS, **({"horizon": 7, "folds": 2} | about))


def plain(comparison) -> list[dict]:
    return [
        {name: value for name, value in row.items() if name != "cached" and "seconds" not in name}
        for row in comparison.rows
    ]


def test_asked_the_same_again_no_method_runs_and_nothing_differs(known, ran):
    first = comparing.latest(known)
    second = compare(known, request())
    assert ran == []
    assert plain(first) == plain(second)
    assert not any(row["cached"] for row in first.rows)
    assert all(row["cached"] for row in second.rows)


def test_one_method_more_costs_only_that_method(known, ran):
    more = compare(known, request("seasonal_naive", "ses", "naive"))
    assert ran == ["naive"]
    assert {row["model"]: row["cached"] for row in more.rows} == {"seasonal_naive": True, "ses": True, "naive": False}


def test_another_question_is_computed(known, ran):
    others = [
        {"horizon": 6},
        {"folds": 1},
        {"seed": 5},
        {"settings": {"moving_average": {"window": 5}}},
        {"window": 40},
        {"gap": 2},
        {"refit": False},
    ]
    for number, other in enumerate(others, start=1):
        compare(known, request("moving_average", **other))
        assert ran == ["moving_average"] * number, other


def test_new_data_is_computed(known, ran):
    import_files(known, more=sales(95))
    compare(known, request("ses"))
    assert ran == ["ses"]


def test_backtests_go_with_the_last_of_the_data(known):
    folder = known.folder / backtests.FOLDER
    assert list(folder.glob("*/*.npz"))
    datasets.clear_versions(known)
    assert not list(folder.glob("*/*.npz"))


@pytest.mark.parametrize(("months", "days"), [(1, 7), (12, 1)])
def test_a_short_history_of_weeks_or_months_is_offered_the_horizon_it_is_compared_over(imported, months, days):
    first = np.datetime64("2025-01-06" if months == 1 else "2025-01")
    steps = [str(first + days * place if months == 1 else f"{first + place}-01") for place in range(6)]
    lines = [f"{day},{sku},{10 + place}" for place, day in enumerate(steps) for sku in "AB"]
    shop = imported(sales="\n".join(["Date,SKU,Quantity", *lines]))
    assert comparing.setup(shop).longest == 3
    assert compare(shop, CompareRequest(("ses",))).horizon == 3


@pytest.mark.parametrize(("lead", "horizon"), [(5, 28), (30, 42), (300, 60)])
def test_the_usual_horizon_is_lead_time_and_review_in_weeks_as_far_as_the_history_can_judge(
    compared, monkeypatch, lead, horizon
):
    terms = SimpleNamespace(lead_time_days=np.array([1.0, lead, lead]), review_period_days=np.full(3, 7.0))
    monkeypatch.setattr(comparing_methods, "supply_of", lambda *_: SimpleNamespace(terms=terms))
    panel = from_dense(np.ones((3, 360)), regular(Frequency.DAY, "2025-01-06", 360), list("ABC"))
    assert comparing.usual_horizon(compared[0], panel) == horizon
    assert comparing.usual_horizon(compared[0], panel.take(np.zeros(3, bool))) == 28


def test_a_horizon_of_nothing_is_refused_and_not_taken_for_the_usual_one(shop):
    with pytest.raises(ParameterError, match="Horizon"):
        compare(shop, request("ses", horizon=0))


@pytest.mark.parametrize(("points", "champion"), [(3, "ses"), (600, "moving_average")])
def test_a_sku_judged_on_few_points_is_planned_as_its_demand_class_is(compared, monkeypatch, points, champion):
    workspace, comparison = compared
    rows = [
        (model, sku, rmsse, n)
        for sku, pair, n in (("A1001", (0.5, 1.0), 14), ("B1002", (0.5, 1.0), 14), ("C1003", (1.0, 0.8), points))
        for model, rmsse in zip(("ses", "moving_average"), pair, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["model", "sku", "rmsse", "points"])
    table = table.assign(location="main", mae=table["rmsse"], abs_error=table["rmsse"] * table["points"], bias=0.0)
    monkeypatch.setattr(comparing, "series_error_table", lambda *_: table.assign(weight=10.0))
    panel = datasets_workflow.current_dataset(workspace).panel
    chosen = comparing.champions_per_sku(workspace, comparison, panel)
    assert chosen.tolist() == ["ses", "ses", champion]


def test_another_version_of_a_package_is_asked_anew(shop, ran, monkeypatch):
    for packages in (("1.0", ""), ("1.0", ""), ("1.1", "")):
        monkeypatch.setattr(comparing_cache, "versions_of", lambda _names, told=packages: told)
        compare(shop, request("ses"))
    assert ran == ["ses", "ses"]


def test_packages_have_their_versions_and_a_stranger_has_none():
    numpy_version, stranger = comparing_cache.versions_of(("numpy", "no-such-package-at-all"))
    assert (numpy_version, stranger) == (np.__version__, "")


def test_a_method_over_its_time_costs_its_row(shop):
    with pytest.raises(NoDataError, match="more than the 1e-09 seconds allowed per method"):
        compare(shop, request("ses", max_seconds=1e-9))


def test_methods_not_begun_in_time_cost_their_rows_and_the_cheap_ones_come_first(shop):
    made = compare(shop, request("linear_regression", "ses", "seasonal_naive", max_seconds_total=1e-9))
    rows = {row["model"]: row for row in made.rows}
    assert rows["seasonal_naive"]["rmsse"] > 0
    for key in ("linear_regression", "ses"):
        assert rows[key]["rmsse"] is None
        assert "1e-09 seconds allowed for the whole comparison" in rows[key]["reason"]


def test_what_was_compared_before_needs_no_time(known):
    assert all(row["rmsse"] for row in compare(known, request(max_seconds_total=1e-9)).rows)


@pytest.fixture
def priced(imported) -> Workspace:
    return imported(sales=sales(90), products=b"SKU,Product name,Unit cost\nA1001,Tea,1.20\nB1002,Cup,0.80\n")


def test_costs_are_replayed_stored_and_read_back(priced):
    made = compare(priced, request())
    rows = {row["model"]: row for row in made.rows}
    assert rows["seasonal_naive"]["cost_index"] == 1.0
    assert 0 < rows["ses"]["cost_index"] < 1
    assert all(0 < row["service"] <= 1 and 0 <= row["coverage_total_80"] <= 1 for row in made.rows)
    assert (made.replay.cases, made.replay.unpriced, made.replay.service_level) == (6, 1, 0.95)
    again = comparing.latest(priced)
    assert again.replay == made.replay
    assert [row["cost"] for row in again.rows] == [row["cost"] for row in made.rows]


def test_without_any_cost_there_is_service_but_no_cost_index(compared):
    _shop, made = compared
    assert made.replay.unpriced == 3
    assert all(row["cost_index"] is None and row["service"] > 0 for row in made.rows)


def test_champions_can_be_chosen_by_cost(priced):
    made = compare(priced, request(judge="cost"))
    cheapest = min(made.rows, key=lambda row: row["cost"])["model"]
    assert set(made.class_champions.values()) == {cheapest}
    assert comparing.latest(priced).judge == "cost"


def test_champions_by_anything_else_are_refused():
    with pytest.raises(ParameterError, match="rmsse, cost"):
        comparing_costs.check_judge("luck")


@pytest.mark.parametrize(
    "error",
    [np.linalg.LinAlgError("Singular matrix"), MemoryError("8 GB"), KeyError("price"), ImportError("no such library")],
)
def test_a_method_with_a_defect_costs_its_row(shop, monkeypatch, error):
    def breaks(*_anything, **_more):
        raise error

    monkeypatch.setattr(SimpleExponentialSmoothing, "fit", breaks)
    rows = {row["model"]: row for row in compare(shop, request("ses", "moving_average")).rows}
    assert rows["ses"]["rmsse"] is None
    assert rows["ses"]["failed"] == 3
    assert type(error).__name__ in rows["ses"]["reason"]
    assert rows["moving_average"]["rmsse"] > 0


class Mortal:
    """A worker that dies while methods are at work, whenever the deadly one is among them."""

    def __init__(self, deadly: str) -> None:
        self.deadly, self.asked = deadly, []

    def run(self, function, work, panel, *, progress):
        self.asked.append([task.key for task in work.tasks])
        if self.deadly not in self.asked[-1]:
            function(work, panel, progress=progress)
            return
        for task in work.tasks:
            progress.report(task.key, 0.0, partial=Begun(task.key))
        raise WorkerError("The worker process ended with code -9 before it answered.")


def test_a_worker_that_dies_takes_only_the_method_it_died_of(shop):
    mortal = Mortal("ses")
    rows = {row["model"]: row for row in compare(shop, request(), executor=mortal).rows}
    assert "(The worker process ended with code -9 before it answered)." in rows["ses"]["reason"]
    assert all(rows[key]["rmsse"] > 0 for key in MODELS if key != "ses")
    # all at once, then each alone
    assert mortal.asked == [list(MODELS), *([key] for key in MODELS)]


def test_a_worker_that_dies_before_it_begins_anything_takes_one_method_at_a_time(shop):
    class Stillborn:
        def run(self, *_anything, **_more):
            raise WorkerError("out of memory")

    with pytest.raises(NoDataError, match=r"No method could be compared: .*out of memory.*out of memory"):
        compare(shop, request("ses", "moving_average"), executor=Stillborn())


def test_rows_arrive_once_as_methods_finish_the_known_ones_first(shop):
    compare(shop, request("ses"))
    steps: list[Step] = []
    compare(shop, request(), Progress(steps.append))
    landed = [step.partial for step in steps if step.partial is not None]
    assert [row["model"] for row in landed[:1]] == ["ses"]
    assert sorted(row["model"] for row in landed) == sorted(MODELS)
    assert [row["cached"] for row in landed] == [True, False, False]
    assert all(0.0 <= step.fraction <= 1.0 for step in steps)


def test_fewer_past_dates_than_asked_for_are_told(shop):
    few = compare(shop, request("ses", horizon=30, folds=5))
    text = "The history is long enough for 2 of the 5 past dates asked for."
    assert few.folds == 2
    assert [each.text.startswith(text) for each in few.judgement.remarks if each.kind == "few dates"] == [True]
    assert not [each for each in compare(shop, request("ses")).judgement.remarks if each.kind == "few dates"]


def test_rounds_of_a_network_that_learns_are_told_beside_the_rows(shop):
    settings = {"rnn": {"units": 4, "max_epochs": 2, "windows_per_epoch": 64}}
    steps: list[Step] = []
    compare(shop, request("ses", "rnn", folds=1, settings=settings), Progress(steps.append))
    told = [step.partial for step in steps if step.partial is not None]
    assert [len(values) for values in networks.learning(told).values()] == [2]
    assert sorted(each["model"] for each in told if isinstance(each, dict)) == ["rnn", "ses"]


@pytest.mark.usefixtures("two_threads")
def test_answers_do_not_depend_on_how_many_methods_are_at_work(shop, monkeypatch):
    def run_with(size):
        monkeypatch.setattr(comparing_trials, "size_of", lambda _can, _panel: size)
        answers = []
        work = Work(tuple(Task(key) for key in (*MODELS, "linear_regression")), Plan(7, 3))
        panel = forecasting.current_dataset(shop).panel
        listen = Progress(lambda step: answers.append(step.partial) if isinstance(step.partial, Answer) else None)
        run_all(work, panel, listen)
        return {each.key: (each.result.quantiles.tobytes(), each.result.totals.tobytes()) for each in answers}

    assert run_with(1.0) == run_with(0.0)


def test_a_cancelled_comparison_begins_nothing_more(shop):
    cancelled, begun = threading.Event(), []

    def listen(step):
        begun.append(step.stage)
        cancelled.set()

    with pytest.raises(CancelledError):
        compare(shop, request(folds=3), Progress(listen, cancelled))
    assert len(begun) <= 4


def test_the_judgement_is_stored_and_read_back(shop):
    made = compare(shop, request(gap=1, window=40, refit=False))
    stored = comparing.latest(shop)
    assert (stored.gap, stored.window, stored.refit) == (1, 40, False)
    one, other = made.judgement, stored.judgement
    for name in ("segments", "calibration", "scatter", "tests"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_dtype=False, rtol=1e-5)
    assert other.remarks == one.remarks
    assert other.steps["wape"].keys() == set(MODELS)
    np.testing.assert_allclose(other.steps["crps"]["ses"], one.steps["crps"]["ses"], rtol=1e-5)


def test_the_judgement_cuts_the_errors_by_segment_and_sums_them_over_the_horizon(shop):
    made = compare(shop, request("ses"))
    found = made.judgement
    assert set(found.segments["dimension"]) == {"ABC"}
    assert found.segments["series"].sum() == 3
    lines = comparing.backtest_lines(shop, made.run_id, "B1002", "main").query("model == 'ses'")
    point = found.scatter.query("sku == 'B1002'").sort_values("origin")
    np.testing.assert_allclose(point["forecast"], lines["mean"].to_numpy().reshape(2, 7).sum(axis=1), rtol=1e-5)


def test_combinations_are_compared_and_stored(shop):
    made = compare(shop, request(*MODELS, *combining.KINDS))
    assert set(combining.KINDS) < {row["model"] for row in made.rows}
    stored = comparing.latest(shop)
    for key, blend in made.blends.items():
        assert stored.blends[key].members == blend.members
        for label, weights in blend.weights.items():
            np.testing.assert_array_equal(stored.blends[key].weights[label], weights)


def test_a_forecast_by_a_combination_is_the_weighted_mean_of_its_methods(shop):
    made = compare(shop, request(*MODELS, combining.MEAN))

    def said(key: str):
        return forecasting.forecast(shop, ForecastRequest(key, 7, reconciliation=BOTTOM_UP)).table

    mixed, alone = said(combining.MEAN), [said(key)["mean"].to_numpy() for key in MODELS]
    assert set(mixed["model"]) == {combining.MEAN}
    assert made.blends[combining.MEAN].members == MODELS
    np.testing.assert_allclose(mixed["mean"], np.mean(alone, axis=0))


def test_a_combination_that_was_not_compared_is_refused(compared):
    shop, _made = compared
    with pytest.raises(ParameterError, match="Stacking"):
        forecasting.forecast(shop, ForecastRequest(combining.STACKING, 7))


def test_the_best_per_sku_come_from_the_stored_errors(compared):
    shop, made = compared
    panel = forecasting.current_dataset(shop).panel
    assert set(comparing.champions_per_sku(shop, made, panel)) <= set(MODELS)
