"""A store in memory with a few sales lines, for tests of row rules."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

MIGRATIONS = Path(__file__).parents[1] / "core/store/migrations"
COLUMNS = (
    "upload_id", "line", "order_id", "sold_at", "sku", "product_name", "location", "quantity", "unit_price", "amount",
    "discount", "status", "channel", "category", "customer", "unit", "currency",
)  # fmt: skip
TABLES = ("sku_links", "exchange_rates", "settings", "products")


def line(number: int, sold_at: str, sku: str, quantity: float, **other: Any) -> dict[str, Any]:
    """A sales line; what is not given is a plain sale at 2.50 in order "7<number>" of file a.csv."""
    plain = {"upload_id": "a", "order_id": f"7{number}", "location": "main", "unit_price": 2.5}
    when = datetime.fromisoformat(sold_at)
    return plain | {"line": number, "sold_at": when, "sku": sku, "quantity": float(quantity)} | other


def own_store(*lines: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """A workspace of its own with these lines imported."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    for migration in sorted(MIGRATIONS.glob("*.sql")):
        connection.execute(migration.read_text(encoding="utf-8"))
    fill(connection, lines)
    return connection


def store(*lines: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """A cursor on a workspace that holds these lines and nothing else, until the next call."""
    connection = shared()
    for table in (*TABLES, "sales_lines", "uploads", "quarantine"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - fixed names
    fill(connection, lines)
    return connection.cursor()


@cache
def shared() -> duckdb.DuckDBPyConnection:
    """The workspace that tests fill in turn; creating the tables takes longer than most tests."""
    return own_store()


def fill(connection: duckdb.DuckDBPyConnection, lines: Sequence[dict[str, Any]]) -> None:
    """Import the lines, each upload as a file of its name."""
    for upload in sorted({entry["upload_id"] for entry in lines}):
        connection.execute(
            "INSERT INTO uploads VALUES ($1, $1, $1 || '.csv', '', 'sales', 'generic', '{}', 0, 0, 0, NULL, NULL, "
            "TIMESTAMP '2024-01-01' + to_days(ascii($1)))",
            [upload],
        )
    if lines:
        incoming = pa.Table.from_pylist([{name: entry.get(name) for name in COLUMNS} for entry in lines])
        connection.register("incoming", incoming)
        connection.execute("INSERT INTO sales_lines SELECT * FROM incoming")
        connection.unregister("incoming")


def left(cursor: duckdb.DuckDBPyConnection) -> list[tuple[int, float]]:
    """Line number and quantity of the cleaned lines."""
    return cursor.execute("SELECT line, quantity FROM cleaned_lines ORDER BY upload_id, line").fetchall()
