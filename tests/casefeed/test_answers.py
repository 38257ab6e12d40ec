"""What consumers answer: kept once for each key; a dispute holds the identity and opens it for a third person."""

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from registry import audit
from registry.errors import ReviewError
from registry.identities import answers
from registry.judgements import changes, replay
from registry.models import ConsumerAnswer, IdentityChange, IdentityEvent

pytestmark = pytest.mark.django_db

NOBODY = "7d9f6c1e-5b0a-4f3e-9a55-0c1d2e3f4a5b"


@pytest.fixture
def post(stock):
    client = Client(headers={"Authorization": f"Bearer {stock.token()}"})

    def post(identity, expected=200, key="k1", **said):
        path = f"/api/v1/identities/{identity}/answers"
        response = client.post(path, said, "application/json", headers={"Idempotency-Key": key})
        assert response.status_code == expected, response.content
        return response.json()

    return post


@pytest.fixture
def judges(stock):
    return [stock.user("lead"), stock.user("lead")]


@pytest.fixture
def identity(stock, judges):
    return str(stock.judge(stock.candidate(), "same", "same", by=judges).identity_id)


def kinds():
    return list(IdentityEvent.objects.order_by("seq").values_list("kind", flat=True))


@pytest.mark.parametrize("kind", ["linked", "reunified", "returned", "cannot_use"])
def test_an_answer_is_kept_with_its_day_once_for_each_key(post, identity, kind):
    kept = post(identity, kind=kind, on="2026-11-05")
    assert (kept["identity"], kept["kind"], kept["on"]) == (identity, kind, "2026-11-05")
    assert post(identity, kind=kind, on="2026-11-05") == kept
    assert post(identity, 409, kind=kind)["code"] == "key_used"
    assert post(identity, key="k2", kind=kind)["id"] != kept["id"]
    assert kinds() == ["verified"] and ConsumerAnswer.objects.count() == 2 and audit.verify().sound


WRONG = [
    {"kind": "disputed"},
    {"kind": "disputed", "reason": "Zoriana"},
    {"kind": "linked", "reason": "other"},
    {"kind": "found"},
    {"kind": "linked", "on": "yesterday"},
    {"kind": "linked", "note": "Zoriana"},
]


@pytest.mark.parametrize("said", WRONG)
def test_what_is_no_answer_is_refused_and_nothing_of_it_is_said_again(post, identity, said):
    assert "Zoriana" not in str(post(identity, 422, **said)) and not ConsumerAnswer.objects.exists()


def test_unknown_ids_and_bad_keys(post, identity):
    assert post(NOBODY, 404, kind="linked")["code"] == "unknown_identity"
    assert post(identity, 422, key="a b", kind="linked")["code"] == "invalid_request"


def test_a_dispute_holds_the_identity_until_a_third_person_lets_it_stand(stock, post, identity, judges):
    post(identity, kind="disputed", reason="wrong_values")
    client = Client(headers={"Authorization": f"Bearer {stock.token('second')}"})
    assert client.get(f"/api/v1/identities/{identity}").json() == {"id": identity, "status": "withheld"}
    assert kinds() == ["verified", "withheld"]
    (dispute,) = answers.disputes()
    with pytest.raises(ReviewError, match="verdict"):
        answers.settle(judges[0], dispute.pk, "stands")
    with pytest.raises(ReviewError):
        answers.settle(stock.user("verifier"), dispute.pk, "stands")
    answers.settle(stock.user("adjudicator"), dispute.pk, "stands")
    assert kinds() == ["verified", "withheld", "restored"] and answers.disputes() == []
    assert client.get(f"/api/v1/identities/{identity}").json()["status"] == "verified"
    with pytest.raises(ReviewError, match="already"):
        answers.settle(stock.user("lead"), dispute.pk, "wrong")
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsumerAnswer.objects.update(reason="other")


def test_what_is_wrong_stays_held_until_its_retraction_is_decided(stock, post, identity):
    post(identity, kind="disputed", reason="two_children")
    (dispute,) = answers.disputes()
    answers.settle(stock.user("lead"), dispute.pk, "wrong")
    asked = IdentityChange.objects.get()
    assert (asked.kind, str(asked.identity_id)) == ("retract", identity) and kinds() == ["verified", "withheld"]
    changes.decide(stock.user("lead"), asked.pk, allowed=True)
    assert kinds()[-1] == "retracted" and replay.states() == replay.stored()


def test_a_refused_retraction_leaves_the_dispute_to_be_let_stand(stock, post, identity):
    post(identity, kind="disputed", reason="two_children")
    (dispute,) = answers.disputes()
    answers.settle(stock.user("lead"), dispute.pk, "wrong")
    changes.decide(stock.user("lead"), IdentityChange.objects.get().pk, allowed=False)
    assert kinds() == ["verified", "withheld"]
    answers.settle(stock.user("adjudicator"), dispute.pk, "stands")
    assert kinds()[-1] == "restored"


def test_a_dispute_of_a_merged_id_holds_what_it_was_merged_into(stock, post):
    a, b, c, d = (stock.record() for _ in range(4))
    first = str(stock.judge(stock.candidate(a, b), "same", "same").identity_id)
    second = str(stock.judge(stock.candidate(c, d), "same", "same").identity_id)
    post(second, kind="disputed", reason="other_child")
    stock.judge(stock.candidate(b, c), "same", "same")
    client = Client(headers={"Authorization": f"Bearer {stock.token('second')}"})
    assert client.get(f"/api/v1/identities/{first}").json()["status"] == "withheld"
    assert post(second, key="k2", kind="linked")["identity"] == first
    answers.settle(stock.user("lead"), answers.disputes()[0].pk, "stands")
    assert client.get(f"/api/v1/identities/{first}").json()["status"] == "verified"
