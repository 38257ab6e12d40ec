"""No cell of a file that leaves is run by a spreadsheet, whatever stands before the formula and wherever it is cut."""

import re

import pytest

from registry.spreadsheet_cells import harmless

STARTS = ("=1+1", "+1", "-1+cmd", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠x", "﹦1")
BEFORE = (
    "",
    " ",
    "\u00a0",
    "\ufeff",
    "\u200b",
    "\u200e\u2060",
    "\t",
    "\r",
    "\n",
    "\x00",
    "\x0b",
    '"',
    "\u202e ",
    "\u3000",
)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("before", BEFORE)
def test_no_cell_begins_with_a_formula(start, before):
    assert harmless(before + start).startswith("'")


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("separator", [";", ",", "\t", "|", "\n", "\r\n"])
def test_nor_does_what_a_separator_cuts_off(start, separator):
    for text in (f"Зоряна{separator}{start}", f"Зоряна{separator} \ufeff{start}", f'Зоряна"{separator}"{start}'):
        for part in re.split(r"[;,|\t\r\n]+", harmless(text)):
            assert part.startswith("'") or not part.strip('\ufeff "').startswith(tuple(start[0]))


@pytest.mark.parametrize(
    "kept", ["Вигаданенко-Дописанко Зоряна", "12.03.2012", "a=b", "Київ; Харків", "", "'=1", 5, -1.5, None]
)
def test_what_runs_nowhere_stays(kept):
    assert harmless(kept) == kept
