"""Laws every cleaning rule keeps, over both registries."""

import random
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.parameters import parameters_of
from core.clean.recipe import default_recipe
from core.clean.registry import ROW_RULES, SERIES_RULES, create
from core.clean.rules import outliers_forest
from core.series.panel import from_dense
from core.store import cleaning as cleaning_store
from core.store.cleaning import RowCleaning, run_row_rules
from tests.clean_lines import line, own_store, store

SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(2, 6))]
"""Of messy lines and panels; one of them holds every rule to every law."""


def variants(registry):
    """Each rule at its defaults and at each other choice of each setting."""
    for key, rule in registry.items():
        yield pytest.param(key, {}, id=key)
        for info in parameters_of(rule):
            choices = info.choices or ((not info.default,) if isinstance(info.default, bool) else ())
            for choice in choices:
                if choice != info.default:
                    yield pytest.param(key, {info.name: choice}, id=f"{key}-{choice}")


def messy_lines(seed):
    rng = random.Random(seed)  # noqa: S311 - test data
    result = []
    for number in range(160):
        units = rng.choice([1, 2, 2, 3, 12, -1, -2, -3, 0])
        result.append(
            line(
                number,
                f"2024-01-{rng.randrange(1, 20):02d}",
                rng.choice(["10001", "10002", "10003", "POST", "M", "GIFT_1"]),
                units,
                upload_id=rng.choice("ab"),
                order_id=rng.choice([None, f"7{number % 30}", f"C{number}" if units < 0 else f"8{number}"]),
                customer=rng.choice([None, "c", "d"]),
                unit_price=rng.choice([None, 0.0, -1.0, 2.5, 2.5, 2.5, 2.5, 2.5]),
                amount=rng.choice([None, 5.0]),
                status=rng.choice([None, "paid", "paid", "cancelled", "unpaid", "refunded", "internal order"]),
                channel=rng.choice([None, "web", "web", "样品", "test"]),
                discount=rng.choice([None, 0.0, 1.0]) if rng.random() < 0.7 else None,
                unit=rng.choice([None, None, "pcs", "box", "dozen", "case of 6", "crate"]),
                currency=rng.choice([None, None, "USD", "EUR", "GBP", "$"]),
            )
        )
    # Some lines come again: alike, or with another status, in either file.
    for entry in rng.sample(result, 40):
        again = {"line": entry["line"] + 1000, "upload_id": rng.choice("ab")}
        result.append(entry | again | rng.choice([{}, {"status": "shipped"}, {"order_id": None}]))
    return result + going_over_to_packs(rng)


def going_over_to_packs(rng):
    """A product sold by the piece for 30 days, then in packs of twelve for 30 more, with two returns."""
    result = []
    for day in range(60):
        pack = 1 if day < 30 else 12
        units, price = rng.choice([11, 12, 13, 24, 25]) * (12 // pack) // 12, 2.5 * pack
        when = f"2024-{2 + day // 25:02d}-{1 + day % 25:02d}"
        about = {"order_id": f"9{day}", "unit_price": price, "customer": f"k{day}"}
        result.append(line(2000 + day, when, "10009", units * (-1 if day in {10, 50} else 1), **about))
    return result


@cache
def messy_store(seed):
    """One store per seed; imported lines never change, so every test takes a cursor of its own."""
    connection = own_store(*messy_lines(seed))
    connection.execute("INSERT INTO exchange_rates VALUES ('EUR', 1.1)")
    connection.execute("INSERT INTO settings VALUES ('currency', '\"USD\"')")
    stated = "INSERT INTO products (upload_id, line, sku, units_per_pack) VALUES ('a', $1, $2, $3)"
    connection.executemany(stated, [(1, "10001", 10.0), (2, "10002", 1.0)])
    return connection


CLEAN_LINES = [
    line(n, f"2024-01-{n:02d}", f"1000{n % 3}", n, customer="c", status="paid", amount=2.5 * n) for n in range(1, 25)
]


@cache
def clean_store():
    return own_store(*CLEAN_LINES)


def imported(cursor):
    """All imported lines by (upload, line)."""
    return {entry[:2]: entry for entry in cursor.execute("SELECT * FROM sales_lines").fetchall()}


def cleaned(cursor):
    """All cleaned lines by (upload, line), in the columns of imported ones."""
    lines = "SELECT upload, cleaned_lines.* EXCLUDE (upload_id, code) FROM cleaned_lines JOIN sources USING (upload_id)"
    return {entry[:2]: entry for entry in cursor.execute(lines).fetchall()}


@dataclass(frozen=True)
class Run:
    """A rule carried out twice over messy lines."""

    before: dict[tuple[str, int], Any]
    after: dict[tuple[str, int], Any]
    cleaning: RowCleaning
    columns: list[Any]
    all_lines: int


@cache
def carried_out(key, settings, seed, share):
    """Every law looks at the same run."""
    cursor, rule = messy_store(seed).cursor(), create(key, dict(settings))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cleaning_store, "REWRITTEN_SHARE", share)
        cleaning = run_row_rules(cursor, [rule, rule])
    told = cursor.execute("SELECT * FROM cleaned_lines")
    columns, all_lines = told.description, len(told.fetchall())
    return Run(imported(cursor), cleaned(cursor), cleaning, columns, all_lines)


