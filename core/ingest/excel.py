"""Workbooks are parsed in a child process with bounded memory and time; only its CSV comes back."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.base.errors import FileFormatError

TIMEOUT: Final = 60.0
"""Seconds a workbook may take."""
_CHILD: Final = Path(__file__).with_name("excel_child.py")
_REFUSED: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One sheet as CSV.

    Attributes:
        name: the sheet.
        names: all sheets of the workbook.
        first_row: the sheet's row of the first record, 1-based.
        text: CSV in UTF-8, comma and double quotes.
    """

    name: str
    names: tuple[str, ...]
    first_row: int
    text: bytes


def workbook_rows(data: bytes, label: str, sheet: str = "") -> Sheet:
    """One sheet of a workbook.

    Args:
        data: the workbook.
        label: its name, for messages.
        sheet: the sheet; empty for the first visible one with rows.

    Raises:
        FileFormatError: the workbook is damaged, or needs more memory or time than allowed.
    """
    # -I: neither the environment nor the current folder may change what the child imports
    command = [sys.executable, "-I", str(_CHILD), *([sheet] if sheet else [])]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=TIMEOUT, check=False)  # noqa: S603 - own file, no shell
    except subprocess.TimeoutExpired:
        raise FileFormatError(f"“{label}” took longer than {TIMEOUT:.0f} s to open. Save the sheet as CSV.") from None
    if done.returncode == _REFUSED:
        raise FileFormatError(f"“{label}”: {done.stderr.decode('utf-8', 'replace')[:300]}")
    if done.returncode != 0:
        raise FileFormatError(
            f"“{label}” needs more than 2 GB of memory to open: its sheet claims far more cells than it shows, or "
            f"it is damaged. Delete the empty rows and columns, or save the sheet as CSV."
        )
    # the first line is about the sheet, the rest is its CSV
    about, _, text = done.stdout.partition(b"\n")
    facts = json.loads(about)
    return Sheet(facts["sheet"], tuple(facts["sheets"]), int(facts["first_row"]), text)
