import subprocess
import sys
from pathlib import Path

import pytest

from core.base.errors import ParameterError
from core.models import registry
from core.models.contract import ForecastModel

LIBRARY = Path(registry.__file__).parent / "library"


def test_every_file_of_the_library_is_registered_and_no_other():
    files = {path.stem for path in LIBRARY.glob("*.py")} - {"__init__"}
    assert {module.rsplit(".", 1)[1] for module, _ in registry.METHODS.values()} == files


@pytest.mark.parametrize("key", registry.keys())
def test_a_method_carries_the_key_it_is_registered_under(key):
    model = registry.create(key)
    assert isinstance(model, ForecastModel)
    assert model.key == key


def test_an_unknown_key_is_refused_with_the_known_ones():
    with pytest.raises(
        ParameterError, match=r"“prophet”. Choose one of naive, seasonal_naive, last_year_growth, moving_average, ses"
    ):
        registry.create("prophet")


def test_a_setting_outside_its_range_is_refused():
    with pytest.raises(ParameterError, match=r"Smoothing weight must lie between 0.0 and 1.0; 1.5 was given"):
        registry.create("ses", {"alpha": 1.5})


def test_settings_reach_the_method():
    assert registry.create("moving_average", {"window": 12}).window == 12


def test_labels_are_the_names_of_the_pages():
    assert registry.labels()["ses"] == "Simple exponential smoothing"
    assert list(registry.labels()) == list(registry.keys())


def test_settings_are_those_of_the_class():
    assert [info.name for info in registry.settings("ses")] == ["alpha", "weekly_profile"]


def test_listing_the_methods_imports_no_heavy_library():
    code = (
        "import sys; from core.models import registry; registry.labels(); registry.capabilities('lstm');"
        "print([name for name in ('tensorflow', 'sklearn', 'statsmodels', 'pandas') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_first_forecast_of_a_process_loads_no_linear_algebra():
    code = (
        "import sys; from core.models import registry; from core.models.substitution import fit_all;"
        "from core.series.forecast import LEVELS; from tests.benchmarks.shops import shop;"
        "fit_all(registry.create('ses'), shop(4, 100), 1)[0].predict(7, LEVELS);"
        "print([name for name in ('pandas', 'scipy.linalg', 'sklearn', 'statsmodels') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
