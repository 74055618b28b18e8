"""Jobs that link codes of one SKU and make the clean demand anew."""

from collections.abc import Callable, Mapping, Sequence

from core.base.progress import Progress
from core.jobs.runner import JobRunner, fingerprint
from core.workflows import joining
from core.workflows.joining import Link, LinksDone
from core.workflows.workspace import Workspace

LINKING = "linking"


def start_links(runner: JobRunner, workspace: Workspace, wanted: Sequence[Link]) -> str:
    """Link codes, all of them or none; the last partial result is the LinksDone."""
    listed = [[each.old_sku, each.new_sku, each.factor, fingerprint(each.reason)] for each in wanted]
    return _start(runner, {"links": listed}, lambda progress: joining.link_all(workspace, wanted, progress))


def start_links_file(runner: JobRunner, workspace: Workspace, file_name: str, content: bytes) -> str:
    """Link the codes that a file lists."""
    request = {"file": file_name, "content": fingerprint(content)}
    return _start(runner, request, lambda progress: joining.import_links(workspace, file_name, content, progress))


def start_unlink(runner: JobRunner, workspace: Workspace, old_sku: str) -> str:
    """Let a code count by itself again."""
    return _start(runner, {"unlinked": old_sku}, lambda progress: joining.unlink(workspace, old_sku, progress))


def _start(runner: JobRunner, request: Mapping[str, object], work: Callable[[Progress], LinksDone]) -> str:
    def run(progress: Progress) -> None:
        done = work(progress)
        progress.unstoppable().report("Linked", 1.0, partial=done)

    return runner.start(LINKING, run, request)
