"""Identities and the log of judgements that they follow from; what takes them back; the events that tell of them."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from registry.models.candidate import Candidate
from registry.models.record import Record
from registry.narrow_columns import RealField


class IdentityStatus(models.TextChoices):
    """Whether an identity stands for itself, for the one it was merged into, or for nothing any more."""

    VERIFIED = "verified"
    MERGED = "merged"
    RETRACTED = "retracted"


class Identity(models.Model):
    """The rows of sources that people have verified to be one child, under an opaque id that is never used again.

    `withheld` is what the feed was told last: consent to tracing is refused or unclear for one of its rows.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    status = models.CharField(max_length=10, choices=IdentityStatus.choices, default=IdentityStatus.VERIFIED)
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="aliases")
    withheld = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="identity_merged_somewhere", condition=Q(status="merged") ^ Q(merged_into__isnull=True)
            ),
            models.CheckConstraint(name="identity_known_status", condition=Q(status__in=IdentityStatus.values)),
        )
        indexes = (
            models.Index(
                fields=["created_at", "id"], name="identity_verified_in_order", condition=Q(status="verified")
            ),
        )


class IdentityMember(models.Model):
    """A row of a source in an identity; a row belongs to one identity at most.

    `row` names it whatever its version: the first record that stood under its key. `record` is the version that people
    verified, `shown` the one that the feed gives: the newest that the last event told of.
    """

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="members")
    row = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="membership")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    shown = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", db_index=False)


class EventKind(models.TextChoices):
    """What happened to an identity."""

    PROPOSED = "proposed"
    VERIFIED = "verified"
    UPDATED = "updated"
    MERGED = "merged"
    SPLIT = "split"
    RETRACTED = "retracted"
    WITHHELD = "withheld"
    RESTORED = "restored"
    ERASED = "erased"


class IdentityEvent(models.Model):
    """One entry of the feed's log; `data` holds ids and codes only.

    `seq` has no gaps and follows the order of commits, so a poller misses nothing. `data` by kind:

        verified    records (versions that people verified); split_from, if it was a part of another identity
        updated     records that came in or were verified anew; corrected: newer versions, with what was verified
        merged      merged_into
        split       left (rows' verified versions that it no longer holds), into (ids of the other parts), change
        retracted   reason, change
        erased      reason
        withheld, restored    nothing
    """

    seq = models.BigIntegerField(primary_key=True)
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=EventKind.choices)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        constraints = (models.CheckConstraint(name="event_known_kind", condition=Q(kind__in=EventKind.values)),)


