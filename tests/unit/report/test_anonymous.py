"""Nobody can be singled out of an anonymous table, nor by taking tables from one another."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.errors import ParameterError
from core.ingest.privacy import PersonalColumn
from core.report.anonymous import anonymous, checked, nested
from core.report.tables_privacy import anonymous_note, anonymous_table, personal_table


def sales(*entries: tuple[str, str, str | None, int]) -> pd.DataFrame:
    """Rows of month, location, customer and number of lines; each line sells two units for ten."""
    frame = pd.DataFrame(entries, columns=["month", "location", "customer", "lines"])
    frame["order_id"] = [None if who else f"o{place}" for place, who in enumerate(frame["customer"])]
    return frame.assign(units=frame["lines"] * 2.0, revenue=frame["lines"] * 10.0)


def crowd(month: str, location: str, n: int, first: int = 0) -> list[tuple[str, str, str | None, int]]:
    return [(month, location, f"c{first + number}", 1) for number in range(n)]


def test_a_group_of_five_is_shown_and_one_of_four_is_not() -> None:
    found = anonymous(
        sales(*crowd("2026-01", "a", 5), *crowd("2026-02", "a", 4), *crowd("2026-03", "a", 9)), ["month"], 5
    )
    assert "2026-02" not in found.table["month"].tolist()
    assert found.table.loc[found.table["month"] == "2026-03", ["lines", "units", "revenue"]].values.tolist() == [
        [9, 18, 90]
    ]


def test_one_small_group_takes_the_next_smallest_with_it_because_a_total_would_betray_it() -> None:
    found = anonymous(
        sales(*crowd("2026-01", "a", 6), *crowd("2026-02", "a", 2), *crowd("2026-03", "a", 9)), ["month"], 5
    )
    assert found.table["month"].tolist() == ["2026-03"]
    assert (found.groups, found.suppressed, found.suppressed_lines) == (3, 2, 8)


def test_small_groups_that_are_five_persons_together_need_no_other() -> None:
    rows = sales(*crowd("2026-01", "a", 3), *crowd("2026-02", "a", 2, first=10), *crowd("2026-03", "a", 9))
    assert anonymous(rows, ["month"], 5).table["month"].tolist() == ["2026-03"]


def test_the_same_persons_in_two_small_groups_are_counted_once() -> None:
    rows = sales(
        *crowd("2026-01", "a", 3), *crowd("2026-02", "a", 3), *crowd("2026-03", "a", 9), *crowd("2026-04", "a", 8)
    )
    assert anonymous(rows, ["month"], 5).table["month"].tolist() == ["2026-03"]


def test_one_customer_with_a_hundred_lines_is_one_person() -> None:
    rows = sales(("2026-01", "a", "c1", 100), *crowd("2026-02", "a", 9))
    assert anonymous(rows, ["month"], 5).table.empty


def test_orders_without_a_customer_count_but_do_not_add_to_those_who_are_known() -> None:
    unknown = [("2026-01", "a", None, 1)] * 4
    rows = sales(*unknown, *crowd("2026-01", "a", 4), *crowd("2026-02", "a", 20))
    assert anonymous(rows, ["month"], 5).table.empty
    assert len(anonymous(sales(*[("2026-01", "a", None, 1)] * 5), ["month"], 5).table) == 1


def test_lines_with_neither_customer_nor_order_count_for_nobody() -> None:
    rows = sales(*[("2026-01", "a", None, 1)] * 9).assign(order_id=None)
    found = anonymous(rows, ["month"], 5)
    assert found.table.empty
    assert found.suppressed_lines == 9


def test_a_group_to_which_one_person_was_added_since_the_last_export_is_held_back() -> None:
    rows = sales(
        *crowd("2026-01", "a", 9), ("2026-01", "a", "new", 1), *crowd("2026-02", "a", 9), *crowd("2026-03", "a", 9)
    )
    added = (rows["customer"] == "new").to_numpy()
    found = anonymous(rows, ["month"], 5, [added])
    assert found.table["month"].tolist() == ["2026-02", "2026-03"]


def test_a_missing_channel_is_a_group_of_its_own() -> None:
    rows = sales(*crowd("2026-01", "a", 5)).assign(channel=None)
    assert anonymous(rows, ["channel"], 5).table["channel"].tolist() == [""]


@pytest.mark.parametrize(
    "columns", [[], ["day", "month"], ["customer"], ["day", "location", "channel", "category", "sku"]]
)
def test_columns_that_cannot_be_are_refused(columns: list[str]) -> None:
    with pytest.raises(ParameterError, match="Sales are grouped by one to 4 of day, week, month"):
        checked(columns, 5)


def test_fewer_than_five_persons_are_refused() -> None:
    with pytest.raises(ParameterError, match="k must lie between 5 and any number persons; 4 was given"):
        checked(["month"], 4)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (["month"], ["month", "sku"], True), (["day", "sku"], ["month"], True), (["week"], ["month"], False),
        (["sku"], ["category"], False), (["day"], ["week", "sku"], False),
    ],
)  # fmt: skip
def test_which_groupings_add_up_to_one_another(one: list[str], other: list[str], expected: bool) -> None:
    assert nested(one, other) is nested(other, one) is expected


def test_the_note_says_what_was_held_back() -> None:
    found = anonymous(
        sales(*crowd("2026-01", "a", 6), *crowd("2026-02", "a", 2), *crowd("2026-03", "a", 9)), ["month"], 5
    )
    assert anonymous_note(found).startswith(
        "1 of 3 groups are shown; each has 5 persons or more. 2 groups with 8 sales"
    )
    assert anonymous_table(found).columns.tolist() == ["Month", "Lines", "Units", "Revenue"]


def test_columns_about_persons_are_shown_in_words() -> None:
    columns = [PersonalColumn(2, "E-mail", "mail", "both", 0.995), PersonalColumn(3, "Name", "name", "name", 0.0)]
    assert personal_table(columns).values.tolist() == [
        ["E-mail", "e-mail addresses", "by name and values", "99.5%"], ["Name", "names of persons", "by its name", "–"],
    ]  # fmt: skip


ENTRIES = st.lists(
    st.tuples(st.sampled_from(["01", "02", "03"]), st.sampled_from("abc"), st.sampled_from("stuvwxyz!")),
    min_size=1, max_size=60,
)  # fmt: skip


@settings(max_examples=settings().max_examples // 3)
@given(ENTRIES, st.lists(st.booleans(), min_size=60, max_size=60))
def test_no_total_and_no_difference_of_two_exports_isolates_fewer_than_five(entries, new) -> None:
    """A plain count over every sum of cells that a reader could know, of all sales and of those that came later."""
    rows = sales(*[(month, place, who, 1) for month, place, who in entries])
    added = np.array(new[: len(rows)])
    for sets in ([], [added]):
        shown = anonymous(rows, ["month", "location"], 5, sets).table
        visible = set(zip(shown["month"], shown["location"], strict=True))
        for part in (rows, *(rows[mask] for mask in sets)):
            assert all(_persons(part, cell) >= 5 or _persons(part, cell) == 0 for cell in visible)
            away = [cell not in visible for cell in zip(part["month"], part["location"], strict=True)]
            hidden = part.loc[np.array(away, bool)]
            for n in range(3):
                for names in combinations(["month", "location"], n):
                    totals = [hidden] if not names else [group for _key, group in hidden.groupby(list(names))]
                    for group in totals:
                        beside = _shown_beside(part, group, names, visible)
                        assert group.empty or group["customer"].nunique() >= 5 or not beside


def _persons(rows: pd.DataFrame, cell: tuple[str, str]) -> int:
    return int(rows.loc[(rows["month"] == cell[0]) & (rows["location"] == cell[1]), "customer"].nunique())


def _shown_beside(rows: pd.DataFrame, hidden: pd.DataFrame, names: tuple[str, ...], visible: set) -> bool:
    """Whether the total that hidden cells belong to has cells that are shown, so that it could be subtracted from."""
    if hidden.empty:
        return False
    key = hidden.iloc[0]
    same = rows
    for name in names:
        same = same[same[name] == key[name]]
    return any(cell in visible for cell in zip(same["month"], same["location"], strict=True))
