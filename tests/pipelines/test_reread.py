"""A better description reaches what is stored: shown masked first, then new versions; what is stored can be listed."""

from __future__ import annotations

CONFIG = """\
source_class: authority
language: uk
reader: {kind: csv%s}
key: №
fields: {full_name: ПІБ, birth_date: Дата}
"""
LIST = "№;ПІБ;Дата\n;Інтернат № 5;\n1;Вигаданко Марта;15.03.2012\n2;Небуленко Іван;2013\n"


def test_titles_added_later_reach_the_records(shared, tmp_path):
    config = tmp_path / "reread_list.yaml"
    config.write_text(CONFIG % "", encoding="utf-8")
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    shared("ingest", config, tmp_path / "list.csv")
    listed = shared("records", "list", "reread_list").stdout
    assert "В·······" in listed and "Вигаданко" not in listed and "2 records, page 1 of 1." in listed
    assert "page 2" in shared("records", "list", "reread_list", "--page", "2").stdout

    config.write_text(CONFIG % ", titles: '^;?(?P<institution>Інтернат.+)$'", encoding="utf-8")
    planned = shared("reread", config).stdout
    assert "institution 2" in planned and "Nothing was changed" in planned and "Інтернат" not in planned
    assert "institution" not in shared("records", "list", "reread_list").stdout
    assert "2 records have a new version" in shared("reread", config, "--yes").stdout
    listed = shared("records", "list", "reread_list").stdout
    assert listed.count("institution") == 2 and "2 records" in listed
    assert "Nothing would change" in shared("reread", config, "--yes").stdout
    shown = shared("evidence", "show", "reread_list/1").stdout
    assert "institution" in shown and "differs" not in shown
    (tmp_path / "why.txt").write_text("titles name the institution\n", encoding="utf-8")
    rerun = shared("quarantine", "rerun", config, "--reason-file", tmp_path / "why.txt").stdout
    assert "1 declared no data" in rerun


def test_another_key_is_refused_and_a_copy_under_another_name_is_another_source(shared, tmp_path):
    config = tmp_path / "reread_key.yaml"
    config.write_text(CONFIG % "", encoding="utf-8")
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    shared("ingest", config, tmp_path / "list.csv")
    config.write_text((CONFIG % "").replace("key: №", "key: '{file}/{№}'"), encoding="utf-8")
    assert "another key" in shared("reread", config, "--yes", code=1).stderr
    assert "--reason-file" in shared("reread", config, "--reason", "Марта", code=1).stderr
    other = tmp_path / "reread_copy.yaml"
    other.write_text(CONFIG % "", encoding="utf-8")
    (tmp_path / "why.txt").write_text("a copy\n", encoding="utf-8")
    why = ("--reason-file", tmp_path / "why.txt")
    assert "Nothing was ingested as" in shared("quarantine", "rerun", other, *why, code=1).stderr
