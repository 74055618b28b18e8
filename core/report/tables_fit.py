"""Tables of “Do the files fit together?”: keys that do not meet, likely mends, links, and how much the drivers say."""

from typing import Any, Final

import pandas as pd

from core.base.language import _
from core.report.numbers import local, number, percent
from core.report.tables_upload import role_labels

TEMPLATE: Final = pd.DataFrame(
    {"old_sku": ["MUG-OLD", "MUG-BOX"], "new_sku": ["MUG-NEW", "MUG-NEW"], "factor": [1, 6],
     "reason": ["successor", "box of six"]}
)  # fmt: skip
"""Two example lines of a list of links."""


def roles(report: Any, kinds: dict[str, str]) -> pd.DataFrame:
    """One row per role and kind of key: how many keys there are, how many meet no sales, and what is at stake.

    Args:
        report: how the files meet.
        kinds: kind of key → words.
    """
    labels, table = role_labels(), report.roles
    return pd.DataFrame(
        {
            _("File"): [labels.get(role, role) for role in table["role"]],
            _("Key"): [_(kinds[kind]) for kind in table["kind"]],
            _("Keys"): table["keys"].astype("Int64"),
            _("Do not meet sales"): table["unmet"].astype("Int64"),
            _("Rows of these"): table["rows"].astype("Int64"),
            _("Units at stake"): table["units"],
            _("Money at stake"): table["money"],
        }
    ).reset_index(drop=True)


def unmatched(report: Any, kinds: dict[str, str]) -> pd.DataFrame:
    """Every key of a file that meets no sales, the dearest first."""
    labels, table = role_labels(), report.unmatched
    return pd.DataFrame(
        {
            _("File"): [labels.get(role, role) for role in table["role"]],
            _("Key"): [_(kinds[kind]) for kind in table["kind"]],
            _("SKU"): table["sku"],
            _("Product name"): table["product_name"],
            _("Location"): table["location"],
            _("Supplier"): table["supplier"],
            _("Rows"): table["rows"].astype("Int64"),
            _("Units at stake"): table["units"],
            _("Money at stake"): table["money"],
        }
    ).reset_index(drop=True)


def lacking(report: Any, words: dict[str, str]) -> pd.DataFrame:
    """Every sold SKU that lacks something, the dearest first."""
    table = report.lacking
    return pd.DataFrame(
        {
            _("Lacks"): [_(words[each]) for each in table["lacks"]],
            _("SKU"): table["sku"],
            _("Product name"): table["product_name"],
            _("Location"): table["location"],
            _("Units sold"): table["units"],
            _("Sold in the last year"): table["money"],
        }
    ).reset_index(drop=True)


def lacking_sentences(report: Any, words: dict[str, str]) -> list[str]:
    """How many sold SKUs lack what: "No stock known: 12 SKUs, such as A-17"."""
    text, told = _("{what}: {n} SKUs, such as {example}"), []
    for each, rows in report.lacking.groupby("lacks", sort=False):
        n, example = rows["sku"].nunique(), rows["sku"].iloc[0]
        told.append(text.format(what=_(words[str(each)]), n=number(n), example=example))
    return told


def suggestions(table: pd.DataFrame) -> pd.DataFrame:
    """Likely mends with a mark to accept each; the surest first."""
    kinds = {"sku": _("Link the codes"), "location": _("Location: mend in the file"),
             "supplier": _("Supplier: mend in the file")}  # fmt: skip
    return pd.DataFrame(
        {
            _("This"): table["old"],
            _("Is probably"): table["new"],
            _("Because"): table["reason"],
            _("Sure"): [percent(each) for each in table["confidence"]],
            _("Rows"): table["rows"].astype("Int64"),
            _("Units at stake"): table["units"],
            _("Mend"): [kinds.get(kind, kind) for kind in table["kind"]],
        }
    ).reset_index(drop=True)


def links(table: pd.DataFrame) -> pd.DataFrame:
    """Links in force."""
    return pd.DataFrame(
        {
            _("Code"): table["old_sku"],
            _("Counts as"): table["new_sku"],
            _("Pieces each"): table["factor"],
            _("Reason"): table["reason"],
            _("Since"): [local(each) for each in table["created_at"].dt.to_pydatetime()],
        }
    ).reset_index(drop=True)


def coverage(table: pd.DataFrame) -> pd.DataFrame:
    """How much is known of each driver and of the stock."""
    sources = {"file": _("files"), "calendar": _("calendar"), "sales": _("sales"), "stock": _("stock files")}
    return pd.DataFrame(
        {
            _("Driver"): [_("Stock on hand") if name == "on_hand" else name for name in table["driver"]],
            _("From"): [sources.get(each, each) for each in table["source"]],
            _("Share of SKU-periods"): [percent(each, 1) for each in table["share"]],
            _("First day"): pd.to_datetime(table["first_day"]),
            _("Last day"): pd.to_datetime(table["last_day"]),
            _("SKUs"): table["skus"].astype("Int64"),
            _("Locations"): table["locations"].astype("Int64"),
            _("Future may be used"): [bool(each) for each in table["known_ahead"]],
            _("Given until"): pd.to_datetime(table["known_until"]),
        }
    ).reset_index(drop=True)
