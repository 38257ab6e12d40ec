"""What the database says is held against the chain: a changed verdict, identity, payload or end shows."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from django.db import IntegrityError, connection, transaction

from configs.settings import settings
from registry import audit, checkpoints, proof
from registry.access import permissions
from registry.models import AuditEntry, Candidate

pytestmark = pytest.mark.django_db(transaction=True)

REVIEW = (
    "INSERT INTO registry_review (candidate_id, reviewer_id, ordinal, verdict, reason, decided_at, shown)"
    " VALUES (%s, %s, %s, 'same', 'other', now(), '{}')"
)
ROW = (
    "INSERT INTO registry_auditentry (seq, at, actor, action, object_type, object_id, data, prev_hash, hash)"
    " VALUES (0, now(), %s, %s, 'evidence', 'x', %s, '', '')"
)


def execute(statement, parameters=()):
    """Raw SQL in a transaction of its own, as an intruder with the database's password would."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def as_owner(statement):
    """Raw SQL of the owner, who switches the database's own rules off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)


@pytest.fixture(autouse=True)
def _own_checkpoints(tmp_path, monkeypatch):
    monkeypatch.setattr(settings(), "checkpoint_folder", tmp_path / "checkpoints")
    monkeypatch.setattr(settings(), "checkpoint_key", tmp_path / "elsewhere.key")


def told():
    return [f"{one.where}: {one.why}" for one in proof.findings()]


@pytest.fixture
def verified(stock):
    """An identity, told of by the log, and one more verdict."""
    identity = stock.judge(stock.candidate(), "same", "same").identity_id
    stock.judge(stock.candidate(), "different")
    return identity


@pytest.fixture(autouse=True)
def _no_evidence(monkeypatch):
    monkeypatch.setattr("registry.evidence.store.verify", list)  # the stock's evidence has no bytes


def test_what_was_done_holds(verified):
    assert told() == []
    kinds = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"bound.review", "bound.identityevent", "bound.user"} <= kinds


@pytest.mark.parametrize("role", ["data", "auditor", "admin"])
def test_an_account_that_may_not_judge_gives_no_verdict(stock, role):
    candidate = stock.candidate()
    with pytest.raises(IntegrityError, match="may not judge"):
        execute(REVIEW, [candidate.pk, stock.user(role).pk, 1])


def test_a_closed_account_gives_no_verdict(stock):
    with pytest.raises(IntegrityError, match="may not judge"):
        execute(REVIEW, [stock.candidate().pk, stock.user("lead", is_active=False).pk, 1])


def test_the_database_lets_those_judge_whom_the_table_of_rights_names(stock):
    from registry.models import Role

    able = set()
    for role in Role.values:
        try:
            execute(REVIEW, [stock.candidate().pk, stock.user(role).pk, 1])
            able.add(role)
        except IntegrityError:
            continue
    assert able == permissions.table()[permissions.JUDGE]


IDENTITY = "identity [0-9a-f]{8}-"
"""An identity itself, and none of its events."""


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("UPDATE registry_review SET verdict = 'same' WHERE verdict = 'different'", "verdict"),
        ("UPDATE registry_review SET reviewer_id = (SELECT max(id) FROM registry_user) WHERE ordinal = 1", "verdict"),
        ("DELETE FROM registry_review WHERE verdict = 'different'", "verdict"),
        (
            "INSERT INTO registry_review (candidate_id, reviewer_id, ordinal, verdict, reason, decided_at, shown)"
            " SELECT candidate_id, max(reviewer_id) + 0, 2, 'same', 'other', now(), '{}' FROM registry_review"
            " WHERE verdict = 'different' GROUP BY candidate_id",
            "verdict",
        ),
        ("UPDATE registry_user SET role = 'admin' WHERE id = (SELECT min(id) FROM registry_user)", "account"),
        ("UPDATE registry_identityevent SET kind = 'merged'", "identity event"),
        ("DELETE FROM registry_identitymember WHERE id = (SELECT min(id) FROM registry_identitymember)", IDENTITY),
        ("UPDATE registry_identity SET status = 'retracted'", IDENTITY),
        ("UPDATE registry_identity SET withheld = true", IDENTITY),
        ("UPDATE registry_judgement SET says = 'different'", "judgement"),
        ("DELETE FROM registry_judgement", "judgement"),
        ("UPDATE registry_record SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)", "record"),
        ("UPDATE registry_record SET sealed = 'too short'", "record"),
        ("UPDATE registry_record SET version = version + 100", "record"),
        (
            "UPDATE registry_record r SET sealed = o.sealed FROM registry_record o"
            " WHERE o.id = (SELECT max(id) FROM registry_record) AND r.id = (SELECT min(id) FROM registry_record)",
            "record",
        ),
        ("DELETE FROM registry_rowkey", "record"),
    ],
)
def test_whoever_owns_the_tables_leaves_a_trace(verified, statement, where):
    as_owner(statement)
    assert any(re.match(where, line) for line in told()), told()


def test_a_new_role_is_bound_too(stock):
    person = stock.user("verifier")
    before = AuditEntry.objects.filter(action="bound.user", object_id=str(person.pk)).count()
    person.role = "auditor"
    person.save()
    assert AuditEntry.objects.filter(action="bound.user", object_id=str(person.pk)).count() == before + 1
    assert told() == []


def test_rows_that_bind_others_are_not_for_anybody_to_write(stock):
    for action in ("custody.open", "bound.review"):
        with pytest.raises(IntegrityError, match="by the database alone"):
            execute(ROW, ["os:x", action, "{}"])


@pytest.mark.parametrize("actor", ["1", "system", "verifier1", "user:999999", "user:", "user:1; x", "os:", ""])
def test_the_log_takes_no_actor_it_does_not_know(actor):
    with pytest.raises(IntegrityError, match="no such actor"):
        execute(ROW, [actor, "thing.done", "{}"])


@pytest.mark.parametrize(
    "data", ['{"entry": "abc"}', "{}", '{"entry": {"a": 1}}', "[]", '"x"', '{"entry": 99999999999999999999}']
)
def test_no_row_stops_the_check(verified, data):
    as_owner(
        "INSERT INTO registry_auditentry (seq, at, actor, action, object_type, object_id, data, prev_hash, hash)"
        " SELECT max(seq) + 1, now(), 'os:x', 'custody.open', 'evidence', 'x', '" + data + "', '', ''"
        " FROM registry_auditentry"
    )
    as_owner("UPDATE registry_review SET verdict = 'same' WHERE verdict = 'different'")
    lines = told()
    assert any("custody" in line for line in lines) and any(line.startswith("verdict") for line in lines)


def test_an_end_that_was_cut_off_shows(verified):
    checkpoints.write()
    audit.append("system", "thing.done", "thing", "1", {})
    assert told() == []
    as_owner("DELETE FROM registry_auditentry WHERE seq > (SELECT max(seq) - 3 FROM registry_auditentry)")
    assert audit.verify().sound
    assert any("is missing" in line for line in told())


def test_a_log_written_anew_shows(verified):
    checkpoints.write()
    as_owner(
        "UPDATE registry_auditentry SET hash = repeat('a', 64) WHERE seq = (SELECT max(seq) FROM registry_auditentry)"
    )
    assert any("is not the one" in line for line in told())


def test_a_checkpoint_is_believed_for_its_signature_alone(verified):
    made = checkpoints.write()
    (file,) = checkpoints.folder().glob("*.json")
    file.write_text(json.dumps(made | {"audit_hash": "0" * 64}))
    assert any("is not signed" in line for line in told())
    file.write_text("{")
    assert any("cannot be read" in line for line in told())
    file.unlink()
    before_signatures = {"at": "2026-01-01T00:00:00+00:00", "audit_rows": 1, "audit_hash": made["audit_hash"]}
    (checkpoints.folder() / "000000000001.json").write_text(json.dumps(before_signatures))
    assert any("audit row 1" in line for line in told())


def test_a_checkpoint_is_written_every_so_many_rows(monkeypatch):
    monkeypatch.setattr(settings(), "checkpoint_every", 5)
    for number in range(12):
        audit.append("system", "thing.done", "thing", str(number), {})
    assert len(list(checkpoints.folder().glob("*.json"))) >= 2
    shutil.rmtree(checkpoints.folder())
    monkeypatch.setattr(settings(), "checkpoint_every", 0)
    for number in range(7):
        audit.append("system", "thing.done", "thing", str(number), {})
    assert not list(checkpoints.folder().glob("*.json"))


def test_a_candidate_keeps_its_state_for_the_intruder(stock):
    candidate = stock.candidate()
    auditor, admin = stock.user("auditor"), stock.user("admin")
    for person, ordinal in ((auditor, 1), (admin, 2)):
        with pytest.raises(IntegrityError):
            execute(REVIEW, [candidate.pk, person.pk, ordinal])
    with pytest.raises(IntegrityError, match="two people"):
        execute("UPDATE registry_candidate SET status = 'verified' WHERE id = %s", [candidate.pk])
    assert Candidate.objects.get(pk=candidate.pk).status == "open"
