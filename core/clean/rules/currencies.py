"""Prices in other currencies: turned into the shop's money."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from core.base.language import _
from core.clean.money import READ


@dataclass(frozen=True, slots=True)
class Currencies:
    """Multiplies price, amount and discount of lines in another currency by its exchange rate.

    Where no rate is known, they are taken off the line: money of another country never counts as the shop's own. Units
    stay.
    """

    key: ClassVar[str] = "currencies"
    label: ClassVar[str] = "Other currencies"
    changes: ClassVar[tuple[str, ...]] = ("unit_price", "amount", "discount", "currency")
    description: ClassVar[str] = "Prices in another currency are turned into the shop's money by the rates of Settings."

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        return {
            "converted": _("Price in {}, turned into the shop's money at {:g}"),
            "unknown": _(
                "Price in {}, of which no exchange rate is known; not counted as the shop's money. "
                "Enter the rate in Settings, or make it the shop's currency."
            ),
        }

    def findings(self) -> str:
        """SELECT of the lines whose money is converted or left blank; units before and after are the same."""
        money = ", ".join(f"round({name} * rate, 6) AS {name}" for name in ("unit_price", "amount", "discount"))
        return f"""
        WITH foreign_money AS MATERIALIZED (SELECT * FROM ({READ}) WHERE NOT own)
        SELECT upload_id, line,
               CASE WHEN rate IS NULL THEN format($unknown, rows.currency)
                    ELSE format($converted, rows.currency, rate) END AS reason,
               quantity AS before, quantity AS after, {money},
               CASE WHEN rate IS NULL THEN rows.currency END AS currency
        FROM rows JOIN foreign_money ON rows.currency = foreign_money.currency
        WHERE unit_price IS NOT NULL OR amount IS NOT NULL OR discount IS NOT NULL
        """  # noqa: S608 - fixed texts