@cache
def columns_without_rules():
    cursor = clean_store().cursor()
    run_row_rules(cursor, [])
    return cursor.execute("SELECT * FROM cleaned_lines").description


IN_PLACE, ANEW = 1.0, -1.0
"""Shares of changed lines from which on the table is written anew: never, always."""


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("key", "settings"), list(variants(ROW_RULES)))
class TestRowRules:
    @pytest.fixture
    def run(self, key, settings, seed):
        return carried_out(key, tuple(settings.items()), seed, IN_PLACE)

    def test_findings_are_the_exact_difference(self, run):
        before, after = run.before, run.after
        differing = {f"{up}.csv:{number}" for (up, number), row in before.items() if after.get((up, number)) != row}
        found = run.cleaning.findings.to_pylist()
        assert {entry["line"] for entry in found} == differing
        assert len(found) == len(differing)
        for entry in found:
            upload, number = entry["line"].split(".csv:")
            assert entry["before_units"] == before[upload, int(number)][7]
            left_over = after.get((upload, int(number)))
            assert entry["after_units"] == (left_over[7] if left_over else None)

    def test_lines_changed_in_place_and_lines_written_anew_are_the_same(self, run, key, settings, seed):
        if run.cleaning.outcomes[0].changed:
            assert run.after == carried_out(key, tuple(settings.items()), seed, ANEW).after

    def test_lines_stay_unique_and_keep_their_columns(self, run):
        assert run.columns == columns_without_rules()
        assert run.all_lines == len(run.after)

    def test_a_second_run_finds_nothing(self, run):
        again = run.cleaning.outcomes[1]
        assert (again.removed, again.changed) == (0, 0)

    def test_the_units_moved_are_reported(self, run):
        outcome = run.cleaning.outcomes[0]
        moved = sum(abs((e["after_units"] or 0.0) - e["before_units"]) for e in run.cleaning.findings.to_pylist())
        assert outcome.units_moved == pytest.approx(moved)
        assert outcome.units_after == pytest.approx(run.cleaning.units_after)


@pytest.mark.parametrize(("key", "settings"), list(variants(ROW_RULES)))
def test_clean_lines_are_left_alone(key, settings):
    assert run_row_rules(clean_store().cursor(), [create(key, settings)]).findings.num_rows == 0


def messy_panel(seed, frequency=Frequency.DAY):
    rng = np.random.default_rng(seed)
    n_series, n_periods = 12, 60
    values = rng.poisson(rng.choice([0.3, 4.0, 60.0], (n_series, 1)), (n_series, n_periods)).astype(float)
    values[rng.random(values.shape) < 0.02] *= 500
    values[rng.random(values.shape) < 0.02] = 1
    values[rng.random(values.shape) < 0.25] = np.nan
    return from_dense(
        values,
        regular(frequency, "2024-01-01", n_periods),
        [f"S{i}" for i in range(n_series)],
        starts=rng.integers(0, 20, n_series),
        censored=(rng.random(values.shape) < 0.05) & ~np.isnan(values),
        drivers={
            "on_hand": np.where(rng.random(values.shape) < 0.3, 0.0, 9.0),
            "promotion": (rng.random(values.shape) < 0.1).astype(float),
        },
        attributes={"launched_on": np.array(["2024-01-03"] * 6 + [""] * 6, dtype=object)},
    )


