"""Questions about files that only the user can answer: their words, and which of them a message asks."""

import re
from collections.abc import Collection
from typing import Final

from core.base.language import _

_ASKING: Final = {
    "encoding": r"option encoding|[Cc]hoose (?:the|another) encoding",
    "delimiter": r"[Cc]heck the delimiter|separated by , ; TAB",
    "layout": r"layout “baskets”",
    "header_line": r"header_line|header is unclear|^No header:",
    "date_order": r"date_order|day-first",
    "decimal": r"decimal mark",
    "start_date": r"start_date",
    "counter": r"counter “",
    "packs": r"packs “",
    "epoch": r"epoch “",
}
"""How messages name the answer they want; the command line takes it under the same name."""


def asked(texts: Collection[str]) -> frozenset[str]:
    """Names of the answers that messages ask for."""
    return frozenset(name for name, pattern in _ASKING.items() if any(re.search(pattern, text) for text in texts))


def in_words(text: str) -> str:
    """A message with its answers named as the controls name them, not as the command line does.

    Example:
        >>> in_words("Choose packs “pieces” to count its pieces.")
        'Choose “Lines named as packs count”: “Pieces” to count its pieces.'
    """
    found = re.sub(r" \(option [“”\w]+\)", "", text)
    for name, (label, labels) in choices().items():
        if f" {name} “" in found:
            for answer, words in labels.items():
                found = found.replace(f"“{answer}”", f"“{words}”")
            found = found.replace(f" {name} “", f" “{label}”: “")
    for name, label in (("header_line", _("Line of the header")), ("start_date", _("First day of the first column"))):
        found = re.sub(rf"\b{name}\b", f"“{label}”", found)
    return found


def choices() -> dict[str, tuple[str, dict[str, str]]]:
    """Each question with its words: name → label, and answer → words; the first answer leaves it to the program."""
    return {
        "encoding": (_("Encoding of the text"), _encodings()),
        "delimiter": (
            _("Fields are separated by"),
            {"": _("Find out"), ",": _("Comma"), ";": _("Semicolon"), "\t": _("Tab"), "|": _("Bar")},
        ),
        "layout": (
            _("Each row is"),
            {"": _("As the columns show"), "baskets": _("A basket, or one item of an order")},
        ),
        "date_order": (
            _("Order of day and month"),
            {
                "": _("As the dates show"), "dmy": _("Day first: 31/12/2026"), "mdy": _("Month first: 12/31/2026"),
                "ymd": _("Year first: 2026/12/31"),
            },
        ),
        "decimal": (
            _("Decimal mark"),
            {"": _("As the numbers show"), ".": _("Point: 1,234.50"), ",": _("Comma: 1.234,50")},
        ),
        "counter": (
            _("A counter that only grows?"),
            {
                "": _("Ask if it looks like one"), "difference": _("Yes: count the difference of two readings"),
                "as_is": _("No: these are units sold"),
            },
        ),
        "packs": (
            _("Lines named as packs count"),
            {"": _("Pieces, where sold singly too"), "pieces": _("Pieces"), "packs": _("Packs")},
        ),
        "epoch": (
            _("Day numbers count from"),
            {"": _("1900, as usual"), "1900": _("1900"), "1904": _("1904 (old Mac workbooks)")},
        ),
    }  # fmt: skip


def _encodings() -> dict[str, str]:
    names = {
        "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE",
        "gb18030": "GB18030 (GBK)", "big5": "Big5", "shift_jis": "Shift-JIS", "cp1252": "cp1252", "cp1250": "cp1250",
        "cp1251": "cp1251", "latin-1": "Latin-1", "euc_kr": "EUC-KR", "euc_jp": "EUC-JP",
    }  # fmt: skip
    return {"": _("Find out")} | names


def conflict_labels() -> dict[str, str]:
    """What may happen to rows that are stored already: choice → words."""
    return {
        "append": _("Add what is new"),
        "replace": _("Replace what overlaps"),
        "replace_all": _("Replace everything"),
        "skip": _("Keep what is stored"),
        "add": _("Add all rows up"),
    }
