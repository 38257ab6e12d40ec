"""A new model decides nothing: ids stay, decided pairs are asked of nobody, and what it sees otherwise is listed."""

from __future__ import annotations

import pytest

from pipelines.linkage import churn
from registry.judgements import changes, events, follow
from registry.linkage import agreed_verdicts, candidates, runs
from registry.linkage.proposals import NewCandidate
from registry.models import Candidate, Identity, IdentityMember
from review.queue import assignment
from review.verdicts import reopening

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(stock):
    """Store what a run over everything proposes: pairs of records with bits by field, and the probability."""

    def link(*pairs, spec="children"):
        run = runs.start("link", {"seed": 1, "spec_name": spec, "records_new": None})
        rows = []
        for a, b, chance, bits in pairs:
            said = [
                {"field": name, "level": 1, "bits": worth, "code": "x", "sentence": "x"} for name, worth in bits.items()
            ]
            rows.append(NewCandidate(a.pk, b.pk, sum(bits.values()), chance, "plain", said))
        told = events.last_seq()
        counts = candidates.store(run, rows)
        follow.run(None)
        runs.finish(run, {"moved": counts.moved, "events_before": told})
        return counts

    return link


def test_what_a_new_model_sees_otherwise_is_listed_and_asked_of_nobody(stock, link):
    a, b, c, d, e, f = (stock.record(batch=stock.batch(f"list{n}")) for n in range(6))
    old = [
        (a, b, 0.9, {"surname": 7.0, "birth": 4.0}), (c, d, 0.2, {"surname": -3.0}),
        (e, f, 0.8, {"given": 4.0}), (a, c, 0.7, {"surname": 2.0}),
    ]  # fmt: skip
    link(*old)
    said = {(a.pk, b.pk): "same", (c.pk, d.pk): "different", (e.pk, f.pk): "same", (a.pk, c.pk): "same"}
    for candidate in Candidate.objects.order_by("pk"):
        verdict = said[candidate.left_id, candidate.right_id]
        stock.judge(candidate, verdict, verdict)
    ids = dict(IdentityMember.objects.values_list("row_id", "identity_id"))
    statuses = dict(Candidate.objects.values_list("pk", "status"))
    counts = link(
        (a, b, 0.1, {"surname": -5.0, "birth": 4.0}), (c, d, 0.9, {"surname": 6.0}), (a, c, 0.6, {"surname": 2.0}),
        (b, c, 0.9, {"given": 5.0}),
    )  # fmt: skip
    assert (counts.decided, counts.moved, agreed_verdicts.count_moved()) == (3, 3, 3)
    number = {(one.left_id, one.right_id): one.pk for one in Candidate.objects.all()}
    assert list(agreed_verdicts.moves(9)) == [
        agreed_verdicts.Move(number[a.pk, b.pk], "verified", 11.0, -1.0, (("surname", -12.0),)),
        agreed_verdicts.Move(number[c.pk, d.pk], "rejected", -3.0, 6.0, (("surname", 9.0),)),
        agreed_verdicts.Move(number[e.pk, f.pk], "verified", 4.0, None, ()),
    ]
    assert dict(IdentityMember.objects.values_list("row_id", "identity_id")) == ids
    assert {pk: status for pk, status in Candidate.objects.values_list("pk", "status") if pk in statuses} == statuses
    assert Candidate.objects.get(pk=number[b.pk, c.pk]).status == "implied"
    assert assignment.take_next(stock.user()) is None, "nobody is asked again"
    assert churn.since(runs.events_before()) == churn.Churn(2, 0, 0, 0)
    assert link(*old).moved == agreed_verdicts.count_moved() == 0


def test_what_another_spec_proposes_or_a_reopened_pair_is_no_move(stock, link):
    a, b = stock.record(batch=stock.batch("one")), stock.record(batch=stock.batch("two"))
    link((a, b, 0.9, {"surname": 7.0}))
    stock.judge(Candidate.objects.get(), "same", "same")
    assert link(spec="others").moved == 0
    reopening.reopen(stock.user("lead"), Candidate.objects.get().pk, "new_evidence")
    assert link((a, b, 0.1, {"surname": -7.0})).moved == 0
    assert Candidate.objects.get().probability == 0.1


def test_churn_counts_what_people_did(stock):
    a, b, c, d, e, f, g = (stock.record(batch=stock.batch(f"list{n}")) for n in range(7))
    for pair in ((a, b), (c, d), (e, f)):
        stock.judge(stock.candidate(*pair), "same", "same")
    then = events.last_seq()
    assert churn.since(then) == churn.Churn(3, 0, 0, 0) and churn.since(0) == churn.Churn(0, 0, 0, 3)
    stock.judge(stock.candidate(b, g), "same", "same")
    one, other, _ = Identity.objects.order_by("created_at")
    asked = changes.ask(stock.user("lead"), "retract", other.pk, "slip")
    changes.decide(stock.user("lead"), asked.pk, allowed=True)
    assert churn.since(then) == churn.Churn(3, 1, 1, 0)
    assert one.members.count() == 3 and churn.since(events.last_seq()) == churn.Churn(2, 0, 0, 0)
