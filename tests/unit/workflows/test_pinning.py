"""Methods pinned for parts of the shop: forecasts by the best methods use them there and nowhere else."""

import numpy as np
import pytest

from core.base.errors import ParameterError
from core.models.season_ahead import SeasonAhead
from core.store import pins
from core.store.tuned import Tuned
from core.store.tuned import put as put_tuned
from core.workflows import comparing, forecasting, pinning
from core.workflows.comparing import CompareRequest, compare
from core.workflows.datasets import current_dataset
from core.workflows.forecasting import ForecastRequest, forecast
from core.workflows.pinning import Pin

SKUS = {"TEA-1": ("tea", 9), "TEA-2": ("tea", 30), "CUP-1": ("cups", 4), "CUP-2": ("cups", 12)}


def sales() -> bytes:
    rng = np.random.default_rng(8)
    lines = [
        f"{np.datetime64('2026-01-01') + day},{sku},{kind},{int(rng.poisson(level)) + 1},2.0"
        for day in range(90)
        for sku, (kind, level) in SKUS.items()
    ]
    return "\n".join(["Date,SKU,Category,Quantity,Unit price", *lines]).encode()


def compared_once(workspace):
    compare(workspace, CompareRequest(("seasonal_naive", "moving_average"), horizon=7, folds=2))


@pytest.fixture
def shop(imported):
    return imported(sales=sales(), then=compared_once)


def used(workspace, model=forecasting.BEST):
    run = forecast(workspace, ForecastRequest(model, horizon=7))
    return run.table.groupby("sku")["model"].first().to_dict(), run.manifest


def test_a_category_is_forecast_by_its_pinned_method_and_the_rest_by_its_champions(shop):
    champions = comparing.latest(shop).champions.set_index("sku")["model"].to_dict()
    pinning.pin(shop, Pin("category", "tea", "ses"))
    models, manifest = used(shop)
    assert models == champions | {"TEA-1": "ses", "TEA-2": "ses"}
    assert manifest["pins"] == [["category", "tea", "ses", 2]]


def test_a_part_that_is_the_whole_shop_can_be_pinned(shop):
    pinning.pin(shop, Pin("location", "main", "ses"))
    assert set(used(shop, forecasting.BEST_PER_SKU)[0].values()) == {"ses"}


def test_where_pins_meet_the_one_set_last_holds(shop):
    pinning.pin(shop, Pin(pinning.SKU, "TEA-1", "holt"))
    pinning.pin(shop, Pin("category", "tea", "ses"))
    pinning.pin(shop, Pin(pinning.SKU, "TEA-1", "croston"))
    dataset = current_dataset(shop)
    found = dict(zip(dataset.panel.skus, pinning.pinned(shop, dataset).models, strict=True))
    assert found == {"TEA-1": "croston", "TEA-2": "ses", "CUP-1": "", "CUP-2": ""}


def test_a_pin_taken_off_leaves_its_part_to_the_champions(shop):
    before, _manifest = used(shop)
    pinning.pin(shop, Pin("category", "tea", "ses"))
    assert pinning.unpin(shop, "category", "tea")
    assert not pinning.unpin(shop, "category", "tea")
    assert used(shop)[0] == before


def test_a_method_asked_for_by_name_answers_for_all(shop):
    pinning.pin(shop, Pin("category", "tea", "ses"))
    models, manifest = used(shop, "moving_average")
    assert set(models.values()) == {"moving_average"}
    assert manifest["pins"] == []


def test_a_pinned_method_that_was_not_compared_has_the_settings_it_was_tuned_to(shop):
    put_tuned(shop, Tuned("ses", {"alpha": 0.9}, 1.0, 0.9, 3, 2, 7, 1.0, True, "", "2026-01-01"))
    put_tuned(shop, Tuned("moving_average", {"window": 3}, 1.0, 0.9, 3, 2, 7, 1.0, True, "", "2026-01-01"))
    pinning.pin(shop, Pin("category", "tea", "ses"))
    _models, manifest = used(shop)
    # the moving average was compared before it was tuned, and is used as it was compared
    assert manifest["settings"] == {"ses": {"alpha": 0.9}}


@pytest.mark.parametrize(
    ("pin", "said"),
    [
        (Pin("category", "coffee", "ses"), "No series has the category “coffee”. There are cups, tea."),
        (Pin("colour", "red", "ses"), "“colour” was given"),
        (Pin("category", "tea", "oracle"), "oracle"),
        (Pin("category", "tea", "mean_best_3"), "mean_best_3"),
    ],
)
def test_what_cannot_be_pinned_is_refused_in_a_sentence(shop, pin, said):
    with pytest.raises(ParameterError, match=said):
        pinning.pin(shop, pin)
    assert pinning.pins_of(shop) == ()


def test_a_pin_of_a_part_that_is_gone_holds_nobody_up(shop):
    pinning.pin(shop, Pin("category", "tea", "ses"))
    pins.put(shop, Pin("category", "gone", "ses"))
    assert used(shop)[1]["pins"] == [["category", "tea", "ses", 2]]


def test_a_season_ahead_leaves_pinned_series_to_their_method(shop, monkeypatch):
    panel = current_dataset(shop).panel
    ahead = SeasonAhead(
        np.ones(panel.n_periods + 7, bool), np.ones(4, bool), panel.calendar.following(1), np.ones(1), ()
    )
    monkeypatch.setattr(forecasting, "season_ahead", lambda *_: ahead)
    asked = []
    monkeypatch.setattr(forecasting, "sentence", lambda season: asked.append(season.series.tolist()) or "ahead")
    pinning.pin(shop, Pin("category", "tea", "ses"))
    assert used(shop)[1]["season"] == "ahead"
    assert asked == [[not sku.startswith("TEA") for sku in panel.skus]]
    pinning.pin(shop, Pin("location", "main", "ses"))
    assert used(shop)[1]["season"] == ""
