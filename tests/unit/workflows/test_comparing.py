"""Comparisons that compute only what is new, and combinations on the way to a forecast."""

from pathlib import Path

import numpy as np
import pytest

from core.base.errors import NoDataError, ParameterError
from core.evaluate import combining
from core.store import backtests, datasets
from core.workflows import comparing, comparing_work, forecasting, importing
from core.workflows.comparing import CompareRequest, compare
from core.workflows.forecasting import ForecastRequest
from core.workflows.importing import Decision, UploadedFile
from core.workflows.workspace import Workspace, open_workspace

MODELS = ("seasonal_naive", "moving_average", "ses")


def sales(n_days: int) -> bytes:
    rng = np.random.default_rng(8)
    lines = [
        f"{np.datetime64('2026-01-01') + day},{sku},{int(rng.poisson(level)) + 1},2.0"
        for day in range(n_days)
        for sku, level in (("A1001", 9), ("B1002", 30), ("C1003", 4))
    ]
    return "\n".join(["Date,SKU,Quantity,Unit price", *lines]).encode()


def load(workspace: Workspace, content: bytes, name: str) -> None:
    looks = importing.preview(workspace, [UploadedFile(name, content)])
    importing.import_tables(workspace, [Decision(look, look.recognition.to_mapping()) for look in looks])


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    workspace = open_workspace(tmp_path / "shop.duckdb")
    load(workspace, sales(90), "sales.csv")
    return workspace


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys of the methods really run, in turn."""
    keys: list[str] = []
    real = comparing_work.backtest

    def counted(model, *rest):
        keys.append(model.key)
        return real(model, *rest)

    monkeypatch.setattr(comparing_work, "backtest", counted)
    return keys


def request(*models: str, **about) -> CompareRequest:
    return CompareRequest(models or MODELS, **({"horizon": 7, "folds": 2} | about))


def plain(comparison) -> list[dict]:
    return [
        {name: value for name, value in row.items() if name != "cached" and "seconds" not in name}
        for row in comparison.rows
    ]


def test_asked_the_same_again_no_method_runs_and_nothing_differs(shop, ran):
    first = compare(shop, request())
    second = compare(shop, request())
    assert ran == list(MODELS)
    assert plain(first) == plain(second)
    assert not any(row["cached"] for row in first.rows)
    assert all(row["cached"] for row in second.rows)


def test_one_method_more_costs_only_that_method(shop, ran):
    compare(shop, request("seasonal_naive", "ses"))
    both = compare(shop, request("seasonal_naive", "ses", "moving_average"))
    assert ran == ["seasonal_naive", "ses", "moving_average"]
    assert {row["model"]: row["cached"] for row in both.rows} == {
        "seasonal_naive": True, "ses": True, "moving_average": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        {"horizon": 6},
        {"folds": 1},
        {"seed": 5},
        {"settings": {"moving_average": {"window": 5}}},
    ],
)
def test_another_question_is_computed(shop, ran, other):
    compare(shop, request("moving_average"))
    compare(shop, request("moving_average", **other))
    assert ran == ["moving_average"] * 2


def test_new_data_is_computed(shop, ran):
    compare(shop, request("ses"))
    load(shop, sales(95), "more.csv")
    compare(shop, request("ses"))
    assert ran == ["ses", "ses"]


def test_backtests_go_with_the_last_of_the_data(shop):
    compare(shop, request("ses"))
    folder = shop.folder / backtests.FOLDER
    assert list(folder.glob("*/*.npz"))
    datasets.clear_versions(shop)
    assert not list(folder.glob("*/*.npz"))


def test_a_method_over_its_time_costs_its_row(shop):
    with pytest.raises(NoDataError, match="more than the 1e-09 seconds allowed per method"):
        compare(shop, request("ses", max_seconds=1e-9))


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
    mixed = forecasting.forecast(shop, ForecastRequest(combining.MEAN, 7)).table
    alone = [forecasting.forecast(shop, ForecastRequest(key, 7)).table["mean"].to_numpy() for key in MODELS]
    assert set(mixed["model"]) == {combining.MEAN}
    assert made.blends[combining.MEAN].members == MODELS
    np.testing.assert_allclose(mixed["mean"], np.mean(alone, axis=0))


def test_a_combination_that_was_not_compared_is_refused(shop):
    compare(shop, request())
    with pytest.raises(ParameterError, match="Stacking"):
        forecasting.forecast(shop, ForecastRequest(combining.STACKING, 7))


def test_the_best_per_sku_come_from_the_stored_errors(shop):
    made = compare(shop, request())
    panel = forecasting.current_dataset(shop).panel
    assert set(comparing.champions_per_sku(shop, made, panel)) <= set(MODELS)
