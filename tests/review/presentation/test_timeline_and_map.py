"""Dates on a line, places on a map, wishes in words: what stands around the pair, drawn by the page itself."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.utils.translation import override

from registry.models import Candidate
from review.forms import queue_filter
from review.pair import pair_view
from review.presentation import map as atlases
from review.presentation.map import atlas
from review.presentation.timeline import timeline
from review.queue import assignment
from review.queue.filters import QueueFilter

pytestmark = pytest.mark.django_db


@pytest.fixture
def sides(records, stock, tmp_path):
    pairs = records.store_group(tmp_path)
    person = stock.user()
    assert assignment.take_next(person) == pairs["Алексей"]
    view = pair_view.pair(person, pairs["Алексей"].pk)
    return view.left, view.right


def test_dates_stand_in_their_order_and_births_beside_the_line(sides):
    drawn = timeline(*sides)
    assert [event.number for event in drawn.events] == list(range(1, len(drawn.events) + 1))
    assert [event.when for event in drawn.events][:2] == ["12.05.2014", "14.05.2014"]
    assert all(event.x is None for event in drawn.events[:2])
    places = [event.x for event in drawn.drawn]
    assert places == sorted(places) and all(0 < x < drawn.width for x in places)
    assert [tick.label for tick in drawn.ticks] == ["2022", "2023"]


def test_an_interval_is_a_bar_and_nothing_known_is_nothing_drawn(sides):
    left, right = sides
    known = {**left.values, "lost_on": "2022-03-01/2022-03-31"}
    bar = next(event for event in timeline(replace(left, values=known), right).drawn if event.width)
    assert bar.when == "03.2022" and bar.width > 10
    nothing = replace(left, values={}, observed_on=None), replace(right, values={}, observed_on=None)
    assert timeline(*nothing).events == () and timeline(*nothing).ticks == ()


def test_one_place_of_both_is_drawn_side_by_side(sides):
    drawn = atlas(*sides)
    assert {(spot.side, spot.written) for spot in drawn.listed} == {(0, "м. Маріуполь"), (1, "г. Мариуполь")}
    one, other = drawn.spots
    assert one.y == other.y and other.x - one.x == pytest.approx(9)
    assert len(re.findall(r"[\d.]+,[\d.]+", drawn.outline)) > 50


def test_the_map_knows_how_far_apart_and_grows_with_what_it_shows(sides):
    left, right = sides
    kyiv, vladivostok = "gn703448", "gn2013348"
    mariupol = replace(right, values={"last_place": ["gn701822"]})
    with override("en"):
        near = atlas(replace(left, values={"last_place": [kyiv]}), mariupol)
        assert 550 < int(re.search(r"(\d+) km", near.apart)[1]) < 650
    far = atlas(replace(left, values={"last_place": [kyiv]}), replace(right, values={"last_place": [vladivostok]}))
    kyiv_near = next(spot for spot in near.spots if spot.side == 0)
    kyiv_far = next(spot for spot in far.spots if spot.side == 0)
    assert kyiv_far.x < kyiv_near.x and all(0 <= spot.x <= far.width for spot in far.spots)


def test_a_name_of_many_places_is_not_drawn_and_of_a_few_hollow(sides):
    left, right = sides
    nothing = replace(right, values={})
    few = atlas(replace(left, values={"birthplace": ["gn703448", "gn701822"]}), nothing)
    assert [spot.several for spot in few.spots] == [True, True]
    many = [row["id"] for row in atlases._rows("place_points.tsv")[:20]]
    assert atlas(replace(left, values={"birthplace": many}), nothing) is None


def test_every_known_settlement_has_a_point(sides):
    from transliteration.tables import rows

    points = {row["id"] for row in atlases._rows("place_points.tsv")}
    assert {row["id"] for row in rows("settlements")} <= points
    assert all(row["source"].startswith("GeoNames") for row in atlases._rows("outline.tsv"))


def test_regions_stand_in_the_order_of_the_alphabet_and_wishes_have_words(sides):
    with override("uk"):
        names = [name for _code, name in queue_filter.regions()]
        assert names.index("Житомирська область") < names.index("Закарпатська область")
        assert names.index("Запорізька область") < names.index("Івано-Франківська область")
        assert names.index("Івано-Франківська область") < names.index("Київська область")
        assert queue_filter.words(QueueFilter(region="UA-14", age="6-11")) == "Донецька область · 6–11 років"
    assert queue_filter.words(QueueFilter()) == ""


def test_an_unknown_wish_asks_for_nothing(sign_in, records, tmp_path):
    records.store_group(tmp_path)
    client = sign_in("maria")
    client.post("/filter/", {"source": "9" * 30, "scenario": "x'; --", "region": "RU-MOW", "age": "forty"})
    assert "review.filter" not in client.session
    client.post("/filter/", {"age": "6-11", "region": "UA-14"})
    assert client.session["review.filter"]["region"] == "UA-14"
    assert Candidate.objects.filter(reserved_by__isnull=False).count() == 0
