from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from sources import SourceError, read_source
from sources.readers.html import page_context

CARDS = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>Анкети, вивантаження 2023-05</title></head><body>
<p class="when"><time datetime="2023-05-15">15 травня</time></p>
<div class="card" data-number="36-1"><h2>Ганна</h2>
<dl><dt>Регіон:</dt><dd>Вигадана  область</dd><dt>Очі</dt><dd>карі</dd></dl></div>
<div class="card" data-number="36-2"><h2>Петро</h2>
<dl><dt>Регіон:</dt><dd>Казковий край</dd></dl><script>document.write("x")</script></div>
<div class="card" data-number="36-3"><h2> </h2></div>
<div class="card"><h2>Без номера</h2></div>
<div class="card">Реклама</div>
</body></html>"""
CONFIG = """
reader:
  kind: html
  card: div.card
  label: dt
  value: dd
  page: {observed_on: '.when time@datetime'}
  skip: [Реклама]
key: '@data-number'
fields: {given: h2, card_number: '@data-number', region: Регіон, eyes: очі}
"""


@pytest.mark.parametrize(("charset", "encoding"), [("utf-8", "utf-8"), ("windows-1251", "cp1251"), ("", "cp1251")])
def test_cards(read_all, tmp_path, charset, encoding):
    path = tmp_path / "cards.html"
    path.write_bytes(CARDS.format(charset=charset).encode(encoding))
    records, problems, reading = read_all(CONFIG, path)
    assert [(record.key, record.observed_on) for record in records] == [("36-1", "2023-05-15"), ("36-2", "2023-05-15")]
    assert records[0].written == {"given": "Ганна", "card_number": "36-1", "region": "Вигадана область", "eyes": "карі"}
    assert records[0].locator.css == "div.card" and records[0].locator.card == 1
    assert records[0].locator.cells["region"] == "Регіон"
    assert [(problem.reason_code, problem.locator.card) for problem in problems] == [("no_name", 3), ("no_key", 4)]
    assert reading.non_data == 1


def test_the_page_title_gives_context(read_all, tmp_path):
    path = tmp_path / "cards.html"
    path.write_text(CARDS.format(charset="utf-8"), encoding="utf-8")
    text = CONFIG.replace("page: {observed_on: '.when time@datetime'}", "titles: '(?P<observed_on>\\d{4}-\\d\\d)'")
    records, _, _ = read_all(text, path)
    assert records[0].observed_on == "2023-05"


def test_a_selector_that_finds_nothing_is_told(read_all, describe, tmp_path):
    path = tmp_path / "cards.html"
    path.write_text(CARDS.format(charset="utf-8"), encoding="utf-8")
    _, _, reading = read_all(CONFIG.replace("eyes: очі", "eyes: .eyes"), path)
    assert reading.report.notes == ["no card has '.eyes' for fields.eyes"]
    for wrong, message in (("div.crad", "nothing on the page matches"), ("div[", "no CSS selector")):
        with pytest.raises(SourceError, match=message):
            list(read_source(describe(CONFIG.replace("div.card", wrong)), path))


def test_tables(read_all, tmp_path):
    path = tmp_path / "list.html"
    path.write_text(
        "<html><body><table><tr><td>menu</td></tr></table><table><tr><th colspan=2>Дитина</th><th>Примітка</th></tr>"
        "<tr><th>№</th><th>ПІБ</th><th></th></tr>"
        "<tr><td>1</td><td>Вигаданко <b>Ганна</b></td><td>x</td></tr></table></body></html>",
        encoding="utf-8",
    )
    text = "reader: {kind: html, table: table}\nkey: №\nfields: {full_name: Дитина / ПІБ, note: Примітка}"
    records, _, reading = read_all(text, path)
    assert records[0].written == {"full_name": "Вигаданко Ганна", "note": "x"}
    assert records[0].locator.to_json() == {
        "css": "table",
        "table": 2,
        "row": 3,
        "cells": {"full_name": "B3", "note": "C3"},
    }
    assert "table 1 has none of the columns" in reading.report.notes[0]


def test_deeply_nested_markup_ends_in_time(read_all, tmp_path):
    path = tmp_path / "cards.html"
    path.write_text(
        "<html>" + "<div>" * 50_000 + "<div class='card' data-number='1'><h2>Ганна</h2></div>", encoding="utf-8"
    )
    records, _, _ = read_all("reader: {kind: html, card: .card}\nkey: '@data-number'\nfields: {given: h2}", path)
    assert len(records) == 1


def page_of(count, between=""):
    cards = "".join(
        f'<article id="a{number}" class="wide card" data-number="{number}"><h2>Особа {number}</h2></article>{between}\n'
        for number in range(count)
    )
    return f"<html><head><title>T 2023-05</title><script>let a</script></head><body><main>{cards}</main></body></html>"


@pytest.mark.parametrize("card", [".card", "article.card", "article", "main > article.card"])
@pytest.mark.parametrize("between", ["", "<!-- <article class='card' data-number='x'><h2>Ніхто</h2></article> -->"])
def test_a_long_page_is_read_in_pieces_with_the_same_result(read_all, tmp_path, monkeypatch, card, between):
    path = tmp_path / "cards.html"
    path.write_text(page_of(400, between), encoding="utf-8")
    reader = f"{{kind: html, card: '{card}', titles: '(?P<observed_on>\\d{{4}}-\\d\\d)'}}"
    config = f"reader: {reader}\nkey: '@data-number'\nfields: {{given: h2}}"
    whole, _, _ = read_all(config, path)
    parsed = []
    monkeypatch.setattr(page_context, "PAGE_PIECE", 3_000)
    monkeypatch.setattr(
        page_context, "LexborHTMLParser", lambda text: parsed.append(len(text)) or LexborHTMLParser(text)
    )
    assert read_all(config, path)[0] == whole and len(whole) == 400
    assert (len(parsed) > 5) == (not between and ">" not in card)


def test_a_page_too_large_to_parse_whole_is_refused(describe, tmp_path, monkeypatch):
    path = tmp_path / "cards.html"
    path.write_text(page_of(400, "<!-- x -->"), encoding="utf-8")
    monkeypatch.setattr(page_context, "PAGE_PIECE", 3_000)
    monkeypatch.setattr(page_context, "MAX_PAGE", 20_000)
    with pytest.raises(SourceError, match="cannot be cut between cards"):
        list(read_source(describe("reader: {kind: html, card: .card}\nfields: {given: h2}"), path))
