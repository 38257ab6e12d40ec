"""The ledger of deliveries: who has received which state of which identity, by which way, and who has confirmed.

A consumer confirms what came up to a number by asking for what follows it. Reads enter the audit log in batches, so
that readers never wait for people at work, nor people for readers: until then they are kept as rows of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from registry import actors, audit
from registry.identities.consumer_state import State
from registry.identities.feed_position import Position
from registry.models import Consumer, ConsumerPosition, FeedRead

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


@dataclass(frozen=True)
class Receipt:
    """What a consumer received last of an identity by one way, and how it stands with what has happened since.

    Attributes:
        consumer: Its name.
        ways: Where it asked itself, `feed`, `snapshot` or both; else one way.
        status: What the last state said; of a webhook the kind of event.
        sha256: Of that state.
        last_at: When it came last; `times` how often any state did.
        confirmed: Whether it has what happened to the identity last: it asked for what follows that event or for the
            state since; what was written into its system was read back; a person entered that it took the file over.
            A webhook confirms nothing.
    """

    consumer: str
    ways: tuple[str, ...]
    status: str
    sha256: str
    last_at: datetime
    times: int
    confirmed: bool


RECEIPTS = """
WITH ids AS (
    SELECT id FROM registry_identity WHERE id = %(id)s OR merged_into_id = %(id)s
), last AS (
    SELECT coalesce(max(seq), 0) AS seq FROM registry_identityevent WHERE identity_id IN (SELECT id FROM ids)
), epoch AS (
    SELECT id FROM registry_feedepoch ORDER BY started_at DESC LIMIT 1
), given AS (
    SELECT d.*, CASE WHEN d.way IN ('feed', 'snapshot') THEN 'feed' ELSE d.way END AS path,
           d.sequence >= last.seq AND CASE
               WHEN d.way IN ('feed', 'snapshot') THEN true
               WHEN d.way = 'webhook' THEN false
               ELSE EXISTS (SELECT 1 FROM registry_writtencase w WHERE w.consumer_id = d.consumer_id
                            AND w.way = d.way AND w.identity_id = d.identity_id AND w.sha256 = d.sha256)
                    OR EXISTS (SELECT 1 FROM registry_feedfile f WHERE f.consumer_id = d.consumer_id AND f.way = d.way
                               AND f.epoch_id = epoch.id AND f.sequence >= last.seq AND f.confirmed_at IS NOT NULL)
           END AS had
    FROM registry_delivery d CROSS JOIN last CROSS JOIN epoch WHERE d.identity_id IN (SELECT id FROM ids)
)
SELECT c.name, array_agg(DISTINCT d.way ORDER BY d.way), (array_agg(d.status ORDER BY d.last_at DESC, d.id DESC))[1],
       (array_agg(d.sha256 ORDER BY d.last_at DESC, d.id DESC))[1], max(d.last_at), sum(d.times),
       bool_or(d.had) OR d.path = 'feed' AND coalesce(p.sequence >= last.seq AND p.epoch_id = epoch.id, false)
FROM given d JOIN registry_consumer c ON c.id = d.consumer_id CROSS JOIN last CROSS JOIN epoch
LEFT JOIN registry_consumerposition p ON p.consumer_id = c.id
GROUP BY c.name, d.path, p.sequence, p.epoch_id, last.seq, epoch.id ORDER BY c.name, d.path
"""


def receipts(identity: UUID) -> list[Receipt]:
    """Return who has received an identity by which way, under this id or one merged into it, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(RECEIPTS, {"id": str(identity)})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [Receipt(name, tuple(ways), *rest) for name, ways, *rest in rows]


def position_of(consumer: Consumer) -> ConsumerPosition | None:
    """Return how far a consumer has come, or None for one that has never asked for events."""
    return ConsumerPosition.objects.filter(consumer=consumer).first()


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
