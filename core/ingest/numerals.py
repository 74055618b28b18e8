"""Texts → numbers: thousands marks, decimal comma, currency signs, brackets or a trailing minus, percent."""

import re
import unicodedata
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.errors import MappingError
from core.base.types import BoolArray

MISSING: Final = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", "--", "—", "–", "nil"})
"""Texts that mean "not given" in a column of numbers or dates, in lower case."""
TRUTH: Final = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0, "是": 1.0, "否": 0.0}
"""Texts that mean 1 or 0 in a column of drivers, in lower case."""

_CURRENCY: Final = r"(?:[$€£¥₹₽₩元円]|US\$|USD|EUR|GBP|CNY|RMB|JPY|INR|AUD|CAD|CHF|HKD)"
_SHELL: Final = re.compile(rf"^([+-]?)\s*{_CURRENCY}?\s*([+-]?)\s*([\d.,' ’eE+-]*?)\s*{_CURRENCY}?\s*(-?)(%?)$")
_BODY: Final = {
    ".": re.compile(r"^(?:\d{1,3}(?:[, '’]\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d+)?$"),
    ",": re.compile(r"^(?:\d{1,3}(?:[. '’]\d{3})+|\d+)?(?:,\d*)?(?:[eE][+-]?\d+)?$"),
}
_EVIDENCE: Final = {
    ".": r"\.\d{1,2}\D*$|\.\d{4,}\D*$|(?:^|\D)0?\.\d|\d,\d{3}\.\d|\d,\d{3},\d{3}|\d{4,}\.\d|^[^,]*\.\d+[eE]",
    ",": r",\d{1,2}\D*$|,\d{4,}\D*$|(?:^|\D)0?,\d|\d\.\d{3},\d|\d\.\d{3}\.\d{3}|\d{4,},\d|^[^.]*,\d+[eE]",
}
"""What only a decimal point, or only a decimal comma, can look like."""
_UNDECIDED: Final = r"^\D*[1-9]\d{0,2}[.,]\d{3}\D*$"


def parse(text: str, decimal: str = ".") -> float | None:
    """The number a text stands for; None when it is none.

    Args:
        text: e.g. "1,234.50", "(12.50)", "4.50-", "12.5%", "€ 3".
        decimal: "." or ",".

    Returns:
        The number; percent as a fraction.

    Example:
        >>> [parse("(1,234.50)"), parse("4,50-", ","), parse("12.5%"), parse("A-17")]
        [-1234.5, -4.5, 0.125, None]
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    bracketed = plain.startswith("(") and plain.endswith(")")
    shell = _SHELL.match(plain[1:-1] if bracketed else plain)
    if shell is None:
        return None
    before, after, body, behind, percent = shell.groups()
    signs = [sign for sign in (before, after, behind) if sign]
    if len(signs) + bracketed > 1 or not _BODY[decimal].match(body) or not re.match(r"[.,]?\d", body):
        return None
    # thousands marks stand in groups of three, which the pattern has made sure of
    other = "," if decimal == "." else "."
    number = float(re.sub(r"[ '’]", "", body.replace(other, "")).replace(",", "."))
    negative = bracketed or "-" in signs
    return (-number if negative else number) / (100.0 if percent else 1.0)


def is_missing(text: str) -> bool:
    """Whether a text means "not given" in a column of numbers or dates."""
    return text.strip().lower() in MISSING


def looks_numeric(text: str) -> bool:
    """Whether a text is a number under either decimal mark."""
    return parse(text, ".") is not None or parse(text, ",") is not None


def decimal_mark(texts: Any, wanted: str = "") -> str:
    """The decimal mark of texts, by what only one of the two marks can look like.

    Args:
        texts: distinct texts of all number columns of the table, pyarrow strings.
        wanted: the user's choice; empty to find out.

    Returns:
        "." or ",".

    Raises:
        MappingError: every value fits both readings, such as 1.500.
    """
    if wanted:
        if wanted not in _BODY:
            raise MappingError(f"The decimal mark must be “.” or “,”; “{wanted[:20]}” was given.")
        return wanted
    # both marks may seem proven when single cells are broken: the majority decides, the rest is set aside
    votes = {mark: _count(texts, pattern) for mark, pattern in _EVIDENCE.items()}
    if votes["."] or votes[","]:
        return "." if votes["."] >= votes[","] else ","
    undecided = texts.filter(pc.match_substring_regex(texts, _UNDECIDED))
    if len(undecided):
        text = undecided[0].as_py().strip()
        small, large = re.sub(r"[.,]", ".", text), re.sub(r"[.,]", "", text)
        raise MappingError(
            f"“{text[:40]}” can be {small[:40]} or {large[:40]}. Choose the decimal mark (option “decimal”)."
        )
    return "."


def _count(texts: Any, pattern: str) -> int:
    return int(pc.sum(pc.match_substring_regex(texts, pattern)).as_py() or 0)


def distinct(column: pa.ChunkedArray) -> tuple[Any, Any]:
    """The distinct texts of a column and each row's place among them."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return encoded.dictionary, encoded.indices


def numbers(column: pa.ChunkedArray, decimal: str, *, truths: bool = False) -> tuple[Any, BoolArray]:
    """A column of texts as numbers.

    Args:
        column: texts, shape (n_rows,).
        decimal: "." or ",".
        truths: whether TRUE and FALSE count as 1 and 0.

    Returns:
        Numbers (null = not given or not a number), and which rows hold a text that is no number; shape (n_rows,).
    """
    texts, places = distinct(column)
    values, bad = _all_plain(texts) if decimal == "." else (None, None)
    if values is None or bad is None:
        values, bad = _one_by_one(texts.to_pylist(), decimal, truths=truths)
    return pc.take(values, places), bad[places.to_numpy(zero_copy_only=False)]


def _all_plain(texts: Any) -> tuple[Any, BoolArray | None]:
    """The quick way for columns without marks, signs or gaps; (None, None) otherwise."""
    plain = pc.all(pc.match_substring_regex(texts, r"^-?\d{1,15}(?:\.\d{1,15})?$"), min_count=0).as_py()
    return (pc.cast(texts, pa.float64()), np.zeros(len(texts), bool)) if plain else (None, None)


def _one_by_one(texts: list[str], decimal: str, *, truths: bool) -> tuple[Any, BoolArray]:
    values: list[float | None] = []
    bad = np.zeros(len(texts), bool)
    for i, text in enumerate(texts):
        value = TRUTH.get(text.strip().lower()) if truths else None
        value = parse(text, decimal) if value is None else value
        # “inf” and “1e999” are no quantities
        if value is None or not np.isfinite(value):
            bad[i] = not is_missing(text)
            value = None
        values.append(value)
    return pa.array(values, pa.float64()), bad
