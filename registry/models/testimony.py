"""Evidence that is no list: testimonies, medical reports, statements of families."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.identity import Identity
from registry.models.intake import Evidence
from registry.models.record import Record


class TestimonyKind(models.TextChoices):
    """What kind of document it is."""

    TESTIMONY = "testimony", _("testimony")
    MEDICAL_REPORT = "medical_report", _("medical report")
    FAMILY_STATEMENT = "family_statement", _("statement of a family")
    DOCUMENT = "document", _("other document")


class Testimony(models.Model):
    """A document about one child, attached to a record or to an identity; its text stays in the evidence.

    `locator` says which part of the evidence is meant: `{"place": "page 3"}`, or nothing for all of it.
    """

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="testimonies")
    kind = models.CharField(max_length=16, choices=TestimonyKind.choices)
    handling_code = models.CharField(max_length=40)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, related_name="testimonies")
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, null=True, related_name="testimonies")
    locator = models.JSONField(default=dict)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=200)
    added_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="testimony_known_kind", condition=Q(kind__in=TestimonyKind.values)),
            models.CheckConstraint(name="testimony_has_handling_code", condition=~Q(handling_code="")),
            models.CheckConstraint(
                name="testimony_about_one", condition=Q(record__isnull=True) ^ Q(identity__isnull=True)
            ),
            models.UniqueConstraint(name="testimony_once_per_record", fields=["evidence", "record", "locator"]),
            models.UniqueConstraint(name="testimony_once_per_identity", fields=["evidence", "identity", "locator"]),
        )
