"""Texts about persons, known by what they look like: mail addresses, telephone numbers, identity numbers and more."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.types import BoolArray
from core.ingest.numerals import distinct

_SURE: Final = 0.005
_CARD_STARTS: Final = re.compile(r"^(?:4|5[1-5]|2[2-7]|3[4-7]|35|6(?:011|2|4[4-9]|5))")
_IBAN_LENGTHS: Final = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26,
    "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25,
    "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "TR": 26, "UA": 29,
}  # fmt: skip
_ACCOUNT_START: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}")
_FILES: Final = frozenset({"jpg", "jpeg", "png", "gif", "webp", "svg", "avif", "css", "js", "html", "pdf"})
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def luhn(digits: str) -> bool:
    """Whether a row of digits ends in the check digit of payment cards.

    Source: ISO/IEC 7812-1, annex B.

    Example:
        >>> luhn("4111111111111111"), luhn("4111111111111112")
        (True, False)
    """
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(twice - 9 * (twice > 9) for twice in doubled)) % 10 == 0


def chinese_id(text: str) -> bool:
    """Whether 18 characters are a Chinese identity number with its check character.

    Source: GB 11643-1999 (ISO 7064, MOD 11-2).

    Example:
        >>> chinese_id("11010519491231002X"), chinese_id("110105194912310021")
        (True, False)
    """
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, text[:17], strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def iban(text: str) -> bool:
    """Whether a text begins with an international bank account number of a known country.

    Source: ISO 13616-1 with the check of ISO 7064, MOD 97-10.

    Example:
        >>> iban("GB82 WEST 1234 5698 7654 32"), iban("GB82 WEST 1234 5698 7654 33"), iban("BE68539007547034 PAID")
        (True, False, True)
    """
    # words behind a number look like its next group, so only its country says where it ends
    length = _IBAN_LENGTHS.get(text[:2].upper(), 0)
    found = re.match(rf"(?:\s*\S){{{length}}}(?=\s|$)", text) if length else None
    if found is None:
        return False
    bare = re.sub(r"\s", "", found[0]).upper()
    return int("".join(str(int(char, 36)) for char in bare[4:] + bare[:4])) % 97 == 1


def _holds_iban(text: str) -> bool:
    # words of four letters before a number look like its first groups
    return any(iban(text[match.start() :]) for match in _ACCOUNT_START.finditer(text))


def _card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return 13 <= len(digits) <= 19 and bool(_CARD_STARTS.match(digits)) and luhn(digits)


def _address_of_a_machine(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip())
    except ValueError:
        return False
    return True


def _us_number(text: str) -> bool:
    return text[:3] not in {"000", "666"} and text[0] != "9" and text[4:6] != "00" and text[7:] != "0000"


def _mail(text: str) -> bool:
    # “lamp@2x.jpg” is how shops name pictures of high resolution
    return text.rpartition(".")[2].lower() not in _FILES


def _phone(text: str) -> bool:
    return 8 <= sum(char.isdigit() for char in text) <= 15


def _always(_text: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Sign:
    """One look by which texts about persons are known.

    Attributes:
        kind: what it is, as in `privacy_words.WORDS`.
        pattern: what it looks like, in the syntax that RE2 and Python share; its first group is the identifier.
        share: share of a column's texts from which the whole column is taken to be about persons.
        sure: whether a single such text is an identifier beyond doubt, wherever it stands.
        check: what the first group must fulfil as well.
    """

    kind: str
    pattern: str
    share: float
    sure: bool = False
    check: Callable[[str], bool] = _always


_STREETS: Final = "street|st|road|rd|avenue|ave|lane|drive|boulevard|blvd|terrace|highway"
_STRASSEN: Final = r"straße|strasse|str\.|weg|platz|allee|gasse|damm"
_RUES: Final = "rue|avenue|boulevard|chemin|place|impasse|allée|quai"
_TITLES: Final = "Mr|Mrs|Ms|Miss|Dr|Herr|Frau|Mme|Sra?|Señora?"
_CALLED: Final = "(?:tel|telefon|telephone|tél|téléphone|teléfono|phone|call|mobile?|handy|cell|fax|whatsapp)"
_BIRTH: Final = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IP: Final = r"(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}"
_CARD: Final = r"\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}(?:[ -]\d{3})?|3\d{3}[ -]\d{6}[ -]\d{5}"
_FIXED: Final = r"\d{3}[-. ]\d{3}[-. ]\d{4}|0[1-9](?:[ .]\d{2}){4}|0\d{2,5} ?[/-] ?\d{4,9}"
_ALONE, _END = r"(?:^|[^\dA-Za-z])", r"(?:$|[^\dA-Za-z])"

SIGNS: Final = (
    Sign(
        "mail", r"([^\s@＠,;<>\"'()/]+[@＠][^\s@＠,;<>\"'()/]+\.[^\s@\d,;<>\"'()./]{2,})", _SURE, sure=True, check=_mail
    ),
    Sign("phone", r"(?:^|[^\w+])(\+\d{1,3}(?:[ ./()-]*\d){6,13})(?:$|[^\d])", _SURE, sure=True, check=_phone),
    Sign("phone", r"(?:^|[^\w])(\(0?\d{2,4}\) ?\d{3,4}[ -]?\d{3,5})(?:$|[^\d])", _SURE, sure=True, check=_phone),
    Sign("phone", rf"(?i)\b{_CALLED}\b[.:]{{0,2}} ?((?:\+|0)\d[\d ./()-]{{5,18}}\d)", _SURE, sure=True, check=_phone),
    Sign("phone", r"(?:^|[^\d.-])(1[3-9]\d[ -]\d{4}[ -]\d{4})(?:$|[^\d-])", _SURE, sure=True),
    Sign("id_number", rf"{_ALONE}([1-8]\d{{5}}{_BIRTH}\d{{3}}[\dXx]){_END}", _SURE, sure=True, check=chinese_id),
    Sign(
        "account",
        rf"(?i){_ALONE}([A-Z]{{2}}\d{{2}} ?(?:[A-Z0-9]{{4}} ?){{2,7}}[A-Z0-9]{{0,3}}){_END}",
        _SURE,
        sure=True,
        check=_holds_iban,
    ),
    Sign("account", rf"(?:^|[^\d-])({_CARD})(?:$|[^\d-])", _SURE, sure=True, check=_card),
    Sign("account", r"^\s*([2-6]\d{12,18})\s*$", 0.6, check=_card),
    Sign("phone", r"(?:^|[^\d.,])(1[3-9]\d{9})(?:$|[^\d.,])", 0.5),
    Sign("phone", rf"^\s*({_FIXED})\s*$", 0.5),
    Sign("id_number", r"^\s*(\d{3}-\d{2}-\d{4})\s*$", 0.8, check=_us_number),
    Sign("device", rf"^\s*({_IP})\s*$", 0.5, check=_address_of_a_machine),
    Sign("address", rf"(?i)(\b\d{{1,5}}[a-z]?,? (?:[a-zà-ÿ.'-]+ ){{1,4}}(?:{_STREETS})\b)", 0.3),
    Sign("address", rf"(?i)([a-zà-ÿ.-]*(?:{_STRASSEN}) ?\d{{1,4}}[a-z]?\b)", 0.3),
    Sign("address", rf"(?i)(\b\d{{1,4}}(?: bis| ter)?,? (?:{_RUES}) [a-zà-ÿ])", 0.3),
    Sign("address", r"(?i)((?:calle|avenida|avda\.?|plaza|paseo) [a-zà-ÿ .]+,? ?(?:n[º°.]? ?)?\d{1,4}\b)", 0.3),
    Sign(
        "address",
        r"(\p{Han}{2,}(?:省|市|区|县|镇).*(?:路|街|道|巷|弄|村|小区|大厦|花园).*\d+.*(?:号|栋|幢|室|楼))",
        0.1,
    ),
    Sign("name", rf"^\s*((?:{_TITLES})\.? \p{{Lu}}\p{{L}}+(?: \p{{L}}[\p{{L}}.'’-]*)*)\s*$", 0.5),
    Sign("name", r"^\s*(\p{Lu}[\p{L}'’-]+, \p{Lu}[\p{L}'’-]+(?: \p{Lu}\.?)?)\s*$", 0.8),
    Sign("name", r"^\s*(\p{Han}{1,3}(?:先生|女士|小姐|太太))\s*$", 0.5),
)
"""Every look, the surest first."""

_SURE_SIGNS: Final = tuple(sign for sign in SIGNS if sign.sure)
_MOBILE_IN_WORDS: Final = (
    r"[\s:：,，;；/(（一-鿿](1[3-9]\d{9})(?:$|[\s,，;；/)）。.一-鿿])|^(1[3-9]\d{9})[\s,，;；/(（一-鿿]"
)
"""A Chinese mobile number beside words; alone it may be an order number."""
# one pass over a column instead of one per sign; whatever passes is looked at closely
_LIKELY: Final = (
    r"[@＠]|\+\d|\(\d|\d{17}[\dXx]|[A-Za-z]{2}\d{2} ?[A-Za-z0-9]{4}|\d{4}[ -]\d{4}|\d{4}[ -]\d{6}[ -]"
    rf"|(?i:{_CALLED}[.:]{{0,2}} ?0\d)"
)
_SHORTEST: Final = 6
"""Characters of the shortest identifier, a mail address such as a@b.co."""
_SAMPLE: Final = 2000
REMOVED: Final = "[removed]"
"""What stands in the place of an identifier of a person."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a column's texts show: the kind, the share of texts that show it, and whether that settles it."""

    kind: str
    share: float
    sure: bool


