"""Texts made to do harm: endless cells and lines, NUL bytes, deep nesting, names of marks alone, wrong endings."""

from __future__ import annotations

import json

import openpyxl
import pytest

from sources import SourceError, load_config, read_source
from sources.extraction.children import Child, children_of
from sources.extraction.extracted import Problem

TELEGRAM = "reader: telegram\nfields: {text: text}"
MARK = "\u0301"
PFIF = '<?xml version="1.0"?><p:pfif xmlns:p="http://zesty.ca/pfif/1.4"><p:person><p:full_name>{}</p:full_name>'
PFIF += "</p:person></p:pfif>"
READERS = {
    "csv": "reader: csv\nfields: {full_name: name}",
    "json": "reader: json\nfields: {full_name: name}",
    "jsonl": "reader: jsonl\nfields: {full_name: name}",
    "txt": "reader: text\nfields: {text: text}",
    "html": "reader: {kind: html, card: .card}\nfields: {full_name: h2}",
    "xml": "reader: pfif\nfields: {full_name: full_name}",
    "xlsx": "reader: xlsx\nfields: {full_name: name}",
}
GOOD = {
    "csv": 'name\n"{}"\nOlena\n',
    "json": '[{{"name": "{}"}}, {{"name": "Olena"}}]',
    "jsonl": '{{"name": "{}"}}\n{{"name": "Olena"}}\n',
    "txt": "{}\n",
    "html": '<div class="card"><h2>{}</h2></div><div class="card"><h2>Olena</h2></div>',
    "xml": PFIF,
}


def write(tmp_path, kind, value):
    path = tmp_path / f"list.{kind}"
    path.write_text(GOOD[kind].format(value), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["csv", "json", "jsonl", "txt", "html", "xml"])
def test_a_cell_of_100_mb(outcome, tmp_path, kind):
    done = outcome(READERS[kind], write(tmp_path, kind, "A" * (100 << 20)), megabytes=1_000)
    assert done.error or done.problems
    assert all(size < 2_000 for _, size in done.problems), "what is kept of it is cut to a sane size"
    if not done.error and kind not in ("txt", "xml"):
        assert done.records == 1, "the row beside it is read"


def test_a_million_columns(outcome, tmp_path):
    (tmp_path / "list.csv").write_text(
        "name," + ",".join(f"c{n}" for n in range(1_000_000)) + "\nOlena" + "," * 1_000_000
    )
    done = outcome(READERS["csv"], tmp_path / "list.csv", megabytes=1_500)
    assert "more than 16,384 columns" in done.error
    (tmp_path / "wide.csv").write_text(";".join(f"column {number}" for number in range(1_000_000)) + "\n1\n")
    assert "no header can be read: a line has" in outcome(READERS["csv"], tmp_path / "wide.csv").error
    (tmp_path / "list.json").write_text(json.dumps([{"name": "Olena", **{f"c{n}": n for n in range(1_000_000)}}]))
    done = outcome(READERS["json"], tmp_path / "list.json", megabytes=1_500)
    assert "8,000,000 characters" in done.error
    (tmp_path / "list.html").write_text("<table><tr><th>name<th colspan=1000000>x</tr><tr><td>Olena</table>")
    done = outcome("reader: {kind: html, table: table}\nfields: {full_name: name}", tmp_path / "list.html")
    assert done.records == 1


@pytest.mark.parametrize("kind", ["csv", "txt", "html", "jsonl", "json", "xml"])
def test_nul_bytes(outcome, tmp_path, kind):
    path = tmp_path / f"list.{kind}"
    path.write_bytes(GOOD[kind].format("Ma\0rta").encode())
    done = outcome(READERS[kind], path, seconds=20)
    if kind == "html":
        assert done.records == 2, "HTML says that a NUL is the replacement character"
    else:
        assert done.error or [code for code, _ in done.problems] in (["nul_byte"], ["no_json"])


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, '[{"name": ' + "[" * 200_000])
def test_deep_json(outcome, tmp_path, text):
    for kind in ("json", "jsonl"):
        (tmp_path / f"list.{kind}").write_text(text)
        done = outcome(READERS[kind], tmp_path / f"list.{kind}", seconds=20)
        assert done.error or done.problems
    (tmp_path / "result.json").write_text('{"messages": [{"id": 1, "type": "message", "text": ' + text)
    assert outcome(TELEGRAM, tmp_path / "result.json", seconds=20).error


