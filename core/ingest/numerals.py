"""Texts → numbers: thousands marks, decimal comma, currency signs, brackets or a trailing minus, percent."""

import re
from collections import Counter
from decimal import Decimal
from functools import reduce
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.errors import MappingError
from core.base.types import BoolArray, FloatArray

MISSING: Final = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", "--", "—", "–", "nil"})
"""Texts that mean "not given" in a column of numbers or dates, in lower case."""
TRUTH: Final = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0, "是": 1.0, "否": 0.0}
"""Texts that mean 1 or 0 in a column of drivers, in lower case."""
LARGEST: Final = 1e15
"""A larger number is an identifier in the wrong column: as a number it would lose digits."""
_FEWEST_AGAINST: Final = 2
"""Distinct numbers that make a chosen decimal mark doubtful."""

# full-width forms and the spaces of typesetters; wider Unicode folding would turn “5²” into 52
_FOLDED: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    **dict.fromkeys((0x00A0, 0x2007, 0x2009, 0x202F, 0x3000), " "), ord("−"): "-", ord("￥"): "¥", ord("￡"): "£",
    ord("’"): "'",
}  # fmt: skip
_MARKS: Final = {
    **dict.fromkeys(("$", "US$", "USD"), "$"), **dict.fromkeys(("€", "EUR"), "€"), **dict.fromkeys(("£", "GBP"), "£"),
    # Shift-JIS has the yen sign where others have the backslash
    **dict.fromkeys(("¥", "元", "CNY", "RMB", "\\"), "¥"), **dict.fromkeys(("円", "JPY"), "円"),
    **dict.fromkeys(("₹", "INR"), "₹"), **dict.fromkeys(("R$", "BRL"), "R$"), **dict.fromkeys(("zł", "PLN"), "zł"),
    **{mark: mark for mark in ("₽", "₩", "₺", "AUD", "CAD", "CHF", "HKD", "SGD", "SEK", "NOK", "DKK", "CZK", "MXN")},
}  # fmt: skip
"""Currency signs and codes → one sign per currency."""
_CURRENCY: Final = "(" + "|".join(re.escape(mark) for mark in sorted(_MARKS, key=len, reverse=True)) + ")?"
_SHELL: Final = re.compile(rf"^([+-]?)\s*{_CURRENCY}\s*([+-]?)\s*([\d.,' eE+-]*?)\s*{_CURRENCY}\s*(-?)(%?)$")
_EXPONENT: Final = r"(?:[eE][+-]?\d+)?$"
# one and the same mark between the thousands of a number, or 1,23,456 as counted in India
_BODY: Final = {
    ".": re.compile(
        r"^(?:[1-9]\d{0,2}(?:(?P<mark>[, '])\d{3}(?:(?P=mark)\d{3})*)|[1-9]\d?(?:,\d{2})+,\d{3}|\d+)?(?:\.\d*)?"
        + _EXPONENT
    ),
    ",": re.compile(r"^(?:[1-9]\d{0,2}(?:(?P<mark>[. '])\d{3}(?:(?P=mark)\d{3})*)|\d+)?(?:,\d*)?" + _EXPONENT),
}
# what these settle needs no closer look: whole numbers say nothing, 2.75 and 1,234.50 can be read in one way only
_NEUTRAL: Final = r"^\D*\d+\D*$"
_EVIDENCE: Final = {
    ".": r"^[-+ $€£¥]*(?:\d+\.(?:\d{1,2}|\d{4,})|[1-9]\d{0,2}(?:,\d{3})+\.\d+)$",
    ",": r"^[-+ $€£¥]*(?:\d+,(?:\d{1,2}|\d{4,})|[1-9]\d{0,2}(?:\.\d{3})+,\d+)$",
}
_UNDECIDED: Final = r"^[1-9]\d{0,2}[.,]\d{3}$"
_QUICK: Final = {
    ".": r"^-?(?:\d{1,12}|[1-9]\d{0,2}(?:,\d{3}){1,3})(?:\.\d{1,15})?$",
    ",": r"^-?(?:\d{1,12}|[1-9]\d{0,2}(?:\.\d{3}){1,3})(?:,\d{1,15})?$",
}
"""Spellings that can be turned into numbers all at once."""


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
    shell = _shell(text)
    if shell is None:
        return None
    bracketed, (before, _, after, body, _, behind, percent) = shell
    signs = [sign for sign in (before, after, behind) if sign]
    if len(signs) + bracketed > 1 or not _BODY[decimal].match(body) or not re.match(r"[.,]?\d", body):
        return None
    # thousands marks stand in groups, which the pattern has made sure of
    other = "," if decimal == "." else "."
    number = float(re.sub(r"[ ']", "", body.replace(other, "")).replace(",", "."))
    if number >= LARGEST:
        return None
    negative = bracketed or "-" in signs
    return (-number if negative else number) / (100.0 if percent else 1.0)


