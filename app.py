"""Entry point: page config, theme, navigation."""

from pathlib import Path

import streamlit as st

from pages.ui import navigation

# A file of our own: the browser would fetch a named icon from a font server on the internet.
ICON = Path(__file__).parent / "pages" / "ui" / "icon.svg"

st.set_page_config(page_title="Stockcast", page_icon=str(ICON), layout="wide")
navigation.run()
