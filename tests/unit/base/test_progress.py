"""Progress and cancellation."""

import pytest

from core.base.errors import CancelledError
from core.base.progress import Progress, silent


def listening():
    steps = []
    return Progress(steps.append), steps


def test_a_step_reaches_the_listener():
    progress, steps = listening()
    progress.report("Fitting", 0.25, "10 of 40 SKUs", partial=[1])
    assert (steps[0].stage, steps[0].fraction, steps[0].detail, steps[0].partial) == (
        "Fitting",
        0.25,
        "10 of 40 SKUs",
        [1],
    )


@pytest.mark.parametrize(("given", "shown"), [(-1.0, 0.0), (2.0, 1.0)])
def test_fractions_stay_between_nothing_and_everything(given, shown):
    progress, steps = listening()
    progress.report("x", given)
    assert steps[0].fraction == shown


def test_a_part_fills_its_share_of_the_whole():
    progress, steps = listening()
    progress.part(0.5, 0.9).part(0.0, 0.5).report("x", 1.0)
    assert steps[0].fraction == pytest.approx(0.7)


def test_the_next_step_after_cancelling_stops_the_work():
    progress, steps = listening()
    progress.report("x", 0.1)
    progress.cancelled.set()
    with pytest.raises(CancelledError, match="Nothing of this run was stored"):
        progress.report("x", 0.2)
    assert len(steps) == 1


def test_cancelling_reaches_into_a_part():
    progress, _ = listening()
    part = progress.part(0.0, 0.5)
    progress.cancelled.set()
    with pytest.raises(CancelledError):
        part.check()


def test_a_silent_progress_hears_everything_and_says_nothing():
    silent().report("x", 0.5)
