"""The sample shop: from the files beside the program to a forecast and an order plan, in one go."""

from pathlib import Path
from typing import Final

from core.base.errors import NoDataError
from core.base.progress import Progress, silent
from core.compute.executor import Executor, InProcess
from core.store.workspace import Workspace
from core.workflows import comparing, importing, preparing
from core.workflows.importing import Decision, ImportResult, UploadedFile

FOLDER: Final = Path(__file__).parents[2] / "sample_data"
FILES: Final = (
    "sales.csv.gz", "stock.csv.gz", "products.csv", "suppliers.csv", "supplier_items.csv", "purchase_orders.csv.gz",
    "prices_promotions.csv.gz", "behaviour.csv.gz", "market.csv",
)  # fmt: skip
FOLDS: Final = 2
"""Past dates the methods are compared at: the first look shall be there within half a minute."""
FIRST: Final = ("seasonal_naive", "ses", "ets", "optimised_theta", "tsb", "arima", "linear_regression")
"""What they are compared with, for the same reason; the user's own comparison adds only what is missing."""


def load(workspace: Workspace, progress: Progress | None = None) -> ImportResult:
    """Import the sample shop's files as if the user had dropped them on the Upload page.

    Raises:
        NoDataError: the files are not where the program was installed.
    """
    told = progress or silent()
    missing = [name for name in FILES if not (FOLDER / name).exists()]
    if missing:
        raise NoDataError(f"The sample shop's files are missing: {', '.join(missing)}. Run `make sample`.")
    told.report("Reading the sample shop", 0.0)
    files = [UploadedFile(name, (FOLDER / name).read_bytes()) for name in FILES]
    looks = importing.preview(workspace, files)
    decisions = [Decision(look, look.recognition.to_mapping()) for look in looks if look.recognition is not None]
    return importing.import_tables(workspace, decisions, progress=told.part(0.2, 1.0))


def prepare(workspace: Workspace, progress: Progress | None = None, executor: Executor | None = None) -> str:
    """Import, compare the quick methods, forecast and plan; the plan's run id."""
    told, worker = progress or silent(), executor or InProcess()
    load(workspace, told.part(0.0, 0.25))
    request = comparing.CompareRequest((*FIRST, *comparing.combination_labels()), folds=FOLDS)
    return preparing.prepare(workspace, told.part(0.25, 1.0), worker, request)
