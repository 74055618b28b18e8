"""Orders left open: a newer list of open orders no longer names them, so they have arrived or were cancelled."""

from dataclasses import dataclass

import pandas as pd

from core.base.errors import examples
from core.base.language import _, ngettext
from core.store import kept
from core.store.clock import now
from core.store.open_lists import orders_before
from core.store.uploads import UploadRecord, list_uploads
from core.store.workspace import Workspace
from core.workflows import importing
from core.workflows.importing import Decision, UploadedFile
from core.workflows.taking_in import again

_KEY = ["po_id", "supplier", "sku", "location", "ordered_on"]
_HEADERS = {
    "po_id": "PO number", "supplier": "Supplier", "sku": "SKU", "location": "Location", "ordered_on": "Order date",
    "due_on": "Due date", "ordered_units": "Ordered units", "received_units": "Received units",
}  # fmt: skip
"""Columns of the file that settles orders, under names that every import understands."""


@dataclass(frozen=True, slots=True, eq=False)
class LeftOpen:
    """Orders that still count as on order though the newest list of open orders does not name them.

    Attributes:
        file: name of that list.
        lines: po_id, supplier, sku, location, ordered_on, due_on, ordered_units, remaining_units; the earliest due
            first.
    """

    file: str
    lines: pd.DataFrame

    def sentence(self) -> str:
        """What to tell the planner, with examples."""
        text = ngettext(
            "{file} lists open orders only and no longer names {n:,} order that an earlier file left open: {which}. It "
            "still counts as on order. Has it arrived, or was it cancelled?",
            "{file} lists open orders only and no longer names {n:,} orders that earlier files left open: {which}. "
            "They still count as on order. Have they arrived, or were they cancelled?",
            len(self.lines),
        )
        named = [
            _("{order}: {units} of {sku}").format(order=order or day, units=f"{units:,.0f}", sku=sku)
            for order, day, units, sku in zip(
                self.lines["po_id"].fillna(""), _days(self.lines["ordered_on"]), self.lines["remaining_units"],
                self.lines["sku"], strict=True,
            )
        ]  # fmt: skip
        return text.format(file=self.file, n=len(self.lines), which=examples(named))


def left_open(workspace: Workspace) -> LeftOpen | None:
    """Orders of earlier files that the newest file of purchase orders, a list of open ones, leaves out; None = none.

    An order is missed where the list names its supplier, or where it is overdue. A list that repeats no order known
    before may hold nothing but new ones; then only overdue orders are missed.
    """
    return workspace.remembered("orders left open", lambda _cursor: _found(workspace))


def _found(workspace: Workspace) -> LeftOpen | None:
    lists = [record for record in list_uploads(workspace) if record.role == "orders"]
    newest = max(lists, key=lambda record: record.loaded_at, default=None)
    if newest is None or len(lists) < 2:
        return None
    told = _told(workspace, newest)
    if told.empty or not _all_open(told):
        return None
    before = orders_before(workspace, newest.upload_id)
    named = _keys(before).isin(set(_keys(told)))
    overdue = pd.to_datetime(before["due_on"]) < pd.Timestamp(newest.loaded_at.date())
    concerned = before["supplier"].fillna("").isin(set(told["supplier"].fillna(""))) & named.any()
    lines = before[~named & (before["remaining_units"] > 0) & (concerned | overdue)]
    return None if lines.empty else LeftOpen(newest.file_name, lines.reset_index(drop=True))


def _told(workspace: Workspace, record: UploadRecord) -> pd.DataFrame:
    """All rows of an upload, also those that were stored before it; empty where it is not kept."""
    item = kept.find(workspace.uploads_folder, record.upload_id)
    brought = again(item, record.upload_id, record.records - record.quarantined) if item else []
    own = [each.rows.to_pandas() for each in brought]
    columns = [*_KEY, "ordered_units", "received_units", "received_on"]
    return pd.concat([pd.DataFrame(columns=columns, dtype=object), *own])[columns]


def _all_open(told: pd.DataFrame) -> bool:
    awaited = told["received_units"].astype(float).fillna(0.0) < told["ordered_units"].astype(float)
    return bool((awaited & told["received_on"].isna()).all())


def _keys(rows: pd.DataFrame) -> "pd.Series[str]":
    texts = rows[_KEY].assign(ordered_on=_days(rows["ordered_on"]))
    return texts.astype(object).where(texts.notna(), "").astype(str).agg("\x1f".join, axis=1)


def _days(column: "pd.Series[object]") -> "pd.Series[str]":
    return pd.to_datetime(column).dt.strftime("%Y-%m-%d").fillna("")


def settling(workspace: Workspace, found: LeftOpen, *, arrived: bool) -> list[Decision]:
    """A file, ready to be imported, that says of these orders that they came in full, or that no more of them comes.

    It is an upload like any other: it stands in the list of uploads, and removing it opens the orders again.

    Args:
        workspace: the shop.
        found: the orders.
        arrived: whether they came in; else what has not come was cancelled.
    """
    lines = found.lines
    came = lines["ordered_units"] if arrived else lines["ordered_units"] - lines["remaining_units"]
    days = {name: _days(lines[name]) for name in ("ordered_on", "due_on")}
    rows = lines.assign(ordered_units=came, received_units=came, **days)
    told = [name for name in _HEADERS if rows[name].replace("", None).notna().any()]
    text = rows[told].rename(columns=_HEADERS).to_csv(index=False)
    name = _("orders that arrived, told {at}.csv") if arrived else _("orders that were cancelled, told {at}.csv")
    file = UploadedFile(name.format(at=f"{now():%Y-%m-%d %H%M%S}"), text.encode())
    looks = importing.preview(workspace, [file], role="orders")
    fields = dict(enumerate(told))
    return [Decision(look, importing.with_changes(look, "orders", fields, {})) for look in looks]
