"""A raw table → what it is: role, platform, layout, a field per column, and the questions only the user can answer."""

import re
from dataclasses import dataclass, replace

from core.base.errors import MappingError
from core.ingest import guessing
from core.ingest.baskets import BASKETS
from core.ingest.conversion import checked
from core.ingest.guessing import OWN
from core.ingest.mapping import ANSWERS, Layout, TableMapping
from core.ingest.profile import Profile
from core.ingest.synonyms import FILE_WORDS
from core.ingest.tables import RawTable

__all__ = ["OWN", "ColumnMapping", "Recognition", "recognise"]


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What one column was taken for.

    Attributes:
        column: index from 0.
        header: its name as shown.
        samples: up to three of its values.
        field: field of the role, or None when the column is left out.
        confidence: 0 to 1; 0 when left out.
    """

    column: int
    header: str
    samples: tuple[str, ...]
    field: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a table was taken for.

    Attributes:
        role: one of core.base.columns.ROLES.
        platform: a known export, or "own columns".
        mapping: one entry per column.
        layout: "long", "wide" or "baskets" (see TableMapping).
        questions: sentences about what the user must or should decide; may be empty.
        start_date: first day of the first numbered period column, ISO; empty when not needed or not known.
        date_order, decimal, counter, packs, epoch: the user's choices, or empty (see TableMapping).
    """

    role: str
    platform: str
    mapping: tuple[ColumnMapping, ...]
    layout: Layout
    questions: tuple[str, ...] = ()
    start_date: str = ""
    date_order: str = ""
    decimal: str = ""
    counter: str = ""
    packs: str = ""
    epoch: str = ""

    def to_mapping(self) -> TableMapping:
        """The decision without its grounds: what `convert` needs and what is stored."""
        fields = {entry.column: entry.field for entry in self.mapping if entry.field is not None}
        decided = TableMapping(
            self.role, self.platform, self.layout, fields, self.date_order, self.decimal, self.start_date
        )
        return replace(decided, **{name: getattr(self, name) for name in ANSWERS})


def recognise(table: RawTable, file_name: str, role: str = "auto") -> Recognition:
    """What a table is.

    Args:
        table: the raw table.
        file_name: its name; a hint where the columns leave two roles open.
        role: a role chosen by the user, or "auto".

    Returns:
        The best reading. It may be incomplete: `convert` then says what is missing.
    """
    profile = Profile(table)
    hint = _hint(file_name) if role == "auto" else role
    options = table.options
    if options.layout == BASKETS:
        guess = guessing.baskets(profile)
    else:
        guess = (
            guessing.known_export(table, profile, role)
            or guessing.wide(profile, hint, role)
            or guessing.by_words(profile, hint, role)
        )
    mapping = tuple(_column(profile, i, guess.fields.get(i)) for i in range(len(profile.header)))
    found = Recognition(
        guess.role, guess.platform, mapping, guess.layout, guess.questions,
        options.start_date or guess.start_date, options.date_order, options.decimal,
        **{name: getattr(options, name) for name in ANSWERS},
    )  # fmt: skip
    return _with_open_questions(found, table)


def _column(profile: Profile, column: int, taken: tuple[str, float] | None) -> ColumnMapping:
    field, confidence = taken or (None, 0.0)
    samples = tuple(text[:60] for text in profile.values(column)[:3]) if column < 1000 else ()
    return ColumnMapping(column, profile.header[column], samples, field, confidence)


def _hint(file_name: str) -> str:
    """Role a file name suggests, empty for none."""
    name = file_name.rsplit("/", 1)[-1].lower()
    return next((role for pattern, role in FILE_WORDS if re.search(pattern, name)), "")


def _with_open_questions(found: Recognition, table: RawTable) -> Recognition:
    """The recognition with what conversion would refuse to guess, and the remarks of the reader."""
    questions = list(table.notes) + list(found.questions)
    try:
        questions += checked(table, found.to_mapping())
    except MappingError as error:
        questions.append(str(error))
    return replace(found, questions=tuple(questions))
