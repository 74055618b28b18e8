"""The language of user-visible texts: English is the source, other catalogues are looked up by gettext."""

import gettext
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

CATALOGUES: Final = Path(__file__).parent / "locale"
_language: ContextVar[str] = ContextVar("language", default="en")


def use(language: str) -> None:
    """Show texts in this language from now on, in this thread of work."""
    _language.set(language)


def current() -> str:
    """The language in use, e.g. "en" or "zh_CN"."""
    return _language.get()


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("stockcast", CATALOGUES, languages=[language], fallback=True)


def _(text: str) -> str:
    """The text in the language in use."""
    return _catalogue(current()).gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    """The singular or plural text for n, in the language in use."""
    return _catalogue(current()).ngettext(one, many, n)


def day(moment: Any) -> str:
    """A date as the language writes it.

    Args:
        moment: of Python or numpy, with or without a time.

    Example:
        >>> day(np.datetime64("2026-04-03")), day(date(2026, 4, 3))
        ('3 Apr 2026', '3 Apr 2026')
    """
    # loaded when the first date is shown: the parser of uploads starts without it
    from babel.dates import format_date

    plain: date = np.datetime64(moment, "D").astype(date)
    return str(format_date(plain, "d MMM y", locale=current()))


def local(moment: datetime) -> datetime:
    """A time of the store (UTC) on this machine's clock, without a zone."""
    return moment.replace(tzinfo=UTC).astimezone().replace(tzinfo=None)


def minute(moment: datetime) -> str:
    """A time of the store (UTC) on this machine's clock in words, e.g. “3 Apr 2026 14:05”."""
    here = local(moment)
    return f"{day(here)} {here:%H:%M}"
