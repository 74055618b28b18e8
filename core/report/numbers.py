"""Numbers, money, dates and shares as the reader writes them; what is undefined stays blank."""

import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import pandas as pd
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent

from core.base import language
from core.base.language import current, local, minute

__all__ = [
    "BLANK", "change", "compact", "day", "local", "minute", "money", "number", "percent", "today", "undefined",
]  # fmt: skip
BLANK: Final = "–"


def undefined(value: Any) -> bool:
    """Whether there is no number to show."""
    return value is None or (isinstance(value, float | np.floating) and not math.isfinite(value))


def number(value: float | None, digits: int = 0) -> str:
    """A number with the locale's separators.

    Example:
        >>> number(12345.678, 1), number(-0.3), number(None)
        ('12,345.7', '0', '–')
    """
    if undefined(value):
        return BLANK
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    return _signed(round(float(value or 0), digits), lambda each: format_decimal(each, pattern, locale=current()))


def _signed(value: float, write: Callable[[float], str]) -> str:
    """The number as written, but no minus before what is written as 0."""
    text = write(value)
    return str(text if any(digit in text for digit in "123456789") else write(0.0))


def compact(value: float | None) -> str:
    """A large number in short form.

    Example:
        >>> compact(1_234_567)
        '1.2M'
    """
    if undefined(value):
        return BLANK
    return str(
        format_compact_decimal(
            float(value or 0), fraction_digits=1 if abs(float(value or 0)) >= 1000 else 0, locale=current()
        )
    )


def money(value: float | None, currency: str, digits: int = 0) -> str:
    """An amount with its currency.

    Example:
        >>> money(1234.5, "USD")
        '$1,234'
    """
    if undefined(value):
        return BLANK
    pattern = "¤#,##0.00" if digits else "¤#,##0"
    return _signed(
        float(value or 0),
        lambda each: format_currency(each, currency, pattern, locale=current(), currency_digits=False),
    )


def percent(share: float | None, digits: int = 1) -> str:
    """A fraction as percent.

    Example:
        >>> percent(0.9512)
        '95.1%'
    """
    if undefined(share):
        return BLANK
    pattern = f"#,##0.{'0' * digits}%" if digits else "#,##0%"
    return _signed(float(share or 0), lambda each: format_percent(each, pattern, locale=current()))


def change(share: float | None, digits: int = 1) -> str:
    """A growth as percent, with its sign.

    Example:
        >>> change(0.25), change(-0.1), change(None)
        ('+25.0%', '-10.0%', '–')
    """
    grown = not undefined(share) and float(share or 0) >= 0
    return f"+{percent(share, digits)}" if grown else percent(share, digits)


def day(value: Any) -> str:
    """A date, e.g. “3 Apr 2026”; blank when there is none: None, or the missing date of numpy or pandas."""
    return BLANK if pd.isna(value) else language.day(value)


def today() -> date:
    """The day by this machine's clock."""
    return datetime.now().astimezone().date()
