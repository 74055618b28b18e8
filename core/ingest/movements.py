"""Stock movements: what kind each is, and whether it adds to the stock of a location or takes from it."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.types import BoolArray, FloatArray, IntArray
from core.ingest.cells import Cells, typed
from core.ingest.mapping import TableMapping
from core.ingest.numerals import distinct
from core.ingest.spelling import plain
from core.ingest.tables import RawTable

KINDS: Final = ("receipt", "shipment", "return", "adjustment", "transfer", "other")
_WORDS: Final[tuple[tuple[str, str, int], ...]] = (
    ("returntosupplier", "return", -1), ("returntovendor", "return", -1), ("vendorreturn", "return", -1),
    ("supplierreturn", "return", -1), ("采购退", "return", -1), ("退供", "return", -1), ("退货出库", "return", -1),
    ("return", "return", 1), ("retoure", "return", 1), ("retour", "return", 1), ("devoluci", "return", 1),
    ("退货", "return", 1), ("退回", "return", 1),
    ("transferinout", "transfer", 0), ("transferin", "transfer", 1), ("transferout", "transfer", -1),
    ("调拨入", "transfer", 1), ("调入", "transfer", 1), ("调拨出", "transfer", -1), ("调出", "transfer", -1),
    ("transfer", "transfer", 0), ("umlagerung", "transfer", 0), ("transfert", "transfer", 0),
    ("traspaso", "transfer", 0), ("调拨", "transfer", 0), ("移库", "transfer", 0),
    ("盘盈", "adjustment", 1), ("盘亏", "adjustment", -1), ("报损", "adjustment", -1), ("报废", "adjustment", -1),
    ("found", "adjustment", 1), ("lost", "adjustment", -1), ("damage", "adjustment", -1),
    ("dispos", "adjustment", -1), ("scrap", "adjustment", -1), ("writeoff", "adjustment", -1),
    ("shrink", "adjustment", -1), ("adjust", "adjustment", 0), ("correction", "adjustment", 0),
    ("stockcount", "adjustment", 0), ("reconciliation", "adjustment", 0), ("korrektur", "adjustment", 0),
    ("ajust", "adjustment", 0), ("盘点", "adjustment", 0), ("调整", "adjustment", 0),
    ("shipment", "shipment", -1), ("shipped", "shipment", -1), ("sale", "shipment", -1), ("issue", "shipment", -1),
    ("deliverynote", "shipment", -1), ("outbound", "shipment", -1), ("goodsout", "shipment", -1),
    ("consum", "shipment", -1), ("abgang", "shipment", -1), ("sortie", "shipment", -1), ("salida", "shipment", -1),
    ("出库", "shipment", -1), ("发货", "shipment", -1), ("销售", "shipment", -1), ("领用", "shipment", -1),
    ("receipt", "receipt", 1), ("received", "receipt", 1), ("receive", "receipt", 1), ("purchase", "receipt", 1),
    ("inbound", "receipt", 1), ("goodsin", "receipt", 1), ("manufacture", "receipt", 1), ("zugang", "receipt", 1),
    ("wareneingang", "receipt", 1), ("entree", "receipt", 1), ("entrada", "receipt", 1), ("入库", "receipt", 1),
    ("收货", "receipt", 1), ("进货", "receipt", 1), ("采购", "receipt", 1),
)  # fmt: skip
"""A part of a kind's name, what it is, and whether it brings units (1), takes them (-1) or may do either (0)."""
_WHOLE: Final = {"in": ("receipt", 1), "out": ("shipment", -1), "入": ("receipt", 1), "出": ("shipment", -1)}


def kind_of(text: str) -> tuple[str, int]:
    """The kind of a movement by its name, and its direction: 1 in, -1 out, 0 either.

    Example:
        >>> kind_of("Purchase Receipt"), kind_of("调拨出库"), kind_of("Customer Returns"), kind_of("?")
        (('receipt', 1), ('transfer', -1), ('return', 1), ('other', 0))
    """
    name = plain(text)
    found = next(((kind, sign) for part, kind, sign in _WORDS if part in name), None)
    return found or _WHOLE.get(name, ("other", 0))


