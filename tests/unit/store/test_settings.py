from dataclasses import replace

import pytest

from core.base.errors import ParameterError
from core.store.settings import Settings, read_settings, write_settings


def test_a_new_workspace_has_the_defaults(workspace):
    assert read_settings(workspace) == Settings()


def test_what_is_written_is_read(workspace):
    chosen = replace(Settings(), currency="CNY", service_level=0.98, lost_sales=False, week_start=6)
    write_settings(workspace, chosen)
    write_settings(workspace, chosen)
    assert read_settings(workspace) == chosen


def test_a_setting_of_another_version_of_the_program_is_left_alone(workspace):
    with workspace.transaction() as cursor:
        cursor.execute("INSERT INTO settings VALUES ('colour', '\"blue\"')")
    assert read_settings(workspace) == Settings()


def test_a_service_level_in_percent_is_refused():
    with pytest.raises(ParameterError, match=r"service_level must lie between 0.5 and 0.9999; 95 was given"):
        Settings(service_level=95)