def _shell(text: str) -> tuple[bool, tuple[str, ...]] | None:
    """Whether a text stands in brackets, and its sign, currency, sign, digits, currency, sign and percent mark."""
    plain = folded(text)
    bracketed = plain.startswith("(") and plain.endswith(")")
    match = _SHELL.match(plain[1:-1] if bracketed else plain)
    if match is None or (match[2] and match[5]):
        return None
    return bracketed, tuple(part or "" for part in match.groups())


def folded(text: str) -> str:
    """A text without surrounding space, full-width digits and signs as plain ones."""
    plain = text.strip()
    return plain if plain.isascii() else plain.translate(_FOLDED).strip()


def is_missing(text: str) -> bool:
    """Whether a text means "not given" in a column of numbers or dates."""
    return text.strip().lower() in MISSING


def looks_numeric(text: str) -> bool:
    """Whether a text is a number under either decimal mark."""
    return parse(text, ".") is not None or parse(text, ",") is not None


def decimal_mark(texts: Any, wanted: str = "", *, doubting: bool = True) -> str:
    """The decimal mark of texts, by what can be read with only one of the two marks.

    Args:
        texts: distinct texts of all number columns of the table, pyarrow strings.
        wanted: the user's choice; empty to find out.
        doubting: whether a choice that the texts contradict is refused.

    Returns:
        "." or ",".

    Raises:
        MappingError: every value that has a mark fits both readings, such as 1.500; or some values prove the one
            mark, some the other, and a third kind fits both; or none proves the chosen mark and several the other.
    """
    if wanted and wanted not in _BODY:
        raise MappingError(f"The decimal mark must be “.” or “,”; “{wanted[:20]}” was given.")
    votes, undecided = _votes(texts)
    if wanted:
        if doubting:
            _refuse_contradicted(votes, undecided, wanted)
        return wanted
    # contradicting values are broken cells to be set aside, unless a third one would be guessed with them
    if undecided and bool(votes["."]) == bool(votes[","]):
        raise MappingError(_two_readings(undecided))
    return "," if votes[","] > votes["."] else "."


def _votes(texts: Any) -> tuple[dict[str, int], str]:
    """How many texts can be read with only the one or only the other mark, and one that fits both; "" for none."""
    told = {mark: pc.match_substring_regex(texts, pattern) for mark, pattern in _EVIDENCE.items()}
    votes = {mark: int(pc.sum(found).as_py() or 0) for mark, found in told.items()}
    open_ = texts.filter(pc.match_substring_regex(texts, _UNDECIDED)).slice(0, 1).to_pylist()
    undecided = open_[0] if open_ else ""
    settled = [*told.values(), *(pc.match_substring_regex(texts, pattern) for pattern in (_NEUTRAL, _UNDECIDED))]
    for text in texts.filter(pc.invert(reduce(pc.or_, settled))).to_pylist():
        point, comma = parse(text, "."), parse(text, ",")
        votes["."] += point is not None and comma is None
        votes[","] += comma is not None and point is None
        if point is not None and comma is not None and point != comma:
            undecided = undecided or text
    return votes, undecided


def _refuse_contradicted(votes: dict[str, int], undecided: str, wanted: str) -> None:
    """A choice, perhaps made for an earlier file, must not make 1500 of 1.500 where the file itself says otherwise."""
    other = "," if wanted == "." else "."
    if undecided and not votes[wanted] and votes[other] >= _FEWEST_AGAINST:
        raise MappingError(
            f"{votes[other]:,} numbers can be read with the decimal mark “{other}” only, none with “{wanted}” only, "
            f"which was chosen; “{undecided.strip()[:40]}” fits both. Choose the decimal mark “{other}”."
        )


