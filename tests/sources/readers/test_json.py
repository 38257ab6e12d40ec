from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources import SourceError, read_source
from sources.readers.json.stream import JsonStream, flatten

OBJECTS = [
    {
        "id": 1,
        "person": {"name": {"first": "Ганна"}},
        "siblings": [{"name": "Оля"}, {"name": "Лев"}],
        "sure": True,
        "tags": [],
    },
    {"id": "б-2", "person": {"name": {"first": "Петро"}}, "siblings": [], "sure": None},
    {"id": 3, "person": None},
    "not an object",
]
CONFIG = """
reader: {kind: json}
key: id
fields: {given: person.name.first, siblings: 'siblings[].name', note: {column: sure, optional: true}}
"""


def save(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("document", "records"),
    [
        (OBJECTS, ""),
        ({"made": "2023", "n": {"a": 1}, "items": OBJECTS, "after": [1]}, ""),
        ({"other": [], "data": {"items": OBJECTS}}, "data.items"),
        ({"pages": [{"items": OBJECTS[:2]}, {"items": OBJECTS[2:]}]}, "pages[].items"),
    ],
)
def test_arrays_wherever_they_stand(read_all, tmp_path, document, records):
    text = CONFIG.replace("kind: json", f"kind: json, records: '{records}'" if records else "kind: json")
    found, problems, reading = read_all(text, save(tmp_path / "list.json", document))
    assert [record.key for record in found] == ["1", "б-2"]
    assert found[0].written == {"given": "Ганна", "siblings": ["Оля", "Лев"], "note": "true"}
    assert found[0].locator.cells["siblings"] == "siblings[].name"
    assert [problem.reason_code for problem in problems] == ["no_name", "unreadable_object"]
    assert reading.counts.rows_read == 4


def test_one_object_a_line(read_all, tmp_path):
    path = tmp_path / "list.jsonl"
    lines = [json.dumps(value, ensure_ascii=False) for value in OBJECTS]
    path.write_text("\n".join([lines[0], "", "{broken", "[" * 100_000, lines[1]]), encoding="utf-8-sig")
    records, problems, _ = read_all(CONFIG.replace("kind: json", "kind: jsonl"), path)
    assert [(record.key, record.locator.line) for record in records] == [("1", 1), ("б-2", 5)]
    assert [(problem.reason_code, problem.locator.line) for problem in problems] == [("no_json", 3), ("no_json", 4)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"id": 1}, {"id": 2', "cut short"),
        ('[{"id": 1} {"id": 2}]', "',' is missing"),
        ('[{"id": 1}]]', "follows the end"),
        ('{"a": 1}', "no an array|no 'an array'|there is no"),
        ("[" * 100_000, "nested too deeply"),
        ("id,name\n1,A\n", "neither an array nor an object"),
        ('[{"id": nul}]', "no JSON"),
        ('[{"id": "' + "x" * 9_000_000 + '"}]', "more than 8,000,000 characters"),
    ],
)
def test_broken_documents_are_one_clear_error(describe, tmp_path, text, message):
    path = tmp_path / "list.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=message) as caught:
        list(read_source(describe(CONFIG), path))
    assert "\n" not in str(caught.value)


def test_a_path_that_no_object_has(describe, tmp_path):
    text = CONFIG.replace("person.name.first", "person.name.frist")
    with pytest.raises(
        SourceError, match=r"no column 'person.name.frist' for fields.given \(nearest is 'person.name.first'\)"
    ):
        list(read_source(describe(text), save(tmp_path / "list.json", OBJECTS)))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


class Dribble(io.StringIO):
    """A stream that gives one character at a time, whatever is asked for."""

    def read(self, size: int | None = -1, /) -> str:
        return super().read(1)


@settings(max_examples=150, deadline=None)
@given(st.lists(values, max_size=5), st.sampled_from([None, 1]))
def test_the_stream_reads_what_json_reads(items, indent):
    text = json.dumps({"first": 1, "items": items, "last": {"x": []}}, ensure_ascii=False, indent=indent)
    stream = JsonStream(Dribble(text))
    assert [value for _, value in stream.items(["items"])] == items
    stream.end()


def test_flatten_is_bounded():
    deep: dict[str, object] = {}
    deep["a"] = list(range(100_000))
    assert len(flatten(deep)["a[]"].split("\n")) == 500
