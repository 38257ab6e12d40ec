from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from sources import (
    SourceConfig,
    SourceError,
    find_config,
    json_schema,
    load_config,
    load_configs,
)
from sources.readers import READERS

SOURCES = Path(__file__).resolve().parents[3] / "configs" / "sources"
MINIMAL = "reader: csv\nfields:\n  full_name: name\n"


def test_a_minimal_description_is_complete(describe):
    config = describe(MINIMAL, "my_list.yaml")
    assert (config.slug, config.title, config.source_class, config.resolved_side) == (
        "my_list",
        "my_list",
        "other",
        "both",
    )
    assert config.fields["full_name"].column == "name"
    assert len(config.sha256) == 64


@pytest.mark.parametrize(
    ("source_class", "side"),
    [("family", "seeking"), ("authority", "both"), ("other", "both"), ("occupation", "found"), ("media", "found")],
)
def test_side_follows_class_unless_stated(describe, source_class, side):
    assert describe(f"{MINIMAL}source_class: {source_class}\n").resolved_side == side
    assert describe(f"{MINIMAL}source_class: {source_class}\nside: both\n").resolved_side == "both"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("reader: csvv\nfields: {surname: a}", "line 1, column 1", "no reader 'csvv'; did you mean 'csv'"),
        ("reader: csv\nfields:\n  surnam: a", "line 3, column 3", "unknown field 'surnam'; did you mean 'surname'"),
        ("reader: csv\nfields:\n  dob: a", "line 3, column 3", "did you mean 'birth_date'"),
        (
            "reader: csv\nfields:\n  surname: {colum: a}",
            "line 3, column 13",
            "unknown key 'colum'; did you mean 'column'",
        ),
        ("reader: {kind: csv, delimeter: ';'}\nfields: {surname: a}", "line 1, column 21", "did you mean 'delimiter'"),
        ("reader: {kind: csv, delimiter: ';;'}\nfields: {surname: a}", "line 1", "one character"),
        ("reader: {kind: csv, encoding: cp12511}\nfields: {surname: a}", "line 1", "no encoding 'cp12511'"),
        ("fields: {surname: a}", "line 1", "'reader' is missing"),
        ("reader: csv", "line 1", "'fields' is missing"),
        ("reader: csv\nfields: {surname: a}\nreliability: 3", "line 3", "'reliability' is wrong"),
        ("reader: csv\nfields: {surname: a}\nsource_class: famly", "line 3", "did you mean 'family'"),
        ("reader: csv\nfields: {surname: a}\nsurname: b", "line 3", "move it under `fields:`"),
        ("reader: csv\nfields:\n  surname:", "line 3", "nothing is written after 'surname'"),
        ("reader: csv\nfields: {surname: a, surname: b}", "line 2, column 22", "a second time"),
        ("reader: csv\nfields: &f {surname: a}\ndefaults: *f", "line 2", "anchors"),
        ("reader: csv\nfields: [a", "line 2", "not YAML"),
        ("reader: html\nfields: {given: h2}", "line 1", "one of `card`, `table` and `article`"),
        ("reader: {kind: csv, titles: '(?P<x'}\nfields: {surname: a}", "line 1", "regular expression"),
        ("reader: csv\nfields: {surname: {context: shelter}}", "line", "which no pattern gives"),
        ("reader: csv\nfields: {surname: {column: a, constant: b}}", "line 2", "column and constant"),
        ("reader: {kind: zip, each: [csvv]}\nfields: {surname: a}", "line 1", "no reader 'csvv'; did you mean 'csv'"),
        ("reader: {kind: zip, each: [csv], skip: x}\nfields: {surname: a}", "line 1", "`skip` speaks of members"),
        ("reader: {kind: docx, rad: lines}\nfields: {surname: a}", "line 1", "unknown key 'rad'; did you mean 'read'"),
        ("reader: {kind: pdf, pages: two}\nfields: {surname: a}", "line 1", "'pages' is wrong"),
        ("- a", "", "description is empty"),
        ("", "", "description is empty"),
    ],
)
def test_mistakes_are_named_with_line_and_remedy(describe, text, place, what):
    with pytest.raises(SourceError) as caught:
        describe(text)
    message = str(caught.value)
    assert "list.yaml" in message and place in message and what in message
    assert "\n" not in message


def test_deep_and_huge_yaml_is_refused(describe):
    for text in ("[" * 5000, "a: " * 3 + "x" * (1 << 21), "reader: " + "{a: " * 100 + "1" + "}" * 100):
        with pytest.raises(SourceError):
            describe(text)


