"""A product that goes over from pieces to packs, or back: its price jumps by the pack size from one day on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter

LOW: Final = 1.84
"""The smallest ratio of prices that can be a pack of two, within the tolerance of 8 %."""
SHORTEST: Final = 14
"""Days that either price must last; what ends sooner is more often a clearance sale."""
ENDS: Final = f"""
    WITH priced AS NOT MATERIALIZED (
        SELECT sku, sold_at::DATE AS day, quantity, coalesce(unit_price, amount / nullif(quantity, 0)) AS price
        FROM rows WHERE quantity > 0),
    daily AS (SELECT sku, day, avg(price) AS price FROM priced WHERE price > 0 GROUP BY sku, day),
    ends AS (
        SELECT sku, least(8, greatest(1, count(*) // 4)) AS span,
               list_median(list_slice(arg_min(price, day, 8), 1, span)) AS first_price,
               list_median(list_slice(arg_max(price, day, 8), 1, span)) AS last_price
        FROM daily GROUP BY sku)
    SELECT priced.*, first_price, last_price,
           (price > sqrt(first_price * last_price)) = (last_price > first_price) AS late
    FROM priced JOIN ends ON priced.sku = ends.sku
    WHERE price > 0 AND greatest(last_price / first_price, first_price / last_price) >= {LOW}
"""  # noqa: S608 - fixed texts
"""Priced lines of the products whose price ends on another level than it began; `late`: nearer to the last level."""
JUMPS: Final = f"""
    WITH lines AS MATERIALIZED ({ENDS}),
    days AS (
        SELECT sku, day, count(*) FILTER (late) AS late, count(*) FILTER (NOT late) AS early
        FROM lines GROUP BY sku, day),
    counted AS (
        SELECT sku, day, sum(late) OVER past - late AS late_before,
               sum(early) OVER (PARTITION BY sku) - sum(early) OVER past + early AS early_after
        FROM days WINDOW past AS (PARTITION BY sku ORDER BY day ROWS UNBOUNDED PRECEDING)),
    split AS (
        SELECT sku, arg_min(day, (late_before + early_after, day)) AS since, min(late_before + early_after) AS wrong
        FROM counted GROUP BY sku),
    sides AS (
        SELECT lines.sku, since, least(since - min(day), max(day) + 1 - since) AS lasted,
               any_value(wrong) AS wrong, any_value(last_price > first_price) AS dear_after,
               count(*) FILTER (day < since) AS lines_before, count(*) FILTER (day >= since) AS lines_after,
               median(price) FILTER (day < since) AS price_before, median(price) FILTER (day >= since) AS price_after,
               any_value(first_price) AS first_price, any_value(last_price) AS last_price,
               avg(quantity) FILTER (day < since) AS size_before, avg(quantity) FILTER (day >= since) AS size_after,
               median(quantity) FILTER ((day < since) = (last_price > first_price)) AS usual_size,
               sum(quantity) FILTER (day < since) / (since - min(day)) AS rate_before,
               sum(quantity) FILTER (day >= since) / (max(day) + 1 - since) AS rate_after
        FROM lines JOIN split ON lines.sku = split.sku GROUP BY lines.sku, since),
    compared AS (
        SELECT *, greatest(price_after / price_before, price_before / price_after) AS ratio, round(ratio) AS size,
               CASE WHEN dear_after THEN size_before / size_after ELSE size_after / size_before END AS fall_per_line,
               CASE WHEN dear_after THEN rate_before / rate_after ELSE rate_after / rate_before END AS fall_per_day
        FROM sides)
    SELECT sku, since, dear_after, size, price_before, price_after FROM compared
    WHERE size BETWEEN 2 AND 144 AND abs(ratio / size - 1) <= 0.08
        AND lasted >= {SHORTEST} AND least(lines_before, lines_after) >= $min_lines
        AND wrong <= 0.1 * least(lines_before, lines_after)
        AND abs(ln(first_price / price_before)) <= 0.25 AND abs(ln(last_price / price_after)) <= 0.25
        AND (fall_per_line BETWEEN size / 1.6 AND size * 1.6
            OR (usual_size = 1 AND fall_per_day BETWEEN size / 1.6 AND size * 1.6))
"""  # noqa: S608 - fixed texts
"""One jump per product at most: the day that parts dear from cheap lines best, where price and quantity agree on it."""


@dataclass(frozen=True, slots=True)
class PackJumps:
    """Counts packs as pieces where a product's price jumps by a whole number and its quantity falls by about as much.

    The price must be that many times the other, within 8 %, by the medians of all lines before and after one day, and
    nine in ten lines must stand on their side of it, for two weeks at least. Either the units per line fall by about
    that number, or, where people buy one at a time, the units per day. A price increase or a clearance sale may look
    like it, so the rule is offered, never carried out unasked.
    """

    key: ClassVar[str] = "pack_jumps"
    label: ClassVar[str] = "Pieces become packs"
    changes: ClassVar[tuple[str, ...]] = ("unit_price",)
    description: ClassVar[str] = "A price that jumps by a whole number while the quantity falls tells of a new pack."

    min_lines: int = parameter(
        8, "Fewest lines on either side", unit="lines", low=4, high=1000, help="With fewer, nothing is concluded."
    )

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        return {
            "min_lines": self.min_lines,
            "reason": _("Sold in packs of {:.0f}: {:g} packs are {:g} pieces"),
            "since": _("Seems sold in packs of {:.0f} since {}: price up from {:g} to {:g}, quantity down"),
            "until": _("Seems sold in packs of {:.0f} until {}: price down from {:g} to {:g}, quantity up"),
        }

    def findings(self) -> str:
        """SELECT of the lines in packs, turned into pieces."""
        return f"""
        SELECT upload_id, line, format($reason, size, quantity, round(quantity * size, 6)) AS reason,
               quantity AS before, round(quantity * size, 6) AS after, round(unit_price / size, 6) AS unit_price
        FROM rows JOIN ({JUMPS}) AS jumps ON rows.sku = jumps.sku AND (sold_at::DATE >= since) = dear_after
        WHERE quantity <> 0 OR unit_price IS NOT NULL
        """  # noqa: S608 - fixed texts

    def suspicions(self) -> str:
        """SELECT of the products that seem to have changed their pack, with the units counted in packs."""
        return f"""
        SELECT rows.sku, rows.location, since::VARCHAR AS period, sum(quantity) AS units,
               format(CASE WHEN dear_after THEN $since ELSE $until END, size, strftime(since, '%-d %b %Y'),
                      price_before, price_after) AS reason
        FROM rows JOIN ({JUMPS}) AS jumps ON rows.sku = jumps.sku AND (sold_at::DATE >= since) = dear_after
        GROUP BY rows.sku, rows.location, since, dear_after, size, price_before, price_after
        """  # noqa: S608 - fixed texts
