"""Tuned settings: found on earlier dates, kept, used by comparisons, and taken back."""

import numpy as np
import pytest

from core.base.errors import InsufficientHistoryError, ParameterError
from core.jobs import work
from core.jobs.runner import JobRunner
from core.store import tuned
from core.workflows import comparing, forecasting, tuning
from core.workflows.comparing import CompareRequest
from core.workflows.forecasting import ForecastRequest
from core.workflows.tuning import Tuned, TuneRequest
from tests.unit.workflows.test_comparing import sales

WINDOW = {"window": 9}


@pytest.fixture
def shop(imported):
    return imported(sales=sales(90))


@pytest.fixture(scope="module")
def untuned(tmp_path_factory, imported_in):
    """A shop that no test changes."""
    return imported_in(tmp_path_factory.mktemp("shop"), sales=sales(90))


def outcome(**about):
    known = {
        "model": "moving_average", "values": WINDOW, "default_error": 0.8, "error": 0.6, "tried": 9, "folds": 2,
        "horizon": 7, "seconds": 1.0, "complete": True, "version": "v", "seen_until": "2026-01-20",
    }  # fmt: skip
    return Tuned(**known | about)


def test_what_is_found_is_kept_with_its_gain_and_can_be_taken_back(shop):
    found = tuning.tune(shop, TuneRequest("moving_average", 20.0, horizon=7))
    assert tuning.tuned_methods(shop) == {"moving_average": found}
    assert found.gain >= 0
    assert found.tried > 1
    assert tuning.reset(shop, "moving_average")
    assert tuning.tuned_methods(shop) == {}
    assert not tuning.reset(shop, "moving_average")


def test_the_search_sees_nothing_of_the_dates_a_comparison_is_judged_by(shop):
    found = tuning.tune(shop, TuneRequest("ses", 20.0, horizon=7))
    compared = comparing.compare(shop, CompareRequest(("seasonal_naive",), 7, 3))
    first = comparing.backtest_lines(shop, compared.run_id, "A1001", "main")["period"].min()
    assert np.datetime64(found.seen_until) < first


def test_comparisons_use_tuned_settings_unless_told_otherwise(shop):
    tuned.put(shop, outcome())
    made = comparing.compare(shop, CompareRequest(("moving_average", "ses"), 7, 2))
    assert made.settings == {"moving_average": WINDOW}
    other = comparing.compare(shop, CompareRequest(("moving_average",), 7, 2, settings={"moving_average": {}}))
    assert other.settings == {}
    assert not any(remark.kind == "tuned" for remark in made.judgement.remarks)


def test_a_forecast_by_one_method_uses_what_it_was_tuned_to(shop):
    usual = forecasting.forecast(shop, ForecastRequest("moving_average", 7)).table["mean"].to_numpy()
    tuned.put(shop, outcome())
    changed = forecasting.forecast(shop, ForecastRequest("moving_average", 7)).table["mean"].to_numpy()
    assert np.abs(usual - changed).max() > 0.1


def test_dates_that_the_search_saw_are_pointed_out(shop):
    tuned.put(shop, outcome(seen_until="2026-03-28"))
    made = comparing.compare(shop, CompareRequest(("moving_average",), 7, 2))
    assert [remark.kind for remark in made.judgement.remarks if "Moving average" in remark.text][-1] == "tuned"


def test_a_history_with_nothing_before_the_comparison_is_refused(untuned):
    with pytest.raises(InsufficientHistoryError, match="must not see the 3 past dates"):
        tuning.tune(untuned, TuneRequest("ses", 5.0, horizon=22))


@pytest.mark.parametrize("wrong", [{"model": "none"}, {"budget_seconds": 0.0}, {"folds": 0}, {"model": "tsb"}])
def test_what_cannot_be_tuned_is_refused(untuned, wrong):
    with pytest.raises(ParameterError):
        tuning.tune(untuned, TuneRequest(**{"model": "ses", "horizon": 7} | wrong))


def test_the_job_keeps_what_it_finds(shop, monkeypatch):
    from core.compute.executor import InProcess

    monkeypatch.setattr(work, "shared_worker", InProcess)
    runner = JobRunner.for_workspace(shop)
    job = work.start_tuning(runner, shop, TuneRequest("ses", 5.0, horizon=7))
    assert runner.wait(job, 60.0).status == "done"
    assert "ses" in tuning.tuned_methods(shop)
