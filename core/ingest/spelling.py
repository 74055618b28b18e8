"""How two spellings of a header are compared."""

import re
import unicodedata
from typing import Final

_META: Final = re.compile(r"^\s*meta:\s*_?")
"""What WooCommerce writes before the name of a field that the shop has added."""
_BRACKETS: Final = re.compile(r"[(（\[{][^)）\]}]*[)）\]}]")


def plain(header: str) -> str:
    """A header reduced to what matters for comparing it: no case, width, accents, brackets, blanks or punctuation.

    Example:
        >>> plain(" Stock_Code (main)"), plain("批发价格(元/千克)"), plain("Quantité"), plain("Meta: _moq")
        ('stockcode', '批发价格', 'quantite', 'moq')
    """
    text = _META.sub("", _unaccented(unicodedata.normalize("NFKC", header).lower()))
    bare = "".join(char for char in _BRACKETS.sub("", text) if char.isalnum())
    # a header that is nothing but brackets keeps what stands in them
    return bare or "".join(char for char in text if char.isalnum())


def exact(header: str) -> str:
    """A header with brackets kept, for exports that tell two columns apart by nothing else.

    Example:
        >>> exact(" On hand (new)")
        'on hand (new)'
    """
    return unicodedata.normalize("NFKC", header).strip().lower()


def words(text: str) -> tuple[str, ...]:
    """Words separated by commas, each as `plain` spells it."""
    return tuple(plain(word) for word in text.split(","))


def _unaccented(text: str) -> str:
    """Latin letters without their accents; other scripts as they are, whose marks tell words apart."""
    return "".join(_base(char) for char in text) if not text.isascii() else text


def _base(char: str) -> str:
    first = unicodedata.normalize("NFD", char)[0]
    return first if first.isascii() else char
