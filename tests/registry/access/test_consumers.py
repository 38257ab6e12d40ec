"""Who may receive identities: asked for by one, allowed by another, kept by the database; tokens that change over."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from casefeed.rates import Allowance, Buckets
from registry.access import consumers, tokens
from registry.errors import RegistryError, ReviewError
from registry.models import ApiToken, AuditEntry, Consumer

pytestmark = pytest.mark.django_db

TERMS = {"purpose": "tracing", "basis": "Protocol 7"}


@pytest.mark.parametrize("role", ["verifier", "adjudicator", "data", "auditor"])
def test_who_may_not_ask(stock, role):
    with pytest.raises(ReviewError):
        consumers.ask(stock.user(role), "registry", **TERMS)


@pytest.mark.parametrize("role", ["verifier", "adjudicator", "data", "admin"])
def test_who_may_not_decide(stock, role):
    asked = consumers.ask(stock.user("lead"), "registry", **TERMS)
    with pytest.raises(ReviewError):
        consumers.decide(stock.user(role), asked.pk, allowed=True)


def test_nobody_allows_their_own_and_terms_are_decided_once(stock):
    lead = stock.user("lead")
    asked = consumers.ask(lead, "registry", **TERMS)
    with pytest.raises(ReviewError, match="their own"):
        consumers.decide(lead, asked.pk, allowed=True)
    with pytest.raises(ReviewError, match="wait"):
        consumers.ask(stock.user("admin"), "registry", **TERMS)
    consumers.decide(stock.user("auditor"), asked.pk, allowed=False)
    with pytest.raises(ReviewError, match="already"):
        consumers.decide(stock.user("lead"), asked.pk, allowed=True)
    with pytest.raises(RegistryError, match="Nobody has allowed"):
        tokens.issue("registry")
    assert consumers.listing()[0].state == "refused"


WRONG = [
    ({"name": " "}, "consumer_name"),
    ({"name": "x" * 101}, "consumer_name"),
    ({"purpose": "unstated"}, "purpose"),
    ({"basis": ""}, "basis"),
    ({"scopes": ["everything"]}, "scope"),
    ({"rate": 0}, "rate"),
    ({"endpoint": "ftp://host.example/"}, "endpoint"),
    ({"endpoint": "https://user:word@host.example/"}, "endpoint"),
    ({"endpoint": "https://[::1/"}, "endpoint"),
    ({"endpoint": "https:///path"}, "endpoint"),
]


@pytest.mark.parametrize(("facts", "code"), WRONG)
def test_what_is_missing_or_wrong_is_said(stock, facts, code):
    with pytest.raises(ReviewError) as caught:
        consumers.ask(stock.user("lead"), **({"name": "registry"} | TERMS | facts))
    assert caught.value.code == code and not Consumer.objects.exists()


def test_other_terms_stand_once_allowed_and_the_old_ones_until_then(stock):
    consumer = stock.consumer("registry")
    asked = consumers.ask(stock.user("lead"), "registry", "legal", "Court order", scopes=["fields:health"])
    assert consumers.terms_of(consumer).purpose == "tracing"
    consumers.decide(stock.user("auditor"), asked.pk, allowed=True)
    assert consumers.terms_of(consumer).scopes == ["fields:health", "identities:read"]
    (listed,) = consumers.listing()
    assert (listed.state, listed.stands, listed.waits) == ("open", asked, None)


def test_the_database_refuses_what_the_functions_do(stock):
    terms = consumers.terms_of(stock.consumer("registry"))
    waits = consumers.ask(stock.user("lead"), "registry", **TERMS)
    statements = [
        f"UPDATE registry_consumerterms SET scopes = '[\"fields:location\"]' WHERE id = {terms.pk}",
        f"UPDATE registry_consumerterms SET allowed = false WHERE id = {terms.pk}",
        f"DELETE FROM registry_consumerterms WHERE id = {terms.pk}",
        f"UPDATE registry_consumerterms SET basis = 'other', allowed = true WHERE id = {waits.pk}",
        f"UPDATE registry_consumerterms SET allowed = true, decided_at = now(), decided_by_id = asked_by_id"
        f" WHERE id = {waits.pk}",
        f"UPDATE registry_consumer SET name = 'other' WHERE id = {terms.consumer_id}",
    ]
    for statement in statements:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    consumers.close(stock.user("auditor"), "registry")
    with pytest.raises(DatabaseError), transaction.atomic():
        Consumer.objects.update(closed_at=None)


def test_a_closed_consumer_is_closed_for_good(stock):
    plain = stock.token("registry")
    consumers.close(stock.user("lead"), "registry")
    assert tokens.authenticate(plain) is None
    with pytest.raises(ReviewError, match="for good"):
        consumers.ask(stock.user("lead"), "registry", **TERMS)
    with pytest.raises(RegistryError, match="no consumer"):
        tokens.issue("registry")


def test_tokens_are_stored_hashed_change_over_and_end(stock):
    plain = stock.token("registry", ["fields:health"])
    stock.token("other")
    caller = tokens.authenticate(plain)
    assert (caller.name, caller.scopes) == ("registry", {"identities:read", "fields:health"})
    stored = str(list(ApiToken.objects.values())) + str(list(AuditEntry.objects.values()))
    assert plain not in stored and len(plain) > 40
    for wrong in ("", "ridni_", plain[:-1], plain + "x", "\ud800", "\x00"):
        assert tokens.authenticate(wrong) is None
    newer = tokens.rotate("registry")
    assert tokens.authenticate(plain) is not None and tokens.authenticate(newer) is not None
    ends = [token.expires_at - timezone.now() for token in tokens.of_consumer(caller.consumer)]
    assert timedelta(days=6) < ends[0] <= tokens.OVERLAP < timedelta(days=179) < ends[1]
    ApiToken.objects.filter(consumer=caller.consumer, expires_at__lt=timezone.now() + tokens.OVERLAP).update(
        expires_at=timezone.now()
    )
    assert tokens.authenticate(plain) is None and tokens.authenticate(newer) is not None
    assert tokens.revoke("registry") == 1 and tokens.revoke("registry") == 0
    assert tokens.authenticate(newer) is None
    (listed,) = [one for one in consumers.listing() if one.consumer.name == "registry"]
    assert (listed.valid_tokens, listed.next_expiry) == (0, None) and listed.last_used_at is not None


def test_a_bucket_fills_evenly():
    now = [0.0]
    buckets = Buckets(lambda: now[0])
    assert [buckets.take(1, 3)[0] for _ in range(4)] == [True, True, True, False]
    assert buckets.take(2, 3)[0]
    now[0] = 20.0
    assert buckets.take(1, 3) == (True, Allowance(3, 0, 60))
    assert not buckets.take(1, 3)[0]
    now[0] = 1_000.0
    assert buckets.take(1, 3) == (True, Allowance(3, 2, 20))
