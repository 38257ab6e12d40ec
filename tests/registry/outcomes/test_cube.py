"""The cube over real records, identities and answers: what it counts, what it hides, and how it leaves the house."""

import csv
import io
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from configs.settings import settings
from registry.access import tokens
from registry.identities import answers
from registry.judgements import changes
from registry.models import DeskFacts, Source
from registry.outcomes import counting, cube, forms
from registry.outcomes.suppression import suppressed

pytestmark = pytest.mark.django_db
FUTURE = date(2030, 1, 1)


@pytest.fixture(autouse=True)
def _shown_from_three(monkeypatch):
    monkeypatch.setattr(settings(), "outcomes_threshold", 3)


def child(stock, oblast="UA-14", born=2012, source="reports", side="seeking"):
    record = stock.record(batch=stock.batch(source, side=side))
    regions = [oblast] if isinstance(oblast, str) else oblast
    DeskFacts.objects.create(record=record, born_from=born, born_to=born, regions=regions)
    return record


def verified(stock, **facts):
    other = child(stock, source="bank", side="found", oblast="UA-23")
    return stock.judge(stock.candidate(child(stock, **facts), other), "same", "same").identity_id


def value(made, measure, table, **place):
    wanted = {"month": "", "oblast": "", "age": "", "list": ""} | place
    of_measure = [one for one in made.of(table) if one.measure == measure]
    (found,) = [one.value for one in of_measure if wanted == {key: getattr(one, key) for key in wanted}]
    return found


def test_what_is_counted_and_where(stock):
    for _ in range(3):
        identity = verified(stock)
    child(stock, oblast=[])
    child(stock, oblast=["UA-14", "UA-23"])
    child(stock, oblast="RU-ROS")
    month, year = datetime.now(UTC).strftime("%Y-%m"), datetime.now(UTC).year
    counted = counting.count("records", datetime(2030, 1, 1, tzinfo=UTC))
    assert sum(counted.values()) == 9
    age = counting.band(year - 2012, year - 2012)
    assert counted[month, "UA-14", age, "reports"] == 3 and counted[month, "UA-23", age, "bank"] == 3
    assert counted[month, "unknown", age, "reports"] == 2 and counted[month, "elsewhere", age, "reports"] == 1
    # An identity counts by the row that seeks, a proposal too.
    for measure in ("verified", "proposed"):
        assert counting.count(measure, datetime(2030, 1, 1, tzinfo=UTC)) == {(month, "UA-14", age, "reports"): 3}
    caller = tokens.authenticate(stock.token())
    answers.answer(caller, identity, "returned", "a", on=date(2027, 1, 5))
    answers.answer(caller, identity, "returned", "b", on=date(2027, 3, 5))
    answers.answer(caller, identity, "reunified", "c")
    until = datetime(2030, 1, 1, tzinfo=UTC)
    born = counting.band(2027 - 2012, 2027 - 2012)
    assert counting.count("returned", until) == {("2027-01", "UA-14", born, "reports"): 1}
    assert sum(counting.count("reunited", until).values()) == 1
    assert counting.count("returned", datetime(2027, 1, 1, tzinfo=UTC)) == {}


def test_what_was_taken_back_counts_no_more(stock):
    identities = [verified(stock) for _ in range(4)]
    assert value(cube.cube(FUTURE), "verified", "all") == 4
    asked = changes.ask(stock.user("lead"), "retract", identities[0], "slip")
    changes.decide(stock.user("lead"), asked.pk, allowed=True)
    assert value(cube.cube(FUTURE), "verified", "all") == 3


def test_the_running_month_is_left_out(stock):
    for _ in range(4):
        verified(stock)
    assert value(cube.cube(), "records", "all") == 0
    assert not [one for one in cube.cube().figures if one.value]


def test_small_figures_and_what_would_tell_them_are_hidden_everywhere(stock):
    for _ in range(5):
        verified(stock, oblast="UA-14")
    verified(stock, oblast="UA-23")
    for _ in range(4):
        verified(stock, oblast="UA-65", source="hotline")
    made = cube.cube(FUTURE)
    assert value(made, "verified", "all") == 10
    shown = {one.oblast: one.value for one in made.of("oblast") if one.measure == "verified"}
    assert shown["UA-23"] is None and sum(one is None for one in shown.values()) >= 2
    keys = {(one.measure, one.table, one.month, one.oblast, one.age, one.list): one.value for one in made.figures}
    hidden = {key for key, number in keys.items() if number is None}
    # What is hidden stays hidden when it is looked at as one system again.
    truth = cube_values()
    again = suppressed({key: truth[key] for key in keys if key[0] == "verified"}, sums_of(truth, "verified"), 3)
    assert again <= {key for key in hidden if key[0] == "verified"}


def cube_values():
    counts = {measure: counting.count(measure, datetime(2030, 1, 1, tzinfo=UTC)) for measure in counting.MEASURES}
    months, lists = cube._months(counts, FUTURE), list(Source.objects.order_by("slug").values_list("slug", flat=True))
    every = ((one, *place, n) for one in counts for place, n in cube._margins(counts[one], months, lists).items())
    return {tuple(key): number for *key, number in every}


def sums_of(values, measure):
    return list(cube._sums({key: value for key, value in values.items() if key[0] == measure}))


def test_csv_has_hxl_tags_definitions_and_no_small_figure(stock):
    for _ in range(3):
        verified(stock)
    verified(stock, oblast="UA-65")
    header, tags, *rows = csv.reader(io.StringIO(forms.as_csv(cube.cube(FUTURE))))
    assert all(tag.startswith("#") for tag in tags) and len(header) == len(tags) == len(rows[0])
    found = [dict(zip(header, row, strict=True)) for row in rows]
    assert {row["figure"] for row in found} & {"1", "2"} == set()
    assert all((row["figure"] == "") == (row["suppressed"] == "yes") for row in found)
    assert all(row["definition"] for row in found) and "children" not in " ".join(header)
    names = {row["oblast of origin"]: row["name of the oblast"] for row in found}
    assert names["UA-14"] == "Donetsk" or "Donetsk" in names["UA-14"]


def test_the_picture_is_whole_and_says_no_small_figure(stock):
    for _ in range(4):
        verified(stock)
    text = forms.as_picture(cube.cube(datetime.now(UTC).date() + timedelta(days=31)), "uk")
    root = ET.fromstring(text)
    assert root.tag.endswith("svg") and "підтверджених осіб" in text
    figures = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text") if one.text and one.text.isdecimal()]
    assert figures == ["4"]


def test_age_bands_hold_every_age_once_and_what_is_open_is_unknown():
    assert [counting.band(age, age) for age in (0, 5, 6, 13, 17, 18, 40)] == [
        "0-5", "0-5", "6-9", "10-13", "14-17", "18+", "18+",
    ]  # fmt: skip
    assert counting.band(5, 6) == counting.band(None, 3) == counting.band(-2, 1) == "unknown"


def test_every_measure_is_defined_and_none_is_a_number_of_children():
    for measure in counting.measures():
        for language in ("en", "uk"):
            assert measure.called[language] and len(measure.definition[language]) > 40
            assert "children" not in measure.called[language] and "дітей" not in measure.called[language]


def test_no_record_is_read(stock):
    verified(stock)
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        cube.cube(FUTURE)
    assert not [one for one in asked if "payload" in one["sql"]]


def test_months_have_no_gaps():
    counts = {"records": {("2026-11", "", "", ""): 1, ("2027-02", "", "", ""): 1}}
    assert cube._months(counts, date(2027, 4, 1)) == ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03"]
    assert cube._months({}, date(2027, 4, 1)) == []
