"""Mappings that users made, found again by the header of the next file."""

from collections.abc import Sequence

from core.ingest.mapping import fingerprint
from core.store.clock import now
from core.store.sql import Cursor, first, load
from core.store.workspace import Workspace


def save_mapping(workspace: Workspace, header: Sequence[str], role: str, mapping_json: str) -> None:
    """Keep a mapping for files with this header, in the place of an earlier one."""
    values = {"fingerprint": fingerprint(header), "role": role, "mapping": mapping_json, "saved_at": now()}

    def work(cursor: Cursor) -> None:
        cursor.execute(load("mapping_put"), values)
        workspace.audited(cursor, "save mapping", f"{role}, {len(header):,} columns")

    workspace.write(work)


def find_mapping(workspace: Workspace, header: Sequence[str]) -> str | None:
    """The mapping (JSON) kept for files with this header, None when there is none."""
    with workspace.cursor() as cursor:
        found = first(cursor, "mapping", {"fingerprint": fingerprint(header)})
    return None if found is None else str(found[0])
