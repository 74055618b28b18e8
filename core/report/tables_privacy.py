"""What the reader sees of privacy: columns about persons by name, and sales in which nobody can be found."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from core.base.language import _
from core.ingest.privacy import PersonalColumn
from core.report.anonymous import AnonymousSales
from core.report.export import Sheet
from core.report.numbers import BLANK, percent

ANONYMOUS_TITLE: Final = "Anonymous sales"


def kind_labels() -> dict[str, str]:
    """What columns about persons hold: kind → words."""
    return {
        "mail": _("e-mail addresses"), "phone": _("telephone numbers"), "name": _("names of persons"),
        "login": _("user names"), "address": _("addresses"), "place": _("towns and postcodes"),
        "id_number": _("identity numbers"), "account": _("bank or card numbers"), "birthday": _("birthdays"),
        "device": _("network addresses"), "customer": _("customer numbers"), "note": _("free text"),
    }  # fmt: skip


def grouping_labels() -> dict[str, str]:
    """What sales may be grouped by: column → words."""
    return {
        "day": _("Day"), "week": _("Week"), "month": _("Month"), "location": _("Location"), "channel": _("Channel"),
        "category": _("Category"), "sku": _("SKU"),
    }  # fmt: skip


def personal_table(columns: Sequence[PersonalColumn]) -> pd.DataFrame:
    """Columns about persons: what each holds, how that was found out, and the share of its cells that show it."""
    kinds = kind_labels()
    ways = {"name": _("by its name"), "values": _("by its values"), "both": _("by name and values")}
    return pd.DataFrame(
        {
            _("Column"): [entry.header for entry in columns],
            _("Holds"): [kinds[entry.kind] for entry in columns],
            _("Found"): [ways[entry.found_by] for entry in columns],
            _("Share of cells"): [percent(entry.share, 1) if entry.share else BLANK for entry in columns],
        }
    )


def anonymous_table(sales: AnonymousSales) -> pd.DataFrame:
    """The groups shown, headers as the reader sees them."""
    names = grouping_labels() | {"lines": _("Lines"), "units": _("Units"), "revenue": _("Revenue")}
    return sales.table.rename(columns=names)


def anonymous_note(sales: AnonymousSales) -> str:
    """How many groups are shown, how many are held back, and why."""
    if not sales.suppressed:
        return _("All {groups} groups have {k} persons or more.").format(groups=f"{sales.groups:,}", k=sales.k)
    text = _(
        "{shown} of {groups} groups are shown; each has {k} persons or more. {hidden} groups with {lines} sales lines "
        "are held back, because they or what could be worked out from them have fewer."
    )
    return text.format(
        shown=f"{len(sales.table):,}", groups=f"{sales.groups:,}", k=sales.k, hidden=f"{sales.suppressed:,}",
        lines=f"{sales.suppressed_lines:,}",
    )  # fmt: skip


def anonymous_sheet(sales: AnonymousSales) -> Sheet:
    """The groups shown as a sheet of a workbook, with the note above them."""
    return Sheet(anonymous_table(sales), note=anonymous_note(sales))
