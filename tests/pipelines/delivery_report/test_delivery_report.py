from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipelines import delivery_report
from pipelines.delivery_report.page import page
from pipelines.delivery_report.placeholders import kind_of
from pipelines.ingestion import jobs
from registry.evidence.custody import CollectionFacts
from registry.models import Batch
from sources.description.load import load_config

pytestmark = pytest.mark.django_db

YAML = """\
title: Вигаданий список
source_class: authority
delivery: snapshot
language: mixed
legal_basis: law
reader: csv
key: id
fields:
  full_name: name
  birth_date: born
  last_place: town
"""


@pytest.fixture
def deliver(tmp_path):
    """Ingest rows of `id, name, born, town` as the delivery of one month."""
    config = tmp_path / "authority.yaml"
    config.write_text(YAML, encoding="utf-8")

    def deliver(month: int, rows: list[tuple[str, ...]]) -> Batch:
        file = tmp_path / f"{month}.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([("id", "name", "born", "town"), *rows])
        at = datetime(2024, month, 1, 12, tzinfo=UTC)
        collected = CollectionFacts.stated("saved", "an office", "tests", at)
        counts = jobs.run(jobs.prepare(load_config(config), config, file, collected))
        return Batch.objects.select_related("source", "evidence").get(pk=counts.batch_id)

    return deliver


FIRST = [
    ("1", "Вигаданенко Зоряна Іванівна", "01.01.2012", "Вигадане"),
    ("2", "Дописанко Лесь Іванович", "03.04.2011", "невідомо"),
    ("3", "Вымышлев Пётр", "05.06.2010", "нет данных"),
    ("4", "Smith John", "01.01.2013", "-"),
    ("5", "", "01.01.2013", "Вигадане"),
]
SECOND = [
    ("1", "Вигаданенко Зоряна Іванівна", "01.01.2012", "Вигадане"),
    ("2", "Дописанко Лесь Іванович", "", ""),
    ("2", "Дописанко Лесь Іванович", "", ""),
    ("7", "Тестенко Єва Іванівна", "08.09.2014", ""),
    ("8", "Тестенко Єва Іванівна", "08.09.2014", ""),
    ("9", "Тестенко Єва Іванівна", "08.09.2014", "Вигадане"),
]


def test_one_delivery(deliver):
    found = delivery_report.of_batch(deliver(1, FIRST))
    now = found.now
    assert (now.rows_read, now.new, now.quarantined) == (5, 4, 1)
    assert now.filled == {"full_name": 4, "birth_date": 4, "last_place": 1}
    assert now.languages == {"Ukrainian": 2, "Russian": 1, "Latin": 1}
    assert found.placeholders.counts == {
        ("birth_date", "first of January"): 3,
        ("last_place", "word for unknown"): 2,
        ("last_place", "dash or question mark"): 1,
    }
    assert now.birth_days == {(1, 1): 2, (4, 3): 1, (6, 5): 1}
    assert now.reasons == {"no_name": 1}
    assert found.before is None and found.drift == ()


def test_the_second_delivery_next_to_the_first(deliver):
    first = deliver(1, FIRST)
    found = delivery_report.of_batch(deliver(2, SECOND))
    now = found.now
    assert found.before.batch_id == first.pk
    assert (now.new, now.changed, now.unchanged, now.quarantined, now.vanished) == (3, 1, 1, 1, 2)
    assert (now.same_values, now.same_person) == (1, 2)
    assert now.reasons == {"duplicate_key": 1}
    drift = {one.what: one for one in found.drift}
    assert drift["birth_date"].before == 1.0 and drift["birth_date"].now == 0.8
    assert drift["birth_date"].notable and drift["letters: Russian"].now == 0.0
    assert found.drift[0].what == "letters: Ukrainian"
    assert [figures.batch_id for figures in found.history] == [first.pk, now.batch_id]
    alone = delivery_report.of_batch(first)
    assert alone.before is None, "the first delivery is not held against a later one"


class _Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.outside: list[str] = []

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("src", "href", "action", "data") and not (value or "").startswith("#"):
                self.outside.append(f"{tag} {name}")
        if tag in ("script", "iframe", "object", "link", "img"):
            self.outside.append(tag)


def test_the_page_stands_by_itself_and_holds_no_value(deliver):
    deliver(1, FIRST)
    text = page(delivery_report.of_batch(deliver(2, SECOND)))
    links = _Links()
    links.feed(text)
    assert links.outside == [] and "url(" not in text and "@import" not in text
    for word in ("Вигаданенко", "Зоряна", "Дописанко", "Smith", "Вигадане<", "03.04.2011"):
        assert word not in text
    assert text.count("<svg") >= 5 and "Since the last delivery" in text
    assert all("aria-label" in svg for svg in re.findall(r'<svg[^>]*class="picture"[^>]*>', text))


def test_a_profile_without_its_evidence_says_so(deliver):
    from registry.evidence import store

    batch = deliver(1, FIRST)
    path = store.path_of(batch.evidence.sha256)
    path.unlink()
    found = delivery_report.of_batch(batch)
    assert "missing" in found.placeholders.note and found.now.filled["full_name"] == 4
    assert "were not counted" in page(found)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("невідомо", "word for unknown"),
        ("Не указано", "word for unknown"),
        ("N/A", "word for unknown"),
        ("???", "dash or question mark"),
        ("—", "dash or question mark"),
        ("ТЕСТ", "test entry"),
        ("00000000", "repeated digit"),
        ("01.01.2014", "first of January"),
        ("2014-01-01", "first of January"),
        ("01.01.1970", "zero of a computer"),
        ("00.05.2012", "impossible date"),
        ("11.01.2014", ""),
        ("Тестенко", ""),
        ("Невідомська", ""),
        ("", ""),
    ],
)
def test_placeholders(text, kind):
    assert kind_of(text) == kind


def test_placeholder_facts_have_a_source():
    path = Path(delivery_report.__file__).with_name("placeholders.tsv")
    rows = list(csv.DictReader(path.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) >= 9 and all(row["source"] and re.compile(row["pattern"]) for row in rows)
