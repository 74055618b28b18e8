"""What importing some tables would change, told before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.base.language import _
from core.store.clock import now
from core.store.judging import ADDING_UP, Rivals, Verdict, judge, padded, remember
from core.store.loading import Action, Incoming, OnConflict, clear, left_out
from core.store.sql import Cursor
from core.store.uploads import known_uploads
from core.store.workspace import Workspace


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

    def sentence(self) -> str:
        """The difference in words: "adds 1,204 rows, changes 17, removes 0"."""
        said = _("adds {adds:,} rows, changes {changes:,}, removes {removes:,}; {there:,} are there already")
        text = said.format(adds=self.adds, changes=self.changes, removes=self.removes, there=self.already_there)
        return f"{text}; " + _("{n:,} are left out").format(n=self.skipped) if self.skipped else text


def difference(workspace: Workspace, items: Sequence[Incoming], mode: OnConflict = "append") -> list[Difference]:
    """What `add_uploads` would do with the same tables, one entry per table; nothing is written."""
    action = Action(mode, [item.upload.upload_id for item in items], now())
    with workspace.rehearsal() as cursor:
        return [_judged(cursor, item, action) for item in items]


def _judged(cursor: Cursor, item: Incoming, action: Action) -> Difference:
    role, key, n_rows = item.upload.role, item.upload.upload_id, item.rows.num_rows
    known = known_uploads(cursor)
    replacing = action.mode in {"replace", "replace_all"}
    cursor.register("incoming", padded(role, item.rows))
    if key in known and not (replacing and known[key].loaded < n_rows):
        removes = clear(cursor, role, action) if action.mode == "replace_all" else 0
        return Difference(item.upload.label, role, 0, 0, removes, n_rows, loaded_before=True)
    verdict = judge(cursor, role, Rivals(without=[key]), action.at)
    removed = clear(cursor, role, action)
    kept_out = len(left_out(cursor, role, verdict, action.mode))
    remember(cursor, role)
    cursor.unregister("incoming")
    return _difference(item, action, verdict, removed if replacing else None, kept_out)


def _difference(item: Incoming, action: Action, verdict: Verdict, removed: int | None, kept_out: int) -> Difference:
    """The counts put together; removed: rows that replacing takes away, None when nothing is replaced."""
    n_rows, role = item.rows.num_rows, item.upload.role
    skipping = action.mode == "skip"
    repeated = 0 if removed is not None else verdict.there - (kept_out - (verdict.changes if skipping else 0))
    return Difference(
        file=item.upload.label,
        role=role,
        # Equal rows that are stored all the same, as another shop's, are new ones.
        adds=n_rows - verdict.there - verdict.changes + repeated,
        changes=0 if skipping else verdict.changes,
        removes=max(removed - verdict.there - verdict.changes + verdict.clashes, 0) if removed is not None else 0,
        already_there=verdict.there - repeated,
        skipped=verdict.changes if skipping else 0,
        refused=action.mode == "append" and verdict.changes > 0 and role in ADDING_UP,
    )
