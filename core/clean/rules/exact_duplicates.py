"""Lines that say exactly the same: the first stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from core.base.language import _
from core.base.parameters import parameter
from core.clean.lines import CONTENT

BETWEEN_FILES = "between files only"
WITHIN_FILES = "also within a file"


@dataclass(frozen=True, slots=True)
class ExactDuplicates:
    """Removes repeated lines: same order, time, SKU, location, quantity, price, customer and every other field.

    Two equal lines without an order number may well be two sales. They count as repeated only when another file
    brings them again, unless the setting says otherwise: of the files that have such a line, the one that has it
    most often keeps all of them, and the others lose theirs. Of an order that several files bring the latest file's
    lines stay, beside which the lines it brings with other texts belong.
    """

    key: ClassVar[str] = "exact_duplicates"
    label: ClassVar[str] = "Repeated lines"
    changes: ClassVar[tuple[str, ...]] = ()
    description: ClassVar[str] = "Lines that are equal in every field are counted once."

    without_order: str = parameter(
        BETWEEN_FILES,
        "Equal lines without order number",
        choices=(BETWEEN_FILES, WITHIN_FILES),
        help="Where equal lines that carry no order number count as repeated.",
    )

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        return {"apart": self.without_order == BETWEEN_FILES, "reason": _("Same as line {} of {}")}

    def findings(self) -> str:
        """SELECT of the repeated lines, each naming the line it repeats."""
        # The hash only narrows the lines down; equality is decided on the fields themselves.
        return f"""
        WITH hashed AS MATERIALIZED (SELECT upload_id, line, hash({CONTENT}) AS content FROM rows),
        suspects AS (
            SELECT rows.* FROM rows SEMI JOIN (
                SELECT upload_id, line FROM hashed
                WHERE content IN (SELECT content FROM hashed GROUP BY content HAVING count(*) > 1)
            ) AS found ON rows.upload_id = found.upload_id AND rows.line = found.line),
        counted AS (
            SELECT *, order_id IS NULL AND $apart AS several,
                   count(*) OVER (PARTITION BY {CONTENT}, upload_id) AS times
            FROM suspects),
        ranked AS (
            SELECT upload_id, line, quantity, several, row_number() OVER same AS place,
                   first_value(line) OVER same AS first_line, first_value(upload_id) OVER same AS first_upload
            FROM counted
            WINDOW same AS (PARTITION BY {CONTENT} ORDER BY
                CASE WHEN several THEN -times WHEN order_id IS NOT NULL THEN -upload_id END, upload_id, line))
        SELECT ranked.upload_id, line, format($reason, first_line, coalesce(file_name, '')) AS reason,
               quantity AS before, NULL::DOUBLE AS after
        FROM ranked JOIN sources ON sources.upload_id = first_upload
        WHERE CASE WHEN several THEN ranked.upload_id <> first_upload ELSE place > 1 END
        """  # noqa: S608 - fixed texts
