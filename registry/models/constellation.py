"""What pairs say of one another: the pair behind a pair, and transfers, learnt from pairs or stated by people."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from registry.models.candidate import Candidate, Run
from registry.models.identity import person
from registry.models.record import Record
from registry.narrow_columns import NarrowForeignKey, RealField


class Support(models.Model):
    """The pair of records that speaks loudest for a candidate by one collective term, as the last run found it.

    Of a decided candidate it stays as it was when people decided. There are very many rows and they are written anew
    with each run, so nothing but their own columns is checked; a record that was erased since is left out by readers.
    """

    candidate = NarrowForeignKey(
        Candidate, on_delete=models.DO_NOTHING, related_name="support", db_index=False, db_constraint=False
    )
    term = models.CharField(max_length=20)
    bits = RealField()
    by_left = NarrowForeignKey(
        Record, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    by_right = NarrowForeignKey(
        Record, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = (models.UniqueConstraint(name="support_once", fields=["candidate", "term"]),)
        indexes = (models.Index(fields=["by_left", "by_right"], name="support_by_pair"),)


class OriginKind(models.TextChoices):
    """From where: a column of records."""

    INSTITUTION = "institution"
    TOWN = "last_place"


class Transfer(models.Model):
    """Children of one institution or town who were found in one region, as the last run has learnt it.

    No name and no place: what the places are is read from the members' payloads, by who may see them.

    Attributes:
        digest: A keyed hash of kind, origin and region: the same transfer in every run.
        found: Records behind it; `families` the families of which they are, or may be, the children.
        sources: Numbers of the lists that these stand in.
        moved_from: First day of a transfer that one of these records tells; `moved_to` the last.
        pairs: Candidates for which it speaks, and `bits` on average.
    """

    digest = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=12, choices=OriginKind.choices)
    run = NarrowForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    found = models.IntegerField()
    families = models.IntegerField()
    sources = ArrayField(models.BigIntegerField())
    moved_from = models.DateField(null=True)
    moved_to = models.DateField(null=True)
    pairs = models.IntegerField()
    bits = RealField()

    class Meta:
        constraints = (models.CheckConstraint(name="transfer_known_kind", condition=Q(kind__in=OriginKind.values)),)
        indexes = (models.Index(F("families").desc(), F("id"), name="transfer_largest"),)


class TransferGain(models.Model):
    """A candidate for which a transfer speaks, and the bits; of each transfer those that gain most."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="gains")
    candidate = NarrowForeignKey(
        Candidate, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    bits = RealField()


class TransferMember(models.Model):
    """A found record behind a transfer, and the report that it fits; none where its own list names the origin."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="members")
    found = NarrowForeignKey(Record, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    seeking = NarrowForeignKey(
        Record, on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )


class TransferStatement(models.Model):
    """A transfer that a person states, from a source, for a reason; it counts once another person has allowed it.

    `origin` and `region` are as they were written, `origin_value` and `region_id` as the linkage reads them.
    """

    kind = models.CharField(max_length=12, choices=OriginKind.choices)
    origin = models.CharField(max_length=200)
    origin_value = models.JSONField()
    region = models.CharField(max_length=200)
    region_id = models.CharField(max_length=12)
    moved_from = models.DateField(null=True)
    moved_to = models.DateField(null=True)
    children = models.PositiveIntegerField(null=True)
    stated_in = models.CharField(max_length=300)
    reason = models.CharField(max_length=500)
    asked_by = person()
    asked_at = models.DateTimeField()
    allowed = models.BooleanField(null=True)
    decided_by = person(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="statement_known_kind", condition=Q(kind__in=OriginKind.values)),
            models.CheckConstraint(name="statement_has_grounds", condition=~Q(stated_in="") & ~Q(reason="")),
            models.CheckConstraint(name="statement_by_two_people", condition=~Q(asked_by=F("decided_by"))),
            models.CheckConstraint(
                name="statement_decided_whole",
                condition=Q(allowed__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(allowed__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
            ),
        )
