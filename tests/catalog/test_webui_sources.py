"""The rows of web UIs are complete and can be told apart."""

import re

import pytest

from studio.catalog.webui_sources import WEBUI_SOURCES
from studio.launcher.git import check_url


def test_keys_and_titles_are_unique() -> None:
    assert len({row.key for row in WEBUI_SOURCES}) == len({row.title for row in WEBUI_SOURCES}) == len(WEBUI_SOURCES)
    assert {"a1111", "forge", "forge-classic", "forge-neo", "reforge", "sdnext", "comfyui"} == {
        row.key for row in WEBUI_SOURCES
    }


@pytest.mark.parametrize("row", WEBUI_SOURCES, ids=lambda row: row.key)
def test_a_row_is_whole(row) -> None:
    assert check_url(row.url).startswith("https://github.com/")
    assert row.entry in row.marks
    assert row.branches
    assert row.argument_files
    low, high = row.pythons
    assert low <= row.best_python <= high
    assert re.compile(row.ready).search(
        "Startup time: 12.3s (prepare environment: 1s).\nTo see the GUI go to: http://x"
    )
    assert "models" in row.kept


def test_general_marks_come_after_particular_ones() -> None:
    for number, row in enumerate(WEBUI_SOURCES):
        for later in WEBUI_SOURCES[number + 1 :]:
            assert not set(row.marks) < set(later.marks), f"{later.key} would never be found"
