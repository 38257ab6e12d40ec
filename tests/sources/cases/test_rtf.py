"""RTF: the rows of its tables and its paragraphs, in the code page that it states; hostile ones end in a line."""

from __future__ import annotations

import pytest

from sources import load_config
from sources.drafting import draft
from sources.errors import SourceError
from tests.sources.cases.conftest import CHILDREN, Read

ROW = r"\trowd\cellx1000\cellx6000\cellx9000 \intbl %s\cell %s\cell %s\cell\row" + "\n"


def escaped(text):
    return "".join(char if char.isascii() else f"\\'{char.encode('cp1251').hex()}" for char in text)


def document(path):
    rows = [("№", "ПІБ", "Дата народження"), *[(str(n), *child) for n, child in enumerate(CHILDREN, 1)]]
    table = "".join(ROW % tuple(map(escaped, row)) for row in rows)
    path.write_text(
        r"{\rtf1\ansi\ansicpg1251\f0 " + escaped("Список дітей") + "\\par\n" + table + "}", encoding="ascii"
    )
    return path


def test_a_list_in_rtf_from_draft_to_children(tmp_path):
    path = document(tmp_path / "list.rtf")
    config = tmp_path / "rtf.yaml"
    config.write_text(draft(path), encoding="utf-8")
    found = Read(load_config(config), path)
    assert found.names == [name for name, _ in CHILDREN]
    assert found.children[0].item.locator.words() == "table 1, row 2"


@pytest.mark.parametrize("body", ["{" * 100_000, "\\'zz\\u99999999?", "\\bin99999999 x", "\\cell" * 20_000 + "\\row"])
def test_hostile_rtf_ends_in_a_line_or_in_rows(body, tmp_path, read):
    path = tmp_path / "list.rtf"
    path.write_text("{\\rtf1\\ansi " + body, encoding="ascii")
    with pytest.raises(SourceError):
        read("reader: docx\nlanguage: uk\nfields: {full_name: ПІБ}", path)
