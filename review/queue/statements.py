"""The statements of the queue, composed of named conditions.

A `Queue` is a function that writes the statement of one queue for a filter and some conditions over `c`, the
candidate. Each walks a partial index in the order of the queue and stops at the first free row:

    safety, disputed, escalated    for those who adjudicate, in this order
    asked_for              pairs of records that somebody who answers callers has put forward
    ordinary               open pairs and second verdicts, the most urgent first, read from the table in that order
    filtered               the same for whoever asks for certain pairs, answered from an index that holds what is asked
    unlikely_second        second verdicts on pairs less probable than `review_from`
    unlikely_first         first verdicts on such pairs, for whoever asks for a certain one
    listed_twice           pairs in which nobody is sought, the likeliest first, for whoever asks for them

They are written in SQL because the ORM cannot lock the outer table alone below an ordered sub-query. Ids and values are
always parameters (`parameters`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from psycopg.sql import SQL, Composable, Composed, Identifier

from configs.settings import settings
from registry.access import permissions
from registry.models import User
from review.queue import gold_items
from review.queue.filters import AGES, QueueFilter

SKIPPED_FOR = timedelta(hours=8)
"""A pair that somebody passed over stays out of their queue so long."""

GRACE = 10
"""Seconds in which a verdict is taken back with one key before anybody can look at its pair."""

Queue = Callable[[QueueFilter, Composable], Composed]

NOTHING = SQL("")
LOCKED = SQL("LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED")
LIMITED = SQL("LIMIT %(limit)s")
THIS_CANDIDATE = SQL("AND c.id = %(candidate)s")
FREE = SQL("AND (c.reserved_until IS NULL OR c.reserved_until < %(now)s)")

# What one person may ever be given; each part looks one row up by an index.
FOR_USER = SQL("""
  AND NOT EXISTS (SELECT 1 FROM registry_review r LEFT JOIN registry_withdrawal w ON w.review_id = r.id
                  WHERE r.candidate_id = c.id AND r.reviewer_id = %(user)s AND (w.id IS NULL OR r.ordinal = 2))
  AND NOT EXISTS (SELECT 1 FROM registry_escalation e WHERE e.candidate_id = c.id AND e.by_id = %(user)s)
  AND NOT EXISTS (SELECT 1 FROM registry_record o WHERE o.id IN (c.left_id, c.right_id) AND o.entered_by_id = %(user)s)
""")

# For some seconds after a verdict nobody is given the pair, so that whoever gave it can take it back.
AFTER_GRACE = SQL("""
  AND NOT EXISTS (SELECT 1 FROM registry_review g WHERE g.candidate_id = c.id AND g.decided_at > %(grace_since)s)
""")

NOT_SKIPPED = SQL("""
  AND NOT EXISTS (SELECT 1 FROM registry_skip s
                  WHERE s.candidate_id = c.id AND s.reviewer_id = %(user)s AND s.at > %(skipped_since)s)
""")

FILTERS: dict[str, SQL] = {
    "scenario": SQL("AND {of}.scenario = %(scenario)s AND {of}.status <> 'second'"),
    "meeting": SQL("AND {of}.meeting_id = %(meeting)s"),
    "listed_twice": SQL("AND {of}.listed_twice"),
}
"""What parts of a filter ask of a candidate `of`."""

FACTS_FILTERS: dict[str, SQL] = {
    "source": SQL("AND f.sources @> ARRAY[%(source)s]::bigint[]"),
    "region": SQL("AND f.regions @> ARRAY[%(region)s]::varchar[]"),
    "age": SQL("AND f.born_from <= %(born_to)s AND f.born_to >= %(born_from)s"),
}
"""What the other parts ask of the facts that pairs have in common."""

# IS TRUE keeps the planner from making a join of it, which would lose the order of the queue.
FACTS = SQL("AND ({of}.facts_id IN (SELECT f.id FROM registry_filterfacts f WHERE true {filters})) IS TRUE")

# That probability times urgency is no less than probability says nothing new; it lets the walk end where nothing likely
# enough follows.
ORDINARY = SQL("""
SELECT c.id FROM registry_candidate c
WHERE c.status IN ('open', 'second') AND NOT c.escalated AND NOT c.listed_twice AND c.probability >= %(review_from)s
  AND c.probability * c.urgency >= %(review_from)s {conditions}
