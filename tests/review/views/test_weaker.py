"""Looking further than what is stored: on request, from the pair that one holds, written down; judged as any pair."""

from __future__ import annotations

import pytest

from registry.models import AuditEntry, Candidate
from review.pair import weaker
from transliteration.errors import MendableError

pytestmark = pytest.mark.django_db


@pytest.fixture
def finder(stock):
    """Say how weaker pairs are found: one of the left record comes at each call; nothing afterwards."""
    calls: list[list[int]] = []

    def find(record_ids):
        calls.append(list(record_ids))
        if len(calls) > 1:
            return 0
        stock.candidate(probability=0.00004, left=Candidate.objects.get(left=record_ids[0]).left)
        return 1

    before = list(weaker._provided)
    weaker.provide(find)
    yield calls
    weaker._provided[:] = before


def test_what_is_found_stands_on_the_page_and_can_be_judged(stock, finder, sign_in):
    pair, client = stock.candidate(probability=0.9), sign_in("maria")
    assert client.post("/take/")["Location"] == f"/pairs/{pair.pk}/"
    assert f'href="/pairs/{pair.pk}/weaker/"' in client.get(f"/pairs/{pair.pk}/").content.decode()
    assert "Neither record stands in another pair." in client.get(f"/pairs/{pair.pk}/weaker/").content.decode()
    assert client.post(f"/pairs/{pair.pk}/weaker/look/")["Location"] == f"/pairs/{pair.pk}/weaker/"
    assert finder == [[pair.left_id, pair.right_id]]
    weak = Candidate.objects.exclude(pk=pair.pk).get()
    html = client.get(f"/pairs/{pair.pk}/weaker/").content.decode()
    assert "1 more pair was found." in html and f"/pairs/{pair.pk}/other/{weak.pk}/" in html
    assert AuditEntry.objects.get(action="candidate.weaker_found").data == {"pairs": 1}
    assert (
        client.post(f"/pairs/{pair.pk}/weaker/look/", follow=True).content.decode().count("There is no further pair.")
    )
    # Nobody is offered it; whoever has it before them takes it, judges it, and a second person is asked as of any pair.
    assert client.post(f"/pairs/{pair.pk}/other/{weak.pk}/")["Location"] == f"/pairs/{weak.pk}/"
    answer = client.post(f"/pairs/{weak.pk}/", {"verdict": "same", "reason_same": "name_and_birth"})
    assert answer.status_code == 302, answer.content.decode()
    weak.refresh_from_db()
    assert weak.status == "second"


def test_nobody_is_offered_so_weak_a_pair(stock, sign_in):
    weak = stock.candidate(probability=0.00004)
    client = sign_in("maria")
    assert f"/pairs/{weak.pk}/" not in client.post("/take/")["Location"]
    assert client.post(f"/pairs/{weak.pk}/weaker/look/")["Location"] == f"/pairs/{weak.pk}/"


def test_whoever_does_not_hold_the_pair_starts_no_search(stock, finder, sign_in):
    pair, client, other = stock.candidate(probability=0.9), sign_in("maria"), sign_in("olena")
    client.post("/take/")
    assert other.get(f"/pairs/{pair.pk}/weaker/").status_code == 302
    assert other.post(f"/pairs/{pair.pk}/weaker/look/").status_code == 302
    assert finder == []


def test_a_spec_that_no_run_fits_is_said(stock, finder, sign_in):
    def find(record_ids):
        raise MendableError("no run fits the linkage spec")

    weaker.provide(find)
    pair, client = stock.candidate(probability=0.9), sign_in("maria")
    client.post("/take/")
    html = client.post(f"/pairs/{pair.pk}/weaker/look/", follow=True).content.decode()
    assert "Ask the data team to run ridni link." in html
