"""Text from the data shown literally: Streamlit reads labels and messages as markdown otherwise."""

import re
from typing import Final

MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()#+\-!|<>~$:])")


def literal(text: object, limit: int = 200) -> str:
    """The text with every markdown sign escaped, cut to `limit` characters.

    Example:
        >>> literal("**A**")
        '\\\\*\\\\*A\\\\*\\\\*'
    """
    plain = str(text).replace("\n", " ")
    shown = plain if len(plain) <= limit else plain[: limit - 1] + "…"
    return MARKDOWN.sub(r"\\\1", shown)
