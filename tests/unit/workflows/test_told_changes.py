"""What the Clean page says of every rule: headline, preview and list of changes speak of the same lines and periods."""

from collections.abc import Callable
from datetime import date, timedelta

import duckdb
import pytest

from core.store.schema import MIGRATIONS
from core.workflows import cleaning, joining
from core.workflows.joining import Link
from core.workflows.workspace import Workspace

DAYS = [date(2026, 1, 1) + timedelta(day) for day in range(60)]
HEAD = "order_id,order_date,sku,quantity,unit_price,status\n"


def _lines() -> list[str]:
    """A steady item, one with a sale every tenth day, one with an outlier, and lines that rules take out or mend."""
    lines = [f"s{n},{day},STEADY,{4 + n % 3},5.00,paid" for n, day in enumerate(DAYS)]
    lines += [f"t{n},{day},SELDOM,1,9.00,paid" for n, day in enumerate(DAYS[::10])]
    lines += [f"o{n},{day},SPIKE,{90 if n == 30 else 9 + n % 2},3.00,paid" for n, day in enumerate(DAYS)]
    lines += [f"g{n},{day},GONE,2,4.00,cancelled" for n, day in enumerate(DAYS[:7])]
    lines += [f"p{n},{day},POSTAGE,1,2.50,paid" for n, day in enumerate(DAYS[:5])]
    lines += [lines[0], lines[1]]
    lines += [f"s{n},{DAYS[n]},STEADY,-2,5.00,refunded" for n in (8, 9, 10)]
    lines += [f"m{n},{DAYS[n]},STEADY,1,,paid" for n in (20, 21, 22, 23)]
    return lines


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, imported_in: Callable[..., Workspace]) -> Workspace:
    """A shop that no test changes, in which many rules find something."""
    return imported_in(tmp_path_factory.mktemp("told"), sales=HEAD + "\n".join(_lines()) + "\n")


def test_a_headline_counts_what_its_preview_counts(shop: Workspace) -> None:
    report = cleaning.report(shop)
    told, previewed = {}, {}
    for step in (step for step in report.recipe.steps if step.enabled):
        seen = cleaning.preview(shop, step.rule, step.complete())
        previewed[step.rule] = seen.changed + seen.removed
        told[step.rule] = report.effects.get(step.rule, (0, 0.0))[0]
    assert told == previewed
    assert {rule for rule, count in told.items() if count} >= {
        "exact_duplicates", "non_products", "returns", "missing_days", "outliers_hampel",
    }  # fmt: skip


def test_periods_without_sales_are_counted_as_periods_and_not_as_items(shop: Workspace) -> None:
    # SELDOM sells on 6 of its first 51 days, and like the others it is on sale until the last day
    silent = len(DAYS) - len(DAYS[::10])
    assert cleaning.report(shop).effects["missing_days"][0] == silent
    listed = cleaning.findings(shop)
    assert listed[listed["rule"] == "missing_days"]["reason"].tolist() == [
        f"{silent} periods without a sale count as nothing sold"
    ]


def test_everything_found_says_the_same_number(shop: Workspace) -> None:
    report = cleaning.report(shop)
    found = {issue.rule: issue.cells for issue in report.quality.issues}
    assert {rule: found[rule] for rule in report.effects} == {
        rule: count for rule, (count, _u) in report.effects.items()
    }


def test_what_a_rule_only_points_out_is_no_change(imported: Callable[..., Workspace]) -> None:
    # one price for two weeks, six times of it from then on: perhaps a pack, and nobody knows of how many
    lines = [f"o{n},{day},BOX,{6 if n < 30 else 1},{2 if n < 30 else 12}.00,paid" for n, day in enumerate(DAYS)]
    own = imported(sales=HEAD + "\n".join(lines) + "\n")
    report = cleaning.report(own)
    listed = cleaning.findings(own)
    pointed_out = listed[listed["line"].eq("") & listed["rule"].isin(["pack_jumps", "units_of_measure"])]
    assert len(pointed_out) > 0, "the shop was to be one in which something is pointed out"
    assert [report.effects[rule][0] for rule in pointed_out["rule"].unique()] == [0] * pointed_out["rule"].nunique()


def test_linked_codes_count_their_lines_under_a_name_of_their_own(imported: Callable[..., Workspace]) -> None:
    own = imported(sales=HEAD + "\n".join(_lines()) + "\n")
    joining.link_all(own, [Link("SELDOM", "STEADY")])
    (issue,) = [issue for issue in cleaning.report(own).quality.issues if issue.rule == "linked"]
    assert (issue.label, issue.cells) == ("Codes that count as another", len(DAYS[::10]))


def test_findings_of_an_older_workspace_are_counted_when_it_is_opened() -> None:
    migration = next(path for path in MIGRATIONS.iterdir() if path.name.startswith("0007"))
    with duckdb.connect() as store:
        store.execute(
            "CREATE TABLE findings (rule TEXT, before_units DOUBLE, after_units DOUBLE, reason TEXT, line TEXT)"
        )
        store.execute(
            "INSERT INTO findings VALUES ('missing_days', NULL, 0, '54 periods without a sale count as 0', ''),"
            "('missing_days', 0, 0, 'No stock to sell', ''), ('pack_jumps', 6, 6, 'A pack of 6?', ''),"
            "('pack_jumps', 6, 36, 'A pack of 6', 'a.csv:2'), ('outliers_iqr', 900, 12, 'Unusual', '')"
        )
        store.execute(migration.read_text(encoding="utf-8"))
        assert [row[0] for row in store.execute("SELECT cells FROM findings ORDER BY rowid").fetchall()] == [
            54, 1, 0, 1, 1,
        ]  # fmt: skip
