"""Whatever is loaded, replaced and removed in whatever order: the store holds what a plain list of rows would."""

import shutil
from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.store.uploads import Upload, add_upload, list_uploads, remove_upload
from core.store.workspace import Workspace, ledger_problems

START = datetime.fromisoformat("2024-01-01")
NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=12)
LINES = st.lists(
    st.tuples(st.integers(0, 9), NAMES, st.sampled_from(["main", "outlet"]), st.integers(-3, 50)),
    min_size=1,
    max_size=6,
)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["append", "replace", "skip"]), st.integers(0, 4), LINES),
        st.tuples(st.just("remove"), st.integers(0, 4), st.none()),
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "empty.duckdb"
    Workspace.open(path).close()
    return path


def table(lines):
    days, skus, locations, quantities = zip(*lines, strict=True)
    return pa.table(
        {
            "line": range(2, len(lines) + 2),
            "sold_at": [START + timedelta(days=day) for day in days],
            "sku": skus,
            "location": locations,
            "quantity": [float(quantity) for quantity in quantities],
        }
    )


class Plain:
    """The same uploads as plain lists: content → its rows as (day, sku, location, quantity)."""

    def __init__(self):
        self.rows = {}

    def load(self, mode, content, lines):
        superseded = mode == "replace" and content in self.rows and len(self.rows[content]) < len(lines)
        if content in self.rows and not superseded:
            return
        others = [row for key, rows in self.rows.items() if key != content for row in rows]
        if mode == "skip":
            known = {(row[2], row[0]) for row in others}
            lines = [row for row in lines if (row[2], row[0]) not in known]
        if mode == "replace":
            for key in self.rows:
                self.rows[key] = [row for row in self.rows[key] if not within(row, lines)]
        self.rows[content] = list(lines)


def within(row, lines):
    days = [line[0] for line in lines if line[2] == row[2]]
    return bool(days) and min(days) <= row[0] <= max(days)


def stored_rows(workspace):
    with workspace.cursor() as cursor:
        rows = cursor.execute("SELECT sold_at::DATE, sku, location, quantity FROM sales_lines").fetchall()
    return sorted(((day - START.date()).days, sku, location, int(quantity)) for day, sku, location, quantity in rows)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(actions=ACTIONS)
def test_the_store_holds_what_a_plain_list_would(empty_store, tmp_path_factory, actions):
    path = tmp_path_factory.mktemp("store") / "shop.duckdb"
    shutil.copy(empty_store, path)
    workspace, plain, contents = Workspace.open(path), Plain(), {}
    for mode, number, lines in actions:
        content = f"file {number}"
        upload = Upload(content, f"{content}.csv", "", "sales", "own columns", "{}", 0)
        if mode == "remove":
            if content in plain.rows:
                remove_upload(workspace, upload.upload_id)
                del plain.rows[content]
            continue
        # A content hash stands for one content: the same file has the same rows whenever it comes.
        same = contents.setdefault(content, lines)
        add_upload(workspace, upload, table(same), on_conflict=mode)
        plain.load(mode, content, same)
    held, loaded, problems = stored_rows(workspace), list_uploads(workspace), ledger_problems(workspace)
    workspace.close()
    assert held == sorted(row for rows in plain.rows.values() for row in rows)
    assert {record.file_name: record.loaded for record in loaded} == {
        f"{content}.csv": len(rows) for content, rows in plain.rows.items()
    }
    assert problems == []
