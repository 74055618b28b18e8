"""Before rows are typed: whether the mapping can work, and what the whole file decides about its values."""

from dataclasses import replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from core.base.columns import DATES, FIELDS, MAPPABLE, NUMBERS, REQUIRED, SEVERAL, TIMESTAMPS
from core.base.errors import MappingError, examples
from core.base.language import day
from core.ingest import counters, date_doubts, dates, melting, numerals
from core.ingest.mapping import TableMapping, check_answers
from core.ingest.shapes import bare
from core.ingest.tables import RawTable

_MEANING: Final = {
    "sold_at": "the date of the sale", "sku": "the item's code", "quantity": "the units sold",
    "on_hand": "the units in stock", "moved_on": "the date of the movement", "supplier": "the supplier",
    "ordered_on": "the date of the order", "ordered_units": "the units ordered", "driver": "what drives demand",
}  # fmt: skip
_EPOCHS_APART: Final = 1462
"""Days from 1899-12-30 to 1904-01-01."""


def settled(table: RawTable, mapping: TableMapping) -> TableMapping:
    """The mapping with everything decided by the whole file: decimal mark, date order, counter or not.

    Args:
        table: the table after the repairs of its platform.
        mapping: which column is which field, and the user's answers.

    Raises:
        MappingError: a required field has no column, or the values fit two readings.
    """
    _check_fields(mapping)
    check_answers(mapping)
    _check_required(table, mapping)
    if mapping.layout == "wide" and mapping.role == "sales" and mapping.column("sku") is not None:
        labels = [table.header[i] for i in mapping.columns("quantity")]
        melting.period_days(labels, mapping)
    decided = replace(mapping, date_order=_order(table, mapping), decimal=_decimal(table, mapping))
    _check_counter(table, decided)
    return decided


def date_columns(mapping: TableMapping) -> list[int]:
    """Columns mapped to a date or a time."""
    return [i for i, field in mapping.fields.items() if field in DATES | TIMESTAMPS]


def in_1900(table: RawTable, mapping: TableMapping) -> RawTable:
    """The table with day numbers that count from 1904 as they would be counted from 1900; others unchanged."""
    if mapping.epoch != "1904":
        return table
    columns = table.columns
    for place in date_columns(mapping):
        texts, places = numerals.distinct(columns.column(place))
        moved = pa.array([_later(text) for text in texts.to_pylist()], pa.string())
        columns = columns.set_column(place, columns.column_names[place], pa.chunked_array([pc.take(moved, places)]))
    return replace(table, columns=columns)


def _later(text: str) -> str:
    """A day number, counted from 1900; any other text as it is."""
    if dates.looks_dated(text) or dates.since_1970(text) or dates.parse(text) is None:
        return text
    return f"{float(text) + _EPOCHS_APART:.6f}".rstrip("0").rstrip(".")


def counted_dates(table: RawTable, mapping: TableMapping) -> str:
    """What to say of the first date column that holds a spreadsheet's day numbers or seconds since 1970, else ""."""
    for place in date_columns(mapping):
        # other texts may stand among them that are no dates at all
        for text in map(str.strip, table.head(place)):
            moment = None if dates.looks_dated(text) else dates.parse(text)
            if moment is None:
                continue
            column = f"The column “{table.header[place]}” holds"
            if dates.since_1970(text):
                return (
                    f"{column} seconds since 1970, or thousandths of them: {text} is read as {day(moment)} "
                    f"{moment:%H:%M}, the time in Greenwich (UTC)."
                )
            if not mapping.epoch:
                return (
                    f"{column} a spreadsheet's day numbers: {text} is read as {day(moment)}. "
                    f"If the workbook counts from 1904, choose epoch “1904”."
                )
    return ""


def _check_fields(mapping: TableMapping) -> None:
    if mapping.role not in FIELDS:
        raise MappingError(f"The role must be one of {', '.join(FIELDS)}; “{mapping.role[:40]}” was given.")
    allowed = MAPPABLE[mapping.role]
    unknown = [field for field in mapping.fields.values() if field not in allowed]
    if unknown:
        raise MappingError(
            f"A {mapping.role} table has no field {examples(unknown)}. Choose among {', '.join(allowed)}."
        )
    if mapping.layout == "baskets" and mapping.role != "sales":
        raise MappingError(f"Baskets are sales; the role “{mapping.role}” was chosen. Choose the role sales.")
    if mapping.layout != "wide":
        taken = [field for field in mapping.fields.values() if field not in SEVERAL or mapping.role == "drivers"]
        doubled = sorted({field for field in taken if taken.count(field) > 1})
        if doubled:
            raise MappingError(f"Several columns are mapped to {examples(doubled)}. Keep one column for each field.")


