from pathlib import Path

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.library.arima import Arima
from core.series.panel import from_dense

FILE = Path(__file__).parents[4] / "shared" / "data" / "m5" / "daily_levels1to9_train_d1_d1941.csv"
ORIGINS = (1913, 1885, 1857)
HORIZON = 28


@pytest.fixture(scope="module")
def demand():
    if not FILE.exists():
        pytest.skip(f"the real data are not here: {FILE}")
    columns = range(6, 6 + 1941)
    return np.loadtxt(FILE, delimiter=",", skiprows=1, usecols=columns)


def mase(expected, actual, history):
    """Mean absolute error over the mean absolute weekly difference from the first sale on, mean over series."""
    first = (history > 0).argmax(axis=1)
    scale = [np.abs(row[start + 7 :] - row[start:-7]).mean() for row, start in zip(history, first, strict=True)]
    return float(np.mean(np.abs(expected - actual).mean(axis=1) / scale))


@pytest.mark.real_data
@pytest.mark.parametrize(("seasonality", "margin"), [("profile", 0.85), ("terms", 1.0)])
def test_better_than_the_same_weekday_of_last_week_on_m5(demand, seasonality, margin):
    ours, naive = [], []
    for origin in ORIGINS:
        past, actual = demand[:, :origin], demand[:, origin : origin + HORIZON]
        names = [f"S{i}" for i in range(len(past))]
        history = from_dense(past, regular(Frequency.DAY, "2011-01-29", origin), names)
        expected = Arima(seasonality=seasonality).fit(history, seed=1).mean(HORIZON)
        ours.append(mase(expected, actual, past))
        naive.append(mase(past[:, -7:][:, np.arange(HORIZON) % 7], actual, past))
    assert np.mean(ours) < margin * np.mean(naive)
