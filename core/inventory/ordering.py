"""The one ordering rule of the house, for arrays: every policy orders by trigger, target and lot."""

import numpy as np

from core.base.types import FloatArray
from core.inventory.contract import Settings
from core.inventory.kernels import wanted_flat


def wanted(position: FloatArray, settings: Settings) -> FloatArray:
    """Units wanted at an inventory position before MOQ and pack, shape of `position`.

    Nothing above the trigger; at or below it up to the target, or, for policies with a fixed lot, as many lots as
    bring the position above the trigger.

    Args:
        position: on hand + on order − allocated, units, shape (..., n_series).
        settings: what the policy decided, arrays of shape (n_series,).
    """
    place, trigger, target, quantity = np.broadcast_arrays(
        np.asarray(position, float), settings.trigger, settings.target, settings.quantity
    )
    flat = wanted_flat(place.ravel(), trigger.ravel(), target.ravel(), quantity.ravel())
    return np.asarray(flat.reshape(place.shape))
