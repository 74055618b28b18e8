"""Tables of what keeps a workspace safe: what was done to it, its data versions, what it lost, what lies where."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import pandas as pd

from core.base.language import _
from core.report.numbers import day, local, number
from core.report.tables_runs import SHORT, size

_ISO_DAY: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_OF_DAYS: Final = frozenset({"correct demand", "take correction back", "change forecast"})
"""Actions whose detail names days; in those of others a day may be part of a file's name."""


def action_labels() -> dict[str, str]:
    """What users do to the data: action → words."""
    return {
        "import": _("Files imported"), "remove": _("Upload taken back"), "rebuild": _("Lost loads rebuilt"),
        "restore": _("Backup restored"), "recipe": _("Cleaning changed"), "settings": _("Settings changed"),
        "save mapping": _("Mapping saved"), "link SKUs": _("Codes linked"), "unlink SKU": _("Link taken back"),
        "correct demand": _("Demand corrected"), "take correction back": _("Correction taken back"),
        "choose stock-outs": _("Stock-outs decided"), "forget person": _("Person forgotten"),
        "change key": _("Key changed"), "accept key": _("Lost key given up"),
        "anonymous export": _("Anonymous export"), "exchange rates": _("Exchange rates changed"),
        "mark drivers": _("Drivers marked"), "tune": _("Method tuned"),
        "change forecast": _("Forecast changed by hand"), "take forecast change back": _("Change by hand taken back"),
        "choose like-items": _("Like-items chosen"), "take like-item back": _("Like-item taken back"),
        "pin": _("Pinned methods changed"),
    }  # fmt: skip


def action_table(entries: Sequence[Any]) -> pd.DataFrame:
    """What was done: when (on this machine's clock), by whom, what, and what it was about, days in words."""
    labels = action_labels()

    def detail(entry: Any) -> str:
        return _ISO_DAY.sub(lambda found: day(found[0]), entry.detail) if entry.action in _OF_DAYS else entry.detail

    return pd.DataFrame(
        {
            _("When"): [local(each.done_at) for each in entries],
            _("Who"): [each.who for each in entries],
            _("What"): [labels.get(each.action, each.action) for each in entries],
            _("Detail"): [detail(each) for each in entries],
        }
    )


def version_table(versions: Sequence[Any]) -> pd.DataFrame:
    """States of the clean demand, the one in force first: when made, from which recipe, how much it holds."""
    grains = {"day": _("Days"), "week": _("Weeks"), "month": _("Months")}
    return pd.DataFrame(
        {
            _("Made"): [local(each.created_at) if each.created_at else pd.NaT for each in versions],
            _("Data version"): [each.version[:SHORT] for each in versions],
            _("In force"): [place == 0 for place in range(len(versions))],
            _("Series"): [each.n_series for each in versions],
            _("Periods"): [grains.get(each.frequency, each.frequency) for each in versions],
            _("From"): pd.to_datetime([each.first_period for each in versions]),
            _("Until"): pd.to_datetime([each.last_period for each in versions]),
            _("Recipe"): [each.recipe_id[:SHORT] for each in versions],
        }
    )


def lost_table(loads: Sequence[Any]) -> pd.DataFrame:
    """Loads that the workspace does not hold as it should: what should be there, since when, and the way back."""
    ways = {True: _("from the kept upload"), False: _("not kept: import the file again")}
    return pd.DataFrame(
        {
            _("File"): [each.file for each in loads],
            _("Kind"): [each.role for each in loads],
            _("Rows it should have"): [each.rows for each in loads],
            _("Loaded"): [local(datetime.fromisoformat(each.since)) for each in loads],
            _("Can be rebuilt"): [ways[each.kept] for each in loads],
        }
    )


def backup_label(stored: Any) -> str:
    """A kept backup by its time (on this machine's clock) and size."""
    made = local(stored.made_at)
    return f"{day(made)} {made:%H:%M:%S} · {size(stored.size_bytes)}"


def place_labels() -> dict[str, str]:
    """What lies where: kind → what it holds, and what of it concerns persons."""
    return {
        "store": _("All tables: sales, stock, products, results. Customers as keyed hashes only."),
        "uploads": _("Uploads without columns about persons; lost loads are rebuilt from them."),
        "ledger": _("What was loaded, in names and counts; tells a loss."),
        "key": _("Secret that customers are hashed with. In no backup: keep a copy."),
        "files": _("Sample paths and models; made again by the next forecast."),
        "backups": _("Backups made here, each with its uploads."),
        "former": _("What was in place before a restore, or a log that could not be read."),
    }  # fmt: skip


def place_table(places: Sequence[Any]) -> pd.DataFrame:
    """Files of the workspace: name, what they hold, how many, how large."""
    labels = place_labels()
    return pd.DataFrame(
        {
            _("File or folder"): [each.name for each in places],
            _("Files"): [each.files for each in places],
            _("Size"): [size(each.size_bytes) for each in places],
            _("What it holds"): [labels[each.kind] for each in places],
        }
    )


def forgotten_note(done: Any) -> str:
    """What forgetting a person took out; nothing in it tells who it was."""
    text = _(
        "{lines} sales lines no longer name the customer; {files} kept uploads and {aside} lines set aside were "
        "cleared; {words} texts typed by users (comments, reasons, names) were removed."
    ).format(
        lines=number(done.lines), files=number(done.files), aside=number(done.quarantined), words=number(done.words)
    )
    if not done.searched:
        text += " " + _("Texts were not searched: what you gave is too short, it stands in too many of them.")
    if done.backups:
        more = _("{count} backups made before still hold what was taken out. Make a new one and delete them.")
        text += " " + more.format(count=number(done.backups))
    return text
