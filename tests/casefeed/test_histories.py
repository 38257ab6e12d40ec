"""Random histories for three consumers at once: one follows events, one is called by webhooks, one runs a Primero.

Whatever happens to identities, and wherever anybody is ended, times out, answers twice, slowly, with 500, or lies: once
each has been let in peace, what it holds by what it was told is what a snapshot gives.
"""

import itertools
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from standardwebhooks import Webhook

from casefeed import webhooks
from casefeed.adapters.primero import delivery, plan, terms
from casefeed.adapters.primero.client import Primero
from casefeed.adapters.primero.errors import PrimeroFault, PrimeroRefused
from casefeed.client.follower import FeedError, Follower
from configs.settings import settings as chosen
from registry.access import field_access, tokens
from registry.identities import answers, consumer_state, feed_position, outbox
from registry.judgements import changes, erasing, follow, replay
from registry.models import Candidate, Identity, IdentityMember, Record, WebhookMessage
from tests.casefeed.primero_double import PrimeroDouble
from tests.conftest import Stock
from web.wsgi import application

pytestmark = pytest.mark.django_db

URL = "http://127.0.0.1/api/v1"
BASIS = "Protocol 7 of a fictional body"
HOOK = "https://receiver.example/hook"
SERIAL = itertools.count()
NAMES = ("Зоряна", "Мирон", "Левко", "Орест", "Соломія", "Назар")


class Ended(Exception):
    """Somebody has ended the process."""


class Rough(httpx.BaseTransport):
    """A way to another transport on which chance ends the process, loses answers, is slow, or says 500."""

    def __init__(self, inner, seed, ends=True):
        self.inner, self.draw, self.ends = inner, random.Random(seed), ends

    def handle_request(self, request):
        chance = self.draw.random()
        if self.ends and chance < 0.12:
            raise Ended
        if chance < 0.16:
            raise httpx.ReadTimeout("slow", request=request)
        if chance < 0.20:
            return httpx.Response(500, json={"errors": []}, request=request)
        answer = self.inner.handle_request(request)
        if self.ends and self.draw.random() < 0.12:
            raise Ended  # what was asked for has happened, and nobody heard of it
        return answer


class Receiver:
    """Verifies what it is told, remembers which words came, and asks the feed for what they name."""

    def __init__(self, secret, token):
        self.secret, self.token = secret, token
        self.seen, self.held, self.epoch = set(), {}, None
        self.mood = None

    def handle(self, request):
        if self.mood == "slow":
            raise httpx.ReadTimeout("slow", request=request)
        if self.mood == "gone":
            return httpx.Response(410)
        told = Webhook(self.secret).verify(request.content, dict(request.headers))
        if self.mood == 500:
            return httpx.Response(500)
        self.seen.add(request.headers["webhook-id"])
        epoch = told["data"]["cursor"].partition(".")[0]
        if self.epoch != epoch:  # a backup was restored: ask anew for all that is held
            self.epoch = epoch
            for number in list(self.held):
                self.ask(number)
        self.ask(told["data"]["identity"])
        if self.mood == "lies":  # it has done it, and says that it has not: the same word comes again
            return httpx.Response(503)
        return httpx.Response(204)

    def ask(self, identity):
        ids = [identity]
        while ids:
            number = ids.pop()
            with httpx.Client(transport=httpx.WSGITransport(application)) as http:
                answer = http.get(f"{URL}/identities/{number}", headers={"Authorization": f"Bearer {self.token}"})
            if answer.status_code == 404:  # of a time that a backup does not know
                self.held.pop(number, None)
                continue
            document = answer.json()
            self.held[number] = document
            ids += [document["merged_into"]] if document.get("merged_into") else []


