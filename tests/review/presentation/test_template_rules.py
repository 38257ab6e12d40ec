"""Rules that hold in every page's template, whatever the width of the screen it is looked at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = sorted(Path(__file__).parents[3].glob("*/templates/**/*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_table_that_scrolls_can_be_scrolled_by_keyboard(template):
    """On a narrow screen a wide table scrolls: without a tab stop and a name, keys and readers cannot reach it."""
    for tag in re.findall(r"<div[^>]*wide-table[^>]*>", template.read_text(encoding="utf-8")):
        assert 'tabindex="0"' in tag and 'role="region"' in tag and "aria-label" in tag
