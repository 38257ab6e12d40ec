"""What stands beside the values of a pair: how many rows share them, and what verified records of the child say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation

from registry import row_content
from registry.models import AuditEntry, Candidate
from review.pair import commonness, pair_view
from review.presentation import pair_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def look(user, candidate):
    lease = timezone.now() + timedelta(minutes=5)
    Candidate.objects.filter(pk=candidate.pk).update(reserved_by=user, reserved_until=lease)
    return pair_view.pair(user, candidate.pk)


def row(page, field):
    return next(row for row in (*page.rows, *page.one_sided) if row.field == field)


def test_rows_of_the_same_list_that_share_a_value_are_counted(stock):
    cards, other = stock.batch("cards"), stock.batch("reports")
    born = {"given": "Дарина", "birth": "2013-05-01/2013-05-31"}
    card = stock.record({"given": "Дарина", "birth_date": "05.2013"}, batch=cards, values=born)
    stock.record({"given": "Дарина"}, batch=cards, values=born)
    stock.record({"given": "Дарина"}, batch=cards, values={"given": "Дарина"})
    stock.record({"given": "Дарина"}, batch=cards, values=born, is_current=False, version=1, key="old")
    report = stock.record({"full_name": "Журавель Дарина"}, batch=other, values={"surname": "Журавель", **born})
    view = look(stock.user(), stock.candidate(report, card))
    assert view.right.shared == {"given": 2, "birth_date": 1}
    assert view.left.shared == {"surname": 0, "given": 0, "birth_date": 0}
    page = pair_page.build(view, "en")
    assert row(page, "birth_date").cells[1].shared == "1 other in this list"
    assert row(page, "birth_date").cells[0].shared == "no other row of this list"
    assert row(page, "full_name").cells[0].shared == "others in this list: surname 0, given name 0"


def test_counting_stops_where_a_number_says_nothing_more(stock, monkeypatch):
    monkeypatch.setattr(commonness, "MANY", 3)
    cards = stock.batch("cards")
    made = [stock.record({"given": "Марко"}, batch=cards, values={"given": "Марко"}) for _ in range(6)]
    view = look(stock.user(), stock.candidate(stock.record(), made[0]))
    assert view.right.shared == {"given": 3}
    assert row(pair_page.build(view, "en"), "full_name").cells[1].shared == "others in this list: given name 3+"


def test_the_count_reads_an_index(stock):
    cards = stock.batch("cards")
    for day in range(300):
        born = date(2012, 1, 1) + timedelta(days=day)
        stock.record(batch=cards, values={"birth": f"{born}/{born}"})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_record")
        cursor.execute("SET LOCAL enable_seqscan = off")
        part = commonness._others("birth").as_string(connection.connection)
        wanted = row_content.shared_of({"birth": "2013-05-01/2013-05-31"})[2]
        values = {"source": cards.source_id, "record": 1, "many": 9, "birth": wanted}
        cursor.execute(f"EXPLAIN {part}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "record_shares_birth" in plan


def test_verified_records_of_the_same_child_stand_in_its_column(stock):
    report = stock.record(
        {"full_name": "Журавель Дарина", "birth_date": "05.2013"},
        values={"surname": "Журавель", "given": "Дарина"},
    )
    listed = stock.record(
        {"surname": "Журавель", "given": "Дарья", "patronymic": "Остаповна", "birth_date": "05.2013", "eyes": "brown"},
        batch=stock.batch("transfers", title="Lists of moved groups"),
        values={"surname": "Журавель", "given": "Дарья", "patronymic": "Остаповна"},
    )
    stock.judge(stock.candidate(report, listed), "same", "same")
    card = stock.record(
        {"given": "Дарья", "patronymic": "Сергеевна", "birth_date": "05.2013", "eyes": "blue"},
        batch=stock.batch("cards"),
        values={"given": "Дарья", "patronymic": "Сергеевна"},
    )
    candidate = stock.candidate(report, card, explanation=[])
    person = stock.user()
    view = look(person, candidate)
    assert [other.record_id for other in view.left.beside] == [listed.pk] and view.right.beside == ()
    page = pair_page.build(view, "en")
    (said,) = row(page, "full_name").cells[0].beside
    assert (said.text, said.title) == ("Журавель Дарья Остаповна", "Lists of moved groups")
    (mark,) = row(page, "eyes").cells[0].beside
    assert mark.text == "brown" and row(page, "eyes") in page.rows, "there is something to compare now"
    assert row(page, "birth_date").cells[0].beside == (), "what says the same is not said twice"
    seen = AuditEntry.objects.filter(action="candidate.seen").latest("seq")
    assert listed.pk in seen.data["around"]


def test_a_blind_look_says_of_a_replaced_field_what_its_values_say(stock):
    """An empty cell beside two different surnames would give the scenario away."""
    said = {"field": "surname", "level": 0, "bits": -3.0, "code": "different", "sentence": "two different names"}
    taken = said | {"level": 100, "bits": 0.0, "code": "replaced", "sentence": "taken as replaced"}
    surnames = ({"surname": "Гук"}, {"surname": "Лис"})
    records = [stock.record(values, batch=stock.batch(f"list{n}"), values=values) for n, values in enumerate(surnames)]
    candidate = stock.candidate(*records, explanation=[taken], scenario="surname_replaced")
    layout = candidate.run.layout
    levels = layout.layout["fields"][0]["levels"]
    byte = next(byte for byte, words in levels.items() if words[0] == "replaced")
    levels[byte] = ["replaced", "taken as replaced", 0]
    levels["0"] = ["different", "two different names", 0]
    type(layout).objects.filter(pk=layout.pk).update(layout=layout.layout)
    from registry.linkage import explanations

    explanations._layout.cache_clear()
    first = look(stock.user(), candidate)
    assert [row.code for row in first.explanation] == ["replaced"]
    stock.judge(candidate, "same")
    second = look(stock.user(), candidate)
    assert [(row.code, row.sentence) for row in second.explanation] == [("different", "two different names")]
