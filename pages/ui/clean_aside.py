"""What was set aside or only noticed: codes that are no product, lines refused at import, and suspicions of rules."""

import pandas as pd
import streamlit as st

from core.base.language import _
from core.report import tables_clean, tables_upload
from core.workflows import cleaning, waiting
from core.workflows.cleaning import CleanReport
from pages.ui import session, tables


@st.cache_data(max_entries=2, show_spinner=False)
def _not_products(version: str, language: str) -> pd.DataFrame:  # noqa: ARG001 - the key of the cache
    return tables_clean.not_products(cleaning.findings(session.workspace()))


@st.cache_data(max_entries=2, show_spinner=False)
def _noticed(version: str) -> pd.DataFrame:  # noqa: ARG001 - the key of the cache
    return waiting.suspicions(session.workspace())


def show(version: str, report: CleanReport) -> None:
    """Each list under its heading; what is empty is left out."""
    noticed = _noticed(version)
    if len(noticed):
        st.subheader(_("Noticed and left as it is"))
        st.caption(_("No rule may settle these unasked; each line says what would."))
        labels = {rule.key: rule.label for rule in report.rules}
        tables.show(tables_clean.suspicions(noticed, labels), alt=_("What rules noticed"), key="clean-noticed")
    codes = _not_products(version, session.settings().language)
    if len(codes):
        st.subheader(_("Set aside: no products"))
        tables.show(codes, alt=_("Codes that are no product"), key="clean-not-products")
    aside = cleaning.set_aside(session.workspace())
    if len(aside):
        st.subheader(_("Set aside at import"))
        tables.show(tables_upload.rejected_lines(aside), alt=_("Lines that could not be read"), key="clean-set-aside")
