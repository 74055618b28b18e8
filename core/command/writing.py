"""Writes a table to the file a command names; its ending says which kind."""

from contextlib import suppress
from pathlib import Path

import pandas as pd

from core.base.errors import DemandError
from core.report.export import Sheet, csv_bytes, xlsx_bytes


def write(path: Path, table: pd.DataFrame, title: str) -> None:
    """Write a table as .csv, .xlsx or .parquet, wholly or not at all.

    Args:
        path: where to; its folder is made when it is not there.
        table: the table.
        title: name of the sheet of a workbook.

    Raises:
        DemandError: the file has another ending, or cannot be written; nothing of it is left then.
    """
    ending = path.suffix.lower()
    if ending == ".csv":
        content = csv_bytes(table)
    elif ending == ".xlsx":
        content = xlsx_bytes({title: Sheet(table)})
    elif ending == ".parquet":
        content = table.to_parquet(index=False)
    else:
        raise DemandError(f"Files end in .csv, .xlsx or .parquet; {path.name} does not. Give another name.")
    draft = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as problem:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise DemandError(
            f"{path.name} cannot be written ({problem.strerror}). Make room or name another."
        ) from problem
