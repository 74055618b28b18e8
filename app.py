"""Entry point: page config, theme, navigation."""

import streamlit as st

from pages.ui import navigation

st.set_page_config(page_title="Stockcast", page_icon=":material/inventory_2:", layout="wide")
navigation.run()
