"""Webhooks against a real receiver: signed, in order, again by the schedule, to public addresses only."""

import json
import socket
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.fernet import InvalidToken
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

import keys
from casefeed import webhooks
from configs.settings import settings
from keys import changes as ring
from registry.errors import RegistryError
from registry.identities import outbox
from registry.judgements import changes
from registry.models import AuditEntry, WebhookMessage, WebhookSecret

pytestmark = pytest.mark.django_db(transaction=True)


class Receiver:
    """Keeps what it is sent, and answers as it is told: a status, or a function of the handler."""

    def __init__(self):
        receiver = self
        self.got, self.answers = [], []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append((dict(self.headers), body))
                answer = receiver.answers.pop(0) if receiver.answers else (204, {})
                if answer is None:  # ends the connection without a word
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                status, headers = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?x=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def bodies(self):
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setattr(settings(), "webhook_loopback", True)
    made = Receiver()
    yield made
    made.server.shutdown()


def verify(stock, left=None, right=None):
    return str(stock.judge(stock.candidate(left, right), "same", "same").identity_id)


def come_due():
    WebhookMessage.objects.filter(state="waiting").update(next_at=timezone.now() - timedelta(seconds=1))


def test_a_word_is_signed_with_both_secrets_and_holds_ids_only(stock, receiver):
    stock.consumer("registry", endpoint=receiver.url)
    old = outbox.new_secret("registry")
    new = outbox.new_secret("registry")
    identity = verify(stock)
    assert webhooks.deliver() == Counter(delivered=1) and webhooks.deliver() == Counter()
    ((headers, body),) = receiver.got
    for secret in (old, new):
        Webhook(secret).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body.replace(b"verified", b"merged"), headers)
    signed_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert abs(datetime.now(UTC) - signed_at) < timedelta(minutes=1)
    told = json.loads(body)
    assert (told["type"], told["data"]["identity"], told["data"]["sequence"]) == ("identity.verified", identity, 1)
    assert set(told["data"]) == {"identity", "cursor", "sequence"} and len(body) < 20_000
    assert "." not in headers["webhook-id"] and headers["host"] == receiver.url.split("/")[2]


def test_secrets_outlive_a_rotation_of_the_ring(stock):
    consumer = stock.consumer("registry", endpoint="https://registry.example/hooks")
    secret = outbox.new_secret("registry")
    before = consumer.webhook_secrets.get().sealed
    ring.renew()
    assert outbox.rewrap() == 1
    assert outbox.secrets_of(consumer) == [secret] and consumer.webhook_secrets.get().sealed != before


def test_secrets_of_before_are_read_until_they_are_sealed_with_keys_of_their_own(stock):
    consumer = stock.consumer("registry", endpoint="https://registry.example/hooks")
    secret = outbox.new_secret("registry")
    former = keys.fernet(keys.Purpose.SECOND_FACTORS, "webhook secrets")
    row = consumer.webhook_secrets.get()
    with pytest.raises(InvalidToken):
        former.decrypt(row.sealed.encode())
    WebhookSecret.objects.update(sealed=former.encrypt(secret.encode()).decode())
    assert outbox.secrets_of(consumer) == [secret]
    assert outbox.rewrap() == 1
    own = keys.fernet(keys.Purpose.WEBHOOKS, "webhook secrets")
    assert own.decrypt(consumer.webhook_secrets.get().sealed.encode()).decode() == secret


def test_words_of_one_identity_come_in_order_and_others_do_not_wait(stock, receiver):
    stock.consumer("registry", endpoint=receiver.url)
    outbox.new_secret("registry")
    a, b, c = (stock.record() for _ in range(3))
    first = verify(stock, a, b)
    verify(stock, b, c)
    other = verify(stock)
    receiver.answers = [(500, {}), (204, {})]
    assert webhooks.deliver() == Counter(waiting=1, delivered=1)
    assert [told["data"]["identity"] for told in receiver.bodies()] == [first, other]
    assert webhooks.deliver() == Counter()
    come_due()
    webhooks.deliver()
    webhooks.deliver()
    told = [(one["type"], one["data"]["sequence"]) for one in receiver.bodies() if one["data"]["identity"] == first]
    assert told == [("identity.verified", 1), ("identity.verified", 1), ("identity.updated", 2)]
    same = {headers["webhook-id"] for headers, body in receiver.got if json.loads(body)["data"]["sequence"] == 1}
    assert len(same) == 1


