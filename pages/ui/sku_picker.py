"""Choosing one SKU out of very many: within a category, by words of its code or name.

A list of ten thousand would travel to the browser at every touch of the page, so large shops are searched.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.base.language import _
from core.report.numbers import number
from core.workflows.scopes import SkuIndex
from core.workflows.viewing import Choices

MANY = 1_000
"""SKUs from which they are searched instead of listed."""
FOUND = 100
"""Most SKUs listed of those found."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the controls keep their state: of the SKU, of the category it is listed in, and of the words typed."""

    sku: str
    category: str
    words: str


def choose(label: str, choices: Choices, keys: Keys) -> str:
    """The SKU chosen; it stays until another one is chosen, whatever is typed.

    Args:
        label: of the list.
        choices: SKUs of the shop with their names.
        keys: where the controls keep their state.
    """
    index = choices.index
    category = _category(index, keys.category)
    options: Sequence[str] = index.by_category.get(category, index.skus)
    if len(options) > MANY:
        options = index.find(find(keys.words, len(options)), category, FOUND)
    chosen = st.session_state.get(keys.sku)
    if isinstance(chosen, str) and chosen in choices.places and chosen not in options:
        options = [chosen, *options]
    shown = {sku: sku_label(sku, choices) for sku in (options or choices.skus[:1])}
    return str(
        st.selectbox(
            label, list(shown), format_func=shown.__getitem__, key=keys.sku, width=260, persist_state="session",
            help=None if options else _("No SKU matches the words."),
        )
    )  # fmt: skip


def find(key: str, among: int) -> str:
    """The words typed to find a SKU by.

    Args:
        key: of the control.
        among: SKUs they are looked for among.
    """
    about = _("{n} SKUs; the list holds the first {most} that match.")
    words = st.text_input(
        _("Find"), key=key, type="search", live="300ms", width=200, placeholder=_("Code or name"),
        help=about.format(n=number(among), most=number(FOUND)),
    )  # fmt: skip
    return words or ""


def _category(index: SkuIndex, key: str) -> str:
    """The category whose SKUs are listed; "" = all."""
    if not index.by_category:
        return ""
    every = {"": _("All categories")} | {name: name for name in index.by_category}
    return str(
        st.selectbox(
            _("Category"), list(every), format_func=every.__getitem__, key=key, width=160, persist_state="session"
        )
    )


def sku_label(sku: str, choices: Choices) -> str:
    """The SKU with its name where a file gives one."""
    name = choices.names.get(sku, sku)
    return sku if name == sku else f"{sku} · {name}"
