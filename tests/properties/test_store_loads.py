"""Whatever is loaded, replaced and removed in whatever order: the store holds what plain lists of rows would."""

import shutil
from collections import Counter
from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.store.uploads import ConflictError, Incoming, Upload, add_upload, list_uploads, remove_upload
from core.store.workspace import Workspace, ledger_problems

START = datetime.fromisoformat("2024-01-01")
LINES = st.lists(
    st.tuples(
        st.sampled_from([None, "1", "2"]),
        st.integers(0, 3),
        st.sampled_from("AB"),
        st.sampled_from(["main", "outlet"]),
        st.integers(1, 2),
    ),
    min_size=1,
    max_size=6,
)
MODES = ["append", "append", "add", "replace", "replace_all", "skip"]
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(MODES), st.integers(0, 4), LINES),
        st.tuples(st.just("remove"), st.integers(0, 4), st.none()),
    ),
    min_size=1,
    max_size=7,
)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "empty.duckdb"
    Workspace.open(path).close()
    return path


@pytest.fixture
def opened(empty_store, tmp_path_factory):
    """Makes a new, empty workspace each time it is called."""
    made = []

    def make():
        path = tmp_path_factory.mktemp("store") / "shop.duckdb"
        shutil.copy(empty_store, path)
        made.append(Workspace.open(path))
        return made[-1]

    yield make
    for workspace in made:
        workspace.close()


def table(lines):
    orders, days, skus, locations, quantities = zip(*lines, strict=True)
    return pa.table(
        {
            "line": range(2, len(lines) + 2),
            "order_id": pa.array(orders, pa.string()),
            "sold_at": [START + timedelta(days=day) for day in days],
            "sku": skus,
            "location": locations,
            "quantity": [float(quantity) for quantity in quantities],
        }
    )


class Plain:
    """The same uploads as plain lists: content → its rows as (order, day, SKU, location, quantity)."""

    def __init__(self):
        self.rows = {}
        self.order = []

    def load(self, mode, content, lines):
        """Whether the rows were taken."""
        replacing = mode in {"replace", "replace_all"}
        if content in self.rows and not (replacing and len(self.rows[content]) < len(lines)):
            if mode == "replace_all":
                self.rows = {key: rows if key == content else [] for key, rows in self.rows.items()}
            return True
        before = {key: list(rows) for key, rows in self.rows.items()}
        self.rows[content] = []
        if replacing:
            for key in self.rows:
                self.rows[key] = [row for row in self.rows[key] if mode == "replace" and not within(row, lines)]
        there, changed = judged(lines, [] if replacing else self.all_rows())
        if mode == "append" and changed:
            self.rows = before
            return False
        loose = mode == "add" and any(lines[at][0] is None for at in changed)
        left_out = {at for at in there if not (loose and lines[at][0] is None)}
        left_out |= set(changed) if mode == "skip" else set()
        self.rows[content] = [row for at, row in enumerate(lines) if at not in left_out]
        self.order = [key for key in self.order if key != content] + [content]
        return True

    def remove(self, content, contents):
        gone = self.rows.pop(content)
        later = self.order[self.order.index(content) + 1 :]
        self.order.remove(content)
        for heir in later:
            borrowed, _ = judged(contents[heir], gone)
            known, _ = judged(contents[heir], self.all_rows())
            self.rows[heir] += [contents[heir][at] for at in sorted(set(borrowed) - set(known))]

    def all_rows(self):
        return [row for rows in self.rows.values() for row in rows]


def judged(lines, stored):
    """Places of the lines that equal stored rows, and of those that say something else of the same."""
    left, there, open_ones = list(stored), [], []
    for at, line in enumerate(lines):
        if line in left:
            left.remove(line)
            there.append(at)
        else:
            open_ones.append(at)
    changed = []
    for at in open_ones:
        same = next((row for row in left if row[:4] == lines[at][:4]), None)
        if same is not None:
            left.remove(same)
            changed.append(at)
    beside = [
        at
        for at in set(open_ones) - set(changed)
        if any(row[1:4] == lines[at][1:4] and (row[0] is None) != (lines[at][0] is None) for row in left)
    ]
    return there, changed + beside


