"""Bearer tokens of case systems."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ApiToken(models.Model):
    """A token by its SHA-256; the token itself (256 random bits) is shown once and never stored."""

    name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="token_name_once", fields=["name"], condition=Q(revoked_at__isnull=True)),
        )
