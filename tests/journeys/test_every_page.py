"""Every page opens: wide and narrow, light and dark, without an error, without sideways scrolling."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.browsing import NARROW, WIDE, App, visiting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sample shop")]

PAGES = {
    "": "Home", "upload": "Upload", "clean": "Clean", "segments": "Segments", "compare": "Compare models",
    "forecast": "Forecast", "order_plan": "Order plan", "what_if": "What-if", "runs": "Runs & settings",
}  # fmt: skip


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")])
def test_every_page_stands_without_a_fault(
    browser: Browser, sample_app: App, size: tuple[int, int], scheme: str
) -> None:
    with visiting(browser, sample_app, size, scheme) as visitor:
        for path, title in PAGES.items():
            visitor.open(path, title)
            assert "Stockcast" in visitor.page.title()
            assert visitor.page.get_by_text("Something went wrong").count() == 0
            wider = "document.documentElement.scrollWidth - window.innerWidth"
            assert visitor.page.evaluate(wider) <= 0, f"{title} is too wide at {size[0]} px"
