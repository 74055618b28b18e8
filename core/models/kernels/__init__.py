"""Batched numba kernels that fit many SKUs at once."""
