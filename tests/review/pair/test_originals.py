"""The original of a record, in every format: its own cells readable, those of other people masked."""

from __future__ import annotations

import json
import resource
import zipfile
from pathlib import Path

import docx
import matplotlib
import pytest
from openpyxl import Workbook
from reportlab.lib import colors
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import SimpleDocTemplate, Table

from pipelines.ingestion import jobs
from registry.access.field_access import EVERYTHING, FieldClass
from registry.evidence import store
from registry.evidence.custody import CollectionFacts
from registry.models import Record
from review.pair import originals
from review.pair.sides import side_of
from sources.description.load import load_config

pytestmark = pytest.mark.django_db

HEAD = ("№", "ПІБ", "Народження", "Область", "Телефон")
ROWS = (
    ("11", "Вигаданенко Зоряна", "01.02.2012", "Калузька", "111-22-33"),
    ("12", "Дописанко Лесь", "03.04.2011", "Тульська", "222-33-44"),
    ("13", "Тестенко Устим", "05.06.2010", "Рязанська", "333-44-55"),
)
FIELDS = "fields: {full_name: ПІБ, birth_date: Народження, region: Область}\n"


def as_csv(path: Path) -> None:
    path.write_text("\n".join(";".join(row) for row in (HEAD, *ROWS)), encoding="cp1251")


def as_xlsx(path: Path) -> None:
    book = Workbook()
    book.active.title = "Калуга 12.03.2023"
    book.active.append(["Список дітей"])
    for row in (HEAD, *ROWS):
        book.active.append(row)
    book.save(path)


def as_zip(path: Path) -> None:
    as_csv(path.with_suffix(".csv"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(path.with_suffix(".csv"), "Калуга/list.csv")


def as_docx(path: Path) -> None:
    document = docx.Document()
    table = document.add_table(0, len(HEAD))
    for row in (HEAD, *ROWS):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(path)


def as_pdf(path: Path) -> None:
    font = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    pdfmetrics.registerFont(TTFont("DejaVu", str(font)))
    grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 0), (-1, -1), "DejaVu", 9)]
    SimpleDocTemplate(str(path)).build([Table([HEAD, *ROWS], style=grid)])


def as_html(path: Path) -> None:
    cards = "".join(f'<div class="k"><h2>{n}</h2><i>{b}</i><b>{r}, {p}</b></div>' for _, n, b, r, p in ROWS)
    path.write_text(f"<html><body>{cards}</body></html>", encoding="utf-8")


def as_json(path: Path) -> None:
    path.write_text(json.dumps([dict(zip(HEAD, row, strict=True)) for row in ROWS], ensure_ascii=False), "utf-8")


def as_lines(path: Path) -> None:
    path.write_text("\n".join(f"{n}. {name}, {born} ({area}) {phone}" for n, name, born, area, phone in ROWS), "utf-8")


def as_telegram(path: Path) -> None:
    texts = [f"Шукаємо: {name}, 10 років, {area} область" for _, name, _, area, _ in ROWS]
    messages = [{"id": n, "type": "message", "date": f"2023-03-0{n}T10:00:00", "text": t}
                for n, t in enumerate(texts, start=1)]  # fmt: skip
    path.write_text(json.dumps({"name": "x", "id": 7, "messages": messages}, ensure_ascii=False), encoding="utf-8")


LINE = r"{kind: text, read: lines, line: '^\d+\. (?P<name>[^,]+), (?P<born>\S+) \((?P<area>\w+)\)'}"
NAMED = "fields: {full_name: name, birth_date: born, region: area}\n"
FORMATS = {
    "csv": ("list.csv", as_csv, f"reader: csv\nkey: №\n{FIELDS}", "table"),
    "xlsx": ("list.xlsx", as_xlsx, f"reader: xlsx\nkey: №\n{FIELDS}", "table"),
    "zip": ("list.zip", as_zip, f"reader: {{kind: zip, each: [{{kind: csv}}]}}\nkey: №\n{FIELDS}", "table"),
    "docx": ("list.docx", as_docx, f"reader: docx\nkey: №\n{FIELDS}", "table"),
    "pdf": ("list.pdf", as_pdf, f"reader: pdf\nkey: №\n{FIELDS}", "table"),
    "json": ("list.json", as_json, f"reader: json\nkey: №\n{FIELDS}", "card"),
    "html": (
        "cards.html",
        as_html,
        "reader: {kind: html, card: div.k}\n"
        "fields: {full_name: h2, birth_date: i, region: {column: b, pattern: '^\\w+'}}\n",
        "card",
    ),
    "lines": (
        "list.txt",
        as_lines,
        f"reader: {LINE}\n{NAMED}",
        "card",
    ),
}


def ingested(folder: Path, name: str, write, yaml: str, slug: str = "of_a_kind") -> None:
    write(folder / name)
    config = folder / f"{slug}.yaml"
    config.write_text(yaml, encoding="utf-8")
    jobs.run(
        jobs.prepare(load_config(config), config, folder / name, CollectionFacts.stated("made", "nowhere", "tests"))
    )


