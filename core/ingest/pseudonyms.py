"""A customer's number, mail address, telephone number or name becomes a keyed hash, the same one for every spelling."""

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from core.ingest.numerals import distinct, is_missing

_LENGTH: Final = 32
KEY_LENGTH: Final = 32
"""Bytes of one secret; a key that was changed is several of them, one after the other."""
_PHONE: Final = re.compile(r"(?:\+|00)?[\d ().\-/]{8,24}")
HIDDEN: Final = "hidden:"
"""What order numbers begin with that were identifiers of persons."""


def reference(text: str, key: bytes) -> str:
    """What stands in the place of an order number that is an identifier of a person; equal where that was equal."""
    return f"{HIDDEN}{pseudonym(text, key)}"


def pseudonym(text: str, key: bytes) -> str | None:
    """Keyed hash of what identifies a customer: 128 bits, hexadecimal; None for a missing one.

    Args:
        text: the number, mail address, telephone number or name.
        key: the workspace's secret. After it was changed, the former secrets stand before the newest: the hash under
            the first is hashed under the second, and so on, because only hashes are left to be hashed again.

    Source: RFC 2104 (HMAC) with SHA-256, cut to its left half as section 5 there allows.
    """
    if is_missing(text):
        return None
    hashed = normalised(text)
    for start in range(0, max(len(key), 1), KEY_LENGTH):
        hashed = rehashed(hashed, key[start : start + KEY_LENGTH])
    return hashed


def rehashed(hashed: str, key: bytes) -> str:
    """A pseudonym, or an order number that stands for a person, under one more secret."""
    plain = hashed.removeprefix(HIDDEN)
    mark = HIDDEN if plain != hashed else ""
    first, second = _pads(key)
    inner, outer = first.copy(), second.copy()
    inner.update(plain.encode())
    outer.update(inner.digest())
    return mark + outer.hexdigest()[:_LENGTH]


@lru_cache(maxsize=8)
def _pads(key: bytes) -> tuple[Any, Any]:
    """HMAC's two hashes after the key was taken in, so that a million customers take it in once (RFC 2104, section 4).

    Args:
        key: one secret, no longer than a block of 64 bytes.
    """
    block = key.ljust(64, b"\0")
    return hashlib.sha256(bytes(byte ^ 0x36 for byte in block)), hashlib.sha256(bytes(byte ^ 0x5C for byte in block))


def normalised(text: str) -> str:
    """One spelling for all spellings of the same customer; without it a person would get two hashes in two exports.

    Example:
        >>> normalised("17850.0"), normalised(" Anna@Example.com "), normalised("+86 138-1234-5678")
        ('17850', 'anna@example.com', '13812345678')
    """
    if text.isascii() and text.isalnum():
        # the common case, a number without marks, is many times quicker
        return text.lower()
    plain = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    if plain.removesuffix(".0").isdigit():
        return plain.removesuffix(".0")
    spaced = bool(_PHONE.fullmatch(plain)) and (plain.startswith(("+", "(")) or " " in plain or "-" in plain)
    if not spaced:
        return plain
    digits = re.sub(r"\D", "", plain)
    digits = digits.removeprefix("00") if plain.startswith("00") else digits
    chinese = re.fullmatch(r"86(1[3-9]\d{9})", digits)
    return chinese[1] if chinese else digits


def pseudonyms(column: pa.ChunkedArray, key: bytes) -> Any:
    """A column of customers as keyed hashes; null where missing."""
    texts, places = distinct(column)
    hashed = pa.array([pseudonym(text, key) for text in texts.to_pylist()], pa.string())
    return pc.take(hashed, places)
