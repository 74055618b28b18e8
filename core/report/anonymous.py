"""Sales by groups in which nobody can be singled out: groups of too few persons are held back, and what betrays them.

A group of fewer than k persons is not shown (k-anonymity, Sweeney 2002). That alone is not enough: a reader who knows
a total subtracts the groups that are shown. So more groups are held back until, within every total that rows of the
table add up to, those held back are k persons or more together (complementary suppression, Willenborg and de Waal
2001, chapter 4). The same holds for what was added since an earlier export, because the difference of two exports can
be taken as well; and for what was added or held back then, because groups that were shown then hide nobody now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np
import pandas as pd

from core.base.errors import ParameterError
from core.base.types import BoolArray, IntArray, frozen

TIMES: Final = ("day", "week", "month")
GROUPINGS: Final = (*TIMES, "location", "channel", "category", "sku")
"""What sales may be grouped by."""
LEAST: Final = 5
"""Persons below which no group is ever shown."""
_MOST_COLUMNS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class AnonymousSales:
    """Sales by groups of k persons or more.

    Attributes:
        table: one row per group shown: the columns chosen, then `lines`, `units` and `revenue` (money, NaN where no
            line has a price).
        columns: what is grouped by.
        k: persons every group has at least.
        groups: groups there are.
        suppressed: groups held back.
        suppressed_lines: sales lines in them.
        shown: which groups are shown, sorted by the columns, shape (groups,).
    """

    table: pd.DataFrame
    columns: tuple[str, ...]
    k: int
    groups: int
    suppressed: int
    suppressed_lines: int
    shown: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Who bought in which cell; one entry per cell and person.

    Attributes:
        cell: cell of each entry, shape (n,).
        person: number of the person, or of the order where nobody knows the person, shape (n,).
        known: whether the person is known, shape (n,).
        present: which cells have sales at all, by whomever, shape (n_cells,).
    """

    cell: IntArray
    person: IntArray
    known: BoolArray
    present: BoolArray

    def only(self, cells: BoolArray) -> "_Rows":
        """The entries of some cells; `cells` is of shape (n_cells,)."""
        chosen = cells[self.cell]
        return replace(self, cell=self.cell[chosen], person=self.person[chosen], known=self.known[chosen])

    def persons(self, groups: IntArray, n_groups: int) -> IntArray:
        """Persons in each group, at least.

        Orders without a customer may all belong to those who are known, so that the greater of the two numbers counts,
        not their sum.

        Args:
            groups: group of each cell, shape (n_cells,).
            n_groups: how many groups there are.
        """
        owners = groups[self.cell]
        counts = [_distinct(owners[mask], self.person[mask], n_groups) for mask in (self.known, ~self.known)]
        return np.maximum(*counts)


