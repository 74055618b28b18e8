"""Loads that the store lost, by a torn log say: which they are, and making them again from the kept uploads."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from core.base.errors import MappingError, examples
from core.base.language import _
from core.base.progress import Progress, silent
from core.store import kept, people
from core.store.kept import KeptUpload
from core.store.rebuilding import Again, rebuild_loads
from core.store.uploads import Incoming, list_uploads
from core.store.workspace import Workspace, ledger_problems
from core.workflows import datasets
from core.workflows.importing import ImportResult, made_anew
from core.workflows.taking_in import again

__all__ = ["LostLoad", "finish", "finish_all", "missing", "problems", "rebuild"]


@dataclass(frozen=True, slots=True)
class LostLoad:
    """A load that the store does not hold as the ledger says.

    Attributes:
        upload_id: its key.
        file: name of its file.
        role: table it belongs to.
        rows: rows the store should hold; 0 when it was removed and came back.
        units: sum of the role's quantity column it should hold.
        since: when the ledger last wrote of it, UTC.
        kept: whether it can be made again from what is kept beside the store.
    """

    upload_id: str
    file: str
    role: str
    rows: int
    units: float
    since: str
    kept: bool


def problems(workspace: Workspace) -> list[str]:
    """Sentences about loads that were lost or changed, and clean demand made without some; empty when all is well."""
    behind = [_("The clean demand was made before the last change. Make it anew: python -m core rebuild.")]
    return ledger_problems(workspace) + (behind if datasets.behind(workspace) else [])


def finish_all(workspace: Workspace) -> None:
    """Bring to its end whatever the program was ended in, when it starts and nobody reads yet."""
    people.finish(workspace)
    finish(workspace)


def finish(workspace: Workspace) -> bool:
    """Make the clean demand anew if the program ended between an import and it; whether that was needed."""
    if not datasets.behind(workspace):
        return False
    made_anew(workspace, silent())
    return True


def missing(workspace: Workspace) -> list[LostLoad]:
    """Every load that the store does not hold as it should, the oldest first."""
    with workspace.cursor() as cursor:
        wrong = workspace.ledger.wrong(cursor)
    if not wrong:
        return []
    since, able = workspace.ledger.history().since, kept.bringers(workspace.uploads_folder)
    lost = [
        LostLoad(
            state.upload_id, state.file, state.role, state.rows, state.units, since[state.upload_id],
            state.rows == 0 or state.upload_id in able,
        )
        for state in wrong
    ]  # fmt: skip
    return sorted(lost, key=lambda load: load.since)


def rebuild(workspace: Workspace, progress: Progress | None = None) -> ImportResult:
    """Make missing loads again from the kept uploads, all of those that are kept or none.

    Returns:
        What was loaded; its notes name the loads of which nothing is kept.

    Raises:
        StoreError: the result would not be what was lost; nothing was stored.
    """
    told, started = progress or silent(), time.perf_counter()
    lost = missing(workspace)
    told.report(_("Reading the kept uploads"), 0.1)
    actions = _actions(workspace, [load for load in lost if load.rows and load.kept])
    # A damaged file says so only when it is read.
    able = {item.upload.upload_id for action in actions for item in action.items}
    able |= {load.upload_id for load in lost if not load.rows}
    unable = _unable([load for load in lost if load.upload_id not in able])
    if not able:
        made = finish(workspace)
        fine = _("The clean demand was made anew.") if made else _("Nothing is missing.")
        return ImportResult((), rebuilt=made, notes=unable or (fine,))
    told.report(_("Storing"), 0.5)
    summaries = rebuild_loads(workspace, actions, _heirs(workspace) if any(not load.rows for load in lost) else ())
    made, notes = made_anew(workspace, told.unstoppable().part(0.6, 1.0))
    return ImportResult(tuple(summaries), made, (*unable, *notes), time.perf_counter() - started)


def _unable(lost: Sequence[LostLoad]) -> tuple[str, ...]:
    names = [f"{load.file} ({load.rows:,} rows)" for load in lost]
    if not names:
        return ()
    text = _("Not rebuilt, since no whole upload is kept of {names}. Import these files again, or restore a backup.")
    return (text.format(names=examples(names, 10)),)


def _actions(workspace: Workspace, lost: Sequence[LostLoad]) -> list[Again]:
    """The former actions that brought the lost loads, the oldest first, each with its lost tables."""
    actions: dict[str, list[tuple[KeptUpload, Incoming]]] = {}
    for load in sorted(lost, key=lambda load: load.upload_id):
        item = kept.find(workspace.uploads_folder, load.upload_id)
        if item is None:
            continue
        # a table that cannot be read any more must not keep the others from coming back; it is named as not rebuilt
        with suppress(MappingError):
            for table in again(item, load.upload_id, load.rows):
                actions.setdefault(item.at.isoformat(), []).append((item, table))
    return [
        Again(found[0][0].mode, found[0][0].at, tuple(table for _item, table in sorted(found, key=_place)))
        for _at, found in sorted(actions.items())
    ]


def _place(found: tuple[KeptUpload, Incoming]) -> tuple[int, str]:
    """Tables of one action in the order in which they were loaded."""
    return found[0].place, found[1].upload.role


def _heirs(workspace: Workspace) -> list[Incoming]:
    """Uploads, whole, of which rows were left out when they were loaded."""
    found: list[Incoming] = []
    for record in list_uploads(workspace):
        if record.loaded < record.records - record.quarantined:
            item = kept.find(workspace.uploads_folder, record.upload_id)
            found += again(item, record.upload_id, record.records - record.quarantined) if item else []
    return found
