"""Files that are none: one sentence each, and nothing is stored."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core.workflows import importing
from core.workflows.workspace import open_workspace
from tests.journeys.browsing import App, visiting

pytestmark = pytest.mark.browser

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


def test_a_picture_and_an_empty_file_are_refused_in_a_sentence(
    browser: Browser, empty_app: App, tmp_path: Path
) -> None:
    (tmp_path / "picture.csv").write_bytes(PICTURE)
    (tmp_path / "empty.csv").write_bytes(b"")
    with visiting(browser, empty_app) as visitor:
        visitor.open("upload", "Upload")
        visitor.upload(tmp_path / "picture.csv", tmp_path / "empty.csv")
        errors = visitor.page.get_by_test_id("stMain").get_by_test_id("stAlertContentError")
        expect(errors).to_have_count(2)
        said = errors.all_inner_texts()
        assert any("picture" in text.lower() or "png" in text.lower() for text in said), said
        assert any("empty" in text.lower() for text in said), said
        assert not any("Traceback" in text for text in said)
        expect(visitor.button("upload-import")).to_be_disabled()
    workspace = open_workspace(empty_app.copied(tmp_path / "copy"))
    assert not importing.imported(workspace)
    workspace.close()
