"""The shop's duties to its customers: forget a person, change the key, hand out sales in which nobody can be found."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import pandas as pd

from core.base.errors import DemandError, NoDataError
from core.base.language import minute
from core.base.types import BoolArray
from core.ingest.privacy import PersonalColumn, personal_columns, without_customers
from core.report.anonymous import GROUPINGS, LEAST, AnonymousSales, anonymous, checked, finest, held_back, nested
from core.store import anonymous as groupings
from core.store import people
from core.store.anonymous import HandedOut, same_amount
from core.store.people import Forgotten
from core.store.workspace import Workspace
from core.workflows import backups
from core.workflows.looking import TablePreview
from core.workflows.places import SET_ASIDE

__all__ = [
    "GROUPINGS", "LEAST", "AnonymousSales", "Forgotten", "PersonalColumn", "about_persons", "anonymous_sales", "forget",
    "rotate_key", "without_customers",
]  # fmt: skip
_exporting: Final = threading.Lock()
_NOTHING: Final = "There are no sales yet. Import them first."


class DisclosureError(DemandError):
    """An export and an earlier one together could single out persons."""


def forget(workspace: Workspace, identifier: str) -> Forgotten:
    """Take one person out of tables, kept uploads, texts that users typed and the store's file.

    Units and money of the person's purchases stay, and what was changed by hand stays changed; nobody can tell any more
    who it was about. Backups made before still hold what was taken out: they are files of the user, who makes a new one
    and deletes them.

    Raises:
        StoreError: no identifier was given, or the key is not the one the customers were hashed with.
    """
    done = people.forget(workspace, identifier)
    former = sum(workspace.beside(ending).exists() for ending in SET_ASIDE)
    return replace(done, backups=len(backups.kept(workspace)) + former)


def about_persons(look: TablePreview) -> tuple[PersonalColumn, ...]:
    """The columns about persons of a table that is being looked at; empty when it could not be read."""
    return () if look.table is None else personal_columns(look.table)


def rotate_key(workspace: Workspace, *, lost: bool = False) -> int:
    """Change the secret under which customers are hashed; returns the number of pseudonyms that changed.

    Args:
        workspace: the store.
        lost: the former key is lost for good; go on under the present one, to which former customers are strangers.

    Raises:
        StoreError: the key comes from the environment, where only the user can change it.
    """
    if lost:
        people.accept_key(workspace)
    return people.rotate_key(workspace)


def anonymous_sales(
    workspace: Workspace, columns: Sequence[str], k: int = LEAST, *, fresh: bool = False
) -> AnonymousSales:
    """Lines, units and revenue by groups of at least k persons.

    A person is a customer; lines without one count by their order number, and lines with neither count for nobody. What
    earlier exports told is taken into account, so that no difference between two of them singles anybody out.

    Args:
        workspace: the store.
        columns: one to four of `GROUPINGS`, at most one of time.
        k: persons every group has at least, 5 or more.
        fresh: forget earlier exports; right only when nobody who has them will see this one.

    Raises:
        ParameterError: columns or k that cannot be.
        NoDataError: there are no sales.
        DisclosureError: together with an earlier export this one could single out persons.
    """
    # Two at the same time would not know of each other.
    with _exporting:
        return _anonymous_sales(workspace, checked(columns, k), k, fresh=fresh)


def _anonymous_sales(workspace: Workspace, chosen: tuple[str, ...], k: int, *, fresh: bool) -> AnonymousSales:
    earlier = [] if fresh else groupings.handed_out(workspace)
    present = groupings.sales_by_upload(workspace)
    if not present:
        raise NoDataError(_NOTHING)
    for other in earlier:
        _refuse_together(chosen, other, present)
    sales = groupings.persons_by_group(workspace, finest([chosen, *(other.columns for other in earlier)]))
    parts = [part for other in earlier for part in _told_apart(sales, other)]
    result = anonymous(sales, chosen, k, parts)
    groupings.hand_out(workspace, HandedOut(result.columns, k, present, shown=result.shown), earlier)
    return result


def _told_apart(sales: pd.DataFrame, other: HandedOut) -> Iterator[BoolArray]:
    """Rows that an earlier export lets a reader tell from the rest; see `core.report.anonymous.anonymous`."""
    since = ~sales["upload_id"].isin(list(other.uploads)).to_numpy()
    if since.any():
        yield since
    if other.shown is not None:
        unknown = since.copy()
        unknown[~since] = held_back(sales.loc[~since], other.columns, other.shown)
        yield unknown


def _refuse_together(columns: Sequence[str], other: HandedOut, present: dict[str, tuple[int, float]]) -> None:
    """Raise DisclosureError when an earlier export cannot be compared safely with one by these columns."""
    when, by = minute(datetime.fromisoformat(other.at)), ", ".join(other.columns)
    if not nested(columns, other.columns):
        raise DisclosureError(
            f"An export of {when} was grouped by {by}. Crossed with one by {', '.join(columns)} it could show single "
            "persons. Choose the same columns, fewer or more of them, or leave earlier exports out of account (option "
            "“fresh”) if nobody who has them will see this one."
        )
    if not all(key in present and same_amount(present[key], facts) for key, facts in other.uploads.items()):
        raise DisclosureError(
            f"Sales that the export of {when} (by {by}) described were removed or replaced since; the difference could "
            "show single persons. Leave earlier exports out of account (option “fresh”) if nobody who has them will "
            "see this one."
        )
