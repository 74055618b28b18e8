"""What importing some tables would change, told before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import pyarrow as pa

from core.base.language import _
from core.store.clock import now
from core.store.judging import ADDING_UP, Rivals, Verdict, judge, padded, remember
from core.store.loading import Action, Incoming, OnConflict, clear, left_out, without
from core.store.sql import Cursor, load
from core.store.uploads import known_uploads
from core.store.workspace import Workspace

_REPLACING: Final = frozenset({"replace", "replace_all"})


@dataclass(frozen=True, slots=True)
class Difference:
    """What importing one table would change, in rows.

    Attributes:
        file: file name, and member if any.
        role: table it goes to.
        adds: rows that are new.
        changes: rows that say something else of what is stored, and would be stored.
        removes: stored rows that would go without a row of the file in their place.
        already_there: rows that are stored already.
        skipped: rows that say something else of what is stored, and would be left out.
        loaded_before: whether the very same file was imported already, so that nothing happens.
        refused: whether importing is refused until the user says what shall hold.
        stands: rows that each take the place of a stored one.
    """

    file: str
    role: str
    adds: int
    changes: int
    removes: int
    already_there: int
    skipped: int = 0
    loaded_before: bool = False
    refused: bool = False
    stands: int = 0

    def sentence(self) -> str:
        """The difference in words: "adds 1,204 rows, changes 17, removes 0"."""
        said = _("adds {adds:,} rows, changes {changes:,}, removes {removes:,}; {there:,} are there already")
        text = said.format(adds=self.adds, changes=self.changes, removes=self.removes, there=self.already_there)
        return f"{text}; " + _("{n:,} are left out").format(n=self.skipped) if self.skipped else text


def difference(workspace: Workspace, items: Sequence[Incoming], mode: OnConflict = "append") -> list[Difference]:
    """What `add_uploads` would do with the same tables, one entry per table; nothing is written."""
    action = Action(mode, [item.upload.upload_id for item in items], now())
    with workspace.rehearsal() as cursor:
        told = [_judged(cursor, item, action) for item in items]
        return _replacing(cursor, items, told, action) if mode in _REPLACING else told


def _judged(cursor: Cursor, item: Incoming, action: Action) -> Difference:
    """How a table stands to what is stored; what replacing removes is not told yet."""
    role, key, n_rows = item.upload.role, item.upload.upload_id, item.rows.num_rows
    known = known_uploads(cursor)
    if key in known and not (action.mode in _REPLACING and known[key].loaded < n_rows):
        return Difference(item.upload.label, role, 0, 0, 0, n_rows, loaded_before=True)
    cursor.register("incoming", padded(role, item.rows))
    said_before = _said_before(cursor, role, action) if action.mode in _REPLACING else None
    verdict = judge(cursor, role, Rivals(without=[key]), action.at)
    stands = 0 if said_before is None else without(_known(cursor), said_before).num_rows - verdict.clashes
    kept_out = len(left_out(cursor, role, verdict, action.mode))
    remember(cursor, role)
    cursor.unregister("incoming")
    return replace(_difference(item, action, verdict, kept_out), stands=stands)


def _said_before(cursor: Cursor, role: str, action: Action) -> pa.ChunkedArray:
    """Lines that an earlier table of the action says too; they take the place of nothing that is stored."""
    judge(cursor, role, Rivals(only=[]), action.at)
    return _known(cursor).column("line")


def _known(cursor: Cursor) -> pa.Table:
    """Lines of the table judged last that say something of what its rivals speak of, too."""
    return cursor.sql(load("verdict_lines"), params={"changes": True, "repeats": True}).to_arrow_table()


def _brought_back(gone: list[int]) -> list[int]:
    """Rows removed by each table, where others bring more back than they remove themselves."""
    back = -sum(min(rows, 0) for rows in gone)
    found = []
    for rows in gone:
        taken = min(max(rows, 0), back)
        found.append(max(rows, 0) - taken)
        back -= taken
    return found


def _replacing(
    cursor: Cursor, items: Sequence[Incoming], told: Sequence[Difference], action: Action
) -> list[Difference]:
    """The same with what goes, counted over all tables of a role: one may bring back what another one takes away."""
    gone: dict[str, list[int]] = {}
    for item, each in zip(items, told, strict=True):
        cursor.register("incoming", padded(each.role, item.rows))
        clears = action.mode == "replace_all" or not each.loaded_before
        gone.setdefault(each.role, []).append((clear(cursor, each.role, action) if clears else 0) - each.stands)
        cursor.unregister("incoming")
    removed = {role: iter(_brought_back(rows)) for role, rows in gone.items()}
    return [replace(each, removes=next(removed[each.role])) for each in told]


def _difference(item: Incoming, action: Action, verdict: Verdict, kept_out: int) -> Difference:
    """The counts put together."""
    n_rows, role = item.rows.num_rows, item.upload.role
    skipping = action.mode == "skip"
    replacing = action.mode in _REPLACING
    repeated = 0 if replacing else verdict.there - (kept_out - (verdict.changes if skipping else 0))
    return Difference(
        file=item.upload.label,
        role=role,
        # Equal rows that are stored all the same, as another shop's, are new ones.
        adds=n_rows - verdict.there - verdict.changes + repeated,
        changes=0 if skipping else verdict.changes,
        removes=0,
        already_there=verdict.there - repeated,
        skipped=verdict.changes if skipping else 0,
        refused=action.mode == "append" and verdict.changes > 0 and role in ADDING_UP,
    )
