"""What really happened and why: written beside the files so that tests can ask whether it was found again."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd

from shop import names, settings
from shop.catalogue import Catalogue
from shop.files import dates, write
from shop.market import EVENTS, SPRING_FESTIVAL, SPRING_FESTIVAL_FACTOR
from shop.orders import pairs
from shop.supply import Flows


def groups(catalogue: Catalogue) -> pd.DataFrame:
    """The true groups of each product."""
    table = catalogue.products
    return table[["sku", "season", "week", "process", "popularity", "stage", "units_a_day"]]


def _counts(lines: pd.DataFrame) -> dict[str, int]:
    """How many lines of each kind of dirt stand in the sales export."""
    goods = lines["product"] >= 0
    # A repeated line carries the same order number and product as the line before it.
    repeated = lines.duplicated(["order_id", "sku"])
    unique = lines[~repeated]
    return {
        "lines": len(lines),
        "duplicates": int(repeated.sum()),
        "cancelled": int((unique["status"] == "cancelled").sum()),
        "returns": int((unique["status"] == "returned").sum()),
        "returned_units": int(-unique.loc[unique["status"] == "returned", "units"].sum()),
        "missing_prices": int(lines["price"].isna().sum()),
        "bulk_orders": int(lines["bulk"].sum()),
        "not_goods": int((~goods).sum()),
        **{code.lower(): number for code, number in settings.EXTRAS.items()},
        "units_sold": int(unique.loc[goods & unique["status"].isin(["completed", "paid"]), "units"].sum()),
    }


def effects(catalogue: Catalogue, lines: pd.DataFrame) -> dict[str, object]:
    """The coefficients behind the demand and the counts of planted dirt."""
    sku = catalogue.products["sku"]
    return {
        "promotion_uplift": dict(zip(settings.PROMOTIONS[1:], settings.UPLIFT[1:], strict=True)),
        "price_elasticity": settings.ELASTICITY,
        "cross_elasticity": settings.CROSS_ELASTICITY,
        "spare_parts_damping": settings.DAMPING,
        "leads": {
            name: {"days": days, "coefficient": coefficient} for name, (days, coefficient) in settings.LEADS.items()
        },
        "events": EVENTS,
        "spring_festival": {"first_days": list(SPRING_FESTIVAL), "days": 5, "factor": SPRING_FESTIVAL_FACTOR},
        "pairs": [[sku[first], sku[second]] for first, second in pairs(catalogue)],
        "pair_strength": settings.PAIR_STRENGTH,
        "warehouses": dict(zip(settings.WAREHOUSES, settings.WAREHOUSES_ZH, strict=True)),
        "statuses": names.STATUSES_ZH,
        "counts": _counts(lines),
    }


def bulk_orders(catalogue: Catalogue, flows: Flows, bulk: pd.DataFrame) -> pd.DataFrame:
    """The single large orders: what was wanted and what could be sold."""
    series = catalogue.series.iloc[bulk["series"].to_numpy()]
    return pd.DataFrame(
        {
            "sku": catalogue.products["sku"].to_numpy()[series["product"].to_numpy()],
            "location": np.array(settings.WAREHOUSES)[series["place"].to_numpy()],
            "date": dates(bulk["day"]),
            "wanted": bulk["wanted"].to_numpy(),
            "sold": flows.bulk[bulk["series"], bulk["day"]],
        }
    )


def demand_arrays(catalogue: Catalogue, flows: Flows, wanted: np.ndarray) -> dict[str, np.ndarray]:
    """Unconstrained demand and lost units of each series and day, without the bulk orders.

    `demand` (n_series, n_days) units, -1 where the product was not listed; `lost` units wanted but not served;
    `sku`, `location` (n_series,); `first_day` as days since 1970-01-01.
    """
    product = catalogue.series["product"].to_numpy()
    day = np.arange(settings.DAYS)
    launch, end = (catalogue.products[name].to_numpy()[product][:, None] for name in ("launch", "end"))
    listed = (day >= launch) & (day < end)
    return {
        "sku": catalogue.products["sku"].to_numpy()[product].astype("U8"),
        "location": np.array(settings.WAREHOUSES)[catalogue.series["place"].to_numpy()].astype("U9"),
        "first_day": np.array((settings.START - pd.Timestamp("1970-01-01")).days),
        "demand": np.where(listed, wanted, -1).astype(np.int16),
        "lost": (wanted - flows.sold).astype(np.int16),
    }


def write_all(
    folder: Path, catalogue: Catalogue, flows: Flows, lines: pd.DataFrame, drawn: tuple[np.ndarray, pd.DataFrame]
) -> None:
    """Writes the truth beside the files; `drawn` is the demand and the bulk orders that were drawn."""
    wanted, bulk = drawn
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, "groups.csv", groups(catalogue))
    write(folder, "bulk_orders.csv", bulk_orders(catalogue, flows, bulk))
    text = json.dumps(effects(catalogue, lines), indent=1, ensure_ascii=False)
    (folder / "effects.json").write_text(text + "\n", encoding="utf-8")
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **demand_arrays(catalogue, flows, wanted))
    (folder / "demand.npz").write_bytes(buffer.getvalue())