ORDER BY c.probability * c.urgency DESC, c.status DESC, c.id
""")

# The inner query is answered from the index `candidate_queued` alone, so that looking in vain is quick as well; the
# table's wide rows are read for what it finds. OFFSET 0 keeps the planner from merging the two.
FILTERED = SQL("""
SELECT c.id FROM (
    SELECT q.id, q.probability * q.urgency AS priority, q.status FROM registry_candidate q
    WHERE q.status IN ('open', 'second') AND NOT q.escalated AND NOT q.listed_twice
      AND q.probability >= %(review_from)s
      AND q.probability * q.urgency >= %(review_from)s {filter}
    ORDER BY q.probability * q.urgency DESC, q.status DESC, q.id OFFSET 0
) q JOIN registry_candidate c ON c.id = q.id
WHERE c.status IN ('open', 'second') AND NOT c.escalated {conditions}
ORDER BY q.priority DESC, q.status DESC, q.id
""")

# What somebody who answers callers has put before the reviewers: few records, found by their own index.
ASKED_FOR = SQL("""
SELECT c.id FROM registry_candidate c
WHERE c.status IN ('open', 'second') AND NOT c.escalated AND NOT c.listed_twice AND c.probability >= %(review_from)s
  AND c.id IN (
    SELECT p.id FROM registry_lookupanswer a JOIN registry_candidate p ON p.left_id = a.record_id
    WHERE a.lead_at IS NOT NULL
    UNION SELECT p.id FROM registry_lookupanswer a JOIN registry_candidate p ON p.right_id = a.record_id
    WHERE a.lead_at IS NOT NULL) {conditions}
ORDER BY c.probability * c.urgency DESC, c.status DESC, c.id
""")

UNLIKELY_SECOND = SQL("""
SELECT c.id FROM registry_candidate c
WHERE c.status = 'second' AND NOT c.escalated AND NOT c.listed_twice AND c.probability < %(review_from)s {conditions}
ORDER BY c.probability DESC, c.id
""")

# Nobody is offered so weak a pair; whoever has one before them, beside the pair that they hold, may take it.
UNLIKELY_FIRST = SQL("""
SELECT c.id FROM registry_candidate c
WHERE c.status = 'open' AND NOT c.escalated AND NOT c.listed_twice {conditions}
ORDER BY c.probability DESC, c.id
""")

TWICE = SQL("""
SELECT c.id FROM registry_candidate c
WHERE c.status IN ('open', 'second') AND NOT c.escalated AND c.listed_twice
  AND (c.probability >= %(review_from)s OR c.status = 'second') {conditions}
ORDER BY c.probability DESC, c.status DESC, c.id
""")

DISPUTED = SQL("""
SELECT c.id FROM registry_candidate c WHERE c.status = 'disputed' {conditions}
ORDER BY c.probability DESC, c.id
""")

# A child's safety goes before everything, also before disputes and whatever the pair's score is.
SAFETY = SQL("""
SELECT c.id FROM registry_candidate c WHERE c.status IN ('open', 'second') AND c.escalated AND EXISTS (
    SELECT 1 FROM registry_escalation e WHERE e.candidate_id = c.id AND e.reason = 'safety') {conditions}
ORDER BY c.probability DESC, c.id
""")

ESCALATED = SQL("""
SELECT c.id FROM registry_candidate c WHERE c.status IN ('open', 'second') AND c.escalated {conditions}
ORDER BY c.probability DESC, c.id
""")

COUNT_UP_TO = SQL("""
SELECT (SELECT count(*) FROM (SELECT 1 FROM registry_candidate WHERE status = 'open' AND NOT escalated
                              AND NOT listed_twice AND probability >= %(review_from)s
                              AND probability * urgency >= %(review_from)s
                              LIMIT %(limit)s) first),
       (SELECT count(*) FROM (SELECT 1 FROM registry_candidate WHERE status = 'second' AND NOT escalated
                              AND NOT listed_twice LIMIT %(limit)s) second),
       (SELECT count(*) FROM (SELECT 1 FROM registry_candidate WHERE status = 'disputed' LIMIT %(limit)s) third),
       (SELECT count(*) FROM (SELECT 1 FROM registry_candidate WHERE status IN ('open', 'second') AND NOT escalated
                              AND listed_twice AND (probability >= %(review_from)s OR status = 'second')
                              LIMIT %(limit)s) twice)