def person(**more: Any) -> Any:
    """Return a reference to an account whose name stays known."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **more)


class IdentityChangeKind(models.TextChoices):
    """What may be done to an identity as a whole."""

    SPLIT = "split"
    MERGE = "merge"
    RETRACT = "retract"


CHANGE_REASONS: dict[str, tuple[str, ...]] = {
    IdentityChangeKind.SPLIT: ("two_children", "siblings", "slip", "new_evidence", "other"),
    IdentityChangeKind.MERGE: ("one_child", "new_evidence", "other"),
    IdentityChangeKind.RETRACT: ("two_children", "slip", "false_source", "new_evidence", "asked_by_family", "other"),
}
"""Reason codes by kind of change."""


class IdentityChange(models.Model):
    """A split, merge or retraction that one person asks for and another allows or refuses.

    `parts` are the rows of each part of a split, in the order in which they were named; `other` is the identity that a
    merge takes in.
    """

    kind = models.CharField(max_length=8, choices=IdentityChangeKind.choices)
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="changes")
    other = models.ForeignKey(Identity, on_delete=models.PROTECT, null=True, related_name="+")
    parts = models.JSONField(default=list)
    reason = models.CharField(max_length=20)
    asked_by = person()
    asked_at = models.DateTimeField()
    allowed = models.BooleanField(null=True)
    decided_by = person(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="identity_change_known_kind", condition=Q(kind__in=IdentityChangeKind.values)),
            models.CheckConstraint(name="change_by_two_people", condition=~Q(asked_by=F("decided_by"))),
            models.CheckConstraint(
                name="change_decided_whole",
                condition=Q(allowed__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(allowed__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.UniqueConstraint(name="change_one_waits", fields=["identity"], condition=Q(allowed__isnull=True)),
        )


class Says(models.TextChoices):
    """What a judgement says of two rows: the newest one of two rows stands."""

    SAME = "same"
    TWICE = "twice"
    DIFFERENT = "different"
    OPEN = "open"


class Judgement(models.Model):
    """What people hold of two rows of sources from now on, whatever versions they have; append-only.

    `left` and `right` name rows (`IdentityMember.row`), the smaller first. All but `open` need two people, and what
    they did: gave verdicts on a pair, or asked for a change and allowed it. `open` takes an earlier one back. `twice`
    says that one child stands in lists twice: the rows go together, but no child is found until a `same` holds one.
    """

    left = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+", db_index=False)
    right = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    says = models.CharField(max_length=10, choices=Says.choices)
    first = person(db_index=False)
    second = person(db_index=False, null=True)
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, null=True, related_name="judgements")
    change = models.ForeignKey(IdentityChange, on_delete=models.PROTECT, null=True, related_name="judgements")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="judgement_known_word", condition=Q(says__in=Says.values)),
            models.CheckConstraint(name="judgement_of_two_rows", condition=Q(left__lt=F("right"))),
            models.CheckConstraint(
                name="judgement_by_two_people",
                condition=Q(says="open") | Q(second__isnull=False) & ~Q(first=F("second")),
            ),
        )
        indexes = (models.Index(fields=["left", "right", "-id"], name="judgement_of_rows"),)


class PendingUnion(models.Model):
    """A pair that two people verified a moment ago: until `due_at` whoever gave the last verdict may take it back."""

    candidate = models.OneToOneField(Candidate, on_delete=models.PROTECT, related_name="pending")
    due_at = models.DateTimeField(db_index=True)


class Settlement(models.TextChoices):
    """How a third person settles a contradiction; withdrawn when the verdict that led to it was taken back."""

    ONE_CHILD = "one_child"
    APART = "apart"
    WITHDRAWN = "withdrawn"


SETTLE_REASONS = ("verdict_wrong", "list_wrong", "siblings", "new_evidence", "other")
"""Why a contradiction is settled so."""


class Contradiction(models.Model):
    """Verdicts that cannot all be true: what the newest pair would do is stopped until a third person has looked.

    `against` are the pairs of rows that contradict it, `[left, right, why]`, as they stood when it was found. `inside`
    tells that two people hold two rows of one standing identity for two children; otherwise a pair would join them.
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="contradictions")
    inside = models.BooleanField()
    rows = ArrayField(models.BigIntegerField())
    against = models.JSONField()
    found_at = models.DateTimeField()
    settlement = models.CharField(max_length=10, choices=Settlement.choices, blank=True, default="")
    reason = models.CharField(max_length=20, blank=True, default="")
    settled_by = person(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="contradiction_one_waits", fields=["candidate"], condition=Q(settled_at__isnull=True)
            ),
            models.CheckConstraint(
                name="contradiction_settled_whole",
                condition=Q(settlement="", settled_by__isnull=True, settled_at__isnull=True)
                | (~Q(settlement="") & Q(settled_by__isnull=False, settled_at__isnull=False)),
            ),
        )


REOPEN_REASONS = ("slip", "new_evidence", "second_thoughts", "other")
"""Why a person opens a decided pair again."""

SUPPORT_REFUSED = "support_refused"
"""Why a run does: a pair that spoke for it was refused since."""


class Reopening(models.Model):
    """A decided pair opened again: verdicts up to `after_review` stay on file and no longer count."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="reopenings")
    after_review = models.BigIntegerField()
    by = person()
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="reopening_known_reason", condition=Q(reason__in=[*REOPEN_REASONS, SUPPORT_REFUSED])
            ),
        )


class NewEvidence(models.Model):
    """A record that may belong to an identity, or a member that its source has corrected, while people are asked.

    Worked out from the pairs that wait (`registry.judgements.new_evidence`); in bits, as `whole_score` has it. `record`
    is the version that was compared, `compared` with how many members; `before` what the others said together of the
    version that people verified, null where the record is no member or nobody knows.
    """

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="new_evidence")
    row = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    best = RealField()
    worst = RealField()
    together = RealField()
    before = RealField(null=True)
    probability = RealField()
    compared = models.SmallIntegerField()
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(name="new_evidence_once", fields=["identity", "record"]),)
