"""Explanations as small rows say what the written-out ones said, to the last digit."""

import json
import math

import numpy as np
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from registry import binary_copy
from registry.linkage.explanation_rows import (
    BITS,
    NO_BITS,
    NOT_SAID,
    Packer,
    known_levels,
    read,
    squeezed,
    stored_levels,
    unpack,
)

FIELDS = ("surname", "given", "birth", "sex")
reason = st.builds(
    lambda field, level, bits, code: {
        "field": field,
        "level": level,
        "bits": bits / 100,
        "code": code,
        "sentence": f"about {code}",
    },
    st.sampled_from(FIELDS),
    st.one_of(st.integers(-2, 12), st.sampled_from(["IDENTICAL", ""])),
    st.integers(-9_999, 9_999),
    st.sampled_from(["same", "close", "replaced", "absent"]),
)
explanation = st.lists(reason, unique_by=lambda each: each["field"], max_size=4)
scenario = {"field": "scenario", "level": 0, "bits": -3.21, "code": "scenario", "sentence": "how common"}


@settings(deadline=None)
@given(st.lists(explanation, max_size=8), st.booleans())
def test_what_was_packed_is_unpacked(rows, with_scenario):
    packer = Packer()
    last = [scenario] if with_scenario else []
    packed = [packer.pack([*row, *last]) for row in rows]
    layout = json.loads(json.dumps(packer.layout))  # as the database gives it back
    order = [field["field"] for field in layout["fields"]]
    for row, (levels, bits) in zip(rows, packed, strict=True):
        assert unpack(layout, levels, bits) == sorted(row, key=lambda each: order.index(each["field"])) + last
        known = {each["field"]: each["level"] for each in row if isinstance(each["level"], int) and each["level"] >= 0}
        assert known_levels(layout, levels) == known


@settings(deadline=None)
@given(st.integers(0, 20), st.integers(0, 9), st.sampled_from([None, [-1, 0]]), st.integers(0, 2**32))
def test_what_is_squeezed_says_the_same(fields, count, unsaid, seed):
    random = np.random.default_rng(seed)
    levels = random.integers(-3, 90, (count, fields)).astype(np.int8)
    bits = random.integers(-30_000, 30_000, (count, 1 + fields)).astype(BITS)
    left_out = random.random((count, fields)) < 0.6
    levels[left_out], bits[:, 1:][left_out] = unsaid or (NOT_SAID, NO_BITS)
    said = {str(byte): [f"code {byte}", "words"] for byte in range(-128, 128)}
    layout = {"fields": [{"field": f"f{n}", "levels": said} for n in range(fields)], "scenario": ["s", "w"]}
    layout |= {"unsaid": unsaid} if unsaid else {}
    read_again = {}
    for at, rows in squeezed(layout, levels, bits):
        assert rows.shape[1] <= 2 + (fields + 7) // 8 + 3 * fields
        read_again |= {n: row.tobytes() for n, row in zip(at.tolist(), rows, strict=True)}
    for number in range(count):
        whole = levels[number].tobytes(), bits[number].tobytes()
        assert read(layout, read_again[number]) == unpack(layout, *whole)
        assert stored_levels(layout, read_again[number]) == known_levels(layout, whole[0])


def test_one_level_with_two_meanings_gets_two_bytes():
    packer = Packer()
    plain, replaced = (
        {"field": "surname", "level": 3, "bits": 0.0, "code": code, "sentence": code}
        for code in ("different", "replaced")
    )
    rows = [packer.pack([plain]), packer.pack([replaced])]
    assert rows[0][0] != rows[1][0]
    assert [unpack(packer.layout, *row)[0]["code"] for row in rows] == ["different", "replaced"]


@pytest.mark.django_db
def test_rows_of_numpy_arrive_in_postgresql_as_they_were():
    count = 70_000  # more than one piece
    random = np.random.default_rng(5)
    columns = {
        "a": random.integers(-(2**62), 2**62, count),
        "b": random.normal(size=count),
        "c": random.integers(-30_000, 30_000, count).astype(np.int16),
        "d": random.integers(0, 255, (count, 5)).astype(np.uint8),
    }
    columns["b"][3] = math.nan
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE arrived (a bigint, b double precision, c smallint, d bytea) ON COMMIT DROP")
        with cursor.copy("COPY arrived FROM STDIN (FORMAT BINARY)") as copy:
            for piece in binary_copy.pieces(columns):
                copy.write(piece)
        cursor.execute("SELECT a, b, c, d FROM arrived")
        rows = cursor.fetchall()
    assert [row[0] for row in rows] == columns["a"].tolist()
    assert np.array_equal([row[1] for row in rows], columns["b"], equal_nan=True)
    assert [row[2] for row in rows] == columns["c"].tolist()
    assert [bytes(row[3]) for row in rows[:100]] == [row.tobytes() for row in columns["d"][:100]]


@pytest.mark.django_db
def test_no_rows_are_a_whole_copy_too():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE arrived (a bigint) ON COMMIT DROP")
        with cursor.copy("COPY arrived FROM STDIN (FORMAT BINARY)") as copy:
            for piece in binary_copy.pieces({"a": np.array([], dtype=np.int64)}):
                copy.write(piece)
        cursor.execute("SELECT count(*) FROM arrived")
        assert cursor.fetchone() == (0,)
