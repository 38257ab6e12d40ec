"""Nothing leaves by raw SQL: the database opens one door, for an erasure that two people want and nothing holds."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from keeping.erasure import requests, targets
from registry import data_keys, proof
from registry.data_keys import Kind
from registry.ingestion import erased_rows
from registry.models import DataKey, Erasure, Hold, Record, Scope

pytestmark = pytest.mark.django_db(transaction=True)

EMPTIED = """
UPDATE registry_record SET sealed = '', key = 'erased-' || id, fingerprint = '',
    locator = '{"place": "erased"}'
"""
BURY = """
INSERT INTO registry_tombstone (row_id, erasure_id, source_id, digest, fingerprints, at)
SELECT id, %s, source_id, 'x', '{}', now() FROM registry_record WHERE id = %s
"""


def refused(statement, *values, constraint=""):
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    assert constraint in (caught.value.__cause__.diag.constraint_name or ""), str(caught.value)


@pytest.fixture
def asked(stock, lists):
    """An erasure that waits."""
    lists.take_in("family")
    return requests.ask(stock.user("data"), targets.named("family/a1"), "unlawful")


def test_no_row_is_emptied_without_a_tombstone_even_while_an_erasure_is_under_way(stock, asked):
    refused(EMPTIED, constraint="record_never_changes")
    refused(f"SET LOCAL ridni.erasing = '{asked.pk}'; {EMPTIED}", constraint="record_never_changes")
    requests.decide(stock.user("lead"), asked.pk, allowed=True)
    refused(f"SET LOCAL ridni.erasing = '{asked.pk}'; {EMPTIED}", constraint="record_never_changes")


@pytest.mark.parametrize("table", ["recordchange", "correction", "custodyentry"])
def test_no_word_is_changed_without_an_erasure(asked, table):
    for set_first in ("", f"SET LOCAL ridni.erasing = '{asked.pk}';", "SET LOCAL ridni.erasing = '999';"):
        refused(f"{set_first} UPDATE registry_{table} SET id = id", constraint="append_only")
    refused(f"DELETE FROM registry_{table}", constraint="append_only")


def test_a_tombstone_needs_an_erasure_that_is_allowed_and_about_its_row(stock, lists, asked):
    row, other = asked.row_id, lists.record("family", "a2").pk
    refused(BURY, asked.pk, row, constraint="tombstone_of_allowed_erasure")
    requests.decide(stock.user("lead"), asked.pk, allowed=True)
    refused(BURY, asked.pk, other, constraint="tombstone_of_allowed_erasure")
    with connection.cursor() as cursor:
        cursor.execute(BURY, [asked.pk, row])
    for statement in ("UPDATE registry_tombstone SET digest = 'y'", "DELETE FROM registry_tombstone"):
        refused(statement, constraint="append_only")


def test_what_is_held_gets_no_tombstone(stock, asked):
    requests.decide(stock.user("lead"), asked.pk, allowed=True)
    person = stock.user("lead")
    Hold.objects.create(
        scope=Scope.RECORD, row_id=asked.row_id, basis="a court", placed_by=person, placed_at=timezone.now()
    )
    refused(BURY, asked.pk, asked.row_id, constraint="tombstone_of_nothing_held")


def test_one_person_alone_erases_nothing(stock, asked):
    refused(
        "UPDATE registry_erasure SET allowed = true, decided_by_id = asked_by_id, decided_at = now()",
        constraint="erasure",
    )
    verifier = stock.user("verifier").pk
    decide = "UPDATE registry_erasure SET allowed = true, decided_at = now(), decided_by_id = %s"
    refused(decide, verifier, constraint="erasure_by_who_may")
    refused(decide, None, constraint="erasure_by_two_people")
    insert = (
        "INSERT INTO registry_erasure (scope, row_id, ground, plan, done, asked_at, allowed, decided_at, asked_by_id)"
    )
    insert += " VALUES ('record', %s, %s, '{}', '{}', now(), true, now(), %s)"
    refused(insert, asked.row_id, "unlawful", asked.asked_by_id, constraint="erasure_is_fixed")
    refused(insert, asked.row_id, "term_ended", None, constraint="erasure_is_fixed")
    refused("UPDATE registry_erasure SET ground = 'not_needed'", constraint="erasure_is_fixed")
    refused("UPDATE registry_erasure SET finished_at = now()", constraint="erasure_finished_when_allowed")


def test_the_door_itself_asks_for_an_erasure_under_way(stock, lists, asked):
    for call in ("registry_erase(%s)", "registry_shred(%s, 'evidence', ARRAY['x'])"):
        refused(f"SELECT {call}", asked.pk, constraint="erasure_under_way")
        refused(f"SELECT {call}", 10_000, constraint="erasure_under_way")
    requests.decide(stock.user("lead"), asked.pk, allowed=True)
    place = lists.record("family", "a1").evidence.sha256
    assert data_keys.destroy(asked.pk, Kind.EVIDENCE, [place]) == 1 and not DataKey.objects.exists()
    Erasure.objects.update(finished_at=timezone.now())
    refused("SELECT registry_erase(%s)", asked.pk, constraint="erasure_under_way")


def test_who_changes_an_erasure_afterwards_shows(stock, asked):
    requests.decide(stock.user("lead"), asked.pk, allowed=True)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE registry_erasure SET ground = 'court_order'")
        cursor.execute("SET session_replication_role = origin")
    assert [one.where for one in proof.findings()] == [f"erasure {asked.pk}"]


def test_the_digest_of_a_tombstone_is_that_of_key_and_source_alone(lists, asked):
    lists.take_in("moved", source_class="occupation")
    found = [erased_rows.digest(one.source, one.key) for one in Record.objects.order_by("pk")]
    assert len(set(found)) == len(found) == 6
    first = Record.objects.order_by("pk").first()
    assert erased_rows.digest(first.source, first.key) == found[0] and first.source.slug not in found[0]
