"""Records and quarantined rows are ciphertext in every table: at each step, after swaps, rotations and lost keys."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from keys import KeysError, changes, opened
from keys.purposes import Purpose
from keys.row_seals import RowKind
from pipelines import key_rotation
from pipelines.delivery_report import delivery_profile
from registry import proof
from registry.evidence.custody import Actor, CollectionFacts
from registry.ingestion import batches, quarantine, snapshots
from registry.ingestion.batches import Delivery
from registry.ingestion.rows import NewQuarantine, NewRecord
from registry.linkage import records
from registry.models import Evidence, QuarantinedRow, Record, RecordChange, RowKey
from registry.sealing import row_keys, sealed_rows
from sources.locator import Locator
from tests.registry.in_clear import forms, tables_that_hold

CANARY = "Канарейченко"
COLLECTED = CollectionFacts("a partner", datetime(2024, 5, 1, tzinfo=UTC), "by hand", "an office", file_name="may.csv")


def row(key: str, given: str = "Зоряна", **more) -> NewRecord:
    written = {"full_name": f"{CANARY} {given}", "birth_date": "01.02.2012"} | more
    values = {"surname": CANARY, "given": given, "birth": "2012-02-01/2012-02-01"}
    return NewRecord(key, None, Locator(row=7), "uk", written, values, {"full_name": "Kanareichenko"})


def bad(key: str = "q") -> NewQuarantine:
    return NewQuarantine(Locator(row=9), "no_name", "the row has no name", {"note": f"мати {CANARY}"}, key=key)


@pytest.fixture
def deliver(stock):
    def delivered(rows, number, **more):
        Evidence.objects.get_or_create(sha256=f"{number:064x}", defaults={"size": 1})
        return batches.ingest_batch(stock.source(), f"{number:064x}", COLLECTED, rows, **more)

    return delivered


@pytest.mark.django_db
def test_no_table_holds_a_word_during_and_after_deliveries(deliver, monkeypatch):
    staged = []
    settle = batches.merge.settle

    def seen(*arguments, **more):
        staged.append(tables_that_hold(CANARY))
        return settle(*arguments, **more)

    monkeypatch.setattr(batches.merge, "settle", seen)
    deliver([row("1"), bad(), row("2"), row("1", "Інша"), row("")], 1)
    deliver([row("1", "Зоря"), row("3")], 2, delivery=Delivery(complete=True))
    waiting = QuarantinedRow.objects.get(reason_code="no_name")
    quarantine.fix(waiting.pk, row("4"), Actor.operator("olena"), "read it again")
    assert staged == [[], [], []] and tables_that_hold(CANARY) == []
    assert {r.payload["values"]["surname"] for r in Record.objects.all()} == {CANARY}
    assert [change.fields for change in snapshots.page(kind="changed")[0]] == [("full_name",)]
    duplicate = QuarantinedRow.objects.get(reason_code="duplicate_key")
    assert duplicate.payload == {"written": row("1", "Інша").written, "file": "may.csv"}


def test_the_search_finds_words_in_each_form(db, stock):
    for number, form in enumerate(forms(CANARY)):
        Evidence.objects.create(sha256=f"{number:064x}", size=1, media_type="")
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE planted AS SELECT decode(%s, 'hex') AS words", [form])
            assert tables_that_hold(CANARY) == ["planted"]
            cursor.execute("DROP TABLE planted")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "swap",
    [
        "UPDATE registry_record r SET sealed = o.sealed FROM registry_record o WHERE r.key = '1' AND o.key = '2'",
        "UPDATE registry_rowkey k SET wrapped = o.wrapped FROM registry_rowkey o, registry_record r, registry_record s"
        " WHERE k.row_id = r.id AND k.kind = 1 AND r.key = '1' AND o.row_id = s.id AND o.kind = 1 AND s.key = '2'",
        "UPDATE registry_record r SET version = 70 WHERE r.key = '1' AND r.is_current",
        "UPDATE registry_record r SET sealed = q.sealed FROM registry_quarantinedrow q WHERE r.key = '1'",
        "UPDATE registry_record r SET sealed = o.sealed FROM registry_record o"
        " WHERE r.key = '1' AND r.is_current AND o.key = '1' AND NOT o.is_current",
    ],
    ids=["rows", "keys", "version", "tables", "versions"],
)
def test_rows_that_were_swapped_are_refused_and_the_proof_names_them(deliver, swap):
    deliver([row("1"), row("2", "Леся"), bad()], 1)
    deliver([row("1", "Зоря")], 2)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        cursor.execute(swap)
        cursor.execute("SET LOCAL session_replication_role = origin")
    wrong = Record.objects.filter(key="1").order_by("-is_current")[0]
    with pytest.raises(KeysError):
        _ = wrong.payload
    with pytest.raises(KeysError):
        list(records.iter_current())
    assert any(finding.where == f"record {wrong.pk}" for finding in proof.findings())
    assert Record.objects.get(key="2").payload["values"]["given"] == "Леся"


@pytest.mark.django_db
def test_a_destroyed_key_takes_what_the_row_held_and_nothing_else(deliver):
    deliver([row("1"), row("2", "Леся")], 1)
    gone = Record.objects.get(key="1")
    RowKey.objects.filter(kind=RowKind.RECORD, row_id=gone.pk).delete()
    assert Record.objects.get(key="1").payload == {"written": {}, "values": {}, "romanised": {}}
    assert [record.values.get("given") for chunk in records.iter_current() for record in chunk] == [None, "Леся"]
    assert delivery_profile.of_batch(gone.batch).filled["full_name"] == 1


@pytest.mark.django_db
def test_rotation_wraps_each_key_again_and_a_second_run_has_nothing_to_do(deliver, monkeypatch):
    monkeypatch.setattr(row_keys, "_TOGETHER", 2)
    deliver([*(row(str(n), f"Дитина{n}") for n in range(5)), bad()], 1)
    before = {(kind, number): wrapped for kind, number, _, wrapped in row_keys.wrapped()}
    changes.renew()
    assert row_keys.wrap_again() >= 6 and row_keys.wrap_again() == 0
    assert row_keys.in_use() == {p: {opened().ring.newest(p).number} for p in (Purpose.PAYLOAD, Purpose.NOTES)}
    assert all(wrapped != before[kind, number] for kind, number, _, wrapped in row_keys.wrapped())
    assert {r.payload["values"]["given"] for r in Record.objects.all()} == {f"Дитина{n}" for n in range(5)}
    assert CANARY in QuarantinedRow.objects.get().payload["written"]["note"]
    assert key_rotation.rotate().sealed["keys of rows"] >= 6


@pytest.mark.django_db
def test_copied_keys_come_back_for_the_rows_that_are_there(deliver):
    deliver([row("1"), row("2"), bad()], 1)
    copied = list(row_keys.wrapped())
    RowKey.objects.filter(row_id__in=[number for _, number, *_ in copied[:1]]).delete()
    row_keys.fill([*copied, (1, 999_999_999, 1, b"x" * 60)])
    assert list(row_keys.wrapped()) == copied
    assert {r.payload["values"]["surname"] for r in Record.objects.all()} == {CANARY}


@pytest.mark.django_db
def test_rows_that_were_loaded_together_cost_one_look_for_their_keys(deliver, django_assert_num_queries):
    deliver([row(str(n)) for n in range(30)], 1)
    with django_assert_num_queries(2):
        assert len({r.payload["written"]["full_name"] for r in Record.objects.all()}) == 1


BEFORE = [("registry", "0053_lookup")]


@pytest.fixture
def former():
    """A database of its own at the state before rows were sealed; its historical models."""
    kept = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS test_before_sealing")
        cursor.execute("CREATE DATABASE test_before_sealing")
    connection.close()
    connection.settings_dict["NAME"] = "test_before_sealing"
    try:
        executor = MigrationExecutor(connection)
        executor.migrate(BEFORE)
        yield MigrationExecutor(connection).loader.project_state(BEFORE).apps
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE test_before_sealing WITH (FORCE)")


@pytest.mark.django_db(transaction=True)
def test_a_home_of_before_is_sealed_in_pieces_and_a_killed_run_goes_on(former, monkeypatch):
    from django.utils import timezone

    from registry import storable

    now = timezone.now()
    made = {name: former.get_model("registry", name) for name in ("Source", "Evidence", "Batch", "Record")}
    waiting = former.get_model("registry", "QuarantinedRow")
    source = made["Source"].objects.create(
        slug="list", title="x", source_class="family", side="seeking", legal_basis="x", handling_code="x",
        config_sha256="",
    )  # fmt: skip
    evidence = made["Evidence"].objects.create(sha256="a" * 64, size=1)
    batch = made["Batch"].objects.create(
        source=source, evidence=evidence, collected_by="x", collected_at=now, collected_how="x", collected_from="x",
        started_at=now,
    )  # fmt: skip
    consents = ["no", None, "unclear", "yes", None]
    for number, said in enumerate(consents):
        written = {"full_name": f"{CANARY} {number}"} | ({"consent": "?"} if said == "unclear" else {})
        values = {"given": f"Дитина{number}"} | ({"consent": said} if said in ("yes", "no") else {})
        made["Record"].objects.create(
            source=source, batch=batch, evidence=evidence, key=str(number), version=number + 1,
            locator={"row": number + 1}, fingerprint=storable.fingerprint(written),
            payload={"written": written, "values": values, "romanised": {}},
        )  # fmt: skip
    rows = [{"written": {"note": CANARY}}, {"written": {"consent": "?"}}, {"written": {"a": "b"}, "consent": "no"}]
    for number, payload in enumerate(rows):
        waiting.objects.create(
            batch=batch, locator={"row": number}, reason_code="x", reason="x", key=f"q{number}", payload=payload
        )
    moving = importlib.import_module("registry.migrations.0055_sealed_rows_moved")
    monkeypatch.setattr(moving, "TOGETHER", 2)
    whole = moving.seal_some
    pieces = []

    def killed(*arguments):
        if len(pieces) == 2:
            raise KeyboardInterrupt
        pieces.append(arguments)
        return whole(*arguments)

    monkeypatch.setattr(moving, "seal_some", killed)
    with pytest.raises(KeyboardInterrupt):
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    assert RowKey.objects.filter(kind=RowKind.RECORD).count() == 4
    monkeypatch.setattr(moving, "seal_some", whole)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    found = list(Record.objects.order_by("id"))
    assert [r.consent for r in found] == [said or "" for said in consents]
    assert [r.payload["written"]["full_name"] for r in found] == [f"{CANARY} {n}" for n in range(5)]
    assert [r.payload["values"]["given"] for r in found] == [f"Дитина{n}" for n in range(5)]
    assert all(storable.fingerprint(r.payload["written"]) == r.fingerprint for r in found)
    held = QuarantinedRow.objects.order_by("id")
    assert [q.consent for q in held] == ["", "unclear", "no"]
    assert [q.payload["written"] for q in held] == [payload["written"] for payload in rows]
    assert tables_that_hold(CANARY) == []
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT current_setting('data_directory') || '/' || pg_relation_filepath(t::regclass)"
            " FROM unnest(ARRAY['registry_record', 'registry_quarantinedrow']) t"
        )
        for (path,) in cursor.fetchall():
            assert CANARY.encode() not in Path(path).read_bytes()
    # A row that was written before the change is a known one to whoever delivers it again.
    assert not RecordChange.objects.exists() and sealed_rows.Records()
