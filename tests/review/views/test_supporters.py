"""The pair behind a bar of the waterfall: on the page of the pair, without names, for those who may know of it."""

from __future__ import annotations

import re

import pytest

from registry.models import AuditEntry, Candidate, Support

pytestmark = pytest.mark.django_db


@pytest.fixture
def supported(stock):
    """Return a pair for which another speaks by the child in another list, and that other pair."""
    said = [
        {"field": "given", "level": 3, "bits": 6.0, "code": "identical", "sentence": "the same name, spelt the same"},
        {"field": "own_transfer", "level": 1, "bits": 4.5, "code": "own_there", "sentence": "in this region"},
    ]
    pair = stock.candidate(probability=0.99, explanation=said)
    speaks = stock.candidate(probability=0.5)
    Support.objects.create(candidate=pair, term="own_transfer", bits=4.5, by_left=speaks.left, by_right=speaks.right)
    return pair, speaks


def page(client, pair):
    assert client.post("/take/")["Location"] == f"/pairs/{pair.pk}/"
    answer = client.get(f"/pairs/{pair.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_bar_names_its_pair_and_what_would_take_it_away(supported, sign_in):
    pair, speaks = supported
    html = page(sign_in("maria"), pair)
    assert f"Supported by pair {speaks.pk} of" in html
    assert "nobody has decided on it" in html
    assert "Refuse that pair, and these bits go with the next run." in html
    assert f"/pairs/{pair.pk}/other/{speaks.pk}/" in html
    assert "Supported by" not in re.sub(r"Supported by pair \d+", "", html)


def test_it_can_be_taken_instead(supported, sign_in):
    pair, speaks = supported
    client = sign_in("maria")
    page(client, pair)
    assert client.post(f"/pairs/{pair.pk}/other/{speaks.pk}/")["Location"] == f"/pairs/{speaks.pk}/"


def test_nobody_walks_through_the_registry_by_supporters(stock, supported, sign_in):
    pair, _ = supported
    client, foreign = sign_in("maria"), stock.candidate()
    page(client, pair)
    assert client.post(f"/pairs/{pair.pk}/other/{foreign.pk}/")["Location"] == f"/pairs/{pair.pk}/"


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("same", "two people have verified it"), ("different", "people have refused it since")],
)
def test_how_it_stands_is_told_and_its_history_opened_by_who_may(stock, supported, sign_in, verdict, words):
    pair, speaks = supported
    stock.judge(speaks, verdict, verdict)
    history = f"/pairs/{speaks.pk}/history/"
    html = page(sign_in("maria"), pair)
    assert words in html
    assert history not in html, "she has had nothing to do with that pair"
    assert ("Refuse that pair" in html) == (verdict == "same")
    Candidate.objects.filter(pk=pair.pk).update(reserved_by=None, reserved_until=None)
    lead = sign_in("olena", "lead")
    assert history in page(lead, pair)
    assert lead.get(history).status_code == 200


def test_a_blind_review_tells_of_no_supporter(stock, supported, sign_in):
    pair, _ = supported
    stock.judge(pair, "same")
    assert "Supported by" not in page(sign_in("maria"), pair)


def test_a_supporter_whose_record_is_gone_or_that_says_nothing_is_left_out(stock, supported, sign_in):
    pair, _ = supported
    Support.objects.update(by_left_id=2_000_000_000)
    assert "Supported by" not in page(sign_in("maria"), pair)
    assert not AuditEntry.objects.filter(action="candidate.history_seen").exists()
