"""What follows from a decided pair: one child under one id, two children that stay apart, or a contradiction.

    two people say same ------> contradicted?  --yes--> contested, a third person looks at the whole
                                --no--> waits for `undo_seconds`, then enters: a new identity, one more row of a
                                        known one, or two known ones that become one
    two people say twice -----> contradicted?  --yes--> contested
                                --no--> waits, then the rows go together: nobody is found by it, and an identity that
                                        holds one of them, now or later, holds all
    two people say different -> both rows in one identity? --yes--> contested
                                --no--> a judgement that blocks every later union, also through third rows

What waits is entered by whoever looks next (`settle_due`): the feed, an export, a page, a command. Nobody can tell that
from a clock that enters it at the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from configs.settings import settings
from registry.judgements import contradictions, log, new_evidence, projection, rows
from registry.judgements.contradictions import VERDICTS, Against
from registry.linkage import urgency
from registry.models import (
    Candidate,
    CandidateStatus,
    Identity,
    IdentityMember,
    Judgement,
    PendingUnion,
    Record,
    Says,
    User,
)

DUE = """
SELECT p.id, c.id FROM registry_pendingunion p JOIN registry_candidate c ON c.id = p.candidate_id
WHERE p.due_at <= %s ORDER BY p.id FOR UPDATE OF p, c SKIP LOCKED
"""


def verified(candidate: Candidate) -> Identity | None:
    """Draw what follows from a pair that two people hold for one child; part of the caller's transaction.

    The candidate, locked and saved as verified or twice, becomes contested where its union would contradict other
    verdicts. Returns the identity, unless there is none, it is contested, or it may still be taken back.
    """
    rows.lock()
    wait = settings().undo_seconds
    contested = _contested(candidate)
    if not contested and not wait:
        return enter(candidate)
    if not contested:
        PendingUnion.objects.create(candidate=candidate, due_at=timezone.now() + timedelta(seconds=wait))
    look_again(candidate)
    return None


def rejected(candidate: Candidate) -> None:
    """Draw what follows from a pair that two people hold for two children; part of the caller's transaction."""
    rows.lock()
    union = contradictions.would_be(candidate)
    if not union.inside:
        log.by_pair(candidate, Says.DIFFERENT)
        new_evidence.look_again(union.rows)
        return
    left, right = log.pair_of(candidate)
    contradictions.find(candidate, union, [Against(left, right, VERDICTS)])
    save_status(candidate, CandidateStatus.CONTESTED)
    look_again(candidate)


def look_again(candidate: Candidate) -> None:
    """See what is new around a pair that waits no more, or waits again; part of the caller's transaction."""
    rows.lock()
    new_evidence.refresh(log.pair_of(candidate))


def settle_due(*, wait: bool = True) -> int:
    """Enter all pairs whose time to be taken back has passed, and return how many there were.

    With `wait` false nothing is waited for: while somebody else changes identities, the next one to look enters them.
    """
    now = timezone.now()
    if not PendingUnion.objects.filter(due_at__lte=now).exists():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        if wait:
            rows.lock()
        elif not rows.try_lock():
            return 0
        cursor.execute(DUE, [now])
        due = cursor.fetchall()
        PendingUnion.objects.filter(pk__in=[pending for pending, _ in due]).delete()
        for _, number in due:
            candidate = Candidate.objects.get(pk=number)
            if not _contested(candidate):
                enter(candidate)
    return len(due)


def forget(candidate: Candidate, user: User) -> None:
    """Take back what came of a pair, because a verdict on it was; part of the caller's transaction.

    The candidate stands as that verdict left it. Only a pair that its verdicts had decided has led to anything: what
    people made of one that has been opened again since stands until others decide it anew.
    """
    PendingUnion.objects.filter(candidate=candidate).delete()
    contradictions.drop(candidate, user)
    if candidate.status != CandidateStatus.REJECTED:  # one child is taken back while it waits: nothing is written yet
        return
    left, right = log.pair_of(candidate)
    newest, before, *_ = [*Judgement.objects.filter(left_id=left, right_id=right).order_by("-pk")[:2], None, None]
    if newest is None or newest.candidate_id != candidate.pk or newest.says == Says.OPEN:
        return
    rows.lock()
    if before is not None and before.says == Says.DIFFERENT:
        log.stand_again(before)
    else:
        log.take_back(user, [(left, right)], candidate)
    new_evidence.look_again([left, right])


def joined(candidate: Candidate) -> CandidateStatus:
    """Return how a pair stands that two people hold for one child."""
    return CandidateStatus.TWICE if candidate.listed_twice else CandidateStatus.VERIFIED


def enter(candidate: Candidate) -> Identity | None:
    """Make the rows of a pair one child; part of a transaction that holds `rows.lock`.

    Rows of a child listed twice go together, but are no identity: nobody was found. Returns the identity that holds
    the rows, None where there is none.
    """
    log.by_pair(candidate, Says.TWICE if candidate.listed_twice else Says.SAME)
    pair = [candidate.left_id, candidate.right_id]
    versions = _newest_verified(pair)
    versions |= _twins(versions)
    said = {"candidate": candidate.pk}
    touched = projection.of_rows(list(versions))
    if not touched and candidate.listed_twice:
        new_evidence.look_again(versions)
        return None
    if not touched:
        identity = projection.create(versions, said)
    else:
        identity = touched[0]
        for absorbed in touched[1:]:
            projection.absorb(absorbed, identity)
        projection.extend(identity, versions, said)
    new_evidence.look_again(versions)
    urgency.sibling_found(pair)
    return identity


def _twins(versions: Mapping[int, int]) -> dict[int, int]:
    """Return the rows that list the child of these rows once more and stand in no identity, as people verified them."""
    twins = log.with_twins(versions) - versions.keys()
    twins -= set(IdentityMember.objects.filter(row_id__in=twins).values_list("row_id", flat=True))
    if not twins:
        return {}
    said = Judgement.objects.filter(Q(left_id__in=twins) | Q(right_id__in=twins), says=Says.TWICE).order_by("pk")
    seen = [record for pair in said.values_list("candidate__left_id", "candidate__right_id") for record in pair]
    row = rows.of_records(seen)
    return {row[record]: record for record in seen if row[record] in twins}


def _newest_verified(pair: list[int]) -> dict[int, int]:
    """Return the versions of a pair by row; never older than what was verified of a row before."""
    row = rows.of_records(pair)
    versions = {row[record]: record for record in pair}
    known = IdentityMember.objects.filter(row_id__in=versions).values_list("row_id", "record_id")
    ages = dict(Record.objects.filter(pk__in=[*pair, *(number for _, number in known)]).values_list("pk", "version"))
    for number, record in known:
        if ages[record] > ages[versions[number]]:
            versions[number] = record
    return versions


def _contested(candidate: Candidate) -> bool:
    union = contradictions.would_be(candidate)
    if not union.against:
        return False
    contradictions.find(candidate, union, union.against)
    save_status(candidate, CandidateStatus.CONTESTED)
    return True


def save_status(candidate: Candidate, status: CandidateStatus) -> None:
    """Keep where a candidate stands now."""
    candidate.status = status
    candidate.save(update_fields=["status"])
