"""Likely mends for keys that meet no sales: the same code spelled otherwise, the same product name, a barcode."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np
import pandas as pd

from core.base.language import _
from core.workflows.meeting import LOCATION, SKU, SUPPLIER, unmet

COLUMNS: Final = ["kind", "old", "new", "confidence", "reason", "rows", "units", "money"]
NAME_CONFIDENCE: Final = 0.7
"""Of two codes with one product name: variants of a product often share it."""
BARCODE_CONFIDENCE: Final = 0.8
_DECIMALS: Final = re.compile(r"\.0+$")
_MARKS: Final = re.compile(r"[\W_]+")
_GTIN_LENGTHS: Final = frozenset({7, 11, 12, 13})
"""Digits of a GTIN-8, -12, -13 or -14 without its check digit."""


def _same_letters(code: str) -> str:
    return "".join(unicodedata.normalize("NFKC", code).casefold().split())


def _without_decimals(code: str) -> str:
    return _DECIMALS.sub("", _same_letters(code))


def _without_marks(code: str) -> str:
    return _MARKS.sub("", _without_decimals(code))


def _without_zeros(code: str) -> str:
    return _without_marks(code).lstrip("0")


_SPELLINGS: Final[tuple[tuple[Callable[[str], str], float, str], ...]] = (
    (_same_letters, 0.98, "The same but for upper and lower case, width or blanks"),
    (_without_decimals, 0.95, "The same but for “.0”, as spreadsheets write numbers"),
    (_without_marks, 0.92, "The same but for dashes and other marks"),
    (_without_zeros, 0.90, "The same but for leading zeros"),
)
"""What is left out of two codes before they are compared, each step on top of the one before; the surest first."""


def suggest(unmatched: pd.DataFrame, named: pd.DataFrame, sold: pd.DataFrame) -> pd.DataFrame:
    """Mends for what meets no sales, and for sold codes that differ in spelling only; nothing is changed.

    A mend is offered only where it is the only one: a code that fits two SKUs is left to the planner.

    Args:
        unmatched: keys that meet no sales.
        named: keys of all files beside the sales.
        sold: SKUs and locations with sales.

    Returns:
        kind, old, new, confidence, reason, rows, units, money; the surest first.
    """
    weight = sold.groupby("sku")["units"].sum()
    suppliers = named.loc[named["role"].isin(["products", "orders"]), "supplier"].dropna()
    found = [(SKU, *each) for each in _sku_mends(unmatched, sold, weight)]
    found += [(LOCATION, *each) for each in _respelled(unmet(unmatched, LOCATION), set(sold["location"]))]
    found += [(SUPPLIER, *each) for each in _respelled(unmet(unmatched, SUPPLIER), set(suppliers))]
    table = pd.DataFrame(found, columns=COLUMNS[:5])
    stakes = _stakes(unmatched, sold)
    for column in COLUMNS[5:]:
        table[column] = [
            stakes.get((kind, old), {}).get(column, np.nan)
            for kind, old in zip(table["kind"], table["old"], strict=True)
        ]
    order = ["confidence", "money", "units"]
    return table.sort_values(order, ascending=False, kind="stable", ignore_index=True)


Mend = tuple[str, str, float, str]


def _sku_mends(unmatched: pd.DataFrame, sold: pd.DataFrame, weight: "pd.Series[float]") -> list[Mend]:
    strangers = unmet(unmatched, SKU)
    found = {each[0]: each for each in _named_alike(unmatched, sold)}
    found |= {each[0]: each for each in _barcodes(strangers, set(weight.index))}
    found |= {each[0]: each for each in _respelled(strangers, set(weight.index))}
    return [*found.values(), *_twins(weight)]


def _respelled(strangers: Iterable[str], known: set[str]) -> list[Mend]:
    """Codes that are known under another spelling."""
    left, found = list(strangers), []
    for fold, confidence, reason in _SPELLINGS:
        targets = _by_fold(sorted(known), fold)
        mended = {code: targets[fold(code)] for code in left if fold(code) and len(targets.get(fold(code), ())) == 1}
        found += [(code, only, confidence, _(reason)) for code, (only,) in mended.items()]
        left = [code for code in left if code not in mended]
    return found


def _by_fold(codes: Iterable[str], fold: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for code in codes:
        groups.setdefault(fold(code), []).append(code)
    return groups


def _twins(weight: "pd.Series[float]") -> list[Mend]:
    """Sold codes that differ in spelling only; what sold less is the other spelling of what sold more."""
    ranked = weight.sort_values(ascending=False, kind="stable").index.tolist()
    found: dict[str, Mend] = {}
    for fold, confidence, reason in _SPELLINGS[:2]:
        for folded, codes in _by_fold((code for code in ranked if code not in found), fold).items():
            if folded:
                found |= {code: (code, codes[0], confidence, _(reason)) for code in codes[1:]}
    return list(found.values())


def _named_alike(unmatched: pd.DataFrame, sold: pd.DataFrame) -> list[Mend]:
    """Codes of product files whose name exactly one sold SKU has, and no other code of the files."""
    names = unmatched[(unmatched["kind"] == SKU) & unmatched["product_name"].notna()].drop_duplicates("sku")
    strangers = _by_name(dict(zip(names["sku"], names["product_name"], strict=True)))
    of_sales = sold[sold["product_name"].notna()].drop_duplicates("sku")
    known = _by_name(dict(zip(of_sales["sku"], of_sales["product_name"], strict=True)))
    reason = _("The same product name")
    return [
        (codes[0], known[name][0], NAME_CONFIDENCE, reason)
        for name, codes in strangers.items()
        if name and len(codes) == 1 and len(known.get(name, ())) == 1
    ]


def _by_name(names: Mapping[str, str]) -> dict[str, list[str]]:
    return {
        name: [code for code, _name in group]
        for name, group in _grouped((code, _same_letters(text)) for code, text in names.items()).items()
    }


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for pair in pairs:
        groups.setdefault(pair[1], []).append(pair)
    return groups


def _barcodes(strangers: Iterable[str], known: set[str]) -> list[Mend]:
    """Barcodes that lack their check digit on one of the two sides."""
    reason = _("The same barcode with and without its check digit")
    shortened = _by_fold(sorted(known), lambda code: code[:-1] if _with_check_digit(code[:-1]) == code else "")
    found = []
    for code in strangers:
        longer = _with_check_digit(code)
        full = [longer] if longer in known else []
        shorter = [code[:-1]] if code[:-1] in known and _with_check_digit(code[:-1]) == code else []
        if len(targets := {*full, *shorter, *(shortened.get(code, []) if code else [])}) == 1:
            found.append((code, targets.pop(), BARCODE_CONFIDENCE, reason))
    return found


def _with_check_digit(digits: str) -> str:
    """A GTIN with its check digit, "" when it is none (GS1 General Specifications, section 7.9)."""
    if len(digits) not in _GTIN_LENGTHS or not (digits.isascii() and digits.isdigit()):
        return ""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


def _stakes(unmatched: pd.DataFrame, sold: pd.DataFrame) -> dict[tuple[str, str], dict[str, float]]:
    """Rows, units and money of every key that could be mended."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    sums = {"rows": "sum", "units": "sum", "money": "sum"}
    for key, values in sold.groupby("sku").agg(sums).to_dict("index").items():
        found[SKU, str(key)] = values
    for kind, column in ((SKU, "sku"), (LOCATION, "location"), (SUPPLIER, "supplier")):
        own = unmatched[unmatched["kind"] == kind]
        for key, values in own.groupby(column).agg(sums).to_dict("index").items():
            found[kind, str(key)] = values
    return found
