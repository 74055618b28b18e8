"""Array types; axis order is always (path, sku, period, level) with the absent ones left out."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]
Float32Array: TypeAlias = npt.NDArray[np.float32]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
DateArray: TypeAlias = npt.NDArray[np.datetime64]
AnyArray: TypeAlias = npt.NDArray[Any]


def frozen(array: npt.ArrayLike, dtype: Any = None) -> Any:
    """The array as a read-only view or copy; writing to it raises."""
    result = np.asarray(array, dtype=dtype)
    if result.flags.writeable:
        result = result.view()
        result.flags.writeable = False
    return result