def clean_panel():
    values = np.random.default_rng(0).poisson(30.0, (5, 60)).astype(float)
    return from_dense(values, regular(Frequency.DAY, "2024-01-01", 60), list("ABCDE"))


def cells(panel):
    """Units and state of every cell on the calendar, None where a series has not begun or was not observed."""
    dense, out = panel.dense(), panel.dense(panel.censored, fill=0.0)
    dates = panel.calendar.periods.astype(str)
    return {
        (sku, dates[t]): (None if np.isnan(dense[i, t]) else dense[i, t], bool(out[i, t]))
        for i, sku in enumerate(panel.skus)
        for t in range(panel.n_periods)
    }


def covered(finding, key):
    """Whether a finding speaks of the cell."""
    first, _, last = finding.period.partition("/")
    return finding.sku == key[0] and first <= key[1] <= (last or first)


@pytest.fixture(autouse=True)
def small_forests(monkeypatch):
    """The laws hold for a forest of any size."""
    monkeypatch.setattr(outliers_forest, "TREES", 25)


@cache
def repaired(key, settings, seed, frequency=Frequency.DAY):
    """What a rule makes of a messy panel, and its findings."""
    return create(key, dict(settings)).repair(messy_panel(seed, frequency))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("key", "settings"), list(variants(SERIES_RULES)))
class TestSeriesRules:
    def test_findings_are_the_exact_difference(self, key, settings, seed):
        panel = messy_panel(seed)
        after_all, findings = repaired(key, tuple(settings.items()), seed)
        if settings.get("treatment") == "mark as event":
            assert findings
            assert all(finding.before == finding.after for finding in findings)
            assert cells(after_all) == cells(panel)
            event = after_all.dense(after_all.drivers["event:outlier"])
            dates = panel.calendar.periods.astype(str)
            marked = {(panel.skus[i], dates[t]) for i, t in np.argwhere(event == 1)}
            assert marked == {(finding.sku, finding.period) for finding in findings}
            return
        before, after = cells(panel), cells(after_all)
        changed = {cell for cell in before if before[cell] != after[cell]}
        assert sum(finding.periods for finding in findings) == len(changed)
        for cell in changed:
            about = [finding for finding in findings if covered(finding, cell)]
            assert (before[cell][0], after[cell][0]) in [(finding.before, finding.after) for finding in about]

    @pytest.mark.parametrize("frequency", [Frequency.DAY, Frequency.WEEK])
    def test_a_second_run_changes_nothing(self, key, settings, seed, frequency):
        once, _ = repaired(key, tuple(settings.items()), seed, frequency)
        twice, findings = create(key, settings).repair(once)
        assert cells(twice) == cells(once)
        assert findings == []

    def test_the_order_of_series_does_not_matter_and_the_given_panel_stays_as_it_was(self, key, settings, seed):
        panel = messy_panel(seed).take(np.arange(12)[::-1])
        before = cells(panel)
        turned, _ = create(key, settings).repair(panel)
        assert cells(turned) == cells(repaired(key, tuple(settings.items()), seed)[0])
        assert cells(panel) == before


@pytest.mark.parametrize(("key", "settings"), list(variants(SERIES_RULES)))
def test_a_clean_panel_is_left_alone(key, settings):
    panel = clean_panel()
    after, findings = create(key, settings).repair(panel)
    assert findings == []
    assert cells(after) == cells(panel)


def test_the_default_chain_leaves_clean_lines_alone():
    cursor = store(*CLEAN_LINES)
    cleaning = run_row_rules(cursor, default_recipe().row_rules())
    assert cleaning.units_before == cleaning.units_after
