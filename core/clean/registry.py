"""Every cleaning rule there is, by its key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from core.base.errors import ParameterError
from core.base.language import _
from core.base.parameters import ParameterInfo, build, parameters_of
from core.clean.contract import RowRule, SeriesRule
from core.clean.rules.bad_prices import BadPrices
from core.clean.rules.bulk_cancelled import BulkCancelled
from core.clean.rules.cancelled_orders import CancelledOrders
from core.clean.rules.currencies import Currencies
from core.clean.rules.exact_duplicates import ExactDuplicates
from core.clean.rules.internal_orders import InternalOrders
from core.clean.rules.key_duplicates import KeyDuplicates
from core.clean.rules.missing_days import MissingDays
from core.clean.rules.missing_discounts import MissingDiscounts
from core.clean.rules.missing_prices import MissingPrices
from core.clean.rules.missing_quantities import MissingQuantities
from core.clean.rules.missing_values import MissingValues
from core.clean.rules.non_products import NonProducts
from core.clean.rules.outliers_forest import OutliersForest
from core.clean.rules.outliers_hampel import OutliersHampel
from core.clean.rules.outliers_iqr import OutliersIqr
from core.clean.rules.outliers_zscore import OutliersZscore
from core.clean.rules.pack_jumps import PackJumps
from core.clean.rules.returns import Returns
from core.clean.rules.stock_out_demand import StockOutDemand
from core.clean.rules.suspected_stock_outs import SuspectedStockOuts
from core.clean.rules.units_of_measure import UnitsOfMeasure

_ROW_CLASSES: Final = (
    ExactDuplicates, KeyDuplicates, NonProducts, CancelledOrders, InternalOrders, Currencies, UnitsOfMeasure, PackJumps,
    MissingQuantities, BadPrices, BulkCancelled, Returns, MissingPrices, MissingDiscounts,
)  # fmt: skip
_SERIES_CLASSES: Final = (
    MissingDays, SuspectedStockOuts, OutliersHampel, OutliersIqr, OutliersZscore, OutliersForest, MissingValues,
    StockOutDemand,
)  # fmt: skip

ROW_RULES: Final[dict[str, type[Any]]] = {rule.key: rule for rule in _ROW_CLASSES}
"""Row rules in the order in which they make sense."""
SERIES_RULES: Final[dict[str, type[Any]]] = {rule.key: rule for rule in _SERIES_CLASSES}
"""Series rules in the order in which they make sense; they run after all row rules."""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a page or the command line shows of a rule.

    Attributes:
        key: name in recipes and findings.
        label, description: in the language in use.
        kind: "row" or "series".
        parameters: its settings.
    """

    key: str
    label: str
    description: str
    kind: str
    parameters: tuple[ParameterInfo, ...]


def rules() -> tuple[RuleInfo, ...]:
    """All rules, row rules first, each group in the order in which it makes sense."""
    kinds = [("row", rule) for rule in ROW_RULES.values()] + [("series", rule) for rule in SERIES_RULES.values()]
    return tuple(
        RuleInfo(rule.key, _(rule.label), _(rule.description), kind, parameters_of(rule)) for kind, rule in kinds
    )


def rule_class(key: str) -> type[Any]:
    """The class of a rule.

    Raises:
        ParameterError: no rule has that key.
    """
    found = ROW_RULES.get(key) or SERIES_RULES.get(key)
    if found is None:
        known = ", ".join([*ROW_RULES, *SERIES_RULES])
        raise ParameterError(f"A cleaning rule is expected; “{key}” is none. Choose one of {known}.")
    return found


def create(key: str, settings: Mapping[str, Any] | None = None) -> RowRule | SeriesRule:
    """The rule with these settings, the others at their defaults.

    Raises:
        ParameterError: the key or a setting is unknown, or a value is of the wrong kind or outside its range.
    """
    # Settings may come from a file, where "8" and 8 are easily confused; the range check needs the right kind.
    defaults = {info.name: info.default for info in parameters_of(rule_class(key))}
    for name, value in (settings or {}).items():
        if name in defaults and _kind(value) != _kind(defaults[name]):
            raise ParameterError(
                f"{name} of the rule “{key}” must be a {_kind(defaults[name])}, e.g. {defaults[name]!r}; "
                f"{value!r} was given. Correct the recipe."
            )
    return cast("RowRule | SeriesRule", build(rule_class(key), settings or {}))


def _kind(value: Any) -> str:
    """The kind of a setting, in words."""
    if isinstance(value, bool):
        return "yes or no"
    return "number" if isinstance(value, (int, float)) else "text" if isinstance(value, str) else type(value).__name__