def _needed(mapping: TableMapping) -> set[str]:
    """Fields without which the table means nothing, in the layout it has."""
    needed = set(REQUIRED[mapping.role])
    if mapping.layout == "wide" and mapping.role == "sales":
        needed -= {"sold_at"} if mapping.column("sku") is not None else {"sku"}
    if mapping.layout == "baskets":
        needed -= {"sold_at", "quantity"}
    if mapping.role == "movements" and {"quantity_in", "quantity_out"} & set(mapping.fields.values()):
        needed -= {"quantity"}
    if mapping.role == "drivers" and mapping.layout == "wide" and melting.spanned(mapping):
        needed -= {"driver"}
    return needed


def _check_required(table: RawTable, mapping: TableMapping) -> None:
    """Every required field has a column; in wide sales tables the headers stand for the date or the SKU."""
    needed = _needed(mapping)
    # told in the order of the role, so that the date comes before the quantity
    missing = [field for field in REQUIRED[mapping.role] if field in needed and mapping.column(field) is None]
    if missing == ["sold_at"] and mapping.platform == "taobao_details":
        raise MappingError(
            "These order details carry no dates. Import the order list (订单列表, with 订单创建时间) along with them."
        )
    if missing:
        wanted = " and ".join(f"{field} ({_MEANING[field]})" for field in missing)
        found = ", ".join(table.header)
        raise MappingError(
            f"A {mapping.role} table needs a column for {wanted}; none was found. "
            f"Headers found: {found[:200]}{'…' if len(found) > 200 else ''}. "
            "Map a column whose values fit to it, or choose another role."
        )
    if mapping.layout == "baskets" and mapping.column("sold_at") is None and not _is_day(mapping.start_date):
        raise MappingError(
            "The baskets carry no date. Give the day they are counted on as start_date, e.g. 2024-01-31."
        )


def _is_day(text: str) -> bool:
    return dates.parse(text, serial=False) is not None


def _check_counter(table: RawTable, mapping: TableMapping) -> None:
    """Readings of a counter are no units sold, and only the user can say which they are."""
    if mapping.role != "sales" or mapping.layout != "long" or mapping.counter or mapping.doubts != "refused":
        return
    place = mapping.column("quantity")
    if place is not None and counters.looks_cumulative(table, mapping):
        raise MappingError(
            f"The column “{table.header[place]}” only grows for each SKU, like a counter. Choose counter “difference” "
            f"to count the units between two readings, or “as_is” if it holds units sold."
        )


def _decimal(table: RawTable, mapping: TableMapping) -> str:
    """Decimal mark of all number columns together."""
    columns = [i for i, field in mapping.fields.items() if field in NUMBERS]
    if mapping.role == "drivers" and mapping.layout == "wide":
        columns = mapping.columns("driver")
    wanted = mapping.decimal or table.options.decimal
    return numerals.decimal_mark(_distinct_texts(table, columns), wanted, doubting=mapping.doubts == "refused")


def _order(table: RawTable, mapping: TableMapping) -> str:
    """Order of day and month of all date columns together, headers of period columns included."""
    columns = date_columns(mapping)
    texts = _distinct_texts(table, columns)
    if mapping.layout == "wide" and mapping.role == "sales" and not columns:
        texts = pa.array([bare(table.header[i]) for i in mapping.columns("quantity")], pa.string())
    wanted, doubting = mapping.date_order or table.options.date_order, mapping.doubts == "refused"
    if columns and doubting:
        date_doubts.refuse_weeks(texts)
    if doubting:
        date_doubts.refuse_yearless(texts)
    for column in columns if doubting and not wanted else ():
        own = texts if len(columns) == 1 else _distinct_texts(table, [column])
        date_doubts.refuse_swapped(own, table.header[column])
    return dates.day_order(texts, wanted, doubting=doubting)


def _distinct_texts(table: RawTable, columns: list[int]) -> Any:
    """Distinct texts of some columns; columns of very wide tables are taken as one."""
    # one chunked array over all columns costs one pass, not one per column
    chunks = [chunk for i in columns for chunk in table.columns.column(i).chunks]
    return pa.chunked_array(chunks, pa.string()).unique() if chunks else pa.array([], pa.string())
