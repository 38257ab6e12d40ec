"""Who holds which state of which identity, and who has confirmed what happened to it last: one question to the ledger.

Whoever asked the feed itself has confirmed an event by asking for what follows it, or for the state since. What was
written into a system counts when it was read back; a file when a person entered that it was taken over; an export tells
only that nothing has happened since. A webhook holds no state and confirms nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from registry.models import Consumer


@dataclass(frozen=True)
class Held:
    """What a consumer received last of an identity by one way, and how it stands with what has happened since.

    Attributes:
        identity: The identity that stands under the id today.
        consumer: Its name; of an export the recipient's.
        ways: Where it asked itself, `feed`, `snapshot` or both; else one way.
        status: What the last state said; of a webhook the kind of event.
        sha256: Of that state.
        last_at: When it came last; `times` how often any state did.
        confirmed: Whether the consumer has what happened to the identity last.
        stands: Whether the identity may be used today.
    """

    identity: UUID
    consumer: str
    ways: tuple[str, ...]
    status: str
    sha256: str
    last_at: datetime
    times: int
    confirmed: bool
    stands: bool


@dataclass(frozen=True)
class Share:
    """What one consumer holds by one way.

    Attributes:
        consumer: Its name; `closed` when it receives nothing any more.
        way: `feed` for whoever asks itself, `export`, or the name of an adapter.
        held: Identities whose last state may be used.
        behind: Of all, those with a change that is not confirmed.
        owed: Of those, the ones that must not be used any more, or not now, while the consumer holds them as standing.
        last_at: When something was given last.
    """

    consumer: str
    closed: bool
    way: str
    held: int
    behind: int
    owed: int
    last_at: datetime


GIVEN = """
WITH ids AS (
    SELECT id, coalesce(merged_into_id, id) AS root FROM registry_identity
    WHERE %(every)s OR id = %(id)s OR merged_into_id = %(id)s
), last AS (
    SELECT ids.root, max(e.seq) AS seq FROM ids JOIN registry_identityevent e ON e.identity_id = ids.id
    GROUP BY ids.root
), epoch AS (
    SELECT id FROM registry_feedepoch ORDER BY started_at DESC LIMIT 1
), given AS (
    SELECT d.*, ids.root, last.seq,
           CASE WHEN d.way IN ('feed', 'snapshot') THEN 'feed' ELSE d.way END AS path,
           d.sequence >= last.seq AND CASE
               WHEN d.way IN ('feed', 'snapshot') THEN true
               WHEN d.way = 'webhook' THEN false
               ELSE EXISTS (SELECT 1 FROM registry_writtencase w WHERE w.consumer_id = d.consumer_id
                            AND w.way = d.way AND w.identity_id = d.identity_id AND w.sha256 = d.sha256)
                    OR EXISTS (SELECT 1 FROM registry_feedfile f WHERE f.consumer_id = d.consumer_id AND f.way = d.way
                               AND f.epoch_id = epoch.id AND f.sequence >= last.seq AND f.confirmed_at IS NOT NULL)
           END AS had
    FROM ids JOIN last ON last.root = ids.root JOIN registry_delivery d ON d.identity_id = ids.id CROSS JOIN epoch
    WHERE %(consumer)s::bigint IS NULL OR d.consumer_id = %(consumer)s
), held AS (
    SELECT g.root, c.name, c.closed_at, g.path, array_agg(DISTINCT g.way ORDER BY g.way) AS ways,
           (array_agg(g.status ORDER BY g.last_at DESC, g.id DESC))[1] AS status,
           (array_agg(g.sha256 ORDER BY g.last_at DESC, g.id DESC))[1] AS sha256,
           max(g.last_at) AS last_at, sum(g.times) AS times,
           bool_or(g.had)
               OR g.path = 'feed' AND coalesce(p.sequence >= g.seq AND p.epoch_id = epoch.id, false) AS confirmed,
           i.status = 'verified' AND NOT i.withheld AS stands
    FROM given g JOIN registry_consumer c ON c.id = g.consumer_id JOIN registry_identity i ON i.id = g.root
    CROSS JOIN epoch LEFT JOIN registry_consumerposition p ON p.consumer_id = c.id
    GROUP BY g.root, c.name, c.closed_at, g.path, g.seq, p.sequence, p.epoch_id, epoch.id, i.status, i.withheld
    UNION ALL
    SELECT ids.root, x.recipient, NULL, 'export', ARRAY['export'], 'verified', x.sha256, max(a.at), count(*),
           max(a.at) >= (SELECT at FROM registry_identityevent WHERE seq = last.seq),
           i.status = 'verified' AND NOT i.withheld
    FROM registry_auditentry a CROSS JOIN LATERAL jsonb_array_elements_text(a.data -> 'identities') given(id)
    JOIN ids ON ids.id = given.id::uuid JOIN last ON last.root = ids.root JOIN registry_identity i ON i.id = ids.root
    JOIN registry_exportrequest x ON x.id = a.object_id::bigint
    WHERE a.action = 'export.given' AND a.data ? 'identities' AND %(consumer)s::bigint IS NULL
    GROUP BY ids.root, x.recipient, x.sha256, last.seq, i.status, i.withheld
)
"""

HELD = """
SELECT root, name, ways, status, sha256, last_at, times, confirmed, stands FROM held
WHERE NOT %(behind)s OR (NOT confirmed AND path <> 'webhook') ORDER BY root, name, path LIMIT %(limit)s
"""

SHARES = """
SELECT name, closed_at IS NOT NULL, path, count(*) FILTER (WHERE status = 'verified'),
       count(*) FILTER (WHERE NOT confirmed),
       count(*) FILTER (WHERE NOT confirmed AND NOT stands AND status = 'verified'), max(last_at)
FROM held WHERE path <> 'webhook' GROUP BY name, closed_at, path ORDER BY name, path
"""


def of_identity(identity: UUID) -> list[Held]:
    """Return who has received an identity by which way, under this id or one that was merged into it."""
    return _held({"every": False, "id": str(identity), "consumer": None, "behind": False, "limit": None})


def everywhere(consumer: Consumer | None = None, *, behind: bool = False, limit: int | None = None) -> list[Held]:
    """Return who holds what, of one consumer or of all.

    Args:
        consumer: Who; None for all.
        behind: Only what has a change that is not confirmed.
        limit: The most rows; None for all.
    """
    number = consumer.pk if consumer else None
    return _held({"every": True, "id": None, "consumer": number, "behind": behind, "limit": limit})


def shares() -> list[Share]:
    """Return how much each consumer holds by each way, and what it has not confirmed."""
    with connection.cursor() as cursor:
        cursor.execute(GIVEN + SHARES, {"every": True, "id": None, "consumer": None})
        return [Share(*row) for row in cursor.fetchall()]


def _held(asked: dict[str, Any]) -> list[Held]:
    with connection.cursor() as cursor:
        cursor.execute(GIVEN + HELD, asked)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [Held(root, name, tuple(ways), *rest) for root, name, ways, *rest in rows]
