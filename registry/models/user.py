"""People who work with the registry; what a role may do says `registry.access.permissions`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person does in the team."""

    VERIFIER = "verifier", _("verifier")
    ADJUDICATOR = "adjudicator", _("adjudicator")
    LEAD = "lead", _("lead")
    DATA = "data", _("data team")
    AUDITOR = "auditor", _("auditor")
    ADMIN = "admin", _("administrator without data")
    HOTLINE = "hotline", _("answers callers")


class User(AbstractUser):
    """An account; `locked_until` is set after too many wrong codes.

    `sees_location` is the right, given by name, to see where a child is now. `enrolment_code` is the SHA-256 of the
    code with which a first second factor is set up, good until `enrolment_until`; '' when there is none.
    """

    role = models.CharField(max_length=16, choices=Role.choices, default=Role.VERIFIER)
    language = models.CharField(max_length=2, choices=[("uk", "Українська"), ("en", "English")], default="uk")
    sees_location = models.BooleanField(default=False)
    failed_logins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    enrolment_code = models.CharField(max_length=64, default="", blank=True)
    enrolment_until = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractUser.Meta):
        constraints = (models.CheckConstraint(name="user_known_role", condition=models.Q(role__in=Role.values)),)


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


class SignInFailures(models.Model):
    """Failed sign-ins that are counted together; `bucket` is a keyed digest of a name, an address or both."""

    bucket = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(db_index=True)
    closed_until = models.DateTimeField(null=True)
