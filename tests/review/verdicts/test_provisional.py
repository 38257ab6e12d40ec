"""Evidence before the machine's opinion: the records alone, a provisional verdict, then score and surroundings."""

from __future__ import annotations

import re

import pytest
from django.db import DatabaseError, transaction

from registry.errors import ReviewError
from registry.models import AuditEntry, Candidate, CandidateStatus, GoldItem, Provisional, Review, Source, User
from review.queue import assignment
from review.verdicts import decisions, provisional

pytestmark = pytest.mark.django_db

OPINION = re.compile(r"\d bits|of 100|class=\"bar\"|Together|in Russian|Other pairs of these records|Take this one")


@pytest.fixture
def pairs(records, tmp_path):
    """A family report, a transfer list that asks for evidence first, and what stands around their pair."""
    made = records.store_group(tmp_path)
    Source.objects.filter(slug="transfers").update(evidence_first=True)
    return made


def opened(client, pair) -> str:
    client.post("/take/")
    answer = client.get(f"/pairs/{pair.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def say(client, pair, verdict="same", reason="family_agrees", **more):
    return client.post(f"/pairs/{pair.pk}/", {"verdict": verdict, f"reason_{verdict}": reason, **more})


def test_the_opinion_comes_after_the_provisional_verdict(sign_in, pairs):
    client, pair = sign_in("maria"), pairs["Алексей"]
    before = opened(client, pair)
    assert not OPINION.search(before) and "София" not in before
    assert "First by the two records alone" in before and "Олексій" in re.sub(r"<[^>]+>", "", before)
    seen = AuditEntry.objects.filter(action="candidate.seen").latest("seq").data
    assert (seen["opinion"], seen["around"]) == ("hidden", [])
    assert say(client, pair)["Location"] == f"/pairs/{pair.pk}/"
    assert not Review.objects.exists(), "it counts for nothing"
    after = opened(client, pair)
    assert OPINION.search(after) and "София" in after
    assert "By the records alone you said: <strong>One and the same child</strong>" in after
    assert re.search(r'id="verdict-same" required checked', after)
    say(client, pair)
    kept = Review.objects.get().shown
    assert kept["provisional"]["verdict"] == "same" and "changed" not in kept["provisional"]
    first = Provisional.objects.get().shown
    assert first["opinion"] == "hidden" and "probability" not in first and kept["probability"] == pair.probability


def test_a_change_of_mind_is_kept_with_its_reason(sign_in, pairs):
    client, pair = sign_in("maria"), pairs["Алексей"]
    opened(client, pair)
    say(client, pair, "cannot_tell", "too_little")
    refused = say(client, pair)
    assert refused.status_code == 422 and "Say what changed your mind." in refused.content.decode()
    assert not Review.objects.exists()
    say(client, pair, changed="family")
    given = Review.objects.get()
    assert given.verdict == "same"
    assert given.shown["provisional"] | {"at": ""} == {
        "verdict": "cannot_tell",
        "reason": "too_little",
        "at": "",
        "changed": "family",
    }
    found = provisional.changes()
    assert (found.given, found.changed, found.to_score) == (1, 1, 1)
    page = sign_in("olena", "lead").get("/quality/").content.decode()
    assert "1 verdict followed one by the records alone." in page


def test_nothing_goes_round_it(sign_in, pairs, records):
    pair = pairs["Алексей"]
    person = records.person("petro")
    assert assignment.take_next(person).pk == pair.pk
    with pytest.raises(ReviewError) as caught:
        decisions.decide(person, pair.pk, "same", "family_agrees")
    assert caught.value.code == "evidence_first"
    provisional.give(person, pair.pk, "same", "family_agrees")
    with pytest.raises(ReviewError) as caught:
        provisional.give(person, pair.pk, "different", "sibling")
    assert caught.value.code == "not_hidden"
    for change in (lambda: Provisional.objects.update(verdict="different"), lambda: Provisional.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_each_person_begins_by_the_records_and_the_second_look_stays_blind(sign_in, pairs):
    pair = pairs["Алексей"]
    maria = sign_in("maria")
    opened(maria, pair)
    say(maria, pair)
    maria.post(f"/pairs/{pair.pk}/release/")
    petro = sign_in("petro")
    assert not OPINION.search(opened(petro, pair)), "what another said opens nothing"
    say(petro, pair)
    say(petro, pair)
    assert Candidate.objects.get(pk=pair.pk).status == CandidateStatus.SECOND
    assert Provisional.objects.count() == 2
    blind = opened(maria, pair)
    assert "second look" in blind and "of 100" not in blind
    say(maria, pair)
    assert Candidate.objects.get(pk=pair.pk).status == CandidateStatus.VERIFIED


def test_gold_items_ask_for_it_as_well(sign_in, pairs, records):
    pair = pairs["Алексей"]
    lead = records.person("olena", "lead")
    from review.queue import gold_items

    gold_items.plant(lead, pair.pk, "same")
    client = sign_in("maria")
    assert not OPINION.search(opened(client, pair))
    say(client, pair)
    say(client, pair, "different", "sibling", changed="bits")
    given = GoldItem.objects.get().reviews.get()
    assert given.shown["provisional"]["changed"] == "bits"


def test_a_list_that_does_not_ask_shows_the_opinion_at_once(sign_in, pairs):
    Source.objects.update(evidence_first=False)
    assert OPINION.search(opened(sign_in("maria"), pairs["Алексей"]))
    assert User.objects.count() == 1
