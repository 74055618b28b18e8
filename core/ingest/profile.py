"""What the values of a column look like, judged on its first rows."""

import re
from collections.abc import Callable
from functools import cached_property
from typing import Final

from core.ingest import dates, numerals
from core.ingest.tables import RawTable

_ROWS: Final = 200
_JUDGED: Final = 40  # distinct values that decide what a column holds
_DASHES: Final = frozenset({"-", "--", "–", "—"})
_NARROW: Final = 600
_WHOLE: Final = re.compile(r"^[+-]?\d{1,9}(?:[.,]0+)?$")
_CENTS: Final = re.compile(r"\d[.,](?!00$)\d\d$")


class Profile:
    """The columns of a raw table and what their values look like."""

    def __init__(self, table: RawTable) -> None:
        self.header = table.header
        self._table = table
        self._values: dict[int, list[str]] = {}
        self._shares: dict[tuple[int, Callable[[str], bool]], float] = {}

    @cached_property
    def _rows(self) -> int:
        """Fewer rows of very wide tables, so that judging them stays quick."""
        return _ROWS if len(self.header) < _NARROW else 20

    def values(self, column: int) -> list[str]:
        """Distinct texts of the first rows that are not missing."""
        # several roles ask about the same column
        if column not in self._values:
            texts = self._table.head(column, self._rows)
            self._values[column] = list(dict.fromkeys(text for text in texts if not numerals.is_missing(text)))[
                :_JUDGED
            ]
        return self._values[column]

    def missing_share(self, column: int) -> float:
        """Share of the first rows that are missing."""
        texts = self._table.head(column, self._rows)
        return sum(map(numerals.is_missing, texts)) / max(len(texts), 1)

    def has_dashes(self, column: int) -> bool:
        """Whether a dash stands for some of the first rows, as bookkeepers write it for nothing."""
        return any(text.strip() in _DASHES for text in self._table.head(column, self._rows))

    def dated(self, column: int) -> float:
        """Share of values that are dates."""
        return self._share(column, dates.looks_dated)

    def serial(self, column: int) -> float:
        """Share of values that are dates or Excel day numbers."""
        return self._share(column, _is_serial)

    def numeric(self, column: int) -> float:
        """Share of values that are numbers, or TRUE and FALSE."""
        return self._share(column, _is_numeric)

    def cents(self, column: int) -> float:
        """Share of values that are numbers with two decimals, as money has; whole numbers written 5.00 are not."""
        return self._share(column, _has_cents)

    def whole(self, column: int) -> float:
        """Share of values that are whole numbers, 5.0 included."""
        return self._share(column, _is_whole)

    def repeated(self, column: int) -> float:
        """Share of the first rows whose value stood in an earlier row; 0 when there are none."""
        texts = [text for text in self._table.head(column, self._rows) if not numerals.is_missing(text)]
        return 1.0 - len(set(texts)) / len(texts) if texts else 0.0

    def _share(self, column: int, test: Callable[[str], bool]) -> float:
        # several roles ask the same about the same column
        if (column, test) not in self._shares:
            values = self.values(column)
            self._shares[column, test] = sum(map(test, values)) / len(values) if values else 0.0
        return self._shares[column, test]


def _is_serial(text: str) -> bool:
    return dates.looks_dated(text) or dates.parse(text) is not None


def _is_numeric(text: str) -> bool:
    return numerals.looks_numeric(text) or text.strip().lower() in numerals.TRUTH


def _has_cents(text: str) -> bool:
    return bool(_CENTS.search(text.strip())) and numerals.looks_numeric(text)


def _is_whole(text: str) -> bool:
    return bool(_WHOLE.match(text.strip()))
