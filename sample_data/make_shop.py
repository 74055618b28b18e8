"""Makes the sample shop: python sample_data/make_shop.py [folder].

Everything is drawn from one seed, so each run writes the same files. Nothing is downloaded; all names are made up.
"""

import sys
from pathlib import Path

from shop import catalogue, demand, files, market, orders, supply, truth


def make(folder: Path) -> None:
    """Draws the shop and writes its files into a folder."""
    goods = catalogue.build()
    days = market.build(goods)
    mean = demand.expected(goods, days)
    wanted = demand.draw(goods, mean)
    bulk = demand.bulk_orders(goods, mean)
    flows = supply.play(goods, mean, wanted, bulk)
    lines = orders.build(goods, days, flows)
    files.write_all(folder, goods, days, flows, lines)
    truth.write_all(folder / "truth", goods, flows, lines, (wanted, bulk))
    print(f"{len(lines):,} sales lines of {len(goods.products)} products in {len(goods.series)} series: {folder}")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
