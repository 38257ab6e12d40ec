from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from keys.row_seals import RowKind
from registry import audit
from registry.errors import RegistryError
from registry.evidence import custody, inventory, store
from registry.evidence.custody import Actor, CollectionFacts
from registry.ingestion import batches
from registry.ingestion.rows import NewRecord
from registry.models import AuditEntry, Batch, CustodyEntry, RowKey
from sources.locator import Locator
from tests.registry.in_clear import tables_that_hold

pytestmark = pytest.mark.django_db

FACTS = CollectionFacts(
    "olena", datetime(2024, 5, 1, tzinfo=UTC), "download", "a fictional office", "law 7", "secret", "список.csv"
)


@pytest.fixture
def stored(tmp_path, stock):
    """A list of one row, ingested."""
    file = tmp_path / "list"
    file.write_bytes(b"id,name\n1,Zoriana\n")
    sha256 = store.store(file).sha256
    source = stock.source()
    custody.acquire(sha256, source, FACTS)
    rows = [NewRecord("1", None, Locator(row=2), "uk", {"full_name": "Вигаданенко"}, {})]
    batches.ingest_batch(source, sha256, FACTS, rows)
    return sha256


def unguarded(statement, *values):
    """Write behind the back of the triggers, as somebody with all rights in the database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_each_act_is_logged_once_and_bound_into_the_audit_chain(stored):
    custody.opened(stored, Actor.operator("olena"), "request  of the court")
    custody.exported(stored, Actor.operator("somebody"), "request of the court")
    entries = custody.of_evidence(stored)
    assert [entry.act for entry in entries] == ["acquire", "parse", "open", "export"]
    acquired, parsed, opened, _ = entries
    assert acquired.facts["by"] == "olena" and acquired.facts["from"] == "a fictional office"
    assert acquired.facts["legal_basis"] == "law 7" and acquired.facts["handling_code"] == "secret"
    assert acquired.facts["when"].startswith("2024-05-01") and acquired.facts["how"] == "download"
    assert parsed.facts["rows"] == 1 and parsed.batch_id
    assert opened.facts == {"purpose": "request of the court", "stated_by": "olena"}
    assert all(AuditEntry.objects.get(seq=e.audit_seq).data == {"entry": e.id, "hash": e.hash} for e in entries)
    assert audit.verify().sound and custody.first_broken() is None
    words = str(list(AuditEntry.objects.values_list("data", flat=True)))
    assert "office" not in words and "список" not in words and "court" not in words
    batch = Batch.objects.get()
    assert (batch.legal_basis, batch.handling_code) == ("law 7", "secret")
    held, total = inventory.page(None, 5)
    assert total == 1 and held[0].opened == 2 and held[0].legal_basis == "law 7"


def test_facts_that_are_not_stated_are_called_so(stored, stock, tmp_path):
    file = tmp_path / "other"
    file.write_bytes(b"other")
    sha256 = store.store(file).sha256
    bare = stock.source("bare", legal_basis="", handling_code="")
    custody.acquire(sha256, bare, CollectionFacts("x", datetime(2024, 5, 1, tzinfo=UTC), "?", "?"))
    (entry,) = custody.of_evidence(sha256)
    assert entry.facts["legal_basis"] == "not stated"


def test_nothing_is_opened_without_a_purpose(stored):
    for nothing in ("", "  ", "x"):
        with pytest.raises(RegistryError, match="purpose"):
            custody.opened(stored, Actor.operator("somebody"), nothing)
    assert not CustodyEntry.objects.filter(act="open").exists()


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE registry_custodyentry SET facts = facts || '{\"by\": \"nobody\"}' WHERE act = 'acquire'", "changed"),
        (
            "UPDATE registry_custodyentry c SET sealed = o.sealed FROM registry_custodyentry o"
            " WHERE c.act = 'acquire' AND o.act = 'parse'",
            "changed",
        ),
        ("UPDATE registry_custodyentry SET sealed = 'x' WHERE act = 'parse'", "changed"),
        ("UPDATE registry_custodyentry SET at = at + interval '1 second' WHERE act = 'parse'", "changed"),
        ("DELETE FROM registry_custodyentry WHERE act = 'parse'", "removed"),
        (
            "INSERT INTO registry_custodyentry (evidence_id, act, at, actor, facts, sealed, hash)"
            " SELECT evidence_id, act, at, actor, facts, sealed, hash FROM registry_custodyentry LIMIT 1",
            "no row in the audit log",
        ),
    ],
)
def test_a_log_that_was_tampered_with_is_named(stored, statement, why):
    unguarded(statement)
    broken = custody.first_broken()
    assert broken is not None and why in broken.why
    assert audit.verify().sound


def test_the_log_and_the_facts_of_a_batch_cannot_be_changed(stored):
    statements = (
        "UPDATE registry_custodyentry SET actor = 'nobody'",
        "DELETE FROM registry_custodyentry",
        "UPDATE registry_batch SET sealed = 'x'",
        "UPDATE registry_batch SET legal_basis = 'none'",
    )
    for statement in statements:
        with pytest.raises(IntegrityError, match="refuses"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_no_table_holds_the_words_and_the_log_stays_whole_without_them(stored):
    custody.opened(stored, Actor.operator("olena"), "request of the court")
    words = ("a fictional office", "download", "список", "request of the court")
    assert not [word for word in words if tables_that_hold(word)]
    entry = CustodyEntry.objects.get(act="open")
    RowKey.objects.filter(kind=RowKind.CUSTODY, row_id=entry.pk).delete()
    assert custody.first_broken() is None and audit.verify().sound
    assert "purpose" not in custody.of_evidence(stored)[-1].facts
    unguarded("UPDATE registry_custodyentry SET hash = 'x' WHERE act = 'open'")
    assert custody.first_broken() is not None


def test_a_flipped_bit_and_a_loosened_mode_are_found(stored):
    path = store.path_of(stored)
    path.chmod(0o644)
    assert [(one.sha256, one.why) for one in store.verify()] == [(stored, "open to more than reading by its owner")]
    content = bytearray(path.read_bytes())
    content[3] ^= 1
    path.write_bytes(content)
    path.chmod(0o400)
    assert [(one.sha256, one.why) for one in store.verify()] == [(stored, "changed")]
    stranger = path.with_name("0" * 64)
    stranger.write_bytes(b"")
    assert stranger in store.strangers()
    stranger.unlink()
    path.unlink()
