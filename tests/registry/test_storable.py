"""Values as JSON: the quick way writes what the careful one writes, and refuses what that refuses."""

from __future__ import annotations

import json
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import storable

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def careful(value):
    return json.loads(storable._dumps(value))


@given(plain)
def test_both_ways_say_the_same(value):
    assert json.loads(storable.dumps(value)) == careful(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"day": date(2024, 2, 1)}, '{"day":"2024-02-01"}'),
        ({"at": datetime(2024, 2, 1, 3, 4, 5, 6)}, '{"at":"2024-02-01T03:04:05.000006"}'),
        ({"b": {"z", "a"}, "c": (1, 2)}, '{"b":["a","z"],"c":[1,2]}'),
        ({"n": np.int64(7), "f": np.float64(0.5)}, '{"n":7,"f":0.5}'),
        ({1: "key"}, '{"1": "key"}'),
        ({"large": 10**30}, '{"large": 1000000000000000000000000000000}'),
        ({"nul": "a\x00b", "half": "\ud800"}, '{"nul": "a\ufffdb", "half": "?"}'),
        ({"said": "null", "nothing": None}, '{"said": "null", "nothing": null}'),
    ],
)
def test_what_has_no_form_of_its_own_in_json(value, text):
    assert storable.dumps(value) == text
    assert json.loads(text) == careful(value)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_json_does_not_have_is_refused(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        storable.dumps({"values": [1.0, number]})


def test_a_value_without_a_form_is_refused_by_its_type_alone():
    with pytest.raises(TypeError, match="a value of type object cannot be stored"):
        storable.dumps({"secret": object()})
