"""Parts of a page that are drawn alone."""

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from core.workflows import settings


def alone():
    """What Streamlit runs when a control of such a part is touched: the part, and nothing of the page before it."""
    import streamlit as st

    from core.base import language
    from pages.ui import session

    @session.fragment()
    def part(text):
        st.write(f"{text} {language.current()}")

    part("spoken:")


def test_a_part_drawn_alone_speaks_the_language_of_the_workspace(empty_shop):
    settings.write(empty_shop, replace(settings.read(empty_shop), language="zh_CN"))
    at = AppTest.from_function(alone).run()
    assert not at.exception
    assert at.markdown[0].value == "spoken: zh_CN"