def complete(cells: Cells, table: RawTable, mapping: TableMapping, key: bytes | None) -> None:
    """Give each movement its signed quantity and its kind, in place.

    Args:
        cells: typed columns of a movements table, shape (n_rows,).
        table: where they came from.
        mapping: decided down to the decimal mark.
        key: secret for customer numbers, which movements have none of.
    """
    coming, going = (_extra(cells, table, mapping, key, name) for name in ("quantity_in", "quantity_out"))
    quantity = _floats(cells.columns["quantity"])
    if mapping.column("quantity") is None:
        absent = np.isnan(coming) & np.isnan(going)
        quantity = np.where(absent, np.nan, np.nan_to_num(coming) - np.abs(np.nan_to_num(going)))
    kinds, signs = _kinds(cells.columns["kind"], quantity)
    cells.columns["kind"] = kinds
    cells.columns["quantity"] = pa.array(_signed(quantity, signs), pa.float64(), from_pandas=True)
    place = mapping.column("to_location")
    if place is not None:
        cells.columns["to_location"] = typed(table.columns.column(place), "to_location", mapping, b"")[0]


def _extra(cells: Cells, table: RawTable, mapping: TableMapping, _key: bytes | None, name: str) -> FloatArray:
    """Units in or out; NaN where not given or without such a column."""
    place = mapping.column(name)
    if place is None:
        return np.full(cells.wrong.size, np.nan)
    values, bad = typed(table.columns.column(place), name, mapping, b"")
    cells.fault(bad, "“{value}” in column “{column}” is not a number.", place)
    return _floats(values)


def _floats(values: Any) -> FloatArray:
    return np.asarray(values.to_numpy(zero_copy_only=False), np.float64)


def _kinds(names: Any, quantity: FloatArray) -> tuple[Any, IntArray]:
    """Kind and direction of each movement; those without a name go by the sign of their units."""
    if names.null_count == len(names):
        plain_kinds = np.where(quantity < 0, "shipment", "receipt")
        return pa.array(plain_kinds.tolist(), pa.string()), np.zeros(quantity.size, np.int64)
    texts, places = distinct(names if isinstance(names, pa.ChunkedArray) else pa.chunked_array([names]))
    known = [kind_of(text or "") for text in texts.to_pylist()]
    kinds = pc.fill_null(pc.take(pa.array([kind for kind, _ in known], pa.string()), places), "other")
    signs = pc.fill_null(pc.take(pa.array([sign for _, sign in known], pa.int64()), places), 0)
    return kinds, np.asarray(signs.to_numpy(zero_copy_only=False), np.int64)


def _signed(quantity: FloatArray, signs: IntArray) -> FloatArray:
    """Units with their direction: a file that writes what goes out as positive numbers gets them turned."""
    out = signs < 0
    # one negative shipment shows that the file has signs of its own
    has_signs = bool((quantity[out] < 0).any())
    return quantity if has_signs else np.where(out, -np.abs(quantity), quantity)


def with_destinations(cells: Cells) -> None:
    """Split transfers that name their destination into what leaves one location and what reaches the other."""
    destinations = cells.columns.pop("to_location", None)
    if destinations is None:
        return
    sources, quantity = cells.columns["location"], _floats(cells.columns["quantity"])
    moved = np.asarray(
        pc.fill_null(pc.not_equal(destinations, sources), pa.scalar(value=False)).to_numpy(zero_copy_only=False), bool
    )
    quantity = np.where(moved, -np.abs(quantity), quantity)
    cells.columns["quantity"] = pa.array(quantity, pa.float64())
    cells.columns["kind"] = _renamed(cells.columns["kind"], moved)
    arriving = np.flatnonzero(moved)
    rows = pa.array(np.concatenate([np.arange(moved.size), arriving]))
    doubled = {name: pc.take(values, rows) for name, values in cells.columns.items()}
    doubled["quantity"] = pa.array(np.concatenate([quantity, -quantity[arriving]]), pa.float64())
    doubled["location"] = pa.concat_arrays([_flat(sources), _flat(pc.take(destinations, pa.array(arriving)))])
    cells.columns = doubled
    cells.numbers = np.arange(1, len(rows) + 1)
    cells.wrong = np.zeros(len(rows), bool)


def _flat(values: Any) -> Any:
    flat = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return flat.combine_chunks() if isinstance(flat, pa.ChunkedArray) else flat


def _renamed(kinds: Any, moved: BoolArray) -> Any:
    return pc.if_else(pa.array(moved), pa.scalar("transfer"), kinds)
