"""Codes that stand for another SKU: renamed items, packs of several pieces, items that follow another one."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

import pandas as pd

from core.base.errors import ParameterError
from core.store.clock import now
from core.store.sql import Cursor, arrow, load, put_rows
from core.store.workspace import Workspace

LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class Link:
    """A code that counts as another SKU everywhere.

    Attributes:
        old_sku: the code that no longer counts by itself.
        new_sku: the SKU it stands for.
        factor: pieces of new_sku that one piece of old_sku is, > 0.
        reason: in the planner's words.
    """

    old_sku: str
    new_sku: str
    factor: float = 1.0
    reason: str = ""


def links(workspace: Workspace) -> pd.DataFrame:
    """Links in force: old_sku, new_sku, factor, reason, created_at (UTC); no new_sku is an old_sku of another link."""
    with workspace.cursor() as cursor:
        return arrow(cursor, "links").to_pandas()


def put_links(workspace: Workspace, wanted: Sequence[Link]) -> int:
    """Store links, all of them or none, each in the place of an earlier one of the same code.

    Chains are stored as what they lead to: after A → B and B → C, A counts as C.

    Returns:
        Number of links that are new or say something else than before.

    Raises:
        ParameterError: a code is missing, a factor is no number above 0, or a link leads back to where it began.
    """
    asked = [_checked(each) for each in wanted]

    def work(cursor: Cursor) -> int:
        before = {row[0]: Link(*row[:4]) for row in cursor.execute(load("links")).fetchall()}
        after = joined(before, asked)
        changed = {code: asdict(link) for code, link in after.items() if before.get(code) != link}
        put_rows(cursor, "link_put", {code: row | {"created_at": now()} for code, row in changed.items()})
        workspace.audited(cursor, "link SKUs", f"{len(changed):,} of {len(asked):,} codes newly linked")
        return len(changed)

    return workspace.write(work)


def drop_link(workspace: Workspace, old_sku: str) -> bool:
    """Let a code count by itself again; whether it was linked."""

    def work(cursor: Cursor) -> bool:
        removed = cursor.execute(load("link_remove"), {"old_sku": old_sku}).fetchone()
        workspace.audited(cursor, "unlink SKU", "one code")
        return bool(removed and removed[0])

    return workspace.write(work)


def joined(present: Mapping[str, Link], wanted: Iterable[Link]) -> dict[str, Link]:
    """The links present with those wanted, every one of them leading straight to a SKU that counts by itself.

    Raises:
        ParameterError: a link would lead back to its own code.
    """
    found = dict(present)
    codes: dict[str, set[str]] = {}
    for code, link in found.items():
        codes.setdefault(link.new_sku, set()).add(code)
    for link in wanted:
        onward = found.get(link.new_sku)
        direct = replace(link, new_sku=onward.new_sku, factor=link.factor * onward.factor) if onward else link
        if direct.new_sku == link.old_sku:
            raise ParameterError(
                f"“{_short(link.old_sku)}” cannot count as “{_short(link.new_sku)}”, since “{_short(link.new_sku)}” "
                f"already counts as “{_short(link.old_sku)}”. Take that link back first, or link the other way round."
            )
        for code in codes.pop(link.old_sku, ()):
            other = found[code]
            found[code] = replace(other, new_sku=direct.new_sku, factor=other.factor * direct.factor)
            codes.setdefault(direct.new_sku, set()).add(code)
        if link.old_sku in found:
            codes[found[link.old_sku].new_sku].discard(link.old_sku)
        found[link.old_sku] = direct
        codes.setdefault(direct.new_sku, set()).add(link.old_sku)
    return found


def _checked(link: Link) -> Link:
    """The link with its texts trimmed."""
    clean = replace(
        link,
        old_sku=link.old_sku.strip(),
        new_sku=link.new_sku.strip(),
        factor=float(link.factor),
        reason=link.reason.strip()[:LONGEST_REASON],
    )
    if not (clean.old_sku and clean.new_sku):
        raise ParameterError(
            f"A link needs the code and the SKU it stands for; “{_short(clean.old_sku)}” and “{_short(clean.new_sku)}” "
            "were given. Fill in both."
        )
    if clean.old_sku == clean.new_sku:
        raise ParameterError(f"“{_short(clean.old_sku)}” cannot stand for itself. Give two different codes.")
    if not (math.isfinite(clean.factor) and clean.factor > 0):
        raise ParameterError(
            f"A number of pieces above 0 is expected; {clean.factor:g} was given for “{_short(clean.old_sku)}”. "
            "Give how many pieces of the SKU one piece of the code is, usually 1."
        )
    return clean


def _short(code: str) -> str:
    return code[:80]