class Histories(RuleBasedStateMachine):
    """Acts of people, of consumers, and of chance."""

    @initialize()
    def begin(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.stock = Stock()
        batch = self.stock.batch("reports", source_class="family", side="seeking")
        self.records = [
            self.stock.record({"surname": "Вигаданенко", "given": name, "consent": "так"}, batch=batch,
                              values={"consent": "yes"}) for name in NAMES
        ]  # fmt: skip
        self.gone = set()
        self.tokens = {name: self.stock.token(name, rate=60_000) for name in ("follower", "receiver")}
        self.stock.consumer("receiver", endpoint=HOOK, rate=60_000)
        self.stock.consumer("primero", writes_to="https://primero.example")
        self.receiver = Receiver(outbox.new_secret("receiver"), self.tokens["receiver"])
        self.double, self.lead = PrimeroDouble(), self.stock.user("lead")
        self.instance = terms.Instance.model_validate({"protocol": BASIS, "user": "intake", "owned_by": "intake"})
        feed_position.current()
        self.file = self.folder / f"{next(SERIAL)}"
        self.backup = None
        for left, right in ((0, 1), (2, 3), (4, 5)):
            self.verify(left, right)

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # what people do

    def standing(self):
        return list(Identity.objects.filter(status="verified").order_by("created_at", "pk"))

    def decided(self, kind, identity, reason, **more):
        asked = changes.ask(self.stock.user("lead"), kind, identity.pk, reason, **more)
        changes.decide(self.stock.user("lead"), asked.pk, allowed=True)

    @rule(left=st.integers(0, 5), right=st.integers(0, 5))
    def verify(self, left, right):
        held = dict(IdentityMember.objects.values_list("row_id", "identity_id"))
        first, second = sorted((self.records[left], self.records[right]), key=lambda record: record.pk)
        apart = held.get(first.pk) is None or held.get(first.pk) != held.get(second.pk)
        fresh = not Candidate.objects.filter(left=first, right=second).exists()
        if left != right and apart and fresh and not self.gone & {first.pk, second.pk}:
            self.stock.judge(self.stock.candidate(first, second), "same", "same")

    @precondition(lambda self: self.standing())
    @rule(at=st.integers(0, 5))
    def retract(self, at):
        standing = self.standing()
        self.decided("retract", standing[at % len(standing)], "slip")

    @precondition(lambda self: [one for one in self.standing() if one.members.count() > 2])
    @rule()
    def split(self):
        identity = next(one for one in self.standing() if one.members.count() > 2)
        rows = sorted(identity.members.values_list("row_id", flat=True))
        self.decided("split", identity, "two_children", parts=[rows[:-1], rows[-1:]])

    @precondition(lambda self: self.standing())
    @rule(at=st.integers(0, 5))
    def dispute(self, at):
        standing = self.standing()
        caller = tokens.authenticate(self.tokens["follower"])
        answers.answer(caller, standing[at % len(standing)].pk, "disputed", f"k{next(SERIAL)}", reason="other")

    @precondition(lambda self: answers.disputes())
    @rule()
    def settle(self):
        answers.settle(self.stock.user("lead"), answers.disputes()[0].pk, "stands")

    @precondition(lambda self: IdentityMember.objects.exists())
    @rule(at=st.integers(0, 5), tracing=st.sampled_from(["yes", "yes", "no"]))
    def correct(self, at, tracing):
        rows = list(IdentityMember.objects.order_by("row_id").values_list("row_id", flat=True))
        row = Record.objects.get(pk=rows[at % len(rows)])
        newest = Record.objects.filter(source=row.source, key=row.key).order_by("-version").first()
        Record.objects.filter(pk=newest.pk).update(is_current=False)
        said = {"given": f"{NAMES[at]} {next(SERIAL)}", "consent": "так" if tracing == "yes" else "ні"}
        batch = self.stock.batch("reports", source_class="family", side="seeking")
        self.stock.record(newest.payload["written"] | said, batch=batch, key=row.key, version=newest.version + 1,
                          values={"consent": tracing})  # fmt: skip
        with transaction.atomic():
            follow.delivery(batch.pk)

    @precondition(lambda self: len(self.gone) < 3 and IdentityMember.objects.exists())
    @rule(at=st.integers(0, 5))
    def erase(self, at):
        rows = list(IdentityMember.objects.order_by("row_id").values_list("row_id", flat=True))
        self.gone.add(rows[at % len(rows)])
        erasing.erase_rows(self.lead, [rows[at % len(rows)]])

    @rule()
    def back_up(self):
        self.backup = transaction.savepoint(), set(self.gone)

    @precondition(lambda self: self.backup)
    @rule()
    def restore_the_backup(self):
        saved, self.gone = self.backup
        transaction.savepoint_rollback(saved)
        self.backup = None
        feed_position.begin_epoch()
        outbox.replay("receiver", 1)  # as docs/case-systems.md says: the words of the other future stand for nothing

    # what consumers do, and what is done to them

    @rule()
    def follow(self):
        way = Rough(httpx.WSGITransport(application), next(SERIAL))
        try:
            with Follower(URL, self.tokens["follower"], self.file, http=httpx.Client(transport=way)) as feed:
                for change in feed.follow():
                    feed.done(change)
        except (Ended, httpx.ReadTimeout, FeedError):
            pass

    @rule(mood=st.sampled_from([None, 500, "slow", "lies"]))
    def call(self, mood):
        self.receiver.mood = mood
        deliver(self.receiver)

    @rule()
    def receiver_is_gone_for_a_while(self):
        self.receiver.mood = "gone"
        deliver(self.receiver)

    @rule()
    def write(self):
        with suppress(Ended, PrimeroFault, PrimeroRefused):
            self.bring_up_to_date(Rough(self.double.transport(), next(SERIAL)))

    @precondition(lambda self: self.double.cases)
    @rule(at=st.integers(0, 5))
    def somebody_edits_a_case(self, at):
        case = sorted(self.double.cases)[at % len(self.double.cases)]
        self.double.cases[case]["name_nickname"] = f"прізвисько {next(SERIAL)}"

    def bring_up_to_date(self, transport):
        with Primero("https://primero.example", user="intake", password="secret", transport=transport,
                     sleep=lambda seconds: None) as client:  # fmt: skip
            return delivery.deliver(self.lead, "primero", self.instance, client)

    # what holds at every step

    @invariant()
    def all_hold_what_a_snapshot_gives(self):
        if not hasattr(self, "file"):
            return
        assert replay.states() == replay.stored()
        ids = list(Identity.objects.values_list("pk", flat=True))
        clearance = consumer_state.Clearance(field_access.of_scopes(["identities:read"]))
        now = {str(one.id): one.document for one in consumer_state.of_ids(ids, clearance)}
        self.follower_holds(now)
        self.receiver_holds(now)
        self.primero_holds(now)

    def follower_holds(self, now):
        http = httpx.Client(transport=httpx.WSGITransport(application))
        with Follower(URL, self.tokens["follower"], self.file, http=http) as feed:
            list(feed.follow())
            assert feed.states() == now and feed.reconcile() == 0

    def receiver_holds(self, now):
        self.receiver.mood = None
        outbox_is_open()
        while deliver(self.receiver):
            pass
        assert self.receiver.held == now

    def primero_holds(self, now):
        report = self.bring_up_to_date(self.double.transport())
        assert report.problems == [] and not report.counts["failed"]
        content = self.double.content()
        for identity, document in now.items():
            said, wanted = plan.flattened(content.pop(identity, {})), plan.wanted(document, self.instance)
            for key in {*said, *wanted} - {"id", "name_nickname"}:
                # What a run of another future wrote is nobody's any more: a person there was told of it.
                told = any(key in message for message in self.double.messages(identity))
                assert said.get(key) == wanted.get(key) or told, (identity, key)
        for case in content:
            assert any("not known any more" in message for message in self.double.messages(case)), case


def deliver(receiver):
    """Make one attempt for each message, whenever it is due; returns how many there were."""
    WebhookMessage.objects.filter(state="waiting").update(next_at=datetime.now(UTC) - timedelta(seconds=1))
    now, count = feed_position.current(), 0
    with httpx.Client(transport=httpx.MockTransport(receiver.handle)) as client:
        for message in outbox.claim(100):
            status, wait = webhooks.attempt(client, message, now)
            outbox.answered(message, status, wait)
            count += 1
    return count


def outbox_is_open():
    """Let a person look: whoever said that it is gone, or took nothing for too long, is told again."""
    for one in outbox.standing():
        if one.needs_a_person:
            outbox.replay(one.consumer.name, one.since or 1)


@pytest.fixture(autouse=True)
def _one_connection():
    """Keep the test's own transaction open between requests, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.timeout(2_400)
def test_random_histories_of_a_follower_a_receiver_and_a_primero(tmp_path, monkeypatch):
    monkeypatch.setattr(webhooks, "pinned", lambda endpoint: (endpoint, "receiver.example"))  # no name is looked up
    monkeypatch.setattr(chosen(), "webhook_loopback", True)
    Histories.folder = tmp_path
    few = settings(
        max_examples=4,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Histories, settings=few)
