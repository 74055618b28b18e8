"""A program of its own that turns one sheet of a workbook into CSV, so that a hostile workbook can only end itself.

Standard input: the workbook. Argument: the sheet, or nothing for the first visible one with rows. Standard output: a
line of JSON (sheet, all sheets, first row), then CSV. Exit status 3: one sentence for the user on standard error.
"""

import csv
import datetime as dt
import io
import json
import resource
import sys
from collections.abc import Sequence
from typing import Any, Final

MAX_MEMORY: Final = 2 * 2**30
MAX_TEXT: Final = 2**30


class _Refusal(Exception):  # noqa: N818 - the sentence for the user, not a defect
    """A sentence for the user."""


def text_of(cell: Any) -> str:
    """A cell as text: whole numbers without a fraction, dates in ISO form, truth as TRUE and FALSE.

    Example:
        >>> text_of(102900005115762.0), text_of(2.5), text_of(dt.date(2026, 3, 4)), text_of(True)
        ('102900005115762', '2.5', '2026-03-04', 'TRUE')
    """
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e16 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "seconds")
    return str(cell).replace("\0", "")


def _chosen(workbook: Any, wanted: str) -> Any:
    """The sheet asked for, or the first visible one that has rows."""
    names = list(workbook.sheet_names)
    if wanted:
        if wanted not in names:
            raise _Refusal(f"There is no sheet “{wanted[:80]}”. Sheets: {', '.join(names)[:160]}.")
        return workbook.get_sheet_by_name(wanted)
    # a hidden sheet is rarely what the user means, but may be asked for by name
    hidden = {entry.name for entry in workbook.sheets_metadata if "Visible" not in str(entry.visible)}
    sheets = [workbook.get_sheet_by_name(name) for name in names if name not in hidden]
    if not sheets:
        raise _Refusal("The workbook has no visible sheet.")
    return next((sheet for sheet in sheets if sheet.height > 0), sheets[0])


def _write(sheet: Any, names: Sequence[str], out: io.TextIOBase) -> None:
    start = sheet.start or (0, 0)
    about = {"sheet": sheet.name, "sheets": list(names), "first_row": start[0] + 1}
    out.write(json.dumps(about) + "\n")
    writer = csv.writer(out, lineterminator="\n")
    written = 0
    for row in sheet.to_python(skip_empty_area=True):
        cells = [text_of(cell) for cell in row]
        written += sum(map(len, cells))
        if written > MAX_TEXT:
            raise _Refusal("The sheet expands to more than 1,024 MB. Save it as CSV in parts.")
        writer.writerow(cells)


def main(arguments: Sequence[str]) -> int:
    """Read a workbook from standard input and write one sheet as CSV; 0 when done, 3 when refused."""
    # before the parser is loaded: a sheet that claims 17 billion cells aborts the process that reads it
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine

    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace", newline="")
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        sheet = _chosen(workbook, arguments[0] if arguments else "")
        _write(sheet, workbook.sheet_names, out)
    except _Refusal as refusal:
        sys.stderr.write(str(refusal))
        return 3
    except (python_calamine.CalamineError, ValueError, OSError):
        sys.stderr.write("The workbook is damaged or cut off. Open it in Excel and save it again.")
        return 3
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