def test_a_description_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match="cannot be read"):
        load_config(tmp_path / "none.yaml")
    (tmp_path / "мій список.yaml").write_text(MINIMAL)
    with pytest.raises(SourceError, match="cannot be a slug"):
        load_config(tmp_path / "мій список.yaml")
    (tmp_path / "мій список.yaml").write_bytes(MINIMAL.encode() + "title: Список".encode("cp1251"))
    with pytest.raises(SourceError, match="line 4: the text is not UTF-8"):
        load_config(tmp_path / "мій список.yaml")


def test_a_source_is_found_by_slug_or_path(tmp_path):
    (tmp_path / "one.yaml").write_text(MINIMAL)
    (tmp_path / "two.yaml").write_text(MINIMAL + "slug: other\n")
    assert find_config("one", tmp_path).slug == "one"
    assert find_config("other", tmp_path).slug == "other"
    assert find_config(str(tmp_path / "two.yaml"), Path("/nowhere")).slug == "other"
    with pytest.raises(SourceError, match="one of: one, other"):
        find_config("three", tmp_path)
    (tmp_path / "three.yaml").write_text(MINIMAL + "slug: one\n")
    with pytest.raises(SourceError, match=r"the slug 'one' is that of one\.yaml too"):
        load_configs(tmp_path)


def test_yaml_words_stay_words(describe):
    config = describe(
        MINIMAL
        + "empty: [no, 007, ~]\ndefaults: {birth_date: 2010-05-01}\nobserved_on: 2023-05-01\n".replace("~", "'~'")
    )
    assert config.empty == ["no", "007", "~"]
    assert config.defaults == {"birth_date": "2010-05-01"}
    assert config.observed_on and config.observed_on.constant == "2023-05-01"


def test_the_published_schema_is_current():
    published = json.loads((SOURCES / "source.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema(), "run: ridni sources schema > configs/sources/source.schema.json"


def test_every_kind_of_reader_that_a_description_may_name_exists():
    assert set(json_schema()["properties"]["reader"]["anyOf"][0]["enum"]) == {*READERS, "zip"}


def test_shipped_descriptions_load_and_fit_the_schema():
    assert set(load_configs(SOURCES)) == {
        "adoption_cards",
        "authority_register",
        "citizenship_list",
        "family_reports",
        "media_clippings",
        "telegram_posts",
        "transfer_lists",
    }
    for path in SOURCES.glob("*.yaml"):
        jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), json_schema())


@pytest.mark.parametrize(
    "wrong", ["reader: csvv\nfields: {surname: a}", "reader: csv\nfields: {surnam: a}", "reader: csv"]
)
def test_the_schema_finds_what_the_loader_finds(wrong):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(wrong), json_schema())


def test_every_whole_example_of_the_guide_loads(describe):
    guide = (SOURCES.parents[1] / "docs" / "sources.md").read_text(encoding="utf-8")
    whole = [
        text for text in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL) if "reader" in text and "fields" in text
    ]
    assert len(whole) >= 9
    assert {describe(text).reader.kind for text in whole} >= {"csv", "xlsx", "docx", "html", "text", "pfif", "zip"}


def test_each_kind_of_reader_has_its_place_in_the_guide():
    guide = (SOURCES.parents[1] / "docs" / "sources.md").read_text(encoding="utf-8")
    kinds = {
        kind
        for line in re.findall(r"^\| (`[^|]+) \| [^|]+ \| [^|]+ \| \[", guide, re.M)
        for kind in re.findall(r"`(\w+)`", line)
    }
    assert kinds == {*READERS, "zip"}


def test_the_examples_of_the_guide_load_and_read(describe, read_all, tmp_path):
    guide = (SOURCES.parents[1] / "docs" / "sources.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(yaml|csv)\n(.*?)```", guide, re.DOTALL)
    table = ""
    read = 0
    for kind, text in blocks:
        if kind == "csv":
            table = text
        elif text.startswith("title:"):
            config = describe(text)
            if table:
                (tmp_path / "list.csv").write_text(table, encoding="utf-8")
                records, problems, _ = read_all(config, tmp_path / "list.csv")
                assert records and not problems
                read, table = read + 1, ""
    assert read == 2
    assert all(f"`{name}`" in guide or f" {name}" in guide for name in SourceConfig.model_fields)


def test_a_key_may_be_a_part_of_a_text(describe, read_all, tmp_path):
    (tmp_path / "list.csv").write_text(
        "Картка,ПІБ\n№ 17 (нова),Вигаданко Ганна\nбез номера,Тестенко О.\n", encoding="utf-8"
    )
    config = "reader: csv\nkey: {column: Картка, pattern: '\\d+'}\nfields: {full_name: ПІБ}"
    records, problems, _ = read_all(config, tmp_path / "list.csv")
    assert [record.key for record in records] == ["17"]
    assert [problem.reason_code for problem in problems] == ["no_key"]
