"""Words that several pages share, and text from the data shown literally, which Streamlit would read as markdown."""

import re
from typing import Final

from core.base.language import _

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


def periods(frequency: str) -> str:
    """What several periods are called: days, weeks or months."""
    return {"day": _("days"), "week": _("weeks"), "month": _("months")}.get(frequency, _("periods"))
