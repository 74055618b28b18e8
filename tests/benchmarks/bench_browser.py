"""What a planner waits for in the browser: the first screen of a fresh server, and a chart after a slider moved.

Neither has a peer; both are told in seconds against what the house promises (2 s and 0.3 s).
"""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from tests.journeys.browsing import Visitor, by_make, running, visiting
from tests.journeys.conftest import CHROMIUM, QUIET

MOVES = 24
FAN = ".js-plotly-plot .scatterlayer >> nth=0"
LINES = "document.querySelector('.js-plotly-plot .scatterlayer')?.innerHTML"
CHANGED = f"before => {{ const now = {LINES}; return now && now !== before ? performance.now() : false }}"

MOVED = "addEventListener('keydown', () => { window.moved = performance.now() }, true)"
"""The wait begins when the key reaches the page, not when the program that drives the browser sends it."""


def first_screen(visitor: Visitor) -> float:
    started = time.perf_counter()
    visitor.page.goto(visitor.app.url)
    expect(visitor.page.get_by_test_id("stMetric").filter(has_text="Stocked out")).to_be_visible()
    expect(visitor.page.locator(".st-key-home-exceptions canvas").first).to_be_visible()
    return time.perf_counter() - started


def redraws(page: Page) -> list[float]:
    """Seconds from each key on the demand slider until the projected stock stands drawn anew."""
    slider = page.locator(".st-key-lever-demand").get_by_role("slider")
    slider.focus()
    page.evaluate(MOVED)
    waited = []
    for move in range(MOVES):
        before = page.evaluate(LINES)
        slider.press("ArrowRight" if move % 4 < 2 else "ArrowLeft")
        drawn = page.wait_for_function(CHANGED, arg=before, polling="raf").json_value()
        waited.append((drawn - page.evaluate("window.moved")) / 1000)
        page.wait_for_timeout(600)
    return waited


def bench() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        with running(by_make, Path(folder) / "home") as app, visiting(chromium, app) as visitor:
            cold = first_screen(visitor)
            warm = first_screen(visitor)
            visitor.open("what_if", "What-if")
            expect(visitor.page.locator(FAN)).to_be_visible()
            moved = redraws(visitor.page)
        chromium.close()
    figures = {
        "browser: first useful screen of a fresh server": cold,
        "browser: the same screen again": warm,
        f"browser: slider to redrawn chart, median of {MOVES}": statistics.median(moved),
        f"browser: slider to redrawn chart, slowest of {MOVES}": max(moved),
    }
    return [
        {"name": name, "ours": value, "peer": None, "ratio": None, "unit": "seconds"} for name, value in figures.items()
    ]
