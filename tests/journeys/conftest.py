"""The app with the sample shop and without any data, and the browser that visits it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.browsing import App, bare, by_make, running

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def sample_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app with the sample shop, by the command of the README."""
    with running(by_make, tmp_path_factory.mktemp("sample") / "home") as app:
        yield app


@pytest.fixture
def empty_app(tmp_path: Path) -> Iterator[App]:
    """The app without any data."""
    with running(bare, tmp_path / "home") as app:
        yield app


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()
