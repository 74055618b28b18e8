"""Changes by hand on small shops: sums, plans, taking back, later forecasts, and what is refused."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from core.base.calendar import Frequency
from core.base.errors import ChangedMeanwhileError, NoDataError, ParameterError, StoreError
from core.store import overrides as store
from core.store import paths as path_store
from core.store import runs
from core.store.acting import as_user
from core.workflows import decomposing, forecasting, joining, overrides, planning, privacy, simulating, viewing
from core.workflows.forecasting import ForecastRequest
from core.workflows.override_runs import base_of
from core.workflows.override_scopes import footing, meet
from core.workflows.overrides import OverrideRequest
from core.workflows.scopes import CATEGORY, LOCATION, SKU, Scope
from core.workflows.workspace import Workspace, open_workspace
from tests.uploading import import_files

MONDAY = date(2026, 1, 5)
HEAD = "Date,SKU,Location,Quantity,Category\n"
SERIES = [("A1", "north", "tea", 20), ("A1", "south", "tea", 10), ("B1", "north", "tea", 7), ("C1", "south", "pans", 4)]


def sales(days: list[date]) -> str:
    lines = (
        f"{day},{sku},{place},{units + number % 3},{kind}\n"
        for number, day in enumerate(days)
        for sku, place, kind, units in SERIES
    )
    return HEAD + "".join(lines)


def weeks(n: int) -> list[date]:
    return [MONDAY + timedelta(7 * number) for number in range(n)]


Opened = Callable[[str], Workspace]


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folders with a shop that was imported and forecast, each made once."""
    made: dict[str, Path] = {}
    days = {
        "week": weeks(30),
        "day": [MONDAY + timedelta(number) for number in range(70)],
        "month": [date(2023 + number // 12, number % 12 + 1, 1) for number in range(30)],
    }

    def folder(frequency: str) -> Path:
        if frequency not in made:
            made[frequency] = tmp_path_factory.mktemp(frequency)
            workspace = open_workspace(made[frequency] / "shop.duckdb")
            import_files(workspace, sales=sales(days[frequency]))
            forecasting.forecast(workspace, ForecastRequest("moving_average", horizon=14 if frequency == "day" else 6))
            workspace.close()
        return made[frequency]

    return folder


@pytest.fixture
def opened(shops: Callable[[str], Path], tmp_path: Path) -> Iterator[Opened]:
    """Opens a copy of a shop of the test's own."""
    found: list[Workspace] = []

    def copy(frequency: str) -> Workspace:
        shutil.copytree(shops(frequency), tmp_path / frequency)
        found.append(open_workspace(tmp_path / frequency / "shop.duckdb"))
        return found[-1]

    yield copy
    for workspace in found:
        workspace.close()


@pytest.fixture
def shop(opened: Opened) -> Workspace:
    return opened("week")


def asked(workspace: Workspace, scope: Scope, kind: str, value: float, at: slice = slice(0, 1)) -> OverrideRequest:
    """A change of the first week (month) or of others."""
    chosen = overrides.spans(workspace, scope)[at]
    return OverrideRequest(scope, chosen[0].first, chosen[-1].last, kind, value, "promotion")


def units(workspace: Workspace, scope: Scope) -> np.ndarray:
    return viewing.look(workspace, viewing.newest(workspace), scope).fan.mean


def path_units(workspace: Workspace, *skus: str) -> np.ndarray:
    """Mean over the newest forecast's paths, shape (n_series, horizon)."""
    newest = forecasting.required_record(workspace)
    return forecasting.stored_paths(workspace, newest.run_id, list(skus)).units.mean(axis=0, dtype=float)


SHOP, TEA, A1, A1_NORTH = Scope(), Scope(CATEGORY, "tea"), Scope(SKU, "A1"), Scope(SKU, "A1", "north")


@pytest.mark.parametrize(
    ("frequency", "scope"),
    [("day", TEA), ("day", A1), ("week", Scope(LOCATION, "south")), ("week", A1_NORTH), ("month", SHOP)],
)
def test_a_scope_moves_to_the_number_said_and_every_other_sum_with_it(opened, frequency, scope) -> None:
    shop = opened(frequency)
    before, total = units(shop, scope), units(shop, SHOP)
    request = asked(shop, scope, "set", 200, slice(1, 2))
    seen = overrides.preview(shop, [request])
    overrides.save(shop, [request], seen.stamp)
    after = units(shop, scope)
    inside = after != before
    assert after[inside].sum() == 200
    assert np.array_equal(after, seen.after)
    assert units(shop, SHOP).sum() - total.sum() == pytest.approx(after.sum() - before.sum(), abs=1e-6)
    levels = [[TEA, Scope(CATEGORY, "pans")], [Scope(LOCATION, "north"), Scope(LOCATION, "south")]]
    for parts in levels:
        assert np.array_equal(sum(units(shop, part) for part in parts), units(shop, SHOP))
    whole = path_units(shop, "A1", "B1", "C1")
    assert np.abs(whole.sum(axis=0) - units(shop, SHOP)).max() < 0.1 * units(shop, SHOP).max()


def test_shares_of_members_and_days_stay(opened) -> None:
    shop = opened("day")
    before = {sku: units(shop, Scope(SKU, sku, place)) for sku, place in (("A1", "north"), ("B1", "north"))}
    overrides.save(shop, [asked(shop, TEA, "percent", 30, slice(0, 2))], "")
    for sku, place in (("A1", "north"), ("B1", "north")):
        assert units(shop, Scope(SKU, sku, place)) / before[sku] == pytest.approx(1.3)


def test_the_weeks_offered_are_those_of_the_forecast_with_what_is_expected(opened) -> None:
    shop = opened("day")
    found = overrides.spans(shop, SHOP)
    assert [(span.first, span.last) for span in found] == [
        (MONDAY + timedelta(first), MONDAY + timedelta(first + 6)) for first in (70, 77)
    ]
    assert sum(span.units for span in found) == units(shop, SHOP).sum()
    assert found[0].last_year is None
    assert all(span.whole for span in found)


def test_last_year_stands_beside_a_month(opened) -> None:
    first = overrides.spans(opened("month"), A1_NORTH)[0]
    assert (first.first, first.last) == (date(2025, 7, 1), date(2025, 7, 31))
    assert first.last_year == 20  # July 2024 was the nineteenth month


def test_a_week_without_trade_a_year_before_had_no_sales_and_one_still_ahead_is_not_known(tmp_path) -> None:
    days = [MONDAY + timedelta(number) for number in range(420)]
    closed = days[77:84]  # eight weeks into the year before the forecast, which begins after 60 weeks
    with closing(open_workspace(tmp_path / "shop.duckdb")) as workspace:
        import_files(workspace, sales=sales([each for each in days if each not in closed]))
        forecasting.forecast(workspace, ForecastRequest("moving_average", horizon=371))
        found = {each.first: each.last_year for each in overrides.spans(workspace, A1_NORTH)}
        sold = decomposing.year_over_year(
            viewing.look(workspace, viewing.newest(workspace), A1_NORTH).fan, Frequency.DAY
        )
    year = timedelta(364)
    assert found[closed[0] + year] == 0
    assert 7 * 20 <= found[closed[0] - timedelta(7) + year] <= 7 * 22
    assert found[days[-1] - timedelta(6) + year] is not None
    assert found[days[-1] + timedelta(1) + year] is None
    ahead = dict(zip(sold.periods.tolist(), sold.before.tolist(), strict=True))
    assert ahead[closed[0] + year] == 0


def test_a_plan_made_after_a_change_orders_more(shop) -> None:
    before = planning.plan(shop, planning.PlanOptions()).lines["order_units"].sum()
    overrides.save(shop, [asked(shop, SHOP, "percent", 100, slice(0, 6))], "")
    plan = planning.plan(shop, planning.PlanOptions())
    assert plan.lines["order_units"].sum() > 1.5 * before
    assert plan.manifest["forecast_run"] == viewing.newest(shop).run_id


def test_a_what_if_and_the_export_read_the_changed_forecast(shop) -> None:
    before = simulating.case_of(shop).paths.units.sum()
    overrides.save(shop, [asked(shop, SHOP, "percent", 100, slice(0, 6))], "")
    assert simulating.case_of(shop).paths.units.sum() == pytest.approx(2 * before, rel=0.01)
    told = viewing.look(shop, viewing.newest(shop), SHOP).whole.drawn
    assert told == pytest.approx(simulating.case_of(shop).paths.units.sum(axis=(1, 2)).mean(), rel=0.01)
    export = viewing.export_table(shop, viewing.newest(shop))
    assert export["mean"].sum() == units(shop, SHOP).sum()
    assert (export["q10"] <= export["q90"]).all()


@pytest.mark.parametrize("scope", [TEA, Scope(SKU, "C1", "south")])
def test_a_change_is_a_part_of_the_forecast_of_its_own(shop, scope) -> None:
    before = taken_apart(shop, scope)
    overrides.save(shop, [asked(shop, scope, "percent", 50, slice(0, 2))], "")
    after = taken_apart(shop, scope)
    by_hand = after.parts.effects[decomposing.BY_HAND]
    np.testing.assert_array_equal(after.parts.level, before.parts.level)
    np.testing.assert_array_equal(after.parts.season, before.parts.season)
    assert by_hand[after.n_known :][:2] == pytest.approx(0.5 * before.units[before.n_known :][:2], abs=1e-5)
    assert not np.delete(by_hand, [after.n_known, after.n_known + 1]).any()
    sums = decomposing.shares(after)
    assert sum(sums.values()) == pytest.approx(after.units[after.n_known :].sum())


def taken_apart(workspace: Workspace, scope: Scope) -> decomposing.Breakdown:
    head = viewing.newest(workspace)
    return decomposing.breakdown(workspace, head, scope, viewing.look(workspace, head, scope))


def test_taking_back_gives_the_forecast_of_before_bit_for_bit(shop) -> None:
    base = viewing.newest(shop)
    overrides.save(shop, [asked(shop, TEA, "percent", 40), asked(shop, TEA, "units", 9, slice(2, 3))], "")
    assert viewing.newest(shop).run_id != base.run_id
    for stated in overrides.listing(shop):
        overrides.take_back(shop, stated.override.override_id)
    assert viewing.newest(shop).run_id == base.run_id
    assert [run.run_id for run in runs.list_runs(shop, "forecast")] == [base.run_id]
    assert [stated.state for stated in overrides.listing(shop)] == ["taken back", "taken back"]
    assert path_store.has_paths(shop, base.run_id)


def test_one_of_two_changes_taken_back_leaves_the_other(shop) -> None:
    before = units(shop, A1_NORTH)
    overrides.save(shop, [asked(shop, A1_NORTH, "set", 50)], "")
    overrides.save(shop, [asked(shop, A1_NORTH, "set", 60, slice(1, 2))], "")
    overrides.take_back(shop, overrides.listing(shop)[-1].override.override_id)
    assert units(shop, A1_NORTH)[:2].tolist() == [before[0], 60.0]


def test_a_new_forecast_applies_the_changes_in_force(shop) -> None:
    overrides.save(shop, [asked(shop, A1_NORTH, "set", 50, slice(1, 2))], "")
    made = forecasting.forecast(shop, ForecastRequest("ses", horizon=6))
    assert units(shop, A1_NORTH)[1] == 50
    assert made.run_id == viewing.newest(shop).run_id
    assert [each["after"] for each in made.manifest["overrides"]] == [50]
    (stated,) = overrides.listing(shop)
    assert (stated.state, stated.after) == ("in force", 50)


def test_a_change_lapses_when_its_weeks_are_over_and_stays_listed(shop) -> None:
    overrides.save(shop, [asked(shop, A1_NORTH, "set", 50)], "")
    import_files(shop, sales=sales(weeks(31)[-1:]))
    forecasting.forecast(shop, ForecastRequest("moving_average", horizon=6))
    (stated,) = overrides.listing(shop)
    assert (stated.state, stated.after) == ("lapsed", 50)
    assert "overrides" not in viewing.newest(shop).manifest


def test_a_change_the_newest_forecast_was_made_without_is_told(shop) -> None:
    days = overrides.spans(shop, TEA)[0]
    late = overrides.Override.new(
        level="category", name="tea", location="", first=days.first, last=days.last, kind="percent", value=5.0,
        reason="event", comment="", until=days.last,
    )  # fmt: skip
    shop.write(lambda cursor: store.add(shop, cursor, [late]))
    (stated,) = overrides.listing(shop)
    assert (stated.state, stated.why) == (
        "does not meet this forecast",
        "The newest forecast was made without it. Make a new one.",
    )


def test_of_units_for_weeks_partly_over_those_left_are_applied(shop) -> None:
    overrides.save(shop, [asked(shop, A1_NORTH, "set", 90, slice(0, 3))], "")
    meant = units(shop, A1_NORTH)[1:3].sum()
    import_files(shop, sales=sales(weeks(31)[-1:]))
    forecasting.forecast(shop, ForecastRequest("ses", horizon=6))
    assert units(shop, A1_NORTH)[:2].sum() == pytest.approx(meant, abs=1e-6)


def test_units_meant_for_days_are_not_taken_for_weeks(opened) -> None:
    shop = opened("day")
    overrides.save(shop, [asked(shop, A1_NORTH, "set", 50), asked(shop, A1_NORTH, "percent", 10)], "")
    base = footing(shop, base_of(shop, forecasting.required_record(shop)))
    mondays = replace(base, index=replace(base.index, periods=base.periods[::7]))
    effects = store.effects(shop)
    told = [meet(mondays, each, effects[effects["override_id"] == each.override_id]) for each in store.every(shop)]
    assert told[0].why == "It was made when the data had periods of another length. Change it anew."
    assert told[1].change.value == 10


def test_a_change_that_could_not_be_stored_leaves_the_forecast_as_it_was(shop, monkeypatch) -> None:
    overrides.save(shop, [asked(shop, TEA, "percent", 10)], "")
    before = viewing.newest(shop).run_id

    def full(*_given: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(runs, "save_changed", full)
    with pytest.raises(StoreError):
        overrides.save(shop, [asked(shop, TEA, "percent", 10)], "")
    assert viewing.newest(shop).run_id == before
    assert len(overrides.listing(shop)) == 1
    assert {folder.name for folder in (shop.folder / "paths").iterdir()} == {
        before, viewing.newest(shop).manifest["base"],
    }  # fmt: skip


def test_a_change_of_a_sku_that_was_linked_is_told_not_to_meet(shop) -> None:
    overrides.save(shop, [asked(shop, Scope(SKU, "B1"), "percent", 50)], "")
    joining.link_all(shop, [joining.Link("B1", "A1")])
    forecasting.forecast(shop, ForecastRequest("moving_average", horizon=6))
    (stated,) = overrides.listing(shop)
    assert stated.state == "does not meet this forecast"
    assert stated.why == "B1 counts as A1 now. Change A1 instead."


def test_what_was_decided_on_another_state_is_refused_with_who_changed_it(shop) -> None:
    request = asked(shop, TEA, "percent", 10)
    seen = overrides.preview(shop, [request])
    with as_user("Ann"):
        overrides.save(shop, [request], seen.stamp)
    with pytest.raises(ChangedMeanwhileError, match=r"^Ann changed this forecast by hand meanwhile"):
        overrides.save(shop, [request], seen.stamp)
    assert len(overrides.listing(shop)) == 1


def test_a_preview_stores_nothing_and_names_who_changes_most(shop) -> None:
    before = viewing.newest(shop).run_id
    seen = overrides.preview(shop, [asked(shop, TEA, "percent", 10), asked(shop, TEA, "units", 5)])
    assert (viewing.newest(shop).run_id, overrides.listing(shop)) == (before, ())
    assert seen.movers[["sku", "location"]].iloc[0].tolist() == ["A1", "north"]
    assert seen.series == 3
    assert seen.parts[1].before == seen.parts[0].after
    assert seen.movers["after"].sum() - seen.movers["before"].sum() == pytest.approx(
        seen.parts[1].after - seen.parts[0].before
    )


def test_effects_are_written_once_with_seasonal_naive_beside(shop) -> None:
    overrides.save(shop, [asked(shop, A1, "percent", 10, slice(0, 2))], "")
    first = store.effects(shop)
    forecasting.forecast(shop, ForecastRequest("moving_average", horizon=6))
    assert store.effects(shop).equals(first)
    assert first["after"].to_numpy() == pytest.approx(1.1 * first["before"].to_numpy())
    assert first["naive"].tolist() == [34.0, 34.0]  # the last week sold 22 and 12


REFUSED = [
    ({"value": -101.0}, "fewer than 0 would be left"),
    ({"value": float("nan")}, "A number of percent, units or set is expected"),
    ({"kind": "set", "value": 1e9}, "more than 1,000 times what the whole shop ever sold"),
    ({"reason": ""}, "A reason is expected with every change"),
    ({"last": date(2027, 1, 1)}, "which the forecast holds, are expected"),
    ({"first": date(2026, 8, 10)}, "The first day, 10 Aug 2026, comes after the last one, 9 Aug 2026"),
    ({"scope": Scope(SKU, "Z9")}, "The forecast has no such part of the shop"),
    ({"until": date(2026, 1, 1)}, "is over. Choose"),
    ({"value": 0.0}, "By 0 nothing would change"),
    ({"value": 0.0, "kind": "units"}, "By 0 nothing would change"),
]


def test_what_cannot_be_is_refused_in_one_sentence_and_nothing_changes(shop) -> None:
    good = {
        "scope": TEA, "first": date(2026, 8, 3), "last": date(2026, 8, 9), "kind": "percent", "value": 5.0,
        "reason": "event",
    }  # fmt: skip
    for wrong, said in REFUSED:
        with pytest.raises(ParameterError, match=said):
            overrides.save(shop, [OverrideRequest(**good | wrong)], "")
    assert overrides.listing(shop) == ()


def test_without_a_forecast_of_the_present_data_a_new_one_is_asked_for(shop) -> None:
    request = asked(shop, TEA, "percent", 10)
    import_files(shop, sales=sales(weeks(31)[-1:]))
    with pytest.raises(NoDataError, match="There is no forecast of the present data yet"):
        overrides.save(shop, [request], "")


def test_only_a_change_that_holds_can_be_taken_back(shop) -> None:
    overrides.save(shop, [asked(shop, TEA, "percent", 10)], "")
    key = overrides.listing(shop)[0].override.override_id
    overrides.take_back(shop, key)
    for wrong in (key, "nobody"):
        with pytest.raises(ParameterError, match="A change by hand that holds is expected"):
            overrides.take_back(shop, wrong)


def test_forgetting_a_person_takes_the_comment_out_of_list_and_run_and_leaves_the_forecast(shop: Workspace) -> None:
    request = replace(asked(shop, A1, "set", 200), comment="Wedding of Max Mustermann")
    run = overrides.save(shop, [request], "")
    before = units(shop, A1)
    assert privacy.forget(shop, "Max Mustermann").words == 1
    (stated,) = overrides.listing(shop)
    assert (stated.override.comment, stated.state) == ("[removed]", overrides.IN_FORCE)
    newest = forecasting.required_record(shop)
    assert (newest.run_id, newest.manifest["overrides"][0]["comment"]) == (run.run_id, "[removed]")
    np.testing.assert_array_equal(units(shop, A1), before)
