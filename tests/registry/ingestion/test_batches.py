from datetime import UTC, date, datetime

import pytest

from registry.errors import IngestError, ReviewError
from registry.evidence.custody import CollectionFacts
from registry.ingestion import batches, quarantine
from registry.ingestion.rows import NewQuarantine, NewRecord
from registry.linkage import records
from registry.models import AuditEntry, Batch, Candidate, Evidence, QuarantinedRow, Record, Review
from review.pair import pair_view
from review.queue import assignment, reservation, workload
from review.verdicts import decisions
from sources.locator import Locator

pytestmark = pytest.mark.django_db

COLLECTED = CollectionFacts(
    "data team", datetime(2024, 5, 1, tzinfo=UTC), "download", "a fictional office", file_name="may.csv"
)


def row(key, name="Вигаданенко Зоряна", observed=date(2024, 5, 1), **more):
    written = {"full_name": name, **more}
    values = {"surname": name.split()[0], "birth_date": {"start": date(2012, 1, 1), "tags": {"b", "a"}}}
    return NewRecord(key, observed, Locator(sheet="Аркуш 1", row=7), "uk", written, values, {"full_name": "V"})


def bad(reason="no_name"):
    return NewQuarantine(Locator(row=9), reason, "the row has no name", {"full_name": "", "note": "x"})


@pytest.fixture
def deliver(stock):
    """Ingest rows as a new delivery of one source."""

    def deliver(rows, number, source="family_reports", **more):
        sha256 = f"{number:064x}"
        Evidence.objects.get_or_create(sha256=sha256, defaults={"size": 1})
        return batches.ingest_batch(stock.source(source), sha256, COLLECTED, rows, **more)

    return deliver


def test_rows_become_records_and_quarantine_and_counts_add_up(deliver):
    counts = deliver(
        iter([row("1"), bad(), row("2"), row(""), row("k" * 301), row("1", "Інша Назва")]), 1, non_data=lambda: 4
    )
    assert (counts.records_new, counts.quarantined, counts.non_data, counts.rows_read) == (2, 4, 4, 10)
    assert list(Record.objects.order_by("id").values_list("key", "version", "is_current")) == [
        ("1", 1, True),
        ("2", 1, True),
    ]
    reasons = {row.reason_code: row.payload for row in QuarantinedRow.objects.order_by("id")}
    assert set(reasons) == {"no_name", "no_key", "key_too_long", "duplicate_key"}
    assert reasons["duplicate_key"] == {"written": {"full_name": "Інша Назва"}, "file": "may.csv"}
    assert reasons["no_key"]["file"] == reasons["key_too_long"]["file"] == "may.csv"
    record = Record.objects.get(key="1")
    assert record.payload["written"] == {"full_name": "Вигаданенко Зоряна"}
    assert record.payload["values"]["birth_date"] == {"start": "2012-01-01", "tags": ["a", "b"]}
    assert record.locator == {"sheet": "Аркуш 1", "row": 7}
    batch = Batch.objects.get()
    assert batch.finished_at is not None and batch.collected_from == "a fictional office"
    (entry,) = AuditEntry.objects.filter(action="batch.ingested")
    assert entry.data["new"] == 2


def test_a_quarantined_row_tells_its_file_to_the_data_team_and_nobody_else(deliver):
    named = NewQuarantine(Locator(row=9), "no_name", "the row has no name", {"note": "x"}, file="Вигаданенко\x00.xlsx")
    deliver([named, bad(), row("")], 1)
    assert QuarantinedRow.objects.first().payload == {"written": {"note": "x"}, "file": "Вигаданенко\ufffd.xlsx"}
    shown, total = quarantine.page("family_reports", 2)
    assert (total, [view.file for view in shown]) == (3, ["Вигаданенко\ufffd.xlsx", "may.csv"])
    assert shown[0].locator == Locator(row=9) and shown[0].source == "family_reports"
    assert not any("Вигаданенко" in str(entry.data) for entry in AuditEntry.objects.all())


def test_same_bytes_again_change_nothing_and_are_not_read(deliver):
    first = deliver([row("1"), bad()], 1)

    def unread():
        raise AssertionError("the rows were read again")
        yield

    again = deliver(unread(), 1)
    assert again.repeated and not first.repeated
    assert (again.batch_id, again.records_new, again.quarantined) == (first.batch_id, 1, 1)
    assert Record.objects.count() == 1


def test_a_change_is_a_new_version(deliver):
    deliver([row("1"), row("2"), row("3")], 1)
    counts = deliver([row("1"), row("2", "Вигаданенко Зоря"), row("4")], 2)
    assert (counts.records_new, counts.records_changed, counts.records_unchanged) == (1, 1, 1)
    versions = list(Record.objects.filter(key="2").order_by("version").values_list("version", "is_current"))
    assert versions == [(1, False), (2, True)]
    back = deliver([row("2")], 3)
    assert back.records_changed == 1
    assert Record.objects.get(key="2", is_current=True).version == 3


def test_keys_belong_to_their_source(deliver):
    deliver([row("1")], 1)
    counts = deliver([row("1")], 1, source="cards")
    assert counts.records_new == 1 and not counts.repeated
    assert Record.objects.filter(key="1", is_current=True).count() == 2


