"""The database keeps its rules against raw SQL, whatever the services do."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from registry import audit
from registry.models import Candidate, Identity, IdentityMember, Review

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


def judge(candidate, says, people, rows=None):
    """The statement that writes a judgement of a pair."""
    left, right = sorted(rows or (candidate.left_id, candidate.right_id))
    return (
        "INSERT INTO registry_judgement (left_id, right_id, says, first_id, second_id, candidate_id, at) VALUES"
        f" ({left}, {right}, '{says}', {people[0].pk}, {people[1].pk}, {candidate.pk}, now())"
    )


def member(identity, record):
    return (
        "INSERT INTO registry_identitymember (identity_id, row_id, record_id, shown_id)"
        f" VALUES ('{identity}', {record}, {record}, {record})"
    )


def test_identity_is_refused_without_verdicts(stock):
    candidate, people = stock.candidate(), [stock.user(), stock.user()]
    wanted = uuid.uuid4()
    bare = f"INSERT INTO registry_identity (id, status, created_at) VALUES ('{wanted}', 'verified', now())"
    with pytest.raises(IntegrityError, match="two people"):
        execute(bare)
    members = [member(wanted, record) for record in (candidate.left_id, candidate.right_id)]
    with pytest.raises(IntegrityError, match="two people"):
        execute([bare, *members])
    same = judge(candidate, "same", people)
    for number, person in enumerate(people, start=1):
        with pytest.raises(IntegrityError, match="two verdicts by two people"):
            execute([same, bare, *members])
        add_review(candidate, person, number)
    with pytest.raises(IntegrityError, match="must be in one identity"):
        execute(same)
    with pytest.raises(IntegrityError, match="two verdicts by two people"):
        execute([judge(candidate, "same", [people[0], people[0]]), bare, *members])
    with pytest.raises(IntegrityError, match="two verdicts by two people"):
        execute([judge(candidate, "different", people)])
    with pytest.raises(IntegrityError, match="two verdicts by two people"):
        execute([judge(candidate, "same", people, [candidate.left_id, stock.record().pk])])
    execute([same, bare, *members])
    assert Identity.objects.get().pk == wanted


def test_identity_holds_exactly_the_rows_that_were_judged(stock):
    a, b, c = (stock.record() for _ in range(3))
    stock.judge(stock.candidate(a, b), "same", "same")
    decision = stock.judge(stock.candidate(b, c), "same", "same")
    stranger = stock.record()
    with pytest.raises(IntegrityError, match="hang together"):
        execute(member(decision.identity_id, stranger.pk))
    with pytest.raises(IntegrityError, match="exactly the rows"):
        execute(f"DELETE FROM registry_identitymember WHERE row_id = {a.pk}")
    with pytest.raises(IntegrityError, match="two people"):
        execute("DELETE FROM registry_identitymember")
    with pytest.raises(IntegrityError, match="one row in all its versions"):
        execute(f"UPDATE registry_identitymember SET record_id = {stranger.pk} WHERE row_id = {a.pk}")
    with pytest.raises(IntegrityError, match="refuses DELETE"):
        execute("DELETE FROM registry_identity")


def test_no_identity_stands_across_two_people_who_said_different(stock):
    a, b, c = (stock.record() for _ in range(3))
    joined, of_them = stock.candidate(a, b), [stock.user(), stock.user()]
    stock.judge(joined, "same", "same", by=of_them)
    stock.judge(stock.candidate(b, c), "same", "same")
    apart, people = stock.candidate(a, c), [stock.user(), stock.user()]
    for number, person in enumerate(people, start=1):
        add_review(apart, person, number, "different")
    different, again = judge(apart, "different", people), judge(joined, "same", of_them)
    own_transaction = ["SAVEPOINT one", again, "RELEASE SAVEPOINT one"]
    for statements in ([different], [different, again], [again, different], [different, *own_transaction]):
        with pytest.raises(IntegrityError, match="for two children"):  # whichever of them is checked for all
            execute(statements)
    execute([again, *own_transaction])


def test_judgements_name_rows_and_are_only_added(stock):
    first = stock.record(key="R")
    stock.judge(stock.candidate(first), "same", "same")
    with transaction.atomic():
        type(first).objects.filter(pk=first.pk).update(is_current=False)
        newer = stock.record(batch=first.batch, key="R", version=2)
    candidate, people = stock.candidate(newer), [stock.user(), stock.user()]
    for number, person in enumerate(people, start=1):
        add_review(candidate, person, number, "different")
    with pytest.raises(IntegrityError, match="by their first records"):
        execute(judge(candidate, "different", people))
    execute(judge(candidate, "different", people, [first.pk, candidate.right_id]))
    for statement in ("UPDATE registry_judgement SET says = 'open'", "DELETE FROM registry_judgement"):
        with pytest.raises(IntegrityError, match="refuses"):
            execute(statement)


def test_a_change_needs_two_people(stock):
    identity = stock.judge(stock.candidate(), "same", "same").identity_id
    asker = stock.user("lead")
    ask = (
        "INSERT INTO registry_identitychange (kind, identity_id, parts, reason, asked_by_id, asked_at)"
        f" VALUES ('retract', '{identity}', '[]', 'slip', {asker.pk}, now())"
    )
    execute(ask)
    allow = "UPDATE registry_identitychange SET allowed = true, decided_at = now(), decided_by_id = {}"
    with pytest.raises(IntegrityError, match="change_by_two_people"):
        execute(allow.format(asker.pk))
    with pytest.raises(IntegrityError, match="adjudicator or lead"):
        execute(allow.format(stock.user("verifier").pk))
    taken_back = (
        "INSERT INTO registry_judgement (left_id, right_id, says, first_id, second_id, change_id, at)"
        f" SELECT left_id, right_id, 'same', {asker.pk}, {stock.user('lead').pk}, c.id, now()"
        " FROM registry_judgement, registry_identitychange c"
    )
    with pytest.raises(IntegrityError, match="two people"):
        execute(taken_back)
    with pytest.raises(IntegrityError, match="is fixed"):
        execute("UPDATE registry_identitychange SET reason = 'other'")
    execute(allow.format(stock.user("adjudicator").pk))
    with pytest.raises(IntegrityError, match="is fixed"):
        execute("UPDATE registry_identitychange SET allowed = false")


def test_only_decided_pairs_are_opened_again_by_those_who_may(stock):
    candidate, people = stock.candidate(), [stock.user(), stock.user()]
    reopen = (
        "INSERT INTO registry_reopening (candidate_id, after_review, by_id, reason, at)"
        f" SELECT {candidate.pk}, coalesce(max(id), 0), {{}}, 'slip', now() FROM registry_review"
    )
    with pytest.raises(IntegrityError, match="not decided"):
        execute(reopen.format(people[0].pk))
    stock.judge(candidate, "cannot_tell", "cannot_tell", by=people)
    with pytest.raises(IntegrityError, match="lead or who judged it"):
        execute(reopen.format(stock.user("adjudicator").pk))
    execute(reopen.format(people[0].pk))
    with pytest.raises(IntegrityError, match="refuses"):
        execute("DELETE FROM registry_reopening")


def test_verdicts_stay_with_the_pair_they_were_given_on(stock):
    candidate, other, stranger = stock.candidate(), stock.candidate(), stock.record()
    stock.judge(candidate, "same")
    for column in ("left_id", "right_id"):
        with pytest.raises(IntegrityError, match="candidate_keeps_its_pair"):
            execute(f"UPDATE registry_candidate SET {column} = %s WHERE id = %s", [stranger.pk, candidate.pk])
    swap = "UPDATE registry_candidate SET id = {} WHERE id = {}"
    with pytest.raises(IntegrityError, match="candidate_keeps_its_pair"):
        execute([swap.format(-1, candidate.pk), swap.format(candidate.pk, other.pk), swap.format(other.pk, -1)])
    stock.judge(candidate, "same")
    with pytest.raises(IntegrityError, match="member_keeps_its_row"):
        execute("UPDATE registry_identitymember SET row_id = %s WHERE row_id = %s", [stranger.pk, candidate.right_id])


@pytest.fixture
def two_identities(stock):
    """Two identities that nobody has judged to be one."""
    return [stock.judge(stock.candidate(), "same", "same").identity_id for _ in range(2)]


def test_identities_are_not_merged_without_a_judgement_between_them(two_identities):
    first, second = two_identities
    merged = f"UPDATE registry_identity SET status = 'merged', merged_into_id = '{first}' WHERE id = '{second}'"
    moved = f"UPDATE registry_identitymember SET identity_id = '{first}' WHERE identity_id = '{second}'"
    with pytest.raises(IntegrityError, match="hang together"):
        execute([moved, merged])
    with pytest.raises(IntegrityError, match="cannot hold records"):
        execute(merged)
    with pytest.raises(IntegrityError):
        execute(moved)
    new = uuid.uuid4()
    alias = (
        "INSERT INTO registry_identity (id, status, created_at, merged_into_id)"
        f" VALUES ('{new}', 'merged', now(), '{first}')"
    )
    with pytest.raises(IntegrityError, match="cannot begin as merged"):
        execute(alias)
    with pytest.raises(IntegrityError, match="identity_keeps_its_id"):
        execute(f"UPDATE registry_identity SET created_at = now() WHERE id = '{first}'")
    with pytest.raises(IntegrityError, match="cannot hold records"):
        execute(f"UPDATE registry_identity SET status = 'retracted' WHERE id = '{first}'")


def test_an_alias_follows_the_identity_it_was_merged_into(stock, two_identities):
    first, second = two_identities
    ends = [IdentityMember.objects.filter(identity=identity).first().record for identity in two_identities]
    assert stock.judge(stock.candidate(*ends), "same", "same").identity_id == first
    third = stock.judge(stock.candidate(), "same", "same").identity_id
    with pytest.raises(IntegrityError, match="follows that one only"):
        execute(f"UPDATE registry_identity SET merged_into_id = '{third}' WHERE id = '{second}'")
    with pytest.raises(IntegrityError, match="stands for itself"):
        execute(f"UPDATE registry_identity SET merged_into_id = '{second}' WHERE id = '{second}'")
    with pytest.raises(IntegrityError, match="identity_keeps_its_id"):
        execute(f"UPDATE registry_identity SET status = 'verified', merged_into_id = NULL WHERE id = '{second}'")
    elder = stock.judge(
        stock.candidate(ends[0], IdentityMember.objects.filter(identity=third).first().record), "same", "same"
    )
    assert elder.identity_id == first
    assert set(Identity.objects.exclude(pk=first).values_list("merged_into_id", flat=True)) == {first}


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("record", "sealed = 'x'"),
        ("record", "consent = 'yes'"),
        ("record", "key = 'another'"),
        ("record", "version = 9"),
        ("record", "locator = '{\"row\": 999}'"),
        ("record", "fingerprint = 'f'"),
        ("record", "observed_on = '2020-01-01'"),
        ("record", "language = 'xx'"),
        ("record", "source_id = (SELECT max(id) FROM registry_source)"),
        ("record", "batch_id = (SELECT max(id) FROM registry_batch)"),
        ("record", "evidence_id = (SELECT max(id) FROM registry_evidence)"),
        ("record", "id = -id"),
        ("evidence", "sha256 = repeat('a', 64)"),
        ("evidence", "size = 2"),
        ("evidence", "media_type = 'text/x'"),
        ("evidence", "id = -id"),
        ("source", "slug = 'another'"),
    ],
)
def test_records_and_evidence_never_change(stock, table, change):
    record = stock.candidate().left
    chosen = {"record": record.pk, "evidence": record.evidence_id, "source": record.source_id}[table]
    with pytest.raises(IntegrityError, match=f"registry_{table} is fixed"):
        execute(f"UPDATE registry_{table} SET {change} WHERE id = %s", [chosen])
    execute(f"UPDATE registry_{table} SET id = id WHERE id = %s", [chosen])
    with pytest.raises(IntegrityError, match="newest of its row"):
        execute("UPDATE registry_record SET is_current = false")


def test_records_of_an_identity_cannot_be_deleted(stock):
    candidate, free = stock.candidate(), stock.record()
    stock.judge(candidate, "same", "same")
    with pytest.raises(IntegrityError, match="in an identity"):
        execute("DELETE FROM registry_record WHERE id = %s", [candidate.left_id])
    execute("DELETE FROM registry_record WHERE id = %s", [free.pk])


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE registry_candidate SET status = 'nonsense' WHERE status = 'open'", "candidate_known_status"),
        ("UPDATE registry_identity SET status = 'nonsense'", "identity_known_status"),
        ("UPDATE registry_run SET status = 'nonsense'", "run_known_status"),
        ("UPDATE registry_user SET role = 'nonsense'", "user_known_role"),
        (
            "INSERT INTO registry_identityevent (seq, identity_id, kind, at, data)"
            " SELECT 77, id, 'nonsense', now(), '{}' FROM registry_identity",
            "event_known_kind",
        ),
        (
            "INSERT INTO registry_review (candidate_id, reviewer_id, ordinal, verdict, reason, decided_at, shown)"
            " SELECT c.id, u.id, 1, 'nonsense', 'other', now(), '{}' FROM registry_candidate c, registry_user u"
            " WHERE c.status = 'open'",
            "review_known_verdict",
        ),
    ],
)
def test_only_known_words_are_kept(stock, statement, rule):
    stock.judge(stock.candidate(), "same", "same")
    stock.candidate()
    with pytest.raises(IntegrityError, match=rule):
        execute(statement)


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
    audit.append("os:one", "first", "thing", "1", {})
    execute(
        "INSERT INTO registry_auditentry (seq, at, actor, action, object_type, object_id, data, prev_hash, hash)"
        " SELECT 77, now() - interval '1 year', 'token:x', 'forged', 't', n::text, '{\"b\": 1, \"a\": \"ї\"}', 'f', 'f'"
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
        audit.append("os:person «їґ» \n", f"step\t{number}", "thing", str(number), {"n": number, "z": None, "f": 1.50})
    assert audit.verify().sound
    execute(["ALTER TABLE registry_auditentry DISABLE TRIGGER append_only", *tampering.split(";")])
    try:
        report = audit.verify()
    finally:
        execute("ALTER TABLE registry_auditentry ENABLE TRIGGER append_only")
    assert report.first_broken_seq == broken
    assert why in report.why
