"""The words of the trade as this program uses them."""

import streamlit as st

from core.base.language import _


def terms() -> dict[str, str]:
    """Word → meaning."""
    return {
        _("On hand"): _("Units physically in stock."),
        _("On order"): _("Units bought and not yet received."),
        _("Promised (allocated)"): _("Units sold to customers and not yet shipped."),
        _("Stock position"): _("On hand plus on order minus promised; orders are decided on it."),
        _("Lead time"): _("Days from placing an order to its receipt."),
        _("Review period"): _("Days between two order decisions."),
        _("Reorder point"): _("Stock position at which to order: expected demand plus safety stock."),
        _("Safety stock"): _("Stock held against uncertain demand and lead times."),
        _("Cycle service level"): _("Chance that a replenishment cycle ends without a stock-out."),
        _("Fill rate"): _("Share of demanded units that is served at once from stock."),
        _("Days of cover"): _("Days the present stock lasts at the forecast rate."),
        _("Stock turns"): _("How often a year the mean stock is sold."),
        _("Minimum order, pack"): _("Smallest quantity a supplier accepts, and the multiple it comes in."),
        _("WAPE"): _("Sum of absolute forecast errors over the sum of demand."),
        _("Bias"): _("Sum of forecast errors over the sum of demand; above zero means too much was forecast."),
        _("MASE"): _("Mean error against that of repeating last week; below 1 is better than that."),
        _("P10–P90"): _("Range that eight outcomes in ten fall into."),
        _("Simulation error (±)"): _("Standard error that comes from playing a limited number of demand paths."),
    }  # fmt: skip


def show() -> None:
    """The glossary, folded."""
    with st.expander(_("Glossary"), icon=":material/menu_book:"):
        st.markdown("\n".join(f"- **{word}**: {meaning}" for word, meaning in terms().items()))
