"""Old Word documents, by `antiword`: tables, paragraphs, struck text; without it, and for hostile ones, one line."""

from __future__ import annotations

import shutil
from random import Random

import pytest

from sources import load_config
from sources.drafting import draft
from sources.errors import SourceError
from sources.readers.word import doc
from tests.sources.cases.conftest import CHILDREN, Read
from tests.sources.cases.word97 import DELETED, STRUCK, Run, document

HEAD = ["№", "ПІБ", "Дата народження"]
CONFIG = "reader: docx\nlanguage: uk\nkey: №\nfields: {full_name: ПІБ, birth_date: Дата народження}"
LINES = "reader: {kind: docx, read: paragraphs, line: '(?P<name>.+), (?P<born>.+)'}\nfields: {full_name: name}"
installed = pytest.mark.skipif(not shutil.which("antiword"), reason="antiword is not installed")


def rows(children=CHILDREN):
    return [HEAD, *[[str(number), *child] for number, child in enumerate(children, 1)]]


@installed
def test_a_list_from_draft_to_children(tmp_path):
    path = tmp_path / "list.doc"
    path.write_bytes(document(["Список дітей <інтернату> & школи № 5", *rows(CHILDREN * 30), "Директор"]))
    config = tmp_path / "doc.yaml"
    config.write_text(draft(path), encoding="utf-8")
    assert "Вигаданко" not in config.read_text(encoding="utf-8")
    found = Read(load_config(config), path)
    assert found.names == [name for name, _ in CHILDREN] * 30 and not found.problems
    assert found.children[0].item.locator.words() == "table 1, row 2"


@installed
def test_two_tables_with_titles_and_what_is_struck(tmp_path, read):
    struck = [Run(text, STRUCK) for text in ["3", "Казкова Оксана", "07.05.2011"]]
    parts = ["Інтернат № 5", *rows(CHILDREN[:2]), struck, "Інтернат № 6", *rows(CHILDREN[3:])]
    (tmp_path / "list.doc").write_bytes(document(parts))
    titled = CONFIG.replace("docx", "{kind: docx, titles: '(?P<institution>Інтернат.+)'}", 1).replace(
        "key: №", "key: '{table}/{№}'"
    )
    found = read(titled, tmp_path / "list.doc")
    assert [each["institution"] for each in found.written] == ["Інтернат № 5"] * 3 + ["Інтернат № 6"] * 3
    assert "text that is struck through" in found.notes
    (tmp_path / "list.doc").write_bytes(document([*parts[:4], *parts[5:]]))
    assert "struck" not in read(titled, tmp_path / "list.doc").notes


@installed
def test_what_is_deleted_under_tracked_changes_is_not_there(tmp_path, read):
    (tmp_path / "list.doc").write_bytes(document([*rows(), ["7", Run("Уявна Олена", DELETED), "01.02.2012"]]))
    found = read(CONFIG, tmp_path / "list.doc")
    assert found.names == [name for name, _ in CHILDREN]


@installed
def test_paragraphs(tmp_path, read):
    (tmp_path / "list.doc").write_bytes(document([f"{name}, {day}" for name, day in CHILDREN]))
    assert read(LINES, tmp_path / "list.doc").names == [name for name, _ in CHILDREN]
    (tmp_path / "list.doc").write_bytes(document([Run("Уявна Олена, 01.02.2012", STRUCK), "Мріяк Тарас, 02.09.2014"]))
    assert read(LINES, tmp_path / "list.doc").names == ["Мріяк Тарас"]


def test_without_the_program_the_package_is_named(tmp_path, read, monkeypatch):
    (tmp_path / "list.doc").write_bytes(document(rows()))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="apt-get install antiword, or save it as"):
        read(CONFIG, tmp_path / "list.doc")


@installed
@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_document_is_read_or_refused_in_one_line(seed, tmp_path, read):
    rng, path = Random(seed), tmp_path / "list.doc"
    data = bytearray(document(rows(CHILDREN * 5)))
    for _ in range(30):
        data[rng.randrange(512, len(data))] = rng.randrange(256)
    path.write_bytes(data[: rng.randrange(2_000, len(data))] if seed % 3 == 0 else data)
    try:
        read(CONFIG, path)
    except SourceError as error:
        assert "\n" not in str(error) and "list.doc" in str(error)


@installed
@pytest.mark.parametrize(
    ("bound", "value", "said"), [("MAX_DOC", 2_000, "larger than"), ("_MEMORY", 1 << 20, "damaged")]
)
def test_what_demands_too_much_is_stopped(bound, value, said, tmp_path, read, monkeypatch):
    (tmp_path / "list.doc").write_bytes(document(rows(CHILDREN * 30)))
    monkeypatch.setattr(doc, bound, value)
    with pytest.raises(SourceError, match=said):
        read(CONFIG, tmp_path / "list.doc")
