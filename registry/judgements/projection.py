"""What an identity holds, brought in line with the log of judgements; every step writes its event at once.

All functions are part of a transaction that holds `rows.lock`. The database refuses at commit whatever does not follow
from the judgements that stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from registry.judgements import consent, events, log, rows
from registry.models import EventKind, Identity, IdentityMember, IdentityStatus, Says

Versions = Mapping[int, int]
"""The version of each row that people verified, by row."""


def of_rows(wanted: Sequence[int]) -> list[Identity]:
    """Lock and return the identities that hold these rows, the eldest first."""
    held = IdentityMember.objects.filter(row_id__in=wanted).values("identity_id")
    return list(Identity.objects.filter(pk__in=held).select_for_update().order_by("created_at", "pk"))


def members(identity: Identity) -> dict[int, IdentityMember]:
    """Return the members of an identity by row."""
    return {member.row_id: member for member in identity.members.all()}


def create(versions: Versions, said: Mapping[str, Any]) -> Identity:
    """Make an identity of rows that stand in none."""
    identity = Identity.objects.create(created_at=timezone.now())
    corrected = _put(identity, versions)
    events.record(identity, EventKind.VERIFIED, {**said, "records": sorted(versions.values()), **corrected})
    consent.follow([identity.pk])
    return identity


def extend(identity: Identity, versions: Versions, said: Mapping[str, Any]) -> None:
    """Add rows to an identity, or note that newer versions of its rows were verified."""
    corrected = _put(identity, versions)
    events.record(identity, EventKind.UPDATED, {**said, "records": sorted(versions.values()), **corrected})
    consent.follow([identity.pk])


def absorb(absorbed: Identity, into: Identity) -> None:
    """Move everything that `absorbed` holds; it stays as an alias, and its own aliases follow.

    Each of them is told of: whoever holds an alias holds under which id it stands.
    """
    IdentityMember.objects.filter(identity=absorbed).update(identity=into)
    followers = list(Identity.objects.filter(merged_into=absorbed).order_by("created_at", "pk"))
    Identity.objects.filter(merged_into=absorbed).update(merged_into=into)
    absorbed.status = IdentityStatus.MERGED
    absorbed.merged_into = into
    absorbed.save(update_fields=["status", "merged_into"])
    for one in (absorbed, *followers):
        events.record(one, EventKind.MERGED, {"merged_into": str(into.pk)})


def divide(
    identity: Identity,
    held: Mapping[int, IdentityMember],
    parts: Sequence[Sequence[int]],
    said: Mapping[str, Any],
    ending: EventKind = EventKind.RETRACTED,
) -> list[UUID]:
    """Take an identity apart: the largest part keeps the id, others that find a child get one of their own.

    A row alone is no identity, nor are rows that only list one child twice; where no part is left that is one, the
    identity ends. Returns the ids of the parts that are identities, the kept one first.

    Args:
        identity: The identity.
        held: Its members by row.
        parts: Its rows, each in one part. Of equally large parts that with the smallest row keeps the id.
        said: Ids and codes for the events.
        ending: What is told when the identity ends: retracted or erased.
    """
    found = {row for one in log.among(held, Says.SAME) for row in (one.left, one.right)}
    ordered = sorted((sorted(part) for part in parts), key=lambda part: (found.isdisjoint(part), -len(part), part[0]))
    kept, others = ordered[0], ordered[1:]
    if found.isdisjoint(kept):
        end(identity, said, ending)
        return []
    left = [row for part in others for row in part]
    versions = {row: held[row].record_id for row in left}
    IdentityMember.objects.filter(identity=identity, row_id__in=left).delete()
    made: list[tuple[Identity, dict[int, int]]] = []
    for part in others:
        if not found.isdisjoint(part):
            new = Identity.objects.create(created_at=timezone.now())
            made.append((new, {row: versions[row] for row in part}))
    facts = {**said, "left": sorted(versions.values()), "into": [str(new.pk) for new, _ in made]}
    events.record(identity, EventKind.SPLIT, facts)
    for new, part_versions in made:
        corrected = _put(new, part_versions)
        data = {**said, "split_from": str(identity.pk), "records": sorted(part_versions.values()), **corrected}
        events.record(new, EventKind.VERIFIED, data)
    ids = [identity.pk, *(new.pk for new, _ in made)]
    consent.follow(ids)
    return ids


def end(identity: Identity, said: Mapping[str, Any], ending: EventKind = EventKind.RETRACTED) -> None:
    """End an identity: it holds nothing any more, and its id stays known and is never used again."""
    IdentityMember.objects.filter(identity=identity).delete()
    identity.status = IdentityStatus.RETRACTED
    identity.save(update_fields=["status"])
    events.record(identity, ending, said)


def _put(identity: Identity, versions: Versions) -> dict[str, list[int]]:
    """Let an identity hold rows in the version that was verified, and return the newer ones that the feed will give."""
    newest = rows.current(versions)
    known = {member.row_id: member for member in IdentityMember.objects.filter(row_id__in=versions)}
    new = []
    for row, record in versions.items():
        if row in known:
            known[row].record_id, known[row].shown_id = record, newest[row]
            known[row].save(update_fields=["record", "shown"])
        else:
            new.append(IdentityMember(identity=identity, row_id=row, record_id=record, shown_id=newest[row]))
    IdentityMember.objects.bulk_create(new)
    corrected = sorted(newest[row] for row, record in versions.items() if newest[row] != record)
    return {"corrected": corrected} if corrected else {}