def seen_in(texts: Any, counts: Any) -> Seen | None:
    """What about persons a column's texts show often enough to be no accident; None for nothing.

    Args:
        texts: distinct texts of the column that are not missing; pyarrow strings, shape (n,).
        counts: rows that have each of them, shape (n,).
    """
    if len(texts) == 0 or pc.max(pc.binary_length(texts)).as_py() < _SHORTEST:
        return None
    rows = counts.to_numpy(zero_copy_only=False)
    for sign in SIGNS:
        likely = pc.match_substring_regex(texts, sign.pattern).to_numpy(zero_copy_only=False)
        places = np.flatnonzero(likely)
        if rows[places].sum() >= sign.share * rows.sum() and places.size:
            genuine = [_genuine(sign)(text) for text in texts.take(pa.array(places)).to_pylist()]
            share = float(rows[places[genuine]].sum() / rows.sum())
            if share >= sign.share:
                return Seen(sign.kind, share, sign.sure)
    return None


def _genuine(sign: Sign) -> Callable[[str], bool]:
    # a text that only RE2 can search is taken at its word: none of these signs has a check
    if sign.check is _always:
        return _always
    pattern = re.compile(sign.pattern)
    return lambda text: any(sign.check(match[1]) for match in pattern.finditer(text))


def holds_identifier(text: str, *, beside_words: bool = True) -> bool:
    """Whether a text holds something that can only be an identifier of a person.

    Args:
        text: the text.
        beside_words: whether a bare mobile number counts when words stand beside it.

    Example:
        >>> holds_identifier("Gift for anna@example.com"), holds_identifier("4006381333931")
        (True, False)
    """
    if any(_genuine(sign)(text) for sign in _SURE_SIGNS if re.search(sign.pattern, text)):
        return True
    return beside_words and re.search(_MOBILE_IN_WORDS, text) is not None


