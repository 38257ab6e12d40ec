from __future__ import annotations

import os
import uuid
from datetime import UTC, date, datetime

import docx
import pytest
from reportlab.pdfgen import canvas

from registry import audit, models, testimonies
from registry.errors import EvidenceError, RegistryError
from registry.evidence import custody, store
from registry.evidence.custody import Actor, CollectionFacts
from registry.provenance import values
from review.queue import assignment
from sources.readers import document_text
from sources.readers.document_text import Unread

pytestmark = pytest.mark.django_db

WORDS = "Я бачила Вигаданенко Зоряну 5 травня, її везли до Вигаданого."
FACTS = CollectionFacts(
    "olena", datetime(2024, 5, 1, tzinfo=UTC), "interview", "a fictional village", "consent", "secret", "зоряна.txt"
)
NAMED = {"full_name": "Вигаданенко Зоряна", "birth_date": "01.02.2012", "siblings": "Оля; Іра", "note": ""}


@pytest.fixture
def document(tmp_path, stock):
    """A testimony about a record."""
    file = tmp_path / "said.txt"
    file.write_text(WORDS, encoding="utf-8")
    return testimonies.add(file, "testimony", str(stock.record().pk), FACTS, Actor.operator("olena"), "page 3")


def test_a_document_is_attached_with_its_facts_and_stays_closed(document, stock, tmp_path):
    shown, total = testimonies.page()
    assert total == 1 and WORDS[:8] not in str(shown)
    closed = shown[0]
    assert (closed.kind, closed.handling_code, closed.place, closed.facts) == ("testimony", "secret", "page 3", 0)
    assert closed.media_type == "text/plain" and closed.added_by.endswith(" for olena")
    (entry,) = custody.of_evidence(document.evidence.sha256)
    assert entry.act == "acquire" and entry.facts["from"] == "a fictional village"
    again = testimonies.add(
        tmp_path / "said.txt", "testimony", str(document.record_id), FACTS, Actor.operator("x"), "page 3"
    )
    assert again == document and models.CustodyEntry.objects.count() == 1
    assert testimonies.page(str(stock.record().pk)) == ([], 0)


def test_it_may_be_about_an_identity(stock, tmp_path):
    candidate = stock.candidate()
    identity = stock.judge(candidate, "same", "same").identity_id
    file = tmp_path / "said.txt"
    file.write_text(WORDS, encoding="utf-8")
    made = testimonies.add(file, "family_statement", str(identity), FACTS, Actor.operator("olena"))
    assert made.identity_id == identity and made.record is None
    assert testimonies.page(str(identity))[1] == 1


@pytest.mark.parametrize("missing", ["collected_how", "collected_from", "legal_basis", "handling_code", "collected_by"])
def test_nothing_is_kept_without_its_facts(stock, tmp_path, missing):
    from dataclasses import replace

    file = tmp_path / "said.txt"
    file.write_text(WORDS, encoding="utf-8")
    with pytest.raises(RegistryError, match="collection facts"):
        testimonies.add(
            file, "testimony", str(stock.record().pk), replace(FACTS, **{missing: " "}), Actor.operator("olena")
        )
    with pytest.raises(RegistryError, match="no kind"):
        testimonies.add(file, "gossip", str(stock.record().pk), FACTS, Actor.operator("olena"))
    for nobody in (str(uuid.uuid4()), "0", "list/1"):
        with pytest.raises(RegistryError):
            testimonies.add(file, "testimony", nobody, FACTS, Actor.operator("olena"))
    assert (
        not models.Evidence.objects.filter(media_type="text/plain").exists() and not models.Testimony.objects.exists()
    )


def test_it_is_opened_for_a_purpose_and_the_log_knows_first(document, stock):
    person = stock.user("data")
    with pytest.raises(RegistryError, match="purpose"):
        testimonies.open_text(document.pk, Actor(person.username, person), " ")
    opened = testimonies.open_text(document.pk, Actor(person.username, person), "taking facts down")
    assert opened.text == WORDS and not opened.cut
    entry = models.CustodyEntry.objects.get(act="open")
    assert entry.user == person and entry.facts == {"purpose": "taking facts down", "testimony": document.pk}
    assert entry.record_id == document.record_id
    path = store.path_of(document.evidence.sha256)
    path.chmod(0o600)
    path.write_bytes(b"other")
    with pytest.raises(EvidenceError, match="changed"):
        testimonies.open_text(document.pk, Actor.operator("x"), "taking facts down")
    path.unlink()


