"""One page of the app as the first visitor after a start sees it: `python -m tests.benchmarks.first_load PAGE`.

Prints the processor's seconds from the visit to the drawn page; what the server imports when it starts comes before.
"""

import sys
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

import serve  # noqa: F401 - what a server has imported before anybody comes

PAGES = Path(__file__).parents[2] / "pages"
PATIENCE_SECONDS = 300.0


def seconds(page: str) -> float:
    app = AppTest.from_file(str(PAGES / f"{page}.py"), default_timeout=PATIENCE_SECONDS)
    started = time.process_time()
    app.run()
    taken = time.process_time() - started
    if app.exception or app.error:
        raise SystemExit(f"{page}: {[each.value for each in (*app.exception, *app.error)]}")
    return taken


if __name__ == "__main__":
    print(seconds(sys.argv[1]))