def mark_beside_numbers(texts: Any, wanted: str = "") -> str:
    """The decimal mark for a table that has true numbers beside numbers kept as texts.

    Args:
        texts: distinct texts of the columns of text, pyarrow strings; those that are no number are passed over.
        wanted: the user's choice; empty to find out.

    Returns:
        "." or ","; empty when the texts leave it open, so that the question can wait for the columns that matter.
    """
    if wanted:
        return wanted
    # the beginning spares most words the closer look
    marked = texts.filter(pc.match_substring_regex(texts, r"^[\s\d(+$€£¥￥-][^A-Za-z]*[.,]"))
    numeric = [text for text in marked.to_pylist() if looks_numeric(text)]
    try:
        return decimal_mark(pa.array(numeric, pa.string())) if numeric else "."
    except MappingError:
        return ""


def spelled(number: float, mark: str) -> str:
    """A number with a fraction as text: 2.5, or 2,5, or 25e-1 that reads the same under either mark.

    Args:
        number: finite.
        mark: ".", "," or empty for either.
    """
    if mark:
        return repr(number).replace(".", mark)
    sign, digits, exponent = Decimal(repr(number)).as_tuple()
    return f"{'-' if sign else ''}{''.join(map(str, digits))}e{exponent}"


def _two_readings(text: str) -> str:
    plain = text.strip()[:40]
    small, large = re.sub(r"[.,]", ".", plain), re.sub(r"[.,]", "", plain)
    return f"“{plain}” can be {small} or {large}. Choose the decimal mark (option “decimal”)."


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
    quick = pc.match_substring_regex(texts, _QUICK[decimal])
    rest = np.flatnonzero(~np.asarray(quick.to_numpy(zero_copy_only=False), bool))
    values, bad = _all_at_once(pc.if_else(quick, texts, "0"), decimal), np.zeros(len(texts), bool)
    if rest.size:
        values[rest], bad[rest] = _one_by_one(pc.take(texts, pa.array(rest)).to_pylist(), decimal, truths=truths)
    found = pa.array(values, pa.float64(), mask=np.isnan(values))
    return pc.take(found, places), bad[places.to_numpy(zero_copy_only=False)]


def _all_at_once(texts: Any, decimal: str) -> FloatArray:
    """Numbers in the spelling _QUICK, shape (n_texts,)."""
    plain = pc.replace_substring(texts, "," if decimal == "." else ".", "")
    numbers = pc.cast(plain if decimal == "." else pc.replace_substring(plain, ",", "."), pa.float64())
    return np.array(numbers.to_numpy(zero_copy_only=False), float)


def _one_by_one(texts: list[str], decimal: str, *, truths: bool) -> tuple[FloatArray, BoolArray]:
    """Numbers, NaN where there is none, and which texts are no number though they are not missing."""
    values, bad = np.full(len(texts), np.nan), np.zeros(len(texts), bool)
    for i, text in enumerate(texts):
        value = TRUTH.get(text.strip().lower()) if truths else None
        value = parse(text, decimal) if value is None else value
        bad[i] = value is None and not is_missing(text)
        values[i] = np.nan if value is None else value
    return values, bad


def other_currency(column: pa.ChunkedArray) -> BoolArray:
    """Which rows carry the sign of another currency than most that carry one; shape (n_rows,).

    Example:
        >>> other_currency(pa.chunked_array([["€ 3", "4 EUR", "$5", "6"]])).tolist()
        [False, False, True, False]
    """
    texts, places = distinct(column)
    rows = places.to_numpy(zero_copy_only=False)
    # bare numbers are the rule; nobody should pay for the exception
    if pc.all(pc.match_substring_regex(texts, r"^[\d.,%()' +-]*$"), min_count=0).as_py():
        return np.zeros(rows.size, bool)
    marks = np.array([_currency_of(text) for text in texts.to_pylist()], object)[rows]
    carried = Counter(marks[marks != ""].tolist()).most_common(1)
    return np.asarray((marks != "") & (marks != carried[0][0])) if carried else np.zeros(rows.size, bool)


def percentages(column: pa.ChunkedArray) -> BoolArray:
    """Which rows hold a share in percent; shape (n_rows,)."""
    texts, places = distinct(column)
    shares = np.asarray(pc.match_substring_regex(texts, r"[%％]\s*$").to_numpy(zero_copy_only=False), bool)
    return shares[places.to_numpy(zero_copy_only=False)]


def _currency_of(text: str) -> str:
    shell = _shell(text)
    return _MARKS.get(shell[1][1] or shell[1][4], "") if shell else ""