def _distinct(groups: IntArray, members: IntArray, n_groups: int) -> IntArray:
    """Distinct members of each group, shape (n_groups,)."""
    width = int(members.max()) + 1 if members.size else 1
    pairs = np.unique(groups * width + members)
    return np.bincount(pairs // width, minlength=n_groups).astype(np.int64)


def checked(columns: Sequence[str], k: int) -> tuple[str, ...]:
    """The columns in their usual order.

    Raises:
        ParameterError: no column, too many or unknown ones, two of time, or a k below 5.
    """
    chosen = tuple(name for name in GROUPINGS if name in columns)
    times = [name for name in chosen if name in TIMES]
    if not chosen or len(chosen) != len(columns) or len(chosen) > _MOST_COLUMNS or len(times) > 1:
        raise ParameterError(
            f"Sales are grouped by one to {_MOST_COLUMNS} of {', '.join(GROUPINGS)}, with one of day, week and month "
            f"at most; {', '.join(columns)[:120] or 'nothing'} was given. Choose among them."
        )
    if k < LEAST:
        raise ParameterError.outside("k", k, low=LEAST, high="any number", unit="persons")
    return chosen


def nested(columns: Sequence[str], others: Sequence[str]) -> bool:
    """Whether one of two groupings adds up to the other, so that both together tell no more than the finer one.

    Example:
        >>> nested(["day", "sku"], ["month"]), nested(["week"], ["month"])
        (True, False)
    """
    one, two = _levels(columns), _levels(others)
    return one <= two or two <= one


def _levels(columns: Iterable[str]) -> set[str]:
    # weeks do not add up to months
    return set(columns) | ({"week", "month"} if "day" in columns else set())


def finest(groupings: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The grouping that all the others are sums of.

    Args:
        groupings: one or more, any two of them `nested`.
    """
    return tuple(max(groupings, key=lambda columns: len(_levels(columns))))


def anonymous(sales: pd.DataFrame, columns: Sequence[str], k: int, parts: Sequence[BoolArray] = ()) -> AnonymousSales:
    """Sales by groups, those in which somebody could be singled out held back.

    Args:
        sales: one row per group, or finer, and person: the columns, `customer` (None where nobody knows), `order_id`,
            `lines`, `units`, `revenue`. A row with neither customer nor order counts for nobody.
        columns: as `checked` returns them.
        k: persons every group must have.
        parts: rows that earlier exports allow to be told from the rest, each of shape (n_rows,): what has come since,
            and what has come since or was held back then. The same is demanded of them as of all rows.
    """
    cell, cells = _cells(sales, columns)
    sets = [_rows(sales.loc[part], cell[part], len(cells)) for part in parts]
    hidden = _held_back(cells, [_rows(sales, cell, len(cells)), *sets], k)
    sums = sales.groupby(cell)[["lines", "units"]].sum()
    revenue = sales.groupby(cell)["revenue"].sum(min_count=1)
    table = pd.concat([cells, sums, revenue], axis=1)
    table["lines"] = table["lines"].astype(np.int64)
    lines = int(table.loc[hidden, "lines"].sum())
    shown = table.loc[~hidden].reset_index(drop=True)
    return AnonymousSales(shown, tuple(columns), k, len(cells), int(hidden.sum()), lines, frozen(~hidden))


def held_back(sales: pd.DataFrame, columns: Sequence[str], shown: BoolArray) -> BoolArray:
    """Which rows lie in groups that an earlier export of them did not show, shape (n_rows,).

    Args:
        sales: the rows it was made from.
        columns: what it was grouped by.
        shown: see AnonymousSales; where it does not fit the groups there are, all count as shown.
    """
    cell, cells = _cells(sales, columns)
    return ~shown[cell] if shown.size == len(cells) else np.zeros(len(sales), bool)


def _cells(sales: pd.DataFrame, columns: Sequence[str]) -> tuple[IntArray, pd.DataFrame]:
    """The cell of each row, shape (n_rows,), and the cells in their order, shape (n_cells, n_columns)."""
    keys = pd.DataFrame({name: sales[name].fillna("") for name in columns})
    cell = keys.groupby(list(columns), sort=True).ngroup().to_numpy()
    return cell, keys.drop_duplicates().sort_values(list(columns), ignore_index=True)


def _rows(sales: pd.DataFrame, cell: IntArray, n_cells: int) -> _Rows:
    known = sales["customer"].notna().to_numpy()
    person = np.where(known, pd.factorize(sales["customer"])[0], pd.factorize(sales["order_id"])[0])
    counted = person >= 0
    present = np.bincount(cell, minlength=n_cells) > 0
    return _Rows(cell[counted], person[counted].astype(np.int64), known[counted], present)


def _held_back(cells: pd.DataFrame, sets: Sequence[_Rows], k: int) -> BoolArray:
    """Which cells are not shown, shape (n_cells,)."""
    own = np.arange(len(cells))
    sizes = [rows.persons(own, len(cells)) for rows in sets]
    # nobody learns from a difference of nothing: what was added counts only where something was added
    hidden = np.any([rows.present & (size < k) for rows, size in zip(sets, sizes, strict=True)], axis=0)
    totals = _totals(cells)
    while True:
        more = np.zeros(len(cells), bool)
        for groups in totals:
            for rows, size in zip(sets, sizes, strict=True):
                more |= _needed(rows, size, groups, hidden | more, k)
        if not more.any():
            return hidden
        hidden |= more


def _totals(cells: pd.DataFrame) -> list[IntArray]:
    """Every total that the cells add up to: the group of each cell, shape (n_cells,), per total."""
    choices: list[list[pd.Series | None]] = []
    for name in cells.columns:
        levels: list[pd.Series | None] = [cells[name], None]
        if name == "day":
            days = pd.to_datetime(cells[name])
            levels += [days.dt.to_period("W"), days.dt.to_period("M")]
        choices.append(levels)
    found = []
    for parts in product(*choices):
        given = [part.rename(str(place)) for place, part in enumerate(parts) if part is not None]
        if given:
            found.append(pd.concat(given, axis=1).groupby([part.name for part in given]).ngroup().to_numpy())
        else:
            found.append(np.zeros(len(cells), np.int64))
    return found


def _needed(rows: _Rows, size: IntArray, groups: IntArray, hidden: BoolArray, k: int) -> BoolArray:
    """The smallest shown cell of each total whose hidden cells have fewer than k persons together.

    Args:
        rows: who bought where.
        size: persons of each cell, shape (n_cells,).
        groups: total that each cell belongs to, shape (n_cells,).
        hidden: cells that are not shown so far, shape (n_cells,).
        k: persons needed.
    """
    n_groups = int(groups.max()) + 1 if groups.size else 0
    together = rows.only(hidden).persons(groups, n_groups)
    concerned = np.bincount(groups[hidden & rows.present], minlength=n_groups) > 0
    short = concerned & (together < k)
    candidates = np.flatnonzero(short[groups] & ~hidden & (size > 0))
    # of each total the first after sorting by size
    candidates = candidates[np.argsort(size[candidates], kind="stable")]
    _group, first = np.unique(groups[candidates], return_index=True)
    needed = np.zeros(groups.size, bool)
    needed[candidates[first]] = True
    return needed
