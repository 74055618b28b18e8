"""People stay outside: before a table touches the disk, columns about persons go and customers become pseudonyms."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from core.base.columns import DATES, NUMBERS, REQUIRED, TIMESTAMPS
from core.base.errors import MappingError
from core.base.language import _
from core.ingest.mapping import TableMapping
from core.ingest.privacy_cells import Cleansing, cleansed, masked, withheld
from core.ingest.privacy_columns import CUSTOMER, NOTE, PersonalColumn, personal_columns
from core.ingest.privacy_values import REMOVED, censored
from core.ingest.pseudonyms import pseudonym, pseudonyms
from core.ingest.tables import RawTable

__all__ = [
    "PersonalColumn", "Screened", "censored", "masked", "personal_columns", "pseudonym", "pseudonyms", "screened",
    "without_customers",
]  # fmt: skip
OWN: Final = "own columns"
"""Platform of a table whose columns nobody but its mapping knows."""
_PERSONS: Final = frozenset({"sales", "orders"})
"""Roles whose tables tell what single persons did."""
_WORKERS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Screened:
    """A table that may be kept.

    Attributes:
        table: without columns about persons; customers are pseudonyms; refused lines name nobody.
        mapping: the same decision at the columns' new positions.
        columns: the columns about persons that were found, at their old positions: dropped, or the customers.
        masked: cells of other columns that held an identifier and were taken out.
    """

    table: RawTable
    mapping: TableMapping
    columns: tuple[PersonalColumn, ...]
    masked: int = 0
    _customer: int | None = field(default=None, repr=False)

    @property
    def dropped(self) -> tuple[str, ...]:
        """Headers of the columns that were dropped because they are about persons."""
        return tuple(entry.header for entry in self.columns if entry.column != self._customer)


def without_customers(mapping: TableMapping) -> TableMapping:
    """The same mapping without customers, whose numbers are then dropped like everything about persons."""
    return replace(mapping, fields={column: name for column, name in mapping.fields.items() if name != CUSTOMER})


def screened(table: RawTable, mapping: TableMapping, key: bytes) -> Screened:
    """The part of a table that may be kept, by its mapping.

    - Columns about persons are dropped. In a table nobody knows, so is every column that no field needs.
    - The column mapped to `customer` becomes keyed hashes, whatever it holds.
    - Cells of other columns that hold an identifier of a person are taken out; see `cleansed`.
    - Refused lines are shown only as far as they cannot name anybody.

    Args:
        table: the raw table; must not have been screened before, or its pseudonyms would be hashed again.
        mapping: which column is which field.
        key: the workspace's secret.

    Raises:
        MappingError: a column about persons is mapped to a field that would keep it as it is.
    """
    found = {entry.column: entry for entry in personal_columns(table)}
    _refuse_exposed(mapping, found)
    customer = mapping.column(CUSTOMER) if mapping.role == "sales" else None
    kept = [column for column in range(len(table.header)) if _may_stay(column, mapping, found)]
    away = tuple(entry for column, entry in found.items() if column not in kept and _is_about_persons(entry, mapping))
    hashed = (
        ()
        if customer is None
        else (found.get(customer, PersonalColumn(customer, table.header[customer], CUSTOMER, "name", 0.0)),)
    )
    persons = mapping.role in _PERSONS and bool(away or hashed)
    columns, n_masked = _cleansed(table, mapping, kept, key, persons=persons)
    rest = replace(
        table,
        header=tuple(_header(table.header[column], column) for column in kept),
        columns=columns,
        rejected=withheld(table.rejected, columns, persons=persons, role=mapping.role),
        notes=(*table.notes, *_notes(n_masked)),
    )
    moved = replace(
        mapping, fields={place: mapping.fields[column] for place, column in enumerate(kept) if column in mapping.fields}
    )
    about = tuple(sorted((*away, *hashed), key=lambda entry: entry.column))
    return Screened(rest, moved, about, n_masked, customer)


def _refuse_exposed(mapping: TableMapping, found: dict[int, PersonalColumn]) -> None:
    """Raise MappingError when names, addresses or numbers of persons would be kept as they are.

    Values alone do not decide here: single cells of a mapped column are cleansed. Towns and free text may be kept, as
    may numbers and dates, in which nobody is named.
    """
    if mapping.role not in _PERSONS:
        return
    for column, name in sorted(mapping.fields.items()):
        entry = found.get(column)
        if entry is None or name == CUSTOMER or name in NUMBERS | DATES | TIMESTAMPS:
            continue
        if entry.found_by != "values" and entry.kind not in {"place", CUSTOMER, NOTE}:
            raise MappingError(
                f"The column “{entry.header[:60]}” is about persons ({entry.kind}) and cannot be kept as {name}. "
                "Map it to customer, where it becomes a keyed hash, or leave it out."
            )


def _may_stay(column: int, mapping: TableMapping, found: dict[int, PersonalColumn]) -> bool:
    """Whether a column is kept: a field needs it, or a known export may, and it is not about persons."""
    if column in mapping.fields:
        return True
    # repairs of known exports read columns that are mapped to nothing; in other tables nothing does
    known = mapping.platform != OWN or mapping.layout == "baskets" or not _is_complete(mapping)
    return known and not (column in found and _is_about_persons(found[column], mapping))


def _is_complete(mapping: TableMapping) -> bool:
    """Whether conversion can do with the mapped columns; otherwise it refuses, and its refusal names the others."""
    return mapping.layout != "long" or set(REQUIRED[mapping.role]) <= set(mapping.fields.values())


def _is_about_persons(entry: PersonalColumn, mapping: TableMapping) -> bool:
    """Free text and numbers of customers matter only where persons bought something."""
    return mapping.role in _PERSONS or entry.kind not in {CUSTOMER, NOTE, "address", "place", "name"}


def _cleansed(
    table: RawTable, mapping: TableMapping, kept: Sequence[int], key: bytes, *, persons: bool
) -> tuple[pa.Table, int]:
    """The kept columns, named by their new positions, and the number of cells that held an identifier."""

    def one(column: int) -> tuple[pa.ChunkedArray, int]:
        texts, name = table.columns.column(column), mapping.fields.get(column, "")
        if name == CUSTOMER and mapping.role == "sales":
            return _as_texts(pseudonyms(texts, key)), 0
        return cleansed(texts, Cleansing(name, mapping.role, persons, key))

    # the work on texts frees the interpreter, so that columns are looked at side by side
    with ThreadPoolExecutor(_WORKERS) as pool:
        done = list(pool.map(one, kept))
    names = [f"c{place}" for place in range(len(kept))]
    return pa.table([texts for texts, _n in done], names=names), sum(n for _texts, n in done)


def _as_texts(hashed: Any) -> pa.ChunkedArray:
    """Pseudonyms as cells of a raw table, where a missing one is an empty text."""
    filled = pc.fill_null(hashed, "")
    return filled if isinstance(filled, pa.ChunkedArray) else pa.chunked_array([filled])


def _header(name: str, column: int) -> str:
    """A column's name, or its place where the name itself is an identifier; still unlike every other."""
    return name if masked(name) == name else f"{REMOVED} {column + 1}"


def _notes(n_masked: int) -> tuple[str, ...]:
    if not n_masked:
        return ()
    return (_("{n} cells held an address or number of a person; it was removed.").format(n=f"{n_masked:,}"),)
