"""How tables travel between the process that parses and the one that asked: a line of JSON, then Arrow's own format."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import IO, Any, Final

import numpy as np
import pyarrow as pa

from core.base.types import frozen
from core.ingest.tables import Dialect, RawTable, ReadOptions, Rejected

MAX_TABLE: Final = 8 * 2**30
"""Bytes a table may have on its way."""
_MAX_LINE: Final = 2**28
_LINES: Final = "lines"

Message = dict[str, Any]


def send(out: IO[bytes], message: Message, table: RawTable | None = None) -> None:
    """Write a message, and a table after it.

    Args:
        out: where to, a pipe.
        message: plain values; its line says what follows.
        table: sent in Arrow's stream format, so that the receiver need not copy it.
    """
    body = None if table is None else _with_lines(table)
    if table is not None and body is not None:
        message = message | {"table": _about(table), "bytes": _size(body)}
    out.write(json.dumps(message).encode() + b"\n")
    if body is not None:
        with pa.ipc.new_stream(out, body.schema) as writer:
            writer.write_table(body)
    out.flush()


def receive(stream: IO[bytes]) -> tuple[Message, RawTable | None] | None:
    """The next message and its table, None at the end.

    Args:
        stream: where from, a pipe.

    Raises:
        ValueError, TypeError, EOFError: the other side broke off or sent something else; nothing it sends is trusted.
    """
    line = stream.readline(_MAX_LINE)
    if not line:
        return None
    message = json.loads(line)
    if not isinstance(message, dict):
        raise TypeError(message)
    if "table" not in message:
        return message, None
    size = int(message["bytes"])
    if not 0 < size <= MAX_TABLE:
        raise ValueError(size)
    buffer = pa.allocate_buffer(size)
    _fill(stream, memoryview(buffer))
    return message, _table(message["table"], pa.ipc.open_stream(buffer).read_all())


def _fill(stream: IO[bytes], view: memoryview) -> None:
    """Read exactly as many bytes as there is room for."""
    done = 0
    while done < len(view):
        # every pipe has it, though the type of pipes does not say so
        count = stream.readinto(view[done:])  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        done += count


def _with_lines(table: RawTable) -> pa.Table:
    """The texts and, as one more column, the line of each row."""
    # cut into the same chunks as the texts, so that no column has to be copied
    lengths = [len(chunk) for chunk in table.columns.column(0).chunks]
    parts = np.split(np.asarray(table.lines), np.cumsum(lengths)[:-1])
    return table.columns.append_column(_LINES, pa.chunked_array(list(_arrays(parts)), pa.int64()))


def _arrays(parts: list[Any]) -> Iterator[pa.Array]:
    for part in parts:
        yield pa.array(part, pa.int64())


def _size(table: pa.Table) -> int:
    """Bytes of a table in Arrow's stream format, counted without writing it."""
    sink = pa.MockOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return int(sink.size())


def _about(table: RawTable) -> Message:
    """Everything about a table but its cells, as plain values."""
    return {
        "header": list(table.header), "dialect": asdict(table.dialect), "options": asdict(table.options),
        "rejected": [(each.line, each.reason, each.content) for each in table.rejected],
        "notes": list(table.notes), "sheets": list(table.sheets),
    }  # fmt: skip


def _table(about: Message, columns: pa.Table) -> RawTable:
    """The table again; its memory is checked, because the sender had to do with hostile bytes."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda column: column.validate(full=True), columns.columns))
    header = tuple(str(name) for name in about["header"])
    texts = columns.drop_columns([_LINES])
    if texts.column_names != [f"c{i}" for i in range(len(header))] or set(texts.schema.types) - {pa.string()}:
        raise ValueError(texts.column_names[:5])
    return RawTable(
        header=header,
        columns=texts,
        lines=frozen(columns.column(_LINES).to_numpy().astype(np.int64, copy=False)),
        dialect=Dialect(**about["dialect"]),
        rejected=tuple(Rejected(int(line), str(reason), str(content)) for line, reason, content in about["rejected"]),
        notes=tuple(about["notes"]),
        sheets=tuple(about["sheets"]),
        options=ReadOptions(**about["options"]),
    )
