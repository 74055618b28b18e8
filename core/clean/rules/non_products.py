"""Postage, fees, vouchers and bookings: lines that are no product."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter
from core.clean.lines import listed, pattern_of, removed

CODES: Final = (
    "POST, DOT, M, D, S, B, C2, C3, CRUK, PADS, BANK CHARGES, AMAZONFEE, ADJUST, ADJUST2, GIFT, GIFT_*, GIFTWRAP, "
    "GIFT WRAP, SHIPPING, POSTAGE, CARRIAGE, FREIGHT, DELIVERY, DISCOUNT, COUPON, TIP, TAX, VAT, FEE, REFUND, DEPOSIT, "
    "TEST, TEST-*, TEST_*, SURCHARGE, INSURANCE, ROUNDING, WRITE-OFF, VERSAND, VERSANDKOSTEN, PORTO, GUTSCHEIN, "
    "PFAND, LIVRAISON, ENVIO, ENVÍO, 运费, 邮费, 快递费, 补差价, 差价, 差价链接, 补邮费, 赠品, "
    "优惠券, 红包, 服务费, 保险"
)


@dataclass(frozen=True, slots=True)
class NonProducts:
    """Sets aside lines whose code stands for postage, a fee, a voucher or a booking.

    Only codes of the list go. A product whose code merely looks odd (a party bag "DCGSSGIRL") stays. Listed codes of
    one or two characters go only where products usually have at least four: in a shop that sells "S", "M" and "L",
    they are products.
    """

    key: ClassVar[str] = "non_products"
    label: ClassVar[str] = "Lines that are no product"
    changes: ClassVar[tuple[str, ...]] = ()
    description: ClassVar[str] = "Postage, fees, vouchers, manual bookings and tests are set aside by their code."

    codes: str = parameter(CODES, "Codes", help="Separated by commas; * stands for any characters; capitals or not.")
    more: str = parameter("", "Further codes of this shop", help="Separated by commas; * stands for any characters.")

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        codes = listed(f"{self.codes},{self.more}".upper())
        return {"pattern": pattern_of(codes), "reason": _("“{}” is not a product ({})")}

    def _condition(self) -> str:
        # Codes are far fewer than lines, so each code is tried once.
        return """sku IN (
            WITH codes AS (
                SELECT sku, length(trim(sku)) AS size, regexp_full_match(upper(trim(sku)), $pattern) AS listed
                FROM (SELECT DISTINCT sku FROM rows)),
            usual AS (SELECT coalesce(median(size), 0) AS size FROM codes WHERE NOT listed)
            SELECT sku FROM codes WHERE listed AND (size > 2 OR (SELECT size FROM usual) >= 4))
        """

    def findings(self) -> str:
        """SELECT of the lines set aside, with code and text."""
        return removed(self._condition(), "format($reason, sku, coalesce(product_name, ''))")