def test_fingerprint_tells_values_apart_and_needs_the_key(deliver):
    deliver([row("1", siblings=["А", "Б"]), row("2", siblings=["А", "Б"]), row("3", siblings=["АБ"])], 1)
    first, second, third = Record.objects.order_by("key").values_list("fingerprint", flat=True)
    assert first == second != third
    assert len(first) == 64


def test_text_that_postgresql_cannot_hold_is_replaced(deliver):
    hostile = row("1\x00", "Нуль\x00 \ud800", note="\\u0000 as text")
    counts = deliver([hostile, NewQuarantine(Locator(row=1), "odd", "a \x00", {"x\x00": "\x00"})], 1)
    assert (counts.records_new, counts.quarantined) == (1, 1)
    record = Record.objects.get()
    assert record.key == "1\ufffd"
    assert record.payload["written"] == {"full_name": "Нуль\ufffd ?", "note": "\\u0000 as text"}


def test_nothing_is_kept_when_the_reader_fails(deliver):
    def broken():
        yield row("1")
        raise ValueError("the file ends in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        deliver(broken(), 1)
    assert not Batch.objects.exists() and not Record.objects.exists()


def test_errors_name_the_rule_and_no_value(deliver, stock):
    secret = "Таємниченко"
    with pytest.raises(IngestError) as caught:
        deliver([NewRecord("1", "not a date", Locator(row=1), "uk", {"full_name": secret}, {})], 1)
    assert "InvalidDatetimeFormat" in str(caught.value)
    with pytest.raises(IngestError) as unlocated:
        deliver([NewRecord("1", None, Locator(), "uk", {"full_name": secret}, {})], 2)
    with pytest.raises(IngestError) as unstored:
        batches.ingest_batch(stock.source(), "f" * 64, COLLECTED, [])
    chain = f"{caught.value!r} {caught.value.__cause__!r} {unlocated.value!r} {unstored.value!r}"
    assert secret not in chain and "not a date" not in chain
    assert "no locator" in str(unlocated.value) and "not in the store" in str(unstored.value)


def test_current_records_stream_in_chunks(deliver):
    deliver([row(str(number)) for number in range(25)], 1)
    deliver([row("3", "Змінена Назва"), row("b")], 2, source="cards")
    deliver([row("3", "Змінена Назва")], 3)
    chunks = list(records.iter_current(chunk=10))
    assert [len(chunk) for chunk in chunks] == [10, 10, 7]
    found = [record for chunk in chunks for record in chunk]
    assert [record.id for record in found] == sorted(record.id for record in found)
    assert len({(record.source, record.key) for record in found}) == 27
    assert found[0].values["surname"] == "Вигаданенко"
    assert found[0].observed_on == date(2024, 5, 1)
    only = [record for chunk in records.iter_current(["cards"]) for record in chunk]
    assert {record.key for record in only} == {"3", "b"}
    assert records.count_current() == 27 and records.count_current(["cards"]) == 2


def test_a_corrected_row_takes_its_undecided_candidates_out_of_the_queue(deliver, stock):
    deliver([row("1"), row("2")], 1)
    old, other = Record.objects.order_by("key")
    waiting, judged, disputed, decided, held = (
        stock.candidate(*pair)
        for pair in [
            (old, stock.record()),
            (stock.record(), old),
            (old, other),
            (old, stock.record()),
            (old, stock.record()),
        ]
    )
    untouched = stock.candidate(other, stock.record())
    first, holder = stock.user("lead"), stock.user("lead")
    stock.judge(judged, "same", by=[first])
    stock.judge(disputed, "same", "different")
    stock.judge(decided, "different", "different")
    lease = datetime(2100, 1, 1, tzinfo=UTC)
    Candidate.objects.filter(pk=held.pk).update(reserved_by=holder, reserved_until=lease)
    deliver([row("1", "Вигаданенко Зоря"), row("2")], 2)

    standing = dict(Candidate.objects.values_list("pk", "status"))
    assert {standing[pair.pk] for pair in (waiting, judged, disputed, held)} == {"superseded"}
    assert (standing[decided.pk], standing[untouched.pk]) == ("rejected", "open")
    assert not Candidate.objects.filter(reserved_by__isnull=False).exists()
    assert Review.objects.filter(candidate=judged).count() == 1
    assert [own.superseded for own in workload.own_verdicts(first)] == [True]
    assert workload.day(stock.user("lead")) == workload.Day(0, first=1, second=0, disputed=0)
    for refused in (pair_view.pair, reservation.skip, reservation.renew):
        with pytest.raises(ReviewError) as fault:
            refused(holder, held.pk)
        assert fault.value.code == "superseded"
    with pytest.raises(ReviewError, match="corrected"):
        decisions.decide(holder, held.pk, "same", "other")
    assert assignment.take_next(holder).pk == untouched.pk
    assert assignment.take_next(stock.user("lead")) is None
    assert AuditEntry.objects.filter(action="batch.ingested").last().data["candidates_superseded"] == 4
