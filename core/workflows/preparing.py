"""From clean demand to an order list in one go: compare the quick methods, forecast by the best, plan."""

from core.base.progress import Progress, silent
from core.compute.executor import Executor, InProcess
from core.store.workspace import Workspace
from core.workflows import comparing, forecasting, planning


def prepare(
    workspace: Workspace, progress: Progress | None = None, executor: Executor | None = None, *, folds: int = 3
) -> str:
    """Compare, forecast and plan with what is imported; the plan's run id.

    Args:
        workspace: the shop.
        progress: told of every step.
        executor: where the methods are computed.
        folds: past dates the methods are compared at.

    Raises:
        NoDataError: there is no sales history.
        CancelledError: the user stopped it; the steps that were done stay.
    """
    told, worker = progress or silent(), executor or InProcess()
    comparing.compare(workspace, comparing.CompareRequest(folds=folds), told.part(0.0, 0.55), worker)
    forecasting.forecast(workspace, forecasting.ForecastRequest(), told.part(0.55, 0.9), worker)
    return planning.plan(workspace, planning.PlanOptions(), told.part(0.9, 1.0)).run_id
