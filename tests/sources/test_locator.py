"""A place writes and reads itself, and says what tells one row from another."""

from __future__ import annotations

import json

import pytest

from sources.locator import Locator

STORED = [
    {"sheet": "Етап 1", "row": 6, "cells": {"full_name": "B6", "birth_date": "D6"}, "part": 2},
    {"member": "а/б.csv", "row": 3},
    {"css": "div.card", "card": 4, "cells": {"sex": ".sex"}},
    {"message": 0, "chat": 5, "offsets": [0, 14]},
    {"testimony": 7, "place": "page 3"},
    {},
]


@pytest.mark.parametrize("stored", STORED)
def test_the_stored_form_comes_back_as_it_was(stored):
    locator = Locator.from_json(json.loads(json.dumps(stored)))
    assert json.loads(json.dumps(locator.to_json())) == stored and bool(locator) == bool(stored)


def test_a_part_that_is_not_known_is_named():
    with pytest.raises(ValueError, match="no part block"):
        Locator.from_json({"row": 1, "block": 2})


def test_all_readings_of_one_row_stand_in_one_place():
    row = Locator(member="x.csv", row=7)
    readings = [row._replace(cells={"given": "B7"}, part=n, offsets=(n, n + 4)) for n in (1, 2)]
    assert {reading.of_row() for reading in readings} == {row}
    assert readings[0].key() == "x.csv/7" and readings[0].words() == "member x.csv, row 7, part 1"


def test_the_key_made_from_a_place_does_not_depend_on_how_the_database_orders_its_parts():
    """PostgreSQL gives `row` before `sheet`, the reader names the sheet first."""
    assert Locator.from_json({"row": 6, "sheet": "Етап 1"}).key() == Locator(sheet="Етап 1", row=6).key() == "Етап 1/6"


def test_a_field_stands_in_its_own_cell():
    locator = Locator(sheet="1", row=2, cells={"given": "C2"})
    assert locator.of_field("given").to_json() == {"sheet": "1", "row": 2, "cell": "C2"}
    assert locator.of_field("note") == locator.of_record() == Locator(sheet="1", row=2)
