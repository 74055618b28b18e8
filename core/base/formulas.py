"""Texts that a spreadsheet would run as formulas: made harmless in exports, put right when these come back."""

from typing import Final

RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")
"""Beginnings of a cell that a spreadsheet may run."""


def neutralised(text: str) -> str:
    """Text that a spreadsheet shows instead of running (CWE-1236).

    Example:
        >>> neutralised("=1+1"), neutralised("A-17")
        ("'=1+1", 'A-17')
    """
    return f"'{text}" if text.startswith(RISKY) else text


def restored(text: str) -> str:
    """The text as it was before `neutralised`.

    Example:
        >>> restored("'-A17"), restored("'n Sync")
        ('-A17', "'n Sync")
    """
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY) else text
