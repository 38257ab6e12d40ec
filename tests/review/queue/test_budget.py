"""A script opens what one person may open and no more, whichever way it goes; then a lead opens the queue again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from configs.settings import settings as chosen
from registry.errors import ReviewError
from registry.models import AuditEntry, Candidate, GroupKind, Opening, OpeningKind, RecordGroup, RosterMeeting, User
from review.queue import assignment, budget, reservation

pytestmark = pytest.mark.django_db

NAME = re.compile(r"Вигаданенко (\w+)-(\d+)")


@pytest.fixture
def register(stock: Any) -> list[Candidate]:
    """Return forty pairs: each shares its left record with three others, and all stand in two rosters that meet."""
    made = []
    meeting = RosterMeeting.objects.create(transfer="0" * 32, institution="1" * 32)
    batch, cards = stock.batch(), stock.batch("cards")
    left = None
    for number in range(40):
        if number % 4 == 0:
            left = stock.record({"full_name": f"Вигаданенко Ліва-{number}"}, batch=batch)
            RecordGroup.objects.create(record=left, kind=GroupKind.INSTITUTION, digest="1" * 32)
        right = stock.record({"full_name": f"Вигаданенко Права-{number}"}, batch=cards)
        RecordGroup.objects.create(record=right, kind=GroupKind.TRANSFER, digest="0" * 32)
        made.append(stock.candidate(left, right, meeting=meeting))
    return made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen(), "opened_per_hour", 6)
    monkeypatch.setattr(chosen(), "opened_per_day", 20)


def names(*pages: Any) -> set[str]:
    texts = (re.sub(r"<[^>]*>", "", page.content.decode()) for page in pages)  # letters that differ are marked
    return {"-".join(found) for text in texts for found in NAME.findall(text)}


def seen_pairs(username: str) -> int:
    seen = AuditEntry.objects.filter(actor=f"user:{User.objects.get(username=username).pk}", action="candidate.seen")
    return seen.values("object_id").distinct().count()


def taken(client: Client, answer: Any) -> str:
    return str(answer["Location"]) if answer.status_code == 302 else ""


def by_skipping(client: Client) -> set[str]:
    found, address = set(), taken(client, client.post("/take/"))
    for _ in range(60):
        if not address.startswith("/pairs/"):
            break
        found |= names(client.get(address))
        address = taken(client, client.post(f"{address}skip/"))
    return found


def by_releasing(client: Client) -> set[str]:
    """Take one pair after another as a row of the group, or as another pair of the same record."""
    found: set[str] = set()
    for _ in range(3):
        for candidate in Candidate.objects.order_by("pk"):
            for answer in (
                client.post(f"/groups/{candidate.meeting_id}/take/", {"candidate": candidate.pk}),
                client.post(f"/pairs/{candidate.pk}/other/{candidate.pk}/"),
            ):
                if taken(client, answer).startswith("/pairs/"):
                    found |= names(client.get(answer["Location"]), client.get(f"{answer['Location']}original/"))
    return found


def by_groups(client: Client) -> set[str]:
    found: set[str] = set()
    for _ in range(30):
        meeting = RosterMeeting.objects.get()
        found |= names(client.get("/groups/"), client.get(f"/groups/{meeting.pk}/"))
        held = Candidate.objects.filter(reserved_by__isnull=False).first()
        address = taken(client, client.post(f"/groups/{meeting.pk}/take/")) if held is None else f"/pairs/{held.pk}/"
        if not address.startswith("/pairs/"):
            break
        client.post(address, {"verdict": "cannot_tell", "reason_cannot_tell": "too_little"})
    return found


def by_originals(client: Client) -> set[str]:
    """Never open the pair itself: take it, look at the original, the documents and the history, take another."""
    found: set[str] = set()
    for _ in range(40):
        address = taken(client, client.post("/take/"))
        if not address.startswith("/pairs/"):
            break
        found |= names(*(client.get(f"{address}{page}/") for page in ("original", "documents", "history")))
        client.post(address, {"verdict": "cannot_tell", "reason_cannot_tell": "too_little"})
    return found | names(client.get("/decisions/"), client.get("/decided/"))


def by_expired_leases(client: Client) -> set[str]:
    found: set[str] = set()
    for _ in range(40):
        address = taken(client, client.post("/take/"))
        if not address.startswith("/pairs/"):
            break
        found |= names(client.get(address))
        client.post(f"{address}release/")
        Candidate.objects.filter(pk=address.split("/")[2]).update(probability=0.0)  # somebody else would have it now
    return found


@pytest.mark.parametrize("way", [by_skipping, by_releasing, by_groups, by_originals, by_expired_leases])
def test_a_script_gets_at_most_the_budget(sign_in, register, small, way):
    client = sign_in("maria")
    found = way(client)
    opened = Opening.objects.filter(kind=OpeningKind.PAIR).values("number").distinct().count()
    assert 0 < opened <= 6 and seen_pairs("maria") <= 6
    assert len(found) <= 2 * 6 + budget.AROUND * 6
    assert AuditEntry.objects.filter(action="queue.nearly_closed").count() == 1
    assert AuditEntry.objects.filter(action="queue.closed").count() == 1
    # All ways together give nothing more, and time alone opens nothing.
    for other in (by_skipping, by_releasing, by_groups, by_originals, by_expired_leases):
        other(client)
    Opening.objects.update(at=timezone.now() - timedelta(hours=3))
    found |= by_skipping(client)
    assert Opening.objects.filter(kind=OpeningKind.PAIR).values("number").distinct().count() <= 6
    assert len(found) <= 2 * 6 + budget.AROUND * 6


def test_a_pair_passed_over_costs_double(sign_in, register, small):
    by_skipping(sign_in("maria"))
    assert Opening.objects.filter(kind=OpeningKind.PAIR).count() == 3


def test_what_is_open_already_costs_nothing_and_can_be_judged_at_the_end(sign_in, register, small):
    client = sign_in("maria")
    for number in range(6):
        address = client.post("/take/")["Location"]
        for _ in range(3):
            assert client.get(address).status_code == 200
        if number < 5:
            client.post(address, {"verdict": "different", "reason_different": "other"})
    assert client.get(address).status_code == 200
    assert client.post("/take/")["Location"] == address
    assert client.post(address, {"verdict": "different", "reason_different": "other"})["Location"] == "/decided/"
    closed = client.post("/take/")
    assert closed.status_code == 429 and "as much as one person may" in closed.content.decode()
    client.post("/language/", {"language": "uk"})
    assert "Ви відкрили стільки" in client.post("/take/").content.decode()


def test_the_day_has_a_limit_of_its_own(sign_in, register, small, monkeypatch):
    monkeypatch.setattr(chosen(), "opened_per_hour", 8)
    client, opened = sign_in("maria"), 0
    for _ in range(40):
        answer = client.post("/take/")
        if answer.status_code != 302:
            break
        client.get(answer["Location"])
        client.post(answer["Location"], {"verdict": "different", "reason_different": "other"})
        opened += 1
        Opening.objects.update(at=timezone.now() - timedelta(hours=2))
    assert opened == 20


def test_lead_and_auditor_hear_and_another_lead_opens_again(sign_in, register, small):
    client, lead, auditor = sign_in("maria"), sign_in("iryna", "lead"), sign_in("olha", "auditor")
    person, verifier = User.objects.get(username="maria"), sign_in("petro")
    for address in ("/quality/", "/openings/"):
        assert "maria" not in lead.get(address).content.decode()
    for _ in range(5):
        address = client.post("/take/")["Location"]
        client.get(address)
        client.post(address, {"verdict": "different", "reason_different": "other"})
    for page in (lead.get("/quality/"), lead.get("/"), auditor.get("/log/"), auditor.get("/openings/")):
        assert "maria" in page.content.decode() and "closed" not in re.sub("nearly_closed", "", page.content.decode())
    by_skipping(client)
    assert "the queue is closed" in lead.get("/").content.decode()
    assert f'value="{person.pk}"' in lead.get("/openings/").content.decode()
    assert "Open the queue" not in auditor.get("/openings/").content.decode()
    for other in (client, verifier, auditor):
        assert other.post("/openings/reopen/", {"user": person.pk}).status_code == 403
    assert "maria" not in verifier.get("/").content.decode()
    assert client.post("/take/").status_code == 429
    assert lead.post("/openings/reopen/", {"user": person.pk})["Location"] == "/openings/"
    assert client.post("/take/").status_code == 302
    entry = AuditEntry.objects.get(action="queue.opened")
    assert entry.actor == f"user:{User.objects.get(username='iryna').pk}" and entry.object_id == str(person.pk)


def test_nobody_opens_the_queue_for_themselves(sign_in, register, small):
    lead = sign_in("iryna", "lead")
    by_skipping(lead)
    own = User.objects.get(username="iryna")
    assert lead.post("/openings/reopen/", {"user": own.pk}).status_code == 422
    assert lead.post("/openings/reopen/", {"user": "9" * 5000}).status_code == 422
    assert lead.post("/take/").status_code == 429
    budget.reopen_as_operator("iryna")
    assert lead.post("/take/").status_code == 302
    with pytest.raises(ReviewError):
        budget.reopen_as_operator("nobody")


def test_children_beside_a_pair_run_out_before_the_pairs_do(sign_in, register, small, monkeypatch):
    monkeypatch.setattr(budget, "AROUND", 0)
    client = sign_in("maria")
    address = client.post("/take/")["Location"]
    assert len(names(client.get(address))) == 2
    monkeypatch.setattr(budget, "AROUND", 5)
    assert len(names(client.get(address))) > 2


def test_services_refuse_too(stock, register, small):
    person = stock.user()
    for _ in range(6):
        budget.open_pair(person, assignment.take_next(person).pk)
        reservation.skip(person, Candidate.objects.get(reserved_by=person).pk) if _ < 5 else None
        if Opening.objects.filter(user=person).count() >= 6:
            break
    with pytest.raises(ReviewError) as refused:
        assignment.take_next(person)
    assert refused.value.code == budget.CLOSED
