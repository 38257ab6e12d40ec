"""Small registries of real files: read by their descriptions, linked and judged as far as a test needs it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from pipelines.ingestion import jobs
from registry.evidence.custody import CollectionFacts
from registry.models import Record
from sources.description.load import load_config

DESCRIPTION = """\
source_class: {source_class}
reader: {reader}
key: id
fields: {{full_name: name, birth_date: born}}
"""
CHILDREN = [
    ("a1", "Канарейченко Зоряна", "01.02.2012"),
    ("a2", "Вигаданенко Орест", "03.04.2011"),
    ("a3", "Неіснуйко Дарина", "05.06.2013"),
]


class Lists:
    """Writes lists, and takes them in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, slug, rows, kind="csv", name=""):
        """Return the file of a list."""
        file = self.folder / (name or f"{slug}.{kind}")
        titles = ("id", "name", "born")
        if kind == "csv":
            lines = [";".join(titles), *(";".join(row) for row in rows)]
            file.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1251"))
        elif kind == "xlsx":
            from openpyxl import Workbook

            book = Workbook()
            book.active.title = "Діти"
            for row in (titles, *rows):
                book.active.append(row)
            book.save(file)
        elif kind == "json":
            children = [dict(zip(titles, row, strict=True)) for row in rows]
            file.write_text(json.dumps({"children": children}, ensure_ascii=False), encoding="utf-8")
        elif kind == "jsonl":
            lines = [json.dumps(dict(zip(titles, row, strict=True)), ensure_ascii=False) for row in rows]
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        elif kind == "html":
            cells = ["".join(f"<td>{cell}</td>" for cell in row) for row in (titles, *rows)]
            table = "".join(f"<tr>{row}</tr>" for row in cells)
            file.write_text(f"<html><body><table>{table}</table></body></html>", encoding="utf-8")
        return file

    def description(self, slug, kind="csv", source_class="family", more=""):
        """Return the file of a description."""
        path = self.folder / f"{slug}.yaml"
        reader = {"json": "{kind: json, records: children}", "html": "{kind: html, table: table}"}.get(kind, kind)
        text = DESCRIPTION.format(source_class=source_class, reader=reader) + more
        path.write_text(text, encoding="utf-8")
        return path

    def take_in(self, slug, rows=CHILDREN, kind="csv", source_class="family", more="", name="", days_ago=0):
        """Ingest a list of these rows, and return its counts."""
        file = self.write(slug, rows, kind, name)
        path = self.description(slug, kind, source_class, more)
        collected = CollectionFacts("tests", timezone.now() - timedelta(days=days_ago), "made", "nowhere")
        return jobs.run(jobs.prepare(load_config(path), path, file, collected))

    def record(self, slug, key):
        """Return the current record of a row."""
        return Record.objects.get(source__slug=slug, key=key, is_current=True)


@pytest.fixture
def lists(tmp_path, db):
    return Lists(tmp_path)
