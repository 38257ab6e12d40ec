"""What the reviewers' desk is laid out by: coarse facts of records, and the groups in which children stand together."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from registry.models.record import Record


class DeskFacts(models.Model):
    """Coarse facts of a record by which the queue is ordered and filtered; they go when the record goes.

    Attributes:
        born_from: First and `born_to` last possible year of birth.
        adult_month: First day of the month in which the child is surely of age.
        regions: Identifiers of the regions the child may come from.
        card_open: Whether it is an adoption card.
    """

    record = models.OneToOneField(Record, on_delete=models.CASCADE, primary_key=True, related_name="desk_facts")
    born_from = models.SmallIntegerField(null=True)
    born_to = models.SmallIntegerField(null=True)
    adult_month = models.DateField(null=True)
    regions = ArrayField(models.CharField(max_length=12), default=list)
    card_open = models.BooleanField(default=False)


class GroupKind(models.TextChoices):
    """How children stand together.

    `mother`: one mother in one source; `self` and `named`: a child, and the children a record names as its brothers and
    sisters; `transfer`: one list of a moved group; `institution`: reports that name one institution.
    """

    MOTHER = "mother"
    SELF = "self"
    NAMED = "named"
    TRANSFER = "transfer"
    INSTITUTION = "institution"


class RecordGroup(models.Model):
    """A record's part in a group; `digest` is a keyed hash, so that no name stands here."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="groups")
    kind = models.CharField(max_length=12, choices=GroupKind.choices)
    digest = models.CharField(max_length=32)

    class Meta:
        constraints = (models.CheckConstraint(name="group_known_kind", condition=Q(kind__in=GroupKind.values)),)
        indexes = (models.Index(fields=["digest", "record"], name="group_by_digest"),)


class RosterMeeting(models.Model):
    """A transfer list and the reports of one institution that have pairs with each other."""

    transfer = models.CharField(max_length=32)
    institution = models.CharField(max_length=32)

    class Meta:
        constraints = (models.UniqueConstraint(name="meeting_once", fields=["transfer", "institution"]),)
