"""One table of fields, and what follows from it."""

from __future__ import annotations

import csv
import json
import re
from importlib.resources import files
from pathlib import Path

import sources
from sources.description.load import SourceConfig
from sources.fields import CHILD_FIELDS, DERIVED_FROM, FIELDS, LIST_FIELDS, NAMING_FIELDS, TABLE, VALUES, suggestion

ROOT = Path(sources.__file__).parent.parent


def test_every_field_is_said_whole():
    text = files("sources").joinpath("data", "fields.tsv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    assert len(rows) == len(TABLE)
    for row in rows:
        assert all(row[part] for part in ("field", "kind", "class", "uk", "en", "source")), row
        assert {row[part] for part in ("written", "value", "list", "naming", "romanised")} <= {"yes", ""}, row


def test_what_is_derived_comes_from_fields_that_a_source_may_have():
    assert {origin for origins in DERIVED_FROM.values() for origin in origins} <= set(FIELDS)
    assert LIST_FIELDS | NAMING_FIELDS | set(CHILD_FIELDS) <= set(FIELDS) and "birth" in VALUES - set(FIELDS)


def test_the_published_schema_and_the_docs_name_the_fields_of_the_table():
    published = json.loads((ROOT / "configs" / "sources" / "source.schema.json").read_text(encoding="utf-8"))
    for schema in (published, SourceConfig.model_json_schema()):
        assert schema["properties"]["fields"]["propertyNames"]["enum"] == list(FIELDS)
    docs = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    listed = docs.split("\nThe fields: ", 1)[1].split("\n\n", 1)[0]
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]*)`", listed))))
    assert named == set(FIELDS)


def test_another_word_for_a_field_leads_to_it():
    assert suggestion("ПІБ", FIELDS) == "" and suggestion("pib", FIELDS) == "full_name"
    assert suggestion("Place of birth", FIELDS) == "birthplace" and suggestion("birthdate", FIELDS) == "birth_date"
