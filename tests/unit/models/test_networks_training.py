"""How networks learn: reproducibly, watched, until it no longer helps; and what they learn."""

import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest
from scipy.stats import nbinom

from core.base.calendar import Frequency, regular
from core.base.errors import CancelledError
from core.base.progress import Progress
from core.models import networks_training as training
from core.models.library.gru import Gru
from core.models.library.rnn import Rnn
from core.models.library.vae import Vae
from core.models.networks_footing import regressions
from core.models.networks_method import TrainedNetwork, watched
from core.models.networks_training import LearningRound
from core.models.sampling import SampledFit
from core.series.panel import from_dense

SMALL = {"units": 8, "max_epochs": 3, "windows_per_epoch": 1_024, "learning_rate": 0.03}
TINY = {"units": 4, "max_epochs": 3, "windows_per_epoch": 256}
ONE_ROUND = TINY | {"max_epochs": 1}


def daily(values, **more):
    calendar = regular(Frequency.DAY, "2023-01-02", values.shape[1])
    return from_dense(values, calendar, [f"s{i}" for i in range(len(values))], **more)


@pytest.fixture(scope="module")
def weekly_rhythm():
    """Four sizes of one weekend rhythm, and a fifth series that begins late."""
    profile = np.tile([10.0, 10, 10, 10, 10, 40, 40], 40)
    values = np.random.default_rng(2).poisson(np.stack([profile * size for size in (0.5, 1, 2, 4, 1)])).astype(float)
    values[4, :200] = np.nan
    return daily(values)


@pytest.fixture(scope="module")
def fitted(weekly_rhythm):
    return Gru(**SMALL).fit(weekly_rhythm, seed=3)


def test_the_week_is_learned_on_every_scale(fitted):
    expected = fitted.point.mean_at(np.array([280]), 28)[0, :4].reshape(4, 4, 7)
    weekend, working = expected[:, :, 5:].mean(axis=(1, 2)), expected[:, :, :5].mean(axis=(1, 2))
    assert np.all(weekend > 2 * working)
    assert np.allclose(weekend, [20, 40, 80, 160], rtol=0.3)


def test_the_same_seed_gives_the_same_bytes(weekly_rhythm, fitted):
    again = Gru(**SMALL).fit(weekly_rhythm, seed=3)
    assert all(again.point.weights[name].tobytes() == array.tobytes() for name, array in fitted.point.weights.items())


def test_a_fitted_network_survives_pickling(fitted):
    copy = pickle.loads(pickle.dumps(fitted))  # noqa: S301 - our own bytes
    origins = np.array([280])
    assert isinstance(copy.point, TrainedNetwork)
    assert np.array_equal(copy.point.mean_at(origins, 7), fitted.point.mean_at(origins, 7))


def test_a_series_that_had_not_begun_is_unknown(fitted):
    expected = fitted.point.mean_at(np.array([150]), 7)
    assert np.isnan(expected[0, 4]).all()
    assert np.isfinite(expected[0, :4]).all()


def test_every_round_is_told_with_its_loss(weekly_rhythm):
    steps = []
    watched(Rnn(**TINY), Progress(steps.append)).fit(weekly_rhythm, seed=1)
    rounds = [step.partial for step in steps]
    assert all(isinstance(each, LearningRound) for each in rounds)
    assert [(each.number, each.of) for each in rounds] == [(1, 3), (2, 3), (3, 3)]
    assert all(np.isfinite([each.loss, each.checked]).all() and each.seconds > 0 for each in rounds)
    assert [step.fraction for step in steps] == pytest.approx([1 / 3, 2 / 3, 1])


def test_a_step_of_learning_is_traced_once_however_many_panels_come(weekly_rhythm):
    method = Rnn(**ONE_ROUND)
    asked = method.fit(weekly_rhythm, seed=1).point.asked
    method.fit(weekly_rhythm.take(np.arange(3)), seed=2)
    assert training._learner(asked)._step.experimental_get_tracing_count() == 1


def test_a_network_can_be_cancelled_between_two_rounds(weekly_rhythm):
    cancelled, rounds = threading.Event(), []

    def listen(step):
        rounds.append(step.partial)
        cancelled.set()

    with pytest.raises(CancelledError):
        watched(Rnn(**TINY), Progress(listen, cancelled)).fit(weekly_rhythm, seed=1)
    assert len(rounds) == 1


def test_learning_stops_when_the_last_windows_are_forecast_no_better(weekly_rhythm, monkeypatch):
    losses = iter([1.0, 0.5, 0.6, 0.7, 0.5, 0.1])
    monkeypatch.setattr(training, "_deviance", lambda *_: next(losses))
    rounds = []
    method = Rnn(**{**TINY, "max_epochs": 20})
    watched(method, Progress(lambda step: rounds.append(step.partial))).fit(weekly_rhythm, seed=1)
    assert [each.checked for each in rounds] == [0.5, 0.6, 0.7, 0.5]


def test_a_constant_panel_stays_constant():
    fitted = Rnn(**ONE_ROUND).fit(daily(np.full((2, 20), 4.0)), seed=1)
    assert np.allclose(fitted.point.mean_at(np.array([20]), 12), 4.0, rtol=1e-6)


