"""Thousands of links, corrections and choices are stored together, not one after the other."""

import time
from datetime import date

import pytest

from core.store.corrections import Adjustment, Place, adjustments, put_adjustments, put_stock_out_choices
from core.store.like_items import LikeItem, like_items, put_like_items
from core.store.links import Link, links, put_links

MANY = 2_000
DAY = date(2024, 1, 1)
STORING = {
    "links": lambda workspace: put_links(workspace, [Link(f"old{n}", f"new{n}") for n in range(MANY)]),
    "corrections": lambda workspace: put_adjustments(
        workspace, [Adjustment(f"A{n}", "main", DAY, 1.0, "counted") for n in range(MANY)]
    ),
    "choices": lambda workspace: put_stock_out_choices(
        workspace, {Place(f"A{n}", "main"): "leave" for n in range(MANY)}
    ),
    "like-items": lambda workspace: put_like_items(workspace, [LikeItem(f"A{n}", "B") for n in range(MANY)]),
}


@pytest.mark.parametrize("what", STORING)
def test_two_thousand_take_less_than_two_seconds_of_a_processor(workspace, what):
    began = time.process_time()
    STORING[what](workspace)
    assert time.process_time() - began < 2.0


def test_what_is_stored_again_stands_in_the_place_of_the_former(workspace):
    for units in (1.0, 2.0):
        put_adjustments(
            workspace, [Adjustment("A", "main", DAY, 9.0, "wrong"), Adjustment("A", "main", DAY, units, "right")]
        )
        put_links(workspace, [Link("old", "new", units)])
        put_like_items(workspace, [LikeItem("A", "B", units)])
    assert adjustments(workspace).column("units").to_pylist() == [2.0]
    assert links(workspace)["factor"].tolist() == like_items(workspace)["multiplier"].tolist() == [2.0]
