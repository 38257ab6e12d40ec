"""The ledger of deliveries: what each consumer was given by which way, entered before it leaves.

A consumer confirms what came up to a number by asking for what follows it. Reads enter the audit log in batches, so
that readers never wait for people at work, nor people for readers: until then they are kept as rows of their own.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from registry import actors, audit
from registry.identities.consumer_state import State
from registry.identities.feed_position import Position
from registry.models import Consumer, FeedRead, IdentityEvent

FEED, SNAPSHOT, WEBHOOK = "feed", "snapshot", "webhook"
IDS_IN_A_ROW = 2_000
READS_AT_ONCE = 5_000

ENTER = """
INSERT INTO registry_delivery AS d
    (consumer_id, identity_id, way, sha256, status, sequence, first_at, last_at, times)
SELECT %(consumer)s, g.identity, %(way)s, g.sha256, g.status, %(sequence)s, %(now)s, %(now)s, 1
FROM unnest(%(ids)s::uuid[], %(hashes)s::text[], %(statuses)s::text[]) g(identity, sha256, status)
ORDER BY g.identity
ON CONFLICT (identity_id, consumer_id, way, sha256)
DO UPDATE SET last_at = excluded.last_at, times = d.times + 1, sequence = excluded.sequence
"""

READ = """
INSERT INTO registry_feedread (consumer_id, at, what, identities)
VALUES (%(consumer)s, %(now)s, %(what)s, %(ids)s::uuid[])
"""

CONFIRM = """
INSERT INTO registry_consumerposition AS p (consumer_id, epoch_id, sequence, at)
VALUES (%(consumer)s, %(epoch)s, %(sequence)s, %(now)s)
ON CONFLICT (consumer_id) DO UPDATE SET epoch_id = excluded.epoch_id, sequence = excluded.sequence, at = excluded.at
WHERE p.epoch_id <> excluded.epoch_id OR p.sequence < excluded.sequence
"""


def given(
    consumer: Consumer,
    way: str,
    states: Sequence[State],
    position: Position,
    *,
    using: BaseDatabaseWrapper | None = None,
) -> None:
    """Enter that a consumer is given these states, before they leave.

    Args:
        consumer: Who.
        way: `FEED`, `SNAPSHOT`, `WEBHOOK` or the name of an adapter.
        states: What, each identity once.
        position: Where the feed stands.
        using: Another connection than this thread's own, where that is in the midst of a long reading.
    """
    facts: dict[str, Any] = {
        "consumer": consumer.pk,
        "way": way,
        "sequence": position.sequence,
        "now": timezone.now(),
        "ids": [str(state.id) for state in states],
        "hashes": [state.digest for state in states],
        "statuses": [state.status for state in states],
    }
    with (using or connection).cursor() as cursor:
        cursor.execute(ENTER, facts)
        cursor.execute(READ, facts | {"what": way})


def confirmed(consumer: Consumer, epoch: UUID, sequence: int) -> None:
    """Enter that a consumer has what came up to a number; what it once had confirmed stays so."""
    facts: dict[str, Any] = {"consumer": consumer.pk, "epoch": str(epoch), "sequence": sequence, "now": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(CONFIRM, facts)
        cursor.execute(READ, facts | {"what": "events", "ids": []})


def told(consumer: Consumer, event: IdentityEvent) -> None:
    """Enter that a consumer was told of an event by a webhook, which holds no state."""
    said = hashlib.sha256(f"{event.kind} {event.pk}".encode()).hexdigest()
    facts: dict[str, Any] = {
        "consumer": consumer.pk,
        "way": WEBHOOK,
        "sequence": event.pk,
        "now": timezone.now(),
        "ids": [str(event.identity_id)],
        "hashes": [said],
        "statuses": [event.kind],
    }
    with connection.cursor() as cursor:
        cursor.execute(ENTER, facts)


def flush() -> int:
    """Write the reads that wait into the audit log, a row for each consumer and kind; returns how many there were."""
    with transaction.atomic():
        waiting = FeedRead.objects.select_for_update(skip_locked=True, of=("self",)).select_related("consumer")
        reads = list(waiting.order_by("pk")[:READS_AT_ONCE])
        if not reads:
            return 0
        FeedRead.objects.filter(pk__in=[read.pk for read in reads]).delete()
        grouped: dict[tuple[str, int, str], list[FeedRead]] = defaultdict(list)
        for read in reads:
            grouped[read.consumer.name, read.consumer_id, read.what].append(read)
        for (name, number, what), some in grouped.items():
            ids = list(dict.fromkeys(str(one) for read in some for one in read.identities))
            for start in range(0, max(len(ids), 1), IDS_IN_A_ROW):
                facts = {"reads": len(some), "from": some[0].at.isoformat(), "to": some[-1].at.isoformat()}
                facts |= {"ids": ids[start : start + IDS_IN_A_ROW]}
                audit.append(actors.of_token(name), f"feed.{what}", "consumer", str(number), facts)
    return len(reads)