def test_a_planned_promotion_changes_the_forecast():
    rng = np.random.default_rng(4)
    promoted = rng.random((4, 200)) < 0.2
    demand = rng.poisson(np.where(promoted, 40.0, 10.0)).astype(float)
    drivers = {"promotion": promoted.astype(float)}
    means = [
        Rnn(**TINY).fit(daily(demand, drivers=drivers, future_drivers={"promotion": plan}), seed=1).mean(7)
        for plan in (np.zeros((4, 7)), np.ones((4, 7)))
    ]
    assert means[1].sum() > 1.5 * means[0].sum()


def test_each_series_learns_a_row_of_its_own(weekly_rhythm, monkeypatch):
    losses = iter([4.0, 3.0, 2.0, 1.0])
    monkeypatch.setattr(training, "_deviance", lambda *_: next(losses))
    point = Rnn(**{**TINY, "identity": "series"}).fit(weekly_rhythm, seed=1).point
    assert point.identity.tolist() == [1, 2, 3, 4, 5]
    assert np.abs(point.weights["table.0"][1:6]).max(axis=1).all()
    assert not point.weights["table.0"][[0, 6, 7]].any()


def test_the_negative_binomial_loss_is_its_log_likelihood_up_to_a_constant():
    import tensorflow as tf

    rng = np.random.default_rng(3)
    target, level = rng.integers(0, 9, (2, 5)) / 4.0, np.array([4.0, 8.0])
    units = target * level[:, None]

    def both(log_ratio, log_dispersion):
        asked = [tf.constant(each, tf.float64) for each in (target, level, log_ratio, log_dispersion)]
        mean, r = level[:, None] * np.exp(log_ratio), np.exp(-log_dispersion)
        return training._negative_binomial(*asked).numpy(), -nbinom.logpmf(units, r, r / (r + mean))

    one, other = (both(rng.normal(size=(2, 5)), rng.normal(size=(2, 5))) for _ in range(2))
    np.testing.assert_allclose(one[0] - other[0], one[1] - other[1], rtol=1e-9)


def test_millions_of_units_teach_as_exactly_as_a_few():
    import tensorflow as tf

    target, log_ratio = np.random.default_rng(3).gamma(4.0, 0.25, (2, 40))

    def pull(level, kind):
        said = [tf.Variable(np.asarray(each)[None], dtype=kind) for each in (log_ratio, np.full(40, -1.5))]
        with tf.GradientTape() as tape:
            loss = training._negative_binomial(tf.cast(target[None], kind), tf.cast([level], kind), *said)
        return [each.numpy() for each in tape.gradient(loss, said)]

    for found, exact in zip(pull(1e7, tf.float32), pull(1e7, tf.float64), strict=True):
        np.testing.assert_allclose(found, exact, rtol=1e-3, atol=1e-3 * np.abs(exact).mean())


def test_the_poisson_likelihood_finds_the_mean_as_well(weekly_rhythm):
    mean = Rnn(**{**SMALL, "output": "poisson"}).fit(weekly_rhythm, seed=1).mean(28)
    assert np.allclose(mean.mean(axis=1)[:4] / [1, 2, 4, 8], 9.3, rtol=0.15)


@pytest.fixture(scope="module")
def generated(weekly_rhythm):
    return Vae(**{**SMALL, "max_epochs": 2}, paths="network").fit(weekly_rhythm, seed=3)


def test_generated_paths_are_whole_units_with_the_mean_of_the_forecast(generated):
    units = generated.simulate(14, 600, np.random.default_rng(1)).units
    np.testing.assert_array_equal(units, np.round(units))
    np.testing.assert_allclose(units.mean(axis=(0, 2)), generated.mean(14).mean(axis=1), rtol=0.1)


def test_generated_paths_of_a_sku_do_not_depend_on_its_place(generated, weekly_rhythm):
    order = np.array([3, 1, 4, 0, 2])
    point, panel = generated.point, weekly_rhythm.take(order)
    stages = regressions(panel, point.asked.shape.horizon)
    other_point = TrainedNetwork(panel, point.asked, point.weights, point.identity[order], stages)
    moved = type(generated)(panel, other_point, generated.seed)
    one, other = (fit.predict(7, (0.1, 0.9)).quantiles for fit in (generated, moved))
    np.testing.assert_allclose(other, one[order], rtol=1e-4, atol=1.0)


def test_generated_paths_reach_beyond_the_networks_own_horizon(generated):
    forecast = generated.predict(40, (0.1, 0.5, 0.9))
    assert np.isfinite(forecast.quantiles).all()
    assert (forecast.quantiles[:, :, 2] > forecast.quantiles[:, :, 0]).all()


def test_unless_asked_otherwise_past_errors_spread_a_generative_network(generated):
    assert type(Vae().fitted(generated.point, 1)) is SampledFit
    assert type(Vae(paths="network").fitted(generated.point, 1)) is type(generated)


def test_the_library_begins_without_messages_and_errors_are_heard_afterwards():
    script = "import sys; from core.models.networks_trunk import keras_library; keras_library(); sys.exit('afterwards')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "afterwards\n")