def test_facts_become_an_observation_like_any_other(document, stock):
    person, other = stock.user("lead"), stock.user("lead")
    made = testimonies.observe(
        document.pk, NAMED, Actor(person.username, person), observed_on=date(2024, 5, 5), place="page 3, line 4"
    )
    assert made.payload["written"] == {
        "full_name": "Вигаданенко Зоряна",
        "birth_date": "01.02.2012",
        "siblings": ["Оля", "Іра"],
    }
    assert made.payload["values"]["birth"] == "2012-02-01/2012-02-01"
    assert made.payload["values"]["given"] == "Зоряна"
    assert made.locator == {"testimony": document.pk, "place": "page 3, line 4"}
    assert made.evidence == document.evidence and made.entered_by == person
    assert made.source.source_class == "testimony" and made.source.side == "both"
    assert {value.evidence_sha256 for value in values.of_record(made)} == {document.evidence.sha256}
    second = testimonies.observe(document.pk, {"given": "Оля"}, Actor.operator("olena"))
    assert second.key.endswith("/2") and second.entered_by is None
    batch = models.Batch.objects.get(source=made.source)
    assert (batch.rows_read, batch.records_new, batch.collected_from) == (2, 2, "a fictional village")
    assert testimonies.closed(document.pk).facts == 2
    candidate = stock.candidate(left=made)
    assert assignment.take_next(person) is None and assignment.take_next(other) == candidate
    assert audit.verify().sound and custody.first_broken() is None
    logged = str(
        [*models.AuditEntry.objects.values_list("data"), *(entry.facts for entry in models.CustodyEntry.objects.all())]
    )
    assert "Зоряна" not in logged and "Оля" not in logged


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"birth_date": "01.02.2012"}, "names nobody"),
        ({"given": "   "}, "names nobody"),
        ({"name": "Зоряна"}, "no field"),
        ({"text": "Зоряна"}, "no field"),
        ({"given": "З" * 2_001}, "too long"),
    ],
)
def test_what_is_no_fact_is_refused(document, fields, message):
    with pytest.raises(RegistryError, match=message) as refused:
        testimonies.observe(document.pk, fields, Actor.operator("olena"))
    assert "Зоряна" not in str(refused.value)
    assert not models.Record.objects.filter(source__slug="observed_testimony").exists()


def test_documents_of_every_kind_give_their_text(tmp_path):
    word = docx.Document()
    word.add_paragraph(WORDS)
    word.add_table(1, 2).rows[0].cells[1].text = "Вигадане"
    word.save(str(tmp_path / "a.docx"))
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"))
    sheet.drawString(72, 700, "Zoriana was seen on 5 May")
    sheet.save()
    (tmp_path / "a.txt").write_bytes(WORDS.encode("cp1251"))
    (tmp_path / "b.txt").write_bytes(WORDS.encode("utf-16"))
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (tmp_path / "c.txt").write_bytes(WORDS.encode("koi8-u"))
    found = {}
    for path in sorted(tmp_path.iterdir()):
        kind = document_text.media_type_of(path)
        found[path.name] = (kind, document_text.text_of(path, kind))
    kind, said = found["a.docx"]
    assert kind == document_text.WORD and WORDS in said.text and "Вигадане" in said.text and said.unread is None
    assert found["a.pdf"] == (document_text.PDF, ("Zoriana was seen on 5 May", None))
    assert {found[name] for name in ("a.txt", "b.txt", "c.txt")} == {("text/plain", (WORDS, None))}
    assert found["a.png"] == ("image/png", ("", Unread.OTHER_KIND))


def test_a_word_document_is_read_by_what_a_user_has_installed(tmp_path, monkeypatch):
    """python-docx is for the tests alone: here it cannot be imported."""
    import docx

    word = docx.Document()
    word.add_paragraph(WORDS)
    word.save(str(tmp_path / "a.docx"))
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "docx.py").write_text("raise ImportError('not installed')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "without"), os.environ.get("PYTHONPATH", "")]))
    assert document_text.text_of(tmp_path / "a.docx", document_text.WORD) == (WORDS, None)


def test_a_document_that_cannot_be_read_says_so_and_harms_nothing(tmp_path):
    import docx

    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 1 0 R >> endobj trailer << /Root 1 0 R >>")
    assert document_text.text_of(broken, document_text.PDF) == ("", Unread.DAMAGED)
    docx.Document().save(str(tmp_path / "empty.docx"))
    assert document_text.text_of(tmp_path / "empty.docx", document_text.WORD) == ("", Unread.EMPTY)
    word = docx.Document()
    word.add_paragraph(WORDS * 200)
    word.save(str(tmp_path / "whole.docx"))
    cut = tmp_path / "cut.docx"
    cut.write_bytes((tmp_path / "whole.docx").read_bytes()[:-400])
    assert document_text.text_of(cut, document_text.WORD) == ("", Unread.DAMAGED)
    fake = tmp_path / "fake.docx"
    fake.write_bytes(b"PK\x03\x04word/" + b"\x00" * 100)
    assert document_text.text_of(fake, document_text.media_type_of(fake)) == ("", Unread.DAMAGED)
    (tmp_path / "a.rtf").write_bytes(b"{\\rtf1 x}")
    assert document_text.text_of(tmp_path / "a.rtf", "") == ("", Unread.OTHER_KIND)
