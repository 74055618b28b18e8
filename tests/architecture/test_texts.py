"""Texts a reader sees go through gettext, and none of them is an emoji or a raw column name."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "pages").rglob("*.py"), ROOT / "app.py"])
SPEAKING = {
    "title", "header", "subheader", "caption", "write", "markdown", "text", "info", "success", "warning", "error",
    "button",
    "download_button", "metric", "selectbox", "multiselect", "slider", "select_slider", "number_input", "text_input",
    "date_input", "toggle", "checkbox", "radio", "pills", "segmented_control", "file_uploader", "expander", "page_link",
    "form_submit_button", "toast", "popover", "status", "spinner", "text_area", "Page",
}  # fmt: skip
NAMED = {"label", "title", "help", "placeholder", "body", "alt"}
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")


def literal_words(node: ast.expr) -> str:
    """The words of a string literal; "" for anything else, icons, page paths and the product's name."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return ""
    text = node.value
    exempt = text.startswith((":material/", "pages/")) or text == "Stockcast"
    return text if re.search("[A-Za-z]{2}", text) and not exempt else ""


def plain_texts(tree: ast.AST) -> list[tuple[int, str]]:
    """Literal texts given to Streamlit without going through gettext."""
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SPEAKING):
            continue
        root = node.func.value
        if not (isinstance(root, ast.Name) and root.id == "st"):
            continue
        spoken = node.args[:1] if node.func.attr != "Page" else []
        spoken += [keyword.value for keyword in node.keywords if keyword.arg in NAMED]
        found += [(node.lineno, text) for text in map(literal_words, spoken) if text]
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_of_a_page_can_be_translated(path: Path) -> None:
    assert plain_texts(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_uses_emoji(path: Path) -> None:
    assert EMOJI.search(path.read_text(encoding="utf-8")) is None