@pytest.mark.parametrize("kind", ["csv", "json", "jsonl", "html", "xml"])
@pytest.mark.parametrize(
    "name", ["А" + MARK * 10_000, MARK * 10_000, "Марта" + MARK * 10_000 + " Вигаданко", "і" * 50_000]
)
def test_a_name_of_ten_thousand_marks(tmp_path, kind, name):
    (tmp_path / "list.yaml").write_text(READERS[kind] + "\nlanguage: uk\n", encoding="utf-8")
    config = load_config(tmp_path / "list.yaml")
    items = list(read_source(config, write(tmp_path, kind, name)))
    for item in items:
        for child in children_of(item, config):
            assert not isinstance(child, Child) or len(str(child.meant.values)) < 200_000


@pytest.mark.timeout(60)
def test_a_text_of_marks_and_names_without_end(tmp_path):
    (tmp_path / "list.yaml").write_text(READERS["txt"], encoding="utf-8")
    config = load_config(tmp_path / "list.yaml")
    for text in ("Марта, 9 років, " * 2_000, "9-річна " * 5_000, f"Марта{MARK} " * 3_000, "(" * 50_000, "а-" * 20_000):
        (tmp_path / "list.txt").write_text(text, encoding="utf-8")
        for item in read_source(config, tmp_path / "list.txt"):
            for child in children_of(item, config):
                assert child.locator if isinstance(child, Problem) else len(child.item.key) <= 200


@pytest.mark.parametrize("kind", ["json", "xml"])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_cut_short(describe, tmp_path, kind, share):
    path = write(tmp_path, kind, "Марта" * 1000)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(SourceError, match=r"list\.(json|xml) line \d+: "):
        list(read_source(describe(READERS[kind]), path))


def test_a_line_cut_short_costs_that_line(read_all, tmp_path):
    path = write(tmp_path, "jsonl", "Марта")
    path.write_bytes(path.read_bytes()[:-8])
    records, problems, _ = read_all(READERS["jsonl"], path)
    assert (len(records), [problem.reason_code for problem in problems]) == (1, ["no_json"])


@pytest.mark.parametrize("suffix", ["csv", "json", "html", "xlsx", "docx", "pdf", "png", "zip", "txt", "xml"])
@pytest.mark.parametrize("kind", list(READERS))
def test_a_wrong_ending(describe, tmp_path, kind, suffix):
    """Whatever a file is called and whatever reads it: one line, or the file is what both say."""
    for content in ("csv", "json", "html", "xml", "xlsx"):
        path = tmp_path / f"list.{suffix}"
        if content == "xlsx":
            book = openpyxl.Workbook()
            for row in (["name"], ["Olena"]):
                book.active.append(row)
            book.save(path)
        else:
            path.write_text(GOOD[content].format("Olena"), encoding="utf-8")
        try:
            list(read_source(describe(READERS[kind]), path))
        except SourceError as error:
            assert "\n" not in str(error) and str(error).startswith(path.name)


def test_a_pattern_of_a_description_against_a_long_cell(outcome, tmp_path):
    """Cells that patterns meet are bounded, so that a greedy pattern takes bounded time."""
    text = "reader: {kind: csv, skip: 'x.*y.*z'}\nfields: {full_name: {column: name, pattern: '(.*),(.*);'}}"
    (tmp_path / "list.csv").write_text("name\n" + "xy" * 2_000 + "\n" + "a" * 20_000 + "\n")
    assert outcome(text, tmp_path / "list.csv", seconds=30).records == 0
