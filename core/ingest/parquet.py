"""Parquet → columns of texts, so that every format takes the same way from here on."""

import io
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.base.errors import FileFormatError
from core.ingest.dialect import MAX_COLUMNS, MAX_WIDE_COLUMNS
from core.ingest.source import MAX_EXPANDED

_PANDAS_INDEX: Final = "__index_level_"


def parquet_columns(data: bytes, label: str) -> tuple[tuple[str, ...], pa.Table]:
    """Header and texts of a Parquet file; nested and binary columns are left out.

    Args:
        data: the file.
        label: its name, for messages.

    Raises:
        FileFormatError: the file is damaged, too large, or has no plain columns.
    """
    table = _opened(data, label)
    names = [field.name for field in table.schema if _is_plain(field.type) and not field.name.startswith(_PANDAS_INDEX)]
    if not names or len(names) > MAX_WIDE_COLUMNS:
        raise FileFormatError(f"“{label}” has {len(names):,} plain columns; 1 to {MAX_COLUMNS} are expected.")
    places = [i for i, field in enumerate(table.schema) if field.name in set(names)]
    texts = [_as_text(table.column(i)) for i in places]
    header = tuple(str(table.schema.field(i).name) for i in places)
    return header, pa.table({f"c{i}": text for i, text in enumerate(texts)})


def _opened(data: bytes, label: str) -> pa.Table:
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        # the footer says how large the columns are before they are unpacked
        groups = range(file.metadata.num_row_groups)
        expanded = sum(file.metadata.row_group(i).total_byte_size for i in groups)
        if expanded > MAX_EXPANDED or file.metadata.num_rows * file.metadata.num_columns > MAX_EXPANDED:
            raise FileFormatError(f"“{label}” expands to {expanded / 2**20:,.0f} MB; the limit is 1,024 MB. Split it.")
        return file.read()
    except (pa.ArrowException, OSError):
        raise FileFormatError(f"“{label}” is a damaged or cut-off Parquet file. Export it again.") from None


def _is_plain(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(
        pa.types.is_string(value) or pa.types.is_large_string(value) or pa.types.is_boolean(value)
        or pa.types.is_integer(value) or pa.types.is_floating(value) or pa.types.is_decimal(value)
        or pa.types.is_date(value) or pa.types.is_timestamp(value)
    )  # fmt: skip


def _as_text(column: Any) -> Any:
    """A column as texts, missing values as empty texts."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = pc.cast(column, kind.value_type)
    # the shop's clock, to the second, as a CSV export would show it
    if pa.types.is_timestamp(column.type):
        local = pc.local_timestamp(column) if column.type.tz else column
        column = pc.cast(local, pa.timestamp("s"), safe=False)
    texts = pc.fill_null(pc.cast(column, pa.string()), "")
    return texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts])