""")


def ordinary(chosen: QueueFilter, conditions: Composable) -> Composed:
    """Write the queue of open pairs and second verdicts, the most urgent first."""
    return ORDINARY.format(conditions=_filter(chosen, "c") + conditions)


def asked_for(chosen: QueueFilter, conditions: Composable) -> Composed:
    """Write the queue of pairs that somebody who answers callers has put before the reviewers."""
    return ASKED_FOR.format(conditions=_filter(chosen, "c") + conditions)


def filtered(chosen: QueueFilter, conditions: Composable) -> Composed:
    """Write the queue of open pairs and second verdicts for whoever asks for certain ones."""
    return FILTERED.format(filter=_filter(chosen, "q"), conditions=conditions)


def unlikely_second(chosen: QueueFilter, conditions: Composable) -> Composed:
    """Write the queue of second verdicts on pairs that would not be offered for a first one."""
    return UNLIKELY_SECOND.format(conditions=_filter(chosen, "c") + conditions)


def unlikely_first(chosen: QueueFilter, conditions: Composable) -> Composed:
    """Write the pairs that are weaker than what is offered, for whoever asks for a certain one."""
    return UNLIKELY_FIRST.format(conditions=_filter(chosen, "c") + conditions)


def listed_twice(chosen: QueueFilter, conditions: Composable) -> Composed:
    """Write the queue of pairs in which nobody is sought."""
    return TWICE.format(conditions=_filter(chosen, "c") + conditions)


def disputed(chosen: QueueFilter, conditions: Composable) -> Composed:
    """Write the queue of pairs on which two people disagree."""
    return DISPUTED.format(conditions=_filter(chosen, "c") + conditions)


def safety(chosen: QueueFilter, conditions: Composable) -> Composed:
    """Write the queue of pairs that were handed over because a child's safety may be at stake."""
    return SAFETY.format(conditions=_filter(chosen, "c") + conditions)


def escalated(chosen: QueueFilter, conditions: Composable) -> Composed:
    """Write the queue of pairs that were handed over."""
    return ESCALATED.format(conditions=_filter(chosen, "c") + conditions)


def queues_of(user: User, chosen: QueueFilter) -> tuple[Queue, ...]:
    """Return the queues that a person works on, in the order in which they are asked.

    A meeting has an index of its own, from which the ordinary statement reads.
    """
    if chosen.listed_twice:
        own: tuple[Queue, ...] = (listed_twice,)
    else:
        asked = (asked_for,) if chosen.is_empty else ()
        own = (*asked, ordinary if chosen.is_empty or chosen.meeting else filtered, unlikely_second)
    return (safety, disputed, escalated, *own) if permissions.may(user, permissions.ADJUDICATE) else own


def for_user(*more: Composable, skipped: bool = False) -> Composed:
    """Return the conditions under which a person may be given a candidate now.

    Args:
        more: Further conditions over `c`.
        skipped: Take in what this person passed over lately.
    """
    return SQL(" ").join(
        [*more, FREE, FOR_USER, AFTER_GRACE, gold_items.NOT_GOLD_FOR_USER, NOTHING if skipped else NOT_SKIPPED]
    )


def grace_seconds() -> int:
    """Return for how long after a verdict nobody is given its pair: `GRACE`, or less where `undo_seconds` is less."""
    return min(GRACE, settings().undo_seconds)


def count(queue: Composable) -> Composed:
    """Write the count of what a statement selects."""
    return SQL("SELECT count(*) FROM ({queue}) counted").format(queue=queue)


def parameters(user: User, chosen: QueueFilter, now: datetime) -> dict[str, Any]:
    """Return the values of all parameters that the queues and their conditions name."""
    youngest, oldest = AGES.get(chosen.age, (0, 0))
    year = timezone.localdate(now).year
    return {
        **asdict(chosen),
        "user": user.pk,
        "now": now,
        "skipped_since": now - SKIPPED_FOR,
        "grace_since": now - timedelta(seconds=grace_seconds()),
        "review_from": settings().review_from,
        "born_from": year - oldest - 1,
        "born_to": year - youngest,
    }


def _filter(chosen: QueueFilter, of: str) -> Composed:
    """Return what a filter asks of the candidate that the statement calls `of`."""
    asked = [name for name, value in asdict(chosen).items() if value not in (None, "", False)]
    conditions = [FILTERS[name].format(of=Identifier(of)) for name in asked if name in FILTERS]
    if of_facts := [FACTS_FILTERS[name] for name in asked if name in FACTS_FILTERS]:
        conditions.append(FACTS.format(of=Identifier(of), filters=SQL(" ").join(of_facts)))
    return SQL(" ").join([NOTHING, *conditions, NOTHING])
