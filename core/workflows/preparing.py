"""From clean demand to an order list in one go: compare the quick methods, forecast by the best, plan."""

from typing import Final

from core.base.progress import Progress, silent
from core.compute.executor import Executor, InProcess
from core.store.workspace import Workspace
from core.workflows import comparing, forecasting, planning
from core.workflows.comparing import CompareRequest

_USUAL: Final = CompareRequest()


def prepare(
    workspace: Workspace,
    progress: Progress | None = None,
    executor: Executor | None = None,
    request: CompareRequest = _USUAL,
) -> str:
    """Compare, forecast and plan with what is imported; the plan's run id.

    Args:
        workspace: the shop.
        progress: told of every step.
        executor: where the methods are computed.
        request: what is compared.

    Raises:
        NoDataError: there is no sales history.
        CancelledError: the user stopped it; the steps that were done stay.
    """
    told, worker = progress or silent(), executor or InProcess()
    comparing.compare(workspace, request, told.part(0.0, 0.55), worker)
    forecasting.forecast(workspace, forecasting.ForecastRequest(), told.part(0.55, 0.9), worker)
    return planning.plan(workspace, planning.PlanOptions(), told.part(0.9, 1.0)).run_id
