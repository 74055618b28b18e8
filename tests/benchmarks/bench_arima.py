"""Seasonal ARIMA with order choice, and rolling origins; the peer is statsforecast's AutoARIMA on the same series."""

from typing import Any

from core.models.library.arima import Arima
from tests.benchmarks.against import against, said
from tests.benchmarks.shops import median_seconds, shop


def bench() -> list[dict[str, Any]]:
    """One line per setting: name, ours, peer, ratio, unit."""
    lines = against("ARIMA, season profile, 36 orders", Arima(), "AutoARIMA", ours=10_000, theirs=64)
    history = shop(10_000, 702)
    for name, model in (
        ("ARIMA, season profile, 9 orders, 1,000 series", Arima(search="small")),
        ("ARIMA, seasonal terms, 36 orders, 1,000 series", Arima(seasonality="terms")),
    ):
        ours = median_seconds(lambda model=model: said(model, history)) / 10
        peer = lines[0]["peer"]
        lines.append({"name": name, "ours": ours, "peer": peer, "ratio": peer and peer / ours, "unit": "s"})
    folds = shop(3_900, 374)
    ours = sum(median_seconds(lambda back=back: said(Arima(), folds.until(374 - back))) for back in (28, 56, 84))
    lines.append({"name": "ARIMA, 3,900 series, 3 folds", "ours": ours, "peer": None, "ratio": None, "unit": "s"})
    return lines
