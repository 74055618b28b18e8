"""What a known export is: the headers it is told by, and the field of each."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.ingest.spelling import exact, plain


@dataclass(frozen=True, slots=True)
class Platform:
    """One known export.

    Attributes:
        key: name stored with the upload.
        role: role of its rows.
        signature: headers that must all be there (compared as in synonyms).
        fields: field of each header, by its spelling with brackets or without; "" leaves the column out.
        rest: field of every column not named in `fields`; empty for none.
        by_words: whether columns not named in `fields` are matched by words and values, for translated exports.
    """

    key: str
    role: str
    signature: frozenset[str]
    fields: Mapping[str, str]
    rest: str = ""
    by_words: bool = False

    def field(self, header: str) -> str:
        """Field of a column, "" when it is left out."""
        name = exact(header)
        # two columns may differ by nothing but what stands in brackets
        return self.fields[name] if name in self.fields else self.fields.get(plain(header), self.rest)

    def names(self, header: str) -> bool:
        """Whether the export says itself what this column is, or that it is left out."""
        return exact(header) in self.fields or plain(header) in self.fields


def export(
    key: str, role: str, signature: str, fields: Mapping[str, str], *, rest: str = "", by_words: bool = False
) -> Platform:
    """A known export.

    Args:
        key: its name.
        role: role of its rows.
        signature: headers that tell it, separated by commas.
        fields: header → field.
        rest: field of all other columns.
        by_words: see Platform.
    """
    heads = frozenset(plain(name) for name in signature.split(","))
    spelled = {exact(name) if "(" in name else plain(name): field for name, field in fields.items()}
    return Platform(key, role, heads, spelled, rest, by_words)
