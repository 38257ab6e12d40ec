"""The pages of the lead, the auditor, the administrator and of those who export; gold items in the HTML."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from registry.access import accounts
from registry.linkage import candidates
from registry.models import AuditEntry, GoldItem, GoldReview, User
from review.queue import assignment

pytestmark = pytest.mark.django_db

NAMES = ("Вербиц", "Яременко", "Злата")
# Numbers of verdicts run through one sequence (tests/registry/test_gold.py), so that they tell nothing.
FORM_TOKEN = re.compile(r'name="(csrfmiddlewaretoken|who|review)" value="[^"]+"')
TIMES = re.compile(r"\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.+]+")


def plain(page: str, *numbers: int) -> str:
    """Return a page without what differs between any two verdicts: form tokens, times, numbers."""
    page = TIMES.sub("T", FORM_TOKEN.sub("", page))
    for number in numbers:
        page = re.sub(rf"\b{number}\b", "N", page)
    return page


def test_a_gold_item_cannot_be_told_from_another_pair(sign_in, records, tmp_path, monkeypatch):
    """Two people judge the same pair, for one of them it is a gold item: every page and every answer is the same."""
    (pair,) = records.store(tmp_path, records.RUSSIFIED)
    lead = sign_in("lead", "lead")
    seen: dict[bool, list[str]] = {}
    for planted, name in ((True, "maria"), (False, "petra")):
        if planted:
            answer = lead.post("/quality/gold/", {"candidate": str(pair.pk), "answer": "different"})
            assert answer.status_code == 302
        client = sign_in(name)
        pages = [client.get("/")]
        taken = client.post("/take/")
        assert taken["Location"] == f"/pairs/{pair.pk}/"
        pages.append(client.get(taken["Location"]))
        sent = {"verdict": "different", "reason_different": "sibling", "note": "words"}
        judged = client.post(taken["Location"], sent)
        pages += [judged, client.get(judged["Location"]), client.get("/"), client.get("/decisions/")]
        seen[planted] = [
            f"{page.status_code} {sorted(page.headers.items())} {plain(page.content.decode(), pair.pk)}".replace(
                name, "X"
            )
            for page in pages
        ]
        numbers = {int(found) for page in seen[planted] for found in re.findall(r"/decisions/(\d+)/", page)}
        for number in numbers:
            seen[planted] = [re.sub(rf"/decisions/{number}/", "/decisions/V/", page) for page in seen[planted]]
        if planted:
            assert GoldReview.objects.count() == 1
            lead.post(f"/quality/gold/{GoldItem.objects.get().pk}/retire/")
    for golden, ordinary in zip(seen[True], seen[False], strict=True):
        assert golden.splitlines()[1:] == ordinary.splitlines()[1:]
        assert re.sub(r"\d+", "", golden.splitlines()[0]) == re.sub(r"\d+", "", ordinary.splitlines()[0])


def test_the_lead_sees_figures_and_no_names_of_children(sign_in, records, tmp_path):
    pairs = records.store(tmp_path, records.RUSSIFIED, records.CARD)
    maria, petro, lead = sign_in("maria"), sign_in("petro"), sign_in("iryna", "lead")
    for client in (maria, petro):
        for _ in pairs:
            address = client.post("/take/")["Location"]
            client.post(address, {"verdict": "different", "reason_different": "sibling"})
    for days in ("", "30", "365", "x", "7"):
        answer = lead.get("/quality/", {"days": days} if days else {})
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "100 % of 2 pairs" in page and "kappa is not defined" in page
        assert page.index(">maria<") < page.index(">petro<")
        assert not any(name in page for name in NAMES)
    assert "<svg" in page


def test_planting_answers_kindly(sign_in, records, tmp_path):
    (pair,) = records.store(tmp_path, records.RUSSIFIED)
    lead = sign_in("iryna", "lead")
    for number in ("", "0", "x", "9" * 30, "²"):
        answer = lead.post("/quality/gold/", {"candidate": number, "answer": "same"})
        assert answer.status_code == 422 and "no such pair" in answer.content.decode()
    assert lead.post("/quality/gold/", {"candidate": str(pair.pk), "answer": "perhaps"}).status_code == 422
    maria = sign_in("maria")
    maria.post("/take/")
    maria.post(f"/pairs/{pair.pk}/", {"verdict": "same", "reason_same": "other"})
    answer = lead.post("/quality/gold/", {"candidate": str(pair.pk), "answer": "same"})
    assert answer.status_code == 422 and "has judged this pair" in answer.content.decode()


def test_the_auditor_reads_who_saw_what(sign_in, records, tmp_path):
    (pair,) = records.store(tmp_path, records.RUSSIFIED)
    maria, auditor = sign_in("maria"), sign_in("olha", "auditor")
    maria.post("/take/")
    maria.get(f"/pairs/{pair.pk}/")
    page = auditor.get("/log/").content.decode()
    assert "candidate.seen" in page and ">maria<" in page and not any(name in page for name in NAMES)
    record = AuditEntry.objects.get(action="candidate.seen").data["records"][0]
    found = auditor.get("/log/", {"number": str(record), "actor": "maria"}).content.decode()
    assert "candidate.seen" in found
    told = re.sub(r"&quot;", '"', found)
    assert f'"records": [{pair.left_id}, {pair.right_id}]' in told, "whoever was seen stands in the log, however long"
    assert "candidate.seen" not in auditor.get("/log/", {"actor": "olha"}).content.decode()
    for sent in ({"before": "x"}, {"before": "9" * 30}, {"number": "\x00"}, {"actor": "'; DROP"}, {"before": "1"}):
        assert auditor.get("/log/", sent).status_code == 200
    assert AuditEntry.objects.filter(action="audit.read").exists()


def test_the_log_is_paged(sign_in, monkeypatch):
    monkeypatch.setattr("review.views.access_log.PAGE", 2)
    auditor = sign_in("olha", "auditor")
    for _ in range(3):
        auditor.get("/log/")
    first = auditor.get("/log/")
    assert len(first.context["rows"]) == 2
    second = auditor.get("/log/", {"before": first.context["older"]})
    assert second.context["rows"][0][0].seq < first.context["rows"][-1][0].seq


def test_the_administrator_adds_and_closes_accounts_and_sees_no_data(sign_in, records, tmp_path):
    records.store(tmp_path, records.RUSSIFIED)
    admin = sign_in("olha", "admin")
    sent = {"username": "nova", "role": "verifier", "language": "en", "sees_location": "on"}
    page = admin.post("/accounts/add/", sent).content.decode()
    password = re.search(r'id="first-password">([^<]+)<', page)
    assert password is not None
    nova = Client()
    assert nova.post("/login/", {"username": "nova", "password": password[1]})["Location"] == "/"
    assert User.objects.get(username="nova").sees_location
    assert password[1] not in str(list(AuditEntry.objects.values()))
    assert AuditEntry.objects.filter(action="user.added").last().actor == f"user:{User.objects.get(username='olha').pk}"
    assert admin.post("/accounts/add/", sent).status_code == 422
    assert admin.post("/accounts/add/", sent | {"username": "x", "role": "boss"}).status_code == 422
    sign_in("ada", "auditor")
    rows = admin.get("/accounts/").content.decode().split("<tr>")
    (auditor,) = (row for row in rows if 'value="ada"' in row)
    (verifier,) = (row for row in rows if 'value="nova"' in row)
    assert "_location" not in auditor and "hide_location" in verifier, "offered only where it means anything"
    admin.post("/accounts/change/", {"username": "nova", "what": "hide_location"})
    assert not User.objects.get(username="nova").sees_location
    admin.post("/accounts/change/", {"username": "nova", "what": "close"})
    assert nova.get("/").status_code == 302
    for wrong in (
        {"username": "olha", "what": "close"},
        {"username": "nova", "what": "x"},
        {"username": "z", "what": "close"},
    ):
        assert admin.post("/accounts/change/", wrong).status_code == 422
    assert User.objects.get(username="olha").is_active
    assert admin.get("/take/").status_code == 405 and admin.post("/take/").status_code == 403


def test_an_export_goes_through_two_pairs_of_hands(sign_in, records, tmp_path):
    records.store(tmp_path, records.RUSSIFIED)
    asker, auditor = sign_in("danylo", "data"), sign_in("olha", "auditor")
    assert asker.post("/exports/ask/", {"kind": "candidates", "purpose": "check", "recipient": ""}).status_code == 422
    asker.post("/exports/ask/", {"kind": "candidates", "purpose": "check", "recipient": "Archive"})
    page = asker.get("/exports/").content.decode()
    assert "waits for a second person" in page and "Allow" not in page and "Fetch the file" not in page
    number = re.search(r"<th scope=\"row\">(\d+)</th>", page)
    assert number is not None
    assert asker.post(f"/exports/{number[1]}/decide/", {"answer": "allow"}).status_code == 403
    assert asker.post(f"/exports/{number[1]}/fetch/").status_code == 409
    assert "Allow" in auditor.get("/exports/").content.decode()
    auditor.post(f"/exports/{number[1]}/decide/", {"answer": "allow"})
    assert "Fetch the file" not in auditor.get("/exports/").content.decode()
    answer = asker.post(f"/exports/{number[1]}/fetch/")
    text = b"".join(answer.streaming_content).decode()
    assert answer["Content-Disposition"] == f'attachment; filename="export-{number[1]}.csv"'
    assert answer["Cache-Control"] == "no-store"
    assert "Вербицький Олексій Тарасович" in text
    assert asker.post(f"/exports/{number[1]}/fetch/").status_code == 409
    assert "fetched" in asker.get("/exports/").content.decode()


def test_withheld_fields_are_marked_on_the_page(sign_in, russified, records):
    client = sign_in("maria")
    client.post("/take/")
    page = client.get(f"/pairs/{russified.pk}/").content.decode()
    assert "withheld" in page and "Ростовская" not in page and "+380" not in page
    client.post(f"/pairs/{russified.pk}/release/")
    accounts.set_sees_location("maria", True)
    client.post("/take/")
    page = client.get(f"/pairs/{russified.pk}/").content.decode()
    assert "Ростовская" in page and "+380" not in page


def test_gold_items_of_a_run_stay_when_it_is_repeated(sign_in, records, tmp_path, stock):
    (pair,) = records.store(tmp_path, records.RUSSIFIED)
    sign_in("iryna", "lead").post("/quality/gold/", {"candidate": str(pair.pk), "answer": "same"})
    assert assignment.take_next(stock.user()).pk == pair.pk
    assert candidates.supersede([pair.left_id]) == 1


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
