"""From units wanted to units that can be ordered: minimum order quantity, then whole packs."""

import numpy as np
import numpy.typing as npt

from core.base.types import FloatArray
from core.inventory.kernels import rounded_flat


def rounded(units: npt.ArrayLike, moq: npt.ArrayLike, pack: npt.ArrayLike) -> FloatArray:
    """Units that can be ordered: 0 stays 0, else raised to the MOQ and up to a whole number of packs.

    Args:
        units: wanted, ≥ 0, any shape.
        moq: minimum order quantity, units, broadcast against `units`.
        pack: order multiple, units, > 0, broadcast against `units`.

    Returns:
        Units, the broadcast shape; a multiple of the pack.

    Example:
        >>> rounded([0, 3, 25, 25], moq=10, pack=6).tolist()
        [0.0, 12.0, 30.0, 30.0]
    """
    wanted, least, multiple = np.broadcast_arrays(
        np.asarray(units, float), np.asarray(moq, float), np.asarray(pack, float)
    )
    flat = rounded_flat(wanted.ravel(), least.ravel(), multiple.ravel())
    return np.asarray(flat.reshape(wanted.shape))
