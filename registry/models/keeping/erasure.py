"""What is erased, by whose word and on which ground; what stays of it; and what holds an erasure up."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from registry.models.identity import Identity, person
from registry.models.intake import Evidence, Source
from registry.models.record import Record


class Scope(models.TextChoices):
    """How much is meant: one row of a list in all its versions, all rows of an identity, or all that a source gave."""

    RECORD = "record"
    IDENTITY = "identity"
    SOURCE = "source"


TERM_ENDED = "term_ended"
"""The ground of the nightly flow: the source's own term asks. Rows in no identity go by it alone."""

GROUNDS = (
    "asked_by_person",
    "asked_by_family",
    "consent_withdrawn",
    "unlawful",
    "court_order",
    "not_needed",
    TERM_ENDED,
)
"""Why something is erased."""


class OfOneThing(models.Model):
    """What something is about: a row (its first record), an identity or a source, as `scope` says."""

    scope = models.CharField(max_length=8, choices=Scope.choices)
    row = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, related_name="+")
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True


def _of_one_thing() -> Q:
    nothing = {"row__isnull": True, "identity__isnull": True, "source__isnull": True}
    return (
        Q(scope=Scope.RECORD, **nothing | {"row__isnull": False})
        | Q(scope=Scope.IDENTITY, **nothing | {"identity__isnull": False})
        | Q(scope=Scope.SOURCE, **nothing | {"source__isnull": False})
    )


class Erasure(OfOneThing):
    """An erasure that one person asks for and another allows; the database keeps both from being one.

    `plan` counts what would go, as it was when asked; `done` what has gone. `finished_at` is set once nothing is left.
    """

    ground = models.CharField(max_length=20)
    plan = models.JSONField(default=dict)
    asked_by = person(null=True)
    asked_at = models.DateTimeField()
    allowed = models.BooleanField(null=True)
    decided_by = person(null=True)
    decided_at = models.DateTimeField(null=True)
    done = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="erasure_of_one_thing", condition=_of_one_thing()),
            models.CheckConstraint(name="erasure_known_ground", condition=Q(ground__in=GROUNDS)),
            models.CheckConstraint(
                name="erasure_by_two_people",
                condition=Q(ground=TERM_ENDED, asked_by__isnull=True)
                & (Q(decided_by__isnull=False) | ~Q(allowed=True) | Q(allowed__isnull=True) | Q(scope=Scope.SOURCE))
                | Q(asked_by__isnull=False) & (Q(allowed__isnull=True) | Q(decided_by__isnull=False))
                & ~Q(asked_by=F("decided_by")),
            ),
            models.CheckConstraint(
                name="erasure_decided_whole",
                condition=Q(allowed__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(allowed__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="erasure_finished_when_allowed",
                condition=Q(finished_at__isnull=True) | Q(allowed=True, allowed__isnull=False),
            ),
        )  # fmt: skip


class Tombstone(models.Model):
    """What stays of an erased row: that it was there, and keyed digests by which it is known when it comes again.

    `digest` is that of the source and the row's own key, `fingerprints` those of the written values of its versions;
    neither tells anything without the ring's key for fingerprints.
    """

    row = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="tombstone")
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="tombstones")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    fingerprints = ArrayField(models.CharField(max_length=64))
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["source", "digest"], name="tombstone_by_digest"),)


class Redaction(models.Model):
    """Bytes that were erased; `copy` are those that stand for them, without the erased rows; null where none do."""

    original = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="redaction")
    copy = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, related_name="+")
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="redactions")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(name="redaction_of_other_bytes", condition=~Q(original=F("copy"))),)


class Hold(OfOneThing):
    """A legal hold: nothing of what it is about is erased while it stands. One places it, two lift it."""

    basis = models.CharField(max_length=300)
    placed_by = person()
    placed_at = models.DateTimeField()
    lift_asked_by = person(null=True)
    lift_asked_at = models.DateTimeField(null=True)
    lifted_by = person(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="hold_of_one_thing", condition=_of_one_thing()),
            models.CheckConstraint(name="hold_has_basis", condition=~Q(basis="")),
            models.CheckConstraint(
                name="hold_lifted_by_two",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False, lift_asked_by__isnull=False)
                & ~Q(lift_asked_by=F("lifted_by")),
            ),
        )
