from __future__ import annotations

from datetime import date

import pytest

from sources import SourceError, load_config, read_source
from sources.extraction.children import children_of

ARTICLE = """Шукають рідних

У Херсоні шукають рідних 9-річної Марти Вигаданко,
вихованки Школи-інтернату № 3, яку вивезли до міста Тестове. Разом із нею
зник 12-річний Тарас Примеренко.

Список очолив директор Іван Петренко."""

LINES = """Список детей, направленных из Интерната № 5 15.03.2023

1) Вымышленная Анна Петровна, 12.03.2012 г.р., г. Мариуполь
2) ТЕСТЕНКО О. И., 2014
Итого: 2
подпись неразборчива
"""

LINE_CONFIG = """
language: ru
reader:
  kind: text
  read: lines
  titles: 'направленных из (?P<institution>.+?) (?P<transferred_on>\\d\\d\\.\\d\\d\\.\\d{4})'
  skip: '^Итого'
  line: '^(?P<n>\\d+)\\)\\s*(?P<name>[^,]+),\\s*(?P<born>[\\d.]+)(?:\\s*г\\.р\\.)?,?\\s*(?P<place>.*)$'
key: n
observed_on: {context: transferred_on}
fields: {full_name: name, birth_date: born, last_place: place}
"""


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1251", "koi8-u", "utf-16"])
def test_an_article_names_children(tmp_path, coding):
    text = ARTICLE.replace("№", "N") if coding == "koi8-u" else ARTICLE  # KOI8-U has no number sign
    (tmp_path / "article.txt").write_bytes(text.encode(coding))
    (tmp_path / "news.yaml").write_text(
        "language: uk\nsource_class: media\nobserved_on: 2023-05-10\nreader: text\nfields: {text: text, note: title}\n"
    )
    config = load_config(tmp_path / "news.yaml")
    reading = read_source(config, tmp_path / "article.txt")
    (item,) = list(reading)
    told = reading.report.facts["encoding"]
    assert told == {"utf-8-sig": "utf-8 with BOM", "utf-16": "utf-16 with BOM"}.get(coding, coding)
    assert item.written["note"] == "Шукають рідних"
    found = list(children_of(item, config))
    assert [(child.item.written["given"], child.item.written["surname"]) for child in found] == [
        ("Марта", "Вигаданко"),
        ("Тарас", "Примеренко"),
    ]
    assert found[0].meant.values["birth"] == "2013-05-11/2014-05-10"
    assert found[0].observed_on == date(2023, 5, 10)
    assert found[0].item.written["institution"].startswith("Школи-інтернату")
    start, end = found[0].item.locator.offsets
    assert item.written["text"][start:end] == "Марти Вигаданко"


@pytest.mark.parametrize("coding", ["utf-8", "cp1251", "cp866"])
def test_lines_of_a_list(read_all, tmp_path, coding):
    (tmp_path / "list.txt").write_bytes(LINES.encode(coding))
    records, problems, reading = read_all(LINE_CONFIG, tmp_path / "list.txt")
    assert [record.written.get("full_name") for record in records] == ["Вымышленная Анна Петровна", "ТЕСТЕНКО О. И."]
    assert records[0].written["birth_date"] == "12.03.2012" and records[0].written["last_place"] == "г. Мариуполь"
    assert records[0].observed_on == "15.03.2023" and records[0].locator.line == 3
    assert records[0].locator.cells["institution"] == "line 1"
    assert [(problem.reason_code, problem.locator.to_json()) for problem in problems] == [("line_unlike", {"line": 6})]
    assert (reading.counts.rows_read, reading.counts.non_data) == (5, 2)


def test_paragraphs(read_all, tmp_path):
    (tmp_path / "list.txt").write_text("Марта Вигаданко,\n9 років\n\n\nТарас Примеренко\n", encoding="utf-8")
    records, _, _ = read_all("reader: {kind: text, read: paragraphs}\nfields: {text: text}", tmp_path / "list.txt")
    assert [(r.written["text"], r.locator.line) for r in records] == [
        ("Марта Вигаданко,\n9 років", 1),
        ("Тарас Примеренко", 5),
    ]


def test_names_of_columns_that_a_text_does_not_have(describe, tmp_path):
    (tmp_path / "list.txt").write_text("Марта Вигаданко")
    with pytest.raises(SourceError, match=r"no column 'name' for fields.full_name.*columns there are: 'text', 'title'"):
        list(read_source(describe("reader: text\nfields: {full_name: name}"), tmp_path / "list.txt"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("read: tables", "plain text has no tables"),
        ("line: '(?P<a>.)'", "`line` takes lines or paragraphs apart"),
        ("read: lines, line: '.'", "`line` has no named group"),
    ],
)
def test_options_that_do_not_go_together(describe, options, said):
    with pytest.raises(SourceError, match=said):
        describe(f"reader: {{kind: text, {options}}}\nfields: {{text: text}}")


PAGE = """<!doctype html><html><head><meta charset="{coding}"><title>Новини | Шукають Марту</title></head><body>
<nav>Головна</nav><article><h1>Шукають Марту</h1><time datetime="2023-05-10">10 травня</time>
<script>var x = 'Тарас Вигаданко, 9 років'</script>
<p>10-річну <b>Марту Вигаданко</b> з&nbsp;Херсона<br>шукають рідні.</p>
<ul><li>12-річний Олег Тестенко</li></ul></article>
</body></html>"""


@pytest.mark.parametrize("coding", ["utf-8", "windows-1251"])
def test_an_article_on_a_page(read_all, tmp_path, coding):
    (tmp_path / "page.html").write_bytes(PAGE.format(coding=coding).encode(coding))
    text = """
language: uk
reader: {kind: html, article: article, page: {observed_on: 'time@datetime'}}
fields: {text: text, note: title}
"""
    records, _, _ = read_all(text, tmp_path / "page.html")
    assert records[0].written["note"] == "Шукають Марту" and records[0].observed_on == "2023-05-10"
    body = records[0].written["text"]
    assert body.splitlines()[-3:] == ["10-річну Марту Вигаданко з Херсона", "шукають рідні.", "12-річний Олег Тестенко"]
    assert "var x" not in body and "Головна" not in body
