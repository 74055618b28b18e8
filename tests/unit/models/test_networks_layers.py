"""The layers written out as matrix products say what the Keras layers say."""

from dataclasses import replace

import numpy as np
import pytest

from core.models import networks_trunk as trunk
from core.models.networks import WindowShape
from core.models.networks_layers import Dilated, Gated, LongShortTerm, Recurrent
from core.models.networks_trunk import Architecture

N_ROWS, N_COLUMNS = 7, 4
SHAPE = WindowShape(9, 3)


def random_weights(asked, rng):
    shapes = {name: array.shape for name, array in trunk.weights_of(trunk.build(asked, 1)).items()}
    return {name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}


def batch_of(asked, rng):
    def normal(*sizes):
        return rng.normal(size=sizes).astype(np.float32)

    return {
        "past": normal(N_ROWS, SHAPE.context, N_COLUMNS + 2),
        "future": normal(N_ROWS, SHAPE.horizon, N_COLUMNS + 3),
        "identity": rng.integers(4, size=N_ROWS),
        "target": np.abs(normal(N_ROWS, SHAPE.horizon)),
        "weight": np.ones((N_ROWS, SHAPE.horizon), np.float32),
        "noise": normal(N_ROWS, asked.latent),
    }


def said_by_keras(asked, weights, batch):
    network = trunk.build(asked, 1)
    trunk.set_weights(network, weights)
    outputs = network({name: batch[name] for name in network.input}, training=False)
    return {name: np.asarray(value) for name, value in outputs.items()}


@pytest.mark.parametrize("encoder", [LongShortTerm(), Gated(), Recurrent(), Dilated(depth=5)])
def test_every_encoder_with_a_table_and_a_dispersion(encoder):
    rng = np.random.default_rng(5)
    asked = Architecture(encoder, SHAPE, N_COLUMNS, units=5, identities=4, latent=0, dispersed=True)
    weights, batch = random_weights(asked, rng), batch_of(asked, rng)
    expected = said_by_keras(asked, weights, batch)["said"]
    known = trunk.summary(asked, weights, batch["past"], batch["identity"])
    said = trunk.decoded(asked, weights, known, batch["future"])
    assert np.abs(expected).max() > 0.5
    np.testing.assert_allclose(said[..., 0], np.clip(expected[..., 0], -4, 4), atol=1e-5)
    np.testing.assert_allclose(said[..., 1], np.clip(expected[..., 1] + trunk.SHIFT, -6, 3), atol=1e-5)


def test_hidden_numbers_bend_each_path_as_in_keras():
    rng = np.random.default_rng(6)
    asked = Architecture(Dilated(depth=3), SHAPE, N_COLUMNS, units=5, identities=4, latent=2, dispersed=True)
    weights, batch = random_weights(asked, rng), batch_of(asked, rng)
    told = said_by_keras(asked, weights, batch)
    latent = told["centre"] + np.exp(told["log_variance"] / 2) * batch["noise"]
    known = trunk.summary(asked, weights, batch["past"], batch["identity"])
    said = trunk.decoded(asked, weights, known, batch["future"], np.stack([latent, 0 * latent]))
    np.testing.assert_allclose(said[0, ..., 0], np.clip(told["said"][..., 0], -4, 4), atol=1e-5)
    assert np.abs(said[0] - said[1]).max() > 0.1


def test_the_expectation_over_hidden_numbers_is_the_mean_of_the_paths_at_fixed_points():
    rng = np.random.default_rng(7)
    asked = Architecture(Dilated(depth=2), SHAPE, N_COLUMNS, units=5, identities=0, latent=2, dispersed=True)
    weights, batch = random_weights(asked, rng), batch_of(asked, rng)
    found = trunk.expected(asked, weights, batch["past"], batch["future"], batch["identity"])
    known = trunk.summary(asked, weights, batch["past"], batch["identity"])
    each = [
        trunk.decoded(asked, weights, known, batch["future"], np.tile(point, (1, N_ROWS, 1)))[0, ..., 0]
        for point in trunk.points(2)
    ]
    np.testing.assert_allclose(found, np.log(np.mean(np.exp(each), axis=0)), atol=1e-5)


def test_a_causal_convolution_reads_no_further_back_than_its_depth():
    rng = np.random.default_rng(8)
    asked = Architecture(Dilated(depth=2), SHAPE, N_COLUMNS, units=5, identities=0, latent=0, dispersed=False)
    weights, past = random_weights(asked, rng), batch_of(asked, rng)["past"]
    changed = past.copy()
    changed[:, :-4] += 9.0
    np.testing.assert_array_equal(asked.encoder.remembered(weights, past), asked.encoder.remembered(weights, changed))


def test_only_the_share_believed_of_what_is_added_to_the_regression_counts():
    rng = np.random.default_rng(9)
    asked = Architecture(Gated(), SHAPE, N_COLUMNS, units=5, identities=0, latent=0, dispersed=True)
    weights, batch = random_weights(asked, rng), batch_of(asked, rng)
    weights["last.0"] /= 10
    known = trunk.summary(asked, weights, batch["past"], batch["identity"])
    start, whole = batch["future"][..., 0], trunk.decoded(asked, weights, known, batch["future"])
    half = trunk.decoded(replace(asked, believed=0.5), weights, known, batch["future"])
    np.testing.assert_allclose(half[..., 0], (start + whole[..., 0]) / 2, atol=1e-6)
    np.testing.assert_array_equal(half[..., 1], whole[..., 1])


def test_a_gpu_is_taken_as_it_is_needed_and_one_in_use_is_left_as_it_is(monkeypatch):
    import tensorflow as tf

    taken = []

    def grow(device, *, enable):
        taken.append((device, enable))
        if device == "GPU:0":
            raise RuntimeError("Physical devices cannot be modified after being initialized")

    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [f"{kind}:0", f"{kind}:1"])
    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", grow)
    trunk.keras_library.__wrapped__()
    assert taken == [("GPU:0", True), ("GPU:1", True)]


def test_the_same_seed_builds_the_same_network_and_leaves_global_randomness_alone():
    asked = Architecture(Gated(), SHAPE, N_COLUMNS, units=5, identities=0, latent=0, dispersed=False)
    expected_draw = np.random.RandomState(1).random()
    np.random.seed(1)  # noqa: NPY002 - the point of the test
    one, other, third = (trunk.weights_of(trunk.build(asked, seed)) for seed in (3, 3, 4))
    assert np.random.random() == expected_draw  # noqa: NPY002
    assert all(np.array_equal(one[name], other[name]) for name in one)
    assert not np.array_equal(one["memory.0"], third["memory.0"])


def test_few_new_names_fit_into_the_table():
    assert [trunk.rows_for(count) for count in (1, 3, 4, 7, 8)] == [2, 4, 8, 8, 16]
