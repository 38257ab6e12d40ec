"""Testimony and photographs stay closed until somebody who may opens them for a purpose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from registry.evidence import store
from registry.models import AuditEntry, Evidence, Testimony

pytestmark = pytest.mark.django_db

WORDS = "Вона розповіла, що їх везли вночі автобусом."
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000154a24f5d0000"
    "000049454e44ae426082"
)


@pytest.fixture
def attach(tmp_path: Path, russified: Any) -> Any:
    """Attach a document to the left record of the pair."""

    def make(content: bytes, media_type: str, record: Any = russified.left) -> Testimony:
        file = tmp_path / "document"
        file.write_bytes(content)
        stored = store.store(file, media_type=media_type)
        return Testimony.objects.create(
            evidence=Evidence.objects.get(sha256=stored.sha256),
            kind="testimony",
            handling_code="restricted",
            record=record,
            actor="tests",
            added_at=timezone.now(),
        )

    return make


def test_the_pair_tells_that_there_is_something_and_not_what(sign_in, russified, attach):
    attach(WORDS.encode(), "text/plain")
    maria = sign_in("maria")
    maria.post("/take/")
    page = maria.get(f"/pairs/{russified.pk}/").content.decode()
    assert "1 closed document" in page and "автобусом" not in page
    listed = maria.get(f"/pairs/{russified.pk}/documents/").content.decode()
    assert "Your role does not open it" in listed and "автобусом" not in listed


def test_who_may_opens_it_for_a_purpose_and_the_log_knows(sign_in, russified, attach):
    text, photograph = attach(WORDS.encode(), "text/plain"), attach(PIXEL, "image/png")
    judge = sign_in("iryna", "adjudicator")
    judge.post("/take/")
    listed = judge.get(f"/pairs/{russified.pk}/documents/").content.decode()
    assert "автобусом" not in listed and "data:image" not in listed and "photograph" in listed
    address = f"/pairs/{russified.pk}/documents/{text.pk}/"
    assert judge.get(address).status_code == 405
    for sent in ({}, {"purpose": ""}, {"purpose": "curiosity"}):
        answer = judge.post(address, sent)
        assert answer.status_code == 422 and "автобусом" not in answer.content.decode()
    assert "автобусом" in judge.post(address, {"purpose": "judge_pair"}).content.decode()
    shown = judge.post(f"/pairs/{russified.pk}/documents/{photograph.pk}/", {"purpose": "safety"})
    assert "data:image/png;base64," in shown.content.decode() and shown["Cache-Control"] == "no-store"
    first, second = AuditEntry.objects.filter(action="testimony.opened").order_by("seq")
    assert first.data == {"purpose": "judge_pair", "candidate": russified.pk, "records": [russified.left_id]}
    assert second.object_id == str(photograph.pk)


def test_no_other_role_and_no_other_pair(sign_in, russified, attach, stock):
    own, foreign = attach(WORDS.encode(), "text/plain"), attach(b"another", "text/plain", stock.record())
    for name, role, status in (("maria", "verifier", 403), ("danylo", "data", 403), ("olha", "admin", 403)):
        client = sign_in(name, role)
        client.post("/take/")
        answer = client.post(f"/pairs/{russified.pk}/documents/{own.pk}/", {"purpose": "judge_pair"})
        assert answer.status_code == status and "автобусом" not in answer.content.decode()
        client.post(f"/pairs/{russified.pk}/release/")
    judge = sign_in("iryna", "adjudicator")
    answer = judge.post(f"/pairs/{russified.pk}/documents/{own.pk}/", {"purpose": "judge_pair"})
    assert answer.status_code == 302  # not held
    judge.post("/take/")
    assert judge.post(f"/pairs/{russified.pk}/documents/{foreign.pk}/", {"purpose": "judge_pair"}).status_code == 403
    assert not AuditEntry.objects.filter(action="testimony.opened").exists()


def test_changed_bytes_are_not_shown(sign_in, russified, attach):
    document = attach(WORDS.encode(), "text/plain")
    judge = sign_in("iryna", "adjudicator")
    judge.post("/take/")
    path = store.path_of(document.evidence.sha256)
    path.chmod(0o600)
    path.write_bytes(b"other words")
    answer = judge.post(f"/pairs/{russified.pk}/documents/{document.pk}/", {"purpose": "judge_pair"})
    assert answer.status_code == 503 and "other words" not in answer.content.decode()


def test_what_cannot_be_shown_says_so(sign_in, russified, attach):
    documents = [attach(b"%PDF-1.7 x", "application/pdf"), attach(b"a\x00b", "text/plain")]
    judge = sign_in("iryna", "adjudicator")
    judge.post("/take/")
    for document in documents:
        answer = judge.post(f"/pairs/{russified.pk}/documents/{document.pk}/", {"purpose": "judge_pair"})
        assert "cannot be read here" in answer.content.decode()


def test_text_is_never_run(sign_in, russified, attach):
    document = attach(b"She said: <script>alert(1)</script>", "text/plain")
    judge = sign_in("iryna", "adjudicator")
    judge.post("/take/")
    page = judge.post(f"/pairs/{russified.pk}/documents/{document.pk}/", {"purpose": "judge_pair"}).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;" in page
