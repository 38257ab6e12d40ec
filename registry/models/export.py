"""Exports with names: asked for by one person, allowed by another, fetched once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ExportKind(models.TextChoices):
    """What is exported."""

    CANDIDATES = "candidates", _("candidates with names")
    IDENTITIES = "identities", _("verified identities with their values")
    TRANSFERS = "transfers", _("transfers with the records behind them")


class ExportPurpose(models.TextChoices):
    """For what."""

    TRACING = "tracing", _("tracing by a partner")
    LEGAL = "legal", _("a court or prosecutor")
    FAMILY = "family", _("an answer to a family")
    CHECK = "check", _("a check of the data")


class ExportRequest(models.Model):
    """One request; the database refuses that its author decides on it, and any change of what was asked and decided."""

    kind = models.CharField(max_length=20, choices=ExportKind.choices)
    purpose = models.CharField(max_length=20, choices=ExportPurpose.choices)
    recipient = models.CharField(max_length=120)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    allowed = models.BooleanField(null=True)
    fetched_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="export_known_kind", condition=Q(kind__in=ExportKind.values)),
            models.CheckConstraint(name="export_known_purpose", condition=Q(purpose__in=ExportPurpose.values)),
            models.CheckConstraint(
                name="export_needs_two_people",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name="export_decision_whole",
                condition=Q(allowed__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(allowed__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="export_fetched_when_allowed",
                condition=Q(fetched_at__isnull=True) | Q(allowed=True, allowed__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["-requested_at"], name="export_newest"),)
