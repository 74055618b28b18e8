"""Judges every incoming row against what is stored: new, there already, or another value of something known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyarrow as pa

from core.base.columns import DATES, FIELDS, NUMBERS, TIMESTAMPS
from core.store.sql import Cursor, first, load

ADDING_UP: Final = frozenset({"sales", "movements"})
"""Roles whose rows are summed; of the others the latest upload holds."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the rows of a table stand to what is stored.

    Attributes:
        there: rows that say nothing new.
        changes: rows that say something else of what is known: an order line, a SKU and day, a key.
        loose: those of `changes` that carry no order number.
        clashes: those of `changes` that stand for nothing stored one by one: order lines beside daily sums, say.
    """

    there: int
    changes: int
    loose: int
    clashes: int


@dataclass(frozen=True, slots=True)
class Rivals:
    """Which uploads incoming rows are compared with.

    Attributes:
        without: uploads that are not looked at.
        only: the uploads that are looked at; None = all listed ones.
    """

    without: Sequence[str] = ()
    only: Sequence[str] | None = None


def padded(role: str, rows: pa.Table) -> pa.Table:
    """The rows with every field of the role; fields the file lacks are empty."""
    missing = [name for name in FIELDS[role] if name not in rows.column_names]
    for name in missing:
        rows = rows.append_column(name, pa.nulls(rows.num_rows, _type_of(name)))
    return rows.select(["line", *FIELDS[role]])


def _type_of(name: str) -> pa.DataType:
    if name in TIMESTAMPS:
        return pa.timestamp("us")
    if name in DATES:
        return pa.date32()
    return pa.float64() if name in NUMBERS else pa.string()


def judge(cursor: Cursor, role: str, rivals: Rivals, today: datetime) -> Verdict:
    """Compare the frame registered as `incoming` with the rivals; the temporary table `verdicts` tells every line.

    Equal rows are matched one to one, so that a row which a file repeats counts as often as it stands there: the n-th
    repetition is known only when n of them are stored. What only one of two exports tells (a price, a status) cannot
    make their rows differ.

    Args:
        cursor: of an open transaction.
        role: role of the rows.
        rivals: uploads to compare with.
        today: the day that stock files without dates speak of.
    """
    cursor.execute(load("verdicts_create"))
    cursor.execute(load("rivals"), {"only": rivals.only, "without": list(rivals.without)})
    if role in ADDING_UP:
        _match(cursor, role)
    else:
        cursor.execute(load(f"judge_{role}"), {"today": today} if role == "stock" else {})
    found = first(cursor, "verdict_counts") or (0, 0, 0, 0)
    return Verdict(*map(int, found))


def remember(cursor: Cursor, role: str) -> None:
    """Let the rows of `incoming` count as stored for the tables judged after it on this cursor."""
    if role in ADDING_UP:
        cursor.execute(load(f"judge_mine_{role}"))
        cursor.execute(load("mates_add"), {"role": role})


def _match(cursor: Cursor, role: str) -> None:
    """Pair the rows of `incoming` with stored ones, the most alike first."""
    cursor.execute(load("mates_create"))
    cursor.execute(load(f"judge_mine_{role}"))
    cursor.execute(load(f"judge_theirs_{role}"))
    if not _holds(cursor, "judge_overlap"):
        return
    price, status, channel = first(cursor, "judge_known") or (False, False, False)
    cursor.execute(load("judge_equal"), {"price": price, "status": status, "channel": channel})
    cursor.execute(load("judge_settle"), {"verdict": "there"})
    cursor.execute(load("judge_mine_first"))
    if not _holds(cursor, "judge_mine_rest"):
        return
    cursor.execute(load("judge_theirs_first"))
    passes: tuple[tuple[str, dict[str, bool]], ...] = (
        ("there", {"quantity": True, "channel": False, "compatible": True}),
        ("change", {"quantity": False, "channel": True, "compatible": False}),
        ("change", {"quantity": False, "channel": False, "compatible": False}),
    )
    for verdict, demands in passes:
        if not _holds(cursor, "judge_left"):
            return
        cursor.execute(load("judge_pairs"), demands)
        _settle(cursor, verdict)
    if role == "sales" and _holds(cursor, "judge_left"):
        cursor.execute(load("judge_grain"))
        _settle(cursor, "clash")


def _holds(cursor: Cursor, question: str) -> bool:
    """The answer to a question of yes or no."""
    found = first(cursor, question)
    return bool(found and found[0])


def _settle(cursor: Cursor, verdict: str) -> None:
    cursor.execute(load("judge_settle"), {"verdict": verdict})
    cursor.execute(load("judge_theirs_left"))
    cursor.execute(load("judge_mine_left"))
