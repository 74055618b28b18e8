"""Lines counted in boxes, cartons or dozens: turned into pieces."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter
from core.clean.lines import listed, pattern_of

PACKS: Final = (
    "box, boxes, bx, case, cases, cs, carton, cartons, ctn, pack, packs, pk, pkt, package, packages, packet, packets, "
    "bundle, bundles, crate, crates, tray, trays, karton, kartons, kiste, kisten, packung, packungen, vpe, boîte, "
    "boîtes, caisse, caisses, paquet, paquets, caja, cajas, paquete, paquetes, 箱, 盒, 包, 捆, 整箱"
)
DOZEN: Final = r"^(dozens?|doz|dz|dzn|dutzend|douzaines?|docenas?|打)$"
GROSS: Final = r"^(gross|罗)$"
CONTENT_SIZE: Final = (
    r"[0-9]+([.,][0-9]+)?\s*(kgs?|mg|g|gr|gms?|ml|cl|l|lbs?|oz|cm|mm|m|克|千克|公斤|斤|毫升|升)($|[^a-z])"
)
"""A weight, volume or length beside the word ("box 500 ml") says nothing of how many pieces there are."""
READ: Final = f"""
    WITH named AS (
        SELECT unit, regexp_replace(lower(trim(unit)), '{CONTENT_SIZE}', ' ', 'g') AS text
        FROM (SELECT DISTINCT unit FROM rows WHERE unit IS NOT NULL)),
    numbered AS (SELECT *, regexp_extract_all(text, '[0-9]+') AS numbers FROM named)
    SELECT unit, CASE
        WHEN regexp_matches(text, '{DOZEN}') THEN 12 WHEN regexp_matches(text, '{GROSS}') THEN 144
        WHEN regexp_matches(text, $packs) AND len(numbers) = 1 AND length(numbers[1]) <= 4 THEN numbers[1]::DOUBLE
        END AS size, regexp_matches(text, $packs) AS pack
    FROM numbered
"""  # noqa: S608 - fixed texts
"""What each unit in the data means: pieces in it where it says so itself, and whether it is the word for a pack."""
SIZED: Final = """
    SELECT rows.*, coalesce(nullif(read.size, 0), pack_sizes.units) AS size
    FROM rows JOIN read ON rows.unit = read.unit
    LEFT JOIN pack_sizes ON pack_sizes.sku = coalesce(rows.code, rows.sku)
    WHERE read.size IS NOT NULL OR read.pack
"""


@dataclass(frozen=True, slots=True)
class UnitsOfMeasure:
    """Multiplies lines counted in packs by the pieces in one pack, and divides their price by it.

    The pieces come from the unit itself ("dozen", "box of 24", "12-pack") or from the product's units per pack. A pack
    whose size nobody states stays as it is and is pointed out; so is one of a code that a link multiplies as well.
    """

    key: ClassVar[str] = "units_of_measure"
    label: ClassVar[str] = "Boxes and dozens"
    changes: ClassVar[tuple[str, ...]] = ("unit_price", "unit")
    description: ClassVar[str] = "Lines counted in boxes, cartons or dozens are turned into pieces."

    words: str = parameter(PACKS, "Words for a pack", help="Separated by commas; looked for in the unit of a line.")

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        words = listed(self.words.lower())
        western = pattern_of(tuple(word for word in words if word[0].isalpha() and ord(word[0]) < 0x250))
        other = pattern_of(tuple(word for word in words if ord(word[0]) >= 0x250))
        return {
            "packs": rf"(^|[^a-zß-ÿ])({western})($|[^a-zß-ÿ])|{other}",
            "reason": _("{:g} × “{}” = {:g} pieces"),
            "twice": _(
                "“{}” of “{}” is turned into pieces, and by its link each of them counts as {:g} × “{}”; "
                "check that the pack is not counted twice"
            ),
            "unknown": _("“{}”: nobody says how many pieces it holds; {} lines are counted as they stand"),
        }

    def findings(self) -> str:
        """SELECT of the lines turned into pieces."""
        return f"""
        WITH read AS MATERIALIZED ({READ}), sized AS ({SIZED})
        SELECT upload_id, line, format($reason, quantity, unit, round(quantity * size, 6)) AS reason,
               quantity AS before, round(quantity * size, 6) AS after, round(unit_price / size, 6) AS unit_price,
               NULL::VARCHAR AS unit
        FROM sized WHERE size <> 1
        """  # noqa: S608 - fixed texts

    def suspicions(self) -> str:
        """SELECT of the products sold in packs of unknown size, and of those that a link multiplies once more."""
        return f"""
        WITH read AS MATERIALIZED ({READ}), sized AS ({SIZED})
        SELECT sku, location, min(sold_at)::DATE || '/' || max(sold_at)::DATE AS period, sum(quantity) AS units,
               format($unknown, unit, count(*)) AS reason
        FROM sized WHERE size IS NULL GROUP BY sku, location, unit
        UNION ALL
        SELECT rows.sku, rows.location, min(rows.sold_at)::DATE || '/' || max(rows.sold_at)::DATE, sum(rows.quantity),
               format($twice, sales_lines.unit, rows.code, any_value(links.factor), rows.sku)
        FROM rows JOIN links ON links.old_sku = rows.code JOIN sources ON sources.upload_id = rows.upload_id
        JOIN sales_lines ON sales_lines.upload_id = sources.upload AND sales_lines.line = rows.line
        WHERE links.factor <> 1 AND rows.unit IS NULL AND sales_lines.unit IS NOT NULL
        GROUP BY rows.sku, rows.location, rows.code, sales_lines.unit
        """  # noqa: S608 - fixed texts
