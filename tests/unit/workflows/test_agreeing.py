"""Forecasts of SKUs, categories, locations and the total that agree, and new items beside them."""

from collections.abc import Callable

import numpy as np
import pytest

from core.base.errors import ParameterError
from core.store import runs
from core.workflows import datasets, forecasting, like_items, planning
from core.workflows.forecasting import ForecastRequest, forecast, reconciliation_labels
from core.workflows.like_items import LikeItem
from core.workflows.workspace import Workspace
from tests.uploading import import_files


def sales() -> str:
    """Six SKUs of two categories at two locations over twelve weeks, one of them new."""
    rng = np.random.default_rng(8)
    lines = ["Date,SKU,Category,Location,Quantity,Product name,Price"]
    for number in range(6):
        for place in ("North", "South"):
            for day in range(0 if number < 5 else 80, 84):
                date = np.datetime64("2026-01-05") + day
                units = rng.poisson(3.0 + number)
                name = f"{'Blue' if number % 2 else 'Red'} lamp {number}"
                if units:
                    lines.append(f"{date},A{number},{'xy'[number % 2]},{place},{units},{name},{10 + number}")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, imported_in: Callable[..., Workspace]) -> Workspace:
    return imported_in(tmp_path_factory.mktemp("shop"), sales=sales())


@pytest.fixture
def own(imported: Callable[..., Workspace]) -> Workspace:
    return imported(sales=sales())


def quick(**settings) -> ForecastRequest:
    return ForecastRequest(model="moving_average", horizon=14, **settings)


@pytest.mark.parametrize("method", ["automatic", "bottom_up", "top_down", "mint_shrinkage"])
def test_skus_categories_locations_and_total_agree_to_the_last_digit(shop: Workspace, method: str) -> None:
    run = forecast(shop, quick(reconciliation=method))
    total = run.groups[run.groups["level"] == "total"].set_index("period")["mean"]
    assert (run.table.groupby("period")["mean"].sum() == total).all()
    for level in ("category", "location"):
        groups = run.groups[run.groups["level"] == level]
        assert groups["name"].nunique() == 2
        assert (groups.groupby("period")["mean"].sum() == total).all()
    assert run.manifest["reconciliation"]["method"] in ("bottom_up", method) or method == "automatic"


def test_paths_add_up_to_the_groups_in_every_path(shop: Workspace) -> None:
    run = forecast(shop, quick())
    paths = forecasting.stored_paths(shop, run.run_id)
    total = np.quantile(paths.units.sum(axis=1, dtype=float), 0.9, axis=0)
    stored = run.groups[run.groups["level"] == "total"]["q90"].to_numpy()
    np.testing.assert_allclose(stored, total, rtol=1e-6)
    one = run.table[(run.table["sku"] == "A1") & (run.table["location"] == "North")]
    mine = (paths.skus == "A1") & (paths.locations == "North")
    np.testing.assert_allclose(one["q90"], np.quantile(paths.units[:, mine][:, 0], 0.9, axis=0), rtol=1e-6)


def test_an_unknown_way_to_agree_is_refused(shop: Workspace) -> None:
    with pytest.raises(ParameterError, match=r"One of automatic, bottom_up, .* is expected; “ols” was given"):
        forecast(shop, quick(reconciliation="ols"))
    assert next(iter(reconciliation_labels())) == "automatic"


def test_a_new_item_is_forecast_and_planned_like_the_one_named(own: Workspace) -> None:
    version = datasets.current_dataset(own).version
    like_items.choose(own, "NEW", "A4", 2.0, "successor")
    run = forecast(own, ForecastRequest(model="moving_average", reconciliation="bottom_up"))
    assert run.version == version
    sums = run.table.groupby("sku")["mean"].sum()
    assert sums["NEW"] == pytest.approx(2 * sums["A4"], rel=0.25)
    told = [entry for entry in run.manifest["like_items"] if entry["sku"] == "NEW"]
    assert [(entry["location"], entry["multiplier"], entry["own_weight"]) for entry in told] == [
        ("North", 2.0, 0.0), ("South", 2.0, 0.0),
    ]  # fmt: skip
    assert not any(entry["sku"] == "NEW" for entry in run.manifest["substitutions"])
    assert (run.table[run.table["sku"] == "NEW"]["q95"] > 0).all()
    lines = planning.plan(own, planning.PlanOptions()).lines
    assert set(lines[lines["sku"] == "NEW"]["location"]) == {"North", "South"}
    assert (lines[lines["sku"] == "NEW"]["expected_demand"] > 0).all()
    like_items.take_back(own, "NEW")
    assert len(planning.plan(own, planning.PlanOptions()).lines) == len(lines) - 2
    assert "NEW" not in set(forecast(own, quick()).table["sku"])


def test_an_item_with_some_history_is_mixed_with_its_like_item(own: Workspace) -> None:
    like_items.choose(own, "A5", "A0")
    told = forecast(own, quick()).manifest["like_items"]
    assert [entry["sku"] for entry in told] == ["A5", "A5"]
    assert all(0.05 < entry["own_weight"] < 0.2 for entry in told)


def test_proposals_share_category_words_and_price(shop: Workspace) -> None:
    table = like_items.proposals(shop, "A5")
    assert table["like_sku"].iloc[0] == "A3"
    assert table["reason"].iloc[0] == "same category, 50% of the words of the name, similar price"
    assert like_items.proposals(shop, "nobody").empty


def test_what_has_nothing_in_common_with_an_item_is_not_proposed(own: Workspace) -> None:
    import_files(own, products=b"sku,product_name\nODD,Quartz\n")
    assert "ODD" in set(like_items.candidates(own)["sku"])
    assert like_items.proposals(own, "ODD").empty


def test_candidates_have_little_history(shop: Workspace) -> None:
    table = like_items.candidates(shop)
    assert table["sku"].iloc[0] == "A5"
    assert table["periods"].iloc[0] == 4


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (LikeItem("A5", "A5"), "two different codes"),
        (LikeItem("A5", "nobody"), "“nobody” has none"),
        (LikeItem("A5", "A0", 0.0), "A multiplier above 0 is expected; 0 was given for A5"),
    ],
)
def test_what_cannot_be_a_like_item_is_refused_whole(shop: Workspace, wanted: LikeItem, text: str) -> None:
    with pytest.raises(ParameterError, match=text):
        like_items.choose_all(shop, [LikeItem("A5", "A0"), wanted])
    assert like_items.like_items(shop).empty


def test_taking_back_what_was_never_chosen_is_refused(shop: Workspace) -> None:
    with pytest.raises(ParameterError, match="“A1” has none"):
        like_items.take_back(shop, "A1")


def test_a_forecast_says_how_groups_were_made_to_agree(shop: Workspace) -> None:
    forecast(shop, quick())
    record = runs.latest_run(shop, forecasting.KIND)
    assert record is not None
    assert set(record.manifest["reconciliation"]) == {"method", "errors"}
    assert record.manifest["request"]["reconciliation"] == "automatic"
