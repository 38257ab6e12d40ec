"""The outbox of webhooks: what is due, in order for each identity, and what came of it.

The database writes a message for each event and each consumer with an address, in the event's own transaction. Of an
identity only the oldest waiting message of a consumer is due: a later one waits until that is delivered or dead.
"""

from __future__ import annotations

import random
import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, Min, Q
from django.utils import timezone

import keys
from registry import audit
from registry.access import consumers
from registry.errors import RegistryError
from registry.identities import ledger
from registry.models import Consumer, IdentityEvent, WebhookEndpoint, WebhookMessage, WebhookSecret, WebhookState

SCHEDULE: Final = tuple(
    timedelta(seconds=seconds) for seconds in (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Before each attempt, after the one before: the example of the Standard Webhooks specification."""
JITTER = 0.2
"""The most by which a wait is lengthened, so that those who failed together do not come back together."""
LEASE = timedelta(seconds=120)
"""An attempt that has told nothing for so long counts as lost, with the process that made it."""
OVERLAP = timedelta(days=7)
"""For so long an older secret signs beside a new one."""
GONE = 410

CLAIM = """
WITH due AS (
    SELECT m.id FROM registry_webhookmessage m
    JOIN registry_consumer c ON c.id = m.consumer_id AND c.closed_at IS NULL
    LEFT JOIN registry_webhookendpoint e ON e.consumer_id = c.id
    WHERE m.state = 'waiting' AND m.next_at <= %(now)s AND e.off_since IS NULL
      AND NOT EXISTS (
          SELECT 1 FROM registry_webhookmessage o WHERE o.consumer_id = m.consumer_id
          AND o.identity_id = m.identity_id AND o.state = 'waiting' AND o.event_id < m.event_id)
    ORDER BY m.next_at, m.event_id LIMIT %(limit)s FOR UPDATE OF m SKIP LOCKED
)
UPDATE registry_webhookmessage m SET next_at = %(lease)s, attempts = m.attempts + 1
FROM due WHERE m.id = due.id RETURNING m.id
"""


@dataclass(frozen=True)
class Standing:
    """How the webhooks of a consumer stand.

    Attributes:
        consumer: Who.
        endpoint: Where they go.
        waiting: Messages that wait; `dead` those that nobody tries any more.
        off_since: When the endpoint said that it is gone.
        since: Number of the oldest event that was not delivered: from there a person tells again.
    """

    consumer: Consumer
    endpoint: str
    waiting: int
    dead: int
    off_since: datetime | None
    since: int | None

    @property
    def needs_a_person(self) -> bool:
        """Tell whether nothing goes on here without a person."""
        return bool(self.dead) or self.off_since is not None


def claim(limit: int = 50) -> list[WebhookMessage]:
    """Take messages that are due, each for one attempt, and return them with consumer and event."""
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "lease": now + LEASE, "limit": limit})
        numbers = [number for (number,) in cursor.fetchall()]
    found = WebhookMessage.objects.filter(pk__in=numbers).select_related("consumer", "event")
    return sorted(found, key=lambda message: message.event_id)


def answered(message: WebhookMessage, status: int, retry_after: timedelta | None = None) -> str:
    """Write down what came of an attempt, and return where the message stands now.

    Args:
        message: As it was claimed.
        status: Of HTTP; 0 when there was no answer, or nothing was sent because the address may not be reached.
        retry_after: What the endpoint asks to wait at least.
    """
    now = timezone.now()
    facts: dict[str, Any] = {"last_status": status}
    if 200 <= status < 300:
        facts |= {"state": WebhookState.DELIVERED, "delivered_at": now}
    elif message.attempts >= len(SCHEDULE):
        facts |= {"state": WebhookState.DEAD}
    else:
        wait = SCHEDULE[message.attempts] * (1 + random.uniform(0, JITTER))  # noqa: S311  # no secret
        facts |= {"next_at": now + max(wait, retry_after or timedelta())}
    with transaction.atomic():
        # Of an attempt that was taken for lost and made again, the newer one tells.
        found = WebhookMessage.objects.filter(pk=message.pk, attempts=message.attempts, state=WebhookState.WAITING)
        if not found.update(**facts):
            return WebhookMessage.objects.get(pk=message.pk).state
        number = str(message.consumer_id)
        if facts.get("state") == WebhookState.DELIVERED:
            ledger.told(message.consumer, message.event)
        if status == GONE:
            WebhookEndpoint.objects.update_or_create(consumer=message.consumer, defaults={"off_since": now})
            audit.append("system", "webhook.switched_off", "consumer", number, {"event": message.event_id})
        elif facts.get("state") == WebhookState.DEAD:
            audit.append("system", "webhook.dead", "consumer", number, {"event": message.event_id, "status": status})
    return str(facts.get("state", WebhookState.WAITING))


def replay(name: str, from_sequence: int, actor: str = "system") -> int:
    """Let a consumer be told again of all events from a number on, and switch its endpoint on; returns how many.

    Raises:
        RegistryError: There is no such consumer, or it has no address for webhooks.
    """
    consumer = consumers.called(name)
    terms = consumers.terms_of(consumer)
    if terms is None or not terms.endpoint:
        raise RegistryError("This consumer has no address for webhooks", "", "Ask for terms with one")
    now = timezone.now()
    with transaction.atomic():
        WebhookEndpoint.objects.update_or_create(consumer=consumer, defaults={"off_since": None})
        again = WebhookMessage.objects.filter(consumer=consumer, event_id__gte=from_sequence)
        again.update(state=WebhookState.WAITING, attempts=0, next_at=now, delivered_at=None)
        held = set(again.values_list("event_id", flat=True))
        events = IdentityEvent.objects.filter(seq__gte=from_sequence).values_list("seq", "identity_id")
        missing = [
            WebhookMessage(consumer=consumer, event_id=seq, identity_id=identity, next_at=now)
            for seq, identity in events
            if seq not in held
        ]
        WebhookMessage.objects.bulk_create(missing, batch_size=5_000)
        facts = {"from": from_sequence, "messages": len(held) + len(missing)}
        audit.append(actor, "webhook.replayed", "consumer", str(consumer.pk), facts)
    return len(held) + len(missing)


def new_secret(name: str, actor: str = "system") -> str:
    """Make a secret that signs a consumer's webhooks, shown once; the one before signs beside it for a week.

    Raises:
        RegistryError: There is no such consumer.
    """
    consumer = consumers.called(name)
    secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    now = timezone.now()
    with transaction.atomic():
        WebhookSecret.objects.filter(consumer=consumer, ends_at=None).update(ends_at=now + OVERLAP)
        WebhookSecret.objects.create(
            consumer=consumer, sealed=_seal().encrypt(secret.encode()).decode(), created_at=now
        )
        audit.append(actor, "webhook.secret_made", "consumer", str(consumer.pk), {})
    return secret


def secrets_of(consumer: Consumer) -> list[str]:
    """Return the secrets that sign now, the newest first; two at most."""
    good = WebhookSecret.objects.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()), consumer=consumer)
    return [_seal().decrypt(one.sealed).decode() for one in good.order_by("-created_at", "-pk")[:2]]


def standing() -> list[Standing]:
    """Return how the webhooks of all open consumers with an address stand, by name."""
    counted = WebhookMessage.objects.order_by().values_list("consumer_id", "state").annotate(n=Count("pk"))
    counts = {(consumer, state): n for consumer, state, n in counted}
    off = dict(WebhookEndpoint.objects.values_list("consumer_id", "off_since"))
    undelivered = WebhookMessage.objects.exclude(state=WebhookState.DELIVERED).order_by()
    since = dict(undelivered.values_list("consumer_id").annotate(first=Min("event_id")))
    found = []
    for consumer in Consumer.objects.filter(closed_at=None).order_by("name"):
        terms = consumers.terms_of(consumer)
        if terms is not None and terms.endpoint:
            waiting = counts.get((consumer.pk, WebhookState.WAITING), 0)
            dead = counts.get((consumer.pk, WebhookState.DEAD), 0)
            stands = Standing(consumer, terms.endpoint, waiting, dead, off.get(consumer.pk), since.get(consumer.pk))
            found.append(stands)
    return found


def rewrap() -> int:
    """Seal the secrets of webhooks with the ring's newest key, a row at a time, and return how many there are."""
    done = 0
    for number in WebhookSecret.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = WebhookSecret.objects.select_for_update().get(pk=number)
            row.sealed = _seal().rotate(row.sealed.encode()).decode()
            row.save(update_fields=["sealed"])
            done += 1
    return done


def _seal() -> Any:
    return keys.fernet(keys.Purpose.WEBHOOKS, "webhook secrets", keys.Purpose.SECOND_FACTORS)
