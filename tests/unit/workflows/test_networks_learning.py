"""How learning goes on, told from partial results."""

from core.charts.learning import rounds_chart
from core.models.networks_training import LearningRound
from core.workflows.networks import learning


def told(number, checked, model="LSTM"):
    return LearningRound(model, number, 3, 0.5, checked, 0.1)


def test_a_network_trained_anew_begins_its_curve_anew():
    steps = [told(1, 0.9), {"model": "ses"}, told(2, 0.8), told(1, 0.7), told(1, 0.6, "GRU"), told(2, 0.5)]
    assert learning(steps) == {"LSTM": [0.7, 0.5], "GRU": [0.6]}


def test_each_network_is_a_line_of_its_rounds():
    (line,) = rounds_chart({"LSTM": [0.7, 0.5]}).data
    assert (line.name, list(line.x), list(line.y)) == ("LSTM", [1, 2], [0.7, 0.5])
