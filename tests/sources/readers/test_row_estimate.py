"""About how many rows a file has, for a progress bar."""

from __future__ import annotations

import openpyxl
import pytest

from sources.readers.row_estimate import rows_about


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl"])
def test_lines_are_counted(tmp_path, kind):
    file = tmp_path / "list"
    file.write_bytes("рядок\n".encode() * 30_000)
    assert rows_about(kind, file) == 30_000


def test_sheets_say_their_size(tmp_path):
    book = openpyxl.Workbook()
    for row in range(400):
        book.active.append([row, "Марта"])
    book.create_sheet("друга").append(["one", "row"])
    book.save(tmp_path / "list.xlsx")
    assert rows_about("xlsx", tmp_path / "list.xlsx") == 401


def test_what_tells_nothing_quickly_or_is_no_such_file_is_unknown(tmp_path):
    file = tmp_path / "list"
    file.write_bytes(b"not a workbook")
    assert rows_about("xlsx", file) == 0
    assert rows_about("telegram", file) == 0
    assert rows_about("csv", tmp_path / "missing") == 0
