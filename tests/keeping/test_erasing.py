"""An erasure as a whole: what goes, what stays, what is told, what the same rows meet when they come again."""

import json

import pytest
from django.db import connection

from keeping.erasure import carrying_out, plan, requests, targets
from keys.row_seals import RowKind
from registry import proof
from registry.errors import EvidenceError, RegistryError, ReviewError
from registry.evidence import custody, store
from registry.ingestion import erased_rows, quarantine
from registry.models import (
    AuditEntry,
    Candidate,
    CustodyEntry,
    DataKey,
    Erasure,
    Evidence,
    Identity,
    IdentityEvent,
    Note,
    QuarantinedRow,
    Record,
    RecordBuckets,
    Redaction,
    RowKey,
    Testimony,
    Tombstone,
)
from registry.provenance import row_in_evidence

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "Канарейченко"


def erase(stock, target, ground="asked_by_family"):
    """Ask, allow and carry out, each by its own person; the erasure."""
    made = requests.ask(stock.user("data"), targets.named(str(target)), ground)
    requests.decide(stock.user("lead"), made.pk, allowed=True)
    carrying_out.in_tables(made.pk)
    carrying_out.in_store(made.pk)
    return carrying_out.finish(made.pk)


def everything():
    """All rows of all tables as text, that of sealed things included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} t")
            for (row,) in cursor.fetchall():
                yield table, row


def holding(words):
    return sorted({table for table, row in everything() if words in row})


def sound():
    return [f"{one.where}: {one.why}" for one in proof.findings()]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "jsonl"])
def test_a_row_goes_and_the_others_of_its_list_stay_readable(stock, lists, kind):
    lists.take_in("family", kind=kind)
    gone, kept = lists.record("family", "a1"), lists.record("family", "a2")
    original = gone.evidence.sha256
    assert holding(CANARY) == []  # ciphertext, until its key goes

    assert gone.payload["written"]

    done = erase(stock, gone.pk)

    assert not RowKey.objects.filter(kind=RowKind.RECORD, row_id=gone.pk).exists()
    emptied = Record.objects.get(pk=gone.pk)
    assert not emptied.payload["written"] and not bytes(emptied.sealed) and emptied.shared == []
    assert holding(CANARY) == []
    assert done.done["rows"] == 1 and done.done["bytes"][0]["original"] == original
    copy = done.done["bytes"][0]["copy"]
    assert copy and copy != original and store.standing(original) == copy
    with store.open(original) as file:
        content = file.read()
    assert not any(CANARY.encode(coding) in content for coding in ("utf-8", "cp1251", "utf-16-le"))
    assert not store.path_of(original).exists()
    found = row_in_evidence.of_record(kept)
    assert found.written["full_name"] == "Вигаданенко Орест" and not found.differing
    acts = {(entry.evidence_sha256, entry.act) for sha in (original, copy) for entry in custody.of_evidence(sha)}
    assert {(original, "erase"), (copy, "redact")} <= acts
    assert sound() == []


def test_a_list_of_one_child_is_destroyed_with_its_custody_words(stock, lists):
    lists.take_in("family", [("a1", f"{CANARY} Зоряна", "01.02.2012")], name=f"{CANARY}.csv")
    gone = lists.record("family", "a1")
    assert custody.file_name(gone.evidence, gone.source) == f"{CANARY}.csv" and holding(CANARY) == []
    erase(stock, "family/a1")
    assert custody.file_name(gone.evidence, gone.source) == "evidence"
    assert not store.path_of(gone.evidence.sha256).exists()
    with pytest.raises(EvidenceError, match=r"no key any more|cannot be opened"):
        store.open(gone.evidence.sha256)
    assert sound() == []


def test_a_format_without_copies_is_told_in_the_plan_and_destroyed(stock, lists):
    lists.take_in("site", kind="html", source_class="media")
    counted = requests.plan_for(stock.user("lead"), targets.named("site/a1"))
    assert (counted.lost, counted.others_lose, counted.redacted) == (1, 2, 0)
    kept = lists.record("site", "a2")
    erase(stock, "site/a1")
    assert Redaction.objects.get().copy is None and sound() == []
    kept.refresh_from_db()
    assert kept.payload["written"]["full_name"] == "Вигаданенко Орест"
    with pytest.raises(RegistryError):
        row_in_evidence.of_record(kept)


def test_all_versions_sightings_and_quarantined_rows_go(stock, lists):
    lists.take_in("family", name="one.csv")
    changed = [("a1", f"{CANARY} Зорина", "01.02.2012"), *[("a2", "Вигаданенко Орест", "03.04.2011")]]
    lists.take_in("family", [*changed, ("a1", f"{CANARY} Двійник", "01.02.2012")], name="two.csv")
    lists.take_in("family", [*changed, ("a9", "Ще Хтось", "01.01.2014")], name="three.csv")
    assert Record.objects.filter(key="a1").count() == 2 and QuarantinedRow.objects.count() == 1
    erase(stock, "family/a1")
    assert holding(CANARY) == [] and sound() == []
    assert Redaction.objects.exclude(copy=None).count() == 3
    assert {str(key) for key in Record.objects.filter(fingerprint="").values_list("key", flat=True)} == {
        f"erased-{Tombstone.objects.get().row_id}"
    }


def test_judged_rows_leave_their_identity_and_its_receivers_are_told(stock, lists):
    lists.take_in("family")
    lists.take_in("moved", source_class="occupation")
    pair = stock.candidate(lists.record("family", "a1"), lists.record("moved", "a1"))
    from registry.judgements import notes

    stock.judge(pair, "same", "same")
    notes.keep(f"{CANARY}: мати впізнала", review=pair.reviews.first())
    RecordBuckets.objects.create(record=pair.left, rules="x", digests=[1, 2])
    identity = Identity.objects.get()
    counted = requests.plan_for(stock.user("data"), targets.named(str(identity.pk)))
    assert (counted.rows, counted.identities, counted.pairs, counted.verdicts, counted.notes) == (2, 1, 1, 2, 1)

    erase(stock, identity.pk)

    assert holding(CANARY) == []
    assert IdentityEvent.objects.order_by("seq").last().kind == "erased"
    left = Candidate.objects.get()
    assert (left.status, bytes(left.reasons), left.weight) == ("superseded", b"", 0)
    assert not Note.objects.exists() and not DataKey.objects.filter(kind="note").exists()
    assert not RecordBuckets.objects.exists() and sound() == []


def test_a_source_goes_whole(stock, lists):
    lists.take_in("family", [*CHILDREN_AND_A_BROKEN_ROW], name=f"{CANARY}.csv")
    lists.take_in("moved", source_class="occupation")
    erase(stock, "family", "unlawful")
    rows = Record.objects.filter(source__slug="family")
    assert set(rows.values_list("fingerprint", flat=True)) == {""} and rows.count() == 3
    assert Record.objects.filter(source__slug="moved").exclude(fingerprint="").count() == 3
    assert Redaction.objects.filter(copy=None).count() == 1 and sound() == []
    with pytest.raises(ReviewError, match="Nothing is left"):
        requests.ask(stock.user("data"), targets.named("family"), "unlawful")


CHILDREN_AND_A_BROKEN_ROW = [
    ("a1", f"{CANARY} Зоряна", "01.02.2012"),
    ("a2", "Вигаданенко Орест", "03.04.2011"),
    ("a3", "Неіснуйко Дарина", "05.06.2013"),
    ("a3", f"{CANARY} Без Ключа", "05.06.2013"),
]


def test_a_row_that_comes_again_is_held_without_its_words_and_may_be_erased_again(stock, lists):
    lists.take_in("family", name="one.csv")
    gone = lists.record("family", "a1")
    again = lists.write("family", [("a1", f"{CANARY} Зоряна", "01.02.2012")], name="one.csv")
    lists.take_in("family", name="one.csv")
    erase(stock, gone.pk)

    with pytest.raises(EvidenceError, match="were erased"):  # the very same bytes
        lists.take_in("family", name="one.csv")
    rows = [
        ("a1", "Інакше Написана", "09.09.2009"),
        ("b7", f"{CANARY} Зоряна", "01.02.2012"),
        ("b8", "Ще Хтось", "2010"),
    ]
    counts = lists.take_in("family", rows, name="two.csv")  # by its key, and by its words under another key
    assert (counts.records_new, counts.quarantined) == (1, 2)
    held = list(QuarantinedRow.objects.all())
    assert {row.reason_code for row in held} == {"erased"} and holding(CANARY) == [] and holding("Інакше") == []
    assert again.exists() and erased_rows.come_again(counts.batch_id) == [gone.pk]
    with pytest.raises(RegistryError, match="was erased"):
        quarantine.fix(held[0].pk, None, custody.Actor.operator(), "by hand")

    counted = requests.plan_for(stock.user("data"), targets.named(str(gone.pk)))
    assert (counted.rows, counted.quarantined, counted.redacted) == (0, 2, 1)
    erase(stock, gone.pk)
    with store.open(Record.objects.get(key="b8").evidence.sha256) as file:
        assert CANARY.encode("cp1251") not in file.read()
    assert sound() == []


def test_documents_about_a_child_go_with_what_people_took_from_them(stock, lists, tmp_path):
    from registry import testimonies

    lists.take_in("family")
    gone = lists.record("family", "a1")
    paper = tmp_path / "words.txt"
    paper.write_text(f"Свідчення: {CANARY}", encoding="utf-8")
    lead = stock.user("lead")
    actor = custody.Actor(lead.username, lead)
    told = custody.CollectionFacts.stated("told", "family", "tests", legal_basis="consent", handling_code="restricted")
    made = testimonies.add(paper, "testimony", str(gone.pk), told, actor)
    testimonies.observe(made.pk, {"full_name": f"{CANARY} Зоряна"}, actor)
    erase(stock, gone.pk)
    assert holding(CANARY) == [] and not Testimony.objects.exists() and sound() == []


def test_one_asks_and_another_allows(stock, lists):
    lists.take_in("family")
    lead = stock.user("lead")
    with pytest.raises(ReviewError, match="may not"):
        requests.ask(stock.user("verifier"), targets.named("family/a1"), "unlawful")
    with pytest.raises(ReviewError, match="no such ground"):
        requests.ask(lead, targets.named("family/a1"), "because")
    made = requests.ask(lead, targets.named("family/a1"), "unlawful")
    with pytest.raises(ReviewError, match="waits already"):
        requests.ask(lead, targets.named("family/a1"), "unlawful")
    with pytest.raises(ReviewError, match="their own"):
        requests.decide(lead, made.pk, allowed=True)
    with pytest.raises(RegistryError, match="not under way"):
        carrying_out.in_tables(made.pk)
    requests.decide(stock.user("auditor"), made.pk, allowed=False)
    with pytest.raises(ReviewError, match="decided already"):
        requests.decide(stock.user("auditor"), made.pk, allowed=True)
    assert holding(CANARY) == []  # ciphertext, until its key goes
    actions = set(AuditEntry.objects.filter(object_type="erasure").values_list("action", flat=True))
    assert {"erasure.asked", "erasure.refused", "bound.erasure"} <= actions


def test_a_certificate_tells_what_went_and_can_be_hashed_again(stock, lists):
    from keeping.erasure import certificates

    lists.take_in("family")
    made = erase(stock, "family/a1")
    told = certificates.of(made.pk)
    assert told["ground"] == "asked_by_family" and told["asked_by"] != told["allowed_by"]
    assert told["sha256"] == AuditEntry.objects.get(action="erasure.finished").data["certificate"]
    assert CANARY not in json.dumps(told, ensure_ascii=False)
    assert Evidence.objects.filter(sha256=told["destroyed"]["bytes"][0]["copy"]).exists()
    assert Erasure.objects.get().finished_at and CustodyEntry.objects.filter(act="erase").count() == 1
    assert plan.of(made).rows == 0
