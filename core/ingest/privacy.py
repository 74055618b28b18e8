"""People stay outside: a customer number becomes a keyed hash, everything else about persons is dropped."""

import hashlib
import hmac
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from core.ingest.numerals import distinct, is_missing

_LENGTH: Final = 32


def pseudonym(text: str, key: bytes) -> str | None:
    """Keyed hash of a customer number: 128 bits, hexadecimal; None for a missing one.

    Args:
        text: the number; "17850.0" (a spreadsheet's spelling) and "17850" are the same customer.
        key: the workspace's secret.

    Source: RFC 2104 (HMAC) with SHA-256, cut to its left half as section 5 there allows.
    """
    if is_missing(text):
        return None
    # without this the same person would get two hashes in two exports
    plain = text.strip().lower()
    plain = plain.removesuffix(".0") if plain.removesuffix(".0").isdigit() else plain
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()[:_LENGTH]


def pseudonyms(column: pa.ChunkedArray, key: bytes) -> Any:
    """A column of customer numbers as keyed hashes; null where missing."""
    texts, places = distinct(column)
    hashed = pa.array([pseudonym(text, key) for text in texts.to_pylist()], pa.string())
    return pc.take(hashed, places)
