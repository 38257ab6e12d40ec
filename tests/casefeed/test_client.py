"""The client that case systems copy: by events and by snapshots it comes to the same, wherever it is killed."""

import itertools
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from casefeed.client import follower
from casefeed.client.follower import FeedError, Follower
from registry.access import field_access, tokens
from registry.identities import answers, consumer_state, feed_position, outbox
from registry.judgements import changes
from registry.models import Candidate, Identity, IdentityMember
from tests.conftest import Stock
from web.wsgi import application

pytestmark = pytest.mark.django_db

SERIAL = itertools.count()
URL = "http://127.0.0.1/api/v1"
PAGE = Path(__file__).parents[2] / "docs" / "case-systems.md"


@pytest.fixture(autouse=True)
def _one_connection():
    """Keep the test's own transaction open between requests, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


class Killed(Exception):
    """Somebody has ended the process."""


class Transport(httpx.BaseTransport):
    """Reaches the application itself; ends the process before or after a request that chance names."""

    def __init__(self, chance=0.0, seed=0):
        self._inner = httpx.WSGITransport(application)
        self._chance, self._random = chance, random.Random(seed)

    def handle_request(self, request):
        if self._random.random() < self._chance:
            raise Killed
        response = self._inner.handle_request(request)
        if self._random.random() < self._chance:
            raise Killed
        return response


def opened(token, file, **chance):
    return Follower(URL, token, file, http=httpx.Client(transport=Transport(**chance)))


def verify(stock, left=None, right=None):
    return str(stock.judge(stock.candidate(left, right), "same", "same").identity_id)


def test_what_is_done_is_not_given_again_and_what_is_not_is(stock, tmp_path):
    token, file = stock.token(), tmp_path / "feed"
    first, second = verify(stock), verify(stock)
    with opened(token, file) as feed:
        given = list(feed.follow())
        assert [change.id for change in given] == sorted([first, second])
        feed.done(given[0])
    with opened(token, file) as feed:
        assert [change.id for change in feed.follow()] == [given[1].id]
        asked = changes.ask(stock.user("lead"), "retract", UUID(given[0].id), "slip")
        changes.decide(stock.user("lead"), asked.pk, allowed=True)
        assert {change.id: change.status for change in feed.follow()} == {
            given[0].id: "retracted",
            given[1].id: "verified",
        }
        assert feed.stands_as(given[0].id) is None and feed.stands_as(given[1].id) == given[1].id


def test_merged_ids_lead_on(stock, tmp_path):
    records = [stock.record() for _ in range(4)]
    first, second = verify(stock, *records[:2]), verify(stock, *records[2:])
    with opened(stock.token(), tmp_path / "feed") as feed:
        list(feed.follow())
        verify(stock, records[1], records[2])
        list(feed.follow())
        assert feed.stands_as(second) == first


def test_an_alias_of_an_alias_is_told_where_it_stands_now(stock, tmp_path):
    records = [stock.record() for _ in range(6)]
    eldest, elder, young = (verify(stock, *records[at : at + 2]) for at in (0, 2, 4))
    with opened(stock.token(), tmp_path / "feed") as feed:
        verify(stock, records[3], records[4])
        list(feed.follow())
        assert feed.states()[young]["merged_into"] == elder
        verify(stock, records[1], records[2])
        list(feed.follow())
        assert {feed.states()[one]["merged_into"] for one in (elder, young)} == {eldest} and feed.reconcile() == 0


def test_another_epoch_is_noticed_and_what_the_backup_does_not_know_is_not_used(stock, tmp_path):
    with opened(stock.token(), tmp_path / "feed") as feed:
        kept = verify(stock)
        feed_position.current()
        with transaction.atomic():
            lost = verify(stock)
            list(feed.follow())
            assert feed.stands_as(lost) == lost
            transaction.set_rollback(True)
        feed_position.begin_epoch()
        list(feed.follow())
        assert feed.stands_as(lost) is None and feed.stands_as(kept) == kept


def test_a_state_that_lies_and_a_snapshot_that_was_cut_off_are_refused(stock, tmp_path):
    verify(stock)
    lines = b"".join(Transport().handle_request(httpx.Request("GET", f"{URL}/snapshot", headers={
        "Authorization": f"Bearer {stock.token()}"})).iter_raw()).splitlines(keepends=True)  # fmt: skip

    def answered(body):
        transport = httpx.MockTransport(lambda request: httpx.Response(200, content=body))
        return Follower(URL, "token", tmp_path / "feed", http=httpx.Client(transport=transport))

    with answered(b"".join(lines[:-1])) as feed, pytest.raises(FeedError, match="cut off"):
        feed.reconcile()
    with answered(b"".join(lines).replace("Зоряна".encode(), "Мар’яна".encode())) as feed:
        with pytest.raises(FeedError, match="SHA-256"):
            feed.reconcile()
        assert feed.states() == {} and feed.cursor is None
    with answered(b"".join(lines)) as feed:
        assert feed.reconcile() == 1 and feed.reconcile() == 0


class Histories(RuleBasedStateMachine):
    """Random histories; whatever happens, and wherever the follower is killed, it holds what a snapshot gives."""

    folder: Path

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.stock = Stock()
        self.records = [self.stock.record() for _ in range(6)]
        self.caller_token = self.stock.token(rate=60_000)
        feed_position.current()
        self.file = self.folder / f"{next(SERIAL)}"

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def standing(self):
        return list(Identity.objects.filter(status="verified").order_by("created_at", "pk"))

    def decided(self, kind, identity, reason, **more):
        asked = changes.ask(self.stock.user("lead"), kind, identity.pk, reason, **more)
        changes.decide(self.stock.user("lead"), asked.pk, allowed=True)

    @rule(left=st.integers(0, 5), right=st.integers(0, 5))
    def verify(self, left, right):
        held = dict(IdentityMember.objects.values_list("row_id", "identity_id"))
        one, other = self.records[left].pk, self.records[right].pk
        if left != right and (held.get(one) is None or held.get(one) != held.get(other)):
            first, second = sorted((self.records[left], self.records[right]), key=lambda record: record.pk)
            if not Candidate.objects.filter(left=first, right=second).exists():  # nobody judges a pair anew here
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
    @rule(at=st.integers(0, 5), settled=st.booleans())
    def dispute(self, at, settled):
        standing = self.standing()
        caller = tokens.authenticate(self.caller_token)
        key = f"k{next(SERIAL)}"
        made = answers.answer(caller, standing[at % len(standing)].pk, "disputed", key, reason="other").answer
        if settled:
            answers.settle(self.stock.user("lead"), made.pk, "stands")

    @rule()
    def restore_a_backup(self):
        feed_position.begin_epoch()

    @rule(done=st.booleans())
    def follow(self, done):
        try:
            with opened(self.caller_token, self.file, chance=0.3, seed=next(SERIAL)) as feed:
                for change in feed.follow():
                    if done:
                        feed.done(change)
        except Killed:
            pass

    @invariant()
    def by_events_and_by_snapshot_the_same(self):
        with opened(self.caller_token, self.file) as feed:
            list(feed.follow())
            held = feed.states()
            ids = list(Identity.objects.values_list("pk", flat=True))
            clearance = consumer_state.Clearance(field_access.of_scopes(["identities:read"]))
            now = {str(one.id): one.document for one in consumer_state.of_ids(ids, clearance)}
            assert held == now and feed.reconcile() == 0


@pytest.mark.slow
@pytest.mark.timeout(1_200)
def test_random_histories_with_kills(tmp_path):
    Histories.folder = tmp_path
    # Each step is a follower, its snapshot and a restart: few histories, and none that is made smaller for an hour.
    few = settings(
        max_examples=4,
        stateful_step_count=8,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Histories, settings=few)


def test_the_file_can_be_copied_and_the_worked_example_of_the_page_runs(stock, tmp_path, monkeypatch):
    shutil.copy(follower.__file__, tmp_path / "follower.py")
    alone = "import sys, follower; print([m for m in sys.modules if m.startswith(('registry', 'django', 'casefeed'))])"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {alone}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("httpx.Client.__init__", through_application(httpx.Client.__init__))
    left = stock.record(batch=stock.batch("reports", source_class="family", side="seeking"))
    right = stock.record({"full_name": "Выгаданко Заряна"}, batch=stock.batch("bank", side="found"))
    identity = verify(stock, left, right)
    token = stock.token(endpoint="https://case.example/hook")
    secret = outbox.new_secret("case system")
    body, headers = signed(secret)
    names = {"URL": URL, "TOKEN": token, "FILE": tmp_path / "copy", "ID": identity}
    names |= {"SECRET": secret, "BODY": body, "HEADERS": headers}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(block, str(PAGE), "exec"), names)
    assert names["used"] == {identity: "Вигаданенко Зоряна"} and names["undone"] == []
    assert (names["rule"], names["stands"], names["mended"]) == ("family", identity, 0)
    (kept,) = answers.of_identity(UUID(identity))
    assert (kept.kind, str(kept.on)) == ("reunified", "2026-11-05")
    assert names["told"]["data"] == {"identity": identity}


def through_application(made):
    def init(self, *arguments, **more):
        made(self, *arguments, **(more | {"transport": Transport()}))

    return init


def signed(secret):
    from datetime import UTC, datetime

    from casefeed import webhooks

    identity = Identity.objects.get()
    body = consumer_state.canonical({"type": "identity.verified", "data": {"identity": str(identity.pk)}})
    now = datetime.now(UTC).replace(microsecond=0)
    headers = {"webhook-id": "m_1", "webhook-timestamp": str(int(now.timestamp()))}
    return body, headers | {"webhook-signature": webhooks.signature([secret], "m_1", now, body)}
