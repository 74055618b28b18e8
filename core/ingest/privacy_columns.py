"""Finds the columns of a raw table that are about persons, by their names and by their values."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from core.ingest.numerals import is_missing
from core.ingest.privacy_values import Seen, seen_in
from core.ingest.privacy_words import is_customer, is_note, kind_of_header
from core.ingest.synonyms import is_known
from core.ingest.tables import RawTable

_TEXTS: Final = 5_000
"""Texts of a column that are looked at; spread over the whole file, so that no stretch of it is left out."""
_WIDE: Final = 600
_TEXTS_OF_WIDE: Final = 50
CUSTOMER: Final = "customer"
NOTE: Final = "note"


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """A column about persons.

    Attributes:
        column: index from 0.
        header: its name as shown.
        kind: what it holds: mail, phone, name, login, address, place, id_number, account, birthday, device, customer
            (the shop's own numbers of customers) or note (free text).
        found_by: "name", "values" or "both".
        share: share of its texts that look like it, 0 to 1; 0 when only the name says so.
        sure: whether its values are identifiers beyond doubt.
    """

    column: int
    header: str
    kind: str
    found_by: str
    share: float
    sure: bool = False


def personal_columns(table: RawTable) -> tuple[PersonalColumn, ...]:
    """The columns of a table that are about persons, by position.

    A name tells as much as values: names of persons look like names of brands, and a column of telephone numbers may
    go by any header. Columns that no name betrays count from the share of telling texts that `SIGNS` states, which is
    0.5 % for mail addresses.

    Args:
        table: the raw table.
    """
    found = (_judged(table, column) for column in range(len(table.header)))
    return tuple(entry for entry in found if entry is not None)


def _judged(table: RawTable, column: int) -> PersonalColumn | None:
    header = table.header[column]
    named = kind_of_header(header) or (CUSTOMER if is_customer(header) else NOTE if is_note(header) else "")
    seen = _seen(table, column, header, named)
    if seen is None:
        return PersonalColumn(column, header, named, "name", 0.0) if named else None
    # mail addresses in a column named “customer” are mail addresses
    return PersonalColumn(column, header, seen.kind, "both" if named else "values", seen.share, seen.sure)


def _seen(table: RawTable, column: int, header: str, named: str) -> Seen | None:
    """What the values show; bare digits count only where no name says that they are something else."""
    found = seen_in(*_sample(table, column))
    if found is None or found.sure or named or not is_known(header):
        return found
    return None


def _sample(table: RawTable, column: int) -> tuple[Any, Any]:
    """Distinct texts of a column that are not missing, spread evenly over the file, and how often each stands there."""
    texts = table.columns.column(column)
    wanted = _TEXTS if len(table.header) < _WIDE else _TEXTS_OF_WIDE
    if len(texts) > wanted:
        texts = texts.take(pa.array(np.linspace(0, len(texts) - 1, wanted).astype(np.int64)))
    counted = texts.value_counts()
    values, counts = counted.field("values"), counted.field("counts")
    given = pa.array([not is_missing(text) for text in values.to_pylist()], pa.bool_())
    return values.filter(given), counts.filter(given)
