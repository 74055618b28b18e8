import pytest

from core.workflows.scopes import SkuIndex

INDEX = SkuIndex(
    ("A-1", "B-10", "B-2", "C-B"),
    ("a-1 green tea", "b-10 black tea", "b-2 mug", "c-b blue mug"),
    {"Tea": ("A-1", "B-10"), "Mugs": ("B-2", "C-B")},
)


@pytest.mark.parametrize(
    ("words", "category", "expected"),
    [
        ("tea", "", ["A-1", "B-10"]),
        ("TEA black", "", ["B-10"]),
        ("b", "", ["B-10", "B-2", "C-B"]),
        ("b", "Mugs", ["B-2", "C-B"]),
        ("", "Tea", ["A-1", "B-10"]),
        ("nothing", "", []),
    ],
)
def test_skus_are_found_by_every_word_of_code_or_name(words, category, expected):
    assert INDEX.find(words, category) == expected


def test_no_more_are_listed_than_asked_for():
    assert INDEX.find("", limit=2) == ["A-1", "B-10"]