def censored(text: str) -> str:
    """A text with `[removed]` in the place of every identifier of a person.

    Example:
        >>> censored("Reading orders of anna@example.com, 3 lines")
        'Reading orders of [removed], 3 lines'
    """
    for sign in _SURE_SIGNS:
        text = re.sub(sign.pattern, partial(_without, sign), text)
    return re.sub(_MOBILE_IN_WORDS, lambda match: match[0].replace(match[1] or match[2], REMOVED), text)


def _without(sign: Sign, match: re.Match[str]) -> str:
    return match[0].replace(match[1], REMOVED) if sign.check(match[1]) else match[0]


def suspects(column: pa.ChunkedArray, *, beside_words: bool = True) -> BoolArray:
    """Which texts of a column hold an identifier of a person beyond doubt, shape (n_rows,).

    Args:
        column: texts, shape (n_rows,).
        beside_words: see `holds_identifier`.
    """
    if (pc.max(pc.binary_length(column)).as_py() or 0) < _SHORTEST:
        return np.zeros(len(column), bool)
    # columns that repeat themselves are judged once per text
    if len(column.slice(0, _SAMPLE).unique()) * 2 < min(len(column), _SAMPLE):
        texts, places = distinct(column)
        return _judged(texts, beside_words=beside_words)[places.to_numpy(zero_copy_only=False)]
    return _judged(column, beside_words=beside_words)


def _judged(texts: Any, *, beside_words: bool) -> BoolArray:
    """Which of some texts hold an identifier, shape (n,)."""
    found = np.zeros(len(texts), bool)
    likely = pc.match_substring_regex(texts, _LIKELY)
    if beside_words:
        likely = pc.or_(likely, pc.match_substring_regex(texts, _MOBILE_IN_WORDS))
    rows = np.flatnonzero(np.asarray(likely.to_numpy(zero_copy_only=False), bool))
    if rows.size:
        hits = texts.take(pa.array(rows)).to_pylist()
        known = {text: holds_identifier(text, beside_words=beside_words) for text in set(hits)}
        found[rows] = [known[text] for text in hits]
    return found
