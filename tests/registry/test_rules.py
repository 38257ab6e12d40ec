"""The database keeps its rules against raw SQL, whatever the services do."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from registry.models import Candidate, Identity, IdentityMember, Review
from registry.services import audit

pytestmark = pytest.mark.django_db(transaction=True)


def execute(statement, parameters=()):
    """Run raw SQL in a transaction of its own, as an intruder with the database's password would."""
    with transaction.atomic(), connection.cursor() as cursor:
        for part in [statement] if isinstance(statement, str) else statement:
            cursor.execute(part, parameters if isinstance(statement, str) else ())


def add_review(candidate, reviewer, ordinal, verdict="same"):
    execute(
        "INSERT INTO registry_review (candidate_id, reviewer_id, ordinal, verdict, reason, decided_at, shown)"
        " VALUES (%s, %s, %s, %s, 'other', now(), '{}')",
        [candidate.pk, reviewer.pk, ordinal, verdict],
    )


def test_candidate_is_not_verified_without_verdicts(stock):
    candidate = stock.candidate()
    with pytest.raises(IntegrityError, match="two people"):
        execute("UPDATE registry_candidate SET status = 'verified' WHERE id = %s", [candidate.pk])
    add_review(candidate, stock.user(), 1)
    with pytest.raises(IntegrityError, match="two people"):
        execute("UPDATE registry_candidate SET status = 'verified' WHERE id = %s", [candidate.pk])
    add_review(candidate, stock.user(), 2, "cannot_tell")
    with pytest.raises(IntegrityError, match="two people"):
        execute("UPDATE registry_candidate SET status = 'verified' WHERE id = %s", [candidate.pk])
    add_review(candidate, stock.user(), 3)
    execute("UPDATE registry_candidate SET status = 'verified' WHERE id = %s", [candidate.pk])
    assert Candidate.objects.get().status == "verified"


def test_candidate_is_not_inserted_as_verified(stock):
    with pytest.raises(IntegrityError, match="two people"):
        stock.candidate(status="verified")


def test_one_person_cannot_review_twice(stock):
    candidate, person = stock.candidate(), stock.user()
    add_review(candidate, person, 1)
    with pytest.raises(IntegrityError, match="review_once_per_person"):
        add_review(candidate, person, 2)


def test_identity_is_refused_without_verdicts(stock):
    candidate = stock.candidate()
    wanted = uuid.uuid4()
    bare = f"INSERT INTO registry_identity (id, status, created_at) VALUES ('{wanted}', 'verified', now())"
    with pytest.raises(IntegrityError, match="two people"):
        execute(bare)
    link = f"INSERT INTO registry_identitylink (identity_id, candidate_id) VALUES ('{wanted}', {candidate.pk})"
    members = [
        f"INSERT INTO registry_identitymember (identity_id, record_id) VALUES ('{wanted}', {record})"
        for record in (candidate.left_id, candidate.right_id)
    ]
    with pytest.raises(IntegrityError, match="two people"):
        execute([bare, link, *members])
    add_review(candidate, stock.user(), 1)
    add_review(candidate, stock.user(), 2)
    with pytest.raises(IntegrityError, match="two people"):
        execute([bare, link, *members])  # the candidate itself is not verified yet
    execute(f"UPDATE registry_candidate SET status = 'verified' WHERE id = {candidate.pk}")
    execute([bare, link, *members])
    assert Identity.objects.get().pk == wanted


def test_identity_holds_exactly_the_records_of_its_links(stock):
    decision = stock.judge(stock.candidate(), "same", "same")
    stranger = stock.record()
    with pytest.raises(IntegrityError, match="exactly the records"):
        execute(
            "INSERT INTO registry_identitymember (identity_id, record_id) VALUES (%s, %s)",
            [decision.identity_id, stranger.pk],
        )
    with pytest.raises(IntegrityError, match="exactly the records"):
        execute("DELETE FROM registry_identitymember WHERE record_id = %s", [IdentityMember.objects.first().record_id])
    with pytest.raises(IntegrityError, match="two people"):
        execute("DELETE FROM registry_identitylink")
    with pytest.raises(IntegrityError, match="must stay verified"):
        execute("UPDATE registry_candidate SET status = 'open'")


@pytest.mark.parametrize("table", ["registry_review", "registry_auditentry", "registry_identityevent"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_append_only_tables_refuse_changes(stock, table, statement):
    stock.judge(stock.candidate(), "same", "same")
    column = {"registry_review": "reason", "registry_auditentry": "action", "registry_identityevent": "kind"}[table]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        (before,) = cursor.fetchone()
    assert before > 0
    with pytest.raises(IntegrityError, match="refuses"):
        execute(statement.format(table, column, column))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (before,)


def test_truncating_people_does_not_reach_reviews(stock):
    stock.judge(stock.candidate(), "same", "same")
    with pytest.raises(IntegrityError, match="refuses TRUNCATE"):
        execute("TRUNCATE registry_user CASCADE")
    assert Review.objects.count() == 2


def test_pair_is_stored_once_whichever_side_comes_first(stock):
    candidate = stock.candidate()
    with pytest.raises(IntegrityError, match="either_way"):
        stock.candidate(candidate.right, candidate.left)
    with pytest.raises(IntegrityError, match="two_records"):
        stock.candidate(candidate.left, candidate.left)


def test_raw_insertions_are_chained_too(stock):
    audit.append("one", "first", "thing", "1", {})
    execute(
        "INSERT INTO registry_auditentry (seq, at, actor, action, object_type, object_id, data, prev_hash, hash)"
        " SELECT 77, now() - interval '1 year', 'x', 'forged', 't', n::text, '{\"b\": 1, \"a\": \"ї\"}', 'f', 'f'"
        " FROM generate_series(1, 3) n"
    )
    report = audit.verify()
    assert report.sound and report.checked == 4


@pytest.mark.parametrize(
    ("tampering", "broken", "why"),
    [
        ("UPDATE registry_auditentry SET action = 'nothing' WHERE seq = 3", 3, "changed"),
        ("UPDATE registry_auditentry SET data = '{\"n\": 9}' WHERE seq = 2", 2, "changed"),
        ("UPDATE registry_auditentry SET at = at - interval '1 second' WHERE seq = 4", 4, "changed"),
        ("UPDATE registry_auditentry SET hash = repeat('a', 64) WHERE seq = 4", 4, "changed"),
        ("DELETE FROM registry_auditentry WHERE seq = 3", 3, "missing"),
        ("DELETE FROM registry_auditentry WHERE seq = 1", 1, "missing"),
        (
            "UPDATE registry_auditentry SET hash = repeat('b', 64) WHERE seq = 2;"
            "UPDATE registry_auditentry SET prev_hash = repeat('b', 64) WHERE seq = 3",
            2,
            "changed",
        ),
        ("UPDATE registry_auditentry SET prev_hash = repeat('c', 64) WHERE seq = 5", 5, "follow"),
    ],
)
def test_verify_names_the_first_broken_row(tampering, broken, why):
    for number in range(1, 7):
        audit.append("person «їґ» \n", f"step\t{number}", "thing", str(number), {"n": number, "z": None, "f": 1.50})
    assert audit.verify().sound
    execute(["ALTER TABLE registry_auditentry DISABLE TRIGGER append_only", *tampering.split(";")])
    try:
        report = audit.verify()
    finally:
        execute("ALTER TABLE registry_auditentry ENABLE TRIGGER append_only")
    assert report.first_broken_seq == broken
    assert why in report.why
