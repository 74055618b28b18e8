"""An import is killed at every step it names: all of its files are stored or none, and a second import doubles nothing.

Killing it before every statement and file operation takes minutes: `python -m tests.kill.every_step`.
"""

import pytest

from tests.kill.every_step import aftermath, decisions, import_until, steps

IMPORTANT = (
    "draft written",
    "draft synced",
    "draft named",
    "upload kept",
    "begun",
    "rows written",
    "announced",
    "before commit",
    "after commit",
    "acknowledged",
    "checkpointed",
    "returned",
)
GROUPS = 4


@pytest.fixture(scope="module")
def chosen():
    return decisions()


@pytest.fixture(scope="module")
def counted(chosen, tmp_path_factory):
    return steps(tmp_path_factory.mktemp("counted") / "shop.duckdb", chosen)


def test_the_steps_of_an_import_hold_the_important_ones_in_order(counted):
    loading = counted[: counted.index("checkpointed") + 1]
    last = [len(loading) - 1 - loading[::-1].index(name) for name in IMPORTANT[:-1]]
    assert last == sorted(last)
    assert counted[-1] == "returned"
    assert loading.count("upload kept") == 3


@pytest.mark.parametrize("group", range(GROUPS))
def test_after_a_kill_all_files_are_there_or_none_and_a_second_import_does_not_double_them(
    group, chosen, counted, tmp_path
):
    # Steps that repeat for every file differ in nothing but their number: the last of each name is killed at.
    numbers = sorted({name: number for number, name in enumerate(counted, start=1)}.values())
    for number in numbers[group::GROUPS]:
        store = tmp_path / str(number) / "shop.duckdb"
        store.parent.mkdir()
        assert import_until(store, chosen, number, every=False)
        assert aftermath(store, chosen) == []
