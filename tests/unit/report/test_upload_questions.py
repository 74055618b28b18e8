"""Messages of the importer in the words of the page's controls."""

import inspect
import re

import pytest

from core.ingest import baskets, dates, dialect, encoding, guessing, numerals, repairs_shops, settling, shapes
from core.report.upload_questions import asked, choices, in_words

SPEAKING = (baskets, dates, dialect, encoding, guessing, numerals, repairs_shops, settling, shapes)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "“02/01/2024” can be 2 Jan 2024 or 1 Feb 2024. Choose date_order “dmy” or “mdy”.",
            "“02/01/2024” can be 2 Jan 2024 or 1 Feb 2024. Choose “Order of day and month”: “Day first: 31/12/2026” or "
            "“Month first: 12/31/2026”.",
        ),
        ("It may be cp1251. Choose the encoding (option encoding).", "It may be cp1251. Choose the encoding."),
        ("“1.500” is open. Choose the decimal mark (option “decimal”).", "“1.500” is open. Choose the decimal mark."),
        ("Choose another header_line.", "Choose another “Line of the header”."),
        ("choose epoch “1904”.", "choose “Day numbers count from”: “1904 (old Mac workbooks)”."),
        ("The column “packs” holds “pieces”.", "The column “packs” holds “pieces”."),
    ],
)
def test_a_message_names_the_control_and_its_answer(said, shown):
    assert in_words(said) == shown


def test_every_answer_that_the_importer_speaks_of_is_one_of_a_control():
    """What it calls by the name of the command line must not stay so on the page."""
    offered = choices()
    for module in SPEAKING:
        for name, answer in re.findall(r"(\w+) “([\w-]+)”", inspect.getsource(module)):
            if name in offered:
                assert answer in offered[name][1], (module.__name__, name, answer)
                assert asked([f"Choose {name} “{answer}”."]) or name == "layout"