def within(row, lines):
    days = [line[1] for line in lines if line[3] == row[3]]
    return bool(days) and min(days) <= row[1] <= max(days)


def stored_rows(workspace):
    with workspace.cursor() as cursor:
        rows = cursor.execute("SELECT order_id, sold_at::DATE, sku, location, quantity FROM sales_lines").fetchall()
    return Counter((order, (day - START.date()).days, *rest, int(quantity)) for order, day, *rest, quantity in rows)


def an_upload(content):
    return Upload(content, f"{content}.csv", "", "sales", "own columns", "{}", 0)


@settings(
    max_examples=settings().max_examples // 4,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(actions=ACTIONS)
def test_the_store_holds_what_plain_lists_would(opened, actions):
    workspace, plain, contents = opened(), Plain(), {}
    for mode, number, lines in actions:
        content = f"file {number}"
        if mode == "remove":
            if content in plain.rows:
                heirs = [Incoming(an_upload(key), table(contents[key])) for key in plain.order if key != content]
                remove_upload(workspace, an_upload(content).upload_id, heirs)
                plain.remove(content, contents)
            continue
        # A content hash stands for one content: the same file has the same rows whenever it comes.
        same = contents.setdefault(content, lines)
        try:
            add_upload(workspace, an_upload(content), table(same), on_conflict=mode)
            taken = True
        except ConflictError:
            taken = False
        assert plain.load(mode, content, same) == taken
        assert stored_rows(workspace) == Counter(plain.all_rows())
    loaded, problems = list_uploads(workspace), ledger_problems(workspace)
    assert stored_rows(workspace) == Counter(plain.all_rows())
    assert {record.file_name: record.loaded for record in loaded} == {
        f"{content}.csv": len(rows) for content, rows in plain.rows.items()
    }
    assert problems == []


ORDERS = st.lists(
    st.tuples(
        st.integers(0, 9), st.lists(st.tuples(st.sampled_from("ABC"), st.integers(-1, 3)), min_size=1, max_size=4)
    ),
    min_size=1,
    max_size=8,
)
WINDOWS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from(["price", "amount", "neither"]), st.booleans()),
    min_size=1,
    max_size=5,
)


def exported(orders, window):
    """The lines of the orders in a window of days, told as that export tells them."""
    first, last, money, hashed = window
    chosen = [
        (f"{'#' if hashed else ''}{number}", day, sku, "main", quantity)
        for number, (day, lines) in enumerate(orders)
        if min(first, last) <= day <= max(first, last)
        for sku, quantity in lines
    ]
    if not chosen:
        return None
    prices = {"A": 5.0, "B": 7.25, "C": 3.33}
    rows = table(chosen)
    if money == "price":
        rows = rows.append_column("unit_price", pa.array([prices[line[2]] for line in chosen]))
    if money == "amount":
        rows = rows.append_column("amount", pa.array([round(prices[line[2]] * line[4], 2) for line in chosen]))
    return rows


@settings(
    max_examples=settings().max_examples // 4,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(orders=ORDERS, windows=WINDOWS)
def test_exports_that_overlap_in_any_way_give_every_order_line_once(opened, orders, windows):
    workspace, seen = opened(), set()
    for number, window in enumerate(windows):
        rows = exported(orders, window)
        if rows is None:
            continue
        add_upload(workspace, an_upload(f"export {number}"), rows)
        low, high = sorted(window[:2])
        seen |= {at for at, (day, _lines) in enumerate(orders) if low <= day <= high}
    truth = Counter((sku, quantity) for at in seen for sku, quantity in orders[at][1])
    with workspace.cursor() as cursor:
        rows = cursor.execute("SELECT sku, quantity FROM sales_lines").fetchall()
    assert Counter((sku, int(quantity)) for sku, quantity in rows) == truth
