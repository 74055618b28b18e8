"""How the files meet: what matches no sales and what sales lack, likely mends, and links between codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from core.base.errors import ParameterError
from core.base.language import _
from core.base.progress import Progress, silent
from core.store import joining as keys_store
from core.store import links as link_store
from core.store.links import Link
from core.store.workspace import Workspace
from core.workflows import links_file, meeting, suggesting
from core.workflows.coverage import coverage
from core.workflows.importing import made_anew
from core.workflows.meeting import KINDS, LACKS

__all__ = [
    "KINDS", "LACKS", "JoinReport", "Link", "LinksDone", "coverage", "import_links", "link", "link_all", "links",
    "unlink", "unmatched",
]  # fmt: skip
_EXAMPLES: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class JoinReport:
    """How well the files meet.

    Attributes:
        roles: one row per role and kind of key: role, kind (one of KINDS), keys, unmet, rows (of files, unmet), units,
            money (at stake, NaN = unknown).
        unmatched: one row per key of a file that meets no sales: role, kind, sku, location, supplier, product_name,
            rows, units, money; the dearest first. Missing texts are None.
        lacking: one row per sold SKU (and location, for stock) that lacks something: lacks (one of LACKS), sku,
            location, product_name, units (ever sold), money (sold in the last year); the dearest first.
        suggestions: likely mends, nothing applied: kind ("sku", "location" or "supplier"), old, new, confidence
            (0 to 1), reason, rows, units, money; the surest first. Only those of kind "sku" can be linked; names of
            places and suppliers are mended in the files.
    """

    roles: pd.DataFrame
    unmatched: pd.DataFrame
    lacking: pd.DataFrame
    suggestions: pd.DataFrame


@dataclass(frozen=True, slots=True)
class LinksDone:
    """What linking did.

    Attributes:
        changed: links that are new, other or gone.
        rebuilt: whether the clean demand was made anew.
        notes: what to know, as sentences.
    """

    changed: int
    rebuilt: bool
    notes: tuple[str, ...] = ()


def unmatched(workspace: Workspace) -> JoinReport:
    """What in the files meets no sales, what the sales lack, and what would probably mend it.

    Links in force count; without sales nothing is listed.
    """
    named, sold = keys_store.named_keys(workspace), keys_store.sold_keys(workspace)
    met = meeting.meet(workspace, named, sold)
    return JoinReport(met.roles, met.unmatched, met.lacking, suggesting.suggest(met.unmatched, named, sold))


def links(workspace: Workspace) -> pd.DataFrame:
    """Links in force: old_sku, new_sku, factor (pieces of new_sku per piece of old_sku), reason, created_at (UTC)."""
    return link_store.links(workspace)


def link(
    workspace: Workspace,
    old_sku: str,
    new_sku: str,
    factor: float = 1.0,
    reason: str = "",
    progress: Progress | None = None,
) -> LinksDone:
    """Let a code count as another SKU in every file, and make the clean demand anew.

    Raises:
        ParameterError: a code is missing or in no file, the factor is no number above 0, or the link leads in a circle.
    """
    return link_all(workspace, [Link(old_sku, new_sku, factor, reason)], progress)


def link_all(workspace: Workspace, wanted: Sequence[Link], progress: Progress | None = None) -> LinksDone:
    """Link several codes at once, all of them or none; suggestions that were accepted, for instance.

    Raises:
        ParameterError: as `link`.
    """
    strangers = _strangers(workspace, wanted)
    if strangers:
        raise ParameterError(
            f"“{strangers[0].old_sku[:80]}” and “{strangers[0].new_sku[:80]}” are named by no file. "
            "Check how the codes are spelled."
        )
    return _stored(workspace, wanted, progress)


def import_links(workspace: Workspace, file_name: str, content: bytes, progress: Progress | None = None) -> LinksDone:
    """Link the codes that a file lists, all of them or none; links of other codes stay.

    Args:
        workspace: the shop.
        file_name: for messages.
        content: a table with the columns old_sku and new_sku, and factor and reason if wished.
        progress: of the action.

    Raises:
        FileFormatError: the file cannot be read, lacks a column, or holds a line that is no link.
        ParameterError: the links lead in a circle.
    """
    wanted = links_file.read(file_name, content)
    strangers = _strangers(workspace, wanted)
    done = _stored(workspace, wanted, progress)
    if not strangers:
        return done
    text = _("{n:,} linked codes are in no file yet, such as {codes}; the links wait for them.")
    codes = ", ".join(each.old_sku for each in strangers[:_EXAMPLES])
    return LinksDone(done.changed, done.rebuilt, (text.format(n=len(strangers), codes=codes), *done.notes))


def unlink(workspace: Workspace, old_sku: str, progress: Progress | None = None) -> LinksDone:
    """Let a code count by itself again, and make the clean demand anew.

    Codes that were linked to it before it was linked itself stay with the SKU it led to.

    Raises:
        ParameterError: the code is not linked.
    """
    told = progress or silent()
    told.check()
    if not link_store.drop_link(workspace, old_sku):
        raise ParameterError(
            f"A code that is linked is expected; “{old_sku[:80]}” is not. Choose one from the list of links."
        )
    return LinksDone(1, *made_anew(workspace, told.unstoppable()))


def _stored(workspace: Workspace, wanted: Sequence[Link], progress: Progress | None) -> LinksDone:
    changed = link_store.put_links(workspace, wanted)
    # what is stored must be joined, even if the user would rather stop now
    return LinksDone(changed, *made_anew(workspace, (progress or silent()).unstoppable()))


def _strangers(workspace: Workspace, wanted: Sequence[Link]) -> list[Link]:
    """Links neither code of which any file names."""
    present = link_store.links(workspace)
    named = [keys_store.named_keys(workspace)["sku"], keys_store.sold_keys(workspace)["sku"]]
    known = {str(sku) for column in (*named, present["old_sku"], present["new_sku"]) for sku in column.dropna()}
    return [each for each in wanted if not {each.old_sku.strip(), each.new_sku.strip()} & known]
