"""The shelf of a workspace: networks come back as they were, and new data updates them."""

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.errors import StoreError
from core.base.progress import Progress
from core.models.library.rnn import Rnn
from core.models.networks_method import UPDATE_ROUNDS, attended, watched
from core.series.panel import from_dense
from core.workflows.forecasting_work import ForecastTask, compute
from core.workflows.networks import Shelf

TINY = {"units": 4, "max_epochs": 4, "windows_per_epoch": 256, "identity": "series"}
VALUES = np.random.default_rng(2).poisson(5.0, (3, 130)).astype(float)


def daily(values):
    return from_dense(values, regular(Frequency.DAY, "2023-01-02", values.shape[1]), ["a", "b", "c"])


def fit(shelf: Shelf, panel):
    steps = []
    return watched(attended(Rnn(**TINY), shelf), Progress(steps.append)).fit(panel, seed=1), steps


@pytest.fixture
def learned(tmp_path: Path):
    shelf = Shelf(tmp_path, "v1")
    return shelf, fit(shelf, daily(VALUES[:, :120]))[0]


def test_a_kept_network_says_the_same(learned):
    shelf, first = learned
    again, steps = fit(pickle.loads(pickle.dumps(shelf)), daily(VALUES[:, :120]))  # noqa: S301 - as another process gets it
    assert steps == []
    np.testing.assert_array_equal(again.mean(7), first.mean(7))


def test_the_next_dataset_version_updates_it_in_few_rounds(learned):
    shelf, _first = learned
    _later, steps = fit(Shelf(shelf.root, "v2"), daily(VALUES))
    assert [step.partial.of for step in steps] == [UPDATE_ROUNDS] * len(steps)
    assert sorted(path.name for path in shelf.root.iterdir()) == ["v1", "v2"]


def test_a_changed_file_is_refused_in_one_sentence_and_learned_anew(learned):
    shelf, first = learned
    arrays = next(shelf.root.glob("*/*.npz"))
    arrays.write_bytes(arrays.read_bytes()[:-10])
    with pytest.raises(StoreError, match="was changed"):
        shelf.load(shelf.known()[0])
    again, steps = fit(shelf, daily(VALUES[:, :120]))
    assert "was changed since it was written; it is not used" in steps[0].detail
    np.testing.assert_array_equal(again.mean(7), first.mean(7))
    assert fit(shelf, daily(VALUES[:, :120]))[1] == []


def test_a_manifest_of_another_program_version_is_left_out(learned):
    shelf, _first = learned
    manifest = next(shelf.root.glob("*/*.json"))
    manifest.write_text(manifest.read_text().replace('"fingerprint"', '"other"'))
    assert shelf.known() == []


def test_a_forecast_keeps_its_networks_and_goes_on_from_them(tmp_path):
    panel, heard = daily(VALUES), []
    everything = {"total": np.full(3, "all", object)}
    plain = ForecastTask(panel, np.full(3, "rnn", object), 7, 20, 1, everything, {"rnn": TINY})
    task = replace(plain, reconciliation="bottom_up", shelf=Shelf(tmp_path, "v1"))
    first = compute(task, Progress(heard.append))
    assert [each.partial.of for each in heard if each.partial is not None] != []
    heard.clear()
    again = compute(task, Progress(heard.append))
    assert [each for each in heard if each.partial is not None] == []
    np.testing.assert_array_equal(again.forecast.mean, first.forecast.mean)
