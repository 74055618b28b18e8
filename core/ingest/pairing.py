"""Tables of one upload that belong together: order lists that give order details their dates and statuses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from core.ingest import platforms
from core.ingest.spelling import plain
from core.ingest.tables import RawTable

_LIST: Final = "taobao_orders"
_KEY: Final = plain("订单编号")
_LENT: Final = ("订单创建时间", "订单付款时间", "付款时间", "订单状态", "店铺名称")
"""Columns of the order list that its details need: when, whether paid, what became of it, and which shop."""


@dataclass(frozen=True, slots=True, eq=False)
class Paired:
    """What one table of an upload becomes.

    Attributes:
        table: the table, with the columns lent to it.
        partners: positions of the tables it borrowed from, to be told apart from the same table read alone.
        used_in: position of the table that took over what this one says; None when it stands for itself.
        note: a sentence about the pairing, empty when there is none.
    """

    table: RawTable
    partners: tuple[int, ...] = ()
    used_in: int | None = None
    note: str = ""


def paired(tables: Sequence[RawTable]) -> tuple[Paired, ...]:
    """The tables of one upload, those that belong together joined.

    Taobao and Tmall export orders as two files: the list has dates and payment but no items, the details have items
    but no dates. Details get the columns they lack from the lists, by order number; the lists then add nothing of
    their own and are not to be imported.

    Args:
        tables: every table of the upload, in its order.

    Returns:
        One entry per table, in the same order.
    """
    kinds = [_kind(table) for table in tables]
    lists = [i for i, kind in enumerate(kinds) if kind == _LIST]
    details = [i for i, kind in enumerate(kinds) if kind == platforms.TAOBAO_DETAILS]
    if not lists or not details:
        return tuple(Paired(table) for table in tables)
    known = [_lent([tables[i] for i in lists], name) for name in _LENT]
    result = [Paired(table) for table in tables]
    for i in details:
        table, unknown = _joined(tables[i], dict(zip(_LENT, known, strict=True)))
        note = "Dates and statuses come from the order list of the same upload."
        if unknown:
            note += f" Lines of orders that are not in it, set aside for want of a date: {unknown:,}."
        result[i] = Paired(replace(table, notes=(*table.notes, note)), tuple(lists), None, note)
    for i in lists:
        note = "The order list gave its dates and statuses to the order details of the same upload."
        result[i] = Paired(tables[i], (), details[0], note)
    return tuple(result)


def _kind(table: RawTable) -> str:
    platform = platforms.match(table.header)
    return platform.key if platform else ""


def _place(table: RawTable, name: str) -> int | None:
    wanted = plain(name)
    return next((i for i, header in enumerate(table.header) if plain(header) == wanted), None)


def _keys(table: RawTable) -> Any:
    """Order numbers; spreadsheets keep their digits by a leading =" or apostrophe."""
    place = next(i for i, header in enumerate(table.header) if plain(header) == _KEY)
    return pc.replace_substring_regex(table.columns.column(place), r'^[=\'"\s]+|["\s]+$', "")


def _lent(lists: Sequence[RawTable], name: str) -> dict[str, str] | None:
    """A column of the lists by order number; None when no list has it."""
    found: dict[str, str] = {}
    known = False
    for table in lists:
        place = _place(table, name)
        if place is not None:
            known = True
            found |= dict(zip(_keys(table).to_pylist(), table.columns.column(place).to_pylist(), strict=True))
    return found if known else None


def _joined(table: RawTable, lent: dict[str, dict[str, str] | None]) -> tuple[RawTable, int]:
    """The details with the columns they lack, and how many lines belong to no order of the lists."""
    keys = _keys(table).to_pylist()
    header, columns = list(table.header), table.columns
    for name, cells in lent.items():
        if cells is None:
            continue
        texts = pa.chunked_array([pa.array([cells.get(key, "") for key in keys], pa.string())])
        place = _place(table, name)
        if place is None:
            header.append(name)
            columns = columns.append_column(f"c{columns.num_columns}", texts)
        else:  # what the details say themselves holds
            own = columns.column(place)
            filled = pc.if_else(pc.equal(pc.utf8_trim_whitespace(own), ""), texts, own)
            columns = columns.set_column(place, columns.column_names[place], filled)
    dates = lent["订单创建时间"] or {}
    return replace(table, header=tuple(header), columns=columns), sum(1 for key in keys if key not in dates)
