"""The commands about persons: forget one, change the key, hand out sales in which nobody can be found."""

import sys
from argparse import Namespace
from dataclasses import asdict
from typing import Any

from core.base.progress import Progress
from core.command.writing import write
from core.report.tables_keeping import forgotten_note
from core.report.tables_privacy import ANONYMOUS_TITLE, anonymous_note, anonymous_table
from core.workflows import privacy
from core.workflows.workspace import Workspace

Answer = tuple[Any, list[str]]


def forget_person(workspace: Workspace, chosen: Namespace, _progress: Progress) -> Answer:
    """Take one person out of the workspace."""
    # an identifier among the arguments can be read by other users of the machine
    identifier = sys.stdin.readline() if chosen.identifier == "-" else chosen.identifier
    done = privacy.forget(workspace, identifier.strip())
    return asdict(done), [forgotten_note(done)]


def rotate_key(workspace: Workspace, chosen: Namespace, _progress: Progress) -> Answer:
    """Hash all customers again under a new secret."""
    changed = privacy.rotate_key(workspace, lost=chosen.lost)
    return {"pseudonyms": changed}, [f"{changed:,} pseudonyms were hashed again. Keep a copy of the key's file safe."]


def export_anonymous(workspace: Workspace, chosen: Namespace, _progress: Progress) -> Answer:
    """Write sales by groups in which nobody can be found."""
    columns = [name.strip() for name in chosen.by.split(",") if name.strip()]
    sales = privacy.anonymous_sales(workspace, columns, chosen.k, fresh=chosen.fresh)
    write(chosen.out, anonymous_table(sales), ANONYMOUS_TITLE)
    counts = {"groups": sales.groups, "suppressed": sales.suppressed, "suppressed_lines": sales.suppressed_lines}
    return counts | {"k": sales.k, "rows": len(sales.table)}, [anonymous_note(sales)]
