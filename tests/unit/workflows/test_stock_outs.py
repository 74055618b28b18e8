"""Known and suspected stock-outs, their estimate, and the choice per SKU."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from core.base.errors import ParameterError
from core.workflows import cleaning, datasets, priorities, scaling, stock_outs
from core.workflows.workspace import Workspace

RNG = np.random.default_rng(8)
OUT = {80, 81, 82, 83}
SALES = "Date,SKU,Quantity,Unit price\n" + "".join(
    f"{np.datetime64('2026-01-01') + day},{sku},{int(RNG.poisson(9)) + 1},{price}\n"
    for day in range(90)
    for sku, price in (("A1001", 2.0), ("B1002", 50.0), ("C1003", 5.0))
    if not (day in OUT and sku != "C1003") and not (sku == "C1003" and 20 <= day < 75)
)
STOCK = "Date,SKU,On hand\n" + "".join(
    f"{np.datetime64('2026-01-01') + day},{sku},{0 if day in OUT else 80}\n"
    for day in range(80, 90)
    for sku in ("A1001", "B1002")
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, imported_in: Callable[..., Workspace]) -> Workspace:
    """A shop that no test changes."""
    return imported_in(tmp_path_factory.mktemp("shop"), sales=SALES, stock=STOCK)


@pytest.fixture
def own(imported: Callable[..., Workspace]) -> Workspace:
    return imported(sales=SALES, stock=STOCK)


def out_of_stock(shop: Workspace) -> dict[str, int]:
    panel = datasets.current_dataset(shop).panel
    out = panel.dense(panel.censored, fill=0.0).sum(axis=1).astype(int)
    return dict(zip(panel.skus.tolist(), out.tolist(), strict=True))


def test_by_default_demand_during_stock_outs_stays_unknown(shop: Workspace) -> None:
    known = stock_outs.known(shop)
    assert known[["sku", "periods", "estimated_periods", "choice"]].to_numpy().tolist() == [
        ["A1001", 4, 0, ""], ["B1002", 4, 0, ""],
    ]  # fmt: skip
    assert not stock_outs.estimates_in_force(shop)


def test_one_switch_estimates_them_all(own: Workspace) -> None:
    stock_outs.switch(own, estimate=True)
    known = stock_outs.known(own)
    assert known["estimated_periods"].tolist() == [4, 4]
    assert known["lost_units"].between(25, 55).all()
    assert known["lost_sd"].between(2, 15).all()
    assert stock_outs.estimates_in_force(own)
    assert out_of_stock(own)["A1001"] == 0
    data = datasets.current_dataset(own)
    assert np.nansum(data.lost) == pytest.approx(known["lost_units"].sum())


def test_an_estimate_still_counts_as_out_of_stock_in_the_history(own: Workspace) -> None:
    before = cleaning.report(own).states["out of stock"]
    stock_outs.switch(own, estimate=True)
    assert cleaning.report(own).states["out of stock"] == pytest.approx(before)
    stock_outs.switch(own, estimate=False)
    assert out_of_stock(own)["A1001"] == 4


def test_a_single_sku_is_estimated_while_the_rule_is_off(own: Workspace) -> None:
    stock_outs.choose(own, "B1002", "main", "estimate")
    assert out_of_stock(own) == {"A1001": 4, "B1002": 0, "C1003": 0}
    assert dict(zip(*stock_outs.known(own)[["sku", "choice"]].to_numpy().T, strict=True)) == {
        "A1001": "", "B1002": "estimate",
    }  # fmt: skip


def test_a_single_sku_is_left_while_the_rule_is_on_and_follows_it_again(own: Workspace) -> None:
    stock_outs.switch(own, estimate=True)
    stock_outs.choose(own, "A1001", "main", "leave")
    assert out_of_stock(own) == {"A1001": 4, "B1002": 0, "C1003": 0}
    stock_outs.choose(own, "A1001", "main", "")
    assert out_of_stock(own)["A1001"] == 0


def test_a_choice_works_even_where_the_recipe_leaves_the_rule_out(own: Workspace) -> None:
    recipe = cleaning.changed(cleaning.active_recipe(own), "stock_out_demand", enabled=False, settings={})
    cleaning.apply(own, recipe)
    stock_outs.choose(own, "B1002", "main", "estimate")
    assert out_of_stock(own)["B1002"] == 0


def test_choices_that_do_not_exist_are_refused(shop: Workspace) -> None:
    with pytest.raises(ParameterError, match="“maybe” was given"):
        stock_outs.choose(shop, "A1001", "main", "maybe")
    with pytest.raises(ParameterError, match="Z at main is none"):
        stock_outs.choose(shop, "Z", "main", "leave")


def test_a_silent_daily_seller_is_suspected_and_nothing_is_changed(shop: Workspace) -> None:
    version = datasets.current_dataset(shop).version
    found = stock_outs.suspected(shop)
    assert found["sku"].tolist() == ["C1003"]
    row = found.iloc[0]
    assert (str(row["first"])[:10], str(row["last"])[:10], row["periods"]) == ("2026-01-21", "2026-03-16", 55)
    assert row["probability"] > 0.6
    assert not row["lasts"]
    assert datasets.current_dataset(shop).version == version


def test_issues_are_ranked_by_what_they_would_move(shop: Workspace) -> None:
    found = priorities.fix_first(shop)
    money = [entry.money or 0.0 for entry in found]
    assert money == sorted(money, reverse=True)
    by_key = {entry.issue: entry for entry in found}
    assert by_key["lead_time"].skus == 3
    assert by_key["lead_time"].page == "upload"
    assert by_key["suspected_stock_outs"].skus == 1
    assert by_key["stock_outs"].rule == "stock_out_demand"
    assert all(entry.units > 0 and entry.how and entry.label for entry in found)


def test_the_stake_of_lead_times_is_half_their_demand(shop: Workspace) -> None:
    panel = datasets.current_dataset(shop).panel
    entry = {entry.issue: entry for entry in priorities.fix_first(shop)}["lead_time"]
    # Two weeks are assumed; recent demand of 10, 10 and (after its silence) about 9 a day.
    assert entry.units == pytest.approx(7 * np.nanmean(panel.observed()[:, -10:], axis=1).sum(), rel=0.15)


def test_a_settled_issue_leaves_the_list(own: Workspace) -> None:
    assert "stock_outs" in {entry.issue for entry in priorities.fix_first(own)}
    stock_outs.switch(own, estimate=True)
    issues = {entry.issue for entry in priorities.fix_first(own)}
    assert "stock_outs" not in issues
    assert "stock_out_demand" in issues


def test_the_table_of_issues_has_a_row_for_each(shop: Workspace) -> None:
    found = priorities.fix_first(shop)
    table = priorities.table(found)
    assert table["issue"].tolist() == [entry.issue for entry in found]
    assert list(table.columns) == ["issue", "label", "skus", "units", "money", "how", "page", "rule"]


@pytest.mark.parametrize("method", scaling.METHODS)
def test_scaled_demand_leads_back_to_units(shop: Workspace, method: str) -> None:
    scaled = scaling.scaled_demand(shop, method)
    observed = datasets.current_dataset(shop).panel.observed()
    np.testing.assert_allclose(scaled.scaling.inverse(scaled.values), observed, atol=1e-9)
    assert len(scaled.table()) == np.isfinite(observed).sum()


def test_every_series_has_its_stage_of_life(shop: Workspace) -> None:
    panel = datasets.current_dataset(shop).panel
    assert panel.attributes["life_stage"].tolist() == ["regular"] * 3


def test_the_report_knows_how_late_the_data_is(shop: Workspace) -> None:
    late = cleaning.report(shop, date(2026, 4, 14)).quality.dimensions[-1]
    assert (late.key, late.score) == ("timeliness", pytest.approx(100 * (1 - 13 / 28)))
    assert cleaning.report(shop).quality.dimensions[-1].score is not None


def test_losses_are_told_before_anything_is_estimated(own: Workspace) -> None:
    before = stock_outs.losses(own).set_index("sku")
    assert before["lost_units"].tolist() == [0.0, 0.0]
    assert (before["expected_units"] > 4 * 5).all()
    stock_outs.switch(own, estimate=True)
    after = stock_outs.losses(own).set_index("sku").loc[before.index]
    assert after["expected_units"].to_numpy() == pytest.approx(before["expected_units"].to_numpy(), rel=1e-6)
    assert after["lost_units"].to_numpy() == pytest.approx(after["expected_units"].to_numpy())
    assert after["expected_sd"].to_numpy() == pytest.approx(before["expected_sd"].to_numpy(), rel=1e-6)


def test_several_skus_are_chosen_for_at_once(own: Workspace) -> None:
    stock_outs.choose_all(own, {("A1001", "main"): "leave", ("B1002", "main"): "estimate"})
    known = stock_outs.known(own).set_index("sku")
    assert known["choice"].to_dict() == {"B1002": "estimate", "A1001": "leave"}
    assert known["estimated_periods"].to_dict() == {"B1002": 4, "A1001": 0}


def test_one_wrong_choice_refuses_all(own: Workspace) -> None:
    with pytest.raises(ParameterError, match="Z at main is none"):
        stock_outs.choose_all(own, {("A1001", "main"): "leave", ("Z", "main"): "leave"})
    assert stock_outs.known(own)["choice"].tolist() == ["", ""]
