"""From wanted units to orderable units."""

import pytest

from core.inventory.rounding import rounded


@pytest.mark.parametrize(
    ("units", "moq", "pack", "expected"),
    [
        (0, 10, 6, 0), (-4, 10, 6, 0), (3, 10, 6, 12), (12, 10, 6, 12), (12.0001, 10, 6, 18), (13, 0, 1, 13),
        (12.4, 0, 1, 13), (25, 30, 12, 36), (0.3, 0, 0.1, 0.3), (1e7 + 0.5, 0, 1, 1e7 + 1),
    ],
)  # fmt: skip
def test_units_are_raised_to_the_moq_and_up_to_whole_packs(units, moq, pack, expected) -> None:
    assert float(rounded(units, moq, pack)) == pytest.approx(expected, abs=1e-12)


def test_shapes_are_broadcast() -> None:
    assert rounded([[1.0, 2.0], [3.0, 0.0]], 0, [2.0, 5.0]).tolist() == [[2.0, 5.0], [4.0, 0.0]]
