"""The app as a newcomer starts it, and a browser that forgives nothing: a console error or a foreign request fails."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

ROOT = Path(__file__).parents[2]
START_SECONDS = 300.0
LOADED_SECONDS = 60.0
WIDE = (1440, 900)
NARROW = (390, 844)

expect.set_options(timeout=1000 * LOADED_SECONDS)


@dataclass(frozen=True)
class App:
    """A running Stockcast: its address, and the folder of its workspace."""

    url: str
    home: Path

    def copied(self, folder: Path) -> Path:
        """A copy of the workspace file, to look into while the app holds the original."""
        shutil.copytree(self.home, folder)
        return folder / "shop.duckdb"


@dataclass
class Visitor:
    """One browser window; `faults` collects what may not happen.

    Attributes:
        page: the window.
        app: what it looks at.
        faults: console errors, errors of scripts, and requests to other hosts.
    """

    page: Page
    app: App
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Begin to collect faults."""
        own = urlsplit(self.app.url).netloc
        self.page.on("console", self._told)
        self.page.on("dialog", lambda dialog: self.faults.append(f"dialog {dialog.message}"))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self._requested(request.url, own))

    def _told(self, message: ConsoleMessage) -> None:
        # opened at a page's address, Streamlit tries that address as the app's root first and is told there is none
        searching = re.search(r"/\w+/_stcore/(health|host-config)$", message.location.get("url", ""))
        if message.type == "error" and not searching:
            self.faults.append(f"{message.text} {message.location.get('url', '')}")

    def _requested(self, url: str, own: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != own:
            self.faults.append(f"request to {url}")

    def open(self, path: str, title: str) -> None:
        """Go to an address of the app and wait until the page stands complete."""
        self.page.goto(f"{self.app.url}/{path}")
        expect(self.page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible()
        self.settle()

    def go(self, title: str, heading: str = "") -> None:
        """Choose a page in the sidebar and wait until it stands complete."""
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
        expect(self.page.get_by_role("heading", name=heading or title, exact=True, level=1)).to_be_visible()
        self.settle()

    def turn(self, size: tuple[int, int]) -> None:
        """Give the window another size, as one who turns a phone does."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.settle()

    def settle(self) -> None:
        """Wait until the page's script has run to its end."""
        still = self.page.locator("[data-testid='stApp'][data-test-script-state='notRunning']")
        expect(still).to_be_attached()
        # a rerun that was asked for in this very moment shows itself a little later
        self.page.wait_for_timeout(150)
        expect(still).to_be_attached()
        expect(self.page.get_by_test_id("stException")).to_have_count(0)

    def upload(self, *files: Path) -> None:
        """Choose files in the real file dialog."""
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_test_id("stFileUploaderDropzone").locator("button").first.click()
        chooser.value.set_files(list(files))

    def choose_row(self, key: str, place: int) -> None:
        """Choose a row of a table by its mark at the left; the table is a drawing, so it is hit by position."""
        table = self.page.locator(f".st-key-{key}").get_by_test_id("stDataFrame")
        table.scroll_into_view_if_needed()
        box = table.bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + 14, box["y"] + 35 * (place + 1.5))
        self.settle()

    def press(self, key: str) -> None:
        """Click the button with this key."""
        self.button(key).click()

    def button(self, key: str) -> Locator:
        """The button with this key; one with a tooltip stands in the page twice."""
        return self.page.locator(f".st-key-{key} button").first

    def metric(self, label: str) -> str:
        """The figure on a card."""
        card = self.page.get_by_test_id("stMetric").filter(has_text=label).first
        return card.get_by_test_id("stMetricValue").inner_text()

    def download(self, key: str, folder: Path) -> Path:
        """Click a download button; the file it gave."""
        with self.page.expect_download() as coming:
            self.press(key)
        target = folder / coming.value.suggested_filename
        coming.value.save_as(target)
        return target


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def running(command: Callable[[int], list[str]], home: Path) -> Iterator[App]:
    """Start the app in a process group of its own, wait until it answers, and end that group afterwards."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = home.with_suffix(".log")
    environment = os.environ | {"STOCKCAST_HOME": str(home)}
    with log.open("wb") as told:
        process = subprocess.Popen(
            command(port), cwd=ROOT, env=environment, stdout=told, stderr=told, start_new_session=True
        )
    try:
        end = time.monotonic() + START_SECONDS
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"The app did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}")
            time.sleep(0.1)
        yield App(url, home)
        assert not re.findall("Traceback|WARNING.*", log.read_text(encoding="utf-8", errors="replace"))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(15)


def by_make(port: int) -> list[str]:
    return ["make", "--no-print-directory", "run", f"PORT={port}"]


def bare(port: int) -> list[str]:
    return [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]


@contextmanager
def visiting(browser: Browser, app: App, size: tuple[int, int] = WIDE, scheme: str = "light") -> Iterator[Visitor]:
    """A fresh window on the app; what went wrong in it fails the test at its end."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB", accept_downloads=True
    )
    visitor = Visitor(context.new_page(), app)
    visitor.watch()
    try:
        yield visitor
    finally:
        context.close()
    assert visitor.faults == []
