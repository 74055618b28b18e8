"""Parquet → columns of texts, so that every format takes the same way from here on."""

import io
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.base.errors import FileFormatError
from core.ingest import numerals
from core.ingest.dialect import MAX_COLUMNS, MAX_WIDE_COLUMNS
from core.ingest.source import MAX_EXPANDED

_PANDAS_INDEX: Final = "__index_level_"
_EXACT: Final = float(2**53)
"""Below it each whole number has a floating-point number of its own."""


def parquet_columns(data: bytes, label: str, decimal: str = "") -> tuple[tuple[str, ...], pa.Table, str]:
    """Header, texts and decimal mark of a Parquet file; nested and binary columns are left out.

    Args:
        data: the file.
        label: its name, for messages.
        decimal: decimal mark of numbers that stand as texts, as chosen by the user; empty to find out.

    Raises:
        FileFormatError: the file is damaged, too large, or has no plain columns.
    """
    try:
        return _columns(data, label, decimal)
    except (FileFormatError, MemoryError):
        raise
    except (pa.ArrowException, OSError, ValueError):
        raise FileFormatError(f"“{label}” is a damaged or cut-off Parquet file. Export it again.") from None


def _columns(data: bytes, label: str, decimal: str) -> tuple[tuple[str, ...], pa.Table, str]:
    table = _opened(data, label)
    names = [field.name for field in table.schema if _is_plain(field.type) and not field.name.startswith(_PANDAS_INDEX)]
    if not names or len(names) > MAX_WIDE_COLUMNS:
        raise FileFormatError(f"“{label}” has {len(names):,} plain columns; 1 to {MAX_COLUMNS} are expected.")
    places = [i for i, field in enumerate(table.schema) if field.name in set(names)]
    mark = numerals.mark_beside_numbers(_kept_as_text(table.select(places)), decimal)
    texts = [_as_text(table.column(i), mark) for i in places]
    header = tuple(str(table.schema.field(i).name) for i in places)
    columns = pa.table({f"c{i}": text for i, text in enumerate(texts)})
    # a damaged page can hold texts that are none
    columns.validate(full=True)
    return header, columns, mark


def _opened(data: bytes, label: str) -> pa.Table:
    file = pq.ParquetFile(io.BytesIO(data))
    # the footer says how large the columns are before they are unpacked
    groups = range(file.metadata.num_row_groups)
    expanded = sum(file.metadata.row_group(i).total_byte_size for i in groups)
    if expanded > MAX_EXPANDED or file.metadata.num_rows * file.metadata.num_columns > MAX_EXPANDED:
        raise FileFormatError(f"“{label}” expands to {expanded / 2**20:,.0f} MB; the limit is 1,024 MB. Split it.")
    return file.read()


def _is_plain(kind: pa.DataType) -> bool:
    value = _value_type(kind)
    return bool(
        _is_text(value) or pa.types.is_boolean(value)
        or pa.types.is_integer(value) or pa.types.is_floating(value) or pa.types.is_decimal(value)
        or pa.types.is_date(value) or pa.types.is_timestamp(value)
    )  # fmt: skip


def _kept_as_text(table: pa.Table) -> Any:
    """The distinct texts of the columns of text."""
    columns = [column for column in table.columns if _is_text(_value_type(column.type))]
    chunks = [pc.cast(column.unique(), pa.string()) for column in columns]
    return pa.chunked_array(chunks, pa.string()).unique().drop_null()


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _value_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _as_text(column: Any, mark: str) -> Any:
    """A column as texts, missing values as empty texts."""
    column = pc.cast(column, _value_type(column.type))
    # the shop's clock, to the second, as a CSV export would show it
    if pa.types.is_timestamp(column.type):
        local = pc.local_timestamp(column) if column.type.tz else column
        column = pc.cast(local, pa.timestamp("s"), safe=False)
    texts = pc.fill_null(pc.cast(column, pa.string()), "")
    if pa.types.is_floating(column.type):
        texts = _without_exponent(column, texts)
    if mark != "." and (pa.types.is_floating(column.type) or pa.types.is_decimal(column.type)):
        texts = _respelled(texts, mark)
    return texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts])


def _without_exponent(column: Any, texts: Any) -> Any:
    """Whole numbers with all their digits: a code 4006381333931 among missing ones is kept as a fraction."""
    whole = pc.and_(pc.equal(pc.floor(column), column), pc.less(pc.abs(column), _EXACT))
    digits = pc.cast(pc.cast(pc.if_else(whole, column, 0.0), pa.int64()), pa.string())
    return pc.if_else(pc.fill_null(whole, pa.scalar(value=False)), digits, texts)


def _respelled(texts: Any, mark: str) -> Any:
    """Numbers as texts that the mark of the other texts reads rightly."""
    if mark:
        return pc.replace_substring(texts, ".", mark)
    spelled = [numerals.spelled(float(text), "") if "." in text else text for text in texts.to_pylist()]
    return pa.array(spelled, pa.string())
