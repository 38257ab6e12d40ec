"""The data team attaches documents, opens them for a purpose, and takes facts from them through a form."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from configs import scratch
from registry import models
from registry.evidence import custody, store

pytestmark = pytest.mark.django_db

WORDS = "Вона сказала, що Вигаданенко Зоряну везли вночі автобусом."
FACTS = {
    "kind": "testimony",
    "origin": "a fictional village",
    "how": "an interview",
    "collected_by": "olena",
    "collected_on": "2024-05-01",
    "legal_basis": "consent",
    "handling": "secret",
    "place": "page 2",
}


def file(content: bytes = WORDS.encode()) -> SimpleUploadedFile:
    return SimpleUploadedFile("зоряна.txt", content, "text/plain")


@pytest.fixture
def attached(sign_in: Any, russified: Any) -> tuple[Any, models.Testimony]:
    """A person of the data team and a document that they attached."""
    client = sign_in("danylo", "data")
    answer = client.post("/documents/add/", {**FACTS, "about": str(russified.left_id), "file": file()})
    assert answer.status_code == 302
    return client, models.Testimony.objects.get()


def test_a_document_is_attached_and_stays_closed(attached):
    client, testimony = attached
    assert testimony.added_by.username == "danylo" and testimony.handling_code == "secret"
    for page in ("/documents/", f"/documents/{testimony.pk}/"):
        shown = client.get(page).content.decode()
        assert "testimony" in shown and "автобусом" not in shown and "Зорян" not in shown and "зоряна" not in shown
    (entry,) = custody.of_evidence(testimony.evidence.sha256)
    assert entry.facts["from"] == "a fictional village" and entry.facts["when"].startswith("2024-05-01")
    with store.open(testimony.evidence.sha256) as file:
        assert file.read() == WORDS.encode()
    assert not list(scratch.folder().rglob(".draft-*"))


def test_it_opens_for_a_purpose_only_and_each_opening_is_logged(attached):
    client, testimony = attached
    address = f"/documents/{testimony.pk}/"
    for purpose in ("", "  ", "x"):
        answer = client.post(address, {"purpose": purpose})
        assert answer.status_code == 422 and "автобусом" not in answer.content.decode()
    opened = client.post(address, {"purpose": "taking facts down"})
    assert "автобусом" in opened.content.decode() and opened["Cache-Control"] == "no-store"
    entry = models.CustodyEntry.objects.get(act="open")
    assert entry.user.username == "danylo" and entry.facts["purpose"] == "taking facts down"


def test_facts_become_a_record_that_their_author_never_judges(attached):
    client, testimony = attached
    sent = {
        "purpose": "taking facts down",
        "full_name": "Вигаданенко Зоряна",
        "birth_date": "01.02.2012",
        "eyes": "карі",
        "place": "page 2, line 4",
        "observed_on": "2024-04-30",
        "language": "uk",
    }
    answer = client.post(f"/documents/{testimony.pk}/observe/", sent)
    page = answer.content.decode()
    assert answer.status_code == 200 and "kept as record" in page and "автобусом" not in page
    record = models.Record.objects.get(source__slug="observed_testimony")
    assert record.payload["written"] == {
        "full_name": "Вигаданенко Зоряна",
        "birth_date": "01.02.2012",
        "eyes": "карі",
    }
    assert record.payload["values"]["birth"] == "2012-02-01/2012-02-01"
    assert record.locator == {"testimony": testimony.pk, "place": "page 2, line 4"}
    assert record.entered_by.username == "danylo" and record.observed_on.isoformat() == "2024-04-30"
    assert models.Batch.objects.get(source=record.source).handling_code == "secret"


def test_what_is_no_fact_comes_back_with_what_was_written(attached):
    client, testimony = attached
    sent = {"purpose": "taking facts down", "birth_date": "01.02.2012", "eyes": "карі"}
    answer = client.post(f"/documents/{testimony.pk}/observe/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'value="01.02.2012"' in page and 'value="карі"' in page
    assert "автобусом" in page and models.CustodyEntry.objects.filter(act="open").count() == 1
    without = client.post(f"/documents/{testimony.pk}/observe/", {"birth_date": "01.02.2012"})
    assert without.status_code == 422 and "автобусом" not in without.content.decode()
    assert not models.Record.objects.filter(source__slug="observed_testimony").exists()


@pytest.mark.parametrize("missing", ["about", "origin", "how", "legal_basis", "handling", "kind", "file"])
def test_nothing_is_kept_without_its_facts(sign_in, russified, missing):
    client = sign_in("danylo", "data")
    sent = {**FACTS, "about": str(russified.left_id), "file": file()}
    del sent[missing]
    assert client.post("/documents/add/", sent).status_code == 422
    assert not models.Testimony.objects.exists()


def test_other_roles_find_the_door_closed(attached, sign_in):
    _, testimony = attached
    for name, role in (("maria", "verifier"), ("iryna", "adjudicator"), ("olha", "admin"), ("ada", "auditor")):
        client = sign_in(name, role)
        assert client.get("/documents/").status_code == 403
        answer = client.post(f"/documents/{testimony.pk}/", {"purpose": "curiosity"})
        assert answer.status_code == 403 and "автобусом" not in answer.content.decode()
    assert not models.CustodyEntry.objects.filter(act="open").exists()


def test_the_pages_speak_ukrainian(sign_in, attached):
    _, testimony = attached
    client = sign_in("lesia", "lead", "uk")
    assert "Долучити документ" in client.get("/documents/").content.decode()
    opened = client.post(f"/documents/{testimony.pk}/", {"purpose": "перевірка"}).content.decode()
    assert "Узяти з нього факти" in opened and "Take facts" not in opened
