"""What every test runs under: few threads, so that test workers do not crowd each other, and patient properties."""

import os

# Before numba, numpy's linear algebra or TensorFlow is loaded; the workers of pytest-xdist inherit it.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "2")

from hypothesis import HealthCheck, settings  # noqa: E402 - after the environment is set

# A busy machine is no reason to fail: how fast the product is, the benchmarks tell.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
