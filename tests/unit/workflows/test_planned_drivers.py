"""Drivers the shop knows ahead: proposed, marked, used on the days they are planned for, and switched off."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from core.base.errors import ParameterError
from core.base.progress import silent
from core.command.main import main
from core.models.champions import Choice, Mixture
from core.store import audit
from core.store.settings import read_settings, write_settings
from core.workflows import comparing, comparing_series, datasets, forecasting, importing, joining, planned_drivers
from core.workflows.comparing import CompareRequest
from core.workflows.forecasting import ForecastRequest
from core.workflows.workspace import Workspace, open_workspace
from tests.uploading import import_files

FIRST, N_DAYS, N_PLANNED = date(2025, 1, 6), 150, 20
CAMPAIGN = "Radio"
PLANNED = (3, 11)
"""Days after the last sale on which the campaign will be on air."""


def on_campaign(day: int) -> bool:
    return day % 13 in (2, 7) if day < N_DAYS else day - N_DAYS in PLANNED


def sales() -> str:
    lines = ["Date,SKU,Quantity"]
    for day in range(N_DAYS):
        for place, sku in enumerate(("A", "B", "C")):
            units = (10 + 5 * place + day % 3) * (3 if on_campaign(day) else 1)
            lines.append(f"{FIRST + timedelta(day)},{sku},{units}")
    return "\n".join(lines)


def campaigns(n_days: int = N_DAYS + N_PLANNED) -> str:
    return "\n".join(["Date,Radio", *(f"{FIRST + timedelta(day)},{int(on_campaign(day))}" for day in range(n_days))])


@pytest.fixture
def shop(imported) -> Workspace:
    return imported(sales=sales(), drivers=campaigns())


@pytest.fixture
def marked(imported) -> Workspace:
    """The shop that knows its campaigns ahead."""
    return imported(sales=sales(), drivers=campaigns(), then=known_ahead)


def known_ahead(workspace: Workspace) -> None:
    planned_drivers.mark(workspace, {CAMPAIGN: True})


def expected(workspace: Workspace, **asked) -> np.ndarray:
    """Units of all SKUs together per day ahead."""
    run = forecasting.forecast(workspace, ForecastRequest("linear_regression", horizon=28, **asked))
    return run.groups[run.groups["level"] == "total"]["mean"].to_numpy()


def test_a_driver_with_values_after_the_last_sale_is_proposed_and_used_only_when_marked(shop):
    (driver,) = planned_drivers.markable(shop)
    assert (driver.name, driver.ahead, driver.proposed) == (CAMPAIGN, False, True)
    assert driver.until == FIRST + timedelta(N_DAYS + N_PLANNED - 1)
    usual = expected(shop)
    planned_drivers.mark(shop, {CAMPAIGN: True})
    (driver,) = planned_drivers.markable(shop)
    assert (driver.ahead, driver.proposed) == (True, False)
    known = expected(shop)
    other = np.setdiff1d(np.arange(28), PLANNED)
    assert known[list(PLANNED)].min() > 1.8 * known[other].max()
    assert usual.max() < 1.8 * np.median(usual)


def test_at_past_dates_later_values_are_known_only_of_a_marked_driver(shop):
    unmarked = datasets.current_dataset(shop).panel
    assert CAMPAIGN not in unmarked.until(100).future_drivers
    planned_drivers.mark(shop, {CAMPAIGN: True})
    marked = datasets.current_dataset(shop).panel
    ahead = marked.until(100).future_drivers[CAMPAIGN]
    assert ahead[0, :70].tolist() == [float(on_campaign(day)) for day in range(100, N_DAYS + N_PLANNED)]


def test_values_to_come_of_an_unmarked_driver_change_no_score(shop, tmp_path):
    plain = open_workspace(tmp_path / "plain.duckdb")
    import_files(plain, sales=sales(), drivers=campaigns(N_DAYS))
    request = CompareRequest(("linear_regression",), horizon=14, folds=2)
    assert comparing.compare(shop, request).rows[0]["rmsse"] == comparing.compare(plain, request).rows[0]["rmsse"]


def test_a_price_nobody_knows_ahead_is_of_the_past_only(tmp_path):
    workspace = open_workspace(tmp_path / "shop.duckdb")
    prices = "\n".join(["Date,Price", *(f"{FIRST + timedelta(day)},{5 + day % 4}" for day in range(N_DAYS + 5))])
    import_files(workspace, sales=sales(), drivers=prices)
    assert "price" in datasets.current_dataset(workspace).panel.until(100).future_drivers
    planned_drivers.mark(workspace, {"price": False})
    panel = datasets.current_dataset(workspace).panel
    assert "price" in panel.drivers
    assert "price" not in panel.until(100).future_drivers


def test_a_mark_outlives_the_next_upload_and_stands_in_the_audit(shop):
    planned_drivers.mark(shop, {CAMPAIGN: True})
    import_files(shop, more="Date,SKU,Quantity\n2025-06-05,A,9\n2025-06-05,B,9\n2025-06-05,C,9")
    assert [each.ahead for each in planned_drivers.markable(shop)] == [True]
    assert f"{CAMPAIGN}: known ahead" in [entry.detail for entry in audit.list_actions(shop, limit=10)]


def test_a_driver_declined_is_not_proposed_again_and_leaves_the_data_as_it_is(shop):
    before = datasets.current_dataset(shop).version
    planned_drivers.mark(shop, {CAMPAIGN: False})
    assert [each.proposed for each in planned_drivers.markable(shop)] == [False]
    assert datasets.current_dataset(shop).version == before


def test_what_no_file_names_cannot_be_marked(shop):
    with pytest.raises(ParameterError, match="such as Radio"):
        planned_drivers.mark(shop, {"weather": True})


def unplanned(workspace: Workspace, model: str = "linear_regression", horizon: int = 28) -> list[str]:
    """What a forecast says of drivers that nobody has planned to its end."""
    return forecasting.forecast(workspace, ForecastRequest(model, horizon=horizon)).manifest["unplanned"]


def remarked(workspace: Workspace, model: str, horizon: int) -> list[str]:
    """The same said by a comparison."""
    told = comparing.compare(workspace, CompareRequest((model,), horizon=horizon, folds=2)).judgement.remarks
    return [each.text for each in told if each.kind == "unplanned"]


def test_a_plan_that_ends_before_the_forecast_is_said_with_its_day(marked):
    (text,) = unplanned(marked)
    assert "“Radio” is known ahead, but from 25 Jun 2025 on it is not given in 3 series (A, B, C)" in text
    assert "its last value holds, or 0 where it is a flag or a count" in text
    assert "up to 2 Jul 2025" in text
    assert not remarked(marked, "linear_regression", 14)
    assert len(remarked(marked, "linear_regression", 21)) == 1


def test_nothing_is_said_of_plans_that_no_chosen_method_looks_at(marked):
    assert not unplanned(marked, "seasonal_naive")
    assert not remarked(marked, "seasonal_naive", 28)


def test_each_series_is_asked_whether_its_own_method_looks_at_drivers():
    models = ("linear_regression", "ses", "mean", "median", "linear_regression", "arimax")
    half, none = np.full(6, 0.5), np.zeros(6)
    mixtures = {
        "mean": Mixture({"ses": half, "linear_regression": half}),
        "median": Mixture({"ses": half, "theta": half, "linear_regression": none}, median=True),
    }
    blind = {"linear_regression": {"drivers": False}}
    assert planned_drivers.looking(Choice(models, {}, mixtures)).tolist() == [True, False, True, False, True, True]
    assert planned_drivers.looking(Choice(models, blind, mixtures)).tolist() == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([24, 24], "25 Jun 2025"),
        ([4, 24, 24], "25 Jun 2025 (in some series 5 Jun 2025)"),
        ([4, 4, 24], "5 Jun 2025 (in some series 25 Jun 2025)"),
        ([4, 11, 11, 24], "12 Jun 2025 (in some series between 5 Jun 2025 and 25 Jun 2025)"),
    ],
)
def test_the_day_most_series_share_is_named_first(days, told):
    assert planned_drivers._usual_day(np.datetime64("2025-06-01") + np.array(days)) == told


def test_a_price_without_a_plan_is_said_to_stay(imported):
    prices = [f"{FIRST + timedelta(day)},{sku},{5 + day // 50}" for day in range(N_DAYS) for sku in ("A", "B")]
    prices += [f"{FIRST + timedelta(N_DAYS + day)},A,8" for day in range(N_PLANNED)]
    shop = imported(sales=sales(), drivers="\n".join(["Date,SKU,Price", *prices]))
    (text,) = unplanned(shop)
    assert "No price is planned from 5 Jun 2025 (in some series 25 Jun 2025) on in 2 series (A, B)" in text
    assert "the last one is kept" in text
    (text,) = unplanned(shop, horizon=14)
    assert "from 5 Jun 2025 on in 1 series (B)" in text


def test_a_price_that_never_changed_is_no_matter_of_plans(imported):
    prices = [f"{FIRST + timedelta(day)},{sku},5" for day in range(N_DAYS) for sku in "ABC"]
    assert not unplanned(imported(sales=sales(), drivers="\n".join(["Date,SKU,Price", *prices])))


def test_promotions_and_events_without_a_plan_are_said_to_be_none(imported):
    promotions = [f"{FIRST + timedelta(day)},A,1," for day in range(0, N_DAYS + 9, 20)]
    fairs = [f"{FIRST + timedelta(day)},,,Fair" for day in (20, 50, 80, N_DAYS + 3)]
    shop = imported(sales=sales(), drivers="\n".join(["Date,SKU,Promotion,Event", *promotions, *fairs]))
    event, promotion = unplanned(shop)
    assert "No event is planned from 9 Jun 2025 on in 3 series (A, B, C)" in event
    assert "No promotion is planned from 26 May 2025" not in promotion
    assert "none is assumed" in event
    assert "in 1 series (A) whose forecast looks at promotions: none is assumed" in promotion


def test_what_the_calendar_knows_is_planned_however_far_a_forecast_looks(imported):
    shop = imported(sales=sales())
    write_settings(shop, replace(read_settings(shop), country="DE"))
    importing.made_anew(shop, silent().unstoppable())
    assert not unplanned(shop, horizon=700)


def test_a_plan_counts_to_its_end_however_long_it_is(imported):
    prices = [f"{FIRST + timedelta(day)},A,{5 + day // 50}" for day in range(N_DAYS + 420)]
    shop = imported(sales=sales(), drivers="\n".join(["Date,SKU,Price", *prices]))
    assert not unplanned(shop, horizon=400)
    (text,) = unplanned(shop, horizon=440)
    assert "No price is planned from 30 Jul 2026 on in 1 series (A)" in text


def level(day: int) -> int:
    """Of advertising: up and down from week to week, and up for good before the history ends."""
    return 3 if day // 7 % 2 or day >= N_DAYS - 7 else 1


@pytest.fixture(scope="module")
def advertised(tmp_path_factory, imported_in) -> Workspace:
    """A shop whose sales follow its advertising, which nobody has planned; and a campaign far ahead."""
    lines = [f"{FIRST + timedelta(day)},{sku},{10 * level(day)}" for day in range(N_DAYS) for sku in "ABC"]
    spent = [f"{FIRST + timedelta(day)},{level(day)}," for day in range(N_DAYS)]
    fairs = [f"{FIRST + timedelta(day)},,Fair" for day in (20, 50, 80, N_DAYS + 499)]
    lines = [line[:-2] + "60" if any(line.startswith(fair[:10]) for fair in fairs) else line for line in lines]
    workspace = imported_in(
        tmp_path_factory.mktemp("advertised"),
        sales="\n".join(["Date,SKU,Quantity", *lines]),
        spent="\n".join(["Date,Ad spend,Event", *spent, *fairs]),
    )
    planned_drivers.mark(workspace, {"ad_spend": True})
    return workspace


@pytest.mark.parametrize("model", ["linear_regression", "arimax", "gradient_boosting"])
def test_a_level_holds_and_a_plan_counts_as_far_as_a_forecast_looks(advertised, model):
    run = forecasting.forecast(advertised, ForecastRequest(model, horizon=504))
    units = run.groups[run.groups["level"] == "total"]["mean"].to_numpy()
    near, far = units[308:364], units[420:476]
    assert far.mean() == pytest.approx(near.mean(), rel=0.05)
    if model == "linear_regression":
        assert units[499] > 1.5 * units[497]


def test_a_driver_switched_off_is_looked_at_by_no_method_and_asked_anew(marked):
    request = {"models": ("seasonal_naive", "linear_regression"), "horizon": 14, "folds": 2}
    first = comparing.compare(marked, CompareRequest(**request))
    off = comparing.compare(marked, CompareRequest(**request, without=(CAMPAIGN,)))
    scores = [{row["model"]: row for row in each.rows} for each in (first, off)]
    assert scores[1]["linear_regression"]["rmsse"] > 1.5 * scores[0]["linear_regression"]["rmsse"]
    cached = {key: row["cached"] for key, row in scores[1].items() if key in request["models"]}
    assert cached == {"seasonal_naive": True, "linear_regression": False}
    assert comparing.latest(marked).without == (CAMPAIGN,)
    best = forecasting.forecast(marked, ForecastRequest("best", horizon=28))
    assert best.manifest["without"] == [CAMPAIGN]
    assert expected(marked, without=())[3] > 1.5 * expected(marked, without=(CAMPAIGN,))[3]


def test_an_unknown_driver_cannot_be_switched_off(shop):
    with pytest.raises(ParameterError, match="such as Radio"):
        comparing.compare(shop, CompareRequest(("naive",), without=("weather",)))


def test_events_are_switched_off_as_one(tmp_path):
    workspace = open_workspace(tmp_path / "shop.duckdb")
    events = "Date,Event\n2025-02-01,Fair\n2025-03-01,Sale\n2025-04-01,Fair"
    import_files(workspace, sales=sales(), drivers=events)
    assert list(planned_drivers.switches(workspace)) == ["event"]
    panel = datasets.current_dataset(workspace).panel
    assert {name.split(":")[0] for name in panel.drivers} == {"event"}
    assert not planned_drivers.without(panel, ("event",)).drivers


def test_coverage_says_which_drivers_are_known_ahead(marked):
    row = joining.coverage(marked).set_index("driver").loc[CAMPAIGN]
    assert bool(row["known_ahead"])
    assert row["known_until"].date() == FIRST + timedelta(N_DAYS + N_PLANNED - 1)


def test_the_command_line_says_it_too(marked, capsys):
    asked = ["--horizon", "28", "--workspace", str(marked.path)]
    assert main(["forecast", "--model", "linear_regression", *asked]) == 0
    assert "“Radio” is known ahead, but from 25 Jun 2025 on it is not given in 3 series" in capsys.readouterr().out
    assert main(["forecast", "--model", "ses", *asked]) == 0
    assert "Radio" not in capsys.readouterr().out


def test_what_is_shown_of_a_comparison_without_drivers_was_said_without_them(marked, monkeypatch):
    compared = {
        off: comparing.compare(marked, CompareRequest(("linear_regression",), horizon=14, folds=2, without=off))
        for off in ((), ("Radio",))
    }
    # of large comparisons the table holds only the champions
    tables = {off: comparing.backtest_lines(marked, each.run_id, "A", "main") for off, each in compared.items()}
    monkeypatch.setattr(comparing, "backtest_lines", lambda *_: tables[()].iloc[:0])
    for off, comparison in compared.items():
        _days, units = comparing_series.said_of(marked, comparison, "A", "main").said["linear_regression"]
        table = tables[off]
        own = table.loc[table["model"] == "linear_regression", "mean"].to_numpy()
        assert units[~np.isnan(units)] == pytest.approx(own)