def test_the_schedule_is_kept_and_ends_with_a_dead_letter_and_a_word_to_people(stock, receiver):
    stock.consumer("registry", endpoint=receiver.url)
    outbox.new_secret("registry")
    verify(stock)
    receiver.answers = [(500, {})] * len(outbox.SCHEDULE)
    for number in range(len(outbox.SCHEDULE)):
        before = timezone.now()
        assert webhooks.deliver() == Counter({"dead" if number == 9 else "waiting": 1})
        if number < 9:
            wait = WebhookMessage.objects.get().next_at - before
            least = outbox.SCHEDULE[number + 1]
            assert least <= wait <= least * (1 + outbox.JITTER) + timedelta(seconds=20)
        come_due()
    assert webhooks.deliver() == Counter() and len(receiver.got) == 10
    assert AuditEntry.objects.filter(action="webhook.dead").count() == 1
    (standing,) = outbox.standing()
    assert (standing.waiting, standing.dead) == (0, 1)
    assert outbox.replay("registry", 1) == 1 and webhooks.deliver() == Counter(delivered=1)


@pytest.mark.parametrize("answer", [None, (301, {"location": "http://127.0.0.1:1/"}), (400, {}), (500, {})])
def test_whatever_is_no_success_is_tried_again_and_no_redirect_is_followed(stock, receiver, answer):
    stock.consumer("registry", endpoint=receiver.url)
    outbox.new_secret("registry")
    verify(stock)
    receiver.answers = [answer]
    assert webhooks.deliver() == Counter(waiting=1) and len(receiver.got) == 1


def test_an_endpoint_may_ask_to_wait(stock, receiver):
    stock.consumer("registry", endpoint=receiver.url)
    outbox.new_secret("registry")
    verify(stock)
    receiver.answers = [(429, {"retry-after": "3600"})]
    webhooks.deliver()
    assert WebhookMessage.objects.get().next_at - timezone.now() > timedelta(minutes=59)


def test_gone_switches_off_and_a_person_hears_of_it(stock, receiver):
    stock.consumer("registry", endpoint=receiver.url)
    outbox.new_secret("registry")
    verify(stock)
    receiver.answers = [(410, {})]
    webhooks.deliver()
    verify(stock)
    come_due()
    assert webhooks.deliver() == Counter() and len(receiver.got) == 1
    assert outbox.standing()[0].off_since is not None
    assert AuditEntry.objects.filter(action="webhook.switched_off").count() == 1
    assert outbox.replay("registry", 1) == 2 and webhooks.deliver() == Counter(delivered=2)


def test_an_attempt_that_was_killed_is_made_again_and_an_old_answer_counts_no_more(stock, receiver):
    stock.consumer("registry", endpoint=receiver.url)
    outbox.new_secret("registry")
    verify(stock)
    (killed,) = outbox.claim()
    assert outbox.claim() == [] and webhooks.deliver() == Counter()
    come_due()
    assert webhooks.deliver() == Counter(delivered=1)
    assert outbox.answered(killed, 500) == "delivered"


def test_only_who_has_an_address_is_told_and_events_of_before_by_replay(stock, receiver):
    stock.consumer("silent")
    verify(stock)
    stock.consumer("registry", endpoint=receiver.url)
    assert not WebhookMessage.objects.exists()
    identity = verify(stock)
    changes.decide(stock.user("lead"), changes.ask(stock.user("lead"), "retract", identity, "slip").pk, allowed=True)
    assert WebhookMessage.objects.count() == 2 and {one.consumer.name for one in WebhookMessage.objects.all()} == {
        "registry"
    }
    assert outbox.replay("registry", 1) == 3
    with pytest.raises(RegistryError, match="no address"):
        outbox.replay("silent", 1)


PRIVATE = [
    "https://127.0.0.1/",
    "https://localhost/",
    "https://10.0.0.7/",
    "https://192.168.1.1:8443/",
    "https://169.254.169.254/latest/",
    "https://[::1]/",
    "https://[fe80::1]/",
    "https://[::ffff:10.0.0.7]/",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://nowhere.invalid/",
    "http://127.0.0.1/",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_refused_after_resolution(address):
    with pytest.raises(webhooks.Unreachable):
        webhooks.pinned(address)


def test_a_name_that_leads_to_a_private_network_too_is_refused(monkeypatch):
    public, private = ("93.184.215.14", 443), ("10.0.0.7", 443)
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", one) for one in (public, private)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **more: answers)
    with pytest.raises(webhooks.Unreachable):
        webhooks.pinned("https://case.example/hook")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **more: answers[:1])
    assert webhooks.pinned("https://case.example/hook?a=b") == ("https://93.184.215.14:443/hook?a=b", "case.example")


def test_nothing_is_sent_to_a_private_address_without_the_setting(stock, receiver, monkeypatch):
    monkeypatch.setattr(settings(), "webhook_loopback", False)
    stock.consumer("registry", endpoint=receiver.url)
    outbox.new_secret("registry")
    verify(stock)
    assert webhooks.deliver() == Counter(waiting=1) and receiver.got == []


def test_the_flow_delivers(stock, receiver):
    stock.consumer("registry", endpoint=receiver.url)
    outbox.new_secret("registry")
    identity = verify(stock)
    from pipelines.flows import webhooks as flows

    assert flows.deliver_due.fn() == {"delivered": 1}
    assert receiver.bodies()[0]["data"]["identity"] == identity
