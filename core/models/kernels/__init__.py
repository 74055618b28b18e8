"""Batched numba kernels that fit many SKUs at once."""

from numba.np import linalg


def _without_blas() -> None:
    """Loads numba's array functions as on a machine without BLAS: no kernel multiplies matrices with it.

    numba looks for BLAS when it loads them, by way of all of SciPy's linear algebra: a fifth of a second of the first
    forecast. What needs BLAS (numpy.dot in a kernel) still looks for it when it is compiled.
    """
    look = linalg.ensure_blas

    def refuse() -> None:
        raise ImportError("no kernel needs BLAS")

    linalg.ensure_blas = refuse
    try:
        import numba.np.arraymath  # noqa: F401 - its import is the purpose
    finally:
        linalg.ensure_blas = look


_without_blas()
