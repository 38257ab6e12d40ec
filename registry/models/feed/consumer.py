"""Consumers of the case feed: on which terms they may hold what, and the tokens by which they are known."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ConsumerPurpose(models.TextChoices):
    """For what a consumer holds identities; `unstated` only where a token of before was carried over."""

    TRACING = "tracing", _("tracing and reunification")
    CASE_MANAGEMENT = "case_management", _("case management")
    LEGAL = "legal", _("a court or prosecutor")
    RESEARCH = "research", _("research and documentation")
    UNSTATED = "unstated", _("not stated yet")


class Consumer(models.Model):
    """A case system under a name that is never used again; it receives while its terms stand and it is not closed."""

    name = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(name="consumer_has_name", condition=~Q(name="")),)


class ConsumerTerms(models.Model):
    """What a consumer may receive and why: asked for by one person, allowed by another; the newest allowed ones stand.

    `basis` names the information-sharing protocol or the legal basis. `endpoint` is where webhooks go, '' for none;
    `writes_to` the address of the case system into which an adapter writes, '' for none.
    `rate` is the most requests in a minute. `carried_over` are the terms of a token that was there before consumers
    were: nobody has decided on them yet. The database refuses any change of decided ones.
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="terms")
    purpose = models.CharField(max_length=20, choices=ConsumerPurpose.choices)
    basis = models.CharField(max_length=300)
    scopes = models.JSONField(default=list)
    endpoint = models.CharField(max_length=500, blank=True, default="")
    writes_to = models.CharField(max_length=500, blank=True, default="", db_default="")
    rate = models.PositiveIntegerField(default=600)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    allowed = models.BooleanField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    carried_over = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(name="terms_known_purpose", condition=Q(purpose__in=ConsumerPurpose.values)),
            models.CheckConstraint(name="terms_rate_positive", condition=Q(rate__gte=1)),
            models.CheckConstraint(
                name="terms_by_two_people",
                condition=Q(carried_over=True, asked_by__isnull=True, decided_by__isnull=True)
                | Q(carried_over=False, asked_by__isnull=False)
                & (Q(decided_by__isnull=True) | ~Q(asked_by=F("decided_by"))),
            ),
            models.CheckConstraint(
                name="terms_decided_whole",
                condition=Q(allowed__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(allowed__isnull=False, decided_at__isnull=False)
                & (Q(decided_by__isnull=False) | Q(carried_over=True)),
            ),
            models.UniqueConstraint(name="terms_one_waits", fields=["consumer"], condition=Q(allowed__isnull=True)),
        )


class ApiToken(models.Model):
    """A token of a consumer by its SHA-256; the token itself (256 random bits) is shown once and never stored."""

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