def look(record: Record, seen: frozenset[FieldClass] = EVERYTHING) -> originals.Original:
    (found,) = originals.look([(side_of(record, seen), record)])
    return found


def the_second() -> Record:
    return Record.objects.select_related("source", "batch", "evidence").order_by("pk")[1]


def said(found: originals.Original) -> str:
    texts = [piece.text for line in found.lines for piece in line.pieces]
    return " | ".join([*texts, *(text for *_, text in found.elsewhere), *(line.label for line in found.lines)])


@pytest.mark.parametrize("kind", FORMATS)
def test_the_own_cells_are_readable_and_all_others_masked(tmp_path, kind):
    name, write, yaml, shape = FORMATS[kind]
    ingested(tmp_path, name, write, yaml)
    record = the_second()
    everything, narrow = look(record), look(record, EVERYTHING - {FieldClass.PRESENT_LOCATION})
    for found in (everything, narrow):
        assert (found.state, found.kind, found.agrees) == ("sound", shape, True)
        assert [line.own for line in found.lines] == [False, True, False]
        assert all(piece.masked for line in found.lines if not line.own for piece in line.pieces)
        assert "Дописанко Лесь" in said(found) and "03.04.2011" in said(found)
        assert not any(part in said(found) for row in (ROWS[0], ROWS[2]) for part in row[1:])
        assert "222" not in said(found)  # no field of the record
    assert "Тульська" in said(everything)
    assert "Тульська" not in said(narrow) and "Калуга" not in said(narrow)
    if shape == "table":
        assert [heading for _, heading, _ in everything.columns] == ["№", "ПІБ", "Народження", "Область"]
        assert [field for *_, field in narrow.columns] == ["", "full_name", "birth_date", ""]
        own = next(line for line in narrow.lines if line.own)
        assert own.pieces[0].masked and own.pieces[3].masked


def test_a_message_stands_among_masked_ones(tmp_path):
    yaml = "reader: telegram\nkey: id\nlanguage: uk\nfields: {text: text}\n"
    ingested(tmp_path, "result.json", as_telegram, yaml)
    record = the_second()
    found = look(record)
    assert found.kind == "messages" and found.agrees and "Дописанко Лесь" in said(found)
    assert [line.own for line in found.lines] == [False, True, False]
    assert "Вигаданенко" not in said(found) and "Тестенко" not in said(found)
    hidden = look(record, EVERYTHING - {FieldClass.TEXT})
    assert "Дописанко" not in said(hidden) and all(p.masked for line in hidden.lines for p in line.pieces)


def test_a_cell_that_also_feeds_a_withheld_field_shows_what_may_be_seen_and_no_more(tmp_path):
    text = "ПІБ і де тепер\nВигаданенко Зоряна (Калузька)\nДописанко Лесь (Тульська)\n"
    yaml = (
        "reader: {kind: csv, delimiter: ';'}\n"
        "fields: {full_name: {column: ПІБ і де тепер, pattern: '^[^(]+'},"
        " region: {column: ПІБ і де тепер, pattern: '[(](.*)[)]'}}\n"
    )
    ingested(tmp_path, "list.csv", lambda path: path.write_text(text, encoding="utf-8"), yaml)
    found = look(the_second(), EVERYTHING - {FieldClass.PRESENT_LOCATION})
    assert "Дописанко Лесь" in said(found) and "Тульська" not in said(found)
    assert "Тульська" in said(look(the_second()))


def test_changed_bytes_are_shown_as_changed_and_do_not_agree(tmp_path):
    ingested(tmp_path, *FORMATS["csv"][:3])
    path = store.path_of(the_second().evidence.sha256)
    path.chmod(0o600)
    with store.open(the_second().evidence.sha256) as file:
        content = file.read()
    path.write_bytes(content.replace("Лесь".encode("cp1251"), "Лась".encode("cp1251")))
    found = look(the_second())
    assert found.state == "changed" and found.kind == "table" and not found.agrees
    path.unlink()
    assert look(the_second()).state == "missing"


def test_a_workbook_that_unfolds_to_a_gigabyte_costs_the_web_process_nothing(tmp_path):
    """One cell at the far corner of a sheet makes the reader lay out twenty million cells."""

    def write(path: Path) -> None:
        book = Workbook()
        book.active.append(["ПІБ"])
        book.active.append(["Дописанко Лесь"])
        book.active.append(["Тестенко Устим"])
        book.active["S1048570"] = "x"
        book.save(path)

    ingested(tmp_path, "list.xlsx", write, "reader: xlsx\nfields: {full_name: ПІБ}\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = look(the_second())
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # kilobytes
    assert found.state == "sound" and grown < 50_000


def test_without_a_description_on_file_the_place_is_not_shown(tmp_path, stock):
    assert look(stock.record()).kind == ""
