"""What case systems hold: pages that tell a person who has to hear of what, and an identity's answers."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.access import tokens
from registry.identities import answers, feed_files, feed_position, holders, outbox
from registry.judgements import changes
from registry.models import ExportRequest, WebhookMessage
from registry.models.feed.webhook import WebhookState

pytestmark = pytest.mark.django_db


def verify(stock):
    return str(stock.judge(stock.candidate(), "same", "same").identity_id)


def retract(stock, identity):
    asked = changes.ask(stock.user("lead"), "retract", UUID(identity), "slip")
    changes.decide(stock.user("lead"), asked.pk, allowed=True)


def ask(token, path):
    return Client(headers={"Authorization": f"Bearer {token}"}).get(f"/api/v1{path}")


def row(html, *words):
    """Return the row of a table that has these words."""
    (found,) = [part for part in html.split("<tr>") if all(word in part for word in words)]
    return found


def test_who_has_to_let_go_stands_on_the_page_until_it_has_heard(stock, sign_in):
    token, identity, other = stock.token("partner"), verify(stock), verify(stock)
    for one in (identity, other):
        ask(token, f"/identities/{one}")
    retract(stock, identity)
    (share,) = holders.shares()
    assert (share.consumer, share.way, share.held, share.behind, share.owed) == ("partner", "feed", 2, 1, 1)
    client = sign_in("olena", "lead")
    html = client.get("/consumers/deliveries/").content.decode()
    assert '<strong class="tag">1</strong>' in row(html, "partner", "asked for it")
    events = ask(token, "/events").json()
    ask(token, f"/events?cursor={events[-1]['id']}")
    (share,) = holders.shares()
    assert (share.held, share.behind, share.owed) == (2, 0, 0)
    ask(token, f"/identities/{identity}")
    assert holders.shares()[0].held == 1


def test_dead_letters_and_endpoints_that_are_gone_are_told_and_sent_again(stock, sign_in):
    stock.consumer("partner", endpoint="https://partner.example/hook")
    outbox.new_secret("partner")
    verify(stock)
    client = sign_in("olena", "lead")
    assert "stand still" not in client.get("/consumers/").content.decode()
    (message,) = outbox.claim()
    outbox.answered(message, 410)
    for path in ("/consumers/", "/consumers/deliveries/"):
        assert "partner" in client.get(path).content.decode()
    assert "Webhooks stand still until a person looks: partner." in client.get("/consumers/").content.decode()
    html = client.get("/consumers/deliveries/").content.decode()
    assert "said that it is gone" in html and "Tell again from event 1" in html
    answer = client.post("/consumers/deliveries/again/", {"name": "partner", "from": "1"}, follow=True)
    assert "1 messages wait to be sent." in answer.content.decode()
    WebhookMessage.objects.update(state=WebhookState.DEAD)
    html = client.get("/consumers/deliveries/").content.decode()
    assert "1 given up" in html
    auditor = sign_in("petro", "auditor").get("/consumers/deliveries/").content.decode()
    assert "1 given up" in auditor and "Tell again" not in auditor


def test_a_webhook_stands_in_the_ledger_and_confirms_nothing(stock):
    stock.consumer("partner", endpoint="https://partner.example/hook")
    outbox.new_secret("partner")
    identity = verify(stock)
    feed_position.current()
    (message,) = outbox.claim()
    assert holders.of_identity(UUID(identity)) == []
    outbox.answered(message, 500)
    assert holders.of_identity(UUID(identity)) == []
    WebhookMessage.objects.update(next_at=datetime(2020, 1, 1, tzinfo=UTC))
    (message,) = outbox.claim()
    outbox.answered(message, 204)
    (held,) = holders.of_identity(UUID(identity))
    assert (held.consumer, held.ways, held.status, held.confirmed) == ("partner", ("webhook",), "verified", False)
    assert holders.shares() == [] and holders.everywhere(behind=True) == []


def test_an_identity_shows_who_holds_it_by_which_way_and_what_was_answered(stock, sign_in):
    identity = verify(stock)
    token = stock.token("partner")
    ask(token, f"/identities/{identity}")
    caller = tokens.authenticate(token)
    answers.answer(caller, UUID(identity), "reunified", "a", on=datetime(2026, 11, 5, tzinfo=UTC).date())
    answers.answer(caller, UUID(identity), "disputed", "b", reason="wrong_values")
    client = sign_in("olena", "lead")
    html = client.get(f"/identities/{identity}/").content.decode()
    assert "not confirmed" in row(html, "partner", "asked for it", "verified as one child")  # it was disputed since
    assert "05.11.2026" in row(html, "partner", "reunified with the family")
    assert "waits for a third person" in row(html, "partner", "disputed", "values are wrong")
    client = sign_in("marko", "lead", language="uk")
    assert "возз’єднано з родиною" in client.get(f"/identities/{identity}/").content.decode()


def test_an_export_is_held_by_its_recipient(stock):
    from io import StringIO

    from registry import exports

    identity = verify(stock)
    feed_position.current()
    olena, petro = stock.user("lead"), stock.user("lead")
    asked = exports.ask(olena, "identities", "tracing", "A partner body")
    exports.decide(petro, asked.pk, allowed=True)
    exports.fetch(olena, asked.pk, StringIO())
    (held,) = holders.of_identity(UUID(identity))
    assert (held.consumer, held.ways, held.confirmed) == ("A partner body", ("export",), True)
    retract(stock, identity)
    (held,) = holders.of_identity(UUID(identity))
    assert (held.confirmed, held.stands) == (False, False)
    (share,) = holders.shares()
    assert (share.way, share.owed) == ("export", 1) and ExportRequest.objects.count() == 1


def test_a_file_is_confirmed_on_the_page(stock, sign_in):
    consumer = stock.consumer("partner")
    feed_files.enter(stock.user("lead"), consumer, "pfif", feed_position.current(), "0" * 64, 3, 1)
    client = sign_in("olena", "lead")
    html = client.get("/consumers/deliveries/").content.decode()
    assert "1 taken back" in row(html, "partner", "in a PFIF file")
    number = feed_files.newest()[0].pk
    client.post(f"/consumers/files/{number}/confirm/")
    assert feed_files.newest()[0].confirmed_by.username == "olena"
    assert "confirmed already" in client.post(f"/consumers/files/{number}/confirm/", follow=True).content.decode()


def test_who_holds_an_identity_is_one_query(stock):
    identity = verify(stock)
    for name in ("one", "two", "three"):
        ask(stock.token(name), f"/identities/{identity}")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(holders.of_identity(UUID(identity))) == 3
    assert len(asked) == 1


def test_of_a_merged_id_the_holders_stand_under_the_one_that_stands(stock):
    records = [stock.record() for _ in range(4)]
    pairs = [stock.candidate(*pair) for pair in (records[:2], records[2:])]
    first, second = (str(stock.judge(pair, "same", "same").identity_id) for pair in pairs)
    token = stock.token("partner")
    ask(token, f"/identities/{second}")
    stock.judge(stock.candidate(records[1], records[2]), "same", "same")
    (held,) = holders.of_identity(UUID(first))
    assert (held.identity, held.confirmed) == (UUID(first), False)
    assert holders.everywhere(behind=True) == [held]


def test_figures_without_identities_are_a_page_a_table_and_a_picture(stock, sign_in, monkeypatch):
    from configs.settings import settings

    monkeypatch.setattr(settings(), "outcomes_threshold", 3)
    verify(stock)
    client = sign_in("olena", "lead")
    html = client.get("/outcomes/").content.decode()
    assert (
        "None of these figures is a number of children" in html and "Identities that two people have verified" in html
    )
    assert client.get("/outcomes/figures.csv")["Content-Type"].startswith("text/csv")
    assert client.get("/outcomes/figures.svg").content.startswith(b"<svg")
    assert "Показники без осіб" in sign_in("marko", "auditor", language="uk").get("/outcomes/").content.decode()
    assert sign_in("maria").get("/outcomes/").status_code == 403
