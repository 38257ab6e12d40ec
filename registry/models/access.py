"""What opens the house: bearer tokens of case systems, sessions of people."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
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


class SessionManager(BaseSessionManager["Session"]):
    """Makes rows as Django's own manager does."""


class Session(AbstractBaseSession):
    """One browser's session; `session_key` is the digest of the key, `session_data` is encrypted.

    Attributes:
        user: Who is signed in; None before that.
        device: Words such as `Firefox, Windows`; never an address, never what the browser sends.
        started_at: When the person signed in; `seen_at` when they last asked for a page, to the minute.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(max_length=60, default="")
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    objects: ClassVar[SessionManager] = SessionManager()
