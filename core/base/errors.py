"""The errors a user can cause: each text says what was expected, what was found and what to do."""

from collections.abc import Sequence
from typing import Self


def examples(found: Sequence[str], limit: int = 3) -> str:
    """Up to `limit` of the culprits, and how many more there are."""
    shown = ", ".join(found[:limit])
    more = len(found) - limit
    return f"{shown} and {more:,} more" if more > 0 else shown


class DemandError(ValueError):
    """Root of every mistake a user can make; pages and the command line print its text as it is."""


class FileFormatError(DemandError):
    """A file cannot be read as a table of the role wanted."""


class MappingError(DemandError):
    """Columns of a file do not cover what its role needs, or a choice must be made by the user."""


class StoreError(DemandError):
    """The store refuses: locked, damaged, newer than the program, or a change was made meanwhile."""


class ChangedMeanwhileError(StoreError):
    """What a user looked at when deciding was changed by somebody else meanwhile."""


class NoDataError(DemandError):
    """A question was asked that needs data which is not there yet."""


class ParameterError(DemandError):
    """A setting lies outside what it may be."""

    @classmethod
    def outside(cls, name: str, value: object, *, low: object, high: object, unit: str = "") -> Self:
        """Text for a value outside its range."""
        suffix = f" {unit}" if unit else ""
        return cls(
            f"{name} must lie between {low} and {high}{suffix}; {value} was given. Choose a value in that range."
        )


class InsufficientHistoryError(DemandError):
    """Some SKUs have too few periods for the method."""

    @classmethod
    def for_skus(cls, method: str, needed: int, skus: Sequence[str]) -> Self:
        """Text naming the SKUs that are too short."""
        return cls(
            f"{method} needs at least {needed} periods of history; {len(skus):,} SKUs have fewer, e.g. "
            f"{examples(list(skus))}. Leave them out or choose a method for short histories."
        )


class InfeasibleTermsError(DemandError):
    """Supply terms contradict one another or are impossible."""


class CancelledError(DemandError):
    """The user stopped the work; nothing of it was stored."""
