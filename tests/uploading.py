"""Files taken into a workspace as a user takes them in who accepts what was recognised."""

from core.workflows import importing
from core.workflows.importing import Decision, ImportResult, UploadedFile
from core.workflows.workspace import Workspace


def import_files(workspace: Workspace, **files: str | bytes) -> ImportResult:
    """Import CSV files by their names without ending; each of them must have been understood."""
    contents = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    looks = importing.preview(workspace, [UploadedFile(f"{name}.csv", content) for name, content in contents.items()])
    assert [look.problem for look in looks] == [""] * len(looks)
    return importing.import_tables(workspace, [Decision(look, look.recognition.to_mapping()) for look in looks])
