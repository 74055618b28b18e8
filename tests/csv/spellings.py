"""How dates and numbers are written all over the world, and what of a value survives each spelling."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

GERMAN = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
FRENCH = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SPANISH = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
FROM_1900, FROM_1904 = datetime.fromisoformat("1899-12-30"), datetime.fromisoformat("1904-01-01")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True)
class DateStyle:
    """How moments are written, and what of them survives.

    Attributes:
        write: moment → text.
        keep: moment → what the text still says.
        order: the answer to a question about the order; empty when there is nothing to ask.
        sure: whether no reader could take the text for another date.
        epoch: the answer to a question about day numbers.
    """

    write: Callable[[datetime], str]
    keep: Callable[[datetime], datetime]
    order: str = ""
    sure: bool = True
    epoch: str = ""


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0)


def _second(moment: datetime) -> datetime:
    return moment


def _serial(moment: datetime, first: datetime) -> float:
    return (moment - first) / timedelta(days=1)


def _styled(pattern: str, keep: Callable[[datetime], datetime] = _day, **about: object) -> DateStyle:
    return DateStyle(lambda moment: moment.strftime(pattern), keep, **about)


def _named(months: tuple[str, ...], pattern: str) -> DateStyle:
    return DateStyle(lambda m: pattern.format(day=m.day, month=months[m.month - 1], year=m.year), _day)


DATES = {
    "iso": _styled("%Y-%m-%d"),
    "iso slashes": _styled("%Y/%m/%d"),
    "iso unpadded": _styled("%Y/%-m/%-d"),
    "iso points": _styled("%Y.%m.%d"),
    "compact": _styled("%Y%m%d"),
    "iso seconds": _styled("%Y-%m-%d %H:%M:%S", _second),
    "iso T": _styled("%Y-%m-%dT%H:%M:%S", _second),
    "iso Z": _styled("%Y-%m-%dT%H:%M:%SZ", _second),
    "iso fraction": _styled("%Y-%m-%d %H:%M:%S.000", _second),
    "iso offset": _styled("%Y-%m-%d %H:%M:%S -0500", _second),
    "iso offset colon": _styled("%Y-%m-%dT%H:%M:%S+08:00", _second),
    "iso minutes": _styled("%Y-%m-%d %H:%M", _minute),
    "points": _styled("%d.%m.%Y"),
    "points unpadded": _styled("%-d.%-m.%Y"),
    "points seconds": _styled("%d.%m.%Y %H:%M:%S", _second),
    "dmy": _styled("%d/%m/%Y", order="dmy"),
    "dmy unpadded": _styled("%-d/%-m/%Y", order="dmy"),
    "dmy dashes": _styled("%d-%m-%Y", order="dmy"),
    "dmy minutes": _styled("%d/%m/%Y %H:%M", _minute, order="dmy"),
    "mdy": _styled("%m/%d/%Y", order="mdy"),
    "mdy unpadded": _styled("%-m/%-d/%Y", order="mdy"),
    "mdy dashes": _styled("%m-%d-%Y", order="mdy"),
    "mdy half days": _styled("%m/%d/%Y %I:%M:%S %p", _second, order="mdy"),
    "dmy short": _styled("%d/%m/%y", order="dmy", sure=False),
    "dmy short points": _styled("%d.%m.%y", order="dmy", sure=False),
    "mdy short": _styled("%m/%d/%y", order="mdy", sure=False),
    "mdy short unpadded": _styled("%-m/%-d/%y", order="mdy", sure=False),
    "ymd short": _styled("%y/%m/%d", order="ymd", sure=False),
    "ymd short dashes": _styled("%y-%m-%d", order="ymd", sure=False),
    "named": _styled("%d-%b-%Y"),
    "named short": _styled("%d-%b-%y", order="dmy", sure=False),
    "named glued": _styled("%d%b%Y"),
    "english": _styled("%b %-d, %Y"),
    "english long": _styled("%-d %B %Y"),
    "german": _named(GERMAN, "{day}. {month} {year}"),
    "french": _named(FRENCH, "{day} {month} {year}"),
    "spanish": _named(SPANISH, "{day} de {month} de {year}"),
    "chinese": _styled("%Y年%-m月%-d日"),
    "chinese minutes": _styled("%Y年%m月%d日 %H:%M", _minute),
    "full width": DateStyle(lambda moment: moment.strftime("%Y-%m-%d").translate(WIDE), _day),
    "serial": DateStyle(lambda m: str(int(_serial(m, FROM_1900))), _day, sure=False, epoch="1900"),
    "serial seconds": DateStyle(lambda m: f"{_serial(m, FROM_1900):.10f}", _second, sure=False, epoch="1900"),
    "serial 1904": DateStyle(lambda m: str(int(_serial(m, FROM_1904))), _day, sure=False, epoch="1904"),
}


@dataclass(frozen=True)
class NumberStyle:
    """How numbers are written."""

    decimal: str = "."
    thousands: str = ""
    negative: str = "-{}"
    money: str = "{}"
    percent: bool = False
    trimmed: bool = False

    def write(self, value: Decimal, *, is_money: bool = False, is_share: bool = False) -> str:
        if is_share and self.percent:
            return self.write(value * 100) + "%"
        whole, _, fraction = f"{abs(value):f}".partition(".")
        grouped = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", self.thousands, whole) if self.thousands else whole
        fraction = fraction.rstrip("0") if self.trimmed else fraction
        text = grouped + (self.decimal + fraction if fraction else "")
        text = self.money.format(text) if is_money else text
        return self.negative.format(text) if value < 0 else text
